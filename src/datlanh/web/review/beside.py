"""Two reports about one place, side by side, with one map for both."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from datlanh.accounts.permissions import Permission
from datlanh.intake.models import Report
from datlanh.intake.selectors.beside import pairs_of, report_meant, reports_beside
from datlanh.intake.selectors.binding import binding_of, outline_of
from datlanh.intake.selectors.forms import mapping_of_report
from datlanh.intake.selectors.maps import outline_drawn, report_features
from datlanh.intake.selectors.pieces import Pieces, pieces_between
from datlanh.intake.selectors.reports import form_titles, report_get
from datlanh.intake.selectors.sheets import Sheet, report_sheet
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language
from datlanh.web.review.address import desk_query


@opens(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY)
def beside(request: StaffRequest, receipt: str) -> HttpResponse:
    """The report and another: `with` is its receipt, or the id of a record."""
    report = report_get(request.user, receipt)
    sheet = report_sheet(report, request.user)
    asked = request.GET.get("with", "")
    offered = _offered(request, report, sheet)
    other = report_meant(request.user, asked) if asked else next(iter(offered), None)
    if other is not None and other.pk == report.pk:
        other = None
    context = {
        "report": report,
        "other": other,
        "offered": offered,
        "asked": asked,
        "titles": form_titles(),
        "desk_query": desk_query(request),
        "show_all": bool(request.GET.get("all")),
    }
    if other is not None:
        context |= _compared(request, report, sheet, other)
    return render(request, "web/review/beside.html", context)


def _offered(request: StaffRequest, report: Report, sheet: Sheet) -> list[Report]:
    mapping = mapping_of_report(report)
    if mapping is None:
        return []
    binding = binding_of(report, mapping, sheet.answers, request.user)
    records = [c.record_id for c in binding.candidates]
    return reports_beside(report, request.user, records)


def _compared(request: StaffRequest, report: Report, sheet: Sheet, other: Report) -> dict[str, Any]:
    theirs = report_sheet(other, request.user)
    pairs = pairs_of(sheet, theirs)
    return {
        "pairs": pairs,
        "differing": sum(p.differs for p in pairs),
        **_drawn(report, sheet, other, theirs),
    }


def _drawn(report: Report, sheet: Sheet, other: Report, theirs: Sheet) -> dict[str, Any]:
    """One map: the first report in red, the other dashed, what differs between them."""
    mapping, second = mapping_of_report(report), mapping_of_report(other)
    if mapping is None or second is None:
        return {"features": None, "pieces": None}
    outline = outline_of(second, theirs.answers)
    pieces: Pieces | None = pieces_between(outline, outline_of(mapping, sheet.answers))
    features = report_features(report, mapping, sheet.answers, pieces=pieces, language=language())
    features["features"] += outline_drawn(outline, other.record_local_id or other.receipt)
    return {"features": features, "pieces": pieces}
