"""What the bombing records say: how many, where and when. Everybody may know."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from datlanh.places.models import AirStrikeFile


def strikes_file() -> AirStrikeFile | None:
    """The file that is in force, None where none was taken in."""
    return AirStrikeFile.objects.first()


def strike_years() -> list[int]:
    """The years that any record is of, in order; empty where none was taken in."""
    with connection.cursor() as cursor:
        cursor.execute("select distinct year from places_airstrikecell order by year")
        return [year for (year,) in cursor.fetchall()]


def strikes_near(shape: GEOSGeometry, metres: float) -> Mapping[int, int]:
    """How many records of each year lie within so many metres of a shape (EPSG:4326)."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAR, {"shape": bytes(shape.ewkb), "metres": metres})
        return dict(cursor.fetchall())


# The box first, for the index; a degree is at least 100 km in either direction this far south.
_NEAR = """
with s as materialized (select st_geomfromewkb(%(shape)s) as shape)
select t.year, count(*)
  from s join places_airstrike t
    on t.position && st_expand(s.shape, %(metres)s / 100000.0)
   and st_dwithin(t.position::geography, s.shape::geography, %(metres)s)
 group by t.year order by t.year
"""
