"""An area cut along a line: its pieces, what goes to each, and their reports on form 5."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from shapely import from_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.selectors.sources import AREA
from datlanh.hazards.workflow import LIFE
from datlanh.intake.selectors.division_plan import Part, plan_of
from datlanh.intake.selectors.values import version_of
from datlanh.intake.services.cutting import Piece, pieces_compose
from datlanh.intake.services.lifecycle import life_of
from datlanh.kernel.division import cut
from datlanh.kernel.drawn import line_drawn
from datlanh.kernel.errors import DomainError
from datlanh.register.models import Record
from datlanh.register.selectors import asof
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language
from datlanh.web.surveys.shown import feature

LONGEST = 20_000  # characters of a line
MOST = 12  # pieces


@never_cache
@opens(Permission.RECORD_READ)
def cut_area(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/areas/<local_id>/cut?line=`: the pieces; POST sends each as a report on form 5."""
    visible = scope_for(request.user, Permission.RECORD_READ).q("organisation_id")
    record = Record.objects.filter(visible).get(local_id=local_id, kind=AREA)
    sent = request.POST if request.method == "POST" else request.GET
    text = sent.get("line", "")[:LONGEST].strip()
    ground, line = _ground(record), line_drawn(text)
    pieces = cut(ground, line)[:MOST] if ground is not None and line is not None else []
    refusal = ""
    if request.method == "POST":
        try:
            return _sent(request, record, pieces)
        except DomainError as error:
            refusal = error.say(language())
    parts = [Part(_("Part %(n)s") % {"n": n}, piece) for n, piece in enumerate(pieces, 1)]
    state = life_of(record).state
    context = {
        "record": record,
        "line": text,
        "is_line": line is not None,
        "may": state in LIFE["split"].sources,
        "plan": plan_of([record], parts, request.user) if len(parts) > 1 else None,
        "pieces": _typed(request, pieces) if len(pieces) > 1 else [],
        "features": _features(ground, pieces),
        "basemap": reverse("api:basemap"),
        "may_send": has(request.user, Permission.REPORT_CREATE, record.organisation_id),
        "may_divide": has(request.user, Permission.AREA_MOVE, record.organisation_id),
        "refusal": refusal,
        "crumbs": [
            (_("Hazardous areas"), reverse("web:areas")),
            (record.local_id, reverse("web:area", args=(record.local_id,))),
            (_("Cut along a line"), ""),
        ],
    }
    return render(request, "web/areas/cut.html", context, status=422 if refusal else 200)


def _ground(record: Record) -> BaseGeometry | None:
    stands = HazardousArea.objects.filter(pk=record.pk).first()
    return from_wkb(bytes(stands.outline.wkb)) if stands and stands.outline else None


def _typed(request: StaffRequest, pieces: list[BaseGeometry]) -> list[dict[str, Any]]:
    """The pieces with what was typed for them; a refusal keeps it."""
    return [
        {
            "number": n,
            "cha_id": request.POST.get(f"cha_id_{n}", ""),
            "internal_id": request.POST.get(f"internal_id_{n}", ""),
        }
        for n in range(1, len(pieces) + 1)
    ]


def _features(ground: BaseGeometry | None, pieces: list[BaseGeometry]) -> dict[str, Any]:
    shown = [feature(ground, "register")] if ground is not None else []
    if len(pieces) > 1:
        shown += [feature(p, "reported", label=str(n)) for n, p in enumerate(pieces, 1)]
    return {"type": "FeatureCollection", "features": shown}


def _sent(request: StaffRequest, record: Record, pieces: list[BaseGeometry]) -> HttpResponse:
    """Send the pieces' reports, and go on where they wait."""
    moment = asof()
    version = version_of(record, moment.on, moment.known)
    if version is None or len(pieces) < 2 or not _is_as_shown(request, pieces):
        raise Record.DoesNotExist  # no page of ours sends that
    named = [
        Piece(piece, request.POST.get(f"cha_id_{n}", ""), request.POST.get(f"internal_id_{n}", ""))
        for n, piece in enumerate(pieces, 1)
    ]
    reports = pieces_compose(area=record, version=version, pieces=named, by=request.user)
    told = ", ".join(r.receipt for r in reports)
    messages.success(
        request,
        _(
            "%(receipts)s were sent as reports on form 5. Complete and verify them; then two "
            "persons at the centre divide the area."
        )
        % {"receipts": told},
    )
    return HttpResponseRedirect(reverse("web:reports"))


def _is_as_shown(request: StaffRequest, pieces: list[BaseGeometry]) -> bool:
    return request.POST.get("pieces") == str(len(pieces))
