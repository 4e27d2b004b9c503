"""Vector tiles of the bombing records: how densely they lie, cell by cell."""

from __future__ import annotations

from django.db import connection

from datlanh.delivery.tiles import BUFFER, EXTENT, Place

CELL_M = 500  # of `places.AirStrikeCell`
# Cells joined side by side up to a zoom, so that one is never smaller than a few pixels.
JOINED = ((7, 16), (8, 8), (9, 4), (10, 2))


def strike_tile(z: int, x: int, y: int, first: int, last: int) -> bytes:
    """One tile with the layer `strikes` of the years `first` to `last`, both included.

    Each feature is a square cell with `records` and `per_km2`, which can be compared across
    zooms. Raises ValueError where there is no such tile.
    """
    place = Place(z, x, y)
    if not place.is_there:
        raise ValueError(f"no tile {z}/{x}/{y}")
    by = next((by for to, by in JOINED if z <= to), 1)
    values = {**place.params, "by": by, "side": by * CELL_M, "cell": CELL_M}
    values |= {"first": first, "last": last, "extent": EXTENT, "buffer": BUFFER}
    with connection.cursor() as cursor:
        cursor.execute(_TILE, values)
        (tile,) = cursor.fetchone()
    return bytes(tile)


# The grid leans a little against the tile: the box around the tile's own box on the grid.
_TILE = """
with b as materialized (
  select st_makeenvelope(%(left)s, %(bottom)s, %(right)s, %(top)s, 3857) as tile,
         st_transform(st_segmentize(
           st_makeenvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326), 0.05), 32648) as box
), cells as (
  select c.east / %(by)s as e, c.north / %(by)s as n, sum(c.records) as records
    from b join places_airstrikecell c
      on c.east between floor(st_xmin(b.box) / %(cell)s)::int - %(by)s
                    and ceil(st_xmax(b.box) / %(cell)s)::int
     and c.north between floor(st_ymin(b.box) / %(cell)s)::int - %(by)s
                     and ceil(st_ymax(b.box) / %(cell)s)::int
   where c.year between %(first)s and %(last)s
   group by 1, 2
), f as (
  select records::int as records,
         round(records / (%(side)s::float8 * %(side)s / 1e6))::int as per_km2,
         st_asmvtgeom(st_transform(st_makeenvelope(
           e * %(side)s, n * %(side)s, (e + 1) * %(side)s, (n + 1) * %(side)s, 32648), 3857),
           b.tile, %(extent)s, %(buffer)s, true) as geom
    from cells, b
)
select coalesce(st_asmvt(f, 'strikes', %(extent)s, 'geom'), ''::bytea) from f
"""
