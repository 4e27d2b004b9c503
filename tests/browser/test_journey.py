"""One report from a phone to the register, the map and the figures, and what comes after.

Every step is a person's, in a real browser; the phone is the real form engine.
"""

from __future__ import annotations

import datetime as dt
import re
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from shapely import Polygon

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.accounts.services import device_add
from datlanh.hazards.models import HazardousArea
from datlanh.intake.models import Report
from datlanh.intake.services.checking import answers_now
from datlanh.intake.services.comparing import register_verify
from datlanh.kernel import clock
from datlanh.kernel.geometry import area_m2
from support.engine import chosen, drawn, serving, ticked, typed

pytestmark = pytest.mark.browser

CORRECTION_OF = "Thay thế báo cáo (số biên nhận)"


@dataclass(frozen=True)
class Fetched:
    """A form as the phone has it."""

    xform: bytes
    media: dict[str, bytes]


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - our own site
        return bytes(answer.read())


def phone_forms(server: str) -> dict[str, Fetched]:
    """Fetch the form list, each form and its media, as a phone does."""
    found = {}
    for entry in ET.fromstring(get(f"{server}/formList")):
        key = entry.findtext("{*}formID") or ""
        media = {
            m.findtext("{*}filename") or "": get(m.findtext("{*}downloadUrl") or "")
            for m in ET.fromstring(get(entry.findtext("{*}manifestUrl") or ""))
        }
        found[key] = Fetched(get(entry.findtext("{*}downloadUrl") or ""), media)
    return found


