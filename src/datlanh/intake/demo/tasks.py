"""The year of EOD spot tasks: most told in one report, some opened first, a few remarkable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random

from datlanh.intake.demo import calls
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import Story, at_work, later
from datlanh.intake.demo.calls import Call
from datlanh.intake.demo.entering import Steps, any_trouble, entered
from datlanh.kernel import clock

# 175 calls in half a year for one operator (2025); four answer them.
FULL_CALLS = 560
FEWEST_CALLS = 8
OPENED_FIRST = 0.22

# Model, quantity, depth in cm. Caches of 37 to 495 items turn up in one call now and then.
CACHES = (
    [("p_37mm", 37, 60.0)],
    [("m406", 96, 40.0), ("mortar_60mm", 16, 45.0)],
    [("fuze_artillery", 495, 80.0)],
)
ROUNDS = [("saa_7_62", 1240, 30.0), ("stick_grenade", 3, 30.0)]
BOMB = [("mk_82", 1, 320.0)]
EXCAVATION_DAYS = 9


def year_of_tasks(book: Book, share: float) -> Iterator[Story]:
    """Every task of the year; `share` of a full province's."""
    rng = book.rng("eod")
    count = max(round(FULL_CALLS * share), FEWEST_CALLS)
    for number in range(count):
        yield _task(book, book.rng(f"eod {number}"), _day(book, rng))
    for number, found in enumerate((*CACHES, ROUNDS)):
        yield _task(book, book.rng(f"cache {number}"), _day(book, rng), found)
    yield _bomb(book, book.rng("bomb"))
    yield _refused(book, book.rng("eod refused"))


def _day(book: Book, rng: Random) -> dt.date:
    return book.start + dt.timedelta(days=rng.randrange(3, (book.end - book.start).days))


def _task(
    book: Book, rng: Random, on: dt.date, items: list[tuple[str, int, float]] | None = None
) -> Story:
    yield at_work(rng, on)
    call = calls.drawn(book, rng, clock.today(), items=items)
    if rng.random() < OPENED_FIRST:
        yield from _in_two(book, rng, call)
        return
    yield at_work(rng, call.destroyed + dt.timedelta(days=rng.randint(1, 3)))
    draft = calls.whole(rng, call, book.ground)
    yield from entered(book, rng, call.operator, draft, trouble=any_trouble(rng))


def _in_two(book: Book, rng: Random, call: Call) -> Steps:
    """Opened on the day of the call, closed when it is done."""
    _, record = yield from entered(book, rng, call.operator, calls.opened(rng, call))
    yield at_work(rng, call.destroyed + dt.timedelta(days=rng.randint(1, 3)))
    # Both may come on one day; then the second is the later word.
    draft = calls.closing(rng, call, book.ground)
    if call.destroyed <= call.tasked:
        draft = draft.but(verification_date=clock.today().isoformat())
    yield from entered(book, rng, call.operator, draft, record=record)


def _bomb(book: Book, rng: Random) -> Story:
    """A 500 lb bomb under a pond: opened at once, dug out for days, carried away."""
    yield at_work(rng, book.start + (book.end - book.start) * 0.62)
    call = calls.drawn(book, rng, clock.today(), items=BOMB)
    yield from _in_two(book, rng, calls.dug_out(call, EXCAVATION_DAYS))


def _refused(book: Book, rng: Random) -> Story:
    """Two teams went to the same spot; the second report is refused by two officers."""
    yield at_work(rng, book.start + (book.end - book.start) * 0.4)
    call = calls.drawn(book, rng, clock.today())
    yield at_work(rng, call.destroyed + dt.timedelta(days=1))
    report = book.desk.send(calls.whole(rng, call, book.ground), call.operator)
    yield later(rng, clock.now(), (0.2, 1.0))
    book.desk.verify(report, call.operator)
    yield later(rng, clock.now(), (0.5, 2.0))
    book.desk.propose(report, "refuse", "Trùng với nhiệm vụ của đội khác tại cùng điểm.")
    yield later(rng, clock.now(), (0.3, 1.5))
    book.desk.confirm(report)
