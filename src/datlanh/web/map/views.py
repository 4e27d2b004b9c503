"""The map page and the card of what is chosen on it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.models import EvidencePoint, OrdnanceItem
from datlanh.hazards.selectors import AreaFilter, RecordFilter, ReleaseFilter
from datlanh.hazards.selectors.lists import area_get, release_get
from datlanh.kernel import clock
from datlanh.kernel.text import day
from datlanh.register.models import Record, Row
from datlanh.web.areas.filters import Words, chips_of, choices_of, times_of
from datlanh.web.areas.lists import names_beside
from datlanh.web.guards import StaffRequest, opens

TEMPLATES = {"area": "web/map/_area.html", "release": "web/map/_release.html"}


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
        "cards": reverse("web:map_card", args=("KIND", "ID"))
        .replace("KIND", "{kind}")
        .replace("ID", "{id}"),
        "list": f"{reverse('web:areas')}?{wanted.query()}",
        "month_before": f"?{wanted.query(as_of=first - dt.timedelta(days=1))}",
        "month_after": f"?{wanted.query(as_of=following)}" if following < clock.today() else "",
        "today": f"?{wanted.query(as_of=None, known=None)}",
        "query": wanted.query(),
        "word": day(moment.on),
    }
    return render(request, "web/map/map.html", context)


@opens(Permission.MAP_READ)
def card(request: StaffRequest, kind: str, id: str) -> HttpResponse:
    """`/map/card/{area|release|point}/{id}?on=&known=`: a fragment; 404 outside the scope."""
    if kind == "point":
        return _point(request, id)
    if kind not in TEMPLATES:
        raise Http404
    wanted: RecordFilter = (AreaFilter if kind == "area" else ReleaseFilter).from_query(request.GET)
    times = times_of(wanted)
    scope = scope_for(request.user, Permission.MAP_READ)
    get = area_get if kind == "area" else release_get
    row = get(scope, _uuid(id), wanted)
    context = {
        "row": row,
        "times": times,
        "words": Words(request.user, Permission.MAP_READ),
        **names_beside([row]),
    }
    return render(request, TEMPLATES[kind], context)


def _point(request: StaffRequest, id: str) -> HttpResponse:
    """An item or evidence point: e12 and i7 of the typed rows, w33 of a report's own."""
    scope = scope_for(request.user, Permission.MAP_READ)
    letter, number = id[:1], id[1:]
    if not number.isdigit() or letter not in "eiw":
        raise Http404
    context: dict[str, object] = {"times": times_of(AreaFilter.from_query(request.GET))}
    if letter == "e":
        context["evidence"] = point = EvidencePoint.objects.filter(scope.q()).get(pk=number)
    elif letter == "i":
        context["item"] = point = OrdnanceItem.objects.filter(scope.q()).get(pk=number)
    else:
        visible = scope.q("record__organisation_id")
        point = Row.objects.filter(visible, Q(shape__isnull=False)).get(pk=number)
        context["item" if point.list == "ordnance_items" else "evidence"] = point.values
    context["record"] = Record.objects.get(pk=point.record_id)
    context["words"] = Words(request.user, Permission.MAP_READ)
    return render(request, "web/map/_point.html", context)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error
