"""What lies on and around an area: neighbours, released land, and the bombing records."""

from __future__ import annotations

import json
from typing import Any

import shapely
from django.db.models import Q

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.selectors.neighbours import neighbours_of
from datlanh.hazards.selectors.sources import AREA
from datlanh.intake.selectors.located import LAND
from datlanh.places.selectors import strike_years, strikes_near
from datlanh.register.models import Record, Version
from datlanh.register.selectors import AsOf
from datlanh.web.guards import StaffRequest

NEAR_M = 300.0  # neighbours are shown this far around
BOMBED_WITHIN_M = 1_000.0
MOST_RELEASES = 200


def area_around(
    record: Record, version: Version | None, moment: AsOf, request: StaffRequest
) -> dict[str, Any]:
    """`around`: features for the map, `neighbours` as a table, `strikes` by year.

    Neighbours are those of now and within the scope; the page of a past day shows none.
    """
    if version is None or version.outline is None:
        return {"around": [], "neighbours": None, "strikes": None}
    scope = scope_for(request.user, Permission.RECORD_READ)
    features = _released(version, scope.q("organisation_id"), moment)
    neighbours = None
    if not moment.is_past:
        outline = shapely.from_wkb(bytes(version.outline.wkb))
        neighbours = neighbours_of(
            outline, scope, kinds=(AREA,), without=record.local_id, within_m=NEAR_M
        )
        neighbours = [n for n in neighbours if not n.is_hidden]
        features += [
            _feature(json.loads(shapely.to_geojson(n.outline)), "register", n.local_id)
            for n in neighbours
        ]
    years = strikes_near(version.outline, BOMBED_WITHIN_M) if strike_years() else None
    return {
        "around": features,
        "neighbours": neighbours,
        "strikes": years,
        "strikes_total": sum(years.values()) if years is not None else None,
        "strikes_most": max(years.values(), default=1) if years else 1,
    }


def _released(version: Version, visible: Q, moment: AsOf) -> list[dict[str, Any]]:
    """Releases on the area as they were at the page's two times, by class."""
    known = Q(known_to=None) | Q(known_to__gt=moment.known)
    true = Q(true_to=None) | Q(true_to__gt=moment.on)
    found = Version.objects.filter(
        visible,
        known,
        true,
        kind="land_release",
        known_from__lte=moment.known,
        true_from__lte=moment.on,
        outline__intersects=version.outline,
    ).select_related("record")
    features = []
    for release in found[:MOST_RELEASES]:
        said = release.values.get("outline_status")
        role = said if said in LAND else "cleared"
        label = release.record.local_id
        if release.outline is not None:
            features.append(_feature(json.loads(release.outline.json), role, label))
    return features


def _feature(geometry: Any, role: str, label: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"role": role, "label": label},
        "geometry": geometry,
    }
