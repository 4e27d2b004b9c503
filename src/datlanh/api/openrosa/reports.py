"""What became of one's reports: receipts, states, and why one came back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation

from datlanh.accounts.acting import acting
from datlanh.api.openrosa.answers import language_of, openrosa
from datlanh.api.openrosa.callers import Caller
from datlanh.intake.models import Report
from datlanh.intake.selectors.sent import reports_sent
from datlanh.intake.workflow import REVIEW

SHOWN = 200
STATES = {state.key: state.label for state in REVIEW.states}


@openrosa("GET", "HEAD")
def report_list(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The caller's newest reports, as a plain page for phones or as JSON."""
    language = language_of(request, caller)
    with acting(caller.user, via="openrosa", origin=caller.origin):
        lines = [_line(report, language) for report in reports_sent(caller.user)[:SHOWN]]
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse({"reports": lines})
    with translation.override(language):
        page = render_to_string(
            "api/reports.html",
            {"lines": lines, "who": caller.user.full_name, "language": language},
        )
    # The address holds the phone's secret: it must not travel on as a referrer.
    return HttpResponse(page, headers={"Referrer-Policy": "no-referrer"})


def _line(report: Report, language: str) -> dict[str, Any]:
    title = report.form
    if report.form_version is not None:
        known = report.form_version
        title = known.title_en if language == "en" else known.title_vi
    return {
        "receipt": report.receipt,
        "form": report.form,
        "title": title,
        "record": report.record_local_id,
        "received_at": report.received_at,
        "late": report.is_late,
        "exempted": report.is_exempted,
        "state": report.state,
        "state_label": STATES[report.state].say(language),
        "returned_note": report.returned_note if report.state == "returned" else "",
        "due_at": report.due_now if report.state == "returned" else None,
        "checked": report.checked_at is not None,
        "blocks": report.blocks,
        "warns": report.warns,
        "refused_files": [file.name for file in report.refused_files.all()],
    }
