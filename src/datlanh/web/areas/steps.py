"""Steps that approved reports imply and that are left to be taken: the list, and taking them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.hazards.workflow import LIFE
from datlanh.intake.selectors.implied import step_words
from datlanh.intake.selectors.steps_left import steps_left
from datlanh.intake.services.implying import left_take, ticked_read
from datlanh.kernel.errors import DomainError
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.records.cells import address_of
from datlanh.web.reports.filters import language


@never_cache
@opens(Permission.AREA_MOVE)
def steps(request: StaffRequest) -> HttpResponse:
    """`/areas/steps`: areas whose newest report tells of another state than they stand in."""
    return _list(request)


def _list(request: StaffRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    after = request.GET.get("after", "")
    page = steps_left(request.user, after)
    rows = [
        (
            left,
            LIFE.state(left.way.state).label,
            step_words(left.way),
            address_of(left.source.kind, left.source.local_id),
        )
        for left in page.rows
    ]
    context = {"rows": rows, "after": page.after, "is_first": not after, "refusal": refusal}
    return render(request, "web/areas/steps.html", context, status=status)


@require_POST
@opens(Permission.AREA_MOVE)
def steps_take(request: StaffRequest) -> HttpResponse:
    """`/areas/steps/take`: the ticked ways (`life`), all of them or none."""
    try:
        ticked = ticked_read(request.POST.getlist("life"))
        made = left_take(ticked=ticked, by=request.user)
    except DomainError as refusal:
        return _list(request, refusal.say(language()), status=422)
    done = len(made)
    if done:
        told = ngettext("%(n)d step is taken.", "%(n)d steps are taken.", done) % {"n": done}
        messages.success(request, told)
    else:
        messages.info(request, _("No step is ticked."))
    return HttpResponseRedirect(reverse("web:area_steps"))
