"""A report's drawings before the firewall: what is doubtful, where, and what could be done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from shapely.geometry import mapping as as_geojson
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.intake.models import Report
from datlanh.intake.selectors.forms import mapping_of_report
from datlanh.intake.selectors.maps import report_features
from datlanh.intake.selectors.reports import report_get
from datlanh.intake.selectors.shapes import (
    Drawn,
    drawing_examined,
    drawings_examined,
    gravest_first,
    numbered,
    shape_choices,
    told,
    with_drawing,
)
from datlanh.intake.selectors.sheets import answers_of_report
from datlanh.intake.services.moves import step_of
from datlanh.intake.services.shaping import shape_keep, shape_redraw, shape_repair
from datlanh.intake.workflow import REVIEW
from datlanh.kernel import coordinates, geometry
from datlanh.kernel.drawn import geojson_drawn, polygons_drawn
from datlanh.kernel.errors import DomainError
from datlanh.kernel.firewall import Repair
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language
from datlanh.web.reports.pages import seen_of


@opens(Permission.REPORT_READ)
def shape(request: StaffRequest, receipt: str) -> HttpResponse:
    """Problems and proposals side by side."""
    report = report_get(request.user, receipt)
    return _page(request, report, wanted=request.GET.get("repair", ""))


@require_POST
@opens(Permission.REPORT_VERIFY)
def decide(request: StaffRequest, receipt: str) -> HttpResponse:
    """Who vouches for the report takes a repair, or keeps the drawing and says why."""
    report = report_get(request.user, receipt, Permission.REPORT_VERIFY)
    action, _colon, key = request.POST.get("do", "").partition(":")
    shared: dict[str, Any] = {
        "id": report.pk,
        "question": request.POST.get("question", ""),
        "by": request.user,
        "reason": request.POST.get("reason", ""),
        "seen": request.POST.get("seen"),
    }
    try:
        if action == "take":
            shape_repair(repair=key, **shared)
            messages.success(request, _("The repair is taken; the original stays beside it."))
        elif action == "draw":
            polygons = polygons_drawn(request.POST.get("drawing", ""))
            shape_redraw(polygons=polygons, **shared)
            messages.success(request, _("Your drawing is taken; the original stays beside it."))
        else:
            shape_keep(problem=key, **shared)
            messages.success(request, _("The drawing is kept, with your reason."))
    except DomainError as refusal:
        messages.error(request, refusal.say(language()))
    return HttpResponseRedirect(reverse("web:report_shape", args=[report.receipt]))


@require_POST
@opens(Permission.REPORT_VERIFY)
def ask(request: StaffRequest, receipt: str) -> HttpResponse:
    """What the firewall says of an outline while somebody draws it; nothing is kept."""
    report = report_get(request.user, receipt, Permission.REPORT_VERIFY)
    form = mapping_of_report(report)
    polygons = polygons_drawn(request.POST.get("drawing", ""))
    found: dict[str, Any] = {"polygons": polygons}
    if form and polygons:
        answers, key = answers_of_report(report), request.POST.get("question", "")
        before = drawing_examined(report, form, answers, request.user, key)
        if before is not None:
            now = with_drawing(answers, key, polygons)
            drawn = drawing_examined(report, form, now, request.user, key)
            examined = drawn.examined if drawn else before.examined
            found |= {"area_m2": examined.area_m2, "before_m2": before.examined.area_m2}
            found["problems"] = gravest_first(examined)
    return render(request, "web/reports/_drawn.html", found)


def _page(request: StaffRequest, report: Report, *, wanted: str = "") -> HttpResponse:
    form = mapping_of_report(report)
    answers = answers_of_report(report)
    drawings = drawings_examined(report, form, answers, request.user) if form else []
    may = has(request.user, Permission.REPORT_VERIFY, report.organisation_id)
    closed = REVIEW.refusal("verify", report, report.state, step_of(report, request.user))
    shown = next((r for d in drawings if (r := d.examined.repair(wanted))), None)
    context = {
        "report": report,
        "mapping": form,
        "drawings": [_drawing(d) for d in drawings],
        "choices": [
            (c, told(c.problem_said), told(c.repair_said) if c.repair_said else None)
            for c in shape_choices(report)
        ],
        "may_decide": may and closed is None,
        "may_verify": may and closed is None,
        "shown": shown,
        "seen": seen_of(report),
        "features": _features(report, form, answers, drawings, shown) if form else None,
        "basemap": reverse("api:basemap"),
    }
    return render(request, "web/reports/shape.html", context)


def _drawing(drawn: Drawn) -> dict[str, Any]:
    """One drawing as the page shows it."""
    polygons = [p for p in drawn.examined.drawn if not p.is_empty and geometry.on_globe(p)]
    speech = language()
    return {
        "question": drawn.question,
        "area_m2": drawn.examined.area_m2,
        "problems": [(n, p, _at(p.where)) for n, p in numbered(drawn)],
        "neighbours": drawn.neighbours,
        "parts": len(drawn.examined.drawn),
        "geojson": geojson_drawn(polygons),
        "turning": [
            row
            for polygon in polygons
            for row in coordinates.turning_points(polygon, coordinates.VN2000_10615, speech)
        ],
    }


def _at(where: BaseGeometry | None) -> str:
    """Where the map goes: "lon,lat"."""
    if where is None or where.is_empty:
        return ""
    at = where.representative_point() if where.area else where.centroid
    return f"{at.x:.7f},{at.y:.7f}" if geometry.on_globe(at) else ""


def _features(
    report: Report, form: Any, answers: Any, drawings: list[Drawn], shown: Repair | None
) -> dict[str, Any]:
    """The drawing as sent, the pieces and places of its problems, and a repair over it."""
    found = report_features(report, form, answers)
    features = found["features"]
    for drawn in drawings:
        for neighbour in drawn.neighbours:
            if not neighbour.is_hidden:
                features.append(_feature(neighbour.outline, "register", label=neighbour.local_id))
        for _number, problem in numbered(drawn):
            where = problem.where
            if where is None or where.is_empty or not geometry.on_globe(where):
                continue
            if where.area:
                features.append(_feature(where, "remaining"))
            else:
                severity = problem.severity.value
                features.append(_feature(where.centroid, "finding", severity=severity))
    if shown is not None:
        features += [_feature(p, "area") for p in shown.polygons]
    return found


def _feature(shape: BaseGeometry, role: str, **said: str) -> dict[str, Any]:
    return {"type": "Feature", "geometry": as_geojson(shape), "properties": {"role": role, **said}}
