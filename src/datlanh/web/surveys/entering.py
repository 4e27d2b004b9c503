"""Boxes entered on the map: cells of the 50 m grid, sent as an ordinary report on form 6."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.intake.services.boxing import Entered, boxes_compose
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language
from datlanh.web.surveys.proposals import survey_shown
from datlanh.web.surveys.shown import box_features, boxes_shown, counted

TEXT = 1_000_000  # characters: 10,000 boxes take a quarter
UNREADABLE = Text("Không đọc được các ô đã nhập.", "The boxes entered cannot be read.")


@opens(Permission.REPORT_CREATE)
def enter(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/surveys/<local_id>/boxes`: choose a result, tap cells; POST sends them as a report."""
    record, version = survey_shown(request, local_id)
    boxes, table = boxes_shown(version)
    refusal = ""
    if request.method == "POST":
        try:
            report = boxes_compose(
                survey=record,
                version=version,
                entered=entered_in(request.POST.get("boxes", "")),
                on=_day(request.POST.get("on", "")),
                note=request.POST.get("note", "")[:2000],
                by=request.user,
            )
        except DomainError as error:
            refusal = error.say(language())
        else:
            messages.success(
                request,
                _("%(receipt)s was sent as a report on form 6. Complete it and verify it.")
                % {"receipt": report.receipt},
            )
            may = has(request.user, Permission.REPORT_VERIFY, report.organisation_id)
            to = "web:report_correct" if may else "web:report"
            return HttpResponseRedirect(reverse(to, args=[report.receipt]))
    context = {
        "record": record,
        "results": table.results.results,
        "box_counts": counted(boxes, table),
        "box_total": len(boxes),
        "features": _features(boxes, version.position),
        "basemap": reverse("api:basemap"),
        "typed": request.POST,
        "refusal": refusal,
        "today": clock.today(),
        "crumbs": [
            (_("Surveys"), reverse("web:records", args=("surveys",))),
            (record.local_id, reverse("web:record", args=("surveys", record.local_id))),
            (_("Enter boxes"), ""),
        ],
    }
    return render(request, "web/surveys/boxes.html", context, status=422 if refusal else 200)


def entered_in(text: str) -> dict[str, Entered]:
    """The boxes of the form's field: `{"E715N1856-0712": ["red", 2]}`.

    Raises:
        DomainError: it is not that.
    """
    if not text.strip():
        return {}
    try:
        if len(text) > TEXT:
            raise ValueError
        said: Any = json.loads(text)
        return {
            str(box): Entered(str(result), int(items))
            for box, (result, items) in dict(said).items()
        }
    except (ValueError, TypeError, OverflowError, RecursionError) as odd:
        raise DomainError(UNREADABLE) from odd


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _features(boxes: Any, position: Any) -> dict[str, Any]:
    features = box_features(boxes)
    if not features and position is not None:  # somewhere to begin
        at = {"type": "Point", "coordinates": list(position.coords)}
        features.append({"type": "Feature", "properties": {"role": "evidence"}, "geometry": at})
    return {"type": "FeatureCollection", "features": features}
