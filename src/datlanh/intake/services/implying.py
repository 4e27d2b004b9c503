"""Taking the steps that a report implies: ticked by an officer, in one transaction with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.implied import AREA, Told, steps_to
from datlanh.hazards.workflow import AreaStep
from datlanh.intake.models import Report
from datlanh.intake.selectors.implied import implied_by, reason_for
from datlanh.intake.selectors.steps_left import steps_left
from datlanh.intake.services.lifecycle import MOVED_MEANWHILE, life_of, step_take
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, TransitionError
from datlanh.kernel.text import Text
from datlanh.register import services as register
from datlanh.register.models import Decision, Record

NOT_IMPLIED = Text(
    "Báo cáo không còn dẫn đến bước này của khu vực {id}.",
    "The report no longer leads to this step of the area {id}.",
)


@dataclass(frozen=True)
class Ticked:
    """A way an officer ticked: the area, the state it was seen in, and the state to reach."""

    area: str
    seen: str
    target: str


def ticked_read(values: Iterable[str]) -> list[Ticked]:
    """Ways as a form sends them (`Implied.value`); TransitionError for anything else."""
    found = []
    for value in values:
        parts = value.split("|")
        if len(parts) != 3:
            raise TransitionError(Text(*(NOT_IMPLIED.say(v, id="") for v in ("vi", "en"))))
        found.append(Ticked(*parts))
    return found


def areas_ticked(ticked: Sequence[Ticked], by: User) -> dict[str, UUID]:
    """The areas that are to move, by id. Raises Record.DoesNotExist out of the scope."""
    visible = scope_for(by, Permission.AREA_MOVE).q("organisation_id")
    wanted = {t.area for t in ticked}
    found = Record.objects.filter(visible, kind=AREA, local_id__in=wanted)
    ids = dict(found.values_list("local_id", "pk"))
    if len(ids) != len(wanted):
        raise Record.DoesNotExist
    return ids


def implied_take(
    *,
    report: Report,
    record: Record,
    values: Mapping[str, Any],
    ticked: Sequence[Ticked],
    areas: Mapping[str, Record],
    by: User,
) -> list[Decision]:
    """Take the ticked ways of locked areas, after the report's approval counts.

    Raises:
        ConflictError: an area moved since it was looked at, or the report implies it no more.
        TransitionError: not possible now, or not by this person.
    """
    if not ticked:
        return []
    offered = {(w.area.local_id, w.told.state): w for w in implied_by(report, values, by, record)}
    made: list[Decision] = []
    begun: dict[str, str] = {}
    for one in ticked:
        area = areas[one.area]
        state = begun.setdefault(one.area, life_of(area).state)
        if state != one.seen:
            raise ConflictError(MOVED_MEANWHILE, code="moved_meanwhile")
        way = offered.get((one.area, one.target))
        if way is None:
            raise ConflictError(NOT_IMPLIED, code="not_implied", id=one.area)
        made += way_take(
            area=area, told=way.told, by=by, source=report.receipt, report_id=report.pk
        )
    return made


@transaction.atomic
def way_take(
    *, area: Record, told: Told, by: User, source: str, report_id: int | None = None
) -> list[Decision]:
    """Every step of a locked area to what is told of it, from where it stands now.

    `source` names what tells it, where no report of the decision does, or no reason is told.
    """
    made: list[Decision] = []
    life = life_of(area)
    for step in steps_to(told, life.state, life.last_on, life.known_since):
        timeline = register.states_known(area.pk)
        life = life_of(area, timeline)
        note = told.reason if step.name == "suspend" else ""
        if not note and (report_id is None or step.name == "suspend"):
            note = reason_for(source)
        attempt = AreaStep(by.organisation_id, step.on, clock.today(), note=note)
        made.append(
            step_take(
                record=area,
                step=step.name,
                life=life,
                attempt=attempt,
                by=by,
                before=timeline,
                report_id=report_id,
            )
        )
    return made


@transaction.atomic
def left_take(*, ticked: Sequence[Ticked], by: User) -> list[Decision]:
    """Take ways of the work list of steps that were left: all of them, or none.

    Raises:
        Record.DoesNotExist: an area is absent, or out of scope.
        ConflictError: an area moved since it was looked at, or nothing implies the way any more.
        TransitionError: not possible now, or not by this person.
    """
    moving = areas_ticked(ticked, by)
    locked = {r.pk: r for r in register.records_lock(moving.values())}
    made: list[Decision] = []
    for one in ticked:
        area = locked[moving[one.area]]
        left = next(iter(steps_left(by, areas=[area]).rows), None)
        if left is None or (left.way.state, left.way.told.state) != (one.seen, one.target):
            raise ConflictError(MOVED_MEANWHILE, code="moved_meanwhile")
        told = left.way.told
        made += way_take(area=area, told=told, by=by, source=left.source.local_id)
    return made
