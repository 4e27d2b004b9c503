"""Batches of withdrawals: what may be chosen, what waits for a second person, what became of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.intake.batching import LIMIT, STEP
from datlanh.intake.models import Batch, BatchMember, Proposal, Report
from datlanh.intake.selectors.reports import HEAVY, clocks_told, reports_of


def batch_reports(who: User, wanted: Q) -> QuerySet[Report]:
    """Approved reports within the scope that fit a filter: what a batch may be made of."""
    found = reports_of(who, Permission.REPORT_WITHDRAW).filter(wanted, state="approved")
    return found.defer(*HEAVY).order_by("pk")


def reports_named(who: User, receipts: Iterable[str]) -> list[Report]:
    """Reports by receipt, within the scope, as many as a batch holds."""
    found = reports_of(who, Permission.REPORT_WITHDRAW).filter(receipt__in=set(receipts))
    return list(found.defer(*HEAVY).order_by("pk")[:LIMIT])


def proposed_among(reports: Iterable[Report]) -> set[int]:
    """Those about which somebody has proposed something that nobody answered yet."""
    ids = [r.pk for r in reports]
    return set(
        Proposal.objects.filter(report_id__in=ids, closed_at=None).values_list(
            "report_id", flat=True
        )
    )


def _visible(who: User) -> QuerySet[BatchMember]:
    within = scope_for(who, Permission.REPORT_WITHDRAW).q("report__organisation")
    return BatchMember.objects.filter(within, batch__step=STEP)


def batches_of(who: User) -> QuerySet[Batch]:
    """Batches with something `who` may withdraw, newest first; counts of what is within reach."""
    within = scope_for(who, Permission.REPORT_WITHDRAW)
    mine = Q() if within.everything else within.q("members__report__organisation")

    def counted(*results: str) -> Count:
        wanted = mine & Q(members__result__in=results) if results else mine
        return Count("members", filter=wanted or None)

    return (
        Batch.objects.filter(pk__in=_visible(who).values("batch"))
        .select_related("by")
        .annotate(
            size=counted(),
            waiting=counted(BatchMember.WAITING),
            done=counted(BatchMember.DONE),
            left_out=counted(BatchMember.LEFT_OUT, BatchMember.DECLINED),
        )
        .order_by("-pk")
    )


def batches_waiting(who: User) -> int:
    """How many batches of others wait for `who` as the second person."""
    if not has(who, Permission.REPORT_WITHDRAW):
        return 0
    waiting = _visible(who).filter(result=BatchMember.WAITING).exclude(batch__by=who)
    return waiting.values("batch").distinct().count()


def batch_get(who: User, id: int) -> Batch:
    """One batch with its counts. Raises Batch.DoesNotExist: absent, or nothing of it in scope."""
    return batches_of(who).get(pk=id)


def batch_members(batch: Batch, who: User) -> list[BatchMember]:
    """Its reports within the scope, in their order."""
    found = _visible(who).filter(batch=batch)
    members = list(
        found.select_related("report", "report__organisation", "corrected_by").order_by("report")
    )
    clocks_told(m.report for m in members)
    return members
