"""The form as a whole: readable, complete, of a known version, consistent with its status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from datlanh.kernel.checks.parts import (
    ALL,
    FORMS,
    LAND_RELEASE,
    SOP,
    SOP_QUALITY,
    amount,
    empty,
    is_new,
    label,
)
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

PERCENTAGES = ("accessibility_percentage", "release_completion")
AMOUNTS = (
    "area_size",
    "cleared_area",
    "uncleared_area",
    "surface_clearance_area",
    "fadeout_area",
    "clearance_depth",
    "qc_sampling_area",
    "qc_sampling_depth",
    "persons_involved",
    "age_at_accident",
    "amount",
    "participants_men",
    "participants_women",
    "participants_boys",
    "participants_girls",
    "participants_under_6",
    "participants_ethnic",
    "participants_pwd",
    "first_time_participants",
    "informants_total",
    "surveyed_area_total",
    "man_hours",
)


def _missing(view: ReportView, keys: Iterable[str]) -> Iterator[Hit]:
    for key in keys:
        # An answer that could not be read is told once, as unreadable.
        if empty(view.answers.get(key)) and key not in view.points and key not in view.problems:
            yield Hit(key, {"question": label(key)})


def mandatory(view: ReportView, facts: Facts) -> Iterator[Hit]:
    form = FORMS[view.form]
    yield from _missing(view, form.must + (form.new if is_new(view, facts) else ()))


def expected(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if is_new(view, facts):
        yield from _missing(view, FORMS[view.form].should)


def unreadable(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for problem in view.problems:
        repeat, _, rest = problem.partition("/")  # "found_items/2/depth", counted from 1
        row, _, key = rest.partition("/")
        if key and row.isdigit():
            place = f"{repeat}.{key}"
            yield Hit(place, {"question": label(place)}, int(row) - 1)
        else:
            yield Hit(problem, {"question": label(problem)})


def unknown(view: ReportView, facts: Facts) -> Iterator[Hit]:
    yield Hit(values={"form": view.form})


def retired(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if view.form_retired:
        yield Hit(values={"form": view.form})


def corrects_nothing(view: ReportView, facts: Facts) -> Iterator[Hit]:
    named = str(view.answers.get("correction_of") or "").strip()
    if named and not view.supersedes:
        yield Hit("correction_of", {"receipt": named})


def edit_of_unknown(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if view.edit_of_unknown:
        yield Hit()


def twins(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for receipt in view.twins:
        yield Hit(values={"receipt": receipt})


def refused(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for name in view.refused_files:
        yield Hit(values={"name": name})


def village(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if empty(view.answers.get("village")) and not empty(view.answers.get("commune")):
        yield Hit("village")


def percentages(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key in PERCENTAGES:
        value = amount(view.answers.get(key))
        if value is not None and not 0 <= value <= 100:
            yield Hit(key, {"question": label(key), "value": value})


def amounts(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key in AMOUNTS:
        value = amount(view.answers.get(key))
        if value is not None and value < 0:
            yield Hit(key, {"question": label(key), "value": value})


def suspension(view: ReportView, facts: Facts) -> Iterator[Hit]:
    reason = view.answers.get("suspension_cancellation_reasons")
    if view.answers.get("status") == "suspended" and empty(reason):
        yield Hit("suspension_cancellation_reasons")


def completion(view: ReportView, facts: Facts) -> Iterator[Hit]:
    share = amount(view.answers.get("release_completion"))
    if view.answers.get("status") == "completed" and share is not None and 0 <= share < 100:
        yield Hit("release_completion", {"value": share})


RULES = (
    Rule(
        key="form_unknown",
        severity=Severity.BLOCK,
        title=Text("Trung tâm biết phiên bản mẫu", "The centre knows the form version"),
        message=Text(
            "Trung tâm chưa có phiên bản này của mẫu «{form}» nên chưa đọc được báo cáo.",
            "The centre does not have this version of the form “{form}”, so the report cannot be "
            "read yet.",
        ),
        advice=Text(
            "Báo cáo được giữ nguyên. Bộ phận cơ sở dữ liệu nạp phiên bản mẫu này rồi kiểm tra "
            "lại, hoặc đội gửi lại bằng mẫu hiện hành.",
            "The report is kept as it came. The database unit adds this form version and checks "
            "again, or the team sends it on the current form.",
        ),
        source=f"{SOP}, §5.2 (p. 9)",
        forms=ALL,
        look=unknown,
        fixed=True,
        of_unknown=True,
    ),
    Rule(
        key="answer_unreadable",
        severity=Severity.BLOCK,
        title=Text("Mọi câu trả lời đọc được", "Every answer can be read"),
        message=Text(
            "Không đọc được câu trả lời «{question}».", "The answer to “{question}” cannot be read."
        ),
        advice=Text(
            "Nhập lại: ngày theo dạng ngày/tháng/năm, số chỉ gồm chữ số, tọa độ theo độ thập phân.",
            "Enter it again: dates as day/month/year, numbers in digits only, coordinates in "
            "decimal degrees.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=unreadable,
        fixed=True,
    ),
    Rule(
        key="answer_mandatory",
        severity=Severity.BLOCK,
        title=Text("Đủ các mục bắt buộc", "Mandatory questions are answered"),
        message=Text("Mục «{question}» còn trống.", "“{question}” is empty."),
        advice=Text(
            "Điền mục này; không có nó thì báo cáo không vào được sổ đăng ký.",
            "Fill it in; without it the report cannot enter the register.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=mandatory,
        fixed=True,
    ),
    Rule(
        key="answer_expected",
        severity=Severity.WARN,
        title=Text("Đủ các mục cần có", "Expected questions are answered"),
        message=Text("Mục «{question}» còn trống.", "“{question}” is empty."),
        advice=Text(
            "Điền mục này nếu có thông tin; nếu không có, ghi lý do vào phần ghi chú.",
            "Fill it in if it is known; if not, say why in the notes.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=expected,
    ),
    Rule(
        key="form_retired",
        severity=Severity.INFO,
        title=Text("Phiên bản mẫu đang dùng", "The form version is in use"),
        message=Text(
            "Phiên bản này của mẫu «{form}» đã ngừng sử dụng.",
            "This version of the form “{form}” is retired.",
        ),
        advice=Text(
            "Cập nhật mẫu trên điện thoại trước lần báo cáo sau; báo cáo này vẫn được nhận.",
            "Update the form on the phone before the next report; this one is taken all the same.",
        ),
        source=f"{SOP}, §5.2 (p. 9)",
        forms=ALL,
        look=retired,
    ),
    Rule(
        key="correction_unknown",
        severity=Severity.WARN,
        title=Text("Báo cáo được thay thế có thật", "The report it restates exists"),
        message=Text(
            "Không có báo cáo nào của tổ chức mang số biên nhận «{receipt}»; "
            "báo cáo này sẽ chỉ cập nhật chứ không thay thế.",
            "No report of the organisation has the receipt number “{receipt}”; "
            "this one would update the record, not take a report's place.",
        ),
        advice=Text(
            "Nếu muốn thay thế, gửi lại với đúng số biên nhận; nếu chỉ cập nhật, xóa mục này.",
            "To restate a report, send it again with its receipt number; to update, clear this.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=corrects_nothing,
    ),
    Rule(
        key="edit_unknown",
        severity=Severity.WARN,
        title=Text("Báo cáo được sửa trên máy có thật", "The report it was edited from exists"),
        message=Text(
            "Báo cáo này được sửa trên điện thoại từ một báo cáo mà hệ thống chưa nhận được; "
            "nó được xử lý như báo cáo mới.",
            "It was edited on the phone from a report that has not come in; it stands as new.",
        ),
        advice=Text(
            "Gửi cả báo cáo đầu từ điện thoại; nếu nó đã được gửi bằng mã khác, ghi số biên nhận "
            "vào mục thay thế.",
            "Send the first one from the phone too; if it came otherwise, name its receipt number "
            "as the report this one restates.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=edit_of_unknown,
    ),
    Rule(
        key="instance_twice",
        severity=Severity.WARN,
        title=Text("Một mã bản ghi chỉ có một nội dung", "One instance id stands for one content"),
        message=Text(
            "Điện thoại đã gửi nội dung khác dưới cùng một mã bản ghi: {receipt}. Cả hai được giữ.",
            "The phone sent other content under the same instance id: {receipt}. Both are kept.",
        ),
        advice=Text(
            "So sánh hai báo cáo và hỏi người gửi; từ chối hoặc trả lại báo cáo sai.",
            "Compare the two and ask the sender; return or refuse the wrong one.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=twins,
    ),
    Rule(
        key="file_refused",
        severity=Severity.WARN,
        title=Text("Mọi tệp đính kèm đều được nhận", "Every attached file was kept"),
        message=Text(
            "Tệp «{name}» gửi kèm không được nhận vì sai loại hoặc quá lớn.",
            "The attached file “{name}” was not kept: wrong kind or too large.",
        ),
        advice=Text(
            "Nếu tệp cần cho báo cáo, gửi lại dưới dạng ảnh, PDF, bảng tính hoặc tệp bản đồ.",
            "If the report needs it, send it again as a photo, PDF, spreadsheet or map file.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=refused,
    ),
    Rule(
        key="village_missing",
        severity=Severity.INFO,
        title=Text("Có tên thôn", "The village is named"),
        message=Text(
            "Không có tên thôn; báo cáo được gắn với xã.",
            "No village is named; the report is tied to the commune.",
        ),
        advice=Text(
            "Ghi tên thôn nếu biết; nếu khu vực nằm trên nhiều thôn, ghi thôn có phần diện tích "
            "lớn nhất.",
            "Name the village if it is known; across several villages take the one with the "
            "largest share.",
        ),
        source=f"{SOP}, App. 01 §2.2 (p. 17)",
        forms=ALL,
        look=village,
    ),
    Rule(
        key="percent_range",
        severity=Severity.BLOCK,
        title=Text("Phần trăm từ 0 đến 100", "Percentages lie between 0 and 100"),
        message=Text("«{question}» là {value} %.", "“{question}” is {value} %."),
        advice=Text("Ghi một số từ 0 đến 100.", "Enter a number from 0 to 100."),
        source=SOP_QUALITY,
        forms=ALL,
        look=percentages,
    ),
    Rule(
        key="amount_negative",
        severity=Severity.BLOCK,
        title=Text("Không có số âm", "No amount is negative"),
        message=Text("«{question}» là {value}.", "“{question}” is {value}."),
        advice=Text(
            "Ghi diện tích bằng m², độ sâu bằng cm, số người và số tiền không có dấu trừ.",
            "Enter areas in m², depths in cm, persons and amounts without a minus sign.",
        ),
        source=f"{SOP}, App. 01 §3 (p. 18)",
        forms=ALL,
        look=amounts,
    ),
    Rule(
        key="suspension_reason",
        severity=Severity.BLOCK,
        title=Text("Đình chỉ thì phải có lý do", "A suspension gives its reason"),
        message=Text(
            "Tình trạng là «Đình chỉ» nhưng không ghi lý do.",
            "The status is “Suspended” but no reason is given.",
        ),
        advice=Text(
            "Ghi lý do đình chỉ hoặc hủy ở mục 3.7.",
            "Give the reason of the suspension or cancellation in 3.7.",
        ),
        source=f"{SOP}, App. 02 form 8, 3.7 (p. 40)",
        forms=LAND_RELEASE,
        look=suspension,
    ),
    Rule(
        key="completion_percent",
        severity=Severity.WARN,
        title=Text("Hoàn thành là 100 %", "Completed means 100 %"),
        message=Text(
            "Tình trạng là «Hoàn thành» nhưng mức hoàn thành giải phóng chỉ {value} %.",
            "The status is “Completed” but the release completion is only {value} %.",
        ),
        advice=Text(
            "Kiểm tra tình trạng và mức hoàn thành; phần không rà được thì khoanh ở mục các phần "
            "chưa rà.",
            "Check status and completion; draw what could not be cleared among the uncleared "
            "pockets.",
        ),
        source=f"{SOP}, App. 02 form 8 (p. 40)",
        forms=LAND_RELEASE,
        look=completion,
    ),
)
