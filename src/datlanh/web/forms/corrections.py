"""A mapping to be corrected: what differs, records before and after, a second person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.intake.models import FormProposal
from datlanh.intake.selectors.corrections import correction_of
from datlanh.intake.selectors.forms import form_revision
from datlanh.intake.selectors.proposed_forms import form_proposal_get, form_review
from datlanh.intake.services.proposing import mapping_propose
from datlanh.intake.services.remapping import mapping_confirm
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.web.forms.workbooks import sent
from datlanh.web.guards import StaffRequest, opens

SEES = (Permission.FORM_PUBLISH, Permission.REPORT_WITHDRAW)


@opens(*SEES)
def mapping_correction(request: StaffRequest, id: int) -> HttpResponse:
    """The mapping side by side, and a few records before and after."""
    return _page(request, _found(id))


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
    context = {
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
    """Put the correction in force, as the second person."""
    proposal = _found(id)
    try:
        done = mapping_confirm(id=id, by=request.user, seen=request.POST.get("seen", ""))
    except DomainError as refusal:
        return _page(request, proposal, refusal, status=422)
    told = {"reports": done.reports, "records": done.records, "decision": done.revision.decision}
    said = _(
        "The mapping is corrected: %(reports)s reports were read anew, %(records)s records changed"
        " (decision %(decision)s)."
    )
    messages.success(request, said % told)
    return HttpResponseRedirect(reverse("web:form_versions", args=[proposal.form]))


@opens(Permission.FORM_READ)
def form_revision_workbook(request: StaffRequest, form: str, id: int) -> HttpResponse:
    """The workbook of a corrected mapping, as confirmed."""
    found = form_revision(form, id)
    return sent(bytes(found.xlsform), f"{form}-{found.form_version.version}.{found.revision}.xlsx")
