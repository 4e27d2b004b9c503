"""EOD spot tasks: the state against the dates, and what became of the items."""

from __future__ import annotations

from collections.abc import Iterator

from datlanh.kernel import geometry
from datlanh.kernel.checks.parts import EOD, SOP, amount, empty, items, label, place, whole
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

LEFT = "left_in_place"


def _closed(view: ReportView) -> bool:
    return view.answers.get("status") == "closed"


def unfinished(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if _closed(view) and empty(view.answers.get("respond_date")):
        known = facts.record_of(view.record_id) if view.record_id else None
        if known is None or empty(known.values.get("respond_date")):
            yield Hit("respond_date", {"question": label("respond_date")})


def nothing_found(view: ReportView, facts: Facts) -> Iterator[Hit]:
    _, found = items(view)
    if not _closed(view) or found or not empty(view.answers.get("reason_not_destroyed")):
        return
    if view.record_id and facts.record_exists(view.record_id):
        return  # an update need not repeat the items
    yield Hit("found_items")


def not_destroyed(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """Items left where they are, or of which nobody says what became of them."""
    _, found = items(view)
    if not _closed(view) or not empty(view.answers.get("reason_not_destroyed")):
        return
    gone = not empty(view.answers.get("disposal_date"))
    left = [
        i for i in found if i.get("disposal") == LEFT or (empty(i.get("disposal")) and not gone)
    ]
    if left:
        yield Hit("reason_not_destroyed", {"count": len(left)})


def open_disposed(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if view.answers.get("status") == "open" and not empty(view.answers.get("disposal_date")):
        yield Hit("status", {"date": view.answers["disposal_date"]})


def slow(view: ReportView, facts: Facts) -> Iterator[Hit]:
    asked, came = view.answers.get("tasking_date"), view.answers.get("respond_date")
    try:
        days = (came - asked).days  # type: ignore[operator]
    except TypeError:
        return
    limit = facts.setting("eod_respond_days")
    if days > limit:
        yield Hit("respond_date", {"days": days, "limit": limit})


def cleared(view: ReportView, facts: Facts) -> Iterator[Hit]:
    area, limit = amount(view.answers.get("cleared_area")), facts.setting("eod_cleared_m2")
    if area is not None and area > limit:
        yield Hit("cleared_area", {"area": whole(area), "limit": limit})


def carried_far(view: ReportView, facts: Facts) -> Iterator[Hit]:
    spot, there = place(view), view.points.get("disposal_place")
    if spot is None or there is None or not geometry.on_globe(there):
        return
    metres, limit = geometry.distance_m(there, spot), facts.setting("disposal_distance_m")
    if metres > limit:
        values = {"km": round(metres / 1000, 1), "limit": limit / 1000}
        yield Hit("disposal_place", values, None, there)


TASK = f"{SOP}, App. 02 form 7 (pp. 36–38)"

RULES = (
    Rule(
        key="eod_closed_unanswered",
        severity=Severity.BLOCK,
        title=Text("Nhiệm vụ đã đóng thì có ngày tiếp nhận", "A closed task was responded to"),
        message=Text(
            "Tình trạng là «Đóng» nhưng mục «{question}» còn trống.",
            "The status is “Closed”, but “{question}” is empty.",
        ),
        advice=Text(
            "Ghi ngày đội đến nơi ở phần B, hoặc để tình trạng «Mở».",
            "Give the day the team responded in part B, or leave the status “Open”.",
        ),
        source=TASK,
        forms=EOD,
        look=unfinished,
    ),
    Rule(
        key="eod_closed_empty",
        severity=Severity.WARN,
        title=Text("Nhiệm vụ đã đóng có kết quả", "A closed task has its result"),
        message=Text(
            "Tình trạng là «Đóng» nhưng không có vật nổ nào và không ghi lý do.",
            "The status is “Closed”, but there is no item and no reason.",
        ),
        advice=Text(
            "Ghi vật nổ tìm thấy, hoặc ghi lý do: không tìm thấy, không phải vật nổ, đã có người "
            "xử lý.",
            "Enter the items found, or the reason: nothing found, no ordnance, already dealt with.",
        ),
        source=TASK,
        forms=EOD,
        look=nothing_found,
    ),
    Rule(
        key="eod_not_destroyed",
        severity=Severity.BLOCK,
        title=Text("Vật nổ chưa hủy thì có lý do", "Items not destroyed have their reason"),
        message=Text(
            "Nhiệm vụ đã đóng nhưng {count} dòng vật nổ chưa hủy và không có lý do.",
            "The task is closed, but {count} row(s) of items are not destroyed and no reason is "
            "given.",
        ),
        advice=Text(
            "Ghi ngày hủy nổ ở phần C, hoặc lý do chưa hủy nổ ở mục 7.",
            "Give the disposal date in part C, or the reason in 7.",
        ),
        source=TASK,
        forms=EOD,
        look=not_destroyed,
    ),
    Rule(
        key="eod_open_disposed",
        severity=Severity.WARN,
        title=Text("Đã hủy nổ thì nhiệm vụ đóng", "A task with its items destroyed is closed"),
        message=Text(
            "Tình trạng còn «Mở» dù đã hủy nổ ngày {date}.",
            "The status is still “Open” although the items were destroyed on {date}.",
        ),
        advice=Text(
            "Đóng nhiệm vụ, hoặc ghi rõ việc còn lại trong ghi chú.",
            "Close the task, or say in the notes what is left to do.",
        ),
        source=TASK,
        forms=EOD,
        look=open_disposed,
    ),
    Rule(
        key="eod_slow",
        severity=Severity.INFO,
        title=Text("Đội đến trong thời hạn", "The team came in time"),
        message=Text(
            "Đội đến sau khi giao nhiệm vụ {days} ngày (giới hạn {limit} ngày).",
            "The team responded {days} days after the tasking (limit {limit}).",
        ),
        advice=Text(
            "Kiểm tra hai ngày; nếu đúng thì không cần sửa.",
            "Check both dates; if they are right, nothing needs to be changed.",
        ),
        source=f"{SOP}, §6.2 (p. 10): data that are not reasonable",
        forms=EOD,
        look=slow,
        settings=("eod_respond_days",),
    ),
    Rule(
        key="eod_cleared_large",
        severity=Severity.WARN,
        title=Text("Diện tích rà tại điểm hợp lý", "The area cleared at a spot is plausible"),
        message=Text(
            "Diện tích rà {area} m², lớn hơn {limit} m² thường thấy ở một điểm.",
            "The cleared area is {area} m², more than the {limit} m² usual at a spot.",
        ),
        advice=Text(
            "Kiểm tra đơn vị (m²); rà phá khu vực thì báo cáo bằng mẫu giải phóng đất.",
            "Check the unit (m²); the clearance of an area is reported as land release.",
        ),
        source=f"{TASK}, B.8",
        forms=EOD,
        look=cleared,
        settings=("eod_cleared_m2",),
    ),
    Rule(
        key="disposal_far",
        severity=Severity.WARN,
        title=Text("Nơi hủy nổ không quá xa", "The disposal place is not too far away"),
        message=Text(
            "Nơi hủy nổ cách điểm tìm thấy {km} km (giới hạn {limit} km).",
            "The disposal place is {km} km from where the items were found (limit {limit} km).",
        ),
        advice=Text(
            "Kiểm tra hai tọa độ; nếu đúng, ghi rõ bãi hủy nổ trong ghi chú.",
            "Check both coordinates; if they are right, name the demolition ground in the notes.",
        ),
        source=f"{TASK}, C.4",
        forms=EOD,
        look=carried_far,
        settings=("disposal_distance_m",),
    ),
)
