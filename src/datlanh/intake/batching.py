"""What batches of withdrawals go by: their size, staleness, and which reports are restated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datlanh.intake.models import Report
from datlanh.intake.standing import standing_of
from datlanh.kernel.fold import effective

LIMIT = 500  # reports in one batch
APPROVE_LIMIT = 200  # reports approved by one act: some ten seconds
STEP = "withdraw"


def seen_in_batch(report: Report) -> str:
    """What tells that a report is still as it was when it was chosen."""
    return f"{report.state}.{report.revision}.{report.record_id or ''}"


def restated_by(reports: Iterable[Report]) -> Mapping[int, int]:
    """Report → the newest correction that counts in its place, for those that have one."""
    chains = {r.pk: r.chain_id for r in reports}
    found = Report.objects.filter(chain_id__in=set(chains.values()))
    rows = list(found.values_list("pk", "state", "supersedes_id", "chain_id"))
    counting = effective(standing_of(pk, state, old) for pk, state, old, _ in rows)
    newest: dict[int, int] = {}
    for pk, _, _, chain in rows:
        if pk in counting:
            newest[chain] = max(pk, newest.get(chain, 0))
    approved = {pk for pk, state, _, _ in rows if state == "approved"}
    return {
        pk: newest[chain]
        for pk, chain in chains.items()
        if pk in approved and pk not in counting and chain in newest
    }
