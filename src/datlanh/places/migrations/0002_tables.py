"""Units, outlines, lineage, villages, editions."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("places", "0001_functions"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdminUnit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "Province"),
                            ("district", "District"),
                            ("commune", "Commune"),
                        ],
                        max_length=12,
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("code", models.CharField(max_length=8)),
                ("imsma_code", models.CharField(blank=True, max_length=8, null=True)),
                ("name_vi", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "centroid",
                    django.contrib.gis.db.models.fields.PointField(
                        blank=True, null=True, srid=4326
                    ),
                ),
                (
                    "outline_source",
                    models.CharField(
                        choices=[
                            ("official", "Official"),
                            ("approximate", "Approximate"),
                            ("none", "None"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                ("area_km2", models.FloatField(blank=True, null=True)),
                ("search_text", models.CharField(max_length=255)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts_of",
                        to="places.adminunit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UnitOutline",
            fields=[
                (
                    "unit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="shape",
                        serialize=False,
                        to="places.adminunit",
                    ),
                ),
                ("outline", django.contrib.gis.db.models.fields.MultiPolygonField(srid=4326)),
                ("is_imported", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="AdminSuccession",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("on", models.DateField()),
                ("act", models.CharField(max_length=64)),
                (
                    "from_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="successions",
                        to="places.adminunit",
                    ),
                ),
                (
                    "to_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="origins",
                        to="places.adminunit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GazetteerEdition",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("label", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("digest", models.CharField(max_length=64)),
                ("note", models.TextField(blank=True)),
                ("is_current", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.F("is_current"),
                        condition=models.Q(("is_current", True)),
                        name="gazetteeredition_one_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitPart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("outline", django.contrib.gis.db.models.fields.PolygonField(srid=4326)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="places.adminunit",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Village",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("source", models.CharField(blank=True, max_length=120)),
                ("search_text", models.CharField(db_index=True, max_length=120)),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="villages",
                        to="places.adminunit",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="adminunit",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("search_text", name="gin_trgm_ops"),
                name="adminunit_search",
            ),
        ),
        migrations.AddConstraint(
            model_name="adminunit",
            constraint=models.UniqueConstraint(
                models.F("level"), models.F("code"), models.F("valid_from"), name="adminunit_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="adminunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["province", "district", "commune"])),
                name="adminunit_level_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="adminunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("outline_source__in", ["official", "approximate", "none"])),
                name="adminunit_outline_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="adminunit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gt", models.F("valid_from")),
                    _connector="OR",
                ),
                name="adminunit_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="adminunit",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (models.F("level"), "="),
                    (models.F("code"), "="),
                    (models.Func("valid_from", "valid_to", function="daterange"), "&&"),
                ],
                name="adminunit_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="adminsuccession",
            constraint=models.UniqueConstraint(
                models.F("from_unit"), models.F("to_unit"), name="adminsuccession_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="adminsuccession",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_unit", models.F("to_unit")), _negated=True),
                name="adminsuccession_to_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="village",
            constraint=models.UniqueConstraint(
                models.F("commune"), models.F("name"), name="village_once_in_a_commune"
            ),
        ),
    ]
