"""Families of ids: the accident of a victim, the victim of an assistance, aliases of a prefix."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from datlanh.kernel.checks.parts import (
    ACCIDENT,
    ALL,
    ASSISTANCE,
    FORMS,
    SOP,
    SOP_QUALITY,
    VICTIM,
    amount,
    count,
)
from datlanh.kernel.errors import DomainError
from datlanh.kernel.ids import RecordId, as_kept
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

FAMILY = f"{SOP}, App. 01 §1.1 (pp. 14–15): victim and assistance repeat the accident's number"
TOGETHER = f"{SOP}, App. 02 note (p. 27): forms of one accident are entered together"


def _id(view: ReportView) -> RecordId | None:
    try:
        return RecordId.parse(view.record_id)
    except DomainError:
        return None


def accident_of(view: ReportView) -> str:
    """The id of the accident a victim or an assistance belongs to; "" where it cannot be told."""
    record = _id(view)
    while record and (parent := record.parent()):
        record = parent
    return str(record) if record and record.prefix == "INC" else ""


def alias(view: ReportView, facts: Facts) -> Iterator[Hit]:
    key, record = FORMS[view.form].id, _id(view)
    written = str(view.answers.get(key) or "").strip()
    if record is None or not written:
        return
    is_filled = as_kept(written) == view.record_id != written  # a survey's four digits
    if is_filled or record.canonical != record:
        yield Hit(key, {"written": written, "proposal": str(record.canonical)})


def parent_unknown(view: ReportView, facts: Facts) -> Iterator[Hit]:
    record = _id(view)
    parent = record.parent() if record else None
    if parent and not facts.record_exists(str(parent)):
        yield Hit(FORMS[view.form].id, {"id": view.record_id, "parent": str(parent)})


def fewer_or_more(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """The accident's count against the victims' forms that stand in the register."""
    said = amount(view.answers.get("persons_involved"))
    victims = facts.children_of(view.record_id) if view.record_id else []
    if said is None or not victims:
        return
    killed = sum(v.values.get("killed_or_injured") == "killed" for v in victims)
    if int(said) != len(victims):
        values = {"said": int(said), "known": len(victims), "killed": killed}
        yield Hit("persons_involved", {**values, "injured": len(victims) - killed})


def listed_apart(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """Victims in the accident's list that carry another accident's number."""
    record, seen = _id(view), set[str]()
    for row, victim in enumerate(view.rows.get("victim_list", ())):
        written = str(victim.get("victim_id") or "").strip()
        try:
            belongs = RecordId.parse(written).parent() == record
        except DomainError:
            belongs = False
        if written and record and (not belongs or written in seen):
            yield Hit("victim_list.victim_id", {"id": written, "accident": str(record)}, row)
        seen.add(written)


def list_differs(view: ReportView, facts: Facts) -> Iterator[Hit]:
    said, listed = amount(view.answers.get("persons_involved")), view.rows.get("victim_list", ())
    if said is not None and len(listed) > said:
        yield Hit("persons_involved", {"said": int(said), "listed": len(listed)})


def beyond_count(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """A victim more than the accident's own report counts."""
    accident = facts.record_of(accident_of(view)) if accident_of(view) else None
    said = accident.values.get("persons_involved") if accident else None
    if accident is None or amount(said) is None:
        return
    others = {v.local_id for v in facts.children_of(accident.local_id)} | {view.record_id}
    if len(others) > count(said):
        values = {"id": accident.local_id, "said": count(said), "known": len(others)}
        yield Hit(FORMS[view.form].id, values)


def before_accident(view: ReportView, facts: Facts) -> Iterator[Hit]:
    accident = facts.record_of(accident_of(view)) if accident_of(view) else None
    on, mine = _accident_date(accident.values if accident else {}), view.date_of_information
    if accident and on and mine and mine < on:
        values = {"date": mine, "id": accident.local_id, "accident": on}
        yield Hit(FORMS[view.form].dated_by, values)


def _accident_date(values: object) -> dt.date | None:
    said = values.get("accident_date") if isinstance(values, dict) else None
    try:
        return dt.date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


