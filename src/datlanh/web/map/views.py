"""The map page and the card of what is chosen on it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import Scope, scope_for
from datlanh.hazards.models import EvidencePoint, OrdnanceItem
from datlanh.hazards.selectors import AreaFilter, ListedRecord, ReleaseFilter
from datlanh.hazards.selectors.lists import area_get, release_get
from datlanh.kernel import clock
from datlanh.kernel.text import day
from datlanh.places.selectors import is_outlined_officially, strike_years
from datlanh.register.models import Record, Row
from datlanh.web.areas.filters import Words, chips_of, choices_of, times_of
from datlanh.web.areas.lists import names_beside
from datlanh.web.guards import StaffRequest, opens


@opens(Permission.MAP_READ)
def register_map(request: StaffRequest) -> HttpResponse:
    """`/map/`: areas, releases and points within the scope, with the filters of the list."""
    wanted = AreaFilter.from_query(request.GET)
    words = Words(request.user, Permission.MAP_READ)
    moment = wanted.asof
    first = moment.on.replace(day=1)
    following = (first + dt.timedelta(days=62)).replace(day=1) - dt.timedelta(days=1)
    context = {
        "wanted": wanted,
        "in_force": chips_of(wanted, words),
        "options": choices_of(wanted, words),
        "asof": moment,
        "tiles": reverse("api:tile", args=(0, 0, 0)).replace("0/0/0", "{z}/{x}/{y}"),
        "basemap": reverse("api:basemap"),
        "legend": reverse("api:legend"),
        "strikes": reverse("api:strikes", args=(0, 0, 0)).replace("0/0/0", "{z}/{x}/{y}"),
        "strike_years": strike_years(),
        "cards": reverse("web:map_card", args=("KIND", "ID"))
        .replace("KIND", "{kind}")
        .replace("ID", "{id}"),
        "list": f"{reverse('web:areas')}?{wanted.query()}",
        "month_before": f"?{wanted.query(as_of=first - dt.timedelta(days=1))}",
        "month_after": f"?{wanted.query(as_of=following)}" if following < clock.today() else "",
        "today": f"?{wanted.query(as_of=None, known=None)}",
        "query": wanted.query(),
        "word": day(moment.on),
        "approximate": not is_outlined_officially(clock.today()),
    }
    return render(request, "web/map/map.html", context)


@opens(Permission.MAP_READ)
def card(request: StaffRequest, kind: str, id: str) -> HttpResponse:
    """`/map/card/{area|release|point}/{id}?on=&known=`: a fragment; 404 outside the scope."""
    if kind == "point":
        return _point(request, id)
    scope, wanted = scope_for(request.user, Permission.MAP_READ), AreaFilter.from_query(request.GET)
    times = times_of(wanted)
    row: ListedRecord
    if kind == "area":
        row = area_get(scope, _uuid(id), wanted)
    elif kind == "release":
        then = ReleaseFilter(as_of=wanted.as_of, known=wanted.known)
        row = release_get(scope, _uuid(id), then)
    else:
        raise Http404
    context = {
        "row": row,
        "times": times,
        "words": Words(request.user, Permission.MAP_READ),
        **names_beside([row]),
    }
    return render(request, f"web/map/_{kind}.html", context)


def _point(request: StaffRequest, id: str) -> HttpResponse:
    """An item or evidence point: e12 and i7 of the typed rows, w33 of a report's own."""
    scope = scope_for(request.user, Permission.MAP_READ)
    letter, number = id[:1], id[1:]
    if not number.isdigit() or letter not in "eiw":
        raise Http404
    key, shown, record_id = _spot(scope, letter, int(number))
    context = {
        key: shown,
        "record": Record.objects.get(pk=record_id),
        "times": times_of(AreaFilter.from_query(request.GET)),
        "words": Words(request.user, Permission.MAP_READ),
    }
    return render(request, "web/map/_point.html", context)


def _spot(scope: Scope, letter: str, number: int) -> tuple[str, Any, UUID]:
    """Which of the two it is, what it says, and its record."""
    if letter == "e":
        evidence = EvidencePoint.objects.filter(scope.q()).get(pk=number)
        return "evidence", evidence, evidence.record_id
    if letter == "i":
        item = OrdnanceItem.objects.filter(scope.q()).get(pk=number)
        return "item", item, item.record_id
    row = Row.objects.filter(scope.q("record__organisation_id"), shape__isnull=False).get(pk=number)
    return "item" if row.list == "ordnance_items" else "evidence", row.values, row.record_id


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