def post(server: str, kind: str, body: bytes) -> int:
    request = urllib.request.Request(  # noqa: S310 - our own site
        f"{server}/submission", data=body, headers={"Content-Type": kind}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def assert_register_is_the_fold_of_its_inputs() -> None:
    with acting(SYSTEM):
        verdict = register_verify()
    assert verdict.differences == []


def fill_in(
    browser: Browser, server: str, *, number: str, area: str, on: dt.date, corrects: str = ""
) -> None:
    """A team leader fills in the CHA form on the phone and sends it."""
    forms = phone_forms(server)
    with serving(forms, lambda kind, body: post(server, kind, body)) as address:
        context = browser.new_context(viewport={"width": 1000, "height": 900}, locale="vi-VN")
        page = context.new_page()
        page.set_default_timeout(40_000)
        page.goto(f"{address}/cha?vi")
        expect(page.locator(".odk-form")).to_be_visible(timeout=40_000)
        typed(page, "Mã KV KĐNH", number)
        chosen(page, "Tổ chức", "NPA/RENEW")
        typed(page, "Ngày xác định khu vực CHA", on.strftime("%d/%m/%Y"))
        ticked(page, "Tình trạng", "Chưa rà")
        chosen(page, "Xã, phường, đặc khu", "Xã Cam Lộ")
        drawn(
            page,
            "Điểm khoanh vùng Khu vực Khẳng định Nguy hiểm",
            (0.4, 0.4),
            (0.55, 0.4),
            (0.55, 0.55),
        )
        typed(page, "Diện tích Khu vực Khẳng định Nguy hiểm (m²)", area)
        typed(page, "Quản lý thông tin (IM): ngày xác nhận", on.strftime("%d/%m/%Y"))
        if corrects:
            typed(page, CORRECTION_OF, corrects)
        page.get_by_role("button", name="Gửi", exact=True).click()
        expect(page.locator("#form-engine[data-state=received]")).to_be_attached()
        context.close()


def send_to_centre(page: Page) -> None:
    page.get_by_role("button", name="Xác nhận và gửi Trung tâm").click()
    page.wait_for_url(lambda url: not url.endswith("/correct"))


def corrected(page: Page, report: Report) -> None:
    """The information officer opens the returned report, mends it and sends it again."""
    with acting(SYSTEM):
        ring = answers_now(report).polygons["polygon_points"][0]
    page.goto(f"/reports/{report.receipt}/correct")
    page.get_by_label("Diện tích Khu vực Khẳng định Nguy hiểm").fill(
        str(round(area_m2(Polygon(ring))))
    )
    send_to_centre(page)


def approve(page: Page, receipt: str, *, record: str | None = None) -> None:
    page.goto(f"/review/{receipt}")
    if record:
        page.locator(".choice", has_text=record).first.locator("input").check()
    page.get_by_role("button", name=re.compile("Phê duyệt")).click()
    page.wait_for_url(lambda url: receipt not in url)


def two_persons_withdraw(first: Page, second: Page, receipt: str) -> None:
    first.goto(f"/reports/{receipt}")
    first.get_by_role("link", name="Thu hồi").click()
    dialog = first.locator("#dlg-withdraw")
    dialog.locator("textarea").fill("Nhập nhầm khu vực")
    dialog.get_by_role("button").last.click()
    expect(first.locator("#proposal")).to_be_visible()
    second.goto(f"/reports/{receipt}")
    second.locator("#proposal").get_by_role("button", name=re.compile("Xác nhận")).click()
    expect(second.locator("#proposal")).to_have_count(0)


def test_a_report_travels_from_the_phone_to_the_figures_and_back(browser, site, sign_in):
    team = User.objects.get(username="renew.hientruong")
    with acting(SYSTEM):
        _, secret = device_add(user=team, name="Máy của đội", by=SYSTEM)
    server = f"{site.url}/key/{secret}"
    today = clock.today()

    # collect, check: the stated area is far from the drawn one
    fill_in(browser, server, number="HAZ-409-600777", area="10", on=today - dt.timedelta(days=2))
    report = Report.objects.get(record_local_id="HAZ-409-600777")
    assert report.blocks > 0

    # the operator vouches for it as it is; the centre cannot approve and returns it
    officer, centre = sign_in("renew"), sign_in("kiemtra2")
    officer.goto(f"/reports/{report.receipt}/correct")
    send_to_centre(officer)
    centre.goto(f"/review/{report.receipt}")
    expect(centre.locator("#why-not")).to_contain_text("chặn")
    centre.keyboard.press("r")
    dialog = centre.locator("#dlg-return")
    dialog.locator("textarea").fill("Diện tích khai không khớp hình vẽ")
    dialog.get_by_role("button", name="Trả lại").click()
    centre.wait_for_url(lambda url: report.receipt not in url)

    # correct, verify, bind, approve
    corrected(officer, report)
    report.refresh_from_db()
    assert (report.state, report.blocks, report.revision) == ("verified", 0, report.revision)
    approve(centre, report.receipt)
    report.refresh_from_db()
    assert report.state == "approved"
    assert_register_is_the_fold_of_its_inputs()

    # register, map, list, figure
    centre.goto("/areas/")
    expect(centre.get_by_text("HAZ-409-600777").first).to_be_visible()
    centre.goto("/areas/HAZ-409-600777/")
    expect(centre.locator("h1")).to_contain_text("HAZ-409-600777")
    centre.goto("/map/")
    expect(centre.locator("[data-map][data-ready]")).to_be_visible(timeout=40_000)
    centre.goto("/figures/")
    expect(centre.locator("main")).to_contain_text("1")

    # as of yesterday's knowledge there is nothing of the kind
    past = (today - dt.timedelta(days=5)).isoformat()
    centre.goto(f"/areas/?on={past}")
    expect(centre.get_by_text("HAZ-409-600777")).to_have_count(0)

    # a correction from the phone supersedes it, a withdrawal by two persons ends it
    fill_in(
        browser,
        server,
        number="HAZ-409-600777",
        area="20",
        on=today - dt.timedelta(days=1),
        corrects=report.receipt,
    )
    second = Report.objects.exclude(pk=report.pk).get()
    assert second.supersedes_id == report.pk
    corrected(officer, second)
    approve(centre, second.receipt, record="HAZ-409-600777")
    assert HazardousArea.objects.get().true_from == today - dt.timedelta(days=1)
    two_persons_withdraw(centre, sign_in("csdl"), second.receipt)
    second.refresh_from_db()
    assert second.state == "withdrawn"
    area = HazardousArea.objects.get()  # what it corrected counts again
    assert (area.true_from, area.reports) == (today - dt.timedelta(days=2), 1)
    assert_register_is_the_fold_of_its_inputs()
