"""What lies on and around an area: neighbours, released land, and the bombing records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Q

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.rules import depth_class
from datlanh.hazards.selectors.neighbours import common_ground, neighbours_of
from datlanh.hazards.selectors.sources import AREA
from datlanh.intake.selectors.located import LAND
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.text import Text
from datlanh.places.selectors import strike_years, strikes_near
from datlanh.register.models import Record, Version
from datlanh.register.selectors import AsOf
from datlanh.web.guards import StaffRequest
from datlanh.web.ledger.words import DEPTH_WORDS
from datlanh.web.reports.filters import language

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
        return {"around": [], "on_it": [], "neighbours": None, "strikes": None}
    scope = scope_for(request.user, Permission.RECORD_READ)
    releases = _releases(version.outline, scope.q("organisation_id"), moment)
    features = [_feature(json.loads(r.outline.json), r.land, r.said) for r in releases]
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
        "on_it": releases,
        "neighbours": neighbours,
        "strikes": years,
        "strikes_total": sum(years.values()) if years is not None else None,
        "strikes_most": max(years.values(), default=1) if years else 1,
    }


@dataclass(frozen=True)
class OnIt:
    """A release that shares ground with the area."""

    local_id: str
    land: str  # cleared, reduced, cancelled
    depth: Text | None
    outline: Any
    area_m2: float | None
    common_m2: float

    @property
    def said(self) -> str:
        """As the map writes it: the id, and the depth where there is one."""
        return f"{self.local_id} · {self.depth.say(language())}" if self.depth else self.local_id


def _releases(outline: GEOSGeometry, visible: Q, moment: AsOf) -> list[OnIt]:
    """Releases on the area as they were at the page's two times, by class and depth."""
    known = Q(known_to=None) | Q(known_to__gt=moment.known)
    true = Q(true_to=None) | Q(true_to__gt=moment.on)
    found = Version.objects.filter(
        visible,
        known,
        true,
        kind="land_release",
        known_from__lte=moment.known,
        true_from__lte=moment.on,
        outline__intersects=outline,
    ).select_related("record")
    ground = shapely.from_wkb(bytes(outline.wkb))
    releases = []
    for release in found[:MOST_RELEASES]:
        if release.outline is None:
            continue
        said = release.values.get("outline_status")
        depth = depth_class(
            release.values.get("clearance_depth_class"), release.values.get("clearance_depth_cm")
        )
        common = common_ground(ground, shapely.from_wkb(bytes(release.outline.wkb)))
        releases.append(
            OnIt(
                release.record.local_id,
                said if said in LAND else "cleared",
                DEPTH_WORDS.get(depth) if depth else None,
                release.outline,
                release.area_m2,
                0.0 if common.is_empty else area_m2(common),
            )
        )
    shallow: dict[Text | None, int] = {word: n for n, word in enumerate(DEPTH_WORDS.values())}
    return sorted(releases, key=lambda r: (r.land, shallow.get(r.depth, -1), r.local_id))


def _feature(geometry: Any, role: str, label: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"role": role, "label": label},
        "geometry": geometry,
    }
