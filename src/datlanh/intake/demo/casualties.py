"""The year's accidents, whom they hurt, and what help came. Every person is invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from datlanh.intake.demo import persons
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import Story, at_work
from datlanh.intake.demo.entering import Steps, entered
from datlanh.intake.demo.persons import Accident, Help, Person
from datlanh.kernel import clock
from datlanh.register.models import Record

FULL_ACCIDENTS = 7


@dataclass(frozen=True)
class Case:
    """One accident as it is told: when in the year, who was hurt, and what followed."""

    when: float  # share of the year
    by: str
    cause: str  # model
    activity: str
    area: str
    people: tuple[Person, ...]
    help: tuple[Help, ...] = ()
    visit: int | None = None  # who is visited again after some months
    animals: bool = False


CASES = (
    Case(
        0.12,
        "npa_renew",
        "blu_26",
        "agriculture",
        "agricultural_field",
        (
            Person("male", 46, "killed", "digging", "farmer", consent=("relative", "yes", "yes")),
            Person("male", 41, "injured", "passing_standing_nearby", "farmer"),
        ),
        (
            Help(1, 6, "cash", "red_cross", 10_000_000),
            Help(2, 9, "trauma_care", "npa_renew", 18_500_000),
            Help(2, 95, "rehabilitation", "npa_renew", 12_000_000),
            Help(2, 150, "livelihoods_development", "crs", 15_000_000),
        ),
        visit=2,
    ),
    Case(
        0.34,
        "mag",
        "m406",
        "daily_activities",
        "riverbank",
        (
            Person(
                "male", 9, "injured", "playing", "pupil", consent=("parent_guardian", "yes", "yes")
            ),
            Person(
                "female",
                12,
                "injured",
                "tampering",
                "pupil",
                consent=("parent_guardian", "yes", "no"),
            ),
        ),
        (
            Help(1, 8, "trauma_care", "npa_renew", 22_000_000),
            Help(1, 70, "scholarship", "red_cross", 4_000_000),
            Help(2, 70, "scholarship", "red_cross", 4_000_000),
            Help(1, 84, "psychosocial_integration", "crs", 3_500_000),
        ),
    ),
    Case(
        0.52,
        "ptvn",
        "p_37mm",
        "scrap_metal_collection",
        "hill_area",
        (
            # He wants nobody else to know.
            Person(
                "male", 33, "injured", "searching_war_scrap", "labourer", ("victim", "no", "no")
            ),
        ),
        (Help(1, 12, "service_link", "ptvn", 1_500_000),),
    ),
    Case(0.63, "npa_renew", "blu_3", "agriculture", "forest", (), animals=True),
    Case(
        0.74,
        "npa_renew",
        "mortar_60mm",
        "forestry",
        "forest",
        (
            Person(
                "female", 52, "injured", "clearing_vegetation", "farmer", ethnicity="bru_van_kieu"
            ),
        ),
        (
            Help(1, 7, "cash", "red_cross", 5_000_000),
            Help(1, 40, "house_construction_repair", "red_cross", 45_000_000),
        ),
    ),
)


def year_of_accidents(book: Book, share: float) -> Iterator[Story]:
    """The accidents of the year: these at least, more of the same in a full province."""
    count = max(round(FULL_ACCIDENTS * share), len(CASES))
    for number in range(count):
        case, rng = CASES[number % len(CASES)], book.rng(f"accident {number}")
        yield _accident(book, rng, case, number // len(CASES))


def _accident(book: Book, rng: Random, case: Case, again: int) -> Story:
    days = round((book.end - book.start).days * (case.when + 0.05 * again))
    happened = book.start + dt.timedelta(days=days)
    surveyed = happened + dt.timedelta(days=rng.randint(1, 4))
    yield at_work(rng, surveyed + dt.timedelta(days=1))
    accident = drawn(book, rng, case, happened, surveyed)
    operator = book.organisation(case.by)
    yield from entered(book, rng, operator, persons.accident(book, rng, accident))
    known: list[Record] = []
    for number in range(1, len(case.people) + 1):
        draft = persons.victim(rng, accident, number, clock.today())
        _, record = yield from entered(book, rng, operator, draft)
        known.append(record)
    yield from _helped(book, rng, case, accident)
    if case.visit is not None:
        yield at_work(rng, happened + dt.timedelta(days=170))
        draft = persons.visit(rng, accident, case.visit, clock.today())
        yield from entered(book, rng, operator, draft, record=known[case.visit - 1])


def _helped(book: Book, rng: Random, case: Case, accident: Accident) -> Steps:
    times: dict[int, int] = {}
    for given in sorted(case.help, key=lambda h: h.days):
        day = accident.happened + dt.timedelta(days=given.days)
        yield at_work(rng, day + dt.timedelta(days=rng.randint(1, 5)))
        times[given.person] = times.get(given.person, 0) + 1
        draft = persons.assistance(rng, accident, given, times[given.person], day)
        yield from entered(book, rng, book.organisation(given.by), draft)


def drawn(book: Book, rng: Random, case: Case, happened: dt.date, surveyed: dt.date) -> Accident:
    """The accident of a case on a day, with an id of its operator's range."""
    local_id, _ = book.new_id("INC", book.organisation(case.by))
    return Accident(
        local_id=local_id,
        by=case.by,
        spot=book.ground.spot(rng),
        happened=happened,
        surveyed=surveyed,
        cause=case.cause,
        activity=case.activity,
        area=case.area,
        people=case.people,
        animals=case.animals,
    )
