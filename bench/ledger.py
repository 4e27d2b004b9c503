"""The ledger at a hundred thousand areas: kept up with a decision, and told as of any date.

Areas and releases are written as versions, for size alone; the ledger is computed from them. With
`--areas FILE` the areas are those of a CSV with a column `geom` (WKT), else star-shaped ones in
clusters, many of which overlap. Floor of the figure: the sum of one column over the same rows.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import math
import statistics
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import shapely
from shapely import affinity

from bench import place
from bench.measure import clocked, header, line, peak_mb, percentile

BOX = (106.5, 16.3, 107.4, 17.2)
START, DAYS = dt.date(2012, 1, 1), 5000
RELEASED, RESURVEYED = 0.6, 0.05  # shares of the areas
KNOWN = 20_000  # records that came in with one decision each time: filling is not measured
OPERATORS = ("mag", "npa_renew", "ptvn", "military")


def main(argv: list[str]) -> None:
    """Fill and compute once, then refresh and ask."""
    parser = argparse.ArgumentParser(prog="python -m bench ledger", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--areas", type=Path)
    parser.add_argument("--spots", type=int, default=400, help="clusters the areas lie in")
    parser.add_argument("--spread", type=float, default=0.02, help="of a cluster, degrees")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--each", type=int, default=60, help="decisions, and figures / 10, of a run"
    )
    options = parser.parse_args(argv)
    header(f"Ledger, {options.records} areas")
    stars = _stars(Random(7), options.records, options.spots, options.spread)
    _filled(options.records, _from_file(options.areas, options.records) if options.areas else stars)
    middle, high, figures, floor, moves = [], [], [], [], []
    rng = Random(5)
    for _ in range(options.runs):
        took = [_decided(rng) for _ in range(options.each)]
        middle.append(statistics.median(took))
        high.append(percentile(took, 0.95))
        asked = [_asked(rng) for _ in range(max(options.each // 10, 2))]
        figures.append(max(a for a, _, _ in asked))
        floor.append(statistics.median(f for _, f, _ in asked))
        moves.append(statistics.median(m for _, _, m in asked))
    line("ledger update of a decision: median", middle, "ms", 1)
    line("ledger update of a decision: p95", high, "ms", 1)
    line("province ledger as of any date: slowest", figures, "ms")
    line("one column summed (floor): median", floor, "ms")
    line("a year's moves, line by line: median", moves, "ms")
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


def _filled(records: int, shapes: Iterator[Any]) -> None:
    place.stand_in("ledger", keep=True)
    from datlanh.hazards.ledger.services import ledgers_rebuild
    from datlanh.hazards.models import AreaLedger
    from datlanh.register.models import Record

    there = Record.objects.filter(kind="hazardous_area").count()
    if there == records and AreaLedger.objects.exists():
        return
    place.stand_in("ledger")
    _write(shapes)
    with clocked() as took:
        rows = ledgers_rebuild()
    with place.here() as connection:
        connection.execute("vacuum analyze")
    print(f"  ({rows} rows of the ledger computed in {took[0]:.0f} s)")


def _write(shapes: Iterator[Any]) -> None:
    from datlanh.organisations.models import Organisation

    rng = Random(20261125)
    operators = list(Organisation.objects.filter(key__in=OPERATORS).values_list("pk", flat=True))
    with place.here() as connection:
        connection.execute("set session_replication_role = replica")
        with connection.cursor() as cursor:
            made = list(_versions(rng, shapes, operators))
            names = ["id", "kind", "local_id", "organisation_id", "created_seq", "is_live"]
            _copy(cursor, "register_record", names, (m[0] for m in made))
            names = [
                "record_id",
                "kind",
                "organisation_id",
                "true_from",
                "true_to",
                "known_from",
                "fingerprint",
                "values",
                "sources",
                "lists",
                "outline",
            ]
            _copy(cursor, "register_version", names, (v for m in made for v in m[1]))
            seq = len(made) // KNOWN + 2
            cursor.execute(
                "insert into register_decision (seq, at, kind, by_id, by_name, by_organisation_id,"
                " second_name, note, data) values (%s, now(), 'verified', 1, 'bench', 1, '', '',"
                " '{}')",
                [seq],
            )
        for table in ("register_record", "register_version", "register_decision"):
            connection.execute(f"vacuum analyze {table}")


def _copy(cursor: Any, table: str, names: list[str], rows: Any) -> None:
    quoted = ", ".join(f'"{n}"' for n in names)
    with cursor.copy(f"copy {table} ({quoted}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


Made = tuple[list[Any], list[list[Any]]]  # the record's row, those of its versions


def _versions(rng: Random, shapes: Iterator[Any], operators: list[int]) -> Iterator[Made]:
    """Areas, and a release on part of most of them."""
    seq = 0
    for number, shape in enumerate(shapes):
        on, operator = START + dt.timedelta(days=rng.randrange(DAYS)), rng.choice(operators)
        seq += 1
        shapes = [(on, shape)]
        if rng.random() < RESURVEYED:
            later = on + dt.timedelta(days=rng.randrange(20, 900))
            shapes.append((later, affinity.scale(shape, 1.2, 0.9)))
        local_id = f"HAZ-409-{number:06d}"
        yield _record(local_id, operator, seq, shapes, {})
        if rng.random() < RELEASED:
            seq += 1
            done = on + dt.timedelta(days=rng.randrange(30, 1500))
            part = affinity.translate(shape, *(rng.uniform(-0.0004, 0.0004) for _ in range(2)))
            said = {
                "reported_status": "completed",
                "outline_status": rng.choice(("cleared",) * 3 + ("reduced", "cancelled")),
                "clearance_depth_cm": 30,
                "cleared_area_m2": 5000,
                "cha_ids": local_id,
            }
            clearance = f"HR-CLC-409-{number:06d}"
            yield _record(clearance, operator, seq, [(done, part)], said)


def _record(
    local_id: str, operator: int, seq: int, shapes: list[Any], values: dict[str, Any]
) -> Made:
    kind = "hazardous_area" if local_id.startswith("HAZ") else "land_release"
    key = uuid.uuid5(uuid.NAMESPACE_OID, local_id)
    ends = [on for on, _ in shapes[1:]] + [None]
    versions = [
        [
            key, kind, operator, on, end, 1 + seq // KNOWN, f"{seq}", json.dumps(values), "{}",
            "{}",
            shapely.to_wkb(
                shapely.set_srid(shapely.MultiPolygon([shape]), 4326), hex=True, include_srid=True
            ),
        ]
        for (on, shape), end in zip(shapes, ends, strict=True)
    ]  # fmt: skip
    return [key, kind, local_id, operator, seq, True], versions


def _from_file(path: Path, records: int) -> Iterator[Any]:
    csv.field_size_limit(sys.maxsize)
    with path.open(encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if number >= records:
                return
            yield shapely.from_wkt(row["geom"])


def _stars(rng: Random, records: int, count_of_spots: int, spread: float) -> Iterator[Any]:
    """Star-shaped areas of some hundred metres, most in clusters."""
    west, south, east, north = BOX
    spots = [(rng.uniform(west, east), rng.uniform(south, north)) for _ in range(count_of_spots)]
    for _ in range(records):
        x, y = rng.choice(spots)
        x, y = rng.gauss(x, spread), rng.gauss(y, spread)
        count, size = rng.randrange(6, 40), min(rng.lognormvariate(math.log(60), 0.7), 600) / 1.1e5
        turns = [(i + rng.uniform(0.2, 0.8)) * 2 * math.pi / count for i in range(count)]
        radii = [size * rng.uniform(0.55, 1.45) for _ in turns]
        yield shapely.Polygon(
            [(x + r * math.cos(a), y + r * math.sin(a)) for r, a in zip(radii, turns, strict=True)]
        )


def _decided(rng: Random) -> float:
    """Milliseconds of the ledger's part of one decision that changes an outline."""
    from django.db import connection, transaction

    from datlanh.hazards.ledger.services import ledger_refresh
    from datlanh.register.models import Decision, Record

    kind = rng.choice(("hazardous_area", "land_release"))
    key = uuid.uuid5(uuid.NAMESPACE_OID, _some_id(rng, kind))
    if not Record.objects.filter(pk=key).exists():
        return _decided(rng)
    with transaction.atomic():
        seq = Decision.objects.order_by("-seq").values_list("seq", flat=True)[0] + 1
        with connection.cursor() as cursor:
            cursor.execute(_CHANGE, {"record": key, "seq": seq})
        with clocked() as took:
            ledger_refresh(seq=seq, record_ids=[key])
        with connection.cursor() as cursor:
            cursor.execute(_DECISION, [seq])
    return took[0] * 1000


