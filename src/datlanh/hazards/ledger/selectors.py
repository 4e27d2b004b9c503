"""Reads of one area's or release's ledger, as of two times. The caller has checked the scope."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from datlanh.hazards.ledger.models import AreaLedger, ReleaseLedger
from datlanh.hazards.ledger.versions import Stored, records_met, releases_naming, versions_of
from datlanh.kernel.ledger_shares import Share, shares
from datlanh.kernel.ledger_time import Area
from datlanh.register.selectors import AsOf


def _known(moment: AsOf) -> Q:
    open_or_later = Q(known_to__isnull=True) | Q(known_to__gt=moment.known)
    return Q(known_from__lte=moment.known) & open_or_later


def area_stretches(record_id: UUID, moment: AsOf) -> list[AreaLedger]:
    """The ledger of an area up to a day, oldest first, as it was known."""
    found = AreaLedger.objects.filter(_known(moment), record_id=record_id)
    return list(found.filter(true_from__lte=moment.on).order_by("true_from"))


def release_ledger_at(record_id: UUID, moment: AsOf) -> ReleaseLedger | None:
    """The ledger of a release on a day."""
    found = ReleaseLedger.objects.filter(_known(moment), record_id=record_id)
    still = Q(true_to__isnull=True) | Q(true_to__gt=moment.on)
    return found.filter(still, true_from__lte=moment.on).first()


def area_shares(record_id: UUID, moment: AsOf) -> list[tuple[Stored, Share]]:
    """The releases at an area on a day, each with its part of the ground."""
    own = [s for s in versions_of({record_id}, ever=True) if s.is_known(moment.known)]
    now = next((s for s in own if s.held.holds(moment.on)), None)
    if now is None:
        return []
    met = records_met([now.shape] if now.shape is not None else [], ever=True)
    met |= releases_naming({now.local_id}, ever=True)
    around = {
        s.held.what: s
        for s in versions_of(met - {record_id}, ever=True)
        if not s.is_area and s.is_known(moment.known) and s.held.holds(moment.on)
    }
    begins = Area(now.local_id, tuple(s.held for s in own)).begins
    found = shares(now.shape, list(around), begins=begins, name=now.local_id)
    return [(around[share.release], share) for share in found]
