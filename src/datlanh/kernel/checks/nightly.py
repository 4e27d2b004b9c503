"""The rules of the nightly run: what is looked for in the whole register, not in one report.

The procedure asks for five searches (SOP 2021, §6.2, p. 10): incomplete, duplicate, inconsistent,
unreasonable and geographic. What each finds is asked of the database (`intake.selectors.nightly`);
here stand their words, sources and thresholds.
"""

from __future__ import annotations

from collections.abc import Iterable

from datlanh.kernel.checks import nightly_land as land
from datlanh.kernel.checks.parts import (
    ACCIDENT,
    ALL,
    AREA_FORMS,
    ASSISTANCE,
    CHA,
    EDUCATION,
    EOD,
    LAND_RELEASE,
    PROGRESS,
    SOP,
    SURVEY,
    VICTIM,
)
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, RuleBook, Severity
from datlanh.kernel.text import Text

CONTROL = f"{SOP}, §6.2 (p. 10)"
RELEASED = f"{CONTROL}; IMAS 07.11"
GEOGRAPHIC = f"{SOP}, §6.2–6.3 (pp. 10–11)"

GROUPS = {
    "incomplete": Text("Thiếu", "Incomplete"),
    "duplicate": Text("Trùng", "Duplicate"),
    "inconsistent": Text("Không nhất quán", "Inconsistent"),
    "unreasonable": Text("Không hợp lý", "Unreasonable"),
    "geographic": Text("Địa lý", "Geographic"),
}


def _in_the_register(view: ReportView, facts: Facts) -> Iterable[Hit]:
    return ()


def _rule(
    key: str, *words: Text, forms: frozenset[str], source: str = CONTROL, **more: object
) -> Rule:
    title, message, advice = words
    severity = more.pop("severity", Severity.WARN)
    return Rule(
        key=key,
        severity=severity,  # type: ignore[arg-type]  # one of the two keywords below
        title=title,
        message=message,
        advice=advice,
        source=source,
        forms=forms,
        look=_in_the_register,
        **more,  # type: ignore[arg-type]  # `settings` only
    )


