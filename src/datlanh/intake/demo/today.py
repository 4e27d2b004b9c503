"""What waits today of the other forms: at every desk something, sound or with one mistake."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from datlanh.intake.demo import (
    answers,
    calls,
    casualties,
    faults,
    months,
    persons,
    sessions,
    shapes,
    surveys,
)
from datlanh.intake.demo.answers import Area, Draft
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import Story, in_hours
from datlanh.intake.demo.entering import Steps
from datlanh.intake.demo.people import Operator
from datlanh.intake.demo.persons import Accident, Help
from datlanh.intake.demo.stories import PIECE_M2
from datlanh.intake.demo.waiting import RECEIVED, RETURNED, VERIFIED
from datlanh.kernel import clock

Filled = tuple[Operator, Draft]
Maker = Callable[[Book, Random], Filled]


def no_pieces(book: Book, rng: Random, draft: Draft) -> Draft:
    """A row of items counted 0."""
    rows = copy.deepcopy(draft.answers.rows)
    rows["found_items"][0]["values"]["quantity"] = 0
    return replace(draft, answers=replace(draft.answers, rows=rows))


def more_than_all(book: Book, rng: Random, draft: Draft) -> Draft:
    """More of one group than took part."""
    return draft.but(participants_ethnic=draft.answers.values["participants_women"] * 20)


def two_months(book: Book, rng: Random, draft: Draft) -> Draft:
    """A month that begins in the one before."""
    day = dt.date.fromisoformat(draft.answers.values["start_date"])
    return draft.but(start_date=(day - dt.timedelta(days=34)).isoformat())


def in_thousands(book: Book, rng: Random, draft: Draft) -> Draft:
    """Dong written in thousands."""
    return draft.but(amount=round(draft.answers.values["amount"] / 1000))


def lost_zero(book: Book, rng: Random, draft: Draft) -> Draft:
    """An age nobody reaches."""
    return draft.but(age_at_accident=draft.answers.values["age_at_accident"] * 10)


def never_came(book: Book, rng: Random, draft: Draft) -> Draft:
    """Closed, and nobody says when the team came."""
    return draft.but(respond_date=None, end_date=None)


def _task(book: Book, rng: Random) -> Filled:
    call = calls.drawn(book, rng, clock.today() - dt.timedelta(days=9), items=[("blu_26", 2, 3.0)])
    return call.operator, calls.whole(rng, call, book.ground)


def call_only(book: Book, rng: Random) -> Filled:
    call = calls.drawn(book, rng, clock.today())
    return call.operator, calls.opened(rng, call)


def lesson(book: Book, rng: Random) -> Filled:
    operator = book.operator(rng, "education")
    kind = rng.choice(("primary", "secondary", "village"))
    day = clock.today() - dt.timedelta(days=1)
    return operator, sessions.filled(book, rng, operator, kind, day)


def _survey(book: Book, rng: Random) -> Filled:
    owned = [a for a, _ in book.standing if a.operator.key in surveys.SURVEYORS]
    area = owned[0] if owned else book.standing[0][0]
    ended = clock.today() - dt.timedelta(days=2)
    return area.operator, surveys.filled(book, rng, area, ended)


def _month(book: Book, rng: Random) -> Filled:
    area, _ = rng.choice(book.standing)
    end = clock.today() - dt.timedelta(days=1)
    first = max(end.replace(day=1), end - dt.timedelta(days=20))
    task = _piece(book, rng, area, first, end)
    whole = answers.release(rng, book.finds, task, pockets=False)
    area_m2 = whole.answers.values["cleared_area"] // 3
    found = whole.answers.rows["found_items"][:2]
    return area.operator, months.month(
        book, rng, task, whole, period=(first, end), area=area_m2, found=found
    )


def _piece(book: Book, rng: Random, area: Area, begun: dt.date, ended: dt.date) -> answers.Task:
    wanted = max(round(area.plot.outline.area / PIECE_M2), 1)
    ground = min(shapes.pieces(rng, area.plot.outline, wanted), key=lambda p: p.area)
    return replace(book.new_task(rng, area, ground, ended), begun=begun)


@dataclass(frozen=True)
class Case:
    """One report that waits: of what, with what mistake, at whose desk, for how many days."""

    make: Maker
    fault: faults.Fault
    desk: str
    days: float
    note: str = ""


CASES = (
    Case(call_only, faults.none, RECEIVED, 0.2),
    Case(_task, faults.axes_swapped, RECEIVED, 0.9),
    Case(_task, faults.none, VERIFIED, 0.7),
    Case(_task, no_pieces, VERIFIED, 1.6),
    Case(_task, never_came, RETURNED, 1.9, "Nhiệm vụ đã đóng nhưng thiếu ngày tiếp nhận."),
    Case(lesson, faults.none, RECEIVED, 0.3),
    Case(lesson, faults.none, VERIFIED, 1.1),
    Case(lesson, more_than_all, VERIFIED, 2.4),
    Case(lesson, more_than_all, RETURNED, 3.2, "Số người dân tộc thiểu số lớn hơn tổng số."),
    Case(_survey, faults.none, RECEIVED, 0.8),
    Case(_survey, faults.none, VERIFIED, 1.7),
    Case(_month, faults.none, RECEIVED, 0.6),
    Case(_month, faults.none, VERIFIED, 1.3),
    Case(_month, two_months, VERIFIED, 2.8),
)


def queue(book: Book) -> Iterator[Story]:
    """One story per case, then those that hang together."""
    for number, case in enumerate(CASES):
        yield _case(book, book.rng(f"today {number}"), case)
    for number in range(3):
        yield _open_task(book, book.rng(f"today open {number}"), number * 1.1 + 3)
    yield _newest_accident(book, book.rng("today accident"))
    yield _completion(book, book.rng("today completion"))


def _before(book: Book, days: float) -> dt.datetime:
    return in_hours(book.now - dt.timedelta(days=days))


def _case(book: Book, rng: Random, case: Case) -> Story:
    steps = {RECEIVED: 0, VERIFIED: 1, RETURNED: 2}[case.desk]
    yield _before(book, case.days + steps * 0.8)
    operator, draft = case.make(book, rng)
    report = book.desk.send(case.fault(book, rng, draft), operator)
    if steps:
        yield _before(book, case.days + (steps - 1) * 0.4)
        book.desk.verify(report, operator)
    if steps > 1:
        yield _before(book, case.days)
        book.desk.send_back(report, operator, case.note)


def _open_task(book: Book, rng: Random, days: float) -> Story:
    """Called in, approved, and the team has not been there yet."""
    yield _before(book, days)
    operator, draft = call_only(book, rng)
    report = book.desk.send(draft, operator)
    yield _before(book, days - 0.6)
    book.desk.verify(report, operator)
    yield _before(book, days - 1.3)
    book.desk.approve(report, operator)


def _newest_accident(book: Book, rng: Random) -> Story:
    """Of the last days: the accident is approved, its victims and their help wait."""
    yield _before(book, 8)
    case = casualties.CASES[0]
    on = clock.today()
    accident = casualties.drawn(book, rng, case, on - dt.timedelta(days=2), on)
    operator = book.organisation(case.by)
    draft = persons.accident(book, rng, accident)
    yield from _approved(book, operator, draft)
    drafts = [
        persons.victim(rng, accident, n, clock.today()) for n in range(1, len(case.people) + 1)
    ]
    yield from _verified(book, operator, drafts[0], 2.2)
    yield from _verified(book, operator, lost_zero(book, rng, drafts[1]), 1.8)
    help_ = _helped(rng, accident, Help(1, 6, "cash", "red_cross", 5_000_000))
    yield from _verified(book, book.organisation("red_cross"), in_thousands(book, rng, help_), 1.2)
    help_ = _helped(rng, accident, Help(2, 6, "trauma_care", case.by, 16_000_000))
    book.desk.send(help_, operator)
    yield _before(book, 0.5)
    other = casualties.drawn(book, rng, casualties.CASES[2], clock.today(), clock.today())
    operator = book.organisation(other.by)
    book.desk.send(persons.accident(book, rng, other), operator)
    book.desk.send(persons.victim(rng, other, 1, clock.today()), operator)
    yield from _verified(book, *_second_accident(book, rng), 0.3)


def _second_accident(book: Book, rng: Random) -> Filled:
    """Livestock only; the report names no ordnance though it says it was identified."""
    case, on = casualties.CASES[3], clock.today()
    accident = casualties.drawn(book, rng, case, on - dt.timedelta(days=1), on)
    draft = persons.accident(book, rng, accident).listing(ordnance_types=[])
    return book.organisation(case.by), draft


def _helped(rng: Random, of: Accident, help_: Help) -> Draft:
    return persons.assistance(rng, of, help_, 1, clock.today())


def _approved(book: Book, operator: Operator, draft: Draft) -> Steps:
    report = book.desk.send(draft, operator)
    yield _before(book, 6.5)
    book.desk.verify(report, operator)
    yield _before(book, 5)
    book.desk.approve(report, operator)
    yield _before(book, 3)


def _verified(book: Book, operator: Operator, draft: Draft, days: float) -> Steps:
    report = book.desk.send(draft, operator)
    yield _before(book, days)
    book.desk.verify(report, operator)


def _completion(book: Book, rng: Random) -> Story:
    """The months are approved; the completion that waits reports a fifth less than they do."""
    yield _before(book, 40)
    area, _ = rng.choice(book.standing)
    ended = clock.today() + dt.timedelta(days=24)
    task = _piece(book, rng, area, clock.today(), ended)
    whole = answers.release(rng, book.finds, task, pockets=False)
    yield from months.told_monthly(book, rng, task, whole)
    yield _before(book, 1.5)
    less = round(whole.answers.values["cleared_area"] * 0.8)
    report = book.desk.send(whole.but(cleared_area=less), area.operator)
    yield _before(book, 1.0)
    book.desk.verify(report, area.operator)
