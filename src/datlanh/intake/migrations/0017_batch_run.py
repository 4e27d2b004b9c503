"""Large batches of withdrawals become work of a job."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0016_edits_and_twins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="BatchRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("note", models.TextField(blank=True)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("alive_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("refusal", models.JSONField(default=dict)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="intake.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        "batch",
                        condition=Q(state__in=["waiting", "running"]),
                        name="intake_batch_run_one_open",
                    ),
                    models.CheckConstraint(
                        name="intake_batch_run_ended_whole",
                        condition=Q(state__in=["waiting", "running"], ended_at__isnull=True)
                        | Q(state__in=["done", "refused", "failed"], ended_at__isnull=False),
                    ),
                ],
            },
        ),
    ]
