"""How each kind of record is shown: its words, its columns, what its empty list teaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from datlanh.education.selectors import SESSIONS
from datlanh.hazards.selectors.work import EOD_TASKS, PROGRESS, SURVEYS
from datlanh.kernel.text import Text
from datlanh.people.selectors import ACCIDENTS, ASSISTANCES, VICTIMS
from datlanh.register.listing import Listing


@dataclass(frozen=True)
class Head:
    """A column: its name in the listing, its word, and how it is written.

    `how`: plain (by the column's kind) · state (with a glyph) · record (an id that opens one).
    `is_summed`: a list that is shown whole has its sum.
    """

    name: str
    word: Text
    how: str = "plain"
    is_summed: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of record on pages. `form` names the choices; `words` those no form has."""

    slug: str
    form: str
    listing: Listing
    title: Text
    short: Text  # on its tab
    one: Text
    day: Text  # what the date is that months are of
    teaches: Text
    icon: str
    heads: tuple[Head, ...]
    choices: Mapping[str, Text] = field(default_factory=dict)  # its own filters, with their words
    words: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)


NOT_SAID = Text("Không rõ", "Not said")
AGE_GROUPS = {
    "child": Text("Dưới 18 tuổi", "Under 18"),
    "adult": Text("Từ 18 tuổi", "18 and over"),
    "unknown": Text("Không rõ tuổi", "Age not known"),
}
_PEOPLE = Text("Người", "Persons")
_METHOD = Text("Phương pháp", "Method")

