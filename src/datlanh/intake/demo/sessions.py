"""Risk education through the year: schools, villages, homes, training, and the air."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from datlanh.intake.demo import people, pictures
from datlanh.intake.demo.answers import Draft
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.calendar import SUNDAY, Story, at_work, later
from datlanh.intake.demo.entering import any_trouble, entered
from datlanh.intake.demo.ground import Spot
from datlanh.intake.demo.people import Operator
from datlanh.kernel import clock
from datlanh.kernel.mapping import Answers

FULL_SESSIONS = 650  # some 45,000 turns in a year, half of them pupils
FEWEST_SESSIONS = 8
UPLANDS = {"465", "467"}  # Hướng Hóa and Đa Krông, where most people are Bru-Vân Kiều or Pa Cô
ALIAS = "red_cross"  # writes HR-MRE, as two examples of the rules do

MEN, WOMEN, BOYS, GIRLS, SMALL = (
    f"participants_{who}" for who in ("men", "women", "boys", "girls", "under_6")
)


@dataclass(frozen=True)
class Kind:
    """One way of teaching: how often, how many people, by whom they are gathered."""

    weight: float
    level: str
    ways: tuple[str, ...]
    audience: tuple[str, ...]
    people: Mapping[str, tuple[int, int]]  # fewest and most of each group
    partner: str
    remark: str = ""


KINDS = {
    "primary": Kind(
        26,
        "school",
        ("presentation", "leaflets_images_comics", "school_curriculum"),
        ("primary_school", "teachers"),
        {MEN: (1, 4), WOMEN: (4, 12), BOYS: (22, 78), GIRLS: (20, 74)},
        "Trường Tiểu học {place}",
    ),
    "secondary": Kind(
        16,
        "school",
        ("presentation", "competition"),
        ("secondary_school",),
        {MEN: (1, 5), WOMEN: (3, 9), BOYS: (30, 110), GIRLS: (28, 105)},
        "Trường THCS {place}",
    ),
    "village": Kind(
        26,
        "village",
        ("meetings", "community_liaison"),
        ("farmer", "community_representatives"),
        {MEN: (8, 26), WOMEN: (10, 34), BOYS: (0, 6), GIRLS: (0, 6), SMALL: (0, 5)},
        "Hội Phụ nữ {place}",
    ),
    "home": Kind(
        16,
        "household_visit",
        ("community_liaison", "leaflets_images_comics"),
        ("farmer",),
        {MEN: (1, 4), WOMEN: (1, 5), BOYS: (0, 3), GIRLS: (0, 3), SMALL: (0, 2)},
        "Cộng tác viên thôn",
    ),
    "training": Kind(
        7,
        "commune",
        ("training",),
        ("volunteers", "facilitators"),
        {MEN: (5, 16), WOMEN: (6, 20)},
        "Đoàn Thanh niên {place}",
    ),
    "show": Kind(
        5,
        "commune",
        ("public_performance", "cultural_sport_events"),
        ("youth_union", "mass_organizations", "primary_school"),
        {MEN: (20, 60), WOMEN: (25, 80), BOYS: (25, 90), GIRLS: (25, 90), SMALL: (2, 14)},
        "Đoàn Thanh niên {place}",
    ),
    "loudspeaker": Kind(
        3,
        "commune",
        ("loudspeaker",),
        ("farmer", "mass_organizations"),
        {MEN: (160, 320), WOMEN: (170, 340), BOYS: (60, 140), GIRLS: (60, 140)},
        "Đài truyền thanh {place}",
    ),
    "air": Kind(
        0.25,
        "other",
        ("television", "radio"),
        ("mass_organizations",),
        {MEN: (900, 1600), WOMEN: (900, 1700), BOYS: (250, 500), GIRLS: (250, 500)},
        "Đài phát thanh và truyền hình",
        "Phát sóng toàn tỉnh",
    ),
}


def year_of_sessions(book: Book, share: float) -> Iterator[Story]:
    """Every activity of the year; `share` of a full province's. One at least goes by air."""
    rng = book.rng("education")
    count = max(round(FULL_SESSIONS * share), FEWEST_SESSIONS)
    kinds = rng.choices(list(KINDS), [k.weight for k in KINDS.values()], k=count - 2)
    for number, kind in enumerate(("air", "primary", *kinds)):
        yield _session(book, book.rng(f"education {number}"), kind, _day(book, rng), number)


def _day(book: Book, rng: Random) -> dt.date:
    return book.start + dt.timedelta(days=rng.randrange(4, (book.end - book.start).days))


def _session(book: Book, rng: Random, kind: str, on: dt.date, number: int) -> Story:
    late = number == 1  # one of the year is forgotten for weeks
    if on.weekday() == SUNDAY:
        on += dt.timedelta(days=1)
    yield at_work(rng, on + dt.timedelta(days=50 if late else rng.randint(1, 6)))
    operator = book.operator(rng, "education")
    draft = filled(book, rng, operator, kind, on)
    report, _ = yield from entered(book, rng, operator, draft, trouble=any_trouble(rng))
    if number == 2:
        yield later(rng, clock.now(), (6, 15))
        book.desk.propose(report, "withdraw", "Buổi này đã nằm trong báo cáo của đối tác.")
        yield later(rng, clock.now(), (0.2, 2.0))
        book.desk.confirm(report, by=book.desk.centre.director)


def filled(book: Book, rng: Random, operator: Operator, kind: str, on: dt.date) -> Draft:
    """Form 4 of one activity that ended on a day."""
    how, spot = KINDS[kind], book.ground.spot(rng)
    local_id, _ = book.new_id("MRE", operator)
    days = rng.choice((0, 0, 0, 1)) if kind in {"training", "show"} else 0
    partner = how.partner.format(place=spot.commune.name)
    values = {
        "mre_id": f"HR-{local_id}" if operator.key == ALIAS else local_id,
        "managing_organisation": "qtmac",
        "reporting_organisation": operator.key,
        "local_partner": partner,
        "start_date": (on - dt.timedelta(days=days)).isoformat(),
        "end_date": on.isoformat(),
        **spot.place,
        **turns(rng, how, spot),
        "target_population": list(how.audience),
        "campaign_level": how.level,
        "campaign_level_remark": how.remark or None,
        "activity_types": list(how.ways),
        "verification_date": on.isoformat(),
        "verification_full_name": people.name(rng),
        "verification_position": "Cán bộ chương trình",
    }
    said = {k: v for k, v in values.items() if v is not None}
    draft = Draft("eore", Answers(said, {"activity_point": spot.pair}))
    if rng.random() < 0.15:
        name = local_id.lower().replace("-", "_")
        draft = draft.carrying(**{f"{name}__jpg": pictures.any_photograph(rng)})
    return draft


def turns(rng: Random, how: Kind, spot: Spot) -> dict[str, Any]:
    """How many took part: by sex and age, and of which."""
    counted = {key: rng.randint(*bounds) for key, bounds in how.people.items()}
    total = sum(counted.values())
    ethnic = rng.uniform(0.6, 0.97) if spot.commune.district in UPLANDS else rng.uniform(0, 0.03)
    by_air = how.level == "other"
    return counted | {
        "participants_ethnic": None if by_air else round(total * ethnic),
        "participants_pwd": None if by_air else round(total * rng.uniform(0, 0.02)),
        "first_time_participants": None if by_air else round(total * rng.uniform(0.2, 0.7)),
        "informants_total": None if by_air else rng.choice((0, 0, 0, 1, 1, 2)),
    }
