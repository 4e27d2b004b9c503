"""Areas proposed from a survey's boxes: looked at, adjusted, and sent as an ordinary CHA report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.hazards.selectors.boxes import SurveyedBox, searched
from datlanh.intake.selectors.shapes import gravest_first, outline_examined
from datlanh.intake.selectors.values import version_of
from datlanh.kernel import clock
from datlanh.kernel.delineation import (
    Cut,
    Delineation,
    Proposed,
    compared,
    uncovered,
)
from datlanh.kernel.drawn import geojson_drawn, polygons_drawn
from datlanh.kernel.errors import DomainError
from datlanh.kernel.grid import from_utm, to_utm
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.register.models import Record, Version
from datlanh.register.selectors import asof
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language
from datlanh.web.surveys.asked import Asked, asked, cuts_for
from datlanh.web.surveys.sending import proposal_sent
from datlanh.web.surveys.shown import box_features, boxes_shown, counted, feature

MARGINS = (0.0, 25.0, 50.0, 100.0)
KINDS = {
    "released": Text("đất đã giải phóng", "released land"),
    "commune": Text("địa giới xã", "commune boundary"),
    "drawn": Text("đường vẽ tay", "drawn line"),
}


@dataclass(frozen=True)
class Offer:
    """One proposal as the page shows it."""

    number: int
    area: Proposed
    typed: str = ""  # an outline that was refused, so that it is not drawn again

    @property
    def tag(self) -> str:
        """Its number as text, for ids on the page."""
        return str(self.number)

    @property
    def geojson(self) -> str:
        """Its outline as the page's map takes it to be adjusted."""
        return geojson_drawn([from_utm(self.area.outline)])

    @property
    def reasons(self) -> list[tuple[Text, str, float, int]]:
        """What cut it: kind, name, square metres, positive boxes hit."""
        return [
            (KINDS.get(one.kind, Text(one.kind, one.kind)), one.cut, one.area_m2, len(one.boxes))
            for one in self.area.losses
        ]


@opens(Permission.RECORD_READ)
def propose(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/surveys/<local_id>/areas`: what may be proposed; POST sends one as a CHA report."""
    record, version = survey_shown(request, local_id)
    boxes, table = boxes_shown(version)
    wanted = asked(request.POST if request.method == "POST" else request.GET, table.rule)
    found, sides, cuts = _proposed(boxes, wanted, request)
    typed = {request.POST.get("area"): request.POST.get("outline", "")}
    offers = [Offer(n, area, typed.get(area.name, "")) for n, area in enumerate(found.areas, 1)]
    refusal = ""
    if request.method == "POST":
        try:
            offered = {offer.area.name: offer.area for offer in offers}
            return proposal_sent(
                request,
                record=record,
                version=version,
                offered=offered,
                boxes=boxes,
                wanted=wanted,
            )
        except DomainError as error:
            refusal = error.say(language())
    context = {
        "record": record,
        "asked": wanted,
        "offers": offers,
        "left_out": found.left_out,
        "sides": sides,
        "box_counts": counted(boxes, table),
        "box_total": len(boxes),
        "features": _features(boxes, offers, cuts),
        "basemap": reverse("api:basemap"),
        "may_send": has(request.user, Permission.REPORT_CREATE, request.user.organisation_id),
        "organisations": Organisation.objects.order_by("short_name"),
        "typed": request.POST,
        "refusal": refusal,
        "today": clock.today(),
        "crumbs": [
            (_("Surveys"), reverse("web:records", args=("surveys",))),
            (record.local_id, reverse("web:record", args=("surveys", record.local_id))),
            (_("Proposed areas"), ""),
        ],
    }
    return render(request, "web/surveys/areas.html", context, status=422 if refusal else 200)


@require_POST
@opens(Permission.RECORD_READ)
def ask(request: StaffRequest, local_id: str) -> HttpResponse:
    """What an outline would mean while an officer moves it; nothing is kept."""
    _record, version = survey_shown(request, local_id)
    polygons = polygons_drawn(request.POST.get("drawing", ""))
    found: dict[str, Any] = {"polygons": polygons}
    if polygons:
        examined = outline_examined(polygons, "cha", request.user)
        found |= {"area_m2": examined.area_m2, "problems": gravest_first(examined)}
    if found.get("area_m2"):
        given = searched(boxes_shown(version)[0])
        found["uncovered"] = uncovered(to_utm(polygons[0]), given)
    return render(request, "web/surveys/_drawn.html", found)


def survey_shown(request: StaffRequest, local_id: str) -> tuple[Record, Version]:
    """A survey within the scope, as it is now."""
    visible = scope_for(request.user, Permission.RECORD_READ).q("organisation_id")
    record = Record.objects.filter(visible).get(local_id=local_id, kind="survey_task")
    now = asof(None, None)
    version = version_of(record, now.on, now.known)
    if version is None:
        raise Record.DoesNotExist
    return record, version


def _proposed(
    boxes: Sequence[SurveyedBox], wanted: Asked, request: StaffRequest
) -> tuple[Delineation, list[dict[str, Any]], list[Cut]]:
    """The proposals, the same with other margins, and what may cut them."""
    given = searched(boxes)
    if not given:
        return Delineation(wanted.rule, ()), [], []
    cuts = cuts_for(shapely.union_all([b.polygon for b in given]), wanted, request.user)
    margins = sorted({*MARGINS, wanted.rule.margin_m})
    every = compared(given, wanted.rule, margins, cuts)
    found = next(one for one in every if one.settings == wanted.rule)
    sides = [
        {
            "margin": one.settings.margin_m,
            "areas": len(one.areas),
            "area_m2": one.area_m2,
            "more_m2": one.area_m2 - found.area_m2,
            "largest_m2": max((a.area_m2 for a in one.areas), default=0.0),
            "is_chosen": one.settings.margin_m == wanted.rule.margin_m,
        }
        for one in every
    ]
    return found, sides, cuts


def _features(
    boxes: Sequence[SurveyedBox], offers: Sequence[Offer], cuts: Sequence[Cut]
) -> dict[str, Any]:
    features = box_features(boxes)
    for cut in cuts:
        role = "cleared" if cut.kind == "released" else "register"
        features.append(feature(from_utm(cut.shape), role, label=cut.name))
    for offer in offers:
        outline = from_utm(offer.area.outline)
        features.append(feature(outline, "reported", label=str(offer.number)))
    return {"type": "FeatureCollection", "features": features}
