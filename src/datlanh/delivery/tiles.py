"""Vector tiles of the register (MVT 2.1), cut by the database within a scope and a filter."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import psycopg
from django.db import connection

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors import AreaFilter, RecordFilter, ReleaseFilter, Rows, rows
from datlanh.register.selectors import AsOf

MAX_ZOOM = 20
POLYGONS_FROM = 10  # below, an area is a disc; at this zoom it is both
POINTS_FROM = 13
EXTENT = 4096  # the tile's own units across
BUFFER = 64  # units kept around it, so that lines do not end at its edge
MAX_BYTES = 500_000
COARSENESS = (1.0, 4.0, 16.0)  # times one unit: what simplification may move a line by
CELLS = (16, 32, 64, 128)  # units: where discs crowd, the largest of each state in a cell stands
WORLD_M = 40_075_016.68  # once round the equator, EPSG:3857

# The tile in EPSG:3857, and with its buffer in WGS 84. Computed here rather than by the database:
# a prepared statement would compute them anew for every row.
_ENVELOPE = "st_makeenvelope(%(left)s, %(bottom)s, %(right)s, %(top)s, 3857)"
_BOX = "st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)"
_GEOM = "st_asmvtgeom({shape}, " + _ENVELOPE + f", {EXTENT}, {BUFFER}, true) as geom"
_ORGANISATION = (
    "(select o.key from organisations_organisation o where o.id = t.organisation_id)"
    " as organisation"
)
_AREA = (
    "t.record_id::text as id, t.local_id, t.area_type as kind, t.public_status as status, "
    f"{_ORGANISATION}, round(coalesce(t.area_m2, t.area_reported_m2))::bigint as area_m2"
)
_RELEASE = (
    "t.record_id::text as id, t.local_id, t.release_type, t.reported_status as status, "
    f"t.end_date::text as end_date, {_ORGANISATION}, round(t.area_m2)::bigint as area_m2"
)


Params = dict[str, Any]
Sql = tuple[str, Params]


@dataclass(frozen=True)
class Place:
    """Which tile, and by how many of its units lines may be simplified."""

    z: int
    x: int
    y: int
    coarse: float = 1.0

    @property
    def is_there(self) -> bool:
        """Whether there is such a tile."""
        return 0 <= self.z <= MAX_ZOOM and max(self.x, self.y) < 2**self.z

    @property
    def tolerance_m(self) -> float:
        """How far a line may move, in metres of EPSG:3857."""
        return self.coarse * WORLD_M / float(2**self.z) / EXTENT

    @property
    def params(self) -> Params:
        """The values of the tile's own marks."""
        side = WORLD_M / 2**self.z
        left, top = self.x * side - WORLD_M / 2, WORLD_M / 2 - self.y * side
        around = side * BUFFER / EXTENT
        west, south = _lon_lat(left - around, top - side - around)
        east, north = _lon_lat(left + side + around, top + around)
        return {
            "tolerance": self.tolerance_m,
            "left": left,
            "bottom": top - side,
            "right": left + side,
            "top": top,
            "west": west,
            "south": south,
            "east": east,
            "north": north,
        }


def _lon_lat(x: float, y: float) -> tuple[float, float]:
    """Degrees of a place in EPSG:3857, metres."""
    scale = 2 * math.pi / WORLD_M
    return math.degrees(x * scale), math.degrees(math.atan(math.sinh(y * scale)))


def area_tile(z: int, x: int, y: int, scope: Scope, filter: AreaFilter) -> bytes:
    """One tile, at most about 500 kB.

    Layers: `areas` (id, local_id, kind, status, organisation, area_m2) and `releases` (id,
    local_id, release_type, status, end_date, organisation, area_m2) from zoom 10; `area_points`
    with the areas' attributes up to zoom 10, beyond it for areas without an outline;
    `points` (id, kind "evidence" or "item", local_id, label, quantity) from zoom 13. Where a
    filter looks at the past, everything comes from the versions.

    Raises:
        ValueError: there is no such tile.
    """
    place = Place(z, x, y)
    if not place.is_there:
        raise ValueError(f"no tile {z}/{x}/{y}")
    moment = filter.asof if filter.is_past else None
    areas = rows(scope, filter, moment)
    if z < POLYGONS_FROM:
        return _discs(place, areas)
    released = rows(scope, releases_of(filter), moment)
    layers = {
        "areas": _outlines(areas, _AREA),
        "releases": _outlines(released, _RELEASE),
        "area_points": _centres(areas, outlined=z == POLYGONS_FROM),
    }
    if z >= POINTS_FROM:
        layers["points"] = _points(areas, released, moment)
    for coarse in COARSENESS:
        tile = _cut(replace(place, coarse=coarse), layers)
        if len(tile) <= MAX_BYTES:
            return tile
    return _discs(place, areas)  # too many to draw at any roughness: as below zoom 10


def _discs(place: Place, areas: Rows) -> bytes:
    query = _centres(areas, outlined=True)
    tile = _cut(place, {"area_points": query})
    for cell in CELLS:
        if len(tile) <= MAX_BYTES:
            break
        text, params = query
        thinned = _THINNED.format(cell=cell, points=text), params
        tile = _cut(place, {"area_points": thinned})
    return tile