_ACCIDENTS = Kind(
    slug="accidents",
    form="accident",
    listing=ACCIDENTS,
    title=Text("Tai nạn bom mìn", "Accidents"),
    short=Text("Tai nạn", "Accidents"),
    one=Text("Tai nạn", "Accident"),
    day=Text("Ngày tai nạn", "Date of accident"),
    teaches=Text(
        "Chưa có tai nạn nào trong sổ đăng ký. Báo cáo mẫu 1 được phê duyệt sẽ hiện ở đây; "
        "nạn nhân có danh sách riêng.",
        "No accident is in the register yet. Approved reports on form 1 appear here; victims "
        "have a list of their own.",
    ),
    icon="alert-triangle",
    heads=(
        Head("accident_activity_type", Text("Hoạt động", "Activity")),
        Head("accident_area_type", Text("Nơi xảy ra", "Kind of place")),
        Head("persons_involved", _PEOPLE, is_summed=True),
        Head("accident_date", Text("Ngày tai nạn", "Date of accident")),
    ),
    choices={
        "accident_activity_type": Text("Hoạt động", "Activity"),
        "accident_area_type": Text("Nơi xảy ra", "Kind of place"),
    },
)
_VICTIMS = Kind(
    slug="victims",
    form="victim",
    listing=VICTIMS,
    title=Text("Nạn nhân bom mìn", "Victims"),
    short=Text("Nạn nhân", "Victims"),
    one=Text("Nạn nhân", "Victim"),
    day=Text("Ngày xác nhận phiếu", "Date verified"),
    teaches=Text(
        "Chưa có nạn nhân nào trong sổ đăng ký. Báo cáo mẫu 2 được phê duyệt sẽ hiện ở đây, "
        "không có tên: tên chỉ mở trên từng hồ sơ, cho người được quyền.",
        "No victim is in the register yet. Approved reports on form 2 appear here without "
        "names: a name opens on its own record only, for who may see it.",
    ),
    icon="user",
    heads=(
        Head("killed_or_injured", Text("Hậu quả", "Outcome")),
        Head("gender", Text("Giới tính", "Sex")),
        Head("age_at_accident", Text("Tuổi khi bị nạn", "Age then")),
        Head("activity_at_time", Text("Hoạt động", "Activity")),
        Head("accident", Text("Tai nạn", "Accident"), how="record"),
        Head("verification_date", Text("Ngày xác nhận phiếu", "Date verified")),
    ),
    choices={
        "killed_or_injured": Text("Hậu quả", "Outcome"),
        "gender": Text("Giới tính", "Sex"),
        "age_group": Text("Nhóm tuổi", "Age group"),
        "activity_at_time": Text("Hoạt động", "Activity"),
        "occupation_before": Text("Nghề nghiệp trước đó", "Occupation before"),
    },
    words={"age_group": AGE_GROUPS},
)
_ASSISTANCE = Kind(
    slug="assistance",
    form="victim_assistance",
    listing=ASSISTANCES,
    title=Text("Hỗ trợ nạn nhân", "Victim assistance"),
    short=Text("Hỗ trợ", "Assistance"),
    one=Text("Lần hỗ trợ", "Assistance"),
    day=Text("Ngày hỗ trợ", "Date of assistance"),
    teaches=Text(
        "Chưa có lần hỗ trợ nào trong sổ đăng ký. Mỗi báo cáo mẫu 3 được phê duyệt là một lần "
        "hỗ trợ cho một nạn nhân.",
        "No assistance is in the register yet. Each approved report on form 3 is help given "
        "once to one victim.",
    ),
    icon="heart-handshake",
    heads=(
        Head("assistance_type", Text("Loại hình", "Type")),
        Head("assistance_given_by", Text("Bên hỗ trợ", "Given by")),
        Head("amount", Text("Số tiền", "Amount")),
        Head("currency", Text("Đơn vị tiền", "Currency")),
        Head("victim", Text("Nạn nhân", "Victim"), how="record"),
        Head("assistance_date", Text("Ngày hỗ trợ", "Date of assistance")),
    ),
    choices={"assistance_type": Text("Loại hình", "Type")},
)
_EDUCATION = Kind(
    slug="education",
    form="eore",
    listing=SESSIONS,
    title=Text("Giáo dục phòng tránh bom mìn", "Risk education"),
    short=Text("Giáo dục", "Education"),
    one=Text("Buổi", "Session"),
    day=Text("Ngày kết thúc", "Ended"),
    teaches=Text(
        "Chưa có buổi giáo dục nào trong sổ đăng ký. Báo cáo mẫu 4 được phê duyệt sẽ hiện ở "
        "đây, với số lượt người theo giới và tuổi.",
        "No session is in the register yet. Approved reports on form 4 appear here, with "
        "turns by sex and age.",
    ),
    icon="school",
    heads=(
        Head("campaign_level", Text("Cấp độ", "Level")),
        Head("activity_types", Text("Loại hình hoạt động", "Kind of activity")),
        Head("turns", Text("Lượt người", "Turns"), is_summed=True),
        Head("participants_men", Text("Nam", "Men"), is_summed=True),
        Head("participants_women", Text("Nữ", "Women"), is_summed=True),
        Head("participants_boys", Text("Trẻ em trai", "Boys"), is_summed=True),
        Head("participants_girls", Text("Trẻ em gái", "Girls"), is_summed=True),
        Head("participants_under_6", Text("Dưới 6 tuổi", "Under 6"), is_summed=True),
        Head(
            "first_time_participants",
            Text("Người tham gia lần đầu", "First-time persons"),
            is_summed=True,
        ),
        Head("end_date", Text("Ngày kết thúc", "Ended")),
    ),
    choices={
        "campaign_level": Text("Cấp độ", "Level"),
        "activity_types": Text("Loại hình hoạt động", "Kind of activity"),
        "target_population": Text("Đối tượng", "Target population"),
    },
)
_SURVEYS = Kind(
    slug="surveys",
    form="cmrs",
    listing=SURVEYS,
    title=Text("Khảo sát bom chùm", "Surveys"),
    short=Text("Khảo sát", "Surveys"),
    one=Text("Nhiệm vụ khảo sát", "Survey task"),
    day=Text("Ngày kết thúc", "Ended"),
    teaches=Text(
        "Chưa có nhiệm vụ khảo sát nào trong sổ đăng ký. Báo cáo mẫu 6 được phê duyệt sẽ hiện "
        "ở đây.",
        "No survey task is in the register yet. Approved reports on form 6 appear here.",
    ),
    icon="grid-dots",
    heads=(
        Head("survey_method", _METHOD),
        Head(
            "surveyed_area_m2",
            Text("Đã khảo sát m²", "Surveyed m²"),
            is_summed=True,
        ),
        Head("start_date", Text("Ngày bắt đầu", "Began")),
        Head("end_date", Text("Ngày kết thúc", "Ended")),
    ),
    choices={"survey_method": _METHOD},
)
_EOD = Kind(
    slug="eod",
    form="eod_spot",
    listing=EOD_TASKS,
    title=Text("Xử lý lưu động", "EOD spot tasks"),
    short=Text("Xử lý lưu động", "EOD tasks"),
    one=Text("Nhiệm vụ", "Task"),
    day=Text("Ngày giao nhiệm vụ", "Tasked"),
    teaches=Text(
        "Chưa có nhiệm vụ xử lý lưu động nào trong sổ đăng ký. Báo cáo mẫu 7 được phê duyệt sẽ "
        "hiện ở đây, từ khi giao đến khi hủy nổ.",
        "No EOD spot task is in the register yet. Approved reports on form 7 appear here, from "
        "the tasking to the disposal.",
    ),
    icon="bomb",
    heads=(
        Head("reported_status", Text("Tình trạng", "Status"), how="state"),
        Head("information_source", Text("Nguồn tin", "Source")),
        Head("disposal_priority", Text("Ưu tiên", "Priority")),
        Head("tasking_date", Text("Ngày giao nhiệm vụ", "Tasked")),
        Head("respond_date", Text("Ngày tiếp nhận", "Responded")),
        Head("response_days", Text("Số ngày đáp ứng", "Days to respond")),
        Head("disposal_date", Text("Ngày hủy nổ", "Destroyed")),
    ),
    choices={
        "reported_status": Text("Tình trạng", "Status"),
        "information_source": Text("Nguồn tin", "Source"),
        "disposal_priority": Text("Ưu tiên", "Priority"),
        "land_use": Text("Mục đích sử dụng đất", "Land use"),
    },
)
_PROGRESS = Kind(
    slug="progress",
    form="clearance_progress",
    listing=PROGRESS,
    title=Text("Tiến trình rà phá", "Clearance progress"),
    short=Text("Tiến trình", "Progress"),
    one=Text("Báo cáo tiến trình", "Progress report"),
    day=Text("Ngày kết thúc", "Ended"),
    teaches=Text(
        "Chưa có báo cáo tiến trình nào trong sổ đăng ký. Mỗi báo cáo nói diện tích rà phá thêm "
        "trong kỳ; số này không bao giờ cộng với báo cáo hoàn thành.",
        "No progress report is in the register yet. Each tells what was cleared in its period; "
        "it is never added to a completion report.",
    ),
    icon="trending-up",
    heads=(
        Head("clearance_id", Text("Thuộc rà phá", "Of clearance"), how="record"),
        Head("method", _METHOD),
        Head(
            "cleared_area_m2",
            Text("Rà thêm trong kỳ m²", "Cleared in period m²"),
            is_summed=True,
        ),
        Head("man_hours", Text("Giờ công", "Man-hours"), is_summed=True),
        Head("start_date", Text("Ngày bắt đầu", "Began")),
        Head("end_date", Text("Ngày kết thúc", "Ended")),
    ),
    choices={"method": _METHOD},
)

KINDS = (_SURVEYS, _EOD, _PROGRESS, _EDUCATION, _ACCIDENTS, _VICTIMS, _ASSISTANCE)
BY_SLUG = {kind.slug: kind for kind in KINDS}
BY_KIND = {kind.listing.kind: kind for kind in KINDS}
