"""The desk: assignments, remarks, saved queues; batches of approvals."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

KEY = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def to(model, **more):
    """A reference nobody follows back, unless named."""
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, to=model, **{"related_name": "+", **more}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0010_held"),
        ("organisations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "batch",
            "step",
            models.CharField(
                choices=[("withdraw", "withdraw"), ("approve", "approve")],
                default="withdraw",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                ("id", KEY),
                (
                    "report",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignment",
                        to="intake.report",
                    ),
                ),
                ("to", to(settings.AUTH_USER_MODEL)),
                ("by", to(settings.AUTH_USER_MODEL)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Remark",
            fields=[
                ("id", KEY.clone()),
                ("report", to("intake.report", related_name="remarks")),
                (
                    "kind",
                    models.CharField(
                        choices=[("comment", "comment"), ("return", "return")],
                        default="comment",
                        max_length=8,
                    ),
                ),
                ("text", models.TextField()),
                ("by", to(settings.AUTH_USER_MODEL)),
                ("at", models.DateTimeField()),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.CreateModel(
            name="RemarkRead",
            fields=[
                ("id", KEY.clone()),
                ("user", to(settings.AUTH_USER_MODEL)),
                ("report", to("intake.report")),
                ("last_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SavedQueue",
            fields=[
                ("id", KEY.clone()),
                ("owner", to(settings.AUTH_USER_MODEL)),
                ("organisation", to("organisations.organisation", null=True)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
            ],
            options={"ordering": ["name", "id"]},
        ),
        migrations.AddConstraint(
            "remark",
            models.CheckConstraint(name="intake_remark_says_something", condition=~Q(text="")),
        ),
        migrations.AddConstraint(
            "remarkread",
            models.UniqueConstraint("user", "report", name="intake_remark_read_once"),
        ),
        migrations.AddConstraint(
            "savedqueue",
            models.UniqueConstraint("owner", "name", name="intake_saved_queue_once"),
        ),
        migrations.RunSQL(
            "call datlanh_make_append_only('intake_remark');", migrations.RunSQL.noop
        ),
    ]
