"""Papers that were issued. They are only ever added."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("register", "0005_links"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IssuedDocument",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("year", models.SmallIntegerField()),
                ("number", models.IntegerField()),
                ("code", models.CharField(max_length=16, unique=True)),
                ("organisation_id", models.BigIntegerField(db_index=True)),
                ("on", models.DateField()),
                ("known", models.BigIntegerField()),
                ("released_m2", models.FloatField()),
                ("people", models.JSONField(default=dict)),
                ("address", models.CharField(max_length=200)),
                ("sha256_vi", models.CharField(max_length=64)),
                ("sha256_en", models.CharField(max_length=64)),
                ("issued_on", models.DateField()),
                ("issued_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="register.record",
                    ),
                ),
            ],
            options={
                "ordering": ["-issued_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("kind"),
                        models.F("year"),
                        models.F("number"),
                        name="reporting_document_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("completion", "handover"))),
                        name="reporting_document_kind_known",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "call datlanh_make_append_only('reporting_issueddocument')", migrations.RunSQL.noop
        ),
    ]
