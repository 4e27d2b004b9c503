"""Corrections of a mapping become work of a job, with its progress."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0014_form_revision"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="MappingRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("seen", models.CharField(max_length=40)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("step", models.CharField(blank=True, max_length=8)),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(null=True)),
                ("alive_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("refusal", models.JSONField(default=dict)),
                ("result", models.JSONField(default=dict)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="intake.formproposal",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        "proposal",
                        condition=Q(state__in=["waiting", "running"]),
                        name="intake_mapping_run_one_open",
                    ),
                    models.CheckConstraint(
                        name="intake_mapping_run_known",
                        condition=Q(
                            state__in=["waiting", "running", "done", "refused", "failed"],
                            step__in=["", "reading", "planning", "writing"],
                        ),
                    ),
                    models.CheckConstraint(
                        name="intake_mapping_run_ended_whole",
                        condition=Q(state__in=["waiting", "running"], ended_at__isnull=True)
                        | Q(state__in=["done", "refused", "failed"], ended_at__isnull=False),
                    ),
                ],
            },
        ),
    ]
