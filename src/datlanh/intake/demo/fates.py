"""What befalls few areas, once a year each: reopened, split, merged, discredited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from random import Random

from shapely.geometry import Polygon

from datlanh.intake.demo import answers, calls, shapes, stories
from datlanh.intake.demo.answers import Area, Draft
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import Story, at_work, later
from datlanh.intake.demo.entering import Steps, entered
from datlanh.intake.demo.ground import Spot
from datlanh.intake.demo.stories import Course
from datlanh.intake.models import Report
from datlanh.kernel import clock
from datlanh.register.models import Record

Surveyed = Generator[dt.datetime, None, tuple[Draft, Record]]

SMALL_M2, MIDDLE_M2 = 60e3, 160e3
MISSED = [("blu_26", 1, 25.0)]


def year_of_fates(book: Book) -> Iterator[Story]:
    """Each story on land of its own."""
    yield _reopened(book, _area(book, "reopened", SMALL_M2, 0.04))
    yield _split(book, _area(book, "split", MIDDLE_M2, 0.2))
    yield _merged(book, _area(book, "merged", MIDDLE_M2, 0.25))
    yield _left(book, _area(book, "left", SMALL_M2, 0.5))
    yield _accepted(book, _area(book, "accepted", SMALL_M2, 0.6))
    yield _discredited(book, _area(book, "discredited", SMALL_M2, 0.3))


def _area(book: Book, name: str, size: float, at: float) -> Area:
    days = round((book.end - book.start).days * at)
    return book.new_area(book.rng(name), size, book.start + dt.timedelta(days=days))


def _reopened(book: Book, area: Area) -> Story:
    """Cleared and handed over; then a farmer's plough finds what was missed."""
    rng = book.rng("reopened after")
    yield from stories.life(book, area, Course("closed"))
    record = Record.objects.get(local_id=area.local_id)
    for step, paper in (("complete", ""), ("accept", "12/BB-NT"), ("hand_over", "12/BB-BG")):
        yield later(rng, clock.now(), (0.5, 3))
        book.desk.move(record, step, paper=paper)  # those that were taken already change nothing
    yield later(rng, clock.now(), (25, 40))
    plot = area.plot
    spot = Spot(plot.commune, plot.village, shapes.inside(rng, plot.outline))
    call = calls.drawn(book, rng, clock.today(), items=MISSED, spot=spot)
    yield at_work(rng, call.destroyed + dt.timedelta(days=1))
    draft = calls.whole(rng, call, book.ground)
    _, found = yield from entered(book, rng, call.operator, draft)
    yield later(rng, clock.now(), (0.1, 1))
    note = "Dân cày phát hiện một quả bom bi ở độ sâu 25 cm."
    book.desk.move(record, "reopen", cause="missed_item", because=found.local_id, note=note)


def _split(book: Book, area: Area) -> Story:
    """A road cuts an area in two; a release about the old one comes in late."""
    rng = book.rng("split after")
    draft, record = yield from _surveyed(book, rng, area)
    yield later(rng, clock.now(), (40, 70))
    parts = shapes.pieces(rng, area.plot.outline, 2)
    note, known = "Đường liên xã mới cắt ngang.", _known(draft)
    yield from _given_way(book, rng, area, old=[record], new=parts, known=known, note=note)
    yield at_work(rng, book.end - dt.timedelta(days=2))
    ended = max(clock.today() - dt.timedelta(days=9), area.survey)
    task = book.new_task(rng, area, parts[0], ended)
    late = book.desk.send(answers.release(rng, book.finds, task, pockets=False), area.operator)
    yield later(rng, clock.now(), (0.1, 0.4))
    book.desk.verify(late, area.operator)


