"""A proposed version of a form: side by side, its doubts, and what is done with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.intake.models import FormProposal
from datlanh.intake.selectors.proposed_forms import form_proposal_get, form_review
from datlanh.intake.services.proposing import (
    form_proposal_publish,
    form_proposal_withdraw,
)
from datlanh.intake.services.proposing import form_propose as form_suggest
from datlanh.intake.workbook import MAX_BYTES
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.web.forms.views import forms_page
from datlanh.web.forms.workbooks import WorkbookForm, sent
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language


@require_POST
@opens(Permission.FORM_PUBLISH)
def form_propose(request: StaffRequest) -> HttpResponse:
    """Take a workbook as a proposal, or say what is wrong with it."""
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            # One byte more than may be read is enough to refuse it.
            content = form.cleaned_data["workbook"].read(MAX_BYTES + 1)
            proposal = form_suggest(workbook=content, by=request.user)
        except DomainError as refusal:
            form.add_error("workbook", refusal.say(language()))
        else:
            return HttpResponseRedirect(reverse(_address(proposal), args=[proposal.pk]))
    return forms_page(request, form, status=422)


def _address(proposal: FormProposal) -> str:
    return "web:mapping_correction" if proposal.corrects_id else "web:form_proposal"


@opens(Permission.FORM_PUBLISH)
def form_proposal(request: StaffRequest, id: int) -> HttpResponse:
    """What a proposed version would change, whom that touches, and what is doubtful."""
    if _address(form_proposal_get(id)) != "web:form_proposal":
        return HttpResponseRedirect(reverse("web:mapping_correction", args=[id]))
    return _page(request, id)


def _page(
    request: StaffRequest, id: int, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    proposal = form_proposal_get(id)
    context = {
        "proposal": proposal,
        "title": Text(proposal.title_vi, proposal.title_en),
        "refusal": refusal,
        "reason": request.POST.get("reason", ""),
        "accepted": request.POST.getlist("accepted"),
    }
    if proposal.closed_at is None:
        review = form_review(proposal)
        context |= {"review": review, "changes": review.changes, "touched": review.touched}
    return render(request, "web/forms/proposal.html", context, status=status)


@require_POST
@opens(Permission.FORM_PUBLISH)
def form_publish(request: StaffRequest, id: int) -> HttpResponse:
    """Publish a proposal with its reason and the warnings that were accepted."""
    post = request.POST
    try:
        version = form_proposal_publish(
            id=id,
            by=request.user,
            reason=post.get("reason", ""),
            seen=post.get("seen", ""),
            accepted=post.getlist("accepted"),
        )
    except DomainError as refusal:
        return _page(request, id, refusal, status=422)
    title = Text(version.title_vi, version.title_en).say(language())
    said = _("“%(form)s” %(version)s is published.")
    messages.success(request, said % {"form": title, "version": version.version})
    return HttpResponseRedirect(reverse("web:forms"))


@require_POST
@opens(Permission.FORM_PUBLISH)
def form_withdraw(request: StaffRequest, id: int) -> HttpResponse:
    """Give a proposal up, with the reason."""
    try:
        form_proposal_withdraw(id=id, by=request.user, reason=request.POST.get("reason", ""))
    except DomainError as refusal:
        return _page(request, id, refusal, status=422)
    messages.success(request, _("The proposal is withdrawn; nothing was published."))
    return HttpResponseRedirect(reverse("web:forms"))


@opens(Permission.FORM_PUBLISH)
def form_proposal_workbook(request: StaffRequest, id: int) -> HttpResponse:
    """The workbook of a proposal, as uploaded."""
    found = form_proposal_get(id)
    return sent(bytes(found.xlsform), f"{found.form}-{found.version}.xlsx")
