"""Monthly progress of a clearance, and what it comes to at the completion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from datlanh.kernel.checks.parts import (
    LAND_RELEASE,
    PROGRESS,
    SOP,
    SOP_QUALITY,
    amount,
    day,
    empty,
    whole,
)
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

MONTHLY = f"{SOP}, App. 01 §1.1 (p. 14): CLP, the monthly report of a clearance; §3.3.2 (p. 6)"
LONGEST_MONTH = 31  # days
INCREMENT = "IMAS 07.11: progress is an increment, completion is the whole"


def clearance_of(view: ReportView) -> str:
    """The clearance a progress report belongs to."""
    return str(view.answers.get("clearance_id") or "").strip()


def one_month(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """Days of two months are worth a look; more days than a month has are two reports."""
    start, end = day(view, "start_date"), day(view, "end_date")
    if start and end and start <= end and (start.year, start.month) != (end.year, end.month):
        severity = Severity.BLOCK if (end - start).days >= LONGEST_MONTH else None
        yield Hit("start_date", {"start": start, "end": end}, severity=severity)


def too_much(view: ReportView, facts: Facts) -> Iterator[Hit]:
    area, limit = amount(view.answers.get("cleared_area")), facts.setting("progress_month_m2")
    if area is not None and area > limit:
        yield Hit("cleared_area", {"area": whole(area), "limit": limit})


def no_hours(view: ReportView, facts: Facts) -> Iterator[Hit]:
    area, hours = (amount(view.answers.get(k)) for k in ("cleared_area", "man_hours"))
    if area and hours == 0:
        yield Hit("man_hours", {"area": whole(area)})


def finished(view: ReportView, facts: Facts) -> Iterator[Hit]:
    clearance = facts.record_of(clearance_of(view)) if clearance_of(view) else None
    if clearance is None or clearance.values.get("reported_status") != "completed":
        return
    ended, mine = _date(clearance.values, "end_date"), day(view, "end_date")
    if ended and mine and mine > ended:
        values = {"id": clearance.local_id, "ended": ended, "date": mine}
        yield Hit("clearance_id", values)


def sum_differs(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """At the completion: all progress together against the area it reports."""
    completed = amount(view.answers.get("cleared_area"))
    if completed is None or view.answers.get("status") != "completed" or not view.record_id:
        return
    progress = facts.progress_of(view.record_id)
    total = sum(amount(p.values.get("cleared_area_m2")) or 0.0 for p in progress)
    difference = total - completed
    if progress and abs(difference) > facts.setting("progress_sum") * max(completed, total):
        values = {"total": whole(total), "count": len(progress), "completed": whole(completed)}
        yield Hit("cleared_area", {**values, "difference": whole(abs(difference))})


def month_twice(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """Another progress report of the same clearance over some of the same days."""
    start, end = day(view, "start_date"), day(view, "end_date")
    if not clearance_of(view) or not start or not end:
        return
    for other in facts.progress_of(clearance_of(view)):
        first, last = _date(other.values, "start_date"), _date(other.values, "end_date")
        same_team = other.values.get("reporting_team") == view.answers.get("reporting_team")
        if other.local_id == view.record_id or not first or not last or not same_team:
            continue
        if first <= end and start <= last:
            yield Hit("start_date", {"id": other.local_id, "first": first, "last": last})


def clearance_unknown(view: ReportView, facts: Facts) -> Iterator[Hit]:
    named = clearance_of(view)
    if named and not empty(view.answers.get("cha_ids")):
        return  # the area is what it hangs on; the clearance's own report comes at the end
    if named and not facts.record_exists(named):
        yield Hit("clearance_id", {"id": named})


def _date(values: Mapping[str, Any], key: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(values.get(key)))
    except ValueError:
        return None


RULES = (
    Rule(
        key="progress_month",
        severity=Severity.WARN,
        title=Text("Một báo cáo tiến trình là một tháng", "A progress report covers one month"),
        message=Text(
            "Kỳ báo cáo từ {start} đến {end} kéo qua nhiều tháng.",
            "The period from {start} to {end} runs over more than one month.",
        ),
        advice=Text(
            "Gửi mỗi tháng một báo cáo, để số liệu tháng không bị lẫn.",
            "Send one report for each month, so that no month's figures are mixed.",
        ),
        source=MONTHLY,
        forms=PROGRESS,
        look=one_month,
    ),
    Rule(
        key="progress_area",
        severity=Severity.WARN,
        title=Text("Diện tích rà trong tháng hợp lý", "The area of the month is plausible"),
        message=Text(
            "Rà {area} m² trong tháng, nhiều hơn {limit} m².",
            "{area} m² were cleared in the month, more than {limit} m².",
        ),
        advice=Text(
            "Chỉ ghi phần rà thêm trong tháng, không ghi tổng từ đầu; kiểm tra đơn vị (m²).",
            "Give what was added in the month only, not the total so far; check the unit (m²).",
        ),
        source=INCREMENT,
        forms=PROGRESS,
        look=too_much,
        settings=("progress_month_m2",),
    ),
    Rule(
        key="progress_hours",
        severity=Severity.INFO,
        title=Text("Có giờ công", "Work has its man-hours"),
        message=Text(
            "Rà {area} m² nhưng số giờ công là 0.",
            "{area} m² were cleared, but the man-hours are 0.",
        ),
        advice=Text(
            "Ghi số giờ công, hoặc để trống nếu không rõ.", "Give the man-hours, or leave it empty."
        ),
        source=MONTHLY,
        forms=PROGRESS,
        look=no_hours,
    ),
    Rule(
        key="progress_clearance_unknown",
        severity=Severity.INFO,
        title=Text("Nhiệm vụ rà phá có trong sổ đăng ký", "The clearance is in the register"),
        message=Text(
            "Sổ đăng ký chưa có nhiệm vụ {id}, và báo cáo không ghi khu vực nào.",
            "The register does not have {id} yet, and the report names no area.",
        ),
        advice=Text(
            "Ghi mã các khu vực khẳng định nguy hiểm đang rà.",
            "Name the confirmed hazardous areas that are being cleared.",
        ),
        source=SOP_QUALITY,
        forms=PROGRESS,
        look=clearance_unknown,
    ),
    Rule(
        key="progress_after_completion",
        severity=Severity.WARN,
        title=Text("Tiến trình trước khi hoàn thành", "Progress comes before the completion"),
        message=Text(
            "{id} đã hoàn thành ngày {ended}, nhưng tiến trình này đến ngày {date}.",
            "{id} was completed on {ended}, but this progress runs to {date}.",
        ),
        advice=Text(
            "Kiểm tra mã nhiệm vụ và ngày; nếu còn rà tiếp, đính chính báo cáo hoàn thành.",
            "Check the id and the dates; if clearance went on, correct the completion.",
        ),
        source=INCREMENT,
        forms=PROGRESS,
        look=finished,
    ),
    Rule(
        key="progress_twice",
        severity=Severity.WARN,
        title=Text("Một tháng báo cáo một lần", "A month is reported once"),
        message=Text(
            "{id} đã báo cáo tiến trình của đội này từ {first} đến {last}.",
            "{id} reports this team's progress from {first} to {last} already.",
        ),
        advice=Text(
            "Nếu là báo cáo gửi lại, gửi dưới dạng đính chính; nếu là kỳ khác, sửa ngày.",
            "If it was sent again, send it as a correction; if it is another period, correct the "
            "dates.",
        ),
        source=MONTHLY,
        forms=PROGRESS,
        look=month_twice,
    ),
    Rule(
        key="progress_sum_differs",
        severity=Severity.WARN,
        title=Text(
            "Tổng tiến trình khớp với hoàn thành", "All progress together fits the completion"
        ),
        message=Text(
            "{count} báo cáo tiến trình cộng lại là {total} m², báo cáo hoàn thành ghi {completed} "
            "m²: lệch {difference} m².",
            "{count} progress report(s) come to {total} m², the completion says {completed} m²: a "
            "difference of {difference} m².",
        ),
        advice=Text(
            "Không cộng hai con số với nhau. Tìm báo cáo tiến trình thiếu, gửi hai lần hoặc ghi số "
            "cộng dồn.",
            "The two are never added together. Look for a progress report that is missing, was "
            "sent twice, or gives the total so far.",
        ),
        source=INCREMENT,
        forms=LAND_RELEASE,
        look=sum_differs,
        settings=("progress_sum",),
    ),
)
