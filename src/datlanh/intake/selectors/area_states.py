"""Where an area stood on a day, as rules and pages of reports ask."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from datlanh.hazards.implied import LEADS
from datlanh.hazards.rules import PUBLIC_STATES, public_status, reported_state
from datlanh.hazards.selectors.sources import AREA
from datlanh.hazards.workflow import LIFE
from datlanh.kernel.ids import spellings
from datlanh.kernel.rules import KnownState
from datlanh.register.models import Record, State, Version


def state_known(local_id: str, on: dt.date, organisation_id: int) -> KnownState | None:
    """The state of an area on a day as known now, in words for one organisation.

    Whoever does not hold the area reads its public state alone. None where it is no area of
    ours, or was not known by then.
    """
    record = Record.objects.filter(kind=AREA, local_id__in=spellings(local_id)).first()
    if record is None:
        return None
    then = Q(true_from__lte=on) & (Q(true_to=None) | Q(true_to__gt=on))
    found = State.objects.filter(then, record_id=record.pk, known_to=None).first()
    version = Version.objects.filter(then, record_id=record.pk, known_to=None).first()
    if found is None and version is None:
        return None
    state = found.state if found else reported_state(version.values if version else {})
    is_own = record.organisation_id == organisation_id
    word = LIFE.state(state).label if is_own else PUBLIC_STATES[public_status(state)]
    leads = frozenset(told for at, told in LEADS if at == state)
    return KnownState(record.local_id, state, word, leads, by_steps=found is not None)
