"""A proposed area goes out as a CHA report, with the outline as the officer left it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.hazards.selectors.boxes import SurveyedBox, searched
from datlanh.intake.services.surveys import cha_compose
from datlanh.kernel import geometry
from datlanh.kernel.delineation import Proposed, redrawn
from datlanh.kernel.drawn import polygons_drawn
from datlanh.kernel.errors import ConflictError, DomainError
from datlanh.kernel.grid import to_utm
from datlanh.kernel.text import Text
from datlanh.register.models import Record, Version
from datlanh.web.guards import StaffRequest
from datlanh.web.surveys.asked import Asked

CHANGED = Text(
    "Đề xuất đã thay đổi từ khi mở trang. Hãy xem lại.",
    "The proposal changed since the page was opened. Look again.",
)
ONE_RING = Text(
    "Khoanh vùng đã chỉnh phải là một đường khép kín, không tự cắt.",
    "The adjusted outline must be one closed line that does not cross itself.",
)
NO_BOX = Text(
    "Khoanh vùng đã chỉnh không còn ô dương tính nào.",
    "The adjusted outline holds no positive box any more.",
)


def proposal_sent(
    request: StaffRequest,
    *,
    record: Record,
    version: Version,
    offered: Mapping[str, Proposed],
    boxes: Sequence[SurveyedBox],
    wanted: Asked,
) -> HttpResponse:
    """Compose the CHA report of the chosen proposal, and go on filling it in."""
    name = request.POST.get("area", "")
    if "area_m2" not in request.POST:
        raise Record.DoesNotExist  # no page of ours sends that
    offer = offered.get(name)
    if offer is None or request.POST.get("area_m2") != f"{offer.area_m2:.0f}":
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
        proposed=_as_drawn(offer, boxes, wanted, request.POST.get("outline", "")),
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


def _as_drawn(offer: Proposed, boxes: Sequence[SurveyedBox], wanted: Asked, text: str) -> Proposed:
    """The proposal with the outline the officer left, measured anew; itself where nobody moved it.

    Raises:
        DomainError: what was drawn is no ring a report can carry, or holds no positive box.
    """
    if not text.strip():
        return offer
    polygons = polygons_drawn(text)
    if len(polygons) != 1 or geometry.invalid_reason(polygons[0]) is not None:
        raise DomainError(ONE_RING)
    found = redrawn(offer, to_utm(polygons[0]), searched(boxes), wanted.rule)
    if not found.positive:
        raise DomainError(NO_BOX)
    return found
