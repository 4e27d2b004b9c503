"""Decisions about doubtful drawings, kept for good."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("intake", "0008_clocks"),
    ]

    operations = [
        migrations.CreateModel(
            "ShapeChoice",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("revision", models.IntegerField()),
                ("question", models.CharField(max_length=64)),
                ("choice", models.CharField(max_length=8)),
                ("problem", models.CharField(max_length=80)),
                ("problem_said", models.JSONField()),
                ("repair", models.CharField(blank=True, max_length=80)),
                ("repair_said", models.JSONField(null=True)),
                ("before_m2", models.FloatField(null=True)),
                ("after_m2", models.FloatField(null=True)),
                ("changed_m2", models.FloatField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shape_choices",
                        to="intake.report",
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            "shapechoice",
            models.CheckConstraint(
                name="intake_shape_choice_whole",
                condition=Q(choice="repaired") & ~Q(repair="")
                | Q(choice="kept", repair="") & ~Q(reason=""),
            ),
        ),
        migrations.RunSQL(
            "call datlanh_make_append_only('intake_shapechoice');", migrations.RunSQL.noop
        ),
    ]
