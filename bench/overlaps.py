"""One new polygon against many areas, and all overlaps across operators among them.

Floors: for the new polygon the bare statement that finds and measures, prepared, over one
connection. For all overlaps PostGIS (over a table of flat geometries with its index), shapely
(STRtree and overlay, as one writes it) and DuckDB spatial, each given the same flat geometries
and asked for the number of pairs above 1 m². Reading the areas out of the database is part of
ours and of no floor.

DuckDB is not among our packages: `uv pip install --require-hashes -r requirements-bench.txt`
puts it in, extension included; without it its line says so.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import importlib.util
import statistics
import sys
import tempfile
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import shapely

from bench import place
from bench.measure import clocked, each_ms, header, line, peak_mb

SEED = 20261101
BOX = (106.5, 16.3, 107.4, 17.2)
METRES_LAT = 111_320.0
METRES_LON = METRES_LAT * 0.9575
SHARES = (0.3, 0.2, 0.15, 0.12, 0.08, 0.08, 0.04, 0.03)  # of the areas, by operator
LEAST_M2 = 1.0


def main(argv: list[str]) -> None:
    """Fill once, then measure."""
    parser = argparse.ArgumentParser(prog="python -m bench overlaps", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--file", type=Path, help="a CSV with the columns operator and geom (WKT)")
    options = parser.parse_args(argv)
    header(f"Overlaps among {options.records} areas")
    place.stand_in("overlaps", keep=True)
    _filled(options.records, options.file)
    _one(options.runs)
    _all(options.runs)
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


# Filling ----------------------------------------------------------------------------------------


def _filled(records: int, file: Path | None) -> None:
    with place.here() as connection:
        count = connection.execute("select count(*) from hazards_hazardousarea").fetchone()
        if count == (records,):
            return
        connection.execute("truncate hazards_hazardousarea, register_record cascade")
        known = connection.execute("select id from organisations_organisation order by id")
        organisations = [row[0] for row in known.fetchall()]
        _write(connection, _read(file) if file else _made(records), organisations)
        connection.execute(FLAT)
        connection.execute("create index bench_flat_geom on bench_flat using gist (geom)")
        connection.execute("vacuum analyze")


# What PostGIS is given: the areas in the plane that ours are measured in.
FLAT = """
drop table if exists bench_flat;
create table bench_flat as
select row_number() over (order by local_id) as id, organisation_id,
       (st_dump(st_transform(outline,
         '+proj=laea +lat_0=17.0 +lon_0=107.0 +ellps=WGS84 +units=m'))).geom as geom
  from hazards_hazardousarea where outline is not null