_THINNED = """
select distinct on (st_snaptogrid(c.geom, {cell}), c.status) c.* from ({points}) c
 where c.geom is not null
 order by st_snaptogrid(c.geom, {cell}), c.status, c.area_m2 desc nulls last, c.local_id
"""


def _outlines(found: Rows, attributes: str) -> Sql:
    shape = "st_simplify(st_transform(t.outline, 3857), %(tolerance)s, true)"
    columns = f"{attributes}, {_GEOM.format(shape=shape)}"
    return found.select(columns, f"and t.outline && {_BOX}"), dict(found.params)


def _centres(found: Rows, *, outlined: bool) -> Sql:
    """Areas as points: all of them, or only those nobody has drawn."""
    where = f"t.outline is null and t.position && {_BOX}"
    centre = "t.position"
    if outlined:
        where = f"(t.outline && {_BOX} or ({where}))"
        # Below zoom 10 the middle of an area and a point on it are one pixel.
        centre = "coalesce(st_centroid(t.outline), t.position)"
    shape = f"st_transform({centre}, 3857)"
    return found.select(f"{_AREA}, {_GEOM.format(shape=shape)}", f"and {where}"), dict(found.params)


def _points(areas: Rows, released: Rows, moment: AsOf | None) -> Sql:
    """Evidence and items of the areas and releases that pass."""
    parts: list[str] = []
    params: Params = {}
    for found, prefix in ((areas, "a_"), (released, "r_")):
        columns = "t.record_id, t.local_id" + (", t.lists" if moment else "")
        inner, own = _prefixed(found.select(columns), dict(found.params), prefix)
        params |= own
        parts += [
            text.format(inner=inner, box=_BOX, prefix=prefix)
            for text in (_THEN if moment else _NOW)
        ]
    shape = _GEOM.format(shape="st_transform(p.position, 3857)")
    return _ALL_POINTS.format(shape=shape, parts=" union all ".join(parts)), params


_NOW = (
    """
select 'e' || p.id as id, 'evidence' as kind, t.local_id, p.point_id as label,
       null::int as quantity, p.position
  from ({inner}) t join hazards_evidencepoint p on p.record_id = t.record_id
 where p.position && {box}
""",
    """
select 'i' || p.id as id, 'item' as kind, t.local_id,
       coalesce(nullif(p.model, ''), p.category) as label, p.quantity, p.position
  from ({inner}) t join hazards_ordnanceitem p on p.record_id = t.record_id
 where p.position && {box}
""",
)
_THEN = (
    """
select 'w' || w.id as id,
       case w.list when 'ordnance_items' then 'item' else 'evidence' end as kind, t.local_id,
       coalesce(w.values->>'point_id', nullif(w.values->>'model', ''), w.values->>'category', '')
         as label,
       (w.values->>'quantity')::int as quantity, w.shape as position
  from ({inner}) t join register_row w on w.record_id = t.record_id
   and w.list in ('evidence_points', 'ordnance_items')
   and t.lists->w.list @> to_jsonb(w.report_id)
   and w.known_from <= %({prefix}known)s
   and (w.known_to is null or w.known_to > %({prefix}known)s)
 where w.shape && {box} and geometrytype(w.shape) = 'POINT'
""",
)
_ALL_POINTS = "select p.id, p.kind, p.local_id, p.label, p.quantity, {shape} from ({parts}) p"
# What has no place in the tile has no geometry either, and `st_asmvt` leaves it out. A condition
# here would be pushed down into the features and have every geometry computed twice.
_LAYER = """
coalesce((select st_asmvt(f, '{name}', {extent}, 'geom') from ({features}) f), ''::bytea)
"""


def _cut(place: Place, layers: Mapping[str, Sql]) -> bytes:
    """All layers by one statement: a tile is its layers one after the other."""
    parts, params = [], place.params
    for name, query in layers.items():
        text, own = _prefixed(*query, f"{name}_")
        parts.append(_LAYER.format(name=name, extent=EXTENT, features=text))
        params = params | own
    return bytes(_prepared("select " + " || ".join(parts), params))


def _prepared(statement: str, params: Params) -> Any:
    """The one value of a statement that the database plans once a connection, not each time.

    Planning a tile takes as long as cutting it. Django's own cursor writes the values into the
    text, so that each tile would be a statement of its own.
    """
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        (value,) = cursor.execute(statement, params, prepare=True).fetchone() or (None,)
    return value


def releases_of(filter: AreaFilter) -> ReleaseFilter:
    """What areas are narrowed by and releases have too."""
    shared = {f.name: getattr(filter, f.name) for f in fields(RecordFilter) if f.name != "month"}
    return ReleaseFilter(**shared)


def _prefixed(text: str, params: Params, prefix: str) -> Sql:
    """The same statement with its own marks renamed, so that several fit into one."""
    renamed = re.sub(
        r"%\((\w+)\)s", lambda m: f"%({prefix}{m[1]})s" if m[1] in params else m[0], text
    )
    return renamed, {f"{prefix}{name}": value for name, value in params.items()}
