"""The audit trail for people: who may read how much of it, and what its references stand for.

No permission on persons is needed: an event holds references, and of a reading only whose
bundle it was. What changed in reports and records, and what was noted, is shown to those who
may read these anyway; to others the event alone.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from datlanh.accounts.models import Device, Grant, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import Scope, scope_for
from datlanh.audit.models import Event
from datlanh.audit.selectors import TrailFilter, events_found
from datlanh.intake.models import Held, Report
from datlanh.intake.selectors.paging import Cursor, Page, page_of
from datlanh.kernel.ids import spellings
from datlanh.organisations.models import Organisation, RunningNumber, Team
from datlanh.register.models import Record

# What concerns the running of the house, and no report or record: told whole to who may read it.
OF_THE_HOUSE = frozenset(
    {
        "audit",
        "backup",
        "device",
        "export",
        "expectation",
        "exemption",
        "formproposal",
        "formversion",
        "gazetteeredition",
        "grant",
        "heads",
        "nightlyrun",
        "numberrange",
        "ordnance",
        "organisation",
        "register",
        "reminder",
        "role",
        "setting",
        "strikeset",
        "team",
        "user",
        "villages",
    }
)


@dataclass(frozen=True)
class TrailQuery:
    """What a person asks for, in a person's words."""

    who: str = ""  # part of a user name or full name; "system"
    actions: frozenset[str] | None = None
    record: str = ""  # a receipt, an id of a record, a running number, a user name
    via: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Line:
    """One event as it may be told. `name` is what the subject is called, "" when it is gone."""

    event: Event
    name: str
    tells: bool  # whether what changed and what was noted may be shown


@dataclass(frozen=True)
class TrailPage:
    """One page, newest first, with cursors as in `paging`."""

    lines: list[Line]
    newer: int | None
    older: int | None


SYSTEM_WORD = "system"


def trail_page(who: User, asked: TrailQuery, cursor: Cursor, *, size: int) -> TrailPage:
    """What happened, newest first, as far as `who` may read the trail.

    A grant within one organisation reads what that organisation's accounts did.
    """
    scope = scope_for(who, Permission.AUDIT_READ)
    found = events_found(_filter(asked))
    if not scope.everything:
        found = found.filter(actor_id__in=User.objects.filter(scope.q()).values("pk"))
    page: Page[Event] = page_of(found, cursor, size=size)
    names = _names(page.rows)
    reads = scope_for(who, Permission.REPORT_READ)
    lines = [
        Line(event, names.get((event.subject_type, event.subject_id), ""), _tells(event, reads))
        for event in page.rows
    ]
    return TrailPage(lines, page.newer, page.older)


def _tells(event: Event, reads: Scope) -> bool:
    return event.subject_type in OF_THE_HOUSE or reads.everything


def _filter(asked: TrailQuery) -> TrailFilter:
    actors = None
    if asked.who and asked.who != SYSTEM_WORD:
        like = Q(username__icontains=asked.who) | Q(full_name__icontains=asked.who)
        actors = frozenset(User.objects.filter(like).values_list("pk", flat=True)[:500])
    return TrailFilter(
        actors=actors,
        by_system=asked.who == SYSTEM_WORD,
        actions=asked.actions,
        subjects=_subjects(asked.record.strip()) if asked.record.strip() else None,
        via=asked.via,
        since=asked.since,
        until=asked.until,
    )


def _subjects(word: str) -> frozenset[tuple[str, str]]:
    """Everything a receipt, an id of a record, a number or a user name may stand for."""
    upper = word.upper()
    ids = {*spellings(upper), *spellings(upper.removeprefix("FR-"))}
    found: set[tuple[str, str]] = {("person", upper), *(("person", i) for i in ids)}
    reports = Report.objects.filter(
        Q(receipt=upper) | Q(record_local_id__in=ids) | Q(record_id__in=_records(ids))
    )
    for pk, receipt in reports.values_list("pk", "receipt")[:500]:
        found |= {("report", str(pk)), ("person", receipt)}
    found |= {("record", str(pk)) for pk in _records(ids)} | {("record", i) for i in ids}
    numbers = RunningNumber.objects.filter(local_id__in=ids).values_list("pk", flat=True)
    found |= {("runningnumber", str(pk)) for pk in numbers}
    users = list(User.objects.filter(username=word.lower()).values_list("pk", flat=True))
    found |= {("user", str(pk)) for pk in users}
    grants = Grant.objects.filter(user_id__in=users).values_list("pk", flat=True)
    phones = Device.objects.filter(user_id__in=users).values_list("pk", flat=True)
    found |= {("grant", str(pk)) for pk in grants} | {("device", str(pk)) for pk in phones}
    return frozenset(found)


def _records(ids: Iterable[str]) -> list[object]:
    return list(Record.objects.filter(local_id__in=set(ids)).values_list("pk", flat=True))


def _names(events: list[Event]) -> dict[tuple[str, str], str]:
    """What subjects are called, one query for each kind on the page."""
    keys: dict[str, set[str]] = defaultdict(set)
    for event in events:
        if event.subject_id:
            keys[event.subject_type].add(event.subject_id)
    names: dict[tuple[str, str], str] = {}
    for kind, named in _NAMED.items():
        # A record's key is a UUID where it is one, and else already the id people know.
        wanted = {k for k in keys.get(kind, ()) if k.isdigit() or len(k) == UUID_LENGTH}
        if wanted:
            names |= {(kind, str(pk)): str(name) for pk, name in named(wanted)}
    for kind in ("backup", "person", "record", "organisation"):
        for key in keys.get(kind, ()):
            names.setdefault((kind, key), key)
    return names


Named = Callable[[set[str]], Iterable[tuple[object, object]]]
UUID_LENGTH = 36
_NAMED: dict[str, Named] = {
    "report": lambda k: Report.objects.filter(pk__in=k).values_list("pk", "receipt"),
    "record": lambda k: Record.objects.filter(pk__in=k).values_list("pk", "local_id"),
    "held": lambda k: ((held.pk, held.receipt) for held in Held.objects.filter(pk__in=k)),
    "user": lambda k: User.objects.filter(pk__in=k).values_list("pk", "username"),
    "grant": lambda k: Grant.objects.filter(pk__in=k).values_list("pk", "user__username"),
    "device": lambda k: Device.objects.filter(pk__in=k).values_list("pk", "name"),
    "team": lambda k: Team.objects.filter(pk__in=k).values_list("pk", "name"),
    "organisation": lambda k: Organisation.objects.filter(pk__in=k).values_list("pk", "key"),
    "runningnumber": lambda k: RunningNumber.objects.filter(pk__in=k).values_list("pk", "local_id"),
}
