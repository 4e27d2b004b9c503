"""Decisions from the desk: each takes one step, or says calmly why not."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.intake.models import Report
from datlanh.intake.selectors.link_proposals import pairs_ticked
from datlanh.intake.selectors.queue import review_next
from datlanh.intake.selectors.reports import report_get
from datlanh.intake.services.approving import SameDateError, report_approve
from datlanh.intake.services.deciding import (
    exception_grant,
    report_reassign,
    step_confirm,
    step_propose,
)
from datlanh.intake.services.desk import remark_add, report_assign
from datlanh.intake.services.implying import ticked_read
from datlanh.intake.services.verifying import report_return
from datlanh.intake.workflow import REVIEW
from datlanh.kernel.errors import DomainError
from datlanh.register.models import Record
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language
from datlanh.web.reports.pages import features_of, report_context
from datlanh.web.review.address import desk_query
from datlanh.web.review.desk import (
    NEW,
    choices_in,
    desk_context,
    desk_page,
    desk_swapped,
    queue_context,
    queue_filter,
)

TWO_PERSON_STEPS = ("refuse", "withdraw", "revoke")


@require_POST
@opens(Permission.REPORT_APPROVE)
def approve(request: StaffRequest, receipt: str) -> HttpResponse:
    """Approve into the chosen record, or a new one; the next report opens."""
    record = _record(request.POST.get("record", NEW))
    choices, linked = choices_in(request), request.POST.getlist("link")

    def act(report: Report) -> str:
        report_approve(
            id=report.pk,
            by=request.user,
            record_id=record,
            choices=choices,
            links=pairs_ticked(linked, record or Record.id_from(report.pk)),
            ticked=ticked_read(request.POST.getlist("life")),
            note=request.POST.get("note", ""),
            seen=request.POST.get("seen"),
            into_history=request.POST.get("history") == "1",
        )
        return _("%(receipt)s is approved.") % {"receipt": receipt}

    return _decided(request, receipt, act)


@require_POST
@opens(Permission.REPORT_APPROVE)
def give_back(request: StaffRequest, receipt: str) -> HttpResponse:
    """Send a report back with the reason."""

    def act(report: Report) -> str:
        note, seen = request.POST.get("note", ""), request.POST.get("seen")
        report_return(id=report.pk, by=request.user, note=note, seen=seen)
        return _("%(receipt)s is returned; it is due again in three days.") % {"receipt": receipt}

    return _decided(request, receipt, act)


@require_POST
@opens(Permission.REPORT_APPROVE, Permission.REPORT_WITHDRAW)
def propose(request: StaffRequest, receipt: str) -> HttpResponse:
    """Propose to refuse, withdraw or revoke; a second person confirms."""
    step = request.POST.get("step", "")

    def act(report: Report) -> str:
        if step not in TWO_PERSON_STEPS:
            raise Report.DoesNotExist
        note, seen = request.POST.get("note", ""), request.POST.get("seen")
        step_propose(id=report.pk, step=step, by=request.user, note=note, seen=seen)
        return _("“%(step)s” is proposed for %(receipt)s; a second person confirms.") % {
            "step": REVIEW[step].label.say(language()),
            "receipt": receipt,
        }

    return _decided(request, receipt, act)


@require_POST
@opens(Permission.REPORT_APPROVE, Permission.REPORT_WITHDRAW)
def confirm(request: StaffRequest, receipt: str) -> HttpResponse:
    """The second person confirms a proposal, or declines it."""
    agrees = request.POST.get("answer") == "confirm"

    def act(report: Report) -> str:
        step_confirm(
            id=report.pk, by=request.user, confirm=agrees, note=request.POST.get("note", "")
        )
        if agrees:
            return _("The proposal about %(receipt)s is confirmed.") % {"receipt": receipt}
        return _("The proposal about %(receipt)s is declined.") % {"receipt": receipt}

    return _decided(request, receipt, act)


@require_POST
@opens(Permission.EXCEPTION_GRANT)
def grant_exception(request: StaffRequest, receipt: str) -> HttpResponse:
    """Except the report from one rule, with the reason; the report stays open."""

    def act(report: Report) -> str:
        rule, reason = request.POST.get("rule", ""), request.POST.get("note", "")
        exception_grant(id=report.pk, rule=rule, reason=reason, by=request.user)
        return _("The exception is granted and the report checked again.")

    return _decided(request, receipt, act, stay=True)


@require_POST
@opens(Permission.REPORT_APPROVE)
def reassign(request: StaffRequest, receipt: str) -> HttpResponse:
    """Bind an approved report to another record."""
    record = _record(request.POST.get("record", ""))

    def act(report: Report) -> str:
        if record is None:
            raise Report.DoesNotExist
        report_reassign(
            id=report.pk,
            record_id=record,
            by=request.user,
            note=request.POST.get("note", ""),
            seen=request.POST.get("seen"),
        )
        return _("%(receipt)s now belongs to another record.") % {"receipt": receipt}

    return _decided(request, receipt, act, stay=True)


@require_POST
@opens(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY)
def assign(request: StaffRequest, receipt: str) -> HttpResponse:
    """Say who looks at a report; it stays open."""

    def act(report: Report) -> str:
        kept = report_assign(id=report.pk, to=request.POST.get("to", ""), by=request.user)
        if kept is None:
            return _("%(receipt)s is everybody’s again.") % {"receipt": receipt}
        return _("%(who)s looks at %(receipt)s.") % {
            "who": kept.to.full_name,
            "receipt": receipt,
        }

    return _decided(request, receipt, act, stay=True)


@require_POST
@opens(Permission.REPORT_READ)
def remark(request: StaffRequest, receipt: str) -> HttpResponse:
    """Write in the talk about a report; it stays open."""

    def act(report: Report) -> str:
        remark_add(id=report.pk, text=request.POST.get("text", ""), by=request.user)
        return _("Sent.")

    return _decided(request, receipt, act, stay=True)


def _record(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _decided(
    request: StaffRequest, receipt: str, act: Callable[[Report], str], *, stay: bool = False
) -> HttpResponse:
    """Take the step and go on, or show the refusal where the person stands."""
    report = report_get(request.user, receipt)
    try:
        done = act(report)
    except DomainError as refusal:
        return _refused(request, receipt, refusal)
    messages.success(request, done)
    swaps = request.POST.get("swap") and request.headers.get("HX-Request")
    if swaps and (following := _following(request, report, stay=stay)) is not None:
        return _in_place(request, following)
    address = _onward(request, report, stay=stay)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _onward(request: StaffRequest, report: Report, *, stay: bool) -> str:
    """Where the work goes on: the page it came from, or the next report of the queue."""
    back = request.POST.get("back", "")
    page = reverse("web:report", args=[report.receipt])
    if back == "report":
        return page
    query = desk_query(request)
    following = _following(request, report, stay=stay)
    if following is None:
        return reverse("web:review") + query
    return reverse("web:review_report", args=[following.receipt]) + query


def _following(request: StaffRequest, report: Report, *, stay: bool) -> Report | None:
    """The report that stands on the desk next; None when the queue is empty."""
    return report if stay else review_next(request.user, queue_filter(request), report.pk)


def _in_place(request: StaffRequest, following: Report) -> HttpResponse:
    """The next report in the answer to the decision about the last: nobody waits for a page."""
    request.POST = QueryDict("")  # what was chosen for the last says nothing about this one
    return desk_swapped(request, report_get(request.user, following.receipt))


def _refused(request: StaffRequest, receipt: str, refusal: DomainError) -> HttpResponse:
    """422 with the sentence: a fragment for htmx, else the desk with the sentence on top."""
    report = report_get(request.user, receipt)
    if request.headers.get("HX-Request"):
        context = {"refusal": refusal, "code": refusal.code, "is_stale": refusal.code == "changed"}
        if isinstance(refusal, SameDateError):
            context |= desk_context(request, report)
        return render(request, "web/review/_refused.html", context, status=422)
    if request.POST.get("back") == "report":
        context = report_context(report, request.user) | {"refusal": refusal}
        context |= {"features": features_of(report, context)}
        return render(request, "web/reports/report.html", context, status=422)
    queue = queue_context(request, queue_filter(request))
    return desk_page(request, report, queue, refusal=refusal.say(language()), status=422)
