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

from datlanh.hazards.ledger.models import AreaLedger, ReleaseLedger  # noqa: F401 - for Django
from datlanh.register.typed import Projected, ReportedRow, not_negative, reading


class PublicStatus(models.TextChoices):
    """The four public states of a hazardous area (procedure 2021, pages 3-4)."""

    OPEN = "open", "Open"
    ONGOING = "ongoing", "Ongoing"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


EOD_STATES = ("open", "closed")
EOD_PRIORITIES = ("high", "medium", "low")


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
    state = models.CharField(max_length=24)  # of `hazards.workflow.LIFE`
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


class SurveyTask(Projected):
    """A completed cluster munition remnants survey (form 6)."""

    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    survey_method = models.CharField(max_length=160, blank=True)
    surveyed_area_m2 = models.FloatField(null=True)

    class Meta:
        indexes = reading("haz_ts", "end_date", choices=("survey_method",))
        constraints = [not_negative("hazards_survey_not_negative", "surveyed_area_m2")]


class EodTask(Projected):
    """An EOD spot task: what was reported, how it was answered, what was destroyed (form 7)."""

    tasking_date = models.DateField(null=True)
    respond_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    disposal_date = models.DateField(null=True)
    reported_status = models.CharField(max_length=16, blank=True)  # open, closed
    information_source = models.CharField(max_length=160, blank=True)
    land_use = models.CharField(max_length=160, blank=True)
    disposal_priority = models.CharField(max_length=16, blank=True)
    cleared_area_m2 = models.FloatField(null=True)

    class Meta:
        indexes = reading(
            "haz_eod",
            "tasking_date",
            choices=("reported_status", "information_source", "disposal_priority", "land_use"),
        )
        constraints = [
            models.CheckConstraint(
                name="hazards_eod_status_known",
                condition=Q(reported_status__in=("", *EOD_STATES)),
            ),
            models.CheckConstraint(
                name="hazards_eod_priority_known",
                condition=Q(disposal_priority__in=("", *EOD_PRIORITIES)),
            ),
            not_negative("hazards_eod_not_negative", "cleared_area_m2"),
        ]


class ClearanceProgress(Projected):
    """What a team cleared in one period: an increment, never added to a completion."""

    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    clearance_id = models.CharField(max_length=160, blank=True)  # HR-CLC it works towards
    cha_ids = models.CharField(max_length=160, blank=True)
    method = ArrayField(models.TextField(), default=list)
    clearance_depth_cm = models.FloatField(null=True)
    cleared_area_m2 = models.FloatField(null=True)
    man_hours = models.FloatField(null=True)

    class Meta:
        indexes = reading("haz_clp", "end_date", several=("method",))
        constraints = [
            not_negative(
                "hazards_progress_not_negative",
                "clearance_depth_cm",
                "cleared_area_m2",
                "man_hours",
            )
        ]


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


class SurveyBox(ReportedRow):
    """A box of the 50 m grid as a survey found it, or ground off the grid that was searched.

    `result` is as written; what it counts as says the table of results in force.
    """

    box_id = models.CharField(max_length=16, blank=True, db_index=True)  # "" off the grid
    result = models.CharField(max_length=40, blank=True)
    own_id = models.CharField(max_length=40, blank=True)  # the operator's name for it
    searched_on = models.DateField(null=True)
    items = models.IntegerField(default=0)
    outline = models.MultiPolygonField(srid=4326, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("report_id", "number", name="hazards_box_once"),
            models.CheckConstraint(name="hazards_box_items", condition=Q(items__gte=0)),
        ]


class BoxTable(models.Model):
    """One change of what results of boxes mean and how areas are proposed. Append-only.

    The newest row is in force; where there is none, what the house comes with.
    """

    id = models.BigAutoField(primary_key=True)
    results = models.JSONField()  # kernel.boxes.ResultTable
    rule = models.JSONField()  # kernel.delineation.Settings
    by_id = models.BigIntegerField()
    by_name = models.CharField(max_length=160)
    at = models.DateTimeField()
    note = models.TextField()
