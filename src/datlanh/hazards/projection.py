"""How folded attributes become the typed rows of areas and land releases."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyproj
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.db import models

from datlanh.hazards.models import (
    EvidencePoint,
    HazardousArea,
    LandRelease,
    OrdnanceItem,
    UnclearedPocket,
)
from datlanh.hazards.rules import public_status
from datlanh.kernel import clock
from datlanh.places import selectors as places
from datlanh.places.selectors.lineage import commune_today
from datlanh.register.projection import Current, ListRow

Rows = dict[type[models.Model], list[dict[str, Any]]]

ENGINE = f"GEOS {'.'.join(map(str, shapely.geos_version))}, PROJ {pyproj.proj_version_str}"


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _derived(current: Current) -> dict[str, Any]:
    """The commune: as named where the name is known, else where the ground lies."""
    code = current.values.get("commune_code") or ""
    commune, edition = commune_today(code, current.true_from)
    if commune is None:
        outline, position = _looked_into(current.outline), _looked_into(current.position)
        inside = outline.point_on_surface if outline else position
        unit = places.commune_at(inside, clock.today()) if isinstance(inside, Point) else None
        commune = unit.pk if unit else None
    return {
        "commune_id": commune,
        "derived_by": f"{ENGINE}, gazetteer {edition or '-'}",
    }


def _common(row: ListRow) -> dict[str, Any]:
    return {"report_id": row.report_id, "number": row.number}


def _items(current: Current) -> list[dict[str, Any]]:
    return [
        {
            **_common(r),
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
            **_common(r),
            "point_id": r.values.get("point_id") or "",
            "evidence_kind": r.values.get("evidence_kind") or "",
            "position": r.shape,
        }
        for r in current.lists.get("evidence_points", ())
    ]


def _pockets(current: Current) -> list[dict[str, Any]]:
    return [
        {**_common(r), "reason": r.values.get("reason") or "", "outline": _multi(r.shape)}
        for r in current.lists.get("uncleared_pockets", ())
    ]


def _looked_into(shape: GEOSGeometry | bytes | None) -> Any:
    return GEOSGeometry(memoryview(shape), srid=4326) if isinstance(shape, bytes) else shape


def _multi(shape: Any) -> Any:
    shape = _looked_into(shape)
    return MultiPolygon(shape, srid=4326) if isinstance(shape, Polygon) else shape


class AreaProjector:
    """Confirmed hazardous areas."""

    kind = "hazardous_area"
    row_model: type[models.Model] = HazardousArea
    child_models: tuple[type[models.Model], ...] = (OrdnanceItem, EvidencePoint)

    def row(self, current: Current) -> dict[str, Any]:
        """The area's own columns."""
        values = current.values
        return {
            "area_type": values.get("area_type") or "cha",
            "public_status": public_status(values.get("reported_status")),
            "identification_date": _day(values.get("identification_date")),
            "survey_method": values.get("survey_method") or "",
            "land_use": values.get("land_use") or "",
            "beneficiaries": values.get("beneficiaries") or "",
            "clearance_priority": values.get("clearance_priority") or "",
            "assessment_score": values.get("assessment_score"),
            "assessment_date": _day(values.get("assessment_date")),
        }

    def children(self, current: Current) -> Rows:
        """Items found and evidence points."""
        return {OrdnanceItem: _items(current), EvidencePoint: _evidence(current)}

    def derived(self, current: Current) -> dict[str, Any]:
        """The commune of today and by what it was found."""
        return _derived(current)


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
            "start_date": _day(values.get("start_date")),
            "end_date": _day(values.get("end_date")),
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
        return _derived(current)


AREA = AreaProjector()
LAND_RELEASE = LandReleaseProjector()
