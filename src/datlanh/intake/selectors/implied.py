"""Steps in the lives of areas that a report implies, as they are offered with its approval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import shapely
from django.db.models import Q
from shapely import from_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.implied import (
    AREA,
    PROGRESS,
    RELEASE,
    TELLING,
    Step,
    Told,
    going_on,
    is_done,
    steps_to,
    told_by,
)
from datlanh.hazards.models import HazardousArea, LandRelease
from datlanh.hazards.workflow import LIFE, AreaStep
from datlanh.intake.linking import ids_in
from datlanh.intake.models import Report
from datlanh.intake.selectors.heirs import areas_named, gave_way
from datlanh.intake.services.lifecycle import AreaLife, life_of
from datlanh.kernel import clock, geometry
from datlanh.kernel.text import Text
from datlanh.register import services as register
from datlanh.register.models import Link, Record, Version

BY_REPORT = Text("Theo báo cáo {receipt}.", "By report {receipt}.")
DONE = Q(reported_status="completed") | Q(reported_status="", local_id__startswith="HR-CLC-")


@dataclass(frozen=True)
class Implied:
    """The way of one area to the state a report tells of; `refusal`: why it cannot be gone.

    `rest_m2` is what of the area no completed release covers; None: nobody drew it.
    """

    area: Record
    state: str
    told: Told
    steps: tuple[Step, ...]
    refusal: Text | None
    is_ticked: bool
    rest_m2: float | None = None
    area_m2: float | None = None

    @property
    def value(self) -> str:
        """What a form sends back: the area, the state it was seen in, the state to reach."""
        return f"{self.area.local_id}|{self.state}|{self.told.state}"


def implied_by(
    report: Report, values: Mapping[str, Any], who: User, record: Record | None
) -> list[Implied]:
    """What a report, bound to `record` (None: a new one), implies for the areas it is about.

    Areas within what `who` may move, the surest first. Nothing is ticked that the workflow
    does not permit, or that leaves ground without a release.
    """
    kind = report.form_version.record_kind if report.form_version else ""
    told = told_by(kind, values, report.date_of_information) if kind in TELLING else None
    if told is None:
        return []
    scope = scope_for(who, Permission.AREA_MOVE)
    found = []
    for area, is_named in areas_meant(kind, values, record):
        if scope.allows(area.organisation_id):
            own = _outline(values) if kind == RELEASE else None
            offers = ways_of(area, told, who, own=own, completes=kind == RELEASE)
            found += [replace(o, is_ticked=o.is_ticked and is_named) for o in offers]
    return found


def areas_meant(
    kind: str, values: Mapping[str, Any], record: Record | None
) -> list[tuple[Record, bool]]:
    """The areas a report is about, and whether it (or a link) names them itself.

    In the place of one that gave way stand its parts, on which the officer decides.
    """
    if kind == AREA:
        # Without any step an area follows its reports by itself.
        moves = record is not None and register.states_known(record.pk)
        return [(record, True)] if record is not None and moves else []
    named = areas_named(_named(kind, values)) + _linked(record)
    gone = {g.area.pk: g.heirs for g in gave_way(named)}
    found: dict[UUID, tuple[Record, bool]] = {}
    for area in named:
        if area.pk in gone:
            for heir in gone[area.pk]:
                found.setdefault(heir.pk, (heir, False))
        else:
            found[area.pk] = (area, True)
    return list(found.values())


def _named(kind: str, values: Mapping[str, Any]) -> list[str]:
    ids = ids_in(str(values.get("cha_ids") or ""))
    if ids or kind != PROGRESS or not values.get("clearance_id"):
        return ids
    clearance = Version.objects.filter(
        known_to=None, true_to=None, kind=RELEASE, record__local_id=values["clearance_id"]
    ).first()
    return ids_in(str(clearance.values.get("cha_ids") or "")) if clearance else []


def _linked(record: Record | None) -> list[Record]:
    if record is None:
        return []
    relations = ("release_area", "progress_area")
    held = Link.objects.filter(a=record.pk, relation__in=relations, known_to=None, holds=True)
    return list(Record.objects.filter(pk__in=held.values("b")))


def ways_of(
    area: Record,
    told: Told,
    who: User,
    *,
    own: BaseGeometry | None = None,
    completes: bool = False,
) -> list[Implied]:
    """From where an area stands to what is told of it; where ground is left, also to going on.

    `own` is the ground of a release that does not count yet, `completes`: it will be the report
    of completion that the workflow asks for.
    """
    life = life_of(area)
    if told.state != "completed":
        return _kept([_way(area, life, told, who)])
    rest, whole = _rest(area, own)
    able = replace(life, completed=life.completed or completes)
    done = replace(_way(area, able, told, who), rest_m2=rest, area_m2=whole)
    if is_done(rest, whole):
        return _kept([done])
    return _kept([_way(area, life, going_on(told), who), replace(done, is_ticked=False)])


def _kept(ways: Iterable[Implied]) -> list[Implied]:
    return [w for w in ways if w.steps]


def _way(area: Record, life: AreaLife, told: Told, who: User) -> Implied:
    steps = steps_to(told, life.state, life.last_on, life.known_since)
    refusal = refusal_of(life, steps, who)
    return Implied(area, life.state, told, steps, refusal, is_ticked=refusal is None)


def refusal_of(life: AreaLife, steps: Sequence[Step], who: User) -> Text | None:
    """Why one of the steps, taken one after the other, is not possible."""
    for step in steps:
        attempt = AreaStep(who.organisation_id, step.on, clock.today(), note="…")
        if refusal := LIFE.refusal(step.name, life, life.state, attempt):
            return refusal
        life = replace(life, state=LIFE[step.name].target, last_on=step.on)
    return None


def _rest(area: Record, own: BaseGeometry | None) -> tuple[float | None, float | None]:
    """m² of an area that no completed release covers, and of the area; None: not drawn."""
    stands = HazardousArea.objects.filter(pk=area.pk).first()
    if stands is None or stands.outline is None:
        return None, None
    ground = from_wkb(bytes(stands.outline.wkb))
    plane = geometry.plane_for(ground)
    near = LandRelease.objects.filter(DONE, outline__bboverlaps=stands.outline)
    drawn = [from_wkb(bytes(o.wkb)) for o in near.values_list("outline", flat=True) if o]
    covers = [geometry.to_plane(g, plane) for g in (*drawn, *([own] if own is not None else []))]
    whole = geometry.to_plane(ground, plane)
    return float(whole.difference(shapely.union_all(covers)).area), float(whole.area)


def _outline(values: Mapping[str, Any]) -> BaseGeometry | None:
    outline = values.get("outline")
    return from_wkb(bytes.fromhex(outline)) if outline else None


def reason_for(source: str) -> str:
    """What a step keeps as its reason where none is told, as the centre writes it."""
    return BY_REPORT.say("vi", receipt=source)


def step_words(way: Implied) -> list[tuple[Text, Text, dt.date]]:
    """Each step of a way as pages say it: what is done, what the area becomes, from which day."""
    return [(LIFE[s.name].label, LIFE.state(LIFE[s.name].target).label, s.on) for s in way.steps]
