"""Until when areas count: their states say it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from datlanh.hazards.ledger.lines import Ending
from datlanh.hazards.rules import GONE
from datlanh.register.models import State


def area_endings(records: Collection[UUID]) -> Sequence[Ending]:
    """Every ending these areas ever had, as known between two decisions."""
    found = State.objects.filter(record_id__in=records, state__in=GONE)
    return [
        Ending(record, until, known_from, known_to)
        for record, until, known_from, known_to in found.values_list(
            "record_id", "true_from", "known_from", "known_to"
        )
    ]
