"""What waits for a decision: the centre's queue, the operator's, and proposals."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.intake.models import Payload, Proposal, Report
from datlanh.intake.selectors.lateness import due_now, overdue
from datlanh.intake.selectors.paging import Cursor, Page, page_of
from datlanh.intake.selectors.reports import HEAVY, UNDECIDED, reports_clocked, reports_of

DECIDE, VERIFY = "decide", "verify"
STAGES = {
    DECIDE: (Permission.REPORT_APPROVE, ("verified",)),
    VERIFY: (Permission.REPORT_VERIFY, ("received", "returned")),
}
QUEUE_PAGE = 30


@dataclass(frozen=True)
class QueueFilter:
    """What the queue is narrowed to. `findings`: "blocked", "clean" or ""; `mine`: may decide.

    `assigned`: "me", "others" or "none"; `late`: came after the due day.
    """

    stage: str = DECIDE
    mine: bool = False
    findings: str = ""
    form: str = ""
    organisation: str = ""
    assigned: str = ""
    late: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether it shows less than all."""
        return self != QueueFilter(stage=self.stage)

    def q(self, who: User) -> Q:
        """The filter as a condition on reports."""
        wanted = Q()
        if self.mine:
            wanted &= _decidable(who)
        if self.findings == "blocked":
            wanted &= Q(blocks__gt=0)
        if self.findings == "clean":
            wanted &= Q(blocks=0, warns=0)
        if self.form:
            wanted &= Q(form=self.form)
        if self.organisation:
            wanted &= Q(organisation__key=self.organisation)
        if self.late:
            wanted &= Q(is_late=True)
        return wanted & self._assigned(who)

    def _assigned(self, who: User) -> Q:
        by_whom = {
            "me": Q(assignment__to=who),
            "others": Q(assignment__isnull=False) & ~Q(assignment__to=who),
            "none": Q(assignment__isnull=True),
        }
        return by_whom.get(self.assigned, Q())


@dataclass(frozen=True)
class QueueCounts:
    """The queue in figures."""

    waiting: int = 0
    mine: int = 0
    blocked: int = 0
    clean: int = 0
    oldest: dt.datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """What waits for one person, by what the person may do; None: not that person's work."""

    own: dict[str, int] | None = None  # state → my own reports
    verify: QueueCounts | None = None
    returned: int = 0
    overdue: int = 0
    decide: QueueCounts | None = None
    proposals: int | None = None  # that I may be the second person of
    late: int = 0


def stages_of(who: User) -> list[str]:
    """The queues `who` works on, the centre's first."""
    return [stage for stage, (permission, _) in STAGES.items() if has(who, permission)]


def review_queue(
    who: User, wanted: QueueFilter, cursor: Cursor, *, size: int = QUEUE_PAGE
) -> Page[Report]:
    """The queue, oldest first."""
    found = queue_of(who, wanted.stage).filter(wanted.q(who)).select_related("assignment__to")
    rows = reports_clocked(found.defer(*HEAVY))
    return page_of(rows, cursor, size=size, ascending=True)


def review_next(who: User, wanted: QueueFilter, after: int) -> Report | None:
    """The report to look at after the one of that id: the next one, else the oldest."""
    rows = queue_of(who, wanted.stage).filter(wanted.q(who)).exclude(pk=after).defer(*HEAVY)
    return rows.filter(pk__gt=after).order_by("pk").first() or rows.order_by("pk").first()


def queue_counts(who: User, stage: str = DECIDE) -> QueueCounts:
    """The whole queue in figures, whatever it is narrowed to; one query."""
    found = (
        queue_of(who, stage)
        .select_related(None)
        .aggregate(
            waiting=Count("pk"),
            mine=Count("pk", filter=_decidable(who)),
            blocked=Count("pk", filter=Q(blocks__gt=0)),
            clean=Count("pk", filter=Q(blocks=0, warns=0)),
            oldest=Min("state_at"),
        )
    )
    return QueueCounts(**found)


def queue_waiting(who: User) -> int:
    """How many reports wait for `who` in the first of their queues: the masthead's figure."""
    stages = stages_of(who)
    return queue_of(who, stages[0]).count() if stages else 0


def proposal_open(report: Report) -> Proposal | None:
    """What the first of two persons proposed about a report, and nobody answered yet."""
    return (
        Proposal.objects.filter(report=report, closed_at=None)
        .select_related("by", "by__organisation")
        .first()
    )


def proposals_for(who: User) -> QuerySet[Proposal]:
    """Open proposals of others that `who` may confirm or decline, oldest first.

    Those of a batch are answered together, on the batch's own page.
    """
    refuse = scope_for(who, Permission.REPORT_APPROVE).q("report__organisation")
    withdraw = scope_for(who, Permission.REPORT_WITHDRAW).q("report__organisation")
    mine = (Q(step="refuse") & refuse) | (Q(step__in=["withdraw", "revoke"]) & withdraw)
    return (
        Proposal.objects.filter(mine, closed_at=None, batch=None)
        .exclude(by=who)
        .exclude(report__author=who)
        .exclude(Q(report__organisation=who.organisation_id, report__organisation__is_centre=False))
        .select_related("report", "report__organisation", "by")
        .order_by("pk")
    )


def overdue_reports(who: User, limit: int = 5) -> list[Report]:
    """Returned reports that were not sent again in time, the longest overdue first."""
    late = reports_clocked(reports_of(who).filter(overdue()))
    return list(late.defer(*HEAVY).order_by(due_now())[:limit])


def waiting_for(who: User) -> Waiting:
    """What waits for `who`, by what their grants allow."""
    decides, verifies = (has(who, STAGES[s][0]) for s in (DECIDE, VERIFY))
    second = decides or has(who, Permission.REPORT_WITHDRAW)
    own = has(who, Permission.REPORT_CREATE) and not decides and not verifies
    # Only what is still open: decided reports are many, and no one's work any more.
    still_open = reports_of(who).select_related(None).filter(state__in=UNDECIDED)
    standing = still_open.aggregate(
        returned=Count("pk", filter=Q(state="returned")),
        overdue=Count("pk", filter=overdue()),
        late=Count("pk", filter=Q(is_late=True)),
    )
    return Waiting(
        own=_own_states(who) if own else None,
        verify=queue_counts(who, VERIFY) if verifies and not decides else None,
        decide=queue_counts(who, DECIDE) if decides else None,
        proposals=proposals_for(who).count() if second else None,
        **standing,
    )


def _own_states(who: User) -> dict[str, int]:
    rows = Report.objects.filter(author=who).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def queue_of(who: User, stage: str) -> QuerySet[Report]:
    """All that waits at a stage within the scope of `who`."""
    permission, states = STAGES[stage if stage in STAGES else DECIDE]
    return reports_of(who, permission).filter(state__in=states)


def _decidable(who: User) -> Q:
    """Reports the guards of REVIEW let `who` decide: neither author, corrector nor colleague."""
    corrected = Payload.objects.filter(report=OuterRef("pk"), revision__gt=0, made_by=who)
    colleague = Q(organisation=who.organisation_id, organisation__is_centre=False)
    return ~Q(author=who) & ~colleague & ~Q(Exists(corrected))
