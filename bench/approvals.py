"""Approval with fold, at a hundred thousand records and for a record of five hundred reports.

Eight reviewers, in two processes of four threads as the server has them, each approving one
report after the other. Floor: the same eight each insert one row and commit, as often.
"""

from __future__ import annotations

import argparse
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from uuid import UUID

from bench import place
from bench.measure import clocked, header, line, peak_mb, percentile

PROCESSES, THREADS = 2, 4
WARM = 6  # calls of each reviewer that do not count: connections, forms, the database's caches
LONGEST = 600  # reports of the long record, which every run makes longer, before all is filled anew
REVIEWERS = ("kiemtra2", "csdl", "kiemtra1")
PAUSE_S = 1.0  # before an approval, give or take a half, where reviewers take their time


def main(argv: list[str]) -> None:
    """Fill once, then approve in rounds."""
    parser = argparse.ArgumentParser(prog="python -m bench approvals", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--each", type=int, default=160, help="approvals of a run")
    options = parser.parse_args(argv)
    header(f"Approval, {options.records} records")
    _filled(options.records)
    with place.here() as connection:
        connection.execute(
            "create table if not exists floor (id bigserial, at timestamptz, t text)"
        )
    busy, calm, floor, rates = [], [], [], []
    for _ in range(options.runs):
        took, seconds = _together(_approve, _mixed(options.each))
        busy.append(percentile(took, 0.95))
        rates.append(len(took) / seconds)
        calm.append(percentile(_together(_approve_calmly, _mixed(160))[0], 0.95))
        rows: list[Pair] = [(0, None)] * (options.each + PROCESSES * THREADS * WARM)
        floor.append(percentile(_together(_insert, rows)[0], 0.95))
    line("8 reviewers without pause: p95", busy, "ms")
    line("   together", rates, "approvals/s")
    line("8 reviewers, one a second each: p95", calm, "ms")
    line("one insert and commit, 8 at once: p95 (floor)", floor, "ms", 1)
    _long_record(options.runs)
    print(f"  {'most memory held':<44} {peak_mb():.0f} MB")


def _mixed(count: int) -> list[Pair]:
    """So many new areas and updates in turn, and those that warm the reviewers up."""
    from bench.waiting import verified_new, verified_updates

    half = (count + PROCESSES * THREADS * WARM) // 2
    pairs = [*verified_new(half), *verified_updates(half)]
    random.Random(half).shuffle(pairs)  # every reviewer gets some of both
    return pairs


def _filled(records: int) -> None:
    place.stand_in("approvals", keep=True)
    from bench.filling import inputs, local_id
    from datlanh.accounts.acting import SYSTEM, acting
    from datlanh.intake.models import Report
    from datlanh.intake.services.rebuilding import register_rebuild
    from datlanh.register.models import Record

    first = Report.objects.filter(record_local_id=local_id(0)).count()
    if Record.objects.count() >= records and first <= LONGEST:
        return
    place.stand_in("approvals")
    inputs(records, updates=0, of_one=500)
    with acting(SYSTEM, via="command"), clocked() as took:
        register_rebuild(by=SYSTEM)
    with place.here() as connection:
        connection.execute("vacuum analyze")
    print(f"  (filled and folded in {took[0]:.0f} s)")


def _long_record(runs: int) -> None:
    import datlanh.config.wsgi  # noqa: F401 - a worker as the server has them
    from bench.waiting import verified_updates

    middle, high = [], []
    for _ in range(runs):
        took = [_approve(pair) for pair in verified_updates(20 + WARM, record=0)][WARM:]
        middle.append(percentile(took, 0.5))
        high.append(percentile(took, 0.95))
    line("a record of 500 reports, one reviewer: median", middle, "ms")
    line("a record of 500 reports, one reviewer: p95", high, "ms")


Pair = tuple[int, UUID | None]  # report, record (None: a new one)
Work = Callable[[Pair], float]  # ms


def _together(work: Work, pairs: list[Pair]) -> tuple[list[float], float]:
    """Milliseconds of each call by eight at once, and the seconds of all."""
    shares = [pairs[n::PROCESSES] for n in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn"), _begin) as pool:
        list(pool.map(_warm, range(PROCESSES)))
        found = list(pool.map(_process, [work] * PROCESSES, shares))
    return [ms for took, _ in found for ms in took], max(seconds for _, seconds in found)


def _begin() -> None:
    import datlanh.config.wsgi  # noqa: F401 - a worker as the server has them


def _warm(_: int) -> None:
    from datlanh.accounts.models import User

    User.objects.count()
    time.sleep(0.2)


def _process(work: Work, pairs: list[Pair]) -> tuple[list[float], float]:
    gate = threading.Barrier(THREADS)

    def one(mine: list[Pair]) -> tuple[list[float], float]:
        for pair in mine[:WARM]:  # connections, statements and forms read for the first time
            work(pair)
        gate.wait()
        with clocked() as whole:
            took = [work(pair) for pair in mine[WARM:]]
        return took, whole[0]

    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(one, [pairs[n::THREADS] for n in range(THREADS)]))
    return [ms for took, _ in found for ms in took], max(seconds for _, seconds in found)


def _approve(pair: Pair) -> float:
    """One approval as the page makes it: who acts is told to the database, then the service."""
    from datlanh.accounts.acting import acting
    from datlanh.accounts.models import User
    from datlanh.intake.services.approving import report_approve

    report, record = pair
    with clocked() as took:
        by = User.objects.get(username=REVIEWERS[report % len(REVIEWERS)])
        with acting(by, via="web"):
            report_approve(id=report, by=by, record_id=record)
    return took[0] * 1000


def _approve_calmly(pair: Pair) -> float:
    time.sleep(PAUSE_S * (0.5 + random.random()))  # people do not decide in step
    return _approve(pair)


_kept = threading.local()


def _insert(_: Pair) -> float:
    connection = getattr(_kept, "connection", None)
    if connection is None:
        connection = _kept.connection = place.here()
        connection.execute(
            "create table if not exists floor (id bigserial, at timestamptz, t text)"
        )
    with clocked() as took:
        connection.execute("insert into floor (at, t) values (now(), repeat('x', 400))")
    return took[0] * 1000
