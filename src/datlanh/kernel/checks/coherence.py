"""Answers that belong together: choices and their remarks, release and method, area and limit."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

from datlanh.kernel import geometry
from datlanh.kernel.checks.parts import (
    ALL,
    CHA,
    FORMS,
    LAND_RELEASE,
    SOP,
    SOP_QUALITY,
    day,
    empty,
    label,
    outline,
    whole,
)
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

# "Other" says nothing without its remark: choice → where the remark stands.
REMARKS: Mapping[str, Mapping[str, str]] = {
    "accident": {
        "accident_area_type": "accident_area_type_remark",
        "accident_activity_type": "accident_activity_type_remark",
    },
    "victim": {
        "activity_at_time": "activity_remark",
        "ethnicity": "ethnicity_other",
        "reason_entered": "reason_entered_remark",
    },
    "victim_assistance": {
        "assistance_type": "assistance_type_other",
        "assistance_given_by": "assistance_given_by_other",
    },
    "eore": {
        "target_population": "target_population_remark",
        "campaign_level": "campaign_level_remark",
        "activity_types": "activity_types_remark",
    },
    "cha": {"land_use": "land_use_comment"},
    "eod_spot": {
        "land_use": "land_use_comment",
        "information_source": "information_source_comment",
    },
}
OWN_RULE = frozenset({"model"})  # told by item_model_unknown
# Nine or ten digits after the trunk 0 or the country's 84, however they are grouped.
TELEPHONE = re.compile(r"(?<![\d,.])(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)")
DUE_DAY = 10  # SOP §3.3.2 (p. 6): within the first ten days of the next month


def unlisted(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, row, choice in view.unlisted:
        if key.rpartition(".")[2] not in OWN_RULE:
            yield Hit(key, {"question": label(key), "choice": choice}, row)


def other_unnamed(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, remark in REMARKS.get(view.form, {}).items():
        chosen = view.answers.get(key)
        is_other = "other" in chosen if isinstance(chosen, list) else chosen == "other"
        if is_other and empty(view.answers.get(remark)):
            yield Hit(remark, {"question": label(key)})


def telephones(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, value in view.answers.items():
        if isinstance(value, str) and TELEPHONE.search(value):
            yield Hit(key, {"question": label(key)})


def late(view: ReportView, facts: Facts) -> Iterator[Hit]:
    of, received = view.date_of_information, view.received_on
    if of is None or received is None or of >= received or of.year >= dt.MAXYEAR:
        return
    due = (of.replace(day=1) + dt.timedelta(days=32)).replace(day=DUE_DAY)
    if received > due:
        values = {"date": of, "received": received, "due": due}
        yield Hit(FORMS[view.form].dated_by, values)


def area_limit(view: ReportView, facts: Facts) -> Iterator[Hit]:
    area, limit = outline(view), facts.setting("cha_limit_m2")
    if area is None:
        return
    measured = geometry.area_m2(area)
    if measured > limit:
        yield Hit("area_size", {"area": whole(measured), "limit": limit})


def closed_unreleased(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if view.answers.get("status") == "closed" and not facts.releases_of(view.record_id):
        yield Hit("status", {"id": view.record_id})


def kind_of_land(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """Cleared land comes from clearance, reduced land from technical survey."""
    kind, land = view.answers.get("release_type"), view.answers.get("polygon_status")
    if (kind, land) in (("post_technical_survey", "cleared"), ("post_clearance", "reduced")):
        yield Hit("polygon_status")


def unmethodical(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if view.answers.get("release_type") == "post_clearance" and view.answers.get("method") == []:
        yield Hit("method")


def started_long_ago(view: ReportView, facts: Facts) -> Iterator[Hit]:
    start, end = day(view, "start_date"), day(view, "end_date")
    limit = facts.setting("release_days")
    if start and end and (end - start).days > limit:
        yield Hit("start_date", {"days": (end - start).days, "limit": limit})


RULES = (
    Rule(
        key="choice_unlisted",
        severity=Severity.WARN,
        title=Text("Lựa chọn có trong danh sách", "A choice is one the form offers"),
        message=Text(
            "«{question}»: «{choice}» không có trong danh sách của mẫu.",
            "“{question}”: “{choice}” is not one of the form's choices.",
        ),
        advice=Text(
            "Chọn một mục trong danh sách; nếu thiếu, báo bộ phận cơ sở dữ liệu bổ sung.",
            "Choose one of the list; if it is missing, tell the database unit.",
        ),
        source=f"{SOP}, §6.2 (p. 10): incorrect data",
        forms=ALL,
        look=unlisted,
    ),
    Rule(
        key="other_unnamed",
        severity=Severity.WARN,
        title=Text("«Khác» thì ghi rõ", "“Other” is explained"),
        message=Text(
            "«{question}»: chọn «Khác» nhưng không ghi rõ.",
            "“{question}”: “Other” was chosen but not explained.",
        ),
        advice=Text("Ghi rõ ở mục ghi chú bên dưới.", "Say what it is in the remark below."),
        source=SOP_QUALITY,
        forms=frozenset(REMARKS),
        look=other_unnamed,
    ),
    Rule(
        key="telephone_in_text",
        severity=Severity.WARN,
        title=Text(
            "Không có số điện thoại trong phần ghi chú", "No telephone number in an open text"
        ),
        message=Text(
            "«{question}» có vẻ chứa số điện thoại.",
            "“{question}” seems to hold a telephone number.",
        ),
        advice=Text(
            "Chuyển số đó sang mục điện thoại; phần ghi chú được nhiều người đọc.",
            "Move it to the question for telephones; many people read the notes.",
        ),
        source="Nghị định 13/2023/NĐ-CP: personal data; SOP 2021, §8 (p. 12)",
        forms=ALL,
        look=telephones,
    ),
    Rule(
        key="report_late",
        severity=Severity.INFO,
        title=Text("Báo cáo đúng hạn", "The report came in time"),
        message=Text(
            "Thông tin ngày {date} nhận được ngày {received}, sau hạn {due}.",
            "Information of {date} was received on {received}, after the {due} it was due.",
        ),
        advice=Text(
            "Báo cáo vẫn được nhận; kết quả của tháng cần gửi trong 10 ngày đầu tháng sau.",
            "It is taken all the same; a month's results are due in the first 10 days of the next.",
        ),
        source=f"{SOP}, §3.3.2 (p. 6)",
        forms=ALL,
        look=late,
    ),
    Rule(
        key="cha_limit",
        severity=Severity.WARN,
        title=Text("Khu vực không lớn hơn giới hạn", "The area is within the agreed limit"),
        message=Text(
            "Khoanh vùng đo được {area} m², lớn hơn giới hạn {limit} m².",
            "The polygon measures {area} m², more than the limit of {limit} m².",
        ),
        advice=Text(
            "Chia khu vực theo ranh giới xã, thôn hoặc ranh giới tự nhiên, mỗi phần một báo cáo.",
            "Divide it along commune, village or natural boundaries, one report for each part.",
        ),
        source=f"{SOP}, §6.1 (p. 10), App. 01 §2.2 (p. 17): size agreed with the operators",
        forms=CHA,
        look=area_limit,
        settings=("cha_limit_m2",),
    ),
    Rule(
        key="closed_unreleased",
        severity=Severity.WARN,
        title=Text("Khu vực đóng thì đã giải phóng", "A closed area was released"),
        message=Text(
            "Tình trạng là «Đóng» nhưng không có báo cáo giải phóng đất nào cho {id}.",
            "The status is “Closed”, but no land release names {id}.",
        ),
        advice=Text(
            "Gửi hoặc duyệt báo cáo giải phóng đất trước, hoặc sửa tình trạng.",
            "Send or decide the land release first, or correct the status.",
        ),
        source=f"{SOP}, definitions (pp. 3–4): closed, release work finished",
        forms=CHA,
        look=closed_unreleased,
    ),
    Rule(
        key="release_kind",
        severity=Severity.WARN,
        title=Text("Loại đất khớp với loại hình", "The kind of land fits the kind of work"),
        message=Text(
            "Tình trạng khoanh vùng không khớp với loại hình giải phóng đất.",
            "The status of the polygon does not fit the type of land release.",
        ),
        advice=Text(
            "Đất đã rà là kết quả của rà phá; đất thu hẹp là kết quả của khảo sát kỹ thuật.",
            "Cleared land comes from clearance, reduced land from technical survey.",
        ),
        source="IMAS 07.11: cancelled, reduced and cleared land",
        forms=LAND_RELEASE,
        look=kind_of_land,
    ),
    Rule(
        key="release_method",
        severity=Severity.WARN,
        title=Text("Rà phá có phương pháp", "Clearance has its method"),
        message=Text(
            "Giải phóng đất sau rà phá nhưng không chọn phương pháp nào.",
            "The land was released after clearance, but no method is chosen.",
        ),
        advice=Text("Chọn phương pháp ở mục 3.1.", "Choose the method in 3.1."),
        source=f"{SOP}, App. 02 form 8, 3.1 (p. 39)",
        forms=LAND_RELEASE,
        look=unmethodical,
    ),
    Rule(
        key="release_long",
        severity=Severity.INFO,
        title=Text("Thời gian rà phá hợp lý", "The time of the work is plausible"),
        message=Text(
            "Công việc kéo dài {days} ngày (giới hạn {limit} ngày).",
            "The work lasted {days} days (limit {limit}).",
        ),
        advice=Text(
            "Kiểm tra năm của hai ngày; nếu đúng thì không cần sửa.",
            "Check the year of both dates; if they are right, nothing needs to be changed.",
        ),
        source=f"{SOP}, §6.2 (p. 10): data that are not reasonable",
        forms=LAND_RELEASE,
        look=started_long_ago,
        settings=("release_days",),
    ),
)
