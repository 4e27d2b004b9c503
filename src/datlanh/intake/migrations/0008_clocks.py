"""What is expected by when, exemptions, reminders; and what blocked a report at first."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
APPEND_ONLY = """
call datlanh_make_append_only('intake_expectation');
call datlanh_make_append_only('intake_exemption');
"""


def to(model, **more):
    """A reference nobody follows back, unless named."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, to=model, **{"related_name": "+", **more}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0007_named_ids"),
        ("organisations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("report", "first_blocks", models.IntegerField(null=True)),
        migrations.CreateModel(
            name="Expectation",
            fields=[
                ("id", KEY),
                ("organisation", to("organisations.organisation")),
                ("form", models.CharField(max_length=64)),
                ("is_expected", models.BooleanField()),
                ("since_on", models.DateField()),
                ("note", models.TextField()),
                ("by", to(settings.AUTH_USER_MODEL)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Exemption",
            fields=[
                ("id", KEY.clone()),
                ("organisation", to("organisations.organisation")),
                ("first_on", models.DateField(null=True)),
                ("last_on", models.DateField(null=True)),
                ("form", models.CharField(blank=True, max_length=64)),
                ("report", to("intake.report", null=True, related_name="exemptions")),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "takes_back",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taken_back",
                        to="intake.exemption",
                    ),
                ),
                ("reason", models.TextField()),
                ("by", to(settings.AUTH_USER_MODEL)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", KEY.clone()),
                ("user", to(settings.AUTH_USER_MODEL)),
                ("organisation", to("organisations.organisation")),
                ("subject", models.CharField(max_length=80)),
                ("report", to("intake.report", null=True)),
                ("month_on", models.DateField(null=True)),
                (
                    "step",
                    models.CharField(
                        choices=[("before", "before"), ("due", "due"), ("after", "after")],
                        max_length=8,
                    ),
                ),
                ("due_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("dismissed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            "expectation",
            models.CheckConstraint(
                name="intake_expectation_since_a_month", condition=Q(since_on__day=1)
            ),
        ),
        migrations.AddIndex(
            "exemption", models.Index("organisation", "first_on", name="intake_exemption_month")
        ),
        migrations.AddConstraint(
            "exemption",
            models.CheckConstraint(
                name="intake_exemption_month_or_report",
                condition=Q(
                    first_on__isnull=False,
                    last_on__isnull=False,
                    report__isnull=True,
                    due_at__isnull=True,
                )
                | Q(
                    first_on__isnull=True,
                    last_on__isnull=True,
                    form="",
                    report__isnull=False,
                    due_at__isnull=False,
                ),
            ),
        ),
        migrations.AddConstraint(
            "exemption",
            models.CheckConstraint(name="intake_exemption_has_reason", condition=~Q(reason="")),
        ),
        migrations.AddConstraint(
            "reminder",
            models.UniqueConstraint("user", "subject", "step", name="intake_reminder_once"),
        ),
        migrations.AddConstraint(
            "reminder",
            models.CheckConstraint(
                name="intake_reminder_of_month_or_report",
                condition=Q(report__isnull=True, month_on__isnull=False)
                | Q(report__isnull=False, month_on__isnull=True),
            ),
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
    ]
