"""The year as a whole: how many areas, how large, how far each gets; then everything is told."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from django.conf import settings
from django.db import transaction

from datlanh.audit.services import via
from datlanh.intake.demo import (
    casualties,
    clocks,
    fates,
    lost_phone,
    people,
    sessions,
    tasks,
    today,
    waiting,
)
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import Story, tell
from datlanh.intake.demo.desk import Desk
from datlanh.intake.demo.finds import Finds
from datlanh.intake.demo.ground import Ground
from datlanh.intake.demo.stories import Course, life
from datlanh.intake.models import Report
from datlanh.kernel import clock

SEED = 20261123
# QTMAC's own figures of April 2023, when the survey was finished.
FULL_AREAS, FULL_M2 = 1270, 615e6
QUICK_AREAS = 120
FEWEST_AREAS = 24  # the queue of today needs some to speak of

# How far areas get: (share, median m²). Smaller ones are finished sooner.
COURSES = {
    "open": (0.40, 26e4),
    "worked_on": (0.22, 36e4),
    "suspended": (0.08, 32e4),
    "closed": (0.30, 20e4),
}
STANDING_NEEDED = 14
SPREAD = 1.0  # of the logarithm of sizes: 5 to 60 ha is usual, several hundred happen
SMALLEST_M2, LARGEST_M2 = 15e3, 42e5

# The communes of today exist from this day on; the year does not reach behind it.
FIRST_DAY = dt.date(2025, 7, 2)
DAYS = 374


@dataclass(frozen=True)
class Told:
    """What came of it."""

    areas: int
    m2: float
    steps: Counter[str]


def already_there() -> bool:
    """Whether any report came in before: a sample goes into an empty system only."""
    return Report.objects.exists()


@transaction.atomic
def tell_year(
    *, areas: int, seed: int = SEED, told: Callable[[str], None] = lambda _: None
) -> Told:
    """Let the year happen, wholly or not at all."""
    areas = max(areas, FEWEST_AREAS)
    now = clock.now()
    end = clock.local_date(now)
    start = max(end - dt.timedelta(days=DAYS), min(FIRST_DAY, end))
    rng = Random(seed)  # noqa: S311 - nothing here is secret
    with clock.frozen(clock.local_midnight(start)), _door("command"):
        centre, operators = people.cast()
    desk = Desk(rng, centre, told)
    book = Book(seed, now, start, operators, desk, Ground(rng, end), Finds())
    lives = list(_lives(book, rng, areas))
    with _checked_at_once():
        tell([story for _, story in lives] + _others(book, areas), now)
    with clock.frozen(now):
        lost_phone.still_sends(book)
        clocks.excused(book)
        clocks.this_morning()
    return Told(areas, sum(m2 for m2, _ in lives), desk.count)


def _others(book: Book, areas: int) -> list[Story]:
    """All but the areas' own lives, to the same scale, and what waits today."""
    share = areas / FULL_AREAS
    return [
        *tasks.year_of_tasks(book, share),
        *sessions.year_of_sessions(book, share),
        *casualties.year_of_accidents(book, share),
        *fates.year_of_fates(book),
        *waiting.queue(book),
        *today.queue(book),
    ]


def _lives(book: Book, rng: Random, count: int) -> Iterator[tuple[float, Story]]:
    courses = _courses(rng, count)
    sizes = [_size(rng, COURSES[c.ends][1]) for c in courses]
    wanted, planned = FULL_M2 * count / FULL_AREAS, sum(sizes)
    for course, size in zip(courses, sizes, strict=True):
        # Borders and neighbours cut some areas short: those that follow make up for it.
        area = book.new_area(
            rng, size * min(max(wanted / planned, 0.6), 1.6), _day(book, rng, course)
        )
        planned -= size
        wanted -= area.plot.outline.area
        yield area.plot.outline.area, life(book, area, course)


def _courses(rng: Random, count: int) -> list[Course]:
    ends = ["open"] * max(round(COURSES["open"][0] * count), STANDING_NEEDED)
    others = [e for e in COURSES if e != "open"]
    shares = [COURSES[e][0] for e in others]
    ends += rng.choices(others, shares, k=count - len(ends))
    rng.shuffle(ends)
    troubles = ("", "corrected", "returned", "resubmitted")
    found = [
        Course(e, trouble=rng.choices(troubles, (84, 9, 4, 3))[0], is_late=rng.random() < 0.05)
        for e in ends
    ]
    # Each of these happens once at least, whatever the dice say.
    opened = [n for n, e in enumerate(ends) if e == "open"]
    for number, course in zip(opened, SPECIAL * max(count // 300, 1), strict=False):
        found[number] = course
    return found


SPECIAL = (
    Course("open", special="restated"),
    Course("open", special="withdrawn"),
    Course("open", trouble="late"),
    Course("open", trouble="returned"),
)


def _size(rng: Random, median: float) -> float:
    return min(max(median * rng.lognormvariate(0, SPREAD), SMALLEST_M2), LARGEST_M2)


def _day(book: Book, rng: Random, course: Course) -> dt.date:
    """The survey's day: whoever gets further began earlier."""
    days = (book.end - book.start).days
    reach = 0.5 if course.ends != "open" else 0.86
    if course.special or course.trouble == "late":
        reach = 0.4
    return book.start + dt.timedelta(days=round(days * reach * rng.betavariate(1.0, 1.4)))


@contextmanager
def _checked_at_once() -> Iterator[None]:
    """Check each report while it is taken in: a job would run after its day has passed."""
    before = settings.CHECK_INLINE
    settings.CHECK_INLINE = True
    try:
        yield
    finally:
        settings.CHECK_INLINE = before


@contextmanager
def _door(name: str) -> Iterator[None]:
    token = via.set(name)
    try:
        yield
    finally:
        via.reset(token)