_INCOMPLETE = (
    _rule(
        "record_incomplete",
        Text("Hồ sơ đầy đủ", "The record is complete"),
        Text("Hồ sơ còn thiếu: {missing}.", "The record lacks: {missing}."),
        Text(
            "Gửi một báo cáo cập nhật với các mục còn thiếu.",
            "Send an update with the answers that are missing.",
        ),
        forms=ALL,
    ),
)
_DUPLICATE = (
    _rule(
        "record_near",
        Text("Không có hồ sơ trùng nơi, trùng lúc", "No other record of the same place and time"),
        Text(
            "{other} cùng loại, cách {metres} m và {days} ngày.",
            "{other} is of the same kind, {metres} m and {days} day(s) away.",
        ),
        Text(
            "So hai hồ sơ; nếu là một, rút lại báo cáo thừa hoặc gắn nó vào hồ sơ kia.",
            "Compare the two; if they are one, withdraw the extra report or bind it to the other.",
        ),
        forms=ACCIDENT | EDUCATION | SURVEY | EOD,
        settings=("duplicate_distance_m", "duplicate_days"),
    ),
    _rule(
        "victim_alike",
        Text("Không có nạn nhân ghi hai lần", "No victim stands twice"),
        Text(
            "{other} của cùng tai nạn có cùng giới tính, tuổi và hậu quả. Họ tên không được so "
            "sánh ở đây.",
            "{other} of the same accident has the same sex, age and outcome. Names are not "
            "compared here.",
        ),
        Text(
            "Người được xem dữ liệu cá nhân mở hai phiếu và so họ tên, ngày sinh.",
            "Somebody who may see personal data opens both forms and compares name and birth date.",
        ),
        forms=VICTIM,
        severity=Severity.INFO,
    ),
)
_INCONSISTENT = (
    _rule(
        "family_missing",
        Text("Hồ sơ liên quan có trong sổ đăng ký", "The records it belongs with are there"),
        Text("Sổ đăng ký không có {other}.", "The register does not have {other}."),
        Text(
            "Kiểm tra mã, hoặc gửi và duyệt báo cáo còn thiếu.",
            "Check the id, or send and decide the missing report.",
        ),
        forms=VICTIM | ASSISTANCE | LAND_RELEASE | PROGRESS | SURVEY,
    ),
    _rule(
        "victims_differ",
        Text("Số nạn nhân khớp với phiếu nạn nhân", "The count of victims fits their forms"),
        Text(
            "Tai nạn ghi {said} nạn nhân, có {known} phiếu nạn nhân.",
            "The accident counts {said} victim(s), {known} of them have a form.",
        ),
        Text(
            "Gửi phiếu nạn nhân còn thiếu, hoặc cập nhật báo cáo tai nạn.",
            "Send the missing form, or update the accident's report.",
        ),
        forms=ACCIDENT,
    ),
    _rule(
        "progress_differs",
        Text("Tổng tiến trình khớp với hoàn thành", "Progress comes to the completion"),
        Text(
            "{count} báo cáo tiến trình cộng lại {total} m², hoàn thành ghi {completed} m²: lệch "
            "{difference} m².",
            "{count} progress report(s) come to {total} m², the completion says {completed} m²: a "
            "difference of {difference} m².",
        ),
        Text(
            "Tìm báo cáo tiến trình thiếu, gửi hai lần hoặc ghi số cộng dồn.",
            "Look for a progress report that is missing, was sent twice, or gives the total.",
        ),
        forms=LAND_RELEASE,
        settings=("progress_sum",),
    ),
    _rule(
        "area_closed_unreleased",
        Text("Khu vực đóng thì đã giải phóng", "A closed area was released"),
        Text(
            "Tình trạng là «Đóng» nhưng không có giải phóng đất nào.",
            "The status is “Closed”, but no land release names it.",
        ),
        Text(
            "Tìm báo cáo giải phóng đất còn thiếu, hoặc sửa tình trạng.",
            "Look for the missing land release, or correct the status.",
        ),
        forms=CHA,
    ),
    _rule("area_done_uncompleted", *land.DONE_UNCOMPLETED, forms=CHA, source=RELEASED),
    _rule(
        "area_open_released",
        Text("Khu vực đã giải phóng thì không còn mở", "A released area is not open any more"),
        Text(
            "Tình trạng còn «Mở» dù {other} đã hoàn thành.",
            "The status is still “Open” although {other} is completed.",
        ),
        Text(
            "Cập nhật tình trạng của khu vực.",
            "Update the status of the area.",
        ),
        forms=CHA,
        severity=Severity.INFO,
    ),
    _rule(
        "dates_disorder",
        Text("Các ngày theo đúng trình tự", "The dates follow each other"),
        Text(
            "«{first}» ({first_date}) lại sau «{then}» ({then_date}).",
            "“{first}” ({first_date}) is later than “{then}” ({then_date}).",
        ),
        Text(
            "Hai báo cáo mâu thuẫn nhau; sửa báo cáo ghi sai.",
            "Two reports contradict each other; correct the wrong one.",
        ),
        forms=ALL,
    ),
    _rule(
        "area_measured_differs",
        Text("Diện tích ghi khớp với khoanh vùng", "The area reported fits the outline"),
        Text(
            "Diện tích ghi {reported} m², khoanh vùng đo được {computed} m².",
            "The area reported is {reported} m², the outline measures {computed} m².",
        ),
        Text(
            "Diện tích và khoanh vùng có thể đến từ hai báo cáo; cập nhật cả hai.",
            "Area and outline may come from two reports; update both.",
        ),
        forms=CHA,
        settings=("area_warn",),
    ),
)
_LAND = (
    _rule("release_class_contradicts", *land.CONTRADICTS, forms=LAND_RELEASE, source=RELEASED),
    _rule("release_class_missing", *land.CLASS_MISSING, forms=LAND_RELEASE, source=RELEASED),
    _rule(
        "released_more_than_drawn",
        *land.MORE_THAN_DRAWN,
        forms=LAND_RELEASE,
        source=RELEASED,
        settings=("released_more",),
    ),
    _rule(
        "released_more_than_area",
        *land.MORE_THAN_AREA,
        forms=CHA,
        source=RELEASED,
        settings=("released_more",),
    ),
    _rule("released_before_area", *land.BEFORE_AREA, forms=CHA, source=RELEASED),
    _rule(
        "area_stalled",
        *land.STALLED,
        forms=CHA,
        severity=Severity.INFO,
        settings=("stalled_days",),
    ),
)
_UNREASONABLE = (
    _rule(
        "number_outlier",
        Text("Con số không quá khác thường", "No figure is far from all others"),
        Text(
            "«{question}» là {value}; 99 % hồ sơ cùng loại không quá {usual}.",
            "“{question}” is {value}; 99 % of the records of the kind have no more than {usual}.",
        ),
        Text(
            "Kiểm tra đơn vị và số chữ số; nếu đúng, không cần sửa.",
            "Check the unit and the number of digits; if it is right, nothing needs a change.",
        ),
        forms=ALL,
        settings=("outlier_times",),
    ),
)
_GEOGRAPHIC = (
    _rule(
        "place_outside_province",
        Text("Nằm trong tỉnh", "It lies in the province"),
        Text(
            "Vị trí nằm ngoài tỉnh (kinh độ {lon}, vĩ độ {lat}).",
            "The place lies outside the province (longitude {lon}, latitude {lat}).",
        ),
        Text("Kiểm tra tọa độ.", "Check the coordinates."),
        forms=ALL - VICTIM - ASSISTANCE - PROGRESS,
        source=GEOGRAPHIC,
    ),
    _rule(
        "place_outside_commune",
        Text("Nằm trong xã đã ghi", "It lies in the commune it names"),
        Text(
            "Vị trí không nằm trong xã mang mã {code}.",
            "The place does not lie in the commune {code}.",
        ),
        Text(
            "Kiểm tra xã và tọa độ; sau ngày 01/07/2025 nhiều mã xã mang tên khác.",
            "Check commune and coordinates; since 01/07/2025 many codes carry another name.",
        ),
        forms=ALL - VICTIM - ASSISTANCE - PROGRESS,
        source=GEOGRAPHIC,
    ),
    _rule(
        "areas_overlap",
        Text("Các khu vực không chồng lên nhau", "Areas do not overlap"),
        Text(
            "Chồng lên {other} {area} m² ({percent} % của phần nhỏ hơn).",
            "It overlaps {other} by {area} m² ({percent} % of the smaller one).",
        ),
        Text(
            "So hai khoanh vùng; phần chung chỉ được tính một lần.",
            "Compare the outlines; what is common counts once only.",
        ),
        forms=AREA_FORMS,
        source=GEOGRAPHIC,
        settings=("areas_overlap",),
    ),
)

_ALL = {
    "incomplete": _INCOMPLETE,
    "duplicate": _DUPLICATE,
    "inconsistent": _INCONSISTENT + _LAND,
    "unreasonable": _UNREASONABLE,
    "geographic": _GEOGRAPHIC,
}
GROUP_OF = {rule.key: group for group, rules in _ALL.items() for rule in rules}
NIGHTLY = RuleBook(rule for rules in _ALL.values() for rule in rules)
