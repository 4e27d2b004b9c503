"""What a page asks of the proposal of areas: margin, gap, fade-out, and where to cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.contrib.gis.geos import Polygon as GeosPolygon
from django.http import QueryDict
from shapely import from_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.models import LandRelease
from datlanh.kernel.delineation import LIMITS, Cut, Settings
from datlanh.kernel.drawn import line_drawn
from datlanh.kernel.grid import from_utm, to_utm
from datlanh.places.models import AdminUnit, Level, OutlineSource, UnitOutline

REACH_M = 1200.0  # how far from the boxes something may cut a proposal


@dataclass(frozen=True)
class Asked:
    """The settings of one proposal as the page was asked for them."""

    rule: Settings
    released: bool = True
    communes: bool = True
    line: str = ""  # as drawn on the map: GeoJSON, or "lat, lon" a row


def asked(query: QueryDict, default: Settings) -> Asked:
    """What stands in an address; what cannot be read is the centre's own value."""
    values: dict[str, Any] = {}
    for name, was in asdict(default).items():
        low, high = LIMITS[name]
        try:
            number = float(query.get(name, "").replace(",", "."))
        except ValueError:
            number = was
        number = min(max(number, low), high) if number == number else was  # noqa: PLR0124  # NaN
        values[name] = int(number) if isinstance(was, int) else number
    was_asked = "margin_m" in query
    return Asked(
        rule=replace(default, **values),
        released="released" in query or not was_asked,
        communes="communes" in query or not was_asked,
        line=query.get("line", "")[:20_000].strip(),
    )


def cuts_for(ground: BaseGeometry, wanted: Asked, who: User) -> list[Cut]:
    """Everything that may cut areas proposed on some ground (UTM metres)."""
    near = from_utm(ground.envelope.buffer(REACH_M))
    box = GeosPolygon.from_bbox(near.bounds)
    box.srid = 4326
    cuts = [*_released(box, who)] if wanted.released else []
    if wanted.communes:
        cuts += _communes(box)
    drawn = line_drawn(wanted.line)
    return [*cuts, Cut("drawn", "drawn", to_utm(drawn))] if drawn else cuts


def _released(box: GeosPolygon, who: User) -> Sequence[Cut]:
    """Released land the person may see; a suspended release left its land uncleared."""
    found = LandRelease.objects.filter(
        scope_for(who, Permission.RECORD_READ).q("organisation_id"), outline__intersects=box
    ).exclude(reported_status="suspended")
    return [
        Cut(name, "released", to_utm(from_wkb(bytes(outline.wkb))).buffer(0))
        for name, outline in found.values_list("local_id", "outline")
        if outline is not None
    ]


def _communes(box: GeosPolygon) -> Sequence[Cut]:
    """Boundaries of communes where the state's own are loaded: cells around points cut nothing."""
    units = AdminUnit.objects.filter(
        level=Level.COMMUNE, valid_to=None, outline_source=OutlineSource.OFFICIAL
    )
    found = UnitOutline.objects.filter(unit__in=units, outline__intersects=box)
    return [
        Cut(shape.unit.full_name, "commune", to_utm(from_wkb(bytes(shape.outline.wkb)).boundary))
        for shape in found.select_related("unit")
    ]