RULES = (
    Rule(
        key="id_alias",
        severity=Severity.WARN,
        title=Text("Mã viết theo quy định", "The id is spelt as the rules have it"),
        message=Text(
            "Mã «{written}» theo quy định là {proposal}.",
            "The id “{written}” is {proposal} by the rules.",
        ),
        advice=Text(
            "Hai cách viết chỉ một hồ sơ; lần sau viết {proposal}.",
            "Both spellings name one record; write {proposal} from now on.",
        ),
        source=f"{SOP}, App. 01 §1.1–1.2 (pp. 14–15), §2.1 (p. 17)",
        forms=ALL,
        look=alias,
    ),
    Rule(
        key="parent_unknown",
        severity=Severity.WARN,
        title=Text("Hồ sơ gốc có trong sổ đăng ký", "The record it belongs to is in the register"),
        message=Text(
            "{id} thuộc về {parent}, nhưng sổ đăng ký chưa có {parent}.",
            "{id} belongs to {parent}, which the register does not have yet.",
        ),
        advice=Text(
            "Kiểm tra mã; nếu đúng, gửi báo cáo của {parent} (hoặc duyệt nó trước). Báo cáo này "
            "vẫn vào được sổ đăng ký.",
            "Check the id; if it is right, send the report of {parent}, or decide it first. This "
            "one may enter the register all the same.",
        ),
        source=FAMILY,
        forms=VICTIM | ASSISTANCE,
        look=parent_unknown,
    ),
    Rule(
        key="victim_count_differs",
        severity=Severity.WARN,
        title=Text(
            "Số nạn nhân khớp với các phiếu nạn nhân", "The count of victims fits their forms"
        ),
        message=Text(
            "Báo cáo ghi {said} nạn nhân, sổ đăng ký có {known} phiếu nạn nhân ({killed} tử vong, "
            "{injured} bị thương).",
            "The report counts {said} victim(s), the register has the forms of {known} ({killed} "
            "killed, {injured} injured).",
        ),
        advice=Text(
            "Gửi phiếu nạn nhân còn thiếu, hoặc sửa số nạn nhân của tai nạn.",
            "Send the missing victim's form, or correct the count of the accident.",
        ),
        source=TOGETHER,
        forms=ACCIDENT,
        look=fewer_or_more,
    ),
    Rule(
        key="victim_listed_apart",
        severity=Severity.WARN,
        title=Text("Nạn nhân trong danh sách thuộc tai nạn này", "Victims listed are its own"),
        message=Text(
            "Nạn nhân {id} trong danh sách không thuộc {accident}, hoặc ghi hai lần.",
            "The victim {id} in the list is not one of {accident}, or stands twice.",
        ),
        advice=Text(
            "Mã nạn nhân lấy sáu chữ số của tai nạn và thêm hai chữ số của từng người.",
            "A victim's id has the six digits of the accident and two more for each person.",
        ),
        source=FAMILY,
        forms=ACCIDENT,
        look=listed_apart,
    ),
    Rule(
        key="victim_list_differs",
        severity=Severity.WARN,
        title=Text("Số nạn nhân đủ cho danh sách", "The count covers the list of victims"),
        message=Text(
            "Báo cáo ghi {said} nạn nhân, nhưng danh sách có {listed}.",
            "The report counts {said} victim(s), but its list has {listed}.",
        ),
        advice=Text(
            "Sửa số nạn nhân ở mục 3.6, hoặc danh sách ở mục 3.10.",
            "Correct the number in 3.6, or the list in 3.10.",
        ),
        source=f"{SOP}, App. 02 form 1, 3.6 and 3.10 (pp. 20–21)",
        forms=ACCIDENT,
        look=list_differs,
    ),
    Rule(
        key="victim_beyond_count",
        severity=Severity.WARN,
        title=Text("Nạn nhân nằm trong số đã báo cáo", "The victim is one of those counted"),
        message=Text(
            "Với phiếu này {id} có {known} nạn nhân, nhưng báo cáo tai nạn chỉ ghi {said}.",
            "With this form {id} has {known} victim(s), but the accident's report counts {said}.",
        ),
        advice=Text(
            "Kiểm tra hai chữ số cuối của mã (một người có thể được gửi hai lần); nếu đúng, cập "
            "nhật báo cáo tai nạn.",
            "Check the last two digits of the id (one person may have been sent twice); if they "
            "are right, update the accident's report.",
        ),
        source=TOGETHER,
        forms=VICTIM,
        look=beyond_count,
    ),
    Rule(
        key="before_accident",
        severity=Severity.WARN,
        title=Text("Thông tin có sau tai nạn", "The information is later than the accident"),
        message=Text(
            "Báo cáo đề ngày {date}, trước tai nạn {id} ({accident}).",
            "The report is dated {date}, before the accident {id} ({accident}).",
        ),
        advice=Text(
            "Kiểm tra mã và ngày; một trong hai báo cáo ghi sai.",
            "Check the id and the date; one of the two reports is wrong.",
        ),
        source=SOP_QUALITY,
        forms=VICTIM | ASSISTANCE,
        look=before_accident,
    ),
)
