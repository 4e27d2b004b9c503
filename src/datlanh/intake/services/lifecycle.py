"""Steps in the life of a hazardous area: each a decision, kept with its day, reason and paper."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.services import record as audit_record
from datlanh.hazards.rules import reported_state
from datlanh.hazards.selectors.sources import AREA
from datlanh.hazards.workflow import CAUSE_KINDS, DIVIDED, LIFE, AreaStep
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.selectors.causes import cause_named
from datlanh.intake.services.moves import refolds_apply
from datlanh.intake.standing import counting_of
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, DomainError, TransitionError
from datlanh.kernel.states import MOVED, Timeline, moved, newest
from datlanh.kernel.text import Text
from datlanh.register import services as register
from datlanh.register.models import Decision, Record, Version

NO_SUCH_STEP = Text("Không có bước như vậy.", "There is no such step.")
NO_SUCH_THING = Text("Sổ đăng ký không có hồ sơ «{id}».", "The register has no record “{id}”.")
MOVED_MEANWHILE = Text(
    "Tình trạng khu vực vừa được người khác thay đổi. Hãy xem lại.",
    "Somebody has just changed the state of this area. Look at it again.",
)


@dataclass(frozen=True)
class AreaLife:
    """Where an area stands, and what the guards of LIFE ask about it."""

    state: str
    organisations: frozenset[int]
    last_on: dt.date | None
    known_since: dt.date | None
    completed: bool
    released: bool
    is_live: bool


def life_of(record: Record, timeline: Timeline | None = None) -> AreaLife:
    """Where an area stands now, by its steps, else by its newest report."""
    timeline = register.states_known(record.pk) if timeline is None else timeline
    version = Version.objects.filter(record_id=record.pk, known_to=None, true_to=None).first()
    reported = reported_state(version.values) if version else LIFE.initial
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, {"id": record.pk, "local_id": record.local_id})
        since, organisations, completed, released = cursor.fetchone()
    return AreaLife(
        state=newest(timeline) or reported,
        organisations=frozenset(organisations or ()),
        last_on=timeline[-1][0] if timeline else None,
        known_since=since,
        completed=bool(completed),
        released=bool(released),
        is_live=record.is_live,
    )


# After a reopening or a rejected inspection only a completion that was reported since completes it.
# The centre itself is left out of those who worked there: it inspects, that is its office.
_ABOUT = """
with again as (
  select coalesce(max(d.seq), 0) as seq, max((d.data->>'on')::date) as on_day
    from register_decision d
   where d.record_id = %(id)s and d.kind = 'moved' and d.data->>'step' in ('reopen', 'reject')
), released as (
  select r.id, r.organisation_id, v.values->>'reported_status' as status, r.local_id,
         v.known_from, v.true_from
    from register_record r
    join register_version v on v.record_id = r.id and v.known_to is null and v.true_to is null
   where r.kind = 'land_release' and r.is_live
     and (datlanh_ids_in(v.values->>'cha_ids') && array[%(local_id)s::text]
          or exists (select 1 from register_link k where k.known_to is null and k.holds
                        and ((k.a_id = r.id and k.b_id = %(id)s)
                             or (k.b_id = r.id and k.a_id = %(id)s))))
)
select (select min(true_from) from register_version where record_id = %(id)s and known_to is null),
       (select array_agg(distinct o.id) from organisations_organisation o
         where not o.is_centre and o.id in (
           select organisation_id from released
           union select organisation_id from intake_report
                  where record_id = %(id)s and state = 'approved')),
       exists (select 1 from released l, again
                where (status = 'completed' or (status is null and local_id like 'HR-CLC-%%'))
                  and l.known_from > again.seq
                  and (again.on_day is null or l.true_from >= again.on_day)),
       exists (select 1 from released)
"""


def is_divided(record_id: UUID) -> bool:
    """Whether the area gave way to others, so that what comes in about it wants a choice."""
    return newest(register.states_known(record_id)) in DIVIDED


@transaction.atomic
def area_move(
    *,
    local_id: str,
    step: str,
    by: User,
    on: dt.date,
    seen: str,
    note: str = "",
    cause: str = "",
    because: str = "",
    paper: str = "",
) -> Decision:
    """Take one step of LIFE with an area, true from a day on; `seen` is the state looked at.

    `because` is the id of the record that is the cause: the accident, the missed item's.

    Raises:
        Record.DoesNotExist: absent, or outside the scope of `area:move`.
        DomainError: the cause is no record within what one may read.
        ConflictError: somebody took a step meanwhile.
        TransitionError: not possible now, or not by this person.
    """
    visible = scope_for(by, Permission.AREA_MOVE).q("organisation_id")
    found = Record.objects.filter(visible).get(local_id=local_id, kind=AREA)
    (record,) = register.records_lock([found.pk])
    timeline = register.states_known(record.pk)
    life = life_of(record, timeline)
    if life.state != seen:
        raise ConflictError(MOVED_MEANWHILE, code="moved_meanwhile")
    thing = _thing(because, cause, by)
    attempt = AreaStep(
        by.organisation_id,
        on,
        clock.today(),
        note=note,
        cause=cause,
        cause_kind=thing.kind if thing else "",
        paper=paper,
    )
    return step_take(
        record=record, step=step, life=life, attempt=attempt, by=by, before=timeline, thing=thing
    )


def _thing(because: str, cause: str, by: User) -> Record | None:
    """The record that is the cause; only some causes have one."""
    if not because.strip() or cause not in CAUSE_KINDS:
        return None
    thing = cause_named(because, by)
    if thing is None or not thing.is_live:
        raise DomainError(NO_SUCH_THING, code="no_such_thing", id=because.strip()[:40])
    return thing


@transaction.atomic
def step_take(
    *,
    record: Record,
    step: str,
    life: AreaLife,
    attempt: AreaStep,
    by: User,
    before: Timeline,
    report_id: int | None = None,
    thing: Record | None = None,
) -> Decision:
    """Take one step with a locked area whose life and timeline are those given.

    `report_id` is the report whose approval the step came with, `thing` the record that is its
    cause.

    Raises TransitionError: not possible now, or not by this person.
    """
    if step not in LIFE:
        raise TransitionError(NO_SUCH_STEP)
    target = LIFE.check(step, life, life.state, attempt).target
    plan = register.refold_plan(
        record=record,
        counting=counting_of(record.pk),
        projector=PROJECTORS[AREA],
        state=newest(moved(before, attempt.on, target)),
    )
    told = {"step": step, "from": life.state, "state": target, "on": attempt.on.isoformat()}
    because = str(thing.pk) if thing else ""
    more = (("cause", attempt.cause), ("because", because), ("paper", attempt.paper.strip()))
    told |= {name: said for name, said in more if said}
    note = attempt.note.strip()
    decision = register.decision_add(
        kind=MOVED, by=by, record_id=record.pk, report_id=report_id, note=note, data=told
    )
    register.state_set(
        record_id=record.pk, before=before, on=attempt.on, state=target, seq=decision.seq
    )
    refolds_apply([plan], seq=decision.seq)
    audit_record("area.move", record, by=by, before={"state": life.state}, after=told, note=note)
    return decision
