"""What became of a report in time, as conditions: late, exempted, overdue, returned, decided.

Lists, counts and the scorecard ask here, so that a number and the list behind it cannot differ.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from datlanh.intake.models import Exemption, Report
from datlanh.kernel import clock
from datlanh.register.models import Decision

CENTRE = ("approved", "returned", "refused")  # what the centre says to a report


def exemptions_live() -> QuerySet[Exemption]:
    """Exemptions that nobody took back."""
    return Exemption.objects.filter(takes_back__isnull=True, taken_back__isnull=True)


def exempted() -> Q:
    """Late by the stamp, and excused: its month, or it alone by a later due date."""
    of_month = exemptions_live().filter(
        Q(form="") | Q(form=OuterRef("form")),
        organisation=OuterRef("organisation"),
        first_on__lte=OuterRef("date_of_information"),
        last_on__gte=OuterRef("date_of_information"),
    )
    own = exemptions_live().filter(report=OuterRef("pk"), due_at__gt=OuterRef("received_at"))
    return Q(is_late=True) & (Q(Exists(of_month)) | Q(Exists(own)))


def overdue() -> Q:
    """Returned, and neither back in time nor given more of it."""
    now = clock.now()
    given = exemptions_live().filter(report=OuterRef("pk"), due_at__gte=now)
    return Q(state="returned", due_at__lt=now) & ~Q(Exists(given))


def due_now() -> Greatest:
    """When a returned report is due: three days after the return, or as the date was moved."""
    moved = exemptions_live().filter(report=OuterRef("pk")).order_by("-due_at")
    return Greatest("due_at", Subquery(moved.values("due_at")[:1]), output_field=DateTimeField())


def with_due(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Reports that also know when they are `due_now`; `Report` declares the attribute."""
    known: dict[str, Any] = {"due_now": due_now()}
    return reports.annotate(**known)


def in_time_still(report: Report, at: dt.datetime) -> bool:
    """Whether a returned report is back in time at that moment; one given more time too."""
    if report.due_at is None or at <= report.due_at:
        return True
    return exemptions_live().filter(report=report, due_at__gte=at).exists()


def decisions_of(*kinds: str) -> QuerySet[Decision]:
    """The decisions of those kinds about the report outside, as a correlated query."""
    return Decision.objects.filter(report_id=OuterRef("pk"), kind__in=kinds)


def course(key: str) -> Q:
    """ "returned": at least once; "reopened": again, after it had come back; "decided": at all."""
    returned = Q(Exists(decisions_of("returned")))
    if key == "returned":
        return returned
    if key == "reopened":
        before = Decision.objects.filter(
            report_id=OuterRef("report_id"), kind="returned", seq__lt=OuterRef("seq")
        )
        twice = decisions_of("returned").filter(Exists(before))
        return Q(Exists(twice)) | (Q(replaces__isnull=False) & returned)
    if key == "decided":
        return Q(Exists(decisions_of(*CENTRE)))
    return Q()
