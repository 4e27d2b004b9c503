"""States of records: derived from decisions, and computed again from nothing else."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from datlanh.audit.rows import write
from datlanh.kernel.states import MOVED, StateSpan, Timeline, lasting, moved, newest, state_spans
from datlanh.register.bulk import Columns, rows_copy
from datlanh.register.models import Decision, State


def states_known(record_id: UUID) -> Timeline:
    """The states of a record as known now."""
    found = State.objects.filter(record_id=record_id, known_to=None).order_by("true_from")
    return tuple(found.values_list("true_from", "state"))


def state_set(*, record_id: UUID, before: Timeline, on: dt.date, state: str, seq: int) -> None:
    """Keep that a locked record, whose timeline was `before`, is in `state` from a day on."""
    after = moved(before, on, state)
    for gone in set(lasting(before)) - set(lasting(after)):
        write(_CLOSE, [seq, record_id, gone.start])
    for new in sorted(set(lasting(after)) - set(lasting(before)), key=lambda s: s.start):
        write(_OPEN, [record_id, new.state, new.start, new.end, seq])


_CLOSE = """
update register_state set known_to = %s
 where record_id = %s and true_from = %s and known_to is null
"""
_OPEN = """
insert into register_state (record_id, state, true_from, true_to, known_from)
values (%s, %s, %s, %s, %s)
"""


def states_rebuild() -> int:
    """Write every state anew; the table is empty. Returns how many rows it has now."""
    spans = states_replayed()
    rows_copy(State, [state_row(span) for span in spans])
    return len(spans)


def states_replayed() -> list[StateSpan]:
    """Every state there must be, from decisions alone."""
    decided = Decision.objects.filter(kind=MOVED, record_id__isnull=False).order_by("seq")
    return state_spans(
        (seq, record, dt.date.fromisoformat(data["on"]), data["state"])
        for seq, record, data in decided.values_list("seq", "record_id", "data").iterator()
        if record is not None
    )


def states_newest() -> dict[UUID, str]:
    """The state that each record with any step is in now, from decisions alone."""
    timelines: dict[UUID, Timeline] = {}
    decided = Decision.objects.filter(kind=MOVED, record_id__isnull=False).order_by("seq")
    for record, data in decided.values_list("record_id", "data").iterator():
        if record is not None:
            day = dt.date.fromisoformat(data["on"])
            timelines[record] = moved(timelines.get(record, ()), day, data["state"])
    return {record: newest(timeline) for record, timeline in timelines.items()}


def state_row(span: StateSpan) -> Columns:
    """The columns of the row that keeps a span."""
    return {
        "record_id": span.record,
        "state": span.lasting.state,
        "true_from": span.lasting.start,
        "true_to": span.lasting.end,
        "known_from": span.known_from,
        "known_to": span.known_to,
    }
