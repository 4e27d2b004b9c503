"""Ids: pattern, province, prefix, running number, and what else bears the same id."""

from __future__ import annotations

from collections.abc import Iterator

from datlanh.kernel.checks.parts import (
    ALL,
    FORMS,
    LAND_RELEASE,
    PROGRESS,
    SOP,
    SOP_IDS,
    SOP_QUALITY,
    SURVEY,
)
from datlanh.kernel.errors import DomainError
from datlanh.kernel.ids import RecordId, example, propose
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text


def _id(view: ReportView) -> RecordId | None:
    try:
        return RecordId.parse(view.record_id)
    except DomainError:
        return None


def wanted_prefix(view: ReportView) -> str:
    """The prefix this form, with this status, calls for."""
    prefixes = FORMS[view.form].prefixes
    return prefixes[-1] if view.answers.get("status") == "suspended" else prefixes[0]


def pattern(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if view.record_id and _id(view) is None:
        meant = propose(view.record_id, facts.province_code())
        shown = str(meant) if meant else example(wanted_prefix(view), facts.province_code())
        yield Hit(FORMS[view.form].id, {"id": view.record_id, "example": shown})


def province(view: ReportView, facts: Facts) -> Iterator[Hit]:
    record = _id(view)
    if record and record.province != facts.province_code():
        yield Hit(
            FORMS[view.form].id,
            {"id": str(record), "province": record.province, "ours": facts.province_code()},
        )


def prefix(view: ReportView, facts: Facts) -> Iterator[Hit]:
    record = _id(view)
    wanted = wanted_prefix(view)
    if record and record.canonical.prefix != wanted:
        values = {"prefix": record.prefix, "wanted": wanted}
        yield Hit(FORMS[view.form].id, {"id": str(record), **values})


def running_number(view: ReportView, facts: Facts) -> Iterator[Hit]:
    record, operator = _id(view), facts.operator(view.organisation)
    # A victim's number is the accident's, an assistance's the victim's: whoever reports on
    # them writes the number of the one who reported the accident.
    if record and record.parent():
        return
    if not record or not operator or operator.range_first is None or operator.range_last is None:
        return
    if operator.range_first <= record.number <= operator.range_last:
        return
    # A record that stands already keeps its number whoever reports on it next.
    known = facts.record_exists(str(record))
    yield Hit(
        FORMS[view.form].id,
        {
            "id": str(record),
            "organisation": operator.name,
            "first": f"{operator.range_first:06d}",
            "last": f"{operator.range_last:06d}",
        },
        severity=Severity.WARN if known else None,
    )


def undecided_twice(view: ReportView, facts: Facts) -> Iterator[Hit]:
    others = facts.same_instance_elsewhere(view.report_id) if view.report_id else []
    if others:
        receipts = ", ".join(o.receipt for o in others[:3])
        yield Hit(
            FORMS[view.form].id,
            {"id": view.report_id, "count": len(others), "receipts": receipts},
        )


def updates_record(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if view.record_id and facts.record_exists(view.record_id):
        yield Hit(FORMS[view.form].id, {"id": view.record_id})


def records_asked(view: ReportView) -> Iterator[str]:
    """Every record the rules of all modules ask `record_exists` about, to be asked at once."""
    record = _id(view)
    if view.record_id:
        yield view.record_id
    if record and (parent := record.parent()):
        yield str(parent)
    yield from areas_named(view)


def areas_named(view: ReportView) -> list[str]:
    """The hazardous areas a report names, in its order."""
    return str(view.answers.get("cha_ids") or "").replace(",", " ").split()


def areas_unknown(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for written in areas_named(view):
        if not facts.record_exists(written):
            yield Hit("cha_ids", {"id": written})


def shape_differs(view: ReportView, facts: Facts) -> Iterator[Hit]:
    shape, own = (str(view.answers.get(k) or "").strip() for k in ("shape_id", "internal_id"))
    if shape and own and shape != own:
        yield Hit("shape_id", {"shape": shape, "own": own})


RULES = (
    Rule(
        key="id_pattern",
        severity=Severity.BLOCK,
        title=Text("Mã viết đúng quy cách", "The id is written as the rules say"),
        message=Text(
            "Mã «{id}» không đúng quy cách.", "The id “{id}” is not written as the rules say."
        ),
        advice=Text(
            "Sửa mã theo mẫu {example}: tiền tố, mã tỉnh, số thứ tự sáu chữ số, nối bằng dấu gạch "
            "ngang.",
            "Write the id like {example}: prefix, province code, running number of six digits, "
            "joined by hyphens.",
        ),
        source=SOP_IDS,
        forms=ALL,
        look=pattern,
        fixed=True,
    ),
    Rule(
        key="id_province",
        severity=Severity.BLOCK,
        title=Text("Mã tỉnh trong mã báo cáo", "The province code in the id"),
        message=Text(
            "Mã {id} mang mã tỉnh {province}, không phải {ours}.",
            "The id {id} carries province code {province}, not {ours}.",
        ),
        advice=Text(
            "Thay mã tỉnh bằng {ours}; nếu báo cáo thuộc tỉnh khác, gửi cho trung tâm của tỉnh đó.",
            "Put {ours} as the province code; if the report belongs to another province, send it "
            "to that province's centre.",
        ),
        source=f"{SOP_IDS}; province code p. 17",
        forms=ALL,
        look=province,
        fixed=True,
    ),
    Rule(
        key="id_prefix",
        severity=Severity.BLOCK,
        title=Text("Tiền tố hợp với mẫu và tình trạng", "The prefix fits the form and its status"),
        message=Text(
            "Mã {id} có tiền tố {prefix}, nhưng mẫu này với tình trạng đã ghi dùng {wanted}.",
            "The id {id} has the prefix {prefix}; this form with the status given takes {wanted}.",
        ),
        advice=Text(
            "Kiểm tra mẫu và tình trạng: giải phóng đất hoàn thành dùng HR-CLC, đình chỉ dùng "
            "HR-CLS, khu vực khẳng định nguy hiểm dùng HAZ.",
            "Check form and status: completed land release takes HR-CLC, suspended HR-CLS, a "
            "confirmed hazardous area HAZ.",
        ),
        source=SOP_IDS,
        forms=ALL,
        look=prefix,
        fixed=True,
    ),
    Rule(
        key="id_range",
        severity=Severity.BLOCK,
        title=Text(
            "Số thứ tự trong dải số của tổ chức",
            "The running number lies in the organisation's range",
        ),
        message=Text(
            "Số thứ tự của {id} nằm ngoài dải số {first}–{last} của {organisation}.",
            "The running number of {id} lies outside {first}–{last}, the range of {organisation}.",
        ),
        advice=Text(
            "Dùng số thứ tự còn trống trong dải số của tổ chức mình; mã của hồ sơ đã có thì giữ "
            "nguyên.",
            "Use a free number of your own range; the id of a record that stands already is kept.",
        ),
        source=f"{SOP}, App. 01 §1.2 (pp. 15–16)",
        forms=ALL,
        look=running_number,
        fixed=True,
    ),
    Rule(
        key="id_undecided_twice",
        severity=Severity.WARN,
        title=Text(
            "Cùng mã với báo cáo khác đang chờ duyệt",
            "Another undecided report bears the same id",
        ),
        message=Text(
            "Còn {count} báo cáo khác mang mã {id} chưa được quyết định: {receipts}.",
            "{count} other report(s) with the id {id} are not decided yet: {receipts}.",
        ),
        advice=Text(
            "Nếu là một báo cáo gửi hai lần, rút lại một bản. Nếu là hai hoạt động khác nhau, đổi "
            "số thứ tự.",
            "If one report was sent twice, withdraw one. If they are two activities, change the "
            "running number.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=undecided_twice,
    ),
    Rule(
        key="id_updates",
        severity=Severity.INFO,
        title=Text("Báo cáo cập nhật hồ sơ đã có", "The report updates a record"),
        message=Text(
            "Báo cáo này cập nhật hồ sơ {id} đã có trong sổ đăng ký.",
            "This report updates {id}, which stands in the register.",
        ),
        advice=Text(
            "Nếu đây là khu vực hoặc hoạt động mới, dùng một số thứ tự mới.",
            "If this is a new area or activity, use a new running number.",
        ),
        source=SOP_QUALITY,
        forms=ALL,
        look=updates_record,
    ),
    Rule(
        key="cha_ids_unknown",
        severity=Severity.WARN,
        title=Text(
            "Khu vực được giải phóng có trong sổ đăng ký", "The areas released are in the register"
        ),
        message=Text(
            "Không có khu vực khẳng định nguy hiểm nào mang mã {id}.",
            "There is no confirmed hazardous area with the id {id}.",
        ),
        advice=Text(
            "Kiểm tra mã; nếu báo cáo khu vực đó chưa được duyệt thì duyệt nó trước.",
            "Check the id; if the report of that area is still undecided, decide it first.",
        ),
        source=f"{SOP_QUALITY}: every report is tied to the others it belongs with",
        forms=LAND_RELEASE | PROGRESS | SURVEY,
        look=areas_unknown,
    ),
    Rule(
        key="shape_id_differs",
        severity=Severity.INFO,
        title=Text("Mã vùng là mã nội bộ", "The shape id is the internal id"),
        message=Text(
            "Mã vùng «{shape}» khác mã nội bộ «{own}».",
            "The shape id “{shape}” differs from the internal id “{own}”.",
        ),
        advice=Text(
            "Đặt mã vùng giống mã nội bộ của báo cáo.",
            "Give the polygon the internal id of the report.",
        ),
        source=f"{SOP}, App. 01 §2.3 (p. 18)",
        forms=LAND_RELEASE,
        look=shape_differs,
    ),
)