def _some_id(rng: Random, kind: str) -> str:
    from datlanh.register.models import Record

    count = Record.objects.filter(kind="hazardous_area").count()
    prefix = "HAZ" if kind == "hazardous_area" else "HR-CLC"
    return f"{prefix}-409-{rng.randrange(count):06d}"


# As a correction would: the last version ends, and one a little larger begins.
_CHANGE = """
with old as (update register_version set known_to = %(seq)s
  where record_id = %(record)s and known_to is null and true_to is null returning *)
insert into register_version (record_id, kind, organisation_id, true_from, true_to, known_from,
  fingerprint, values, sources, lists, outline)
select record_id, kind, organisation_id, true_from, true_to, %(seq)s, fingerprint, values, sources,
  lists, st_scale(outline, st_makepoint(1.01, 1.01), st_centroid(outline)) from old
"""
_DECISION = """
insert into register_decision (seq, at, kind, by_id, by_name, by_organisation_id, second_name,
  note, data) values (%s, now(), 'verified', 1, 'bench', 1, '', '', '{}')
"""


def _asked(rng: Random) -> tuple[float, float, float]:
    """Milliseconds of the whole figure of some past date, of its floor, and of a year's moves."""
    from django.db import connection

    from datlanh.accounts.models import User
    from datlanh.accounts.permissions import Permission
    from datlanh.accounts.scope import scope_for
    from datlanh.hazards.selectors import AreaFilter, ReleaseFilter
    from datlanh.register.selectors import asof, decision_newest
    from datlanh.reporting.selectors.ledger import figures_ledger
    from datlanh.reporting.selectors.ledger_moves import ledger_moves

    scope = scope_for(User.objects.get(username="giamdoc"), Permission.FIGURE_READ)
    on = START + dt.timedelta(days=rng.randrange(DAYS // 2, DAYS + 400))
    moment = asof(on, rng.randrange(decision_newest() // 2, decision_newest()))
    with clocked() as figure:
        figures_ledger(
            scope, moment, rng.choice(("organisation", "commune")), AreaFilter(), ReleaseFilter()
        )
    with clocked() as floor, connection.cursor() as cursor:
        cursor.execute(
            "select sum(remaining_m2) from hazards_arealedger where true_from <= %s"
            " and (true_to is null or true_to > %s)",
            [on, on],
        )
        cursor.fetchall()
    with clocked() as moves:
        ledger_moves(scope, asof(on - dt.timedelta(days=365), moment.known), moment)
    return figure[0] * 1000, floor[0] * 1000, moves[0] * 1000


if __name__ == "__main__":
    raise SystemExit("python -m bench ledger")
