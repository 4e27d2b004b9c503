"""The ledger of one area with what moved it: re-surveys with report and reason, releases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from datlanh.accounts.scope import Scope
from datlanh.hazards.ledger.models import AreaLedger
from datlanh.hazards.ledger.selectors import area_shares, area_stretches
from datlanh.intake.models import Report
from datlanh.kernel.ledger_shares import Share
from datlanh.organisations.models import Organisation
from datlanh.register.models import Decision, Record, Version
from datlanh.register.selectors import AsOf


@dataclass(frozen=True)
class Resurvey:
    """A change of the outline: a line of its own, with its report and the reason given."""

    on: dt.date
    gained_m2: float
    lost_m2: float
    receipt: str = ""
    reason: str = ""  # of the approval; "" where none was given

    @property
    def net_m2(self) -> float:
        """By how much the area grew."""
        return self.gained_m2 - self.lost_m2


@dataclass(frozen=True)
class ReleaseAt:
    """A release at the area, what it says of itself beside what is measured."""

    local_id: str
    operator: str
    share: Share
    is_hidden: bool = False


@dataclass(frozen=True)
class AreaLedgerView:
    """What the area's ledger section shows."""

    record: Record
    moment: AsOf
    now: AreaLedger
    stretches: list[AreaLedger]  # oldest first
    resurveys: list[Resurvey]
    releases: list[ReleaseAt]

    @property
    def resurveyed_m2(self) -> float:
        """By how much re-surveys changed the area."""
        return self.now.outline_m2 - self.now.initial_m2


def area_ledger_view(record: Record, moment: AsOf, scope: Scope) -> AreaLedgerView | None:
    """The ledger of an area as of two times; None where nothing was known of it.

    What others released on the area counts, but who it was is not told outside the scope.
    """
    stretches = area_stretches(record.pk, moment)
    if not stretches:
        return None
    now = stretches[-1]
    if now.true_to is not None and now.true_to <= moment.on:
        return None  # it does not count any more
    found = area_shares(record.pk, moment)
    names = dict(
        Organisation.objects.filter(pk__in={s.organisation_id for s, _ in found}).values_list(
            "pk", "short_name"
        )
    )
    releases = [
        ReleaseAt(s.local_id, names.get(s.organisation_id, ""), share)
        if scope.allows(s.organisation_id)
        else ReleaseAt("", "", share, is_hidden=True)
        for s, share in found
    ]
    return AreaLedgerView(record, moment, now, stretches, _resurveys(now, moment), releases)


def _resurveys(now: AreaLedger, moment: AsOf) -> list[Resurvey]:
    found = []
    for step in now.adjustments:
        on = dt.date.fromisoformat(step["on"])
        receipt, reason = _why(now.record_id, on, moment)
        found.append(Resurvey(on, step["gained_m2"], step["lost_m2"], receipt, reason))
    return found


def _why(record_id: UUID, on: dt.date, moment: AsOf) -> tuple[str, str]:
    """The report that gave the outline of a day, and what its approval said of it."""
    version = (
        Version.objects.filter(record_id=record_id, true_from=on, known_from__lte=moment.known)
        .exclude(known_to__lte=moment.known)
        .first()
    )
    source = version.sources.get("outline") if version else None
    if not source:
        return "", ""
    report = Report.objects.filter(pk=source[0]).only("receipt").first()
    decision = (
        Decision.objects.filter(report_id=source[0], kind="approved", seq__lte=moment.known)
        .order_by("-seq")
        .first()
    )
    return (report.receipt if report else ""), (decision.note if decision else "")
