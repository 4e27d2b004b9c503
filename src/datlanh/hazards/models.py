"""Typed current rows of areas and land releases: what screens, tiles and lists read.

Written by the projection only. Columns under "derived" come from an engine or the gazetteer
and carry that engine's mark in `derived_by`; everything else is the fold's own.
"""

from __future__ import annotations

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Upper

from datlanh.organisations.models import Organisation
from datlanh.places.models import AdminUnit
from datlanh.register.models import Record


class PublicStatus(models.TextChoices):
    """The four public states of a hazardous area (procedure 2021, pages 3-4)."""

    OPEN = "open", "Open"
    ONGOING = "ongoing", "Ongoing"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


class Projected(models.Model):
    """What every typed row carries."""

    record = models.OneToOneField(Record, models.DO_NOTHING, primary_key=True, related_name="+")
    local_id = models.CharField(max_length=40, unique=True)
    internal_id = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+")
    organisation_id: int
    reporting_team = models.CharField(max_length=120, blank=True)
    commune_code = models.CharField(max_length=12, blank=True)  # as reported
    village_name = models.CharField(max_length=160, blank=True)
    shape_id = models.CharField(max_length=60, blank=True)
    outline = models.MultiPolygonField(srid=4326, null=True)
    position = models.PointField(srid=4326, null=True)
    area_reported_m2 = models.FloatField(null=True)
    true_from = models.DateField()  # the newest date of information in this row
    known_seq = models.BigIntegerField()  # the decision after which this row is so
    reports = models.IntegerField(default=1)  # how many reports it rests on
    # derived
    area_m2 = models.FloatField(null=True)
    commune = models.ForeignKey(AdminUnit, models.DO_NOTHING, null=True, related_name="+")
    commune_id: int | None
    derived_by = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.local_id


SIZE = Coalesce("area_m2", Value(-1.0))


def _reading(short: str, month: str) -> list[models.Index]:
    """The orders in which lists are read a page at a time, for everybody and for one operator.

    The key of a list is (what it is sorted by, local_id), so each index ends with local_id;
    `month` is the date that months are of. At a million rows a page filtered by state or commune
    would else read thousands of rows to find fifty.
    """

    def index(name: str, *fields: str) -> models.Index:
        parts = [SIZE if f == "size" else f for f in (*fields, "local_id")]
        return models.Index(*parts, name=f"hazards_{short}_{name}")

    def beginning(name: str, field: str) -> models.Index:
        return models.Index(
            OpClass(Upper(field), name="text_pattern_ops"), name=f"hazards_{short}_{name}"
        )

    return [
        index("date", "true_from"),
        index("size", "size"),
        index("month", month),
        index("org_id", "organisation"),
        index("org_date", "organisation", "true_from"),
        index("org_size", "organisation", "size"),
        index("org_month", "organisation", month),
        index("org_commune", "organisation", "commune", "true_from"),
        index("org_commune_id", "organisation", "commune"),
        index("commune_id", "commune"),
        index("commune_date", "commune", "true_from"),
        index("commune_size", "commune", "size"),
        beginning("internal", "internal_id"),
        beginning("shape", "shape_id"),
        GinIndex(OpClass("village_name", name="gin_trgm_ops"), name=f"hazards_{short}_village"),
    ]


class HazardousArea(Projected):
    """A confirmed hazardous area as it stands now (form 5)."""

    area_type = models.CharField(max_length=16, default="cha")
    public_status = models.CharField(max_length=16, choices=PublicStatus, db_index=True)
    identification_date = models.DateField(null=True)
    survey_method = models.CharField(max_length=48, blank=True)
    land_use = models.CharField(max_length=48, blank=True)
    beneficiaries = models.CharField(max_length=48, blank=True)
    clearance_priority = models.CharField(max_length=16, blank=True)
    assessment_score = models.IntegerField(null=True)
    assessment_date = models.DateField(null=True)

    class Meta:
        indexes = [
            *_reading("area", "identification_date"),
            *(
                models.Index(*before, "public_status", *by, "local_id", name=f"hazards_area_{name}")
                for name, before, by in (
                    ("status_id", (), ()),
                    ("status_date", (), ("true_from",)),
                    ("status_size", (), (SIZE,)),
                    ("commune_status", ("commune",), ()),
                    ("org_status_id", ("organisation",), ()),
                    ("org_status_date", ("organisation",), ("true_from",)),
                    ("org_status_size", ("organisation",), (SIZE,)),
                )
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="hazards_area_status_known", condition=Q(public_status__in=PublicStatus.values)
            )
        ]


class LandRelease(Projected):
    """One report of released land: completion (CLC) or suspension (CLS) (form 8)."""

    release_type = models.CharField(max_length=32, blank=True)  # post_clearance, …
    reported_status = models.CharField(max_length=16, blank=True)  # completed, suspended
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True, db_index=True)
    methods = ArrayField(models.CharField(max_length=48), default=list)
    clearance_depth_cm = models.FloatField(null=True)
    clearance_depth_class = models.CharField(max_length=16, blank=True)
    cleared_area_m2 = models.FloatField(null=True)
    uncleared_area_m2 = models.FloatField(null=True)
    fadeout_area_m2 = models.FloatField(null=True)
    surface_area_m2 = models.FloatField(null=True)

    class Meta:
        indexes = _reading("release", "end_date")
        constraints = [
            models.CheckConstraint(
                name="hazards_release_areas_not_negative",
                condition=(Q(cleared_area_m2__isnull=True) | Q(cleared_area_m2__gte=0))
                & (Q(uncleared_area_m2__isnull=True) | Q(uncleared_area_m2__gte=0))
                & (Q(fadeout_area_m2__isnull=True) | Q(fadeout_area_m2__gte=0))
                & (Q(surface_area_m2__isnull=True) | Q(surface_area_m2__gte=0)),
            )
        ]


class ReportedRow(models.Model):
    """A row of a list, with the report it belongs to."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.DO_NOTHING, related_name="+")
    organisation = models.ForeignKey(Organisation, models.DO_NOTHING, related_name="+")
    report_id = models.BigIntegerField()
    number = models.IntegerField()  # position in the report, from 0

    class Meta:
        abstract = True


class OrdnanceItem(ReportedRow):
    """Explosive ordnance found, as one line of a report."""

    category = models.CharField(max_length=48, db_index=True)
    sub_category = models.CharField(max_length=48, blank=True)
    model = models.CharField(max_length=80, blank=True)
    quantity = models.IntegerField()
    depth_cm = models.FloatField(null=True)  # to the top of the item
    evidence_point = models.CharField(
        max_length=16, blank=True
    )  # the point id, unique in its report
    position = models.PointField(srid=4326, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("report_id", "number", name="hazards_item_once"),
            models.CheckConstraint(name="hazards_item_counted", condition=Q(quantity__gte=1)),
        ]


class EvidencePoint(ReportedRow):
    """A point at which something was found (EV###)."""

    point_id = models.CharField(max_length=16)
    evidence_kind = models.CharField(max_length=48, blank=True)
    position = models.PointField(srid=4326, null=True)

    class Meta:
        constraints = [models.UniqueConstraint("report_id", "number", name="hazards_evidence_once")]


class UnclearedPocket(ReportedRow):
    """Ground inside a release that could not be cleared, and why."""

    outline = models.MultiPolygonField(srid=4326, null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("report_id", "number", name="hazards_pocket_once")]
