"""The first page: what waits for the person who opens it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.delivery.browsers import waiting_here
from datlanh.intake.selectors.batches import batches_waiting
from datlanh.intake.selectors.clocks import month_due, overdue_by_operator, reminders_of
from datlanh.intake.selectors.desk import assigned_count, threads_unread
from datlanh.intake.selectors.held import held_waiting
from datlanh.intake.selectors.paging import Cursor
from datlanh.intake.selectors.queue import (
    DECIDE,
    VERIFY,
    QueueFilter,
    overdue_reports,
    proposals_for,
    review_queue,
    stages_of,
    waiting_for,
)
from datlanh.intake.selectors.reports import ReportFilter, form_titles, report_list
from datlanh.kernel import clock
from datlanh.web.figures.strip import figures_strip
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.home.care import care_now

SHOWN = 8


@opens()
def home(request: StaffRequest) -> HttpResponse:
    """What waits for me, what is late, and (for who may see them) the figures."""
    who = request.user
    waiting = waiting_for(who)
    rows = []
    if waiting.decide is not None:
        rows = review_queue(who, QueueFilter(stage=DECIDE), Cursor(), size=SHOWN).rows
    elif waiting.verify is not None:
        rows = review_queue(who, QueueFilter(stage=VERIFY), Cursor(), size=SHOWN).rows
    elif waiting.own is not None:
        rows = report_list(who, ReportFilter(mine=True), Cursor(), size=SHOWN).rows
    reads = has(who, Permission.REPORT_READ)
    context = {
        "waiting": waiting,
        "batches_waiting": batches_waiting(who),
        "held_waiting": held_waiting(who) if has(who, Permission.REPORT_APPROVE) else 0,
        "assigned_to_me": assigned_count(who) if stages_of(who) else 0,
        "unread": threads_unread(who) if reads else [],
        "rows": rows,
        "titles": form_titles(),
        "proposals": list(proposals_for(who)[:SHOWN]) if waiting.proposals else [],
        "waiting_here": waiting_here(request),
        "reminders": reminders_of(who) if waiting.verify is not None else [],
        "owing": overdue_by_operator(who) if waiting.decide is not None else [],
        "month_due": month_due(),
        "overdue": overdue_reports(who) if reads else [],
        "newest": report_list(who, ReportFilter(), Cursor(), size=SHOWN).rows if reads else [],
        "whole_province": scope_for(who, Permission.REPORT_READ).everything,
        "strip": figures_strip(who),
        "now": clock.now(),
        "care": care_now() if _administers(who) else None,
    }
    return render(request, "web/home/home.html", context)


def _administers(who: User) -> bool:
    return has(who, Permission.USER_MANAGE) and has(who, Permission.AUDIT_READ)
