"""Organisations that act in the province, their ranges of running numbers, teams and donors."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

LARGEST_NUMBER = 999_999  # six digits


class Kind(models.TextChoices):
    """What an organisation is to the centre."""

    CENTRE = "centre", "Centre"
    MILITARY = "military", "Military"
    OPERATOR = "operator", "Operator"
    AUTHORITY = "authority", "Authority"
    DONOR = "donor", "Donor"
    OTHER = "other", "Other"


class NumberState(models.TextChoices):
    """What became of a running number."""

    RESERVED = "reserved", "Reserved"
    USED = "used", "Used"
    VOID = "void", "Void"


class Organisation(models.Model):
    """An organisation; its data are seen by itself, by the centre and by whom it is granted."""

    id: int
    key = models.SlugField(max_length=32, unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    short_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=Kind)
    is_centre = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["short_name"]
        constraints = [
            models.CheckConstraint(
                name="organisation_kind_known", condition=Q(kind__in=Kind.values)
            ),
            models.UniqueConstraint(
                fields=["is_centre"], condition=Q(is_centre=True), name="organisation_one_centre"
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def label(self, language: str) -> str:
        """The full name in `language`."""
        return self.name_en if language == "en" else self.name_vi


class NumberRange(models.Model):
    """The running numbers of one organisation in one province, both ends included.

    `organisation` is None for the reserve. Ranges of a province never overlap.
    Source: QTMAC information management procedure 2021, appendix 01, section 1.
    """

    id: int
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="number_ranges"
    )
    organisation_id: int | None
    province_code = models.CharField(max_length=8)
    first = models.IntegerField()
    last = models.IntegerField()
    label = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["province_code", "first"]
        constraints = [
            models.CheckConstraint(
                name="number_range_six_digits",
                condition=Q(first__gte=0, first__lte=F("last"), last__lte=LARGEST_NUMBER),
            ),
            ExclusionConstraint(
                name="number_range_no_overlap",
                expressions=[
                    ("province_code", RangeOperators.EQUAL),
                    (
                        Func(
                            F("first"),
                            F("last"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.province_code} {self.first:06d}–{self.last:06d}"


class RunningNumber(models.Model):
    """One running number that is spoken for: reserved, used by a record, or void with a reason.

    `number` alone is unique within prefix and province: an id is never given out twice.
    `by_id` names the account of the last change (no foreign key: accounts stand above).
    """

    id: int
    prefix = models.CharField(max_length=16)  # "HAZ", "HR-CLC"
    province_code = models.CharField(max_length=8)
    number = models.IntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="running_numbers")
    organisation_id: int
    state = models.CharField(max_length=16, choices=NumberState)
    local_id = models.CharField(max_length=40, unique=True)  # "HAZ-409-600001"
    by_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["prefix", "province_code", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["prefix", "province_code", "number"], name="running_number_once"
            ),
            models.CheckConstraint(
                name="running_number_six_digits",
                condition=Q(number__gte=0, number__lte=LARGEST_NUMBER),
            ),
            models.CheckConstraint(
                name="running_number_state_known", condition=Q(state__in=NumberState.values)
            ),
            models.CheckConstraint(
                name="running_number_void_has_reason",
                condition=~Q(state=NumberState.VOID) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.local_id


class Team(models.Model):
    """A team of an organisation in the field."""

    id: int
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="teams")
    organisation_id: int
    key = models.SlugField(max_length=48)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=32, blank=True)  # "nts", "ts", "bac", "eod", "mre"
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["organisation", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="team_key_once")
        ]

    def __str__(self) -> str:
        return self.name


class Donor(models.Model):
    """Who pays for a project or an activity."""

    id: int
    key = models.SlugField(max_length=48, unique=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)

    class Meta:
        ordering = ["name_en"]

    def __str__(self) -> str:
        return self.name_en

    def label(self, language: str) -> str:
        """The name in `language`."""
        return self.name_en if language == "en" else self.name_vi
