"""Reading the trail: filtered, newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from datlanh.audit.models import Event, Seal, Unsealed
from datlanh.kernel import clock


@dataclass(frozen=True)
class TrailFilter:
    """What of the trail is asked for; None and "" ask for everything.

    `actors` are account ids; `by_system` asks for what nobody did by hand. `subjects` are pairs
    of type and id. Days are the province's, both ends included.
    """

    actors: frozenset[int] | None = None
    by_system: bool = False
    actions: frozenset[str] | None = None
    subjects: frozenset[tuple[str, str]] | None = None
    via: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def events_found(wanted: TrailFilter) -> QuerySet[Event]:
    """The events that fit, in no order yet."""
    found = Event.objects.all()
    if wanted.by_system:
        found = found.filter(actor_id=None)
    elif wanted.actors is not None:
        found = found.filter(actor_id__in=sorted(wanted.actors))
    if wanted.actions is not None:
        found = found.filter(action__in=sorted(wanted.actions))
    if wanted.subjects is not None:
        found = found.filter(_any_of(wanted.subjects))
    if wanted.via:
        found = found.filter(via=wanted.via)
    if wanted.since:
        found = found.filter(at__gte=clock.local_midnight(wanted.since))
    if wanted.until:
        day_after = wanted.until + dt.timedelta(days=1)
        found = found.filter(at__lt=clock.local_midnight(day_after))
    return found


def _any_of(subjects: Iterable[tuple[str, str]]) -> Q:
    any_of = Q(pk__in=[])
    for kind, key in sorted(subjects):
        any_of |= Q(subject_type=kind, subject_id=key)
    return any_of


def event_newest(*actions: str) -> Event | None:
    """The last event of one of these actions."""
    return Event.objects.filter(action__in=actions).order_by("-pk").first()


def events_sealed(after: int, most: int) -> list[tuple[int, Event]]:
    """The events behind a number of the chain, each with its own, in its order.

    What is sealed is committed: who reads on from the last number misses nothing.
    """
    numbers = Seal.objects.filter(number__gt=after).order_by("number")
    pairs = list(numbers.values_list("number", "event_id")[:most])
    events = Event.objects.in_bulk([event for _, event in pairs])
    return [(number, events[event]) for number, event in pairs if event in events]


@dataclass(frozen=True)
class Sealing:
    """How far the chain has got. `waiting_since` is None while everything is sealed."""

    number: int
    sealed_at: dt.datetime | None
    waiting: int
    waiting_since: dt.datetime | None


def sealing_now() -> Sealing:
    """Up to where events are sealed, and what waits."""
    last = Seal.objects.order_by("-number").first()
    waiting = sorted(Unsealed.objects.values_list("event_id", flat=True)[:1000])
    oldest = Event.objects.filter(pk=waiting[0]).first() if waiting else None
    return Sealing(
        number=last.number if last else 0,
        sealed_at=last.sealed_at if last else None,
        waiting=len(waiting),
        waiting_since=oldest.written_at if oldest else None,
    )
