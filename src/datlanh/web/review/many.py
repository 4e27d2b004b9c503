"""Approving what nothing was found about, many at once; and what became of each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from datlanh.accounts.acting import acting
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.batching import APPROVE_LIMIT
from datlanh.intake.models import Batch, BatchMember
from datlanh.intake.selectors.clearing import (
    clearable,
    cleared_acts,
    cleared_members,
    named_to_clear,
)
from datlanh.intake.selectors.queue import DECIDE
from datlanh.intake.selectors.reports import communes_named, form_titles
from datlanh.intake.selectors.steps_left import areas_left
from datlanh.intake.services.clearing import Ticked, reports_approve
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.review.address import desk_query
from datlanh.web.review.desk import queue_filter

RESULTS = {
    BatchMember.LEFT_OUT: Text("Để lại, xem riêng", "Left out, look at each alone"),
    BatchMember.WAITING: Text("Chưa xử lý", "Not reached"),
    BatchMember.DONE: Text("Đã phê duyệt", "Approved"),
}


@opens(Permission.REPORT_APPROVE)
def many(request: StaffRequest) -> HttpResponse:
    """The reports of the queue that may be approved together, each with where it would go."""
    return _many(request)


def _many(
    request: StaffRequest, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    wanted = queue_filter(request, stage=DECIDE)
    found = clearable(request.user, wanted)
    context = {
        "found": found,
        "limit": APPROVE_LIMIT,
        "refusal": refusal,
        "titles": form_titles(),
        "communes": communes_named(c.report.commune_code for c in found.free),
        "desk_query": desk_query(request),
        "wanted": wanted,
        "may_move": not scope_for(request.user, Permission.AREA_MOVE).nothing,
    }
    return render(request, "web/review/many.html", context, status=status)


@require_POST
@opens(Permission.REPORT_APPROVE)
def many_approve(request: StaffRequest) -> HttpResponse:
    """Approve the ticked reports; each is a transaction of its own, so this view opens none."""
    who = request.user
    ticked = dict(value.partition("|")[::2] for value in request.POST.getlist("report"))
    with acting(who):
        found = named_to_clear(who, ticked)
    chosen = [Ticked(r.pk, ticked[receipt]) for receipt, r in found.items()]
    try:
        batch = reports_approve(chosen=chosen, by=who, note=request.POST.get("note", "").strip())
    except DomainError as refusal:
        with acting(who):
            return _many(request, refusal, status=422)
    with acting(who):
        messages.success(request, _said(batch, request))
    address = reverse("web:review_many_done", args=[batch.pk]) + desk_query(request)
    return HttpResponseRedirect(address)


many_approve.acts_itself = True  # type: ignore[attr-defined]  # for the middleware


def _said(batch: Batch, request: StaffRequest) -> str:
    groups = cleared_members(batch, request.user)
    done, left = (len(groups.get(r, [])) for r in (BatchMember.DONE, BatchMember.LEFT_OUT))
    said = ngettext("%(count)s report is approved.", "%(count)s reports are approved.", done)
    said %= {"count": done}
    if left:
        more = ngettext("%(count)s was left out.", "%(count)s were left out.", left)
        said += " " + more % {"count": left}
    return said


@opens(Permission.REPORT_APPROVE)
def many_done(request: StaffRequest, id: int) -> HttpResponse:
    """What became of each report of one act."""
    batch = cleared_acts(request.user).get(pk=id)
    groups = cleared_members(batch, request.user)
    context = {
        "batch": batch,
        "groups": [(RESULTS[result], result, members) for result, members in groups.items()],
        "whys": {
            m.pk: Text(m.why["vi"], m.why["en"]) for ms in groups.values() for m in ms if m.why
        },
        "titles": form_titles(),
        "desk_query": desk_query(request),
        "left": areas_left(request.user, [m.report for m in groups.get(BatchMember.DONE, [])]),
    }
    return render(request, "web/review/many_done.html", context)
