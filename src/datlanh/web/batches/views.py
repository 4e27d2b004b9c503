"""Many reports proposed for withdrawal, and what a second person says to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.intake.batching import LIMIT
from datlanh.intake.models import Batch, BatchMember, Report
from datlanh.intake.selectors.batches import (
    batch_get,
    batch_members,
    batch_reports,
    batches_of,
    reports_named,
)
from datlanh.intake.selectors.paging import Cursor, page_of
from datlanh.intake.selectors.reports import form_titles
from datlanh.intake.services.batch_runs import batch_ask, batch_is_silent
from datlanh.intake.services.batches import Chosen
from datlanh.intake.services.batches import batch_confirm as batch_answer
from datlanh.intake.services.batches import batch_propose as batch_suggest
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.web.batches.chosen import candidates
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import report_filter

RESULTS = {
    BatchMember.WAITING: Text("Chờ người thứ hai", "Waits for a second person"),
    BatchMember.DONE: Text("Đã thu hồi", "Withdrawn"),
    BatchMember.DECLINED: Text("Không đồng ý", "Declined"),
    BatchMember.LEFT_OUT: Text("Để lại, xem riêng", "Left out, look at it alone"),
}
NOTHING_CHOSEN = Text("Hãy chọn ít nhất một báo cáo.", "Choose at least one report.")


@opens(Permission.REPORT_WITHDRAW)
def batches(request: StaffRequest) -> HttpResponse:
    """Every batch within reach, newest first."""
    cursor = Cursor.read(request.GET.get("after"), request.GET.get("before"))
    page = page_of(batches_of(request.user), cursor)
    return render(request, "web/batches/list.html", {"page": page, "rows": page.rows})


@require_POST
@opens(Permission.REPORT_WITHDRAW)
def batch_new(request: StaffRequest) -> HttpResponse:
    """What was chosen on the list: ticked reports, or all that fit its filter."""
    if request.POST.get("what") == "all":
        wanted = report_filter(request).q(request.user)
        found = list(batch_reports(request.user, wanted)[: LIMIT + 1])
    else:
        found = reports_named(request.user, request.POST.getlist("report"))
    return _new(request, found)


def _new(
    request: StaffRequest, found: list[Report], refusal: object = None, status: int = 200
) -> HttpResponse:
    context = {
        "found": candidates(request.user, found[:LIMIT]),
        "is_cut": len(found) > LIMIT,
        "limit": LIMIT,
        "refusal": refusal or (None if found else NOTHING_CHOSEN),
        "note": request.POST.get("note", ""),
        "titles": form_titles(),
        "query": request.GET.urlencode(),
    }
    return render(request, "web/batches/new.html", context, status=status)


@require_POST
@opens(Permission.REPORT_WITHDRAW)
def batch_propose(request: StaffRequest) -> HttpResponse:
    """Propose the ticked reports with one reason; or say why not, with the reports still there."""
    ticked = {
        receipt: (seen, name == "despite")
        for name in ("report", "despite")
        for receipt, _bar, seen in (v.partition("|") for v in request.POST.getlist(name))
    }
    found = reports_named(request.user, ticked)
    chosen = [Chosen(r.pk, *ticked[r.receipt]) for r in found]
    try:
        made = batch_suggest(chosen=chosen, by=request.user, note=request.POST.get("note", ""))
    except DomainError as refusal:
        return _new(request, found, refusal, status=422)
    messages.success(request, _("The withdrawal is proposed; a second person confirms."))
    return HttpResponseRedirect(reverse("web:batch", args=[made.pk]))


@never_cache
@opens(Permission.REPORT_WITHDRAW)
def batch(request: StaffRequest, id: int) -> HttpResponse:
    """One batch: its reports and what became of each; how far a large one is on its way."""
    if request.headers.get("HX-Target") == "batch-run":
        found = batch_get(request.user, id)
        context = _run_of(found)
        if context["in_work"]:
            return render(request, "web/batches/_run.html", context | {"batch": found})
        return HttpResponse(headers={"HX-Refresh": "true"})  # the page around it differs now
    return _batch(request, id)


def _batch(
    request: StaffRequest, id: int, refusal: object = None, status: int = 200
) -> HttpResponse:
    found = batch_get(request.user, id)
    members = batch_members(found, request.user)
    groups = [
        (RESULTS[result], result, [m for m in members if m.result == result])
        for result in (
            BatchMember.LEFT_OUT,
            BatchMember.WAITING,
            BatchMember.DONE,
            BatchMember.DECLINED,
        )
    ]
    context = {
        "batch": found,
        "groups": [g for g in groups if g[2]],
        "whys": {m.pk: Text(m.why["vi"], m.why["en"]) for m in members if m.why},
        "titles": form_titles(),
        "is_own": found.by_id == request.user.pk,
        "refusal": refusal,
        **_run_of(found),
    }
    return render(request, "web/batches/batch.html", context, status=status)


def _run_of(found: Batch) -> dict[str, Any]:
    """How far a large batch is on its way."""
    run = found.runs.select_related("asked_by").order_by("-pk").first()
    silent = run is not None and batch_is_silent(run)
    return {
        "run": run,
        "is_silent": silent,
        "in_work": run is not None and run.is_open and not silent,
    }


@require_POST
@opens(Permission.REPORT_WITHDRAW)
def batch_confirm(request: StaffRequest, id: int) -> HttpResponse:
    """The second person confirms the whole batch, or declines it."""
    batch_get(request.user, id)
    agrees = request.POST.get("answer") == "confirm"
    try:
        note = request.POST.get("note", "")
        run = None
        if agrees:
            run = batch_ask(id=id, by=request.user, note=note)
        else:
            batch_answer(id=id, by=request.user, confirm=False, note=note)
    except DomainError as refusal:
        return _batch(request, id, refusal, status=422)
    if run is not None:
        return HttpResponseRedirect(reverse("web:batch", args=[id]))
    messages.success(request, _said(request, id) if agrees else _("The batch is declined."))
    return HttpResponseRedirect(reverse("web:batch", args=[id]))


def _said(request: StaffRequest, id: int) -> str:
    members = batch_members(batch_get(request.user, id), request.user)
    done = sum(m.result == BatchMember.DONE for m in members)
    left = sum(m.result == BatchMember.LEFT_OUT for m in members)
    said = ngettext("%(count)s report is withdrawn.", "%(count)s reports are withdrawn.", done)
    said %= {"count": done}
    if left:
        more = ngettext("%(count)s was left out.", "%(count)s were left out.", left)
        said += " " + more % {"count": left}
    return said
