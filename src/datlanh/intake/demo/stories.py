"""Ordinary lives: an area is surveyed, weighed, worked on, and released piece by piece."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from dataclasses import dataclass, replace
from random import Random

from shapely.geometry import Polygon

from datlanh.intake.demo import answers, months, pictures, shapes, surveys
from datlanh.intake.demo.answers import Area, Draft
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import Story, at_work, later
from datlanh.intake.demo.entering import any_trouble, entered
from datlanh.intake.models import Report
from datlanh.kernel import clock
from datlanh.register.models import Record

OPEN_TASKED, WORK_TASKED = 0.25, 0.7  # of the areas have a task before anybody works there
ACCEPTED, CLOSED = 0.85, 0.85  # of what is complete is accepted, of that handed over
MONTHLY = 0.3  # of the pieces are reported month by month
PIECE_M2 = 115_000  # what a team clears before it reports


@dataclass(frozen=True)
class Course:
    """How far an area gets in its year, and what goes wrong on the way."""

    ends: str  # open, worked_on, suspended, closed
    trouble: str = ""  # corrected, returned, resubmitted, late
    special: str = ""  # restated, withdrawn
    is_late: bool = False


def life(book: Book, area: Area, course: Course) -> Story:
    """One area from its survey to where `course` leaves it."""
    rng = book.rng(area.local_id)
    source = yield from surveys.surveyed(book, book.rng(f"{area.local_id} survey"), area)
    delay = rng.randint(42, 65) if course.is_late else rng.randint(1, 4)
    yield at_work(rng, area.survey + dt.timedelta(days=delay))
    draft = answers.survey(rng, book.finds, area).but(**source)
    draft = _with_files(rng, draft, area)
    report, record = yield from entered(book, rng, area.operator, draft, trouble=course.trouble)
    if course.special == "restated":
        yield from _restated(book, area, draft, report.receipt, record)
    if course.special == "withdrawn":
        yield from _withdrawn(book, rng, report)
        return
    if course.ends == "open":
        book.standing.append((area, record))
        yield from tasked(book, area, record, OPEN_TASKED)
    if rng.random() < 0.3:
        yield from _weighed_anew(book, rng, area, record)
    if course.ends != "open":
        yield from _worked_on(book, rng, area, record, course.ends)


def _with_files(rng: Random, draft: Draft, area: Area) -> Draft:
    chance = rng.random()
    stem = area.internal_id.lower().replace("-", "_")
    if chance < 0.45:
        draft = draft.carrying(**{f"{stem}_ev001__jpg": pictures.any_photograph(rng)})
    if chance < 0.12:
        title = f"Survey sketch {area.internal_id}"
        draft = draft.carrying(**{f"{stem}_so_do__pdf": pictures.page(title)})
    elif chance < 0.2:
        ring = shapes.ring_of(area.plot.outline)
        draft = draft.carrying(**{f"{stem}_diem__zip": pictures.archive(ring)})
    return draft


def _updated(
    book: Book, rng: Random, area: Area, record: Record, status: str
) -> Generator[dt.datetime, None, None]:
    on = clock.today() - dt.timedelta(days=rng.randint(0, 1))
    draft = answers.update(area, on, status=status)
    yield from entered(book, rng, area.operator, draft, record=record)


def _weighed_anew(
    book: Book, rng: Random, area: Area, record: Record
) -> Generator[dt.datetime, None, None]:
    yield later(rng, clock.now(), (20, 70))
    draft = answers.reassessment(rng, area, clock.today())
    yield from entered(book, rng, area.operator, draft, record=record)


def _restated(
    book: Book, area: Area, draft: Draft, receipt: str, record: Record
) -> Generator[dt.datetime, None, None]:
    """A full correction takes the place of the report that stood: the outline was too narrow."""
    rng = book.rng(f"{area.local_id} restated")
    yield later(rng, clock.now(), (9, 20))
    ring = shapes.ring_of(shapes.largest(area.plot.outline.buffer(5, join_style="mitre")))
    said = draft.drawn(polygon_points=ring)
    said = said.but(area_size=answers.measured(ring), correction_of=receipt)
    yield from entered(book, rng, area.operator, said, record=record)


def _withdrawn(book: Book, rng: Random, report: Report) -> Generator[dt.datetime, None, None]:
    yield later(rng, clock.now(), (12, 30))
    book.desk.propose(report, "withdraw", "Khu vực đã có trong một báo cáo khác của đội.")
    yield later(rng, clock.now(), (0.2, 2.0))
    book.desk.confirm(report, by=book.desk.centre.director)


def _worked_on(
    book: Book, rng: Random, area: Area, record: Record, ends: str
) -> Generator[dt.datetime, None, None]:
    """Clearance, piece by piece, as far as the year and the course allow."""
    wanted = max(round(area.plot.outline.area / PIECE_M2), 1)
    parts = shapes.pieces(rng, area.plot.outline, min(wanted, 9))
    if ends == "worked_on":
        parts = parts[: max(round(len(parts) * rng.uniform(0.25, 0.7)), 1)]
    if ends == "suspended":
        parts = parts[: max(len(parts) // 2, 1)]
    left = (book.end - clock.today()).days - 16
    pause = max(min(left / (len(parts) + 1), 32.0), 0.5)
    yield later(rng, clock.now(), (pause * 0.5, pause))
    yield from tasked(book, area, record, WORK_TASKED)
    yield from _updated(book, rng, area, record, "worked_on")
    for number, part in enumerate(parts, 1):
        stops = ends == "suspended" and number == len(parts)
        if not stops and rng.random() < MONTHLY:
            yield from _told_monthly(book, rng, area, part, pause)
            continue
        yield later(rng, clock.now(), (pause * 0.5, pause))
        yield from _released(book, rng, area, part, stops=stops)
    if ends != "worked_on":
        yield from _updated(book, rng, area, record, ends)
    if ends == "closed":
        yield from handed_over(book, area, record, accepted=ACCEPTED, closed=CLOSED)


def tasked(
    book: Book, area: Area, record: Record, chance: float
) -> Generator[dt.datetime, None, None]:
    """The centre gives an operator the task, or (by chance) work begins without one."""
    rng = book.rng(f"{area.local_id} task")
    if rng.random() < chance:
        yield later(rng, clock.now(), (1, 6))
        book.desk.move(record, "task")


def handed_over(
    book: Book, area: Area, record: Record, *, accepted: float, closed: float
) -> Generator[dt.datetime, None, None]:
    """Inspection and handover, each with its paper; the year leaves some waiting."""
    rng = book.rng(f"{area.local_id} handover")
    number = rng.randint(1, 400)
    if rng.random() > accepted:
        return
    yield later(rng, clock.now(), (1, 7))
    if not book.desk.move(record, "accept", paper=f"{number}/BB-NT"):
        return
    if rng.random() <= closed:
        yield later(rng, clock.now(), (1, 8))
        book.desk.move(record, "hand_over", paper=f"{number}/BB-BG")


def _told_monthly(
    book: Book, rng: Random, area: Area, part: Polygon, pause: float
) -> Generator[dt.datetime, None, None]:
    """A piece whose progress is reported each month; the year may end before it is complete."""
    begun = clock.today() + dt.timedelta(days=1)
    ended = begun + dt.timedelta(days=round(pause * rng.uniform(0.7, 1.6)))
    ground = shapes.with_fade_out(rng, part) if rng.random() < 0.4 else part
    task = replace(book.new_task(rng, area, ground, ended), begun=begun)
    draft = answers.release(rng, book.finds, task, pockets=rng.random() < 0.18)
    yield from months.told_monthly(book, rng, task, draft)
    yield at_work(rng, ended + dt.timedelta(days=rng.randint(2, 5)))
    yield from entered(book, rng, area.operator, draft, trouble=any_trouble(rng))


def _released(
    book: Book, rng: Random, area: Area, part: Polygon, *, stops: bool
) -> Generator[dt.datetime, None, None]:
    ended = clock.today() - dt.timedelta(days=rng.randint(1, 4))
    # Never before the area itself was known.
    ended = max(ended, area.survey)
    ground = shapes.with_fade_out(rng, part) if rng.random() < 0.4 and not stops else part
    task = book.new_task(rng, area, ground, ended, "HR-CLS" if stops else "HR-CLC")
    if stops:
        draft = answers.suspension(rng, book.finds, task)
    else:
        draft = answers.release(rng, book.finds, task, pockets=rng.random() < 0.18)
    if rng.random() < 0.25:
        name = task.internal_id.lower().replace("-", "_")
        draft = draft.carrying(**{f"{name}__jpg": pictures.any_photograph(rng)})
    yield from entered(book, rng, area.operator, draft, trouble=any_trouble(rng))
