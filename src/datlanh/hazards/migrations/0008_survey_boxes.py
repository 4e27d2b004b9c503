"""Survey boxes as typed rows, and the table of what their results mean."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hazards", "0007_state"),
        ("organisations", "0001_initial"),
        ("register", "0005_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="BoxTable",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("results", models.JSONField()),
                ("rule", models.JSONField()),
                ("by_id", models.BigIntegerField()),
                ("by_name", models.CharField(max_length=160)),
                ("at", models.DateTimeField()),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="SurveyBox",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("report_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("box_id", models.CharField(blank=True, db_index=True, max_length=16)),
                ("result", models.CharField(blank=True, max_length=40)),
                ("own_id", models.CharField(blank=True, max_length=40)),
                ("searched_on", models.DateField(null=True)),
                ("items", models.IntegerField(default=0)),
                (
                    "outline",
                    django.contrib.gis.db.models.fields.MultiPolygonField(null=True, srid=4326),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="register.record",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("report_id"), models.F("number"), name="hazards_box_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("items__gte", 0)), name="hazards_box_items"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "call datlanh_make_append_only('hazards_boxtable');", migrations.RunSQL.noop
        ),
    ]
