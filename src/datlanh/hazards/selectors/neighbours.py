"""What lies on or beside an outline, and where operators' ground overlaps.

Everything is measured in equal-area planes by the kernel; the database only says what is near.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.scope import Scope
from datlanh.hazards.rules import GONE
from datlanh.hazards.selectors.sources import AREA, RELEASE
from datlanh.kernel import geometry
from datlanh.kernel.firewall import SNAP_M
from datlanh.kernel.firewall.others import GRID_M, polygons_of
from datlanh.kernel.overlaps import pairs_across
from datlanh.register.models import Decision

HIDDEN = "•••"  # in place of the id of a record that is not within the scope
_GONE = ", ".join(f"'{state}'" for state in GONE)  # what gave way to others is nobody's neighbour
TABLES = {
    AREA: f"(select * from hazards_hazardousarea where state not in ({_GONE}))",  # noqa: S608
    RELEASE: "hazards_landrelease",
}
METRES_PER_DEGREE = 100_000  # at least, this far south
MOST = 50  # neighbours of one outline
LEAST_M2 = 1.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A record on or beside an outline. Out of scope its id is hidden; its ground is not."""

    kind: str
    local_id: str
    organisation: str
    organisation_id: int
    outline: BaseGeometry
    common_m2: float
    is_hidden: bool


# The index finds what is near; what is far but for its box falls away when it is measured.
_NEAR = """
select t.local_id, o.id, o.key, st_asbinary(t.outline)
  from {table} t join organisations_organisation o on o.id = t.organisation_id
 where t.outline && st_makeenvelope(%s, %s, %s, %s, 4326) and t.local_id <> %s
 limit %s
"""


def neighbours_of(
    outline: BaseGeometry,
    scope: Scope,
    *,
    kinds: Sequence[str] = (AREA, RELEASE),
    without: str = "",
    within_m: float = SNAP_M,
) -> list[Neighbour]:
    """Records whose ground meets an outline or comes within some metres of it, largest first.

    `without` is the record the outline belongs to.
    """
    if outline.is_empty or not geometry.on_globe(outline):
        return []
    reach = within_m / METRES_PER_DEGREE
    west, south, east, north = outline.bounds
    box = (west - reach, south - reach, east + reach, north + reach)
    plane = geometry.plane_for(outline)
    flat = geometry.to_plane(outline, plane)
    flat = flat if flat.is_valid else shapely.make_valid(flat)
    shapely.prepare(flat)
    found = []
    with connection.cursor() as cursor:
        for kind in kinds:
            cursor.execute(_NEAR.format(table=TABLES[kind]), [*box, without, 8 * MOST])
            for local_id, organisation_id, key, wkb in cursor.fetchall():
                shape = shapely.from_wkb(bytes(wkb))
                common = _common(flat, geometry.to_plane(shape, plane), within_m)
                if common is None:
                    continue
                is_hidden = not scope.allows(organisation_id)
                shown = HIDDEN if is_hidden else local_id
                found.append(Neighbour(kind, shown, key, organisation_id, shape, common, is_hidden))
    return sorted(found, key=lambda n: -n.common_m2)[:MOST]


def _common(flat: BaseGeometry, theirs: Any, within_m: float) -> float | None:
    """The ground in common, m²; None where the two are farther apart than that."""
    if not flat.intersects(theirs):
        return 0.0 if shapely.dwithin(flat, theirs, within_m) else None
    whole = theirs if theirs.is_valid else shapely.make_valid(theirs)
    return float(flat.intersection(whole).area)


