import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0003_second_step"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("address", models.EmailField(max_length=254)),
                ("code", models.CharField(blank=True, max_length=128)),
                ("code_ends_at", models.DateTimeField(null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("refused", models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="Position",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_digest", models.BooleanField()),
                ("code", models.CharField(blank=True, max_length=8)),
                ("message", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("made_at", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("key", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                ("label", models.CharField(max_length=80)),
                ("place", models.CharField(blank=True, max_length=120)),
                ("organisation_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=160)),
                ("is_shown", models.BooleanField(default=True)),
                ("read_at", models.DateTimeField(null=True)),
                ("mailing", models.CharField(default="off", max_length=8)),
                (
                    "mail",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notices",
                        to="notices.mail",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("is_shown", models.BooleanField(default=True)),
                ("mail", models.CharField(max_length=8)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                models.F("next_at"),
                condition=models.Q(("given_up_at__isnull", True), ("sent_at__isnull", True)),
                name="notices_mail_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(models.F("user"), models.F("id"), name="notices_notice_mine"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("user"),
                condition=models.Q(("is_shown", True), ("read_at__isnull", True)),
                name="notices_notice_unread",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                models.F("user"),
                condition=models.Q(("mail__isnull", True), ("mailing__in", ["once", "digest"])),
                name="notices_notice_to_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                models.F("user"), models.F("key"), name="notices_notice_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.UniqueConstraint(
                models.F("user"), models.F("kind"), name="notices_wish_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="wish",
            constraint=models.CheckConstraint(
                condition=models.Q(("mail__in", ["off", "once", "digest"])),
                name="notices_wish_mail_known",
            ),
        ),
        migrations.RunSQL(
            "insert into notices_position (id, number) values (1, 0)",
            "delete from notices_position",
        ),
    ]
