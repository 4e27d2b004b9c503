"""What the nightly run finds about records, and the runs."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

SEVERITIES = [("block", "block"), ("warn", "warn"), ("info", "info")]


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_check_settings"), ("organisations", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RecordFinding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("record_id", models.UUIDField(db_index=True)),
                ("local_id", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=32)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                ("commune_code", models.CharField(max_length=12, blank=True)),
                ("rule", models.CharField(max_length=64)),
                ("key", models.CharField(max_length=80, blank=True)),
                ("severity", models.CharField(max_length=8, choices=SEVERITIES)),
                ("values", models.JSONField(default=dict)),
                ("at", django.contrib.gis.db.models.fields.PointField(srid=4326, null=True)),
                ("first_seen_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="NightlyRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("known", models.BigIntegerField()),
                ("under", models.BigIntegerField()),
                ("records", models.IntegerField()),
                ("found", models.IntegerField()),
                ("appeared", models.IntegerField()),
                ("resolved", models.IntegerField()),
            ],
        ),
        migrations.AddIndex(
            "recordfinding", models.Index("organisation", "id", name="intake_recordfinding_org")
        ),
        migrations.AddIndex(
            "recordfinding", models.Index("rule", "id", name="intake_recordfinding_rule")
        ),
        migrations.AddConstraint(
            "recordfinding",
            models.UniqueConstraint(
                "record_id",
                "rule",
                "key",
                condition=Q(resolved_at__isnull=True),
                name="intake_recordfinding_one_open",
            ),
        ),
    ]
