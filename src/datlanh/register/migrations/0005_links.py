"""Links between records, and the ids in a line of text."""

import django.db.models.deletion
from django.db import migrations, models

# As `intake.linking.ids_in` in Python.
IDS_IN = """
create or replace function datlanh_ids_in(t text) returns text[]
  language sql immutable strict parallel safe as
  $$ select regexp_split_to_array(upper(t), '[^A-Z0-9-]+') $$;
"""


class Migration(migrations.Migration):
    dependencies = [("register", "0004_marking_keys")]
    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("relation", models.CharField(max_length=32)),
                ("holds", models.BooleanField()),
                ("known_from", models.BigIntegerField()),
                ("known_to", models.BigIntegerField(null=True)),
                (
                    "a",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="register.record",
                    ),
                ),
                (
                    "b",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="register.record",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("a", models.F("b")), _negated=True),
                        name="register_link_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("known_to__isnull", True),
                            ("known_to__gt", models.F("known_from")),
                            _connector="OR",
                        ),
                        name="register_link_known_forward",
                    ),
                    models.UniqueConstraint(
                        models.F("a"),
                        models.F("b"),
                        models.F("relation"),
                        condition=models.Q(("known_to__isnull", True)),
                        name="register_link_one_open",
                    ),
                ],
            },
        ),
        migrations.RunSQL(IDS_IN, "drop function if exists datlanh_ids_in(text);"),
    ]
