"""The second pair of times of a comparison, and the words for its lines."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors import AreaFilter
from datlanh.register.selectors import AsOf, asof, day_read, known_read
from datlanh.reporting.selectors.ledger_moves import Moves, ledger_moves


def before_of(request: HttpRequest) -> AsOf | None:
    """The earlier moment an address compares with (`from_on`, `from_known`); None for none.

    Raises:
        UnreadableError: one of them is no date.
    """
    on = day_read(request.GET.get("from_on", "").strip())
    known = known_read(request.GET.get("from_known", "").strip())
    return asof(on, known) if on is not None or known is not None else None


def compared(
    request: HttpRequest,
    scope: Scope,
    after: AsOf,
    filter: AreaFilter | None = None,
    record_id: UUID | None = None,
) -> Moves | None:
    """The lines between the moment an address compares with and the one it shows."""
    before = before_of(request)
    return ledger_moves(scope, before, after, filter, record_id) if before else None
