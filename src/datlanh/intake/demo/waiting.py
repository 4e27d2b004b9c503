"""The queue as it stands today: reports at every desk, sound ones and faulty ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from datlanh.intake.demo import answers, faults, pictures, shapes
from datlanh.intake.demo.answers import Area, Draft
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import Story, in_hours
from datlanh.intake.demo.people import Operator
from datlanh.intake.demo.stories import PIECE_M2
from datlanh.kernel import clock
from datlanh.register.models import Record

RECEIVED, VERIFIED, RETURNED = "received", "verified", "returned"
OLD_FORM = "2025030101"  # a version the centre never published


@dataclass(frozen=True)
class Case:
    """One report that waits: what form, what is wrong, at whose desk, for how many days."""

    form: str  # cha, release, suspension
    fault: faults.Fault
    desk: str
    days: float
    note: str = ""
    version: str | None = None


CASES = (
    Case("cha", faults.crossing, RECEIVED, 0.3),
    Case("cha", faults.axes_swapped, RECEIVED, 1.1),
    Case("cha", faults.wrong_commune, RECEIVED, 0.8),
    Case("cha", faults.unreadable, RECEIVED, 0.2),
    Case("cha", faults.future_day, RECEIVED, 1.6),
    Case("cha", faults.none, RECEIVED, 0.1),
    Case("cha", faults.none, RECEIVED, 2.1, version=OLD_FORM),
    Case("release", faults.none, RECEIVED, 0.4),
    Case("suspension", faults.without_reason, RECEIVED, 0.9),
    Case("cha", faults.none, VERIFIED, 0.6),
    Case("cha", faults.none, VERIFIED, 2.3),
    Case("cha", faults.area_slightly_off, VERIFIED, 1.2),
    Case("cha", faults.area_far_off, VERIFIED, 3.4),
    Case("cha", faults.hectares, VERIFIED, 1.9),
    Case("cha", faults.evidence_outside, VERIFIED, 4.2),
    Case("cha", faults.model_unlisted, VERIFIED, 0.9),
    Case("cha", faults.no_village, VERIFIED, 2.7),
    Case("cha", faults.program_attached, VERIFIED, 3.1),
    Case("release", faults.none, VERIFIED, 0.5),
    Case("release", faults.none, VERIFIED, 1.4),
    Case("release", faults.item_too_deep, VERIFIED, 2.2),
    Case("release", faults.not_complete, VERIFIED, 5.1),
    Case("cha", faults.evidence_twice, RETURNED, 1.3, "Hai điểm bằng chứng cùng mã EV001."),
    Case("cha", faults.foreign_number, RETURNED, 2.4, "Mã nằm ngoài dải số của tổ chức."),
    Case("release", faults.too_much_cleared, RETURNED, 7.5, "Diện tích rà lớn hơn khoanh vùng."),
)


def queue(book: Book) -> Iterator[Story]:
    """One story per case, and those that need a record or a second person."""
    for number, case in enumerate(CASES):
        yield _case(book, book.rng(f"waiting {number}"), case)
    yield _worked_on(book, book.rng("waiting update"))
    yield _weighed_anew(book, book.rng("waiting priority"))
    yield _two_of_one_day(book, book.rng("waiting conflict"))
    yield _correction(book, book.rng("waiting correction"))
    yield _refusal(book, book.rng("waiting refusal"))


def _before(book: Book, days: float) -> dt.datetime:
    return in_hours(book.now - dt.timedelta(days=days))


def _case(book: Book, rng: Random, case: Case) -> Story:
    steps = {RECEIVED: 0, VERIFIED: 1, RETURNED: 2}[case.desk]
    yield _before(book, case.days + steps * 0.8)
    operator, draft = _draft(book, rng, case)
    report = book.desk.send(case.fault(book, rng, draft), operator, version=case.version)
    if steps:
        yield _before(book, case.days + (steps - 1) * 0.4)
        book.desk.verify(report, operator)
    if steps > 1:
        yield _before(book, case.days)
        book.desk.send_back(report, operator, case.note)


def _draft(book: Book, rng: Random, case: Case) -> tuple[Operator, Draft]:
    on = clock.today() - dt.timedelta(days=1)
    if case.form == "cha":
        area = book.new_area(rng, rng.uniform(40_000, 450_000), on)
        draft = answers.survey(rng, book.finds, area)
        if rng.random() < 0.5:
            draft = draft.carrying(ev001__jpg=pictures.any_photograph(rng))
        return area.operator, draft
    area, _ = _known(book, rng)
    parts = shapes.pieces(rng, area.plot.outline, max(round(area.plot.outline.area / PIECE_M2), 1))
    if case.form == "suspension":
        task = book.new_task(rng, area, parts[0], on, "HR-CLS")
        return area.operator, answers.suspension(rng, book.finds, task)
    task = book.new_task(rng, area, parts[0], on)
    return area.operator, answers.release(rng, book.finds, task, pockets=rng.random() < 0.5)


def _known(book: Book, rng: Random) -> tuple[Area, Record]:
    return book.standing.pop(rng.randrange(len(book.standing)))


def _worked_on(book: Book, rng: Random) -> Story:
    """Work has begun; the update waits at the centre."""
    yield _before(book, 1.5)
    area, _ = _known(book, rng)
    draft = answers.update(area, clock.today(), status="worked_on")
    report = book.desk.send(draft, area.operator)
    yield _before(book, 1.0)
    book.desk.verify(report, area.operator)


def _weighed_anew(book: Book, rng: Random) -> Story:
    """A new priority waits at the centre."""
    yield _before(book, 2.2)
    area, _ = _known(book, rng)
    report = book.desk.send(answers.reassessment(rng, area, clock.today()), area.operator)
    yield _before(book, 1.8)
    book.desk.verify(report, area.operator)


def _two_of_one_day(book: Book, rng: Random) -> Story:
    """Two teams, one day, two states: one is approved, the other asks for a choice."""
    yield _before(book, 6)
    area, record = _known(book, rng)
    on = clock.today()
    first = book.desk.send(answers.update(area, on, status="worked_on"), area.operator)
    yield _before(book, 5.6)
    book.desk.verify(first, area.operator)
    yield _before(book, 4.5)
    book.desk.approve(first, area.operator, record)
    yield _before(book, 3)
    second = book.desk.send(answers.update(area, on, status="suspended"), area.operator)
    yield _before(book, 2.5)
    book.desk.verify(second, area.operator)


def _correction(book: Book, rng: Random) -> Story:
    """A full correction of an approved report waits at the centre."""
    yield _before(book, 20)
    area = book.new_area(rng, 160_000, clock.today() - dt.timedelta(days=2))
    draft = answers.survey(rng, book.finds, area)
    report = book.desk.send(draft, area.operator)
    yield _before(book, 18.5)
    book.desk.verify(report, area.operator)
    yield _before(book, 17)
    book.desk.approve(report, area.operator)
    yield _before(book, 3.2)
    ring = shapes.ring_of(shapes.largest(area.plot.outline.buffer(5, join_style="mitre")))
    said = draft.drawn(polygon_points=ring)
    said = said.but(area_size=answers.measured(ring), correction_of=report.receipt)
    again = book.desk.send(said, area.operator)
    yield _before(book, 2.6)
    book.desk.verify(again, area.operator)


def _refusal(book: Book, rng: Random) -> Story:
    """Sent twice under two numbers: one officer proposes to refuse, a second has to confirm."""
    yield _before(book, 5)
    area = book.new_area(rng, 90_000, clock.today() - dt.timedelta(days=1))
    report = book.desk.send(answers.survey(rng, book.finds, area), area.operator)
    yield _before(book, 4.2)
    book.desk.verify(report, area.operator)
    yield _before(book, 1.2)
    book.desk.propose(report, "refuse", "Khu vực này đã được báo cáo dưới một mã khác.")
