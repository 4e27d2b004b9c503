"""Rebuild and verify: reports a second, and whether five times as many take five times as long.

Floor: the same rows copied from table to table by one `insert … select` per table.
"""

from __future__ import annotations

import argparse

from bench import place
from bench.measure import clocked, header, line, peak_mb

TABLES = (
    "register_record",
    "register_claim",
    "register_row",
    "register_version",
    "hazards_hazardousarea",
    "hazards_ordnanceitem",
    "hazards_evidencepoint",
)


def main(argv: list[str]) -> None:
    """Two sizes, each rebuilt and verified a few times."""
    parser = argparse.ArgumentParser(prog="python -m bench rebuild", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args(argv)
    header("Rebuild and verify")
    for size in options.sizes:
        _size(size, options.runs)
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


def _size(size: int, runs: int) -> None:
    place.stand_in("rebuild")
    from bench.filling import inputs
    from datlanh.accounts.acting import SYSTEM, acting
    from datlanh.intake.services.comparing import register_verify
    from datlanh.intake.services.rebuilding import register_rebuild

    # Three reports to a record, as in the demonstration's year and a little more.
    reports = inputs(size // 3, updates=2)
    rebuilt, verified, copied = [], [], []
    for _ in range(runs):
        with place.here() as connection:
            connection.execute("vacuum analyze")  # as autovacuum does between real rebuilds
        with acting(SYSTEM, via="command"), clocked() as took:
            register_rebuild(by=SYSTEM)
        rebuilt.append(reports / took[0])
        with acting(SYSTEM, via="command"), clocked() as took:
            verdict = register_verify()
        assert verdict.equal, verdict.differences[:3]
        assert not verdict.derived, verdict.derived[:3]
        verified.append(reports / took[0])
        copied.append(reports / _copied())
    line(f"{reports} reports: rebuilt", rebuilt, "reports/s")
    line(f"{reports} reports: verified", verified, "reports/s")
    line(f"{reports} reports: rows copied (floor)", copied, "reports/s")


def _copied() -> float:
    """Seconds that PostgreSQL needs to write the same rows once more, indexes included."""
    with place.here() as connection:
        for table in TABLES:
            connection.execute(f"drop table if exists copy_{table}")
            connection.execute(f"create table copy_{table} (like {table} including indexes)")
        with connection.transaction(), clocked() as took:
            for table in TABLES:
                connection.execute(f"insert into copy_{table} select * from {table}")
        for table in TABLES:
            connection.execute(f"drop table copy_{table}")
    return float(took[0])


if __name__ == "__main__":
    raise SystemExit("python -m bench rebuild")
