"""Printed maps at many areas, and a certificate: as PDF, from the database to the last byte.

Areas are folded from inputs, so a map reads the same versions a living system has. Floor: the
typesetting alone, of the same page already told.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from bench import place
from bench.measure import clocked, each_ms, header, line, peak_mb

AT = (107.05, 16.8)


def main(argv: list[str]) -> None:
    """Fill once, then print."""
    parser = argparse.ArgumentParser(prog="python -m bench papers", description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args(argv)
    header(f"Papers among {options.records} areas")
    _filled(options.records)
    for name, print_it in _maps().items():
        line(name, _seconds(print_it, options.runs), "s", 2)
    print(f"     things on the last: {_things}")
    line("certificate of an area", _seconds(_certificate(), options.runs), "s", 2)
    line("typesetting of the same alone (floor)", _floor(options.runs), "s", 2)
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


def _filled(records: int) -> None:
    place.stand_in("papers", keep=True)
    from bench.filling import inputs
    from datlanh.accounts.acting import SYSTEM, acting
    from datlanh.hazards.models import HazardousArea
    from datlanh.intake.services.rebuilding import register_rebuild

    if HazardousArea.objects.count() >= records:
        return
    place.stand_in("papers")
    with clocked() as took, acting(SYSTEM, via="command"):
        inputs(records)
        register_rebuild(by=SYSTEM)
    print(f"  (filled in {took[0]:.0f} s)")


_things = 0


def _maps() -> dict[str, Callable[[], object]]:
    from datlanh.accounts.scope import EVERYTHING
    from datlanh.hazards.selectors import AreaFilter
    from datlanh.reporting.documents import mapsheet
    from datlanh.reporting.documents.mapsheet import Wish, map_sheet

    drawn = mapsheet.map_drawn

    def counted(frame: Any, things: Any, *rest: Any) -> Any:
        global _things  # noqa: PLW0603 - one number, told at the end
        _things = len(things)
        return drawn(frame, things, *rest)

    mapsheet.map_drawn = counted

    def made(paper: str, scale: int) -> Callable[[], object]:
        wish = Wish(*AT, paper=paper, scale=scale)
        return lambda: map_sheet(wish, scope=EVERYTHING, filter=AreaFilter())

    return {
        "map A4 1:25,000": made("A4", 25_000),
        "map A3 1:50,000": made("A3", 50_000),
        "map A1 1:25,000": made("A1", 25_000),
        "map A1 1:100,000": made("A1", 100_000),
    }


def _certificate() -> Callable[[], object]:
    import datetime as dt

    from datlanh.register.models import Record
    from datlanh.register.selectors import asof
    from datlanh.reporting.documents.certificates import Paper, certificate
    from datlanh.reporting.documents.figures import area_figures

    record = Record.objects.filter(kind="hazardous_area").earliest("local_id")
    moment = asof()
    paper = Paper(
        "handover", "1/2026/BB-QTMAC", "2" * 12, "2222-2222-2222",
        "https://datlanh.example/confirm/2222-2222-2222", dt.date(2026, 11, 25),
        {"men": 1, "women": 2, "boys": 3, "girls": 4},
    )  # fmt: skip

    def made() -> bytes:
        figures = area_figures(record, moment.on, moment.known)
        assert figures is not None
        return certificate(paper, figures, "vi")

    return made


def _floor(runs: int) -> list[float]:
    from datlanh.reporting.documents import certificates, typesetting

    kept: dict[str, Any] = {}

    def keep(template: str, told: Any) -> bytes:
        kept.update(json.loads(json.dumps(told)))
        return b""

    typeset, certificates.typeset = certificates.typeset, keep
    _certificate()()
    certificates.typeset = typeset
    return _seconds(lambda: typesetting.typeset("certificate", kept), runs)


def _seconds(work: Callable[[], object], runs: int) -> list[float]:
    return [ms / 1000 for ms in each_ms(work, runs, warm=1)]
