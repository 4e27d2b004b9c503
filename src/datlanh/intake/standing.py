"""What counts: which reports contribute to which record, after all decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import connection

from datlanh.intake.models import Report
from datlanh.kernel.fold import Standing, effective


def standing_of(report: int, state: str, supersedes: int | None) -> Standing:
    """A report's standing from its own state."""
    return Standing(
        report,
        approved=state == "approved",
        withdrawn=state == "withdrawn",
        supersedes=supersedes,
    )


def counting_of(record_id: UUID) -> frozenset[int]:
    """The reports that contribute to a record now.

    Whole chains are read, since a correction bound elsewhere still hides what it restates.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS, [record_id])
        reports = cursor.fetchall()
    counting = effective(standing_of(pk, state, old) for pk, state, old, _ in reports)
    return frozenset(pk for pk, _, _, record in reports if pk in counting and record == record_id)


_CHAINS = """
select id, state, supersedes_id, record_id from intake_report
 where chain_id in (select chain_id from intake_report where record_id = %s)
"""


def counting_of_many(record_ids: Collection[UUID]) -> dict[UUID, frozenset[tuple[int, int]]]:
    """The same of many records at once; each report with the revision of its answers."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS_OF_MANY, [list(record_ids)])
        reports = cursor.fetchall()
    counting = effective(standing_of(pk, state, old) for pk, state, old, *_ in reports)
    found: dict[UUID, set[tuple[int, int]]] = {pk: set() for pk in record_ids}
    for pk, _state, _old, record, revision in reports:
        if pk in counting and record in found:
            found[record].add((pk, revision))
    return {pk: frozenset(told) for pk, told in found.items()}


_CHAINS_OF_MANY = """
select id, state, supersedes_id, record_id, revision from intake_report
 where chain_id in (select chain_id from intake_report where record_id = any(%s))
"""


def records_touched(report: Report, *more: UUID | None) -> set[UUID]:
    """The records whose content may change when `report` does: its chain's, and `more`."""
    chain = Report.objects.filter(chain_id=report.chain_id).exclude(record_id=None)
    found: Iterable[UUID | None] = (*chain.values_list("record_id", flat=True), *more)
    return {r for r in found if r is not None}
