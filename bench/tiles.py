"""A map tile at zoom 14 as the browser gets it, beside the bare SQL of the same tile.

Floor: one statement that cuts the same layers within the same scope, over one connection.
"""

from __future__ import annotations

import argparse
import math
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench import place
from bench.measure import clocked, header, line, peak_mb, percentile

if TYPE_CHECKING:
    from bench.server import Browser

ZOOM = 14
USER = "renew.hientruong"  # a field user: sees one organisation


def main(argv: list[str]) -> None:
    """Fill once, then ask for the same tiles both ways, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m bench tiles", description=__doc__)
    parser.add_argument("--records", type=int, default=15_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tiles", type=int, default=150)
    options = parser.parse_args(argv)
    header(f"Tiles at zoom {ZOOM}, {options.records} areas, as one operator's field user")
    filled(options.records)
    from bench.server import Browser, serving

    with serving() as port:
        browser, bare = Browser(port, USER), _Bare(USER)
        tiles = _tiles(20 + options.runs * options.tiles)
        for tile in tiles[:20]:
            browser.get(_address(tile))
            bare.cut(tile)
        fresh: dict[str, list[float]] = {"whole": [], "slow": [], "sql": [], "share": []}
        again: dict[str, list[float]] = {"whole": [], "share": []}
        for run in range(options.runs):
            # Nobody asked for these before: the server has to cut them.
            mine = tiles[20 + run :: options.runs]
            page_ms, sql_ms = _both(browser, bare, mine)
            fresh["whole"].append(statistics.median(page_ms))
            fresh["slow"].append(percentile(page_ms, 0.95))
            fresh["sql"].append(statistics.median(sql_ms))
            fresh["share"].append(sum(sql_ms) / sum(page_ms))
            page_ms, sql_ms = _both(browser, bare, mine)
            again["whole"].append(statistics.median(page_ms))
            again["share"].append(sum(sql_ms) / sum(page_ms))
    line("tile over HTTP, first time: median", fresh["whole"], "ms", 1)
    line("tile over HTTP, first time: p95", fresh["slow"], "ms", 1)
    line("its bare SQL: median (floor)", fresh["sql"], "ms", 1)
    line("bare SQL ÷ tile, first time", fresh["share"], "", 2)
    line("tile over HTTP, again: median", again["whole"], "ms", 1)
    line("bare SQL ÷ tile, again", again["share"], "", 2)
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


def _both(
    browser: Browser, bare: _Bare, tiles: Sequence[tuple[int, int]]
) -> tuple[list[float], list[float]]:
    """The same tiles both ways, one after the other; milliseconds."""
    page_ms, sql_ms = [], []
    for tile in tiles:
        with clocked() as took:
            sent = browser.get(_address(tile))
        page_ms.append(took[0] * 1000)
        with clocked() as took:
            cut = bare.cut(tile)
        sql_ms.append(took[0] * 1000)
        assert bool(sent) == bool(cut), tile
    return page_ms, sql_ms


def filled(records: int) -> None:
    place.stand_in("tiles", keep=True)
    from bench.filling import inputs
    from datlanh.accounts.acting import SYSTEM, acting
    from datlanh.intake.services.rebuilding import register_rebuild
    from datlanh.register.models import Record

    if Record.objects.count() == records:
        return
    place.stand_in("tiles")
    inputs(records)
    with acting(SYSTEM, via="command"):
        register_rebuild(by=SYSTEM)
    with place.here() as connection:
        connection.execute("vacuum analyze")


def _tiles(count: int) -> list[tuple[int, int]]:
    """So many different tiles, or all there are, around areas taken evenly from all."""
    with place.here() as connection:
        found = connection.execute(
            "select st_x(position), st_y(position) from hazards_hazardousarea"
            " where position is not null order by md5(local_id)"
        ).fetchall()
    return list(dict.fromkeys(_tile(lon, lat) for lon, lat in found))[:count]


def _tile(lon: float, lat: float) -> tuple[int, int]:
    across = 2**ZOOM
    mercator = math.asinh(math.tan(math.radians(lat)))
    return int((lon + 180) / 360 * across), int((1 - mercator / math.pi) / 2 * across)


def _address(tile: tuple[int, int]) -> str:
    return f"/tiles/{ZOOM}/{tile[0]}/{tile[1]}.mvt"


class _Bare:
    """The tile by one hand-written statement."""

    def __init__(self, username: str) -> None:
        from datlanh.accounts.models import User

        self.organisation = User.objects.get(username=username).organisation_id
        self.connection = place.here()

    def cut(self, tile: tuple[int, int]) -> bytes:
        """The four layers in one answer."""
        values = {"x": tile[0], "y": tile[1], "z": ZOOM, "organisation": self.organisation}
        found = self.connection.execute(_TILE, values).fetchone()
        return bytes(found[0] or b"") if found else b""


_SHAPE = "st_asmvtgeom(st_simplify(st_transform({shape}, 3857), 2.4, true), b.tile, 4096, 64, true)"
_POINT = "st_asmvtgeom(st_transform({shape}, 3857), b.tile, 4096, 64, true)"
_TILE = f"""
with b as materialized (
  select st_tileenvelope(%(z)s, %(x)s, %(y)s) as tile,
         st_transform(st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 0.015625), 4326) as box
)
select coalesce((select st_asmvt(f, 'areas', 4096, 'geom') from (
    select t.record_id::text as id, t.local_id, t.area_type as kind, t.public_status as status,
           o.key as organisation, round(t.area_m2)::bigint as area_m2,
           {_SHAPE.format(shape="t.outline")} as geom
      from b join hazards_hazardousarea t on t.outline && b.box
      join organisations_organisation o on o.id = t.organisation_id
     where t.organisation_id = %(organisation)s) f), ''::bytea)
 || coalesce((select st_asmvt(f, 'releases', 4096, 'geom') from (
    select t.record_id::text as id, t.local_id, t.release_type, t.reported_status as status,
           t.end_date::text, o.key as organisation, round(t.area_m2)::bigint as area_m2,
           {_SHAPE.format(shape="t.outline")} as geom
      from b join hazards_landrelease t on t.outline && b.box
      join organisations_organisation o on o.id = t.organisation_id
     where t.organisation_id = %(organisation)s) f), ''::bytea)
 || coalesce((select st_asmvt(f, 'area_points', 4096, 'geom') from (
    select t.record_id::text as id, t.local_id, {_POINT.format(shape="t.position")} as geom
      from b join hazards_hazardousarea t on t.position && b.box
     where t.outline is null and t.organisation_id = %(organisation)s) f), ''::bytea)
 || coalesce((select st_asmvt(f, 'points', 4096, 'geom') from (
    select p.id, p.kind, t.local_id, p.label, p.quantity,
           {_POINT.format(shape="p.position")} as geom
      from b join lateral (
        select 'e' || e.id as id, 'evidence' as kind, e.record_id, e.point_id as label,
               null::int as quantity, e.position
          from hazards_evidencepoint e where e.position && b.box
        union all
        select 'i' || i.id, 'item', i.record_id, coalesce(nullif(i.model, ''), i.category),
               i.quantity, i.position
          from hazards_ordnanceitem i where i.position && b.box) p on true
      join hazards_hazardousarea t on t.record_id = p.record_id
     where t.organisation_id = %(organisation)s) f), ''::bytea)
"""
