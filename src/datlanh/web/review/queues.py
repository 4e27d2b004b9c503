"""Queues kept under a name: the filters of an address, one's own or the office's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.intake.selectors.desk import queues_kept
from datlanh.intake.selectors.queue import VERIFY, QueueFilter
from datlanh.intake.selectors.reports import form_titles, organisations_seen
from datlanh.intake.services.desk import queue_drop, queue_save
from datlanh.kernel.errors import DomainError
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import Chip, language, without
from datlanh.web.review.address import filters_in


def queue_names(request: StaffRequest, wanted: QueueFilter) -> dict[str, Any]:
    """The kept queues, the filters in force as words, and what would be kept of the address."""
    here = filters_in(request.GET.urlencode())
    kept = list(queues_kept(request.user))
    return {
        "kept_queues": kept,
        "chips": queue_chips(request, wanted),
        "here": here,
        "kept_here": next((k for k in kept if k.query == here), None),
        "assigned_options": _assigned_words(),
    }


def _assigned_words() -> dict[str, str]:
    return {"me": _("me"), "others": _("a colleague"), "none": _("nobody")}


def queue_chips(request: HttpRequest, wanted: QueueFilter) -> list[Chip]:
    """The queue's filters in force, as words; each leads to the queue without it."""
    findings = {"blocked": _("blocking"), "clean": _("none that block or warn")}
    chips = []
    if wanted.mine:
        chips.append(("mine", _("Decision"), _("mine to take")))
    if word := findings.get(wanted.findings):
        chips.append(("findings", _("Findings"), word))
    if wanted.form:
        title = form_titles().get(wanted.form)
        chips.append(("form", _("Form"), title.say(language()) if title else wanted.form))
    if wanted.organisation:
        permission = (
            Permission.REPORT_VERIFY if wanted.stage == VERIFY else Permission.REPORT_APPROVE
        )
        who = request.user
        seen = organisations_seen(who, permission)  # type: ignore[arg-type]  # signed in
        names = {o.key: o.short_name for o in seen}
        chips.append(
            ("organisation", _("Organisation"), names.get(wanted.organisation, wanted.organisation))
        )
    if word := _assigned_words().get(wanted.assigned):
        chips.append(("assigned", _("Assigned to"), word))
    if wanted.late:
        chips.append(("late", _("Deadline"), _("came late")))
    return [
        Chip(word, value, reverse("web:review") + without(request.GET, name))
        for name, word, value in chips
    ]


@require_POST
@opens(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY)
def queue_keep(request: StaffRequest) -> HttpResponse:
    """Keep the filters of the address under a name."""
    query = filters_in(request.POST.get("query", ""))
    try:
        kept = queue_save(
            name=request.POST.get("name", ""),
            query=query,
            is_shared=bool(request.POST.get("shared")),
            by=request.user,
        )
        messages.success(request, _("The queue “%(name)s” is kept.") % {"name": kept.name})
    except DomainError as refusal:
        messages.error(request, refusal.say(language()))
    return HttpResponseRedirect(f"{reverse('web:review')}?{query}")


@require_POST
@opens(Permission.REPORT_APPROVE, Permission.REPORT_VERIFY)
def queue_forget(request: StaffRequest, id: int) -> HttpResponse:
    """Forget a queue of one's own; the filters in force stay."""
    queue_drop(id=id, by=request.user)
    messages.success(request, _("The queue is forgotten."))
    here = QueryDict(filters_in(request.POST.get("query", "")))
    return HttpResponseRedirect(f"{reverse('web:review')}?{here.urlencode()}")
