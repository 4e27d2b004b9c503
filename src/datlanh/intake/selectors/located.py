"""A record as features for its small map."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.gis.geos import GEOSGeometry

from datlanh.places.models import AdminUnit, Level, UnitOutline
from datlanh.register.models import Version
from datlanh.register.selectors import rows_known

LAND = {"cleared", "reduced", "cancelled"}
ROLES = {"ordnance_items": "item", "evidence_points": "evidence", "uncleared_pockets": "remaining"}


def record_features(version: Version, known: int, *, is_area: bool) -> dict[str, Any]:
    """A FeatureCollection (lon/lat WGS 84) whose features say their `role`.

    area (the outline of a hazardous area), cleared, reduced or cancelled (of a release),
    reference, item, evidence, remaining (a pocket nobody could clear), commune. List rows as
    known after decision `known`.
    """
    features = _commune(version)
    if version.outline is not None:
        said = version.values.get("outline_status")
        role = "area" if is_area else said if said in LAND else "cleared"
        features.append(_feature(version.outline, role))
        if not is_area:
            features.append(_feature(version.outline, "area"))
    elif version.position is not None:
        features.append(_feature(version.position, "evidence"))
    wanted = {name: ids for name, ids in version.lists.items() if ids}
    ids = {i for found in wanted.values() for i in found}
    for row in rows_known(known).filter(report_id__in=ids, list__in=ROLES):
        if row.shape is not None and row.report_id in wanted.get(row.list, ()):
            label = str(row.values.get("point_id") or "")
            features.append(_feature(row.shape, ROLES[row.list], label=label))
    return {"type": "FeatureCollection", "features": features}


def _commune(version: Version) -> list[dict[str, Any]]:
    code = version.values.get("commune_code") or ""
    unit = AdminUnit.objects.filter(level=Level.COMMUNE, code=code, valid_to=None).first()
    shape = UnitOutline.objects.filter(unit=unit).first() if unit else None
    if shape is None:
        return []
    return [_feature(shape.outline.simplify(0.0003, preserve_topology=True), "commune")]


def _feature(shape: GEOSGeometry, role: str, **properties: str) -> dict[str, Any]:
    said = {k: v for k, v in properties.items() if v}
    return {
        "type": "Feature",
        "properties": {"role": role, **said},
        "geometry": json.loads(shape.json),
    }
