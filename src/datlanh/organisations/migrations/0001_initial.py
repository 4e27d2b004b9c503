import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("audit", "0001_roles")]

    operations = [
        # Ranges per province need equality on text inside a GiST index.
        migrations.RunSQL("create extension if not exists btree_gist", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Donor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=48, unique=True)),
                ("name_vi", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ["name_en"],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=32, unique=True)),
                ("name_vi", models.CharField(max_length=200)),
                ("name_en", models.CharField(max_length=200)),
                ("short_name", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("centre", "Centre"),
                            ("military", "Military"),
                            ("operator", "Operator"),
                            ("authority", "Authority"),
                            ("donor", "Donor"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("is_centre", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["short_name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["centre", "military", "operator", "authority", "donor", "other"],
                            )
                        ),
                        name="organisation_kind_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_centre", True)),
                        fields=("is_centre",),
                        name="organisation_one_centre",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberRange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("province_code", models.CharField(max_length=8)),
                ("first", models.IntegerField()),
                ("last", models.IntegerField()),
                ("label", models.CharField(blank=True, max_length=80)),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="number_ranges",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["province_code", "first"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first__gte", 0),
                            ("first__lte", models.F("last")),
                            ("last__lte", 999999),
                        ),
                        name="number_range_six_digits",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("province_code", "="),
                            (
                                models.Func(
                                    models.F("first"),
                                    models.F("last"),
                                    django.contrib.postgres.fields.ranges.RangeBoundary(
                                        inclusive_lower=True, inclusive_upper=True
                                    ),
                                    function="int8range",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="number_range_no_overlap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunningNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("prefix", models.CharField(max_length=16)),
                ("province_code", models.CharField(max_length=8)),
                ("number", models.IntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("reserved", "Reserved"), ("used", "Used"), ("void", "Void")],
                        max_length=16,
                    ),
                ),
                ("local_id", models.CharField(max_length=40, unique=True)),
                ("by_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="running_numbers",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["prefix", "province_code", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("prefix", "province_code", "number"), name="running_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 0), ("number__lte", 999999)),
                        name="running_number_six_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["reserved", "used", "void"])),
                        name="running_number_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "void"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="running_number_void_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=48)),
                ("name", models.CharField(max_length=120)),
                ("kind", models.CharField(blank=True, max_length=32)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="teams",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "ordering": ["organisation", "name"],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "key"), name="team_key_once")
                ],
            },
        ),
    ]
