"""What stands around a report at the desk: its thread, who looks at it, and kept queues."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.accounts.selectors import users_with
from datlanh.intake.models import Assignment, Remark, RemarkRead, Report, SavedQueue
from datlanh.kernel import clock

UNREAD_DAYS = 30  # older entries are not told as new, to new accounts above all
_LINE_MAX = 20  # resubmissions followed back


def colleagues_for(report: Report) -> list[User]:
    """Who may work on a report at the stage it is in, by name."""
    found = users_with(works_on(report), report.organisation_id).exclude(pk=report.author_id)
    return list(found.order_by("full_name", "username"))


def works_on(report: Report) -> Permission:
    """What it takes to work on a report at the stage it is in."""
    is_the_operators = report.state in ("received", "returned")
    return Permission.REPORT_VERIFY if is_the_operators else Permission.REPORT_APPROVE


def assigned_count(who: User) -> int:
    """How many undecided reports somebody (or they themselves) gave to `who`."""
    within = scope_for(who, Permission.REPORT_READ).q("report__organisation")
    open_ones = Q(report__state__in=("received", "returned", "verified"))
    return Assignment.objects.filter(within, open_ones, to=who).count()


def remarks_of(report: Report, who: User) -> list[Remark]:
    """The thread of a report and of those it was sent again for, oldest first."""
    if not has(who, Permission.REPORT_READ, report.organisation_id):
        return []
    ids, former = [report.pk], report.replaces_id
    while former and len(ids) < _LINE_MAX:
        ids.append(former)
        former = Report.objects.filter(pk=former).values_list("replaces_id", flat=True).first()
    within = scope_for(who, Permission.REPORT_READ).q("report__organisation")
    found = Remark.objects.filter(within, report_id__in=ids)
    return list(found.select_related("by", "by__organisation", "report").order_by("pk"))


def remarks_unread(who: User) -> QuerySet[Remark]:
    """What the other side said lately and `who` has not seen.

    The other side is another organisation: to the centre the operator, to the operator the
    centre. Of a colleague's words only those about one's own or assigned reports count.
    """
    scopes = [Permission.REPORT_APPROVE, Permission.REPORT_VERIFY]
    mine = Q(report__author=who) | Q(report__assignment__to=who)
    reach = mine
    for permission in scopes:
        scope = scope_for(who, permission)
        if not scope.nothing:
            reach |= scope.q("report__organisation") & ~Q(by__organisation=who.organisation_id)
    read = RemarkRead.objects.filter(user=who, report=OuterRef("report")).values("last_id")
    since = clock.now() - dt.timedelta(days=UNREAD_DAYS)
    within = scope_for(who, Permission.REPORT_READ).q("report__organisation")
    return (
        Remark.objects.filter(within, reach, at__gte=since)
        .exclude(by=who)
        .annotate(read_to=Coalesce(Subquery(read), 0))
        .filter(pk__gt=F("read_to"))
    )


def threads_unread(who: User, limit: int = 5) -> list[Report]:
    """Reports with something unread, the newest word first; each knows `unread`."""
    rows = remarks_unread(who).order_by().values("report")
    rows = rows.annotate(newest=Max("pk"), count=Count("pk")).order_by("-newest")
    told = list(rows.values_list("report", "count")[:limit])
    reports = Report.objects.select_related("organisation").in_bulk([pk for pk, _ in told])
    for pk, count in told:
        reports[pk].unread = count
    return [reports[pk] for pk, _ in told]


def unread_among(who: User, reports: Iterable[Report]) -> dict[int, int]:
    """How many unread entries these reports have, for those that have any."""
    rows = remarks_unread(who).filter(report_id__in=[r.pk for r in reports])
    return dict(rows.order_by().values_list("report").annotate(Count("pk")))


def queues_kept(who: User) -> QuerySet[SavedQueue]:
    """One's own queues and those colleagues of the same organisation share."""
    shared = Q(organisation__isnull=False, organisation=who.organisation_id)
    found = SavedQueue.objects.filter(Q(owner=who) | shared)
    return found.select_related("owner").order_by("name", "pk")
