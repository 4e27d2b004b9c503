"""What a report implies for the life of an area: how far the work is, and which steps lead there.

Pure. A report moves no area by itself: what is implied is offered to the officer who decides it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datlanh.hazards.rules import reported_state

AREA, RELEASE, PROGRESS = "hazardous_area", "land_release", "clearance_progress"
TELLING = (AREA, RELEASE, PROGRESS)  # kinds of records whose reports tell of an area's work

# From a state to the one a report tells of, over the steps of `hazards.workflow.LIFE`.
LEADS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("indication", "sha"): ("suspect",),
    ("indication", "cha"): ("confirm",),
    ("sha", "cha"): ("confirm",),
    ("cha", "ongoing"): ("start",),
    ("tasked", "ongoing"): ("start",),
    ("suspended", "ongoing"): ("resume",),
    ("cha", "suspended"): ("start", "suspend"),
    ("tasked", "suspended"): ("start", "suspend"),
    ("ongoing", "suspended"): ("suspend",),
    ("cha", "completed"): ("complete",),
    ("tasked", "completed"): ("complete",),
    ("ongoing", "completed"): ("complete",),
    ("suspended", "completed"): ("complete",),
}
BEGINS = ("start", "resume")  # these are of the day on which the work began
# Of an area this much may be without a release, and its completion is still taken for granted:
# outlines of releases are measured anew in the field.
REST_SHARE = 0.01


@dataclass(frozen=True)
class Told:
    """How far the work on an area is by a report, since when, on which day, and why."""

    state: str  # of LIFE
    since: dt.date
    on: dt.date
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """One step that a report implies, with its day."""

    name: str
    on: dt.date


def told_by(kind: str, values: Mapping[str, Any], on: dt.date | None) -> Told | None:
    """What a report about a record of `kind` tells of the work; None where it tells nothing.

    `on` is its date of information. A clearance that is done completes the area where nothing
    of it remains; elsewhere the work goes on, which the caller asks for (`going_on`).
    """
    if on is None:
        return None
    since = min(_day(values.get("start_date")) or on, on)
    if kind == PROGRESS:
        return Told("ongoing", since, on)
    if kind == RELEASE:
        state = {"completed": "completed", "suspended": "suspended"}.get(_text(values))
        reason = str(values.get("suspension_reasons") or "").strip()
        return Told(state, since, on, reason) if state else None
    if kind != AREA:
        return None
    return Told(reported_state(values), on, on)


def going_on(told: Told) -> Told:
    """The same work, of which more is to come."""
    return Told("ongoing", told.since, told.on)


def steps_to(
    told: Told, state: str, last_on: dt.date | None, known_since: dt.date | None
) -> tuple[Step, ...]:
    """The steps from where an area stands to what a report tells; empty where none lead there.

    What was told before the newest step is old news. So is work that began before a suspension,
    which says nothing of work after it.
    """
    names = LEADS.get((state, told.state), ())
    if last_on is not None and told.on < last_on:
        return ()
    if names == ("resume",) and last_on is not None and told.since <= last_on:
        return ()
    floor = max((day for day in (last_on, known_since) if day), default=told.since)
    began = min(max(told.since, floor), told.on)
    return tuple(Step(name, began if name in BEGINS else told.on) for name in names)


def is_done(rest_m2: float | None, area_m2: float | None) -> bool:
    """Whether so little of an area is without a release that it may be called complete."""
    return rest_m2 is not None and area_m2 is not None and rest_m2 <= REST_SHARE * area_m2


def _text(values: Mapping[str, Any]) -> str:
    return str(values.get("reported_status") or "")


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None
