"""Areas proposed from a survey's boxes: looked at, adjusted, and sent as an ordinary CHA report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.hazards.selectors.boxes import SurveyedBox, searched
from datlanh.intake.selectors.values import version_of
from datlanh.intake.services.surveys import cha_compose
from datlanh.kernel import clock
from datlanh.kernel.delineation import Cut, Delineation, Proposed, compared, delineate
from datlanh.kernel.errors import ConflictError, DomainError
from datlanh.kernel.grid import from_utm
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.register.models import Record, Version
from datlanh.register.selectors import asof
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language
from datlanh.web.surveys.asked import Asked, asked, cuts_for
from datlanh.web.surveys.shown import box_features, boxes_shown, counted, feature

MARGINS = (0.0, 25.0, 50.0, 100.0)
KINDS = {
    "released": Text("đất đã giải phóng", "released land"),
    "commune": Text("địa giới xã", "commune boundary"),
    "drawn": Text("đường vẽ tay", "drawn line"),
}
CHANGED = Text(
    "Đề xuất đã thay đổi từ khi mở trang. Hãy xem lại.",
    "The proposal changed since the page was opened. Look again.",
)


@dataclass(frozen=True)
class Offer:
    """One proposal as the page shows it."""

    number: int
    area: Proposed

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
    visible = scope_for(request.user, Permission.RECORD_READ).q("organisation_id")
    record = Record.objects.filter(visible).get(local_id=local_id, kind="survey_task")
    now = asof(None, None)
    version = version_of(record, now.on, now.known)
    if version is None:
        raise Record.DoesNotExist
    boxes, table = boxes_shown(version)
    wanted = asked(request.POST if request.method == "POST" else request.GET, table.rule)
    found, sides, cuts = _proposed(boxes, wanted, request)
    offers = [Offer(number, area) for number, area in enumerate(found.areas, 1)]
    refusal = ""
    if request.method == "POST":
        try:
            return _sent(request, record, version, offers, wanted)
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


def _proposed(
    boxes: Sequence[SurveyedBox], wanted: Asked, request: StaffRequest
) -> tuple[Delineation, list[dict[str, Any]], list[Cut]]:
    """The proposals, the same with other margins, and what may cut them."""
    given = searched(boxes)
    if not given:
        return Delineation(wanted.rule, ()), [], []
    cuts = cuts_for(shapely.union_all([b.polygon for b in given]), wanted, request.user)
    found = delineate(given, wanted.rule, cuts)
    margins = sorted({*MARGINS, wanted.rule.margin_m})
    sides = [
        {
            "margin": one.settings.margin_m,
            "areas": len(one.areas),
            "area_m2": one.area_m2,
            "more_m2": one.area_m2 - found.area_m2,
            "largest_m2": max((a.area_m2 for a in one.areas), default=0.0),
            "is_chosen": one.settings.margin_m == wanted.rule.margin_m,
        }
        for one in compared(given, wanted.rule, margins, cuts)
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


def _sent(
    request: StaffRequest,
    record: Record,
    version: Version,
    offers: Sequence[Offer],
    wanted: Asked,
) -> HttpResponse:
    """Compose the CHA report of the chosen proposal, and go on filling it in."""
    name = request.POST.get("area", "")
    if "area_m2" not in request.POST:
        raise Record.DoesNotExist  # no page of ours sends that
    offer = next((o for o in offers if o.area.name == name), None)
    if offer is None or request.POST.get("area_m2") != f"{offer.area.area_m2:.0f}":
        raise ConflictError(CHANGED)
    given: dict[str, Any] = {
        key: request.POST.get(key, "").strip()
        for key in (
            "cha_id",
            "internal_id",
            "village",
            "agreement_date",
            "agreement_neighbours",
            "agreement_person",
        )
    }
    given["agreement_with"] = request.POST.getlist("agreement_with")
    report = cha_compose(
        survey=record,
        version=version,
        proposed=offer.area,
        rule=wanted.rule,
        given=given,
        by=request.user,
    )
    messages.success(
        request,
        _("%(receipt)s was sent as a report on form 5. Complete it and verify it.")
        % {"receipt": report.receipt},
    )
    to = "web:report"
    if has(request.user, Permission.REPORT_VERIFY, report.organisation_id):
        to = "web:report_correct"
    return HttpResponseRedirect(reverse(to, args=[report.receipt]))
