"""Splitting an area, or merging some: proposed here by one person, confirmed by another."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.selectors.sources import AREA
from datlanh.hazards.workflow import LIFE
from datlanh.intake.models import Division, Report
from datlanh.intake.selectors.dividing import (
    Waiting,
    beside,
    division_waiting,
    outline_of_report,
    parts_of,
)
from datlanh.intake.selectors.division_plan import Part, plan_of
from datlanh.intake.services.dividing import division_confirm, division_propose
from datlanh.intake.services.lifecycle import life_of
from datlanh.kernel.errors import DomainError
from datlanh.register.models import Record
from datlanh.web.guards import StaffRequest, opens


def _area(request: StaffRequest, local_id: str) -> Record:
    visible = scope_for(request.user, Permission.AREA_MOVE).q("organisation_id")
    return Record.objects.filter(visible).get(local_id=local_id, kind=AREA)


@never_cache
@opens(Permission.AREA_MOVE)
def divide(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/areas/<local_id>/divide`: what may take its place, or the proposal that waits."""
    record = _area(request, local_id)
    waiting = division_waiting(record)
    state = life_of(record).state
    areas, reports = _chosen(request, record, waiting)
    context = {
        "plan": plan_of(areas, _parts(reports), request.user),
        "chosen": {r.pk for r in reports},
        "joined": {a.local_id for a in areas},
        "typed": request.GET,
        "record": record,
        "state": LIFE.state(state).label,
        "may": state in LIFE["split"].sources,
        "waiting": waiting,
        "is_own": waiting is not None and waiting.division.by_id == request.user.pk,
        "word": LIFE[waiting.division.step].label if waiting else None,
        "parts": [] if waiting else parts_of(record, request.user),
        "beside": [] if waiting else beside(record, request.user),
    }
    return render(request, "web/areas/divide.html", context)


def _chosen(
    request: StaffRequest, record: Record, waiting: Waiting | None
) -> tuple[list[Record], list[Report]]:
    """Which areas give way to which reports: as proposed, else as ticked to be looked at."""
    if waiting is not None:
        return list(waiting.areas), list(waiting.reports)
    named = request.GET.getlist("area")
    visible = scope_for(request.user, Permission.AREA_MOVE).q("organisation_id")
    others = Record.objects.filter(visible, kind=AREA, local_id__in=named).exclude(pk=record.pk)
    wanted = {n for n in request.GET.getlist("report") if n.isascii() and n.isdigit()}
    parts = [p.report for p in parts_of(record, request.user)] if wanted else []
    return [record, *others], [r for r in parts if str(r.pk) in wanted]


def _parts(reports: list[Report]) -> list[Part]:
    """The new areas as far as their reports draw them; none where one does not."""
    drawn = [(r.record_local_id, outline_of_report(r)) for r in reports]
    found = [Part(name, ground) for name, ground in drawn if ground is not None]
    return found if len(found) == len(drawn) else []


@never_cache
@require_POST
@opens(Permission.AREA_MOVE)
def propose(request: StaffRequest, local_id: str) -> HttpResponse:
    """`…/divide/propose`: report (many), area (many, to merge), note, residue."""
    record = _area(request, local_id)
    others = Record.objects.filter(kind=AREA, local_id__in=request.POST.getlist("area"))
    reports = [int(n) for n in request.POST.getlist("report") if n.isascii() and n.isdigit()]
    areas = [record.pk, *others.values_list("pk", flat=True)]
    try:
        division_propose(
            step="merge" if len(set(areas)) > 1 else "split",
            areas=areas,
            reports=reports,
            by=request.user,
            note=request.POST.get("note", "")[:2000],
            residue_reason=request.POST.get("residue", "")[:2000],
        )
    except DomainError as refusal:
        messages.error(request, refusal.say(request.LANGUAGE_CODE))
    else:
        messages.success(request, _("It is proposed; a second person confirms it."))
    return HttpResponseRedirect(reverse("web:area_divide", args=(local_id,)))


@never_cache
@require_POST
@opens(Permission.AREA_MOVE)
def answer(request: StaffRequest, local_id: str) -> HttpResponse:
    """`…/divide/answer`: confirm or decline what is proposed about the area."""
    record = _area(request, local_id)
    agrees = request.POST.get("answer") == "confirm"
    division = Division.objects.filter(closed_at=None, areas__contains=[record.pk]).first()
    try:
        if division is not None:
            division_confirm(id=division.pk, by=request.user, confirm=agrees)
    except DomainError as refusal:
        messages.error(request, refusal.say(request.LANGUAGE_CODE))
        return HttpResponseRedirect(reverse("web:area_divide", args=(local_id,)))
    if division is None:
        messages.error(request, _("Nothing is proposed about this area."))
    elif agrees:
        messages.success(request, _("It is done: the new areas stand in the register."))
    else:
        messages.success(request, _("The proposal is declined; nothing was changed."))
    return HttpResponseRedirect(reverse("web:area", args=(local_id,)) + "#life")
