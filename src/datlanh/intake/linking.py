"""What speaks for a link between two records: ids, ground, nearness, dates. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from datlanh.intake.relations import Named, Near, Relation
from datlanh.kernel import geometry
from datlanh.kernel.ids import RecordId, readable
from datlanh.kernel.links import Pair
from datlanh.kernel.text import LANGUAGES, NBSP, Text, number

NAMED = Text("có ghi trong báo cáo", "named in a report")
IN_ID = Text("cùng số trong mã", "the id holds its number")
INSIDE = Text("nằm trong khu vực", "inside the area")
AWAY = Text("cách {metres}{gap}m", "{metres}{gap}m away")
SHARED = Text("trùng {share}{gap}% diện tích", "{share}{gap}% of the ground is shared")
APART = Text("không trùng diện tích", "no ground is shared")
DAYS = Text("cách {days} ngày", "{days} days apart")


@dataclass(frozen=True)
class Subject:
    """A record as links see it: its ids, ground, and the values that speak for links.

    Also a report that would become one: `created_seq` is 0 then.
    """

    id: UUID
    kind: str
    local_id: str
    organisation_id: int
    created_seq: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    outline: BaseGeometry | None = None
    position: BaseGeometry | None = None

    @property
    def ground(self) -> BaseGeometry | None:
        """Its outline, else its point."""
        return self.outline or self.position

    def day(self, attribute: str) -> dt.date | None:
        """A date among its values."""
        value = self.values.get(attribute)
        return dt.date.fromisoformat(value) if value else None

    @cached_property
    def parent(self) -> str:
        """The id that its own id holds: an accident's in a victim's. "" for none."""
        found = RecordId.parse(self.local_id).parent() if readable(self.local_id) else None
        return str(found or "")

    def names(self, how: Named) -> list[str]:
        """The ids it names in one way."""
        if not how.attribute:
            return [self.parent] if self.parent else []
        return ids_in(str(self.values.get(how.attribute) or ""))


def ids_in(text: str) -> list[str]:
    """The ids in a line of text, as `datlanh_ids_in` finds them in SQL."""
    return [word for word in re.split(r"[^A-Z0-9-]+", text.upper()) if word]


@dataclass(frozen=True)
class Why:
    """What speaks for a link; `share` of the smaller ground 0…1. None: not measured."""

    named: bool = False
    in_id: bool = False
    distance_m: float | None = None
    share: float | None = None
    days: int | None = None
    is_proof: bool = False  # enough of it to propose the link

    @property
    def told(self) -> tuple[Text, ...]:
        """In words, the strongest first."""
        found = [NAMED] if self.named else []
        if self.in_id:
            found.append(IN_ID)
        if self.share is not None:
            percent = {v: number(self.share * 100, v, 1) for v in LANGUAGES}
            said = SHARED if self.share >= LEAST_TOLD else APART
            found.append(Text(*(said.say(v, share=percent[v], gap=NBSP) for v in LANGUAGES)))
        if self.distance_m == 0:
            found.append(INSIDE)
        elif self.distance_m is not None:
            metres = round(self.distance_m)
            found.append(
                Text(*(AWAY.say(v, metres=number(metres, v), gap=NBSP) for v in LANGUAGES))
            )
        if self.days is not None:
            found.append(Text(*(DAYS.say(v, days=self.days) for v in LANGUAGES)))
        return tuple(found)

    @property
    def is_named(self) -> bool:
        """Whether a report says so itself."""
        return self.named or self.in_id

    @property
    def data(self) -> dict[str, Any]:
        """What a decision keeps of it."""
        found = {"named": self.is_named or None}
        measured = {
            "distance_m": None if self.distance_m is None else round(self.distance_m),
            "share": None if self.share is None else round(self.share, 4),
            "days": self.days,
        }
        return {k: v for k, v in {**found, **measured}.items() if v is not None}


LEAST_TOLD = 0.0005  # 0,1 % when rounded


def why_linked(relation: Relation, a: Subject, b: Subject) -> Why:
    """What speaks for linking `a` to `b`. Pure."""
    found = Why()
    for how in relation.how:
        if isinstance(how, Named):
            found = _named(found, how, a, b)
        elif isinstance(how, Near):
            found = _near(found, how, a, b)
        else:
            share = _share(a.outline, b.outline)
            proof = share is not None and share >= how.share
            found = replace(found, share=share, is_proof=found.is_proof or proof)
    return found


def _named(found: Why, how: Named, a: Subject, b: Subject) -> Why:
    if b.local_id not in a.names(how):
        return found
    if how.attribute:
        return replace(found, named=True, is_proof=True)
    return replace(found, in_id=True, is_proof=True)


def _near(found: Why, how: Near, a: Subject, b: Subject) -> Why:
    distance, days = _distance(a.position, b.ground), _days(how, a, b)
    proof = distance is not None and distance <= how.metres
    if how.days is not None:
        proof = proof and days is not None and days <= how.days
    return replace(found, distance_m=distance, days=days, is_proof=found.is_proof or proof)


def _distance(point: BaseGeometry | None, ground: BaseGeometry | None) -> float | None:
    if point is None or ground is None:
        return None
    plane = geometry.plane_for(point, ground)
    placed = geometry.to_plane(point, plane), geometry.to_plane(ground, plane)
    return float(placed[0].distance(placed[1]))


def _share(one: BaseGeometry | None, other: BaseGeometry | None) -> float | None:
    if one is None or other is None:
        return None
    plane = geometry.plane_for(one, other)
    smaller = min(geometry.area_m2(one, plane), geometry.area_m2(other, plane))
    return geometry.overlap_m2(one, other, plane) / smaller if smaller else 0.0


def _days(how: Near, a: Subject, b: Subject) -> int | None:
    if how.days is None:
        return None
    first, second = a.day(how.a_day), b.day(how.b_day)
    return abs((first - second).days) if first and second else None


def pair_of(relation: Relation, one: Subject, other: Subject) -> Pair:
    """Two subjects in the order of the relation."""
    a, b = (one, other) if one.kind == relation.a else (other, one)
    return Pair(relation.key, a.id, b.id)
