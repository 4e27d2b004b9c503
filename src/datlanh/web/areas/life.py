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
from datlanh.accounts.scope import has
from datlanh.hazards.rules import PUBLIC_STATES, public_status
from datlanh.hazards.workflow import AT_WORK, CAUSE_KINDS, CAUSES, LIFE
from datlanh.intake.selectors.area_life import (
    before_closing,
    life_of,
    state_then,
    steps_offered,
    steps_taken,
)
from datlanh.intake.selectors.causes import Thing, causes_for
from datlanh.intake.selectors.effective import effective_of
from datlanh.intake.services.lifecycle import area_move
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, UnreadableError
from datlanh.kernel.text import Text
from datlanh.register.models import Record, Version
from datlanh.register.selectors import NO_DATE, AsOf, day_read
from datlanh.web.guards import StaffRequest, opens


def area_life_shown(
    record: Record, version: Version | None, moment: AsOf, request: StaffRequest
) -> dict[str, Any]:
    """What the section of an area's page on its life needs."""
    life = life_of(record)
    state = state_then(record, version, moment)
    shown: dict[str, Any] = {
        "phase": LIFE.state(state).label,
        "public": PUBLIC_STATES[public_status(state)],
        "effective": effective_of(record, version, state, moment, request.user)
        if version
        else None,
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
            "things": _things(record, request),
            "steps_from": life.last_on or life.known_since,
        }
    return shown


def _things(record: Record, request: StaffRequest) -> list[tuple[Text, list[Thing]]]:
    """What the area may be reopened for, by cause."""
    if not has(request.user, Permission.AREA_MOVE, record.organisation_id):
        return []
    things = causes_for(record, request.user)
    groups = [(CAUSES[c], [t for t in things if t.cause == c]) for c in CAUSE_KINDS]
    return [(word, found) for word, found in groups if found]


@never_cache
@require_POST
@opens(Permission.AREA_MOVE)
def move(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/areas/<local_id>/move`: step, seen, on, note, cause, because, paper. Leads back there.

    `because` is one of the records proposed as the cause, `because_id` another's id.
    """
    said = request.POST.get
    try:
        decision = area_move(
            local_id=local_id,
            step=said("step", ""),
            seen=said("seen", ""),
            on=_day(said("on", "")),
            note=said("note", "")[:2000],
            cause=said("cause", ""),
            because=said("because_id", "").strip() or said("because", ""),
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
