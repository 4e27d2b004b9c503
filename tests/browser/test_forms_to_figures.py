"""The other forms from the engine to the figure: filled in, sent, verified, approved, counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from datlanh.accounts.acting import acting
from datlanh.intake.models import Report
from datlanh.intake.services.checking import report_check
from datlanh.intake.services.receiving import Incoming, report_receive
from datlanh.kernel import clock
from support.engine import chosen, question, sent, ticked, typed
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
    shown: str  # a number of the figure
    dates: tuple[str, ...]  # questions answered with today
    texts: dict[str, str] = field(default_factory=dict)
    picks: dict[str, str] = field(default_factory=dict)
    ticks: dict[str, str] = field(default_factory=dict)  # choices that stand open


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
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
IDS = {
    "accident": "Mã tai nạn",
    "victim_assistance": "Mã hoạt động hỗ trợ",
    "eore": "Mã HĐ GDPTBM",
    "cmrs": "Mã nhiệm vụ",
    "clearance_progress": "Mã tiến trình rà phá",
}


@pytest.mark.parametrize("journey", JOURNEYS, ids=[j.form for j in JOURNEYS])
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
    blocking = list(report.findings.filter(severity="block").values_list("rule", "values"))
    assert blocking == []
    _verified_and_approved(report, signed_in(officer), signed_in(reviewer))

    reader = signed_in(reviewer)
    assert journey.id in page_of(reader, "records", journey.kind)
    assert journey.id in page_of(reader, "record", journey.kind, journey.id)
    assert f">{journey.shown}<" in page_of(reader, journey.figure)


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
