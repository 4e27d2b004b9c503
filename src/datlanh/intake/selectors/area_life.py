"""The life of an area as its page tells it: the state, how it came there, what may come next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.hazards.rules import reported_state
from datlanh.hazards.workflow import (
    CAUSES,
    LIFE,
    AreaStep,
    cause_is_given,
    paper_is_named,
    reason_is_given,
)
from datlanh.intake.models import Report
from datlanh.intake.selectors.reports import HEAVY
from datlanh.intake.services.lifecycle import AreaLife, life_of
from datlanh.kernel import clock
from datlanh.kernel.states import MOVED
from datlanh.kernel.text import Text
from datlanh.register.models import Decision, Record, State, Version
from datlanh.register.selectors import AsOf


@dataclass(frozen=True)
class StepTaken:
    """One step of the past, in words."""

    decision: Decision
    on: dt.date
    word: Text
    state: Text
    cause: Text | None
    paper: str
    into: tuple[str, ...] = ()  # the areas that took its place, by id
    because: Record | None = None  # the record that is the cause
    report: Report | None = None  # whose approval it came with


@dataclass(frozen=True)
class StepOffered:
    """A step that may come next, and what its form asks for; `closed` says why it may not."""

    name: str
    word: Text
    target: Text
    closed: Text | None
    asks_note: bool
    asks_cause: bool
    asks_paper: bool


@dataclass(frozen=True)
class Missing:
    """One thing that stands between an area and its handover, and whether it is there."""

    word: Text
    is_there: bool


def state_then(record: Record, version: Version | None, moment: AsOf) -> str:
    """The state at two times: by steps, else as the version of that time says."""
    known = Q(known_to=None) | Q(known_to__gt=moment.known)
    true = Q(true_to=None) | Q(true_to__gt=moment.on)
    found = State.objects.filter(known, true, record_id=record.pk)
    found = found.filter(known_from__lte=moment.known, true_from__lte=moment.on)
    state = found.values_list("state", flat=True).first()
    return state or (reported_state(version.values) if version else LIFE.initial)


def steps_taken(record: Record, moment: AsOf) -> list[StepTaken]:
    """The steps as known after a decision, newest first."""
    found = Decision.objects.filter(record_id=record.pk, kind=MOVED, seq__lte=moment.known)
    decided = list(found.order_by("-seq"))
    named = [UUID(i) for d in decided for i in (*d.data.get("into", ()), *_because(d))]
    records = Record.objects.in_bulk(named) if named else {}
    came = {d.report_id for d in decided if d.report_id}
    reports = Report.objects.defer(*HEAVY).in_bulk(came) if came else {}
    return [
        StepTaken(
            decision=d,
            on=dt.date.fromisoformat(d.data["on"]),
            word=LIFE[d.data["step"]].label,
            state=LIFE.state(d.data["state"]).label,
            cause=CAUSES.get(d.data.get("cause", "")),
            paper=d.data.get("paper", ""),
            into=tuple(
                records[UUID(i)].local_id for i in d.data.get("into", ()) if UUID(i) in records
            ),
            because=next((records.get(UUID(i)) for i in _because(d)), None),
            report=reports.get(d.report_id) if d.report_id else None,
        )
        for d in decided
    ]


def _because(decision: Decision) -> list[str]:
    return [i for i in [decision.data.get("because")] if i]


def steps_offered(record: Record, life: AreaLife, who: User) -> Sequence[StepOffered]:
    """What `who` may do next with an area; empty for those who move none."""
    if not has(who, Permission.AREA_MOVE, record.organisation_id):
        return ()
    return [
        StepOffered(
            name=t.name,
            word=t.label,
            target=LIFE.state(t.target).label,
            closed=_closed(t.name, life, who),
            asks_note=reason_is_given in t.guards,
            asks_cause=cause_is_given in t.guards,
            asks_paper=paper_is_named in t.guards,
        )
        for t in LIFE.leaving(life.state)
        if not t.two_persons  # those are proposed on a page of their own
    ]


def _closed(name: str, life: AreaLife, who: User) -> Text | None:
    """Why not, whatever will be written into the form."""
    today = clock.today()
    best = AreaStep(who.organisation_id, today, today, note="x", cause="other", paper="x")
    return LIFE.refusal(name, life, life.state, best)


def before_closing(life: AreaLife) -> list[Missing]:
    """What an area needs before it is handed over, in its order."""
    reached = {
        "completed": ("completed", "inspected", "closed"),
        "inspected": ("inspected", "closed"),
        "closed": ("closed",),
    }
    return [
        Missing(
            Text("Báo cáo hoàn thành (CLC) được duyệt", "An approved completion report (CLC)"),
            life.completed,
        ),
        Missing(
            Text("Ghi nhận hoàn thành", "Noted as completed"), life.state in reached["completed"]
        ),
        Missing(
            Text("Nghiệm thu đạt", "Accepted after inspection"),
            life.state in reached["inspected"],
        ),
        Missing(Text("Bàn giao", "Handed over"), life.state in reached["closed"]),
    ]


__all__ = [
    "Missing",
    "StepOffered",
    "StepTaken",
    "before_closing",
    "life_of",
    "state_then",
    "steps_offered",
    "steps_taken",
]
