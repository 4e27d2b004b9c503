"""What is due, what is missing, exemptions, and putting a reminder away."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Exemption, Report
from datlanh.intake.selectors.clocks import (
    duties_of,
    exemptions_of,
    expectations_of,
    month_moved,
    month_read,
)
from datlanh.intake.selectors.reports import ReportFilter, form_titles, organisations_seen
from datlanh.intake.services import clocks
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.web.guards import StaffRequest, opens

HISTORY = 100
MONTHS = 18  # so far back a month is offered
NO_DAY = Text("Hãy chọn một ngày.", "Choose a day.")
NOT_THERE = Text("Không tìm thấy tổ chức hoặc báo cáo đó.", "No such organisation or report.")


@opens(Permission.REPORT_READ)
def deadlines(request: StaffRequest) -> HttpResponse:
    """`/quality/clocks/`: a month's expected forms by organisation, and who was exempted why."""
    return _page(request)


@require_POST
@opens(Permission.SETTINGS_MANAGE)
def exemption(request: StaffRequest) -> HttpResponse:
    """Exempt an organisation's month, or give one report until another day."""
    post = request.POST.get
    try:
        if receipt := post("receipt", "").strip():
            clocks.due_move(
                receipt=receipt.upper(),
                until=_day(post("until", "")),
                reason=post("reason", ""),
                by=request.user,
            )
        else:
            clocks.exemption_give(
                organisation=post("organisation", ""),
                month=_day(f"{post('month', '')}-01"),
                form=post("form", ""),
                reason=post("reason", ""),
                by=request.user,
            )
    except (Organisation.DoesNotExist, Report.DoesNotExist):
        return _page(request, DomainError(NOT_THERE))
    except DomainError as refusal:
        return _page(request, refusal)
    return _done(request, _("The exemption is kept. The stamp on reports stays as it was."))


@require_POST
@opens(Permission.SETTINGS_MANAGE)
def exemption_back(request: StaffRequest, number: int) -> HttpResponse:
    """Take back an exemption given by mistake."""
    reason = request.POST.get("reason", "")
    try:
        clocks.exemption_take_back(id=number, reason=reason, by=request.user)
    except DomainError as refusal:
        return _page(request, refusal)
    return _done(request, _("The exemption is taken back."))


@require_POST
@opens(Permission.SETTINGS_MANAGE)
def expectation(request: StaffRequest) -> HttpResponse:
    """Say what an organisation is expected to send from a month on."""
    post = request.POST.get
    try:
        clocks.expectation_set(
            organisation=post("organisation", ""),
            form=post("form", ""),
            is_expected=post("expected", "") == "yes",
            since=_day(f"{post('since', '')}-01"),
            note=post("reason", ""),
            by=request.user,
        )
    except Organisation.DoesNotExist:
        return _page(request, DomainError(NOT_THERE))
    except DomainError as refusal:
        return _page(request, refusal)
    return _done(request, _("What is expected is changed."))


@require_POST
@opens(Permission.REPORT_VERIFY)
def reminder_dismiss(request: StaffRequest, number: int) -> HttpResponse:
    """Put one's own reminder away."""
    clocks.reminder_dismiss(id=number, by=request.user)
    return HttpResponseRedirect(reverse("web:home"))


def months_offered() -> list[dt.date]:
    """This month and those before it, newest first."""
    return [month_moved(clock.today(), -back) for back in range(MONTHS)]


def list_of(wanted: ReportFilter) -> str:
    """The address of the list of reports behind a number."""
    names = ("organisation", "form", "month", "late", "first", "course", "since", "until")
    asked = {n: getattr(wanted, n) for n in names if getattr(wanted, n)}
    if wanted.found:
        asked["found"] = "1"
    return f"{reverse('web:reports')}?{urlencode(asked)}"


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise DomainError(NO_DAY) from None


def _done(request: StaffRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("web:clocks"))


def _page(request: StaffRequest, refusal: DomainError | None = None) -> HttpResponse:
    who, get = request.user, request.GET.get
    month, organisation = month_read(get("month", "")), get("organisation", "")
    lines = []
    for duty in duties_of(who, month, organisation):
        about = ReportFilter(
            organisation=duty.organisation.key, form=duty.form, since=month, until=duty.last_on
        )
        late = ReportFilter(**{**about.__dict__, "late": "late"})
        lines.append((duty, list_of(about), list_of(late)))
    exemptions: list[Exemption] = list(exemptions_of(who)[:HISTORY])
    context: dict[str, Any] = {
        "month": month,
        "months": months_offered(),
        "lines": lines,
        "missing": sum(d.state == "missing" for d, _sent, _late in lines),
        "organisations": organisations_seen(who),
        "chosen": organisation,
        "titles": form_titles(),
        "exemptions": exemptions,
        "expectations": list(expectations_of(who)[:HISTORY]),
        "may_manage": scope_for(who, Permission.SETTINGS_MANAGE).everything,
        "typed": request.POST,
        "refusal": refusal,
    }
    return render(request, "web/quality/clocks.html", context, status=422 if refusal else 200)
