"""Pages of figures: people, risk education, survey and EOD, as of two times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.selectors import AreaFilter, ReleaseFilter
from datlanh.kernel.text import Text
from datlanh.reporting.selectors import BY
from datlanh.reporting.selectors.groups import FIELDS
from datlanh.reporting.selectors.records import (
    APART,
    OF_WHICH,
    different,
    figures_activities,
    median,
    of,
    pieces,
    records,
    total,
)
from datlanh.web.areas.filters import Words, chips_of, choices_of
from datlanh.web.figures.tables import (
    TOGETHER,
    Asked,
    Block,
    Figure,
    Row,
    Table,
    aside_of,
    ordered,
    pieces_table,
    table_of,
)
from datlanh.web.figures.views import SHARED, Links, figure_tabs, group_switch
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.records.kinds import AGE_GROUPS, BY_KIND, NOT_SAID
from datlanh.web.records.words import KindWords

ACCIDENTS = (
    records(Text("Số vụ", "Accidents")),
    total("persons_involved", Text("Số người, theo phiếu tai nạn", "Persons, by accident report")),
)
VICTIMS = (
    records(Text("Nạn nhân", "Victims")),
    of("killed_or_injured", "killed", Text("Tử vong", "Killed")),
    of("killed_or_injured", "injured", Text("Bị thương", "Injured")),
    of("killed_or_injured", "-", Text("Không rõ hậu quả", "Outcome not said")),
    of("gender", "male", Text("Nam", "Male")),
    of("gender", "female", Text("Nữ", "Female")),
    of("gender", "unknown", Text("Không biết", "Sex unknown")),
    of("gender", "-", Text("Không ghi giới", "Sex not said")),
    *(of("age_group", key, word) for key, word in AGE_GROUPS.items()),
)
ASSISTANCE = (
    records(Text("Số lần hỗ trợ", "Times assisted")),
    different("victim", Text("Số người được hỗ trợ", "Persons assisted")),
)
EDUCATION = (
    records(Text("Số buổi", "Sessions")),
    total("turns", Text("Lượt người", "Turns")),
    total("participants_men", Text("Nam, từ 18", "Men, 18+")),
    total("participants_women", Text("Nữ, từ 18", "Women, 18+")),
    total("participants_boys", Text("Trẻ em trai, 6–17", "Boys, 6–17")),
    total("participants_girls", Text("Trẻ em gái, 6–17", "Girls, 6–17")),
    total("participants_under_6", Text("Dưới 6 tuổi", "Under 6")),
    total("participants_ethnic", Text("Dân tộc thiểu số", "Ethnic minority"), aside=OF_WHICH),
    total("participants_pwd", Text("Người khuyết tật", "With disability"), aside=OF_WHICH),
    total(
        "first_time_participants",
        Text("Người tham gia lần đầu (không phải lượt)", "First-time persons (not turns)"),
        aside=APART,
    ),
)
SURVEYS = (
    records(Text("Số nhiệm vụ", "Tasks")),
    total("surveyed_area_m2", Text("Đã khảo sát m²", "Surveyed m²")),
)
EOD = (
    records(Text("Số nhiệm vụ", "Tasks")),
    of("reported_status", "open", Text("Khởi tạo", "Open")),
    of("reported_status", "closed", Text("Hoàn thành", "Closed")),
    of("reported_status", "-", Text("Không rõ", "Not said")),
    median("response_days", Text("Số ngày đáp ứng, trung vị", "Days to respond, median")),
)
PROGRESS = (
    records(Text("Số báo cáo", "Reports")),
    total("cleared_area_m2", Text("Rà thêm trong kỳ m²", "Cleared in period m²")),
    total("man_hours", Text("Giờ công", "Man-hours")),
)
ACTIVITIES = {  # in the order of the work
    "survey": Text("Điều tra, lập CHA", "Survey, CHA"),
    "survey_task": Text("Khảo sát bom chùm", "CMR survey"),
    "eod_task": Text("Xử lý lưu động", "EOD spot tasks"),
    "clearance_progress": Text("Tiến trình rà phá", "Clearance in progress"),
    "clearance": Text("Hoàn thành rà phá", "Completed clearance"),
}


@opens(Permission.FIGURE_READ)
def people(request: StaffRequest) -> HttpResponse:
    """`/figures/people/`: accidents, victims, assistance."""
    asked, words = _asked(request), _words(request)
    return _shown(request, asked, "people", [_accidents(asked, words), *_victims(asked, words)])


@opens(Permission.FIGURE_READ)
def education(request: StaffRequest) -> HttpResponse:
    """`/figures/education/`: sessions and turns."""
    asked, say = _asked(request), _words(request)("risk_education")
    every = asked.filter("risk_education")
    main = table_of(asked, every, EDUCATION)
    level = table_of(
        asked,
        every,
        EDUCATION,
        by="campaign_level",
        words=lambda key: say("campaign_level", key),
        first=Text("Cấp độ", "Level"),
    )
    note = Text(
        "một người dự hai buổi là hai lượt; «trong đó» không cộng vào tổng",
        "who came twice is two turns; “of which” is never added to the total",
    )
    return _shown(request, asked, "education", [_block("risk_education", note, [main, level], 2)])


@opens(Permission.FIGURE_READ)
def work(request: StaffRequest) -> HttpResponse:
    """`/figures/work/`: surveys, EOD tasks, clearance in progress, and what each found."""
    asked, words = _asked(request), _words(request)
    kinds = {"survey_task": SURVEYS, "eod_task": EOD, "clearance_progress": PROGRESS}
    notes = {
        "survey_task": Text("tháng kết thúc", "month it ended"),
        "eod_task": Text("tháng giao nhiệm vụ", "month of tasking"),
        "clearance_progress": Text(
            "số tăng thêm trong kỳ, không bao giờ cộng với diện tích hoàn thành",
            "increments, never added to completed areas",
        ),
    }
    found = Text("Vật nổ tìm thấy, theo nhóm", "Ordnance found, by category")
    blocks = []
    for kind, measures in kinds.items():
        every, say = asked.filter(kind), words(kind)
        tables = [
            table_of(asked, every, measures),
            pieces_table(asked, every, lambda c, say=say: say("category", c), found),  # type: ignore[misc]
        ]
        blocks.append(_block(kind, notes[kind], tables, 3 if kind == "eod_task" else 2))
    blocks.append(_activities(asked, lambda c: words("eod_task")("category", c)))
    return _shown(request, asked, "work", blocks)


def _accidents(asked: Asked, words: Callable[[str], Callable[[str, str], Text]]) -> Block:
    every, say = asked.filter("accident"), words("accident")
    activity = table_of(
        asked,
        every,
        ACCIDENTS,
        by="accident_activity_type",
        words=lambda key: say("accident_activity_type", key),
        first=Text("Hoạt động", "Activity"),
    )
    note = Text("tháng xảy ra tai nạn", "month of the accident")
    return _block("accident", note, [table_of(asked, every, ACCIDENTS), activity], 2)


def _victims(asked: Asked, words: Callable[[str], Callable[[str, str], Text]]) -> list[Block]:
    every, say = asked.filter("victim"), words("victim")
    activity = table_of(
        asked,
        every,
        VICTIMS,
        by="activity_at_time",
        words=lambda key: say("activity_at_time", key),
        first=Text("Hoạt động khi bị nạn", "Activity at the time"),
    )
    noted = Text("tháng tổ chức xác nhận phiếu", "month the report was verified")
    every, told = asked.filter("victim_assistance"), words("victim_assistance")
    kinds = table_of(
        asked,
        every,
        ASSISTANCE,
        by="assistance_type",
        words=lambda key: told("assistance_type", key),
        first=Text("Loại hình hỗ trợ", "Type of assistance"),
    )
    helped = Text(
        "một người được hỗ trợ nhiều lần, nhiều loại, chỉ đếm một lần trong tổng",
        "a person helped several times, or in several ways, counts once in the total",
    )
    victims = table_of(asked, asked.filter("victim"), VICTIMS)
    return [
        _block("victim", noted, [victims, activity], 3),
        _block("victim_assistance", helped, [table_of(asked, every, ASSISTANCE), kinds], 2),
    ]


def _block(kind: str, note: Text, tables: list[Table], big: int) -> Block:
    shown = BY_KIND[kind]
    large = [(h[0], c) for h, c in zip(tables[0].heads, tables[0].totals, strict=True)][:big]
    return Block(shown.slug, shown.title, note, shown.teaches, shown.icon, large, tables)


def _activities(asked: Asked, words: Callable[[str], Text]) -> Block:
    """What was found, by category and kind of activity: columns that are never added."""
    works = {k: asked.filter(k) for k in ("survey_task", "eod_task", "clearance_progress")}
    areas = AreaFilter(**asked.shared)  # type: ignore[arg-type]
    releases = ReleaseFilter(**asked.shared)  # type: ignore[arg-type]
    found = figures_activities(asked.scope, asked.moment, areas, releases, works)
    links = Links(asked.moment)

    def href(activity: str, category: str) -> str:
        if activity == "survey":
            return links.areas(areas, category=category)
        if activity == "clearance":
            return links.releases(releases, category=category)
        return asked.href(replace(works[activity], category=category))

    every = ordered(sum(found.values(), start=type(found["survey"])()))
    lines = [
        Row(
            words(c),
            [Figure(found[a][c], href(a, c) if found[a][c] else "") for a in ACTIVITIES],
            aside=aside_of(c),
        )
        for c in every
    ]
    totals = [Figure(pieces(found[a])) for a in ACTIVITIES]
    table = Table(
        Text("Nhóm", "Category"),
        [(w, "") for w in ACTIVITIES.values()],
        lines,
        totals,
        foot=TOGETHER,
    )
    title = Text("Vật nổ tìm thấy, theo loại hoạt động", "Ordnance found, by kind of activity")
    note = Text("các cột không cộng với nhau", "columns are never added together")
    nothing = Text(
        "Chưa có vật nổ nào được báo cáo trong các bộ lọc này.",
        "No ordnance was reported within these filters.",
    )
    return Block("activities", title, note, nothing, "bomb", [], [table])


def _asked(request: StaffRequest) -> Asked:
    by = request.GET.get("by", "organisation")
    by = by if by in BY else "organisation"
    scope = scope_for(request.user, Permission.FIGURE_READ)
    wanted = AreaFilter.from_query(request.GET)
    shared = {f: getattr(wanted, f) for f in SHARED}
    moment = wanted.asof

    def narrow(group: str, key: str) -> str:
        value: Any = key if group == "month" else (key,)
        own = AreaFilter(**{**shared, FIELDS[group]: value})
        times = {"as_of": moment.on, "known": moment.known} if moment.is_past else {}
        return f"?by={'month' if group != 'month' else 'commune'}&{own.query(**times)}"

    return Asked(scope, moment, by, shared, narrow)


def _words(request: StaffRequest) -> Callable[[str], Callable[[str, str], Text]]:
    def of_kind(kind: str) -> Callable[[str, str], Text]:
        known = KindWords(BY_KIND[kind], request.user, Permission.FIGURE_READ)
        return lambda name, key: NOT_SAID if not key else known.say(name, key)

    return of_kind


def _shown(request: StaffRequest, asked: Asked, page: str, blocks: list[Block]) -> HttpResponse:
    wanted = AreaFilter.from_query(request.GET)
    areas = AreaFilter(**asked.shared, as_of=wanted.as_of, known=wanted.known)  # type: ignore[arg-type]
    words = Words(request.user, Permission.FIGURE_READ)
    context = {
        "page": page,
        "by": asked.by,
        "switch": group_switch(request, asked.by),
        "asof": asked.moment,
        "wanted": areas,
        "chips": chips_of(areas, words, by=asked.by),
        "options": {k: v for k, v in choices_of(areas, words).items() if k in SHARED},
        "month_hint": _("Each figure says which date its months are of."),
        "blocks": blocks,
        "tabs": figure_tabs(request),
    }
    return render(request, "web/figures/records.html", context)
