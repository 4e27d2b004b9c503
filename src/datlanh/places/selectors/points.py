"""Where a point lies: its commune on a date, and whether it is in the province at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib.gis.geos import Point as GeosPoint
from django.db import connection
from shapely.geometry import Point as ShapelyPoint

from datlanh.places import rules
from datlanh.places.models import AdminUnit, Level

AnyPoint = ShapelyPoint | GeosPoint


def _lon_lat(point: AnyPoint) -> tuple[float, float]:
    return float(point.x), float(point.y)


def unit_at(point: AnyPoint, on: dt.date, level: str = Level.COMMUNE) -> AdminUnit | None:
    """The unit of `level` that held `point` (longitude, latitude, EPSG:4326) on `on`.

    One query on the GiST index over pieces of outlines. On a border or in a sliver that two
    neighbours both claim, an official outline comes before a cell, then the lower code.
    """
    found = AdminUnit.objects.raw(_AT, [*_lon_lat(point), level, on, on])
    return next(iter(found), None)


_AT = """
select u.* from places_unitpart p join places_adminunit u on u.id = p.unit_id
 where st_intersects(p.outline, st_setsrid(st_makepoint(%s, %s), 4326))
   and u.level = %s and u.valid_from <= %s and (u.valid_to is null or u.valid_to > %s)
 order by (u.outline_source = 'official') desc, u.code limit 1
"""


def commune_at(point: AnyPoint, on: dt.date) -> AdminUnit | None:
    """The commune that held `point` on `on`; None outside every outline."""
    return unit_at(point, on)


def communes_at(points: Sequence[AnyPoint], on: dt.date) -> list[AdminUnit | None]:
    """`commune_at` for many points at once, in their order; two queries for any number."""
    if not points:
        return []
    places = [_lon_lat(point) for point in points]
    with connection.cursor() as cursor:
        cursor.execute(_BULK, [[x for x, _ in places], [y for _, y in places], on, on])
        ids: dict[int, int] = dict(cursor.fetchall())
    units = AdminUnit.objects.in_bulk(set(ids.values()))
    return [units.get(ids.get(row, 0)) for row in range(1, len(places) + 1)]


_BULK = """
select distinct on (q.row) q.row, u.id
  from unnest(%s::float8[], %s::float8[]) with ordinality as q(x, y, row)
  join places_unitpart p on st_intersects(p.outline, st_setsrid(st_makepoint(q.x, q.y), 4326))
  join places_adminunit u on u.id = p.unit_id
 where u.level = 'commune' and u.valid_from <= %s and (u.valid_to is null or u.valid_to > %s)
 order by q.row, (u.outline_source = 'official') desc, u.code
"""


def in_province(point: AnyPoint, on: dt.date) -> bool:
    """Whether `point` lies in the province of `on`, or near it.

    Near is 1,000 m outside an official outline and 15,000 m outside approximate cells
    (rules.OFFICIAL_BUFFER_M, APPROXIMATE_BUFFER_M). Before July 2025 both old provinces count:
    the centre's register holds both.
    """
    return in_province_each([point], on)[0]


def in_province_each(points: Sequence[AnyPoint], on: dt.date) -> list[bool]:
    """`in_province` of many points, in their order; one query for any number."""
    places = [_lon_lat(point) for point in points]
    # The box of the coarse test: a degree is at least 100 km in either direction this far south.
    values: dict[str, Any] = {
        "x": [x for x, _ in places],
        "y": [y for _, y in places],
        "on": on,
        "reach": rules.APPROXIMATE_BUFFER_M / 100_000,
        "official": rules.OFFICIAL_BUFFER_M,
        "approximate": rules.APPROXIMATE_BUFFER_M,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, values)
        return [bool(row[0]) for row in cursor.fetchall()]


_NEAR = """
select exists(
    select 1 from places_unitpart p join places_adminunit u on u.id = p.unit_id
     where p.outline && st_expand(q.point, %(reach)s) and u.level = 'province'
       and u.valid_from <= %(on)s and (u.valid_to is null or u.valid_to > %(on)s)
       and st_dwithin(p.outline::geography, q.point::geography,
                      case u.outline_source when 'official' then %(official)s::float8
                                            else %(approximate)s::float8 end))
  from (select st_setsrid(st_makepoint(x, y), 4326) as point, row
          from unnest(%(x)s::float8[], %(y)s::float8[]) with ordinality as t(x, y, row)) q
 order by q.row
"""
