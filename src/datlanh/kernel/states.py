"""States of records through two times: what steps say, in the order in which they were decided.

A step says that a record is in a state from a day on, until a later day's step says another.
Of two steps of one day the later decision holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

MOVED = "moved"  # the kind of decision

Timeline = tuple[tuple[dt.date, str], ...]  # from which day, which state; in order of days


class Lasting(NamedTuple):
    """A state from `start` until `end` (exclusive; None: until told otherwise)."""

    state: str
    start: dt.date
    end: dt.date | None


@dataclass(frozen=True, slots=True)
class StateSpan:
    """What was the state of a record, with the decisions between which that was what we knew."""

    record: UUID
    lasting: Lasting
    known_from: int
    known_to: int | None = None


def moved(timeline: Timeline, on: dt.date, state: str) -> Timeline:
    """The timeline with one step more."""
    return tuple(sorted({**dict(timeline), on: state}.items()))


def lasting(timeline: Timeline) -> list[Lasting]:
    """How long each state of a timeline lasts."""
    ends: list[dt.date | None] = [start for start, _ in timeline[1:]]
    return [
        Lasting(state, start, end)
        for (start, state), end in zip(timeline, [*ends, None], strict=False)
    ]


def state_on(timeline: Timeline, on: dt.date) -> str:
    """The state on a day; "" before the first step."""
    return next((state for start, state in reversed(timeline) if start <= on), "")


def newest(timeline: Timeline) -> str:
    """The state that holds until told otherwise; "" without any step."""
    return timeline[-1][1] if timeline else ""


def state_spans(steps: Iterable[tuple[int, UUID, dt.date, str]]) -> list[StateSpan]:
    """Every span there ever was, from steps (decision, record, day, state) in their order."""
    timelines: dict[UUID, Timeline] = {}
    open_now: dict[tuple[UUID, Lasting], int] = {}
    past: list[StateSpan] = []
    for seq, record, on, state in steps:
        before = timelines.get(record, ())
        after = timelines[record] = moved(before, on, state)
        for one in set(lasting(before)) - set(lasting(after)):
            past.append(StateSpan(record, one, open_now.pop((record, one)), seq))
        for one in set(lasting(after)) - set(lasting(before)):
            open_now[record, one] = seq
    past += [StateSpan(record, one, since) for (record, one), since in open_now.items()]
    return sorted(past, key=lambda s: (str(s.record), s.known_from, s.lasting.start))
