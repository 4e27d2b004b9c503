"""Severities beside thresholds, kept for good; and which settings a report was checked under."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_batches_and_proposals")]

    operations = [
        migrations.AddField(
            "setting",
            "form",
            models.CharField(max_length=48, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "setting",
            "severity",
            models.CharField(max_length=8, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "setting", "old", models.CharField(max_length=32, default=""), preserve_default=False
        ),
        migrations.AlterField("setting", "value", models.FloatField(null=True)),
        migrations.AlterField("setting", "note", models.TextField()),
        migrations.AddConstraint(
            "setting",
            models.CheckConstraint(
                name="intake_setting_value_or_severity",
                condition=Q(value__isnull=False, severity="", form="")
                | (Q(value__isnull=True) & ~Q(severity="")),
            ),
        ),
        migrations.RunSQL(
            "call datlanh_make_append_only('intake_setting');",
            migrations.RunSQL.noop,
        ),
        migrations.AddField("report", "checked_under", models.BigIntegerField(default=0)),
        migrations.AddIndex(
            "report",
            models.Index("date_of_information", "form", name="intake_report_day"),
        ),
    ]
