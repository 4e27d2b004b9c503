"""A mapping to be corrected: what differs, records before and after, a second person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.intake.models import FormProposal
from datlanh.intake.selectors.corrections import correction_of
from datlanh.intake.selectors.forms import form_revision
from datlanh.intake.selectors.proposed_forms import form_proposal_get, form_review
from datlanh.intake.services.mapping_runs import is_silent, mapping_ask
from datlanh.intake.services.proposing import mapping_propose
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.web.forms.workbooks import sent
from datlanh.web.guards import StaffRequest, opens

SEES = (Permission.FORM_PUBLISH, Permission.REPORT_WITHDRAW)


@never_cache
@opens(*SEES)
def mapping_correction(request: StaffRequest, id: int) -> HttpResponse:
    """The mapping side by side, and a few records before and after; how far the work is."""
    proposal = _found(id)
    if request.headers.get("HX-Target") == "mapping-run":
        run = proposal.runs.select_related("asked_by").latest("pk")
        if run.is_open and not is_silent(run):
            context = {"proposal": proposal, "run": run}
            return render(request, "web/forms/_run.html", context)
        return HttpResponse(headers={"HX-Refresh": "true"})  # the page around it differs now
    return _page(request, proposal)


def _found(id: int) -> FormProposal:
    found = form_proposal_get(id)
    if found.corrects_id is None:
        raise FormProposal.DoesNotExist
    return found


def _page(
    request: StaffRequest,
    proposal: FormProposal,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    who = request.user
    run = proposal.runs.select_related("asked_by").order_by("-pk").first()
    silent = run is not None and is_silent(run)
    context: dict[str, Any] = {
        "run": run,
        "is_silent": silent,
        "in_work": run is not None and run.is_open and not silent,
        "proposal": proposal,
        "title": Text(proposal.title_vi, proposal.title_en),
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
        "may_propose": has(who, Permission.FORM_PUBLISH),
        "may_confirm": scope_for(who, Permission.REPORT_WITHDRAW).everything,
        "is_own": proposal.proposed_by_id == who.pk,
    }
    if proposal.closed_at is None:
        correction = correction_of(proposal, who)
        context |= {
            "correction": correction,
            "changes": correction.changes,
            "review": form_review(proposal),
        }
    return render(request, "web/forms/correction.html", context, status=status)


@require_POST
@opens(Permission.FORM_PUBLISH)
def mapping_reason(request: StaffRequest, id: int) -> HttpResponse:
    """Say why the mapping is to be corrected; a second person is asked from then on."""
    proposal = _found(id)
    try:
        mapping_propose(id=id, by=request.user, reason=request.POST.get("reason", ""))
    except DomainError as refusal:
        return _page(request, proposal, refusal, status=422)
    messages.success(request, _("The correction is proposed. A second person has to confirm it."))
    return HttpResponseRedirect(reverse("web:mapping_correction", args=[id]))


@require_POST
@opens(Permission.REPORT_WITHDRAW)
def mapping_put(request: StaffRequest, id: int) -> HttpResponse:
    """Confirm the correction as the second person; a job puts it in force."""
    proposal = _found(id)
    try:
        mapping_ask(id=id, by=request.user, seen=request.POST.get("seen", ""))
    except DomainError as refusal:
        return _page(request, proposal, refusal, status=422)
    return HttpResponseRedirect(reverse("web:mapping_correction", args=[id]))


@opens(Permission.FORM_READ)
def form_revision_workbook(request: StaffRequest, form: str, id: int) -> HttpResponse:
    """The workbook of a corrected mapping, as confirmed."""
    found = form_revision(form, id)
    return sent(bytes(found.xlsform), f"{form}-{found.form_version.version}.{found.revision}.xlsx")
