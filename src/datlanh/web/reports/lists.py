"""The list of reports."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.intake.selectors.batches import batches_waiting
from datlanh.intake.selectors.paging import Cursor
from datlanh.intake.selectors.reports import communes_named, form_titles, report_list
from datlanh.kernel import clock
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import report_chips, report_filter, report_options

SIZE = 50


@opens(Permission.REPORT_READ)
def reports(request: StaffRequest) -> HttpResponse:
    """Reports newest first, narrowed by what stands in the address."""
    wanted = report_filter(request)
    cursor = Cursor.read(request.GET.get("after"), request.GET.get("before"))
    page = report_list(request.user, wanted, cursor, size=SIZE)
    options = report_options(request.user, wanted)
    may_withdraw = has(request.user, Permission.REPORT_WITHDRAW)
    context = {
        "page": page,
        "rows": page.rows,
        "wanted": wanted,
        "options": options,
        "chips": report_chips(request, options),
        "titles": form_titles(),
        "communes": communes_named(r.commune_code for r in page.rows),
        "now": clock.now(),
        "may_withdraw": may_withdraw,
        "batches_waiting": batches_waiting(request.user),
        "is_choosing": may_withdraw and bool(request.GET.get("choose")),
    }
    return render(request, "web/reports/list.html", context)
