"""Dates: none in the future, in the order things happen, and not older than the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from datlanh.kernel.checks.parts import ALL, FORMS, SOP_QUALITY, dated, label
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text


def future(view: ReportView, facts: Facts) -> Iterator[Hit]:
    today = facts.today()
    for key, row, day in dated(view):
        if day > today:
            yield Hit(key, {"question": label(key), "date": day, "today": today}, row)


def in_order(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for earlier, later in FORMS[view.form].in_order:
        a, b = view.answers.get(earlier), view.answers.get(later)
        if isinstance(a, dt.date) and isinstance(b, dt.date) and a > b:
            names = {"first": label(earlier), "then": label(later)}
            yield Hit(later, {**names, "first_date": a, "then_date": b})


def older_than_known(view: ReportView, facts: Facts) -> Iterator[Hit]:
    mine = view.date_of_information
    if view.supersedes or mine is None or not view.record_id:
        return
    known = [
        (r.date_of_information, r.receipt)
        for r in facts.approved_reports(view.record_id)
        if r.date_of_information
    ]
    if known and max(known)[0] > mine:
        newest, receipt = max(known)
        yield Hit(
            FORMS[view.form].dated_by,
            {"id": view.record_id, "date": mine, "newest": newest, "receipt": receipt},
        )


RULES = (
    Rule(
        key="date_future",
        severity=Severity.BLOCK,
        title=Text("Không có ngày trong tương lai", "No date lies in the future"),
        message=Text(
            "«{question}» là {date}, sau ngày hôm nay ({today}).",
            "“{question}” is {date}, after today ({today}).",
        ),
        advice=Text(
            "Kiểm tra ngày, tháng, năm; ngày và tháng hay bị viết đảo.",
            "Check day, month and year; day and month are easily exchanged.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=future,
    ),
    Rule(
        key="date_order",
        severity=Severity.BLOCK,
        title=Text("Các ngày theo đúng trình tự", "The dates follow each other"),
        message=Text(
            "«{first}» ({first_date}) lại sau «{then}» ({then_date}).",
            "“{first}” ({first_date}) is later than “{then}” ({then_date}).",
        ),
        advice=Text(
            "Sửa ngày ghi sai: việc bắt đầu trước khi kết thúc, khu vực được xác định trước khi "
            "đánh giá và xác nhận.",
            "Correct the wrong date: work starts before it ends, an area is identified before it "
            "is assessed and verified.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=in_order,
    ),
    Rule(
        key="date_before_known",
        severity=Severity.WARN,
        title=Text(
            "Thông tin không cũ hơn thông tin đã duyệt",
            "The information is not older than what was approved",
        ),
        message=Text(
            "Báo cáo đề ngày {date}, nhưng {id} đã có thông tin ngày {newest} (báo cáo {receipt}).",
            "The report is dated {date}, but {id} is known as of {newest} (report {receipt}).",
        ),
        advice=Text(
            "Nếu báo cáo này sửa một báo cáo cũ, gửi nó dưới dạng đính chính. Nếu không, thông tin "
            "mới hơn vẫn được giữ.",
            "If it corrects an earlier report, send it as a correction. Otherwise the newer "
            "information stays.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=older_than_known,
    ),
)