def _merged(book: Book, area: Area) -> Story:
    """Two neighbours, surveyed apart, turn out to be one."""
    rng = book.rng("merged after")
    records, known = [], []
    for part in shapes.pieces(rng, area.plot.outline, 2):
        draft, record = yield from _surveyed(book, rng, _on(book, area, part))
        records.append(record)
        known.append(_known(draft))
    yield later(rng, clock.now(), (40, 70))
    note, whole = "Khảo sát bổ sung: dải giữa cũng có bom bi.", [area.plot.outline]
    if len(records) > 1:
        oldest = min(known)
        yield from _given_way(book, rng, area, old=records, new=whole, known=oldest, note=note)


def _left(book: Book, area: Area) -> Story:
    """Cleared, and nobody has taken the step yet that the completion implies."""
    rng = book.rng("left after")
    yield from _surveyed(book, rng, area)
    yield later(rng, clock.now(), (25, 40))
    task = book.new_task(rng, area, area.plot.outline, clock.today() - dt.timedelta(days=2))
    report = book.desk.send(answers.release(rng, book.finds, task, pockets=False), area.operator)
    yield later(rng, clock.now(), (0.1, 1))
    book.desk.verify(report, area.operator)
    yield later(rng, clock.now(), (0.5, 3))
    book.desk.approve(report, area.operator, leaves_steps=True)


def _accepted(book: Book, area: Area) -> Story:
    """Cleared in one piece and accepted; the handover is still to come."""
    rng = book.rng("accepted after")
    _, record = yield from _surveyed(book, rng, area)
    yield later(rng, clock.now(), (25, 40))
    task = book.new_task(rng, area, area.plot.outline, clock.today() - dt.timedelta(days=2))
    draft = answers.release(rng, book.finds, task, pockets=False)
    yield from entered(book, rng, area.operator, draft)
    for step, paper in (("complete", ""), ("accept", "31/BB-NT")):
        yield later(rng, clock.now(), (0.5, 3))
        book.desk.move(record, step, paper=paper)


def _discredited(book: Book, area: Area) -> Story:
    """A re-survey finds scrap only."""
    rng = book.rng("discredited after")
    _, record = yield from _surveyed(book, rng, area)
    yield later(rng, clock.now(), (30, 60))
    note = "Khảo sát lại: chỉ có sắt phế liệu, không có vật nổ."
    book.desk.move(record, "discredit", paper="5/BB-KS", note=note)


def _surveyed(book: Book, rng: Random, area: Area) -> Surveyed:
    yield at_work(rng, area.survey + dt.timedelta(days=rng.randint(1, 3)))
    draft = answers.survey(rng, book.finds, area)
    _, record = yield from entered(book, rng, area.operator, draft)
    return draft, record


def _known(draft: Draft) -> str:
    """Since when the ground is known; whatever takes its place keeps that day."""
    return str(draft.answers.values["identification_date"])


def _on(book: Book, area: Area, ground: Polygon) -> Area:
    """Another area of the same operator and survey, on other ground."""
    local_id, count = book.new_id("HAZ", area.operator)
    plot = replace(area.plot, outline=ground)
    return replace(area, local_id=local_id, plot=plot, internal_id=f"TS-{count:04d}")


def _given_way(
    book: Book,
    rng: Random,
    area: Area,
    *,
    old: Sequence[Record],
    new: Sequence[Polygon],
    known: str,
    note: str,
) -> Steps:
    """New reports of one day, proposed by one officer and confirmed by another."""
    today, reports = clock.today(), list[Report]()
    for ground in new:
        part = replace(_on(book, area, ground), survey=today)
        draft = answers.survey(rng, book.finds, part)
        reports.append(book.desk.send(draft.but(identification_date=known), area.operator))
        yield later(rng, clock.now(), (0.05, 0.3))
    for report in reports:
        book.desk.verify(report, area.operator)
    yield later(rng, clock.now(), (0.5, 2))
    step = "split" if len(old) == 1 else "merge"
    division = book.desk.divide(step, list(old), reports, note)
    yield later(rng, clock.now(), (0.3, 1))
    book.desk.divided(division)
