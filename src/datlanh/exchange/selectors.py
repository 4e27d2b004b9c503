"""Exports of the one who asks: nobody reads another's."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from datlanh.accounts.models import User
from datlanh.exchange.models import Export

SHOWN = 50


def exports_of(who: User) -> QuerySet[Export]:
    """What `who` asked for, newest first."""
    return Export.objects.filter(by=who)[:SHOWN]


def export_get(who: User, id: UUID) -> Export:
    """One export of `who` whose file is there. Raises Export.DoesNotExist."""
    return Export.objects.get(by=who, pk=id, state="ready")