def common_ground(one: BaseGeometry, other: BaseGeometry) -> MultiPolygon:
    """The areas that two outlines share, lon/lat; lines and points fall away."""
    plane = geometry.plane_for(one, other)
    a, b = (geometry.to_plane(s, plane) for s in (one, other))
    a, b = (s if s.is_valid else shapely.make_valid(s) for s in (a, b))
    common: Any = shapely.intersection(polygons_of(a), polygons_of(b), grid_size=GRID_M)
    back: MultiPolygon = geometry.from_plane(polygons_of(common), plane)
    return back


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records of an overlap."""

    local_id: str
    organisation: str
    organisation_id: int
    area_m2: float
    outline: BaseGeometry
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground that two organisations' records of one kind share."""

    one: Side
    other: Side
    common_m2: float

    @property
    def share(self) -> float:
        """Of the smaller of the two, 0 to 1."""
        smaller = min(self.one.area_m2, self.other.area_m2)
        return self.common_m2 / smaller if smaller else 0.0

    def piece(self) -> BaseGeometry:
        """The common ground itself, lon/lat."""
        return common_ground(self.one.outline, self.other.outline)


@dataclass(frozen=True, slots=True)
class Ground:
    """All outlines of a kind in one plane, and which of them overlap across organisations."""

    local_ids: tuple[str, ...]
    organisations: tuple[str, ...]
    organisation_ids: NDArray[np.int64]
    outlines: NDArray[Any]
    areas_m2: NDArray[np.float64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    common_m2: NDArray[np.float64]


def overlaps(
    scope: Scope, kind: str = AREA, *, organisation: str = "", least_m2: float = LEAST_M2
) -> list[Overlap]:
    """Every overlap of ground of different organisations that the scope has part in.

    Largest first. The other side of an overlap is hidden where it is not within the scope.
    """
    newest = Decision.objects.order_by("-seq").values_list("seq", "at").first()
    ground = _ground(kind, newest)
    order = np.argsort(-ground.common_m2, kind="stable")
    found = []
    for i in order:
        pair = (int(ground.first[i]), int(ground.second[i]))
        if ground.common_m2[i] < least_m2:
            break
        if not any(scope.allows(int(ground.organisation_ids[k])) for k in pair):
            continue
        if organisation and organisation not in {ground.organisations[k] for k in pair}:
            continue
        one, other = (_side(ground, k, scope) for k in pair)
        found.append(Overlap(one, other, float(ground.common_m2[i])))
    return found


def _side(ground: Ground, k: int, scope: Scope) -> Side:
    organisation_id = int(ground.organisation_ids[k])
    is_hidden = not scope.allows(organisation_id)
    return Side(
        local_id=HIDDEN if is_hidden else ground.local_ids[k],
        organisation=ground.organisations[k],
        organisation_id=organisation_id,
        area_m2=float(ground.areas_m2[k]),
        outline=ground.outlines[k],
        is_hidden=is_hidden,
    )


@lru_cache(maxsize=2)
def _ground(kind: str, newest: object) -> Ground:
    """Everything as it is after the newest decision; kept until there is a newer one."""
    return ground_of(kind)


def ground_of(kind: str) -> Ground:
    """All outlines of a kind and their overlaps: seconds for a hundred thousand."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select t.local_id, o.id, o.key, st_asbinary(t.outline)
                  from {TABLES[kind]} t
                  join organisations_organisation o on o.id = t.organisation_id
                 where t.outline is not null order by t.local_id"""  # noqa: S608 - our own names
        )
        rows = cursor.fetchall()
    outlines: Any = shapely.from_wkb([bytes(r[3]) for r in rows])
    outlines = np.asarray(outlines, dtype=object)
    flat = _flat(outlines)
    groups = np.array([r[1] for r in rows], dtype=np.int64)
    first, second, common = pairs_across(flat, groups, LEAST_M2)
    return Ground(
        local_ids=tuple(r[0] for r in rows),
        organisations=tuple(r[2] for r in rows),
        organisation_ids=groups,
        outlines=outlines,
        areas_m2=shapely.area(flat),
        first=first,
        second=second,
        common_m2=common,
    )


def _flat(outlines: NDArray[Any]) -> NDArray[Any]:
    """All in the one equal-area plane that the whole of them has."""
    if not len(outlines):
        return outlines
    west, south, east, north = shapely.total_bounds(outlines)
    plane = geometry.plane_for(shapely.box(west, south, east, north))
    return geometry.many_to_plane(outlines, plane)
