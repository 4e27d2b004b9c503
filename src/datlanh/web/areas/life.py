"""Steps of an area from its page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.hazards.workflow import AT_WORK, CAUSES, LIFE
from datlanh.intake.selectors.area_life import (
    before_closing,
    life_of,
    state_then,
    steps_offered,
    steps_taken,
)
from datlanh.intake.services.lifecycle import area_move
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, UnreadableError
from datlanh.register.models import Record, Version
from datlanh.register.selectors import NO_DATE, AsOf, day_read
from datlanh.web.guards import StaffRequest, opens


def area_life_shown(
    record: Record, version: Version | None, moment: AsOf, request: StaffRequest
) -> dict[str, Any]:
    """What the section of an area's page on its life needs."""
    life = life_of(record)
    shown: dict[str, Any] = {
        "phase": LIFE.state(state_then(record, version, moment)).label,
        "steps": steps_taken(record, moment),
        "today": clock.today(),
    }
    if not moment.is_past:
        shown |= {
            "phase_key": life.state,
            "offered": steps_offered(record, life, request.user),
            "missing": before_closing(life),
            "may_divide": life.state in AT_WORK,
            "causes": CAUSES.items(),
            "steps_from": life.last_on or life.known_since,
        }
    return shown


@never_cache
@require_POST
@opens(Permission.AREA_MOVE)
def move(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/areas/<local_id>/move`: step, seen, on, note, cause, paper. Leads back to the area."""
    said = request.POST.get
    try:
        decision = area_move(
            local_id=local_id,
            step=said("step", ""),
            seen=said("seen", ""),
            on=_day(said("on", "")),
            note=said("note", "")[:2000],
            cause=said("cause", ""),
            paper=said("paper", "")[:120],
            by=request.user,
        )
    except DomainError as refusal:
        messages.error(request, refusal.say(request.LANGUAGE_CODE))
    else:
        state = LIFE.state(decision.data["state"]).label.say(request.LANGUAGE_CODE)
        messages.success(request, _("The area is now: %(state)s.") % {"state": state})
    return HttpResponseRedirect(reverse("web:area", args=(local_id,)) + "#life")


def _day(text: str) -> dt.date:
    day = day_read(text)
    if day is None:
        raise UnreadableError(NO_DATE, text="")
    return day
