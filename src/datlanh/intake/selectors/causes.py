"""What an area may have been reopened for: an accident, an item found; and what was."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Polygon as GeosPolygon
from django.db.models import Q
from django.db.models.expressions import RawSQL
from shapely import from_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import Scope, scope_for
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.selectors.sources import RELEASE
from datlanh.hazards.workflow import CAUSE_KINDS, CAUSES
from datlanh.intake.projectors import PROJECTORS
from datlanh.kernel import geometry
from datlanh.kernel.ids import propose, spellings
from datlanh.kernel.states import MOVED
from datlanh.kernel.text import LANGUAGES, NBSP, Text, number
from datlanh.register.models import Decision, Link, Record, State

NEAR_M, DEGREE_M = 500.0, 100_000
MOST = 8  # of one cause
RELATIONS = ("accident_area", "eod_area", "release_area")
LINKED = Text("đã liên kết", "linked")
AWAY = Text("cách {metres}{gap}m", "{metres}{gap}m away")
INSIDE = Text("trong khu vực", "inside the area")


@dataclass(frozen=True)
class Thing:
    """A record that may be the cause, and what speaks for it."""

    cause: str
    record_id: UUID
    kind: str
    local_id: str
    on: dt.date
    is_linked: bool
    distance_m: float | None

    @property
    def told(self) -> Text | None:
        """What speaks for it, in words."""
        if self.is_linked:
            return LINKED
        if self.distance_m is None:
            return None
        if self.distance_m == 0:
            return INSIDE
        away = round(self.distance_m)
        return Text(*(AWAY.say(v, metres=number(away, v), gap=NBSP) for v in LANGUAGES))


@dataclass(frozen=True)
class ReopenedFor:
    """An area that was reopened because of a record."""

    area: Record
    cause: Text
    decision: Decision


def causes_for(area: Record, who: User) -> list[Thing]:
    """Records that may be why an area is reopened: linked or near, the surest first.

    Only what happened since the work there was reported as done: what was found before is no
    reason to open it again.
    """
    row = HazardousArea.objects.filter(pk=area.pk).first()
    if row is None:
        return []
    ground = from_wkb(bytes(row.outline.wkb)) if row.outline is not None else None
    done = State.objects.filter(record_id=area.pk, known_to=None, state="completed")
    since = done.order_by("-true_from").values_list("true_from", flat=True).first()
    linked = _linked(area)
    scope = scope_for(who, Permission.RECORD_READ)
    found = []
    for cause, kinds in CAUSE_KINDS.items():
        things = [t for kind in kinds for t in _things(cause, kind, scope, ground, linked)]
        things = [t for t in things if since is None or _is_after(t, since)]
        things.sort(key=lambda t: (not t.is_linked, t.distance_m or 0, t.local_id))
        found += things[:MOST]
    return found


def _is_after(thing: Thing, done: dt.date) -> bool:
    """The area's own completion is of the very day, and no reason."""
    return thing.on > done if thing.kind == RELEASE else thing.on >= done


def _linked(area: Record) -> set[UUID]:
    held = Link.objects.filter(b=area.pk, relation__in=RELATIONS, known_to=None, holds=True)
    return set(held.values_list("a_id", flat=True))


def _things(
    cause: str, kind: str, scope: Scope, ground: BaseGeometry | None, linked: set[UUID]
) -> list[Thing]:
    rows = PROJECTORS[kind].row_model._default_manager.filter(scope.q("organisation_id"))
    near = Q(pk__in=linked)
    if ground is not None:
        west, south, east, north = ground.bounds
        reach = NEAR_M / DEGREE_M
        box = GeosPolygon.from_bbox((west - reach, south - reach, east + reach, north + reach))
        near |= Q(position__bboverlaps=box)
    found = []
    for pk, local_id, on, position in rows.filter(near).values_list(
        "pk", "local_id", "true_from", "position"
    ):
        away = _away(ground, position)
        if pk in linked or (away is not None and away <= NEAR_M):
            found.append(Thing(cause, pk, kind, local_id, on, pk in linked, away))
    return found


def _away(ground: BaseGeometry | None, position: Any) -> float | None:
    if ground is None or position is None:
        return None
    plane = geometry.plane_for(ground)
    at = geometry.to_plane(from_wkb(bytes(position.wkb)), plane)
    return float(geometry.to_plane(ground, plane).distance(at))


def cause_named(local_id: str, who: User) -> Record | None:
    """The record of that id within what `who` may read, in whatever spelling."""
    meant = propose(local_id)
    visible = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    named = spellings(str(meant) if meant else local_id.strip())
    return Record.objects.filter(visible, local_id__in=named).first()


def reopened_for(record: Record, who: User) -> list[ReopenedFor]:
    """The areas that were reopened because of a record, within what `who` may read."""
    because = RawSQL("data->>'because'", ())
    made = Decision.objects.filter(kind=MOVED, data__has_key="because").annotate(because=because)
    decided = list(made.filter(because=str(record.pk)).order_by("seq"))
    visible = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    areas = Record.objects.filter(visible, pk__in={d.record_id for d in decided if d.record_id})
    known = {a.pk: a for a in areas}
    return [
        ReopenedFor(known[d.record_id], CAUSES[d.data["cause"]], d)
        for d in decided
        if d.record_id in known
    ]
