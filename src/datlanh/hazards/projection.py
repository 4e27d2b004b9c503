"""How folded attributes become the typed rows of areas and land releases."""

from __future__ import annotations

from typing import Any

from django.db import models

from datlanh.hazards.models import (
    EOD_PRIORITIES,
    EOD_STATES,
    ClearanceProgress,
    EodTask,
    EvidencePoint,
    HazardousArea,
    LandRelease,
    OrdnanceItem,
    SurveyBox,
    SurveyTask,
    UnclearedPocket,
)
from datlanh.hazards.rules import box_read, public_status, reported_state
from datlanh.kernel.geometry import normal_wkb
from datlanh.register.listing.columns import Column
from datlanh.register.projection import Current
from datlanh.register.typed import ColumnProjector, day_of, derived_of, multi_of, row_of

Rows = dict[type[models.Model], list[dict[str, Any]]]


def _items(current: Current) -> list[dict[str, Any]]:
    return [
        {
            **row_of(r),
            "category": r.values.get("category") or "unknown",
            "sub_category": r.values.get("sub_category") or "",
            "model": r.values.get("model") or r.values.get("model_other") or "",
            "quantity": max(int(r.values.get("quantity") or 1), 1),
            "depth_cm": r.values.get("depth_cm"),
            "evidence_point": r.values.get("evidence_point") or "",
            "position": r.shape,
        }
        for r in current.lists.get("ordnance_items", ())
    ]


def _evidence(current: Current) -> list[dict[str, Any]]:
    return [
        {
            **row_of(r),
            "point_id": r.values.get("point_id") or "",
            "evidence_kind": r.values.get("evidence_kind") or "",
            "position": r.shape,
        }
        for r in current.lists.get("evidence_points", ())
    ]


def _pockets(current: Current) -> list[dict[str, Any]]:
    return [
        {**row_of(r), "reason": r.values.get("reason") or "", "outline": multi_of(r.shape)}
        for r in current.lists.get("uncleared_pockets", ())
    ]


def _boxes(current: Current) -> list[dict[str, Any]]:
    return [
        {
            **row_of(row),
            "box_id": found.box.id if found.box else "",
            "result": found.written,
            "own_id": str(row.values.get("own_id") or "")[:40],
            "searched_on": day_of(found.on),
            "items": found.items,
            "outline": multi_of(normal_wkb(found.ground)) if found.ground is not None else None,
        }
        for row in current.lists.get("survey_boxes", ())
        for found in [box_read(row.values, row.shape)]
    ]


class AreaProjector:
    """Confirmed hazardous areas."""

    kind = "hazardous_area"
    row_model: type[models.Model] = HazardousArea
    child_models: tuple[type[models.Model], ...] = (OrdnanceItem, EvidencePoint)

    def row(self, current: Current) -> dict[str, Any]:
        """The area's own columns."""
        values = current.values
        state = current.state or reported_state(values)
        return {
            "area_type": values.get("area_type") or "cha",
            "state": state,
            "public_status": public_status(state),
            "identification_date": day_of(values.get("identification_date")),
            "survey_method": values.get("survey_method") or "",
            "land_use": values.get("land_use") or "",
            "beneficiaries": values.get("beneficiaries") or "",
            "clearance_priority": values.get("clearance_priority") or "",
            "assessment_score": values.get("assessment_score"),
            "assessment_date": day_of(values.get("assessment_date")),
        }

    def children(self, current: Current) -> Rows:
        """Items found and evidence points."""
        return {OrdnanceItem: _items(current), EvidencePoint: _evidence(current)}

    def derived(self, current: Current) -> dict[str, Any]:
        """The commune of today and by what it was found."""
        return derived_of(current)


class LandReleaseProjector:
    """Released land: one completion or suspension report's worth."""

    kind = "land_release"
    row_model: type[models.Model] = LandRelease
    child_models: tuple[type[models.Model], ...] = (OrdnanceItem, EvidencePoint, UnclearedPocket)

    def row(self, current: Current) -> dict[str, Any]:
        """The release's own columns."""
        values = current.values
        return {
            "release_type": values.get("release_type") or "",
            "reported_status": values.get("reported_status") or "",
            "start_date": day_of(values.get("start_date")),
            "end_date": day_of(values.get("end_date")),
            "methods": list(values.get("method") or []),
            "clearance_depth_cm": values.get("clearance_depth_cm"),
            "clearance_depth_class": values.get("clearance_depth_class") or "",
            "cleared_area_m2": values.get("cleared_area_m2"),
            "uncleared_area_m2": values.get("uncleared_area_m2"),
            "fadeout_area_m2": values.get("fadeout_area_m2"),
            "surface_area_m2": values.get("surface_area_m2"),
        }

    def children(self, current: Current) -> Rows:
        """Items found, evidence points and uncleared pockets."""
        return {
            OrdnanceItem: _items(current),
            EvidencePoint: _evidence(current),
            UnclearedPocket: _pockets(current),
        }

    def derived(self, current: Current) -> dict[str, Any]:
        """The commune of today and by what it was found."""
        return derived_of(current)


class WorkProjector(ColumnProjector):
    """A survey, an EOD task, a month of clearance: work at which ordnance was found."""

    child_models: tuple[type[models.Model], ...] = (OrdnanceItem, EvidencePoint)

    def children(self, current: Current) -> Rows:
        """Items found and evidence points."""
        return {OrdnanceItem: _items(current), EvidencePoint: _evidence(current)}


class SurveyProjector(WorkProjector):
    """A survey: what was found, and every box that was searched."""

    child_models = (OrdnanceItem, EvidencePoint, SurveyBox)

    def children(self, current: Current) -> Rows:
        """Items, evidence points and boxes."""
        return {**super().children(current), SurveyBox: _boxes(current)}


SURVEY_COLUMNS = (
    Column("start_date", "day"),
    Column("end_date", "day"),
    Column("survey_method", "key"),
    Column("surveyed_area_m2", "number"),
)
EOD_COLUMNS = (
    Column("tasking_date", "day"),
    Column("respond_date", "day"),
    Column("end_date", "day"),
    Column("disposal_date", "day"),
    Column("reported_status", "key", among=EOD_STATES),
    Column("information_source", "key"),
    Column("land_use", "key"),
    Column("disposal_priority", "key", among=EOD_PRIORITIES),
    Column("cleared_area_m2", "number"),
)
PROGRESS_COLUMNS = (
    Column("start_date", "day"),
    Column("end_date", "day"),
    Column("clearance_id"),
    Column("cha_ids"),
    Column("method", "keys"),
    Column("clearance_depth_cm", "number"),
    Column("cleared_area_m2", "number"),
    Column("man_hours", "number"),
)

AREA = AreaProjector()
LAND_RELEASE = LandReleaseProjector()
SURVEY_TASK = SurveyProjector("survey_task", SurveyTask, SURVEY_COLUMNS)
EOD_TASK = WorkProjector("eod_task", EodTask, EOD_COLUMNS)
CLEARANCE_PROGRESS = WorkProjector("clearance_progress", ClearanceProgress, PROGRESS_COLUMNS)
