"""Cluster munition surveys: the file of the boxes, and an area that can be searched."""

from __future__ import annotations

from collections.abc import Iterator

from datlanh.kernel.checks.parts import SOP, SURVEY, amount, day, empty, whole
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

BOX_M2 = 2500.0  # a box of 50 m × 50 m on the UTM grid (CMRS practice)
BOXES_FILE = f"{SOP}, App. 01 §2.1 (p. 17): a zipped shapefile named after the task id"


def boxes_name(view: ReportView, facts: Facts) -> Iterator[Hit]:
    file = str(view.answers.get("survey_boxes") or "").strip()
    written = str(view.answers.get("cmrs_id") or "").strip()
    if not file or not written:
        return
    stem, _, ending = file.rpartition(".")
    wanted = f"{view.record_id or written}.zip"
    if ending.lower() != "zip" or stem not in (view.record_id, written):
        yield Hit("survey_boxes", {"file": file, "wanted": wanted})


def unfinished(view: ReportView, facts: Facts) -> Iterator[Hit]:
    status = view.answers.get("status")
    if not empty(status) and status != "completed":
        yield Hit("status")


def area(view: ReportView, facts: Facts) -> Iterator[Hit]:
    surveyed, limit = amount(view.answers.get("surveyed_area_total")), facts.setting("survey_m2")
    if surveyed is None or surveyed < 0:
        return
    if surveyed > limit or 0 < surveyed < BOX_M2:
        values = {"area": whole(surveyed), "limit": limit, "box": BOX_M2}
        yield Hit("surveyed_area_total", values)


def pace(view: ReportView, facts: Facts) -> Iterator[Hit]:
    surveyed = amount(view.answers.get("surveyed_area_total"))
    start, end = day(view, "start_date"), day(view, "end_date")
    if not surveyed or not start or not end or end < start:
        return
    days, limit = (end - start).days + 1, facts.setting("survey_boxes_per_day")
    boxes = surveyed / BOX_M2 / days
    if boxes > limit:
        yield Hit("surveyed_area_total", {"boxes": round(boxes, 1), "limit": limit, "days": days})


RULES = (
    Rule(
        key="boxes_file_name",
        severity=Severity.WARN,
        title=Text("Tệp ô khảo sát mang mã nhiệm vụ", "The file of boxes is named after the task"),
        message=Text("Tệp đính kèm tên là «{file}».", "The attached file is named “{file}”."),
        advice=Text(
            "Nén shapefile các ô khảo sát thành {wanted} và gửi lại.",
            "Zip the shapefile of the boxes as {wanted} and send it again.",
        ),
        source=BOXES_FILE,
        forms=SURVEY,
        look=boxes_name,
    ),
    Rule(
        key="survey_unfinished",
        severity=Severity.WARN,
        title=Text("Báo cáo khảo sát hoàn thành", "A survey is reported when completed"),
        message=Text(
            "Mẫu này báo cáo khảo sát đã hoàn thành, nhưng tình trạng ghi khác.",
            "This form reports a completed survey, but the status says otherwise.",
        ),
        advice=Text(
            "Gửi báo cáo khi khảo sát xong, hoặc sửa tình trạng.",
            "Send the report when the survey is completed, or correct the status.",
        ),
        source=f"{SOP}, App. 02 form 6, 1.11 (p. 34)",
        forms=SURVEY,
        look=unfinished,
    ),
    Rule(
        key="survey_area",
        severity=Severity.WARN,
        title=Text("Diện tích khảo sát hợp lý", "The surveyed area is plausible"),
        message=Text(
            "Diện tích khảo sát {area} m²; một ô là {box} m² và giới hạn là {limit} m².",
            "The surveyed area is {area} m²; one box has {box} m², and the limit is {limit} m².",
        ),
        advice=Text(
            "Ghi tổng diện tích các ô đã khảo sát bằng m².",
            "Give the area of all boxes surveyed, in m².",
        ),
        source=f"{SOP}, App. 02 form 6, 3.2 (p. 34); App. 01 §3 (p. 18)",
        forms=SURVEY,
        look=area,
        settings=("survey_m2",),
    ),
    Rule(
        key="survey_pace",
        severity=Severity.INFO,
        title=Text("Tiến độ khảo sát hợp lý", "The pace of the survey is plausible"),
        message=Text(
            "{boxes} ô mỗi ngày trong {days} ngày (giới hạn {limit}).",
            "{boxes} boxes a day over {days} day(s) (limit {limit}).",
        ),
        advice=Text(
            "Kiểm tra diện tích và hai ngày; nhiều đội thì ghi rõ trong phần bổ sung.",
            "Check the area and both dates; with several teams say so in the notes.",
        ),
        source=f"{SOP}, §6.2 (p. 10): data that are not reasonable",
        forms=SURVEY,
        look=pace,
        settings=("survey_boxes_per_day",),
    ),
)
