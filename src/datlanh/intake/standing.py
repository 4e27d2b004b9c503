"""What counts: which reports contribute to which record, after all decisions."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Subquery

from datlanh.intake.models import Report
from datlanh.kernel.fold import Standing, effective


def standing_of(report: Report) -> Standing:
    """A report's standing from its own state."""
    return Standing(
        report.pk,
        approved=report.state == "approved",
        withdrawn=report.state == "withdrawn",
        supersedes=report.supersedes_id,
    )


def counting_of(record_id: UUID) -> frozenset[int]:
    """The reports that contribute to a record now.

    Whole chains are read, since a correction bound elsewhere still hides what it restates.
    """
    chains = Report.objects.filter(record_id=record_id).values("chain_id")
    reports = list(
        Report.objects.filter(chain_id__in=Subquery(chains)).only(
            "id", "state", "supersedes_id", "record_id"
        )
    )
    counting = effective(standing_of(r) for r in reports)
    return frozenset(r.pk for r in reports if r.pk in counting and r.record_id == record_id)


def records_touched(report: Report, *more: UUID | None) -> set[UUID]:
    """The records whose content may change when `report` does: its chain's, and `more`."""
    chain = Report.objects.filter(chain_id=report.chain_id).exclude(record_id=None)
    found: Iterable[UUID | None] = (*chain.values_list("record_id", flat=True), *more)
    return {r for r in found if r is not None}
