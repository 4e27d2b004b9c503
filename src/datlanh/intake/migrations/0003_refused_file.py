"""Files that came with a report and were not kept: they flag it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_guard")]

    operations = [
        migrations.CreateModel(
            name="RefusedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("size", models.BigIntegerField()),
                (
                    "reason",
                    models.CharField(choices=[("kind", "kind"), ("size", "size")], max_length=16),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refused_files",
                        to="intake.report",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("report"),
                        models.F("name"),
                        models.F("reason"),
                        name="intake_refused_file_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "call datlanh_make_append_only('intake_refusedfile')", migrations.RunSQL.noop
        ),
    ]
