"""Every form from the engine to the figure: filled in, sent, verified, approved, counted.

| Form | Journey |
|---|---|
| accident, victim, victim_assistance, eore, cmrs, eod_spot, clearance_progress | here |
| land_release: completion (CLC) and suspension (CLS) | here |
| cha | `test_journey.py`: from the phone's door, with map, correction and withdrawal |
| survey boxes to a proposed area on form 5 | `test_boxes_journey.py` |
| a mapping corrected, seen in list and figure | `test_mapping_journey.py` |
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from shapely import Polygon

from datlanh.accounts.acting import acting
from datlanh.hazards.models import LandRelease
from datlanh.intake.models import Report
from datlanh.intake.services.checking import answers_now, report_check
from datlanh.intake.services.receiving import Incoming, report_receive
from datlanh.intake.services.verifying import payload_revise
from datlanh.kernel import clock
from datlanh.kernel.geometry import area_m2
from support.engine import chosen, drawn, question, sent, ticked, typed
from support.pages import page as page_of
from support.pages import signed_in
from support.reports import demo_cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@dataclass(frozen=True)
class Journey:
    """What is filled in, and where it is found in the end."""

    form: str
    id: str
    kind: str  # the list's name in addresses
    figure: str
    shown: str  # a number of the figure; of a release, the state it is counted under
    dates: tuple[str, ...]  # questions answered with today
    texts: dict[str, str] = field(default_factory=dict)
    picks: dict[str, str] = field(default_factory=dict)
    ticks: dict[str, str] = field(default_factory=dict)  # choices that stand open

    @property
    def is_release(self) -> bool:
        """Releases have pages of their own."""
        return self.form == "land_release"


PLACE = {"Tổ chức báo cáo": "NPA/RENEW", "Xã, phường, đặc khu": "Xã Cam Lộ"}
JOURNEYS = (
    Journey(
        "accident",
        "INC-409-600001",
        "accidents",
        "figures_people",
        "1",
        ("Ngày điều tra", "Ngày tai nạn"),
        {"Số lượng nạn nhân": "1"},
        PLACE,
    ),
    Journey(
        "victim",
        "VIC-409-600001-01",
        "victims",
        "figures_people",
        "1",
        ("Ngày xác nhận",),
        {"Họ tên": "Hồ Thị Mẫu", "Tuổi khi xảy ra tai nạn": "34"},
        {**PLACE, "Hoạt động gây tai nạn": "Canh tác"},
        {"Giới tính": "Nữ", "Bị thương hay tử vong": "Bị thương"},
    ),
    Journey(
        "victim_assistance",
        "VA-409-600001-01-01",
        "assistance",
        "figures_people",
        "1",
        ("Ngày hỗ trợ", "Ngày xác nhận"),
        {},
        {**PLACE, "Loại hình hỗ trợ": "Tiền mặt"},
    ),
    Journey(
        "eore",
        "MRE-409-600001",
        "education",
        "figures_education",
        "37",
        ("Ngày bắt đầu", "Ngày kết thúc"),
        {"Nam giới": "12", "Phụ nữ": "25"},
        PLACE,
    ),
    Journey(
        "cmrs",
        "TS-409-600001",
        "surveys",
        "figures_work",
        "1",
        ("Ngày bắt đầu", "Ngày kết thúc"),
        {"Tổng diện tích Khảo sát (m²)": "250000"},
        PLACE,
        {"Tình trạng": "Hoàn thành", "Phương pháp khảo sát": "Phương pháp V5"},
    ),
    Journey(
        "eod_spot",
        "HR-EOD-409-600001",
        "eod",
        "figures_work",
        "1",
        ("Ngày giao nhiệm vụ", "Ngày tiếp nhận", "Ngày hủy nổ", "Ngày xác nhận"),
        {"Số lượng": "3"},
        {**PLACE, "Tổ chức tiếp nhận": "NPA/RENEW", "Nhóm": "Bom chùm"},
        {"Tình trạng": "Hoàn thành", "Kết quả xử lý": "Hủy nổ tại chỗ"},
    ),
    Journey(
        "land_release",
        "HR-CLC-409-600001",
        "releases",
        "statistics",
        "completed",
        ("Ngày bắt đầu", "Ngày kết thúc"),
        {"Độ sâu Rà phá (cm)": "30", "Diện tích thực rà (m²)": "1"},
        PLACE,
        {"Loại hình": "Sau RPBM", "Tình trạng": "Hoàn thành", "Phương pháp": "Rà bom chùm"},
    ),
    Journey(
        "land_release",
        "HR-CLS-409-600001",
        "releases",
        "statistics",
        "suspended",
        ("Ngày bắt đầu", "Ngày kết thúc"),
        {"Lý do đình chỉ hoặc hủy": "Mùa mưa lũ", "Diện tích thực rà (m²)": "1"},
        PLACE,
        {"Loại hình": "Sau RPBM", "Tình trạng": "Đình chỉ", "Phương pháp": "Rà bom chùm"},
    ),
    Journey(
        "clearance_progress",
        "HR-CLP-409-600001",
        "progress",
        "figures_work",
        "1",
        ("Từ ngày", "Đến ngày"),
        {"Diện tích rà trong kỳ (m²)": "12500"},
        PLACE,
    ),
)
OUTLINE = "Điểm khoanh vùng hiện trường giải phóng đất"
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
IDS = {
    "accident": "Mã tai nạn",
    "victim": "Mã nạn nhân",
    "eod_spot": "Mã nhiệm vụ",
    "land_release": "Mã Nhiệm vụ",
    "victim_assistance": "Mã hoạt động hỗ trợ",
    "eore": "Mã HĐ GDPTBM",
    "cmrs": "Mã nhiệm vụ",
    "clearance_progress": "Mã tiến trình rà phá",
}


@pytest.mark.parametrize("journey", JOURNEYS, ids=[j.id.rstrip("0123456789-") for j in JOURNEYS])
def test_a_form_goes_from_the_engine_to_the_figure(
    journey: Journey, visit: Callable[..., Page], troubles: list[str]
) -> None:
    page = visit(journey.form)
    typed(page, IDS[journey.form], journey.id)
    for label in journey.dates:
        typed(page, label, clock.today().strftime("%d/%m/%Y"))
    for label, option in journey.picks.items():
        chosen(page, label, option)
    for label, option in journey.ticks.items():
        ticked(page, label, option)
    for label, text in journey.texts.items():
        typed(page, label, text)
    if journey.is_release:
        drawn(page, OUTLINE, (0.5, 0.5), (0.54, 0.5), (0.54, 0.56))
    if journey.form == "cmrs":
        boxes = {"name": "boxes.zip", "mimeType": "application/zip", "buffer": EMPTY_ZIP}
        asked = question(page, "Thông tin từng ô (trong shapefile đính kèm)")
        asked.locator("input[type=file]").set_input_files(boxes)
    (_, xml), *files = sent(page)
    assert troubles == []

    cast = demo_cast()
    phone, officer, reviewer = (cast[who] for who in ("renew.hientruong", "renew", "kiemtra2"))
    with acting(phone, via="openrosa"):
        report = report_receive(
            xml=xml,
            by=phone,
            organisation=phone.organisation,
            channel="openrosa",
            attachments=[Incoming(name, "application/zip", [content]) for name, content in files],
        ).report
        report_check(report)
    if journey.is_release:
        _area_as_drawn(report, officer)
    blocking = list(report.findings.filter(severity="block").values_list("rule", "values"))
    assert blocking == []
    _verified_and_approved(report, signed_in(officer), signed_in(reviewer))

    reader = signed_in(reviewer)
    if journey.is_release:
        assert journey.id in page_of(reader, "releases")
        assert journey.id in page_of(reader, "release", journey.id)
    else:
        assert journey.id in page_of(reader, "records", journey.kind)
        assert journey.id in page_of(reader, "record", journey.kind, journey.id)
    figure = page_of(reader, journey.figure)
    if journey.is_release:
        cleared = LandRelease.objects.get().cleared_area_m2
        assert f'state={journey.shown}">1</a>' in figure
        assert f">{cleared:,.0f}<" in figure
    else:
        assert f">{journey.shown}<" in figure


def _area_as_drawn(report: Report, officer) -> None:
    """A team states one figure and draws another; its information officer sets it right."""
    with acting(officer, via="web"):
        ring = answers_now(report).polygons["polygon_points"][0]
        stated = {"cleared_area": round(area_m2(Polygon(ring)))}
        payload_revise(report, by=officer, changes=stated)
        report_check(report)


def _verified_and_approved(report: Report, officer, reviewer) -> None:
    """Through the pages, as its people would."""
    for client, name, state in (
        (officer, "report_verify", "verified"),
        (reviewer, "review_approve", "approved"),
    ):
        report.refresh_from_db()
        seen = f"{report.state}.{report.revision}"
        client.post(reverse(f"web:{name}", args=[report.receipt]), {"seen": seen, "record": "new"})
        report.refresh_from_db()
        assert report.state == state
