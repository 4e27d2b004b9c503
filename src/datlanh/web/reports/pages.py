"""One report, and the files that came with it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.intake import files
from datlanh.intake.models import Report
from datlanh.intake.selectors.binding import Binding, binding_of
from datlanh.intake.selectors.desk import remarks_of, remarks_unread
from datlanh.intake.selectors.differences import record_of
from datlanh.intake.selectors.findings import findings_of_now
from datlanh.intake.selectors.forms import mapping_of_report
from datlanh.intake.selectors.history import report_history
from datlanh.intake.selectors.maps import report_features
from datlanh.intake.selectors.prefill import may_send_anew
from datlanh.intake.selectors.queue import proposal_open
from datlanh.intake.selectors.reports import (
    attachment_get,
    attachments_of,
    communes_named,
    corrections_of,
    report_get,
)
from datlanh.intake.selectors.rulebook import settings_newest
from datlanh.intake.selectors.sheets import Sheet, report_sheet
from datlanh.intake.services.attaching import attachment_read
from datlanh.intake.services.desk import remarks_mark_read
from datlanh.intake.services.moves import step_of
from datlanh.intake.workflow import REVIEW
from datlanh.kernel import clock
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.records.named import family_of, sheet_named
from datlanh.web.review.steps import steps_for

PICTURES = {"image/jpeg", "image/png", "image/webp", "image/gif"}
SERVED = PICTURES | {"application/pdf", "text/plain", "text/csv"}


@opens(Permission.REPORT_READ)
def report(request: StaffRequest, receipt: str) -> HttpResponse:
    """One report: answers, findings, history, and what may be done with it."""
    found = report_get(request.user, receipt)
    context = report_context(found, request.user)
    context |= {"open_step": request.GET.get("step", ""), "features": features_of(found, context)}
    return render(request, "web/reports/report.html", context)


def report_context(found: Report, who: User) -> dict[str, Any]:
    """All that the page of a report shows."""
    attached = list(attachments_of(found))
    sheet = report_sheet(found, who, attached)
    mapping = mapping_of_report(found)
    told = findings_of_now(found)
    record = record_of(found.record_id) if found.record_id else None
    proposal = proposal_open(found)
    may_verify = has(who, Permission.REPORT_VERIFY, found.organisation_id)
    return {
        "report": found,
        "mapping": mapping,
        "sheet": sheet,
        "has_drawing": any(sheet.answers.polygons.values()),
        "findings": told,
        "history": report_history(found, who),
        "attachments": attached,
        "pictures": [a for a in attached if a.media_type in PICTURES],
        "corrections": list(corrections_of(who, found)),
        "record": record,
        "named": sheet_named(sheet, who, record.local_id if record else ""),
        "family": family_of(found.record_local_id, who),
        "commune": communes_named([found.commune_code]).get(found.commune_code),
        "proposal": proposal,
        "proposed_step": REVIEW[proposal.step] if proposal else None,
        "steps": steps_for(found, who, proposal),
        "may_verify": may_verify,
        "verify_refusal": REVIEW.refusal("verify", found, found.state, step_of(found, who))
        if may_verify
        else None,
        "may_send_anew": may_send_anew(found, who),
        "may_review": has(who, Permission.REPORT_APPROVE, found.organisation_id),
        "after_steps": ("withdraw", "revoke"),
        "counts": {"block": found.blocks, "warn": found.warns, "info": found.infos},
        "reassign": _reassignable(found, sheet, who),
        "seen": seen_of(found),
        "settings_newest": settings_newest(),
        **thread_context(found, who),
        "now": clock.now(),
    }


def thread_context(found: Report, who: User) -> dict[str, Any]:
    """The talk about a report; whoever is shown it has read it."""
    thread, unread = remarks_of(found, who), set[int]()
    if thread:
        unread = set(remarks_unread(who).values_list("pk", flat=True))
        remarks_mark_read(report=found, by=who)
    return {"thread": thread, "unread_before": unread}


def features_of(found: Report, context: dict[str, Any], **more: Any) -> dict[str, Any] | None:
    """What the report's map draws; None for a form nobody published."""
    if context["mapping"] is None:
        return None
    answers, told = context["sheet"].answers, context["findings"]
    return report_features(found, context["mapping"], answers, findings=told, **more)


def seen_of(found: Report) -> str:
    """What a form sends back so that a stale decision is noticed."""
    return f"{found.state}.{found.revision}"


def _reassignable(found: Report, sheet: Sheet, who: User) -> Binding | None:
    """Other records an approved report may be bound to; None where that is nobody's question."""
    mapping = mapping_of_report(found)
    if found.state != "approved" or mapping is None:
        return None
    if not has(who, Permission.REPORT_APPROVE, found.organisation_id):
        return None
    return binding_of(found, mapping, sheet.answers, who, without=found.record_id)


@opens(Permission.REPORT_READ)
def file(request: StaffRequest, receipt: str, number: int) -> HttpResponse | FileResponse:
    """A file that came with a report, always as a download."""
    attachment = attachment_get(request.user, receipt, number)
    path = files.path_of(attachment.sha256)
    if not path.exists():
        raise Http404
    attachment_read(attachment=attachment, by=request.user)
    kind = attachment.media_type if attachment.media_type in SERVED else "application/octet-stream"
    response = FileResponse(
        path.open("rb"), as_attachment=True, filename=attachment.name, content_type=kind
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
