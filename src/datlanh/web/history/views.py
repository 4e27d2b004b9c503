"""The history of the house: who did what, when, from where. Needs no right to persons."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.audit import heads
from datlanh.audit.sealing import heads_folder
from datlanh.audit.selectors import sealing_now
from datlanh.delivery.qr import text_qr
from datlanh.delivery.words import STATES
from datlanh.intake.selectors.history import DOORS
from datlanh.intake.selectors.paging import Cursor
from datlanh.intake.selectors.people import bundle_label
from datlanh.intake.selectors.trail import SYSTEM_WORD, Line, TrailQuery, trail_page
from datlanh.kernel.text import Text
from datlanh.kernel.text import day as written_day
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.history.words import (
    ACTIONS,
    KINDS,
    NUMBER_STATES,
    READ_BY_THE_HOUSE,
    SUBJECTS,
    VALUES,
)
from datlanh.web.reports.filters import Chip, Option, without

SIZE = 50
SHOWN_VALUES = 12
# A key of the database: what it stands for is shown beside.
IS_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WORDS = {"state": STATES | NUMBER_STATES, "channel": DOORS}
# Sums and whole tables tell a reader nothing.
UNTOLD = frozenset({"digest", "sha256", "permissions", "label_vi", "label_en"})


@dataclass(frozen=True)
class Change:
    """One value, before and after; either may be missing."""

    name: str | Text
    before: str | Text | None
    after: str | Text | None


@dataclass(frozen=True)
class Told:
    """One event in the words of the page."""

    line: Line
    what: Text
    about: Text | None  # the kind of thing it is about
    name: str | Text
    href: str
    door: Text | None
    changes: list[Change]
    note: str


@never_cache
@require_safe
@opens(Permission.AUDIT_READ)
def history(request: StaffRequest) -> HttpResponse:
    """`/history/`: events newest first, narrowed by what stands in the address."""
    asked, kind, action = _asked(request)
    cursor = Cursor.read(request.GET.get("after"), request.GET.get("before"))
    page = trail_page(request.user, asked, cursor, size=SIZE)
    context = {
        "page": page,
        "lines": [_told(line, request) for line in page.lines],
        "asked": asked,
        "kinds": [Option(key, title, key == kind) for key, (title, _actions) in KINDS.items()],
        "actions": [
            (title, [Option(key, text, key == action) for key, text in actions.items()])
            for title, actions in KINDS.values()
        ],
        "doors": [Option(key, text, key == asked.via) for key, text in DOORS.items()],
        "chips": _chips(request, asked, kind, action),
        "sealing": sealing_now(),
        "head": heads.newest(heads_folder()),
    }
    return render(request, "web/history/list.html", context)


@never_cache
@require_safe
@opens(Permission.AUDIT_READ)
def head(request: StaffRequest) -> HttpResponse:
    """`/history/head/`: the newest signed head as a sheet to print and put away."""
    newest = heads.newest(heads_folder())
    context: dict[str, Any] = {
        "head": newest,
        "crumbs": [(_("History"), reverse("web:history")), (_("Sealed head"), "")],
    }
    if newest is not None:
        context |= {
            "link": _parts(newest.link, 4),
            "signature": _parts(newest.signature, 8),
            "at": dt.datetime.fromisoformat(newest.at),
            "code": text_qr(f"datlanh-head {newest.number}:{newest.link} {newest.signature}"),
        }
    return render(request, "web/history/head.html", context)


def _parts(text: str, length: int) -> list[str]:
    return [text[i : i + length] for i in range(0, len(text), length)]


def _asked(request: HttpRequest) -> tuple[TrailQuery, str, str]:
    get = request.GET.get
    kind, action = get("kind", ""), get("action", "")
    kind, action = (kind if kind in KINDS else ""), (action if action in ACTIONS else "")
    actions = None
    if action:
        actions = frozenset({action})
    elif kind:
        actions = frozenset(KINDS[kind][1])
    asked = TrailQuery(
        who=get("who", "").strip()[:60],
        actions=actions,
        record=get("record", "").strip()[:60],
        via=get("via", "") if get("via", "") in DOORS else "",
        since=_day(get("since", "")),
        until=_day(get("until", "")),
    )
    return asked, kind, action


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _chips(request: HttpRequest, asked: TrailQuery, kind: str, action: str) -> list[Chip]:
    system = Text("hệ thống", "the system")
    found: list[tuple[str, str, str | Text | None]] = [
        ("who", _("Who"), system if asked.who == SYSTEM_WORD else asked.who),
        ("kind", _("Kind"), KINDS[kind][0] if kind else ""),
        ("action", _("What"), ACTIONS[action] if action else ""),
        ("record", _("Record, report or account"), asked.record),
        ("via", _("From where"), DOORS[asked.via] if asked.via else ""),
        ("since", _("Since"), written_day(asked.since) if asked.since else ""),
        ("until", _("Until"), written_day(asked.until) if asked.until else ""),
    ]
    return [Chip(word, value, without(request.GET, name)) for name, word, value in found if value]


def _told(line: Line, request: StaffRequest) -> Told:
    event = line.event
    return Told(
        line=line,
        what=ACTIONS.get(event.action, Text(event.action, event.action)),
        about=SUBJECTS.get(event.subject_type),
        name=READ_BY_THE_HOUSE.get(line.name, line.name),
        href=_href(line, request.user),
        door=DOORS.get(event.via),
        changes=_changes(line) if line.tells or event.subject_type == "person" else [],
        note=event.note if line.tells else "",
    )


def _href(line: Line, who: User) -> str:
    """Where the subject is shown, for those who may open it."""
    kind, name = line.event.subject_type, line.name
    if not name or name in READ_BY_THE_HOUSE:
        return ""
    if kind in {"report", "person"} and name.startswith("BC-"):
        reads = has(who, Permission.REPORT_READ)
        return reverse("web:report", args=(name,)) if reads else ""
    if kind in {"record", "person", "runningnumber"}:
        reads = has(who, Permission.RECORD_READ)
        return f"{reverse('web:search')}?{urlencode({'q': name})}" if reads else ""
    if kind == "user" and has(who, Permission.USER_MANAGE):
        return reverse("web:account", args=(int(line.event.subject_id),))
    return ""


def _changes(line: Line) -> list[Change]:
    """Each value that became another, in the order it was kept."""
    before, after = line.event.before or {}, line.event.after or {}
    names = [n for n in {**before, **after} if n not in UNTOLD and before.get(n) != after.get(n)]
    return [
        Change(VALUES.get(name, name), _said(name, before), _said(name, after))
        for name in names[:SHOWN_VALUES]
        if after.get(name) != [] and not IS_KEY.fullmatch(str(after.get(name)))
    ]


def _said(name: str, values: dict[str, Any]) -> str | Text | None:
    value = values.get(name)
    if value is None:
        return None
    if name == "purpose":
        return bundle_label(str(value))
    if name in WORDS and str(value) in WORDS[name]:
        return WORDS[name][str(value)]
    if isinstance(value, bool):
        return Text("có", "yes") if value else Text("không", "no")
    if name == "persons" and isinstance(value, list):
        return str(len(value))  # references say nothing to a reader
    return _listed(value)


def _listed(value: Any) -> str:
    if isinstance(value, dict):
        value = [f"{key}: {each}" for key, each in value.items()]
    if isinstance(value, list):
        shown = ", ".join(str(each) for each in value[:SHOWN_VALUES])
        return f"{shown} …" if len(value) > SHOWN_VALUES else shown
    return str(value)
