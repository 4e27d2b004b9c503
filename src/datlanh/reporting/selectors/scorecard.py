"""How an operator and the centre kept to the procedure, by month of receipt.

Each count is a `ReportFilter`, so that a number opens the very reports it counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Extract, TruncMonth

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Report
from datlanh.intake.selectors.clocks import month_moved
from datlanh.intake.selectors.lateness import CENTRE, decisions_of
from datlanh.intake.selectors.reports import ReportFilter
from datlanh.kernel import clock
from datlanh.organisations.models import Organisation
from datlanh.register.models import Decision

MONTHS = 12
DAY_S = 86_400.0

# What is counted, and how the list behind it is asked for.
COUNTED: dict[str, ReportFilter] = {
    "received": ReportFilter(),
    "clean": ReportFilter(first="clean"),
    "blocked": ReportFilter(first="blocked"),
    "in_time": ReportFilter(late="in_time"),
    "late": ReportFilter(late="late"),
    "exempted": ReportFilter(late="exempted"),
    "returned": ReportFilter(course="returned"),
    "reopened": ReportFilter(course="reopened"),
    "found": ReportFilter(found=True),
    "decided": ReportFilter(course="decided"),
}


class Median(Aggregate):
    """The middle value; what is empty does not count."""

    function = "percentile_cont"
    template = "%(function)s(0.5) within group (order by %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Score:
    """One organisation (or all) in one month of receipt."""

    month: dt.date
    counts: dict[str, int] = field(default_factory=dict)
    findings: int = 0  # blocks and warnings of the last check, of all its reports
    days: float | None = None  # the median from receipt to the centre's first decision
    days_centre: float | None = None  # of that, since the operator vouched for it

    def _share(self, part: str, *whole: str) -> float | None:
        total = sum(self.counts.get(w, 0) for w in whole)
        return self.counts.get(part, 0) / total if total else None

    @property
    def complete(self) -> float | None:
        """The share without blocking findings at the first check, of those it is known of."""
        return self._share("clean", "clean", "blocked")

    @property
    def in_time(self) -> float | None:
        """The share received by the 10th of the month after their information."""
        return self._share("in_time", "received")

    @property
    def returned(self) -> float | None:
        """The share that was returned at least once."""
        return self._share("returned", "received")

    @property
    def per_report(self) -> float | None:
        """Findings for each report."""
        received = self.counts.get("received", 0)
        return self.findings / received if received else None


@dataclass(frozen=True)
class Line:
    """An organisation's year, the month asked for last; None is all of them together."""

    organisation: Organisation | None
    scores: list[Score]

    @property
    def score(self) -> Score:
        """The month asked for."""
        return self.scores[-1]


@dataclass(frozen=True)
class Scorecard:
    """The card of a month: a line for each organisation within the scope, and all together."""

    month: dt.date
    lines: list[Line]
    total: Line


def scorecard(who: User, month: dt.date) -> Scorecard:
    """The card with the twelve months up to `month`, of what `who` may see."""
    months = [month_moved(month, back) for back in range(1 - MONTHS, 1)]
    rows = _rows(who, months)
    found = _scores(rows, who, "organisation")
    seen = Organisation.objects.filter(scope_for(who, Permission.REPORT_READ).q("pk"))
    lines = [
        Line(o, [found.get((o.pk, m), Score(m)) for m in months])
        for o in seen.filter(pk__in={pk for pk, _ in found})
    ]
    whole = _scores(rows, who)
    return Scorecard(month, lines, Line(None, [whole.get((None, m), Score(m)) for m in months]))


def filter_of(measure: str, organisation: str, month: dt.date) -> ReportFilter:
    """What opens the list behind a count."""
    return replace(COUNTED[measure], organisation=organisation, month=f"{month:%Y-%m}")


def _rows(who: User, months: Sequence[dt.date]) -> QuerySet[Report]:
    first = decisions_of(*CENTRE).order_by("seq").values("at")[:1]
    # What the operator vouched for last before the centre spoke first.
    spoke = Decision.objects.filter(report_id=OuterRef("report_id"), kind__in=CENTRE)
    vouched = decisions_of("verified").filter(
        seq__lt=Subquery(spoke.order_by("seq").values("seq")[:1])
    )
    received = Report.objects.filter(
        scope_for(who, Permission.REPORT_READ).q(),
        received_at__gte=clock.local_midnight(months[0]),
        received_at__lt=clock.local_midnight(month_moved(months[-1], 1)),
    )
    return received.order_by().annotate(
        month=TruncMonth("received_at", tzinfo=clock.PROVINCE),
        took=_days(Subquery(first), F("received_at")),
        took_centre=_days(Subquery(first), Subquery(vouched.order_by("-seq").values("at")[:1])),
    )


def _days(until: Any, since: Any) -> Any:
    took = ExpressionWrapper(until - since, output_field=DurationField())
    return Extract(took, "epoch") / DAY_S


def _scores(rows: QuerySet[Report], who: User, *by: str) -> dict[tuple[int | None, dt.date], Score]:
    counts = {
        k: Count("pk", filter=f.q(who)) if f != ReportFilter() else Count("pk")
        for k, f in COUNTED.items()
    }
    grouped = rows.values("month", *by).annotate(
        **{f"n_{k}": c for k, c in counts.items()},
        findings=Sum(F("blocks") + F("warns")),
        days=Median("took"),
        days_centre=Median("took_centre"),
    )
    found = {}
    for row in grouped:
        month = row["month"].date()
        score = Score(
            month,
            {k: row[f"n_{k}"] for k in COUNTED},
            row["findings"] or 0,
            row["days"],
            row["days_centre"],
        )
        found[row.get("organisation"), month] = score
    return found
