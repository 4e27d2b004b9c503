"""Risk education: participants that add up, and audiences that fit them."""

from __future__ import annotations

from collections.abc import Iterator

from datlanh.kernel.checks.parts import EDUCATION, SOP, amount, count, empty, label
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

GROUPS = ("participants_men", "participants_women", "participants_boys", "participants_girls")
SMALL = "participants_under_6"
PARTS = ("participants_ethnic", "participants_pwd", "first_time_participants")
MEDIA = frozenset({"loudspeaker", "television", "radio", "newspaper", "posters_billboards"})
SCHOOLS = frozenset({"primary_school", "secondary_school", "high_school"})
COUNTS = f"{SOP}, App. 02 form 4, 3 (p. 28); §6.1 (p. 10): beneficiaries by age"


def participants(view: ReportView) -> int:
    """Men, women, boys, girls and small children together."""
    return sum(count(view.answers.get(key)) for key in (*GROUPS, SMALL))


def _by_media_only(view: ReportView) -> bool:
    ways = set(view.answers.get("activity_types") or ())
    return bool(ways) and ways <= MEDIA


def nobody(view: ReportView, facts: Facts) -> Iterator[Hit]:
    unread = set(GROUPS) & set(view.problems)
    told = any(not empty(view.answers.get(key)) for key in GROUPS)
    if participants(view) > 0 or unread or _by_media_only(view):
        return
    # An update may leave the counts alone; to say "none" is something else.
    if told or not (view.record_id and facts.record_exists(view.record_id)):
        yield Hit("participants_men")


def parts(view: ReportView, facts: Facts) -> Iterator[Hit]:
    total = participants(view)
    if not any(not empty(view.answers.get(key)) for key in GROUPS):
        return
    for key in PARTS:
        part = amount(view.answers.get(key))
        if part is not None and part > total:
            yield Hit(key, {"question": label(key), "part": int(part), "total": total})


def crowd(view: ReportView, facts: Facts) -> Iterator[Hit]:
    total = participants(view)
    home = view.answers.get("campaign_level") == "household_visit"
    name = "education_household_many" if home else "education_participants_many"
    limit = facts.setting(name)
    if total > limit and not _by_media_only(view):
        yield Hit("participants_men", {"total": total, "limit": limit})


def pupils(view: ReportView, facts: Facts) -> Iterator[Hit]:
    audience = set(view.answers.get("target_population") or ())
    children = sum(count(view.answers.get(k)) for k in (*GROUPS[2:], SMALL))
    if audience and audience <= SCHOOLS and participants(view) and not children:
        yield Hit("target_population", {"total": participants(view)})


def informants(view: ReportView, facts: Facts) -> Iterator[Hit]:
    told = amount(view.answers.get("informants_total"))
    total = participants(view)
    if told is not None and total and told > total:
        yield Hit("informants_total", {"informants": int(told), "total": total})


def long_session(view: ReportView, facts: Facts) -> Iterator[Hit]:
    start, end = view.answers.get("start_date"), view.answers.get("end_date")
    limit = facts.setting("education_days_many")
    try:
        days = (end - start).days + 1  # type: ignore[operator]
    except TypeError:
        return
    if days > limit:
        yield Hit("end_date", {"days": days, "limit": limit})


RULES = (
    Rule(
        key="participants_none",
        severity=Severity.BLOCK,
        title=Text("Có người tham gia", "Somebody took part"),
        message=Text(
            "Tổng số người tham gia là 0.",
            "All participants together are 0.",
        ),
        advice=Text(
            "Ghi số người tham gia ở mục 3; hoạt động chỉ qua loa đài, báo, áp phích thì chọn đúng "
            "loại hình ở mục 7.",
            "Give the participants in 3; for an activity by media only choose its type in 7.",
        ),
        source=COUNTS,
        forms=EDUCATION,
        look=nobody,
    ),
    Rule(
        key="participants_part",
        severity=Severity.BLOCK,
        title=Text("Một phần không lớn hơn tổng số", "A part is not more than the whole"),
        message=Text(
            "«{question}» là {part}, nhiều hơn tổng số người tham gia ({total}).",
            "“{question}” is {part}, more than all participants together ({total}).",
        ),
        advice=Text(
            "Những người này đã nằm trong số nam, nữ và trẻ em ở trên; sửa một trong hai.",
            "They are among the men, women and children above already; correct one of the two.",
        ),
        source=COUNTS,
        forms=EDUCATION,
        look=parts,
    ),
    Rule(
        key="participants_many",
        severity=Severity.WARN,
        title=Text("Số người tham gia hợp lý", "The number of participants is plausible"),
        message=Text(
            "Có {total} người tham gia, nhiều hơn {limit}.",
            "There are {total} participants, more than {limit}.",
        ),
        advice=Text(
            "Kiểm tra số người; nhiều buổi thì gửi mỗi buổi một báo cáo.",
            "Check the numbers; several sessions are several reports.",
        ),
        source=f"{SOP}, §6.2 (p. 10): data that are not reasonable",
        forms=EDUCATION,
        look=crowd,
        settings=("education_participants_many", "education_household_many"),
    ),
    Rule(
        key="pupils_missing",
        severity=Severity.WARN,
        title=Text("Đối tượng là học sinh thì có trẻ em", "A school audience has children"),
        message=Text(
            "Đối tượng chỉ là học sinh, nhưng cả {total} người tham gia đều là người lớn.",
            "The audience is pupils only, but all {total} participants are adults.",
        ),
        advice=Text(
            "Kiểm tra đối tượng ở mục 5 và số trẻ em ở mục 3.",
            "Check the audience in 5 and the children in 3.",
        ),
        source=f"{SOP}, App. 02 form 4, 3 and 5 (p. 28)",
        forms=EDUCATION,
        look=pupils,
    ),
    Rule(
        key="informants_many",
        severity=Severity.WARN,
        title=Text(
            "Người cung cấp thông tin là người tham gia", "Informants are among the participants"
        ),
        message=Text(
            "Có {informants} người cung cấp thông tin, nhiều hơn số người tham gia ({total}).",
            "There are {informants} informants, more than the participants ({total}).",
        ),
        advice=Text("Kiểm tra mục 3 và mục 4.", "Check 3 and 4."),
        source=f"{SOP}, App. 02 form 4, 3–4 (p. 28)",
        forms=EDUCATION,
        look=informants,
    ),
    Rule(
        key="education_long",
        severity=Severity.INFO,
        title=Text("Hoạt động không kéo dài quá lâu", "The activity does not last too long"),
        message=Text(
            "Hoạt động kéo dài {days} ngày (thông thường không quá {limit} ngày).",
            "The activity lasts {days} days (usually no more than {limit}).",
        ),
        advice=Text(
            "Kiểm tra hai ngày; nhiều buổi thì gửi mỗi buổi một báo cáo.",
            "Check both dates; several sessions are several reports.",
        ),
        source=f"{SOP}, §6.2 (p. 10): data that are not reasonable",
        forms=EDUCATION,
        look=long_session,
        settings=("education_days_many",),
    ),
)