"""


def _write(connection: Any, made: list[tuple[int, str]], organisations: list[int]) -> None:
    names = [(n, w, uuid.uuid4(), f"HAZ-409-{600000 + n:06d}") for n, (_, w) in enumerate(made)]
    owners = [organisations[o % len(organisations)] for o, _ in made]
    with connection.cursor() as cursor:
        columns = "id, kind, local_id, organisation_id, created_seq, is_live"
        with cursor.copy(f"copy register_record ({columns}) from stdin") as copy:
            for (n, _, record, local_id), owner in zip(names, owners, strict=True):
                copy.write_row((record, "hazardous_area", local_id, owner, n + 1, True))
        columns = (
            "record_id, local_id, internal_id, organisation_id, reporting_team, commune_code,"
            " village_name, shape_id, outline, true_from, known_seq, reports, area_m2, derived_by,"
            " area_type, public_status, survey_method, land_use, beneficiaries, clearance_priority"
        )
        with cursor.copy(f"copy hazards_hazardousarea ({columns}) from stdin") as copy:
            for (n, wkt, record, local_id), owner in zip(names, owners, strict=True):
                shape = f"SRID=4326;MULTI{wkt.replace('((', '(((').replace('))', ')))')}"
                day = dt.date(2026, 1, 1)
                empty = ("", "", "", "", "")
                row = (record, local_id, "", owner, "", "", "", "", shape, day, n + 1, 1, 1.0, "")
                copy.write_row((*row, "cha", "open", *empty[:4]))


def _read(file: Path) -> list[tuple[int, str]]:
    csv.field_size_limit(10**9)
    with file.open(encoding="utf-8") as opened:
        rows = [(row["operator"], row["geom"]) for row in csv.DictReader(opened)]
    names = sorted({o for o, _ in rows})
    return [(names.index(o), wkt) for o, wkt in rows]


def _made(count: int) -> list[tuple[int, str]]:
    """Irregular simple polygons of 6 to 40 points, crowded around 400 places, of 8 operators."""
    rng = np.random.default_rng(SEED)
    west, south, east, north = BOX
    hot = rng.uniform((west + 0.05, south + 0.05), (east - 0.05, north - 0.05), (400, 2))
    weight = rng.pareto(2.5, 400) + 0.2
    near = rng.choice(400, count, p=weight / weight.sum())
    spread = rng.uniform(0.008, 0.04, 400)[near]
    centres = hot[near] + rng.normal(0, 1, (count, 2)) * spread[:, None]
    anywhere = rng.random(count) > 0.7
    centres[anywhere] = rng.uniform((west, south), (east, north), (int(anywhere.sum()), 2))
    centres = np.clip(centres, (west + 0.001, south + 0.001), (east - 0.001, north - 0.001))
    radius = np.minimum(rng.lognormal(np.log(60), 0.7, count), 600)
    owners = rng.choice(len(SHARES), count, p=SHARES)
    return [(int(o), _ring(rng, c, r)) for o, c, r in zip(owners, centres, radius, strict=True)]


def _ring(rng: np.random.Generator, centre: Any, radius: float) -> str:
    points = int(rng.integers(6, 41))
    angles = (np.arange(points) + 0.2 + 0.6 * rng.random(points)) * (2 * np.pi / points)
    away = radius * (0.55 + 0.9 * rng.random(points))
    x = centre[0] + away * np.cos(angles) / METRES_LON
    y = centre[1] + away * np.sin(angles) / METRES_LAT
    pairs = [f"{a:.6f} {b:.6f}" for a, b in zip(x, y, strict=True)]
    return f"POLYGON(({','.join([*pairs, pairs[0]])}))"


# One polygon ------------------------------------------------------------------------------------

_BARE = """
select t.local_id, st_area(st_intersection(t.geom, n.geom))
  from (select st_geomfromwkb(%s) as geom) n
  join bench_flat f on f.geom && n.geom and st_intersects(f.geom, n.geom)
 cross join lateral (select f.id::text as local_id, f.geom) t
