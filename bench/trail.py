"""The audit trail: events sealed a second, and how long a whole trail takes to verify.

Floor: the same events read once and counted.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from bench import place
from bench.measure import clocked, header, line, peak_mb

_EVENTS = """
insert into audit_event (at, actor_id, actor_name, action, subject_type, subject_id, before, after,
  note, via, origin)
select now(), n %% 40, 'Trần Thị Ví Dụ', 'report.verify', 'report', n::text,
  '{"state": "received"}', '{"state": "verified", "revision": 1}', '', 'web', '10.0.0.1'
  from generate_series(1, %s) n
"""


def main(argv: list[str]) -> None:
    """Write events, seal them all, verify them against their heads."""
    parser = argparse.ArgumentParser(prog="python -m bench trail", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args(argv)
    header(f"Audit trail, {options.events} events")
    place.stand_in("trail")
    from datlanh.audit import heads
    from datlanh.audit.sealing import seal_all
    from datlanh.audit.verifying import audit_verify

    folder = Path(place.VAR) / "trail-heads"
    shutil.rmtree(folder, ignore_errors=True)
    with place.here() as connection:
        connection.execute(_EVENTS, [options.events])
    with clocked() as took:
        done = seal_all(folder=folder)
    line("sealed, heads handed out", [done.events / took[0]], "events/s")
    size = sum(path.stat().st_size for path in heads.files(folder))
    print(f"  {'heads':<44} {size / 1e6:.0f} MB")
    seconds, floor = [], []
    for _ in range(options.runs):
        with clocked() as took:
            verdict = audit_verify(heads.read(folder))
        assert verdict.sound, verdict.flaws
        seconds.append(took[0])
        with place.here() as connection, clocked() as took:
            connection.execute("select count(*), sum(length(e::text)) from audit_event e")
        floor.append(took[0])
    line("verified", seconds, "s", 1)
    line("read once (floor)", floor, "s", 1)
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")
