"""The operator's information officer corrects a report, checks it again and vouches for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.intake.facts import DatabaseFacts
from datlanh.intake.models import Report
from datlanh.intake.selectors.findings import Told, findings_of_now, findings_tried
from datlanh.intake.selectors.forms import mapping_of_report
from datlanh.intake.selectors.maps import report_features
from datlanh.intake.selectors.reports import communes_today, report_get
from datlanh.intake.selectors.saying import names_for
from datlanh.intake.selectors.sheets import answers_of_report
from datlanh.intake.services.checking import view_of
from datlanh.intake.services.moves import UNKNOWN_FORM, step_of
from datlanh.intake.services.verifying import report_verify
from datlanh.intake.workflow import REVIEW
from datlanh.kernel.checks import RULES
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.mapping import FormMapping
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.answer_forms import AnswerForm, with_row, without_row
from datlanh.web.reports.filters import language
from datlanh.web.reports.pages import seen_of


@opens(Permission.REPORT_VERIFY)
def correct(request: StaffRequest, receipt: str) -> HttpResponse:
    """The answers as a form: add or drop rows, check without keeping, or verify."""
    report = report_get(request.user, receipt, Permission.REPORT_VERIFY)
    mapping = _mapping_or_refuse(request, report)
    action, _colon, rest = request.POST.get("do", "").partition(":")
    form = _form(request, report, mapping, action, rest)
    if action == "verify" and not form.errors:
        return _verify(request, report, form)
    context = _context(request, report, form)
    if action in ("check", "verify"):
        found = RULES.check(view_of(report, mapping, form.answers), DatabaseFacts(report))
        told, counts = findings_tried(found, mapping)
        context |= {"findings": told, "counts": counts, "is_trial": True}
        context["features"] = _features(report, form, told)
    status = 422 if form.errors and action in ("check", "verify") else 200
    return render(request, "web/reports/correct.html", context, status=status)


@require_POST
@opens(Permission.REPORT_VERIFY)
def verify(request: StaffRequest, receipt: str) -> HttpResponse:
    """Vouch for a report as it stands."""
    report = report_get(request.user, receipt, Permission.REPORT_VERIFY)
    report_verify(
        id=report.pk,
        by=request.user,
        note=request.POST.get("note", ""),
        seen=request.POST.get("seen"),
    )
    return _done(request, report)


def _mapping_or_refuse(request: StaffRequest, report: Report) -> FormMapping:
    """The form's mapping, or the refusal that verifying would meet, before anybody types."""
    mapping = mapping_of_report(report)
    if mapping is None:
        raise DomainError(UNKNOWN_FORM)
    refusal = REVIEW.refusal("verify", report, report.state, step_of(report, request.user))
    if refusal is not None:
        raise TransitionError(refusal)
    return mapping


def _form(
    request: StaffRequest, report: Report, mapping: FormMapping, action: str, rest: str
) -> AnswerForm:
    before = answers_of_report(report)
    typed: QueryDict | None = request.POST if request.method == "POST" else None
    if typed is not None and action == "add" and mapping.repeat(rest):
        typed = with_row(typed, rest)
    if typed is not None and action == "drop":
        repeat, _colon, number = rest.partition(":")
        typed = without_row(typed, repeat, int(number) if number.isdigit() else NO_ROW)
    return AnswerForm(
        mapping,
        before,
        names_for(request.user, report, mapping, (before,)),
        communes=communes_today(),
        typed=typed,
    )


NO_ROW = 10**6  # no row has this number


def _verify(request: StaffRequest, report: Report, form: AnswerForm) -> HttpResponse:
    changed = form.answers != form.before
    try:
        report_verify(
            id=report.pk,
            by=request.user,
            answers=form.answers if changed else None,
            note=request.POST.get("note", ""),
            seen=request.POST.get("seen"),
        )
    except DomainError as refusal:
        fresh = report_get(request.user, report.receipt, Permission.REPORT_VERIFY)
        context = _context(request, fresh, form) | {"refusal": refusal.say(language())}
        return render(request, "web/reports/correct.html", context, status=422)
    return _done(request, report)


def _done(request: StaffRequest, report: Report) -> HttpResponse:
    messages.success(
        request, _("%(receipt)s is verified and sent to the centre.") % {"receipt": report.receipt}
    )
    address = reverse("web:report", args=[report.receipt])
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def _features(report: Report, form: AnswerForm, told: Iterable[Told]) -> dict[str, Any] | None:
    """What was typed, on a map: drawn anew by each check. None where nothing has a place."""
    answers = form.answers
    if not (answers.points or answers.polygons):
        return None
    return report_features(report, form.mapping, answers, findings=told)


def _context(request: StaffRequest, report: Report, form: AnswerForm) -> dict[str, Any]:
    told = findings_of_now(report)
    return {
        "report": report,
        "form": form,
        "findings": told,
        "features": _features(report, form, told),
        "basemap": reverse("api:basemap"),
        "counts": {"block": report.blocks, "warn": report.warns, "info": report.infos},
        "seen": request.POST.get("seen") or seen_of(report),
        "note": request.POST.get("note", ""),
    }
