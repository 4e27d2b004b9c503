"""Reports edited on the phone, and other content under an instance id that is known."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("intake", "0015_mapping_run")]
    operations = [
        migrations.AddField(
            "report", "edited_from", models.CharField(blank=True, default="", max_length=128)
        ),
        migrations.AddField(
            "report",
            "twin_of",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="twins",
                to="intake.report",
            ),
        ),
        migrations.AddIndex(
            "report",
            models.Index(
                "edited_from", condition=~Q(edited_from=""), name="intake_report_edited_from"
            ),
        ),
    ]
