"""What the database unit excused in the year, and whom the morning reminds."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, F

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.demo.book import Book
from datlanh.intake.models import Report
from datlanh.intake.selectors.lateness import with_due
from datlanh.intake.services.clocks import clocks_remind, due_move, exemption_give
from datlanh.intake.services.nightly import register_check
from datlanh.kernel import clock

FLOOD = "Mưa lũ, đường vào bị cắt nhiều ngày; đội không ra hiện trường được"
SERVER = "Máy chủ của tổ chức hỏng ổ đĩa, dữ liệu khôi phục sau hai tuần"
FAR = "Đội trưởng đang ở vùng biên giới, chưa có sóng điện thoại"
MORE_DAYS = 3


def excused(book: Book) -> None:
    """A month of one operator, one form's month of another, and more time for one report."""
    by = book.desk.centre.manager
    late = (
        Report.objects.filter(is_late=True, date_of_information__isnull=False)
        .values("organisation__key", "form", month=F("date_of_information__month"))
        .annotate(n=Count("pk"), year=F("date_of_information__year"))
        .order_by("-n", "organisation__key", "form")
    )
    given: set[str] = set()
    with acting(by, via="web"):
        for one in late:
            if one["organisation__key"] in given or len(given) == 2:
                continue
            exemption_give(
                organisation=one["organisation__key"],
                month=dt.date(one["year"], one["month"], 1),
                form=one["form"] if given else "",
                reason=SERVER if given else FLOOD,
                by=by,
            )
            given.add(one["organisation__key"])
        returned = with_due(Report.objects.filter(state="returned", due_at__isnull=False))
        if report := returned.order_by("-due_at").first():
            until = clock.local_date(report.due_at or book.now) + dt.timedelta(days=MORE_DAYS)
            due_move(receipt=report.receipt, until=until, reason=FAR, by=by)


def this_morning() -> None:
    """The night's run over the register, and what the information officers are reminded of."""
    with acting(SYSTEM, via="job"):
        register_check(by=SYSTEM)
        clocks_remind(by=SYSTEM)
