"""Form 7 filled in: what a caller tells, what the team finds there, and what becomes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from shapely.geometry import Point

from datlanh.intake.demo import people, pictures, shapes
from datlanh.intake.demo.answers import Draft
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.finds import Finds
from datlanh.intake.demo.ground import Ground, Spot
from datlanh.intake.demo.people import Operator
from datlanh.kernel.mapping import Answers

FRIDAY, SATURDAY = 4, 5

# Where the call came from, and what it was about, by how often.
SOURCES = {"hotline": 62, "mre_network": 14, "field_team": 19, "other": 5}
LAND = {
    "agricultural": 46,
    "residential_area": 30,
    "infrastructure_development": 12,
    "afforestation": 11,
    "other": 1,
}
# What the caller says he has seen, by the category it turns out to be.
SEEN: Mapping[str, tuple[str, ...]] = {
    "cluster_munition": ("Một quả tròn như quả bóng nhỏ, gỉ", "Bom bi, người dân đã quen mặt"),
    "grenade": ("Quả nhỏ bằng nắm tay, gỉ", "Đầu đạn ngắn màu vàng, tròn đầu"),
    "mortar": ("Đạn cối có cánh đuôi, gỉ nặng", "Vật dài chừng 30 cm, có đuôi"),
    "projectile": ("Đầu đạn pháo dài chừng 40 cm", "Đầu đạn gỉ, lộ ra sau mưa"),
    "rocket": ("Ống dài có cánh đuôi", "Đầu đạn B40 hay B41, không rõ"),
    "fuze": ("Nhiều ngòi nổ nhỏ trong một hố",),
    "aircraft_bomb": ("Quả bom lớn lộ một phần khi múc ao", "Vật rất lớn khi đào móng nhà"),
}
UNKNOWN = ("Vật kim loại lạ, người dân không rõ loại", "Nghi là vật nổ, đã khoanh lại")
HOW_MANY = ((0, 6), (1, 62), (2, 15), (3, 8), (5, 5), (8, 3), (12, 1))  # items, weight
NOTHING = "Vật báo là sắt phế liệu, không phải vật nổ."
SPOT_M2 = (0, 0, 25, 25, 50, 100)  # searched around the item


@dataclass(frozen=True)
class Call:
    """One task: who goes where, and when they were told, came, ended and destroyed."""

    local_id: str
    internal_id: str
    operator: Operator
    team: str
    spot: Spot
    tasked: dt.date
    came: dt.date
    ended: dt.date
    destroyed: dt.date
    in_situ: bool
    items: list[dict[str, Any]]


def drawn(
    book: Book,
    rng: Random,
    on: dt.date,
    *,
    items: list[tuple[str, int, float]] | None = None,
    spot: Spot | None = None,
) -> Call:
    """A call of that day. `items`: model, quantity and depth in cm; `spot`: both instead of by
    chance."""
    operator = book.operator(rng, "eod")
    local_id, count = book.new_id("HR-EOD", operator)
    spot = spot or book.ground.spot(rng)
    came = _working(on + dt.timedelta(days=rng.choices((0, 1, 2, 3, 5), (46, 30, 12, 8, 4))[0]))
    ended = came + dt.timedelta(days=rng.choices((0, 1), (92, 8))[0])
    in_situ = rng.random() < 0.42
    found = _found(rng, book.finds, spot, items, in_situ=in_situ)
    return Call(
        local_id=local_id,
        internal_id=f"EOD-{count:04d}",
        operator=operator,
        team=rng.choice(operator.eod_teams),
        spot=spot,
        tasked=on,
        came=came,
        ended=ended,
        destroyed=ended if in_situ else _next_demolition(ended),
        in_situ=in_situ,
        items=found,
    )


def _working(day: dt.date) -> dt.date:
    """Saturday and Sunday wait for Monday, where nobody is in danger."""
    return day + dt.timedelta(days=max(7 - day.weekday(), 0)) if day.weekday() >= SATURDAY else day


def _next_demolition(day: dt.date) -> dt.date:
    """What was carried away is destroyed together on the next Friday."""
    return day + dt.timedelta(days=(FRIDAY - day.weekday()) % 7)


def _found(
    rng: Random,
    finds: Finds,
    spot: Spot,
    items: list[tuple[str, int, float]] | None,
    *,
    in_situ: bool,
) -> list[dict[str, Any]]:
    if items is None:
        count = rng.choices([n for n, _ in HOW_MANY], [w for _, w in HOW_MANY])[0]
        rows = finds.items(rng, spot.point.buffer(15), min(count, 3))
        if count > len(rows):  # more of the same lay together
            rows[0]["values"]["quantity"] = count - len(rows) + 1
    else:
        rows = [finds.row(rng, key, spot.near(rng, 6)) for key, _, _ in items]
        for row, (_, quantity, depth) in zip(rows, items, strict=True):
            row["values"] |= {"quantity": quantity, "depth": depth}
    for row in rows:
        row["values"]["disposal"] = "destroyed_in_situ" if in_situ else "moved_and_destroyed"
        if items is None:  # the plough and the rain have brought it up
            row["values"]["depth"] = float(rng.choice((0, 0, 0, 2, 5, 10, 20)))
    return rows


def told(rng: Random, call: Call) -> dict[str, Any]:
    """Section A: the call."""
    source = _by_weight(rng, SOURCES)
    land = _by_weight(rng, LAND)
    gender = rng.choice(("male", "male", "male", "female"))
    category = call.items[0]["values"]["category"] if call.items else ""
    near_homes = land in {"residential_area", "infrastructure_development"}
    return {
        "eod_id": call.local_id,
        "internal_id": call.internal_id,
        "managing_organisation": "qtmac",
        "reporting_organisation": call.operator.key,
        "reporting_team": call.team,
        "reporting_team_leader": people.name(rng),
        "tasking_date": call.tasked.isoformat(),
        "activity_type": "eod",
        "information_source": source,
        "information_source_comment": "Công an xã báo" if source == "other" else None,
        "land_use": land,
        "land_use_comment": "Bãi bồi ven sông" if land == "other" else None,
        "beneficiaries": "community" if near_homes else rng.choice(("individual", "community")),
        "disposal_priority": "high" if near_homes else rng.choice(("high", "medium", "low")),
        "informant_name": people.named(rng, gender),
        "informant_age": rng.randint(17, 74),
        "informant_gender": gender,
        "informant_phone": people.telephone(rng),
        "informant_address": call.spot.village,
        **call.spot.place,
        "informant_saw_item": "yes",
        "item_visible_now": rng.choice(("yes", "yes", "yes", "no")),
        "item_description": rng.choice(SEEN.get(category, UNKNOWN)),
    }


def answered(rng: Random, call: Call, ground: Ground) -> Draft:
    """Sections B and C: what was found and what became of it; with what every report names."""
    leader = people.named(rng, "male")
    values: dict[str, Any] = {
        "responding_organisation": call.operator.key,
        "responding_team": call.team,
        "responding_team_leader": leader,
        "respond_date": call.came.isoformat(),
        "end_date": call.ended.isoformat(),
        "cleared_area": rng.choice(SPOT_M2) or None,
        "reason_not_destroyed": None if call.items else NOTHING,
        "verification_date": max(call.ended, call.destroyed).isoformat(),
        "verification_full_name": people.name(rng),
    }
    points = {"point_coordinates": call.spot.pair}
    if call.items:
        values |= {
            "disposal_team": call.team,
            "disposal_team_leader": leader,
            "disposal_date": call.destroyed.isoformat(),
        }
        site = call.spot.point if call.in_situ else nearest_site(ground, call.spot.point)
        points["disposal_place"] = shapes.pair_of(site)
    rows = {"found_items": call.items} if call.items else {}
    said = {k: v for k, v in values.items() if v is not None}
    return Draft("eod_spot", Answers(said, points, {}, rows))


def whole(rng: Random, call: Call, ground: Ground) -> Draft:
    """The form in one go, after the disposal."""
    draft = answered(rng, call, ground).but(**told(rng, call), status="closed")
    if rng.random() < 0.3:
        name = call.local_id.lower().replace("-", "_")
        draft = draft.carrying(**{f"{name}__jpg": pictures.any_photograph(rng)})
    return draft


def opened(rng: Random, call: Call) -> Draft:
    """Only the call: the team has not been there."""
    bare = Draft("eod_spot", Answers())
    return bare.but(
        **told(rng, call),
        status="open",
        verification_date=call.tasked.isoformat(),
        verification_full_name=people.name(rng),
    )


def closing(rng: Random, call: Call, ground: Ground) -> Draft:
    """What happened since `opened`: the call itself is not told again."""
    return answered(rng, call, ground).but(
        eod_id=call.local_id,
        reporting_organisation=call.operator.key,
        tasking_date=call.tasked.isoformat(),
        **call.spot.place,
        status="closed",
    )


def dug_out(call: Call, days: int) -> Call:
    """The same, with an excavation of so many days before anything can be moved."""
    ended = call.came + dt.timedelta(days=days)
    return replace(call, ended=ended, destroyed=_next_demolition(ended), in_situ=False)


def nearest_site(ground: Ground, at: Point) -> Point:
    """The demolition ground nearest to a place."""
    return min(ground.sites, key=at.distance)


def _by_weight(rng: Random, table: Mapping[str, int]) -> str:
    return rng.choices(list(table), list(table.values()))[0]
