"""Revisions of a version's mapping, kept for ever, and proposals that correct one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

APPEND_ONLY = "call datlanh_make_append_only('intake_formrevision');"


def user() -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def version(**more: object) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, to="intake.formversion", **more
    )


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0013_divisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="FormRevision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("revision", models.IntegerField()),
                ("xlsform", models.BinaryField()),
                ("mapping_json", models.JSONField()),
                ("reason", models.TextField()),
                ("decision", models.BigIntegerField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("form_version", version(related_name="revisions")),
                ("proposed_by", user()),
                ("confirmed_by", user()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        "form_version", "revision", name="intake_form_revision_once"
                    ),
                    models.CheckConstraint(
                        name="intake_form_revision_after_the_first",
                        condition=Q(revision__gt=1),
                    ),
                    models.CheckConstraint(
                        name="intake_form_revision_two_persons",
                        condition=~Q(confirmed_by=F("proposed_by")),
                    ),
                ],
            },
        ),
        migrations.AddField("formproposal", "corrects", version(null=True, related_name="+")),
        migrations.AddField("formproposal", "reason", models.TextField(blank=True, default="")),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
