"""List rows get known bounds, and decisions a kind that reads reports anew; two persons make it."""

from django.db import migrations, models
from django.db.models import F, Q

ALONE = ["withdrawn", "revoked", "refused"]


def two_persons(kinds: list[str]) -> models.CheckConstraint:
    return models.CheckConstraint(
        name="register_decision_two_persons",
        condition=~Q(kind__in=kinds) | (Q(second_id__isnull=False) & ~Q(second_id=F("by_id"))),
    )


class Migration(migrations.Migration):
    dependencies = [("register", "0006_states")]
    operations = [
        migrations.RemoveConstraint("decision", "register_decision_two_persons"),
        migrations.AddConstraint("decision", two_persons([*ALONE, "remapped"])),
        migrations.AddField("row", "known_from", models.BigIntegerField(default=0)),
        migrations.AddField("row", "known_to", models.BigIntegerField(null=True)),
        migrations.RemoveConstraint("row", "register_row_once"),
        migrations.AddConstraint(
            "row",
            models.UniqueConstraint(
                "report_id", "list", "number", "known_from", name="register_row_known_once"
            ),
        ),
        migrations.AddConstraint(
            "row",
            models.CheckConstraint(
                name="register_row_known_forward",
                condition=Q(known_to__isnull=True) | Q(known_to__gt=F("known_from")),
            ),
        ),
    ]