"""


def _one(runs: int) -> None:
    from datlanh.accounts.scope import EVERYTHING, Scope
    from datlanh.hazards.selectors.neighbours import neighbours_of
    from datlanh.kernel.geometry import Plane, to_plane

    rng, plane = Random(SEED), Plane(107.0, 17.0)
    made = np.random.default_rng(SEED + 1)
    drawn: list[Any] = []
    for _ in range(300):
        at = (rng.uniform(BOX[0], BOX[2]), rng.uniform(BOX[1], BOX[3]))
        drawn.append(shapely.from_wkt(_ring(made, at, 120)))
    flat = [shapely.to_wkb(to_plane(p, plane)) for p in drawn]
    bare = place.here()
    bare.prepare_threshold = 1
    scope = Scope(organisation_ids=frozenset({1}))
    ours: list[float] = []
    floor: list[float] = []
    slow: list[float] = []
    for _ in range(runs):
        took = _each(lambda polygon: neighbours_of(polygon, scope, kinds=KINDS), drawn)
        least = _each(lambda wkb: bare.execute(_BARE, [wkb]).fetchall(), flat)
        ours.append(statistics.median(took))
        slow.append(sorted(took)[int(0.95 * len(took))])
        floor.append(statistics.median(least))
    found = sum(len(neighbours_of(p, EVERYTHING, kinds=KINDS)) for p in drawn[:50])
    line("one new polygon, in the service: median", ours, "ms", 2)
    line("one new polygon, in the service: p95", slow, "ms", 2)
    line("its bare SQL, prepared: median (floor)", floor, "ms", 2)
    print(f"  {'neighbours of 50 polygons':<44} {found}")


def _each(work: Callable[[Any], object], things: Sequence[Any]) -> list[float]:
    """How long each thing took, ms, after ten that do not count."""
    waiting = iter(things)
    return each_ms(lambda: work(next(waiting)), len(things) - 10, warm=10)


KINDS = ("hazardous_area", "land_release")

# All overlaps -----------------------------------------------------------------------------------


def _all(runs: int) -> None:
    from datlanh.hazards.selectors.neighbours import ground_of
    from datlanh.kernel.overlaps import pairs_across

    flat, owners = _flat()
    ways = {
        "overlaps: ours, read from the register": lambda: len(ground_of("hazardous_area").first),
        "overlaps: ours, of geometries at hand": lambda: len(pairs_across(flat, owners)[0]),
        "overlaps: shapely STRtree (floor)": lambda: _by_shapely(flat, owners),
        "overlaps: PostGIS (floor)": _by_postgis,
    }
    duck = _duck(flat, owners)
    if duck is None:
        print("  DuckDB spatial is not installed: requirements-bench.txt")
    else:
        ways["overlaps: DuckDB spatial (floor)"] = duck
    took: dict[str, list[float]] = {name: [] for name in ways}
    pairs: dict[str, int] = {}
    for _ in range(runs):
        for name, way in ways.items():
            with clocked() as seconds:
                pairs[name] = way()
            took[name].append(seconds[0])
    for name, seconds in took.items():
        line(name, seconds, f"s, {pairs[name]} pairs", 2)
    if len(set(pairs.values())) > 1:
        print("  ! the ways do not agree on the number of pairs", file=sys.stderr)


def _flat() -> tuple[Any, Any]:
    with place.here() as connection:
        rows = connection.execute(
            "select st_asbinary(geom), organisation_id from bench_flat order by id"
        ).fetchall()
    geometries: Any = shapely.from_wkb([bytes(r[0]) for r in rows])
    return np.asarray(geometries, dtype=object), np.array([r[1] for r in rows])


def _by_shapely(flat: Any, owners: Any) -> int:
    first, second = shapely.STRtree(flat).query(flat, predicate="intersects")
    wanted = (first < second) & (owners[first] != owners[second])
    common = shapely.area(shapely.intersection(flat[first[wanted]], flat[second[wanted]]))
    return int((common > LEAST_M2).sum())


_PAIRS = """
select count(*) from bench_flat a join bench_flat b
    on a.id < b.id and a.organisation_id <> b.organisation_id and st_intersects(a.geom, b.geom)
 where st_area(st_intersection(a.geom, b.geom)) > 1
"""


def _by_postgis() -> int:
    with place.here() as connection:
        connection.execute("set max_parallel_workers_per_gather = 2")
        connection.execute("set work_mem = '256MB'")
        found = connection.execute(_PAIRS).fetchone()
    return int(found[0]) if found else 0


# With other conditions beside it, DuckDB (1.5) does not use its spatial join.
_DUCK = """
with p as materialized (
  select a.id as i, b.id as j, a.organisation_id as o, b.organisation_id as q,
         a.geom as g, b.geom as h
    from flat a join flat b on st_intersects(a.geom, b.geom))
select count(*) from p where i < j and o <> q and st_area(st_intersection(g, h)) > 1
"""


def _duck(flat: Any, owners: Any) -> Any:
    if importlib.util.find_spec("duckdb") is None:
        return None
    import duckdb
    import duckdb_extensions

    duckdb_extensions.import_extension("spatial")
    base = duckdb.connect()
    base.execute("load spatial")
    # Through a file: hundreds of thousands of parameters would take minutes.
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        for n, (shape, owner) in enumerate(zip(flat, owners, strict=True)):
            file.write(f"{n},{owner},{shapely.to_wkb(shape, hex=True)}\n")
        file.flush()
        base.execute(
            "create table flat as select column0 as id, column1 as organisation_id,"
            f" st_geomfromhexwkb(column2) as geom from read_csv('{file.name}', header = false)"
        )

    def ask() -> int:
        found = base.execute(_DUCK).fetchone()
        return int(found[0]) if found else 0

    return ask
