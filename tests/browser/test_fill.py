"""Forms filled in on the site itself: online, without a line, and when things go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from shapely import Polygon

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import Device
from datlanh.intake.models import Report
from datlanh.intake.selectors.sheets import answers_of_report
from datlanh.intake.services.verifying import report_return
from datlanh.kernel.mapping import Answers
from datlanh.kernel.sealed import is_reference
from support.engine import question, ticked, typed
from support.filling import opened, queued, released
from support.reports import approved, cha, demo_cast, received, release, verified

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BAD = {"serious", "critical"}


def test_a_form_is_chosen_filled_in_sent_and_received(sign_in):
    page = sign_in("renew.hientruong")
    page.goto("/fill/")
    page.get_by_role("link", name="giải phóng").click()
    expect(page.locator(".odk-form")).to_be_visible()
    released(page)
    item = queued(page, "received")
    expect(item).to_be_visible()
    report = Report.objects.get()
    expect(item).to_contain_text(report.receipt)
    device = Device.objects.get()
    assert (device.is_browser, device.user.username) == (True, "renew.hientruong")
    assert report.device == device
    item.get_by_role("link", name=report.receipt).click()
    page.wait_for_url(f"**/reports/{report.receipt}")


def test_a_change_of_an_area_opens_filled_in_and_becomes_a_report(sign_in):
    cast = demo_cast()
    sender = cast["renew.hientruong"]
    first = approved(verified(received(cha(1), by=sender), by=cast["renew"]), by=cast["kiemtra2"])
    page = sign_in("renew.hientruong")
    page.goto(f"/areas/{first.record_local_id}/")
    page.get_by_role("link", name="Báo cáo thay đổi").click()
    expect(page.locator(".odk-form")).to_be_visible()
    expect(question(page, "Mã KV KĐNH").locator("input")).to_have_value(first.record_local_id)
    expect(page.locator("#notices")).to_contain_text(first.record_local_id)
    expect(question(page, "Tình trạng").locator("input:checked")).to_have_count(1)
    date = question(page, "Quản lý thông tin (IM): ngày xác nhận").locator("input")
    expect(date).to_have_value("")
    typed(page, "Quản lý thông tin (IM): ngày xác nhận", "20/11/2026")
    ticked(page, "Tình trạng", "Đang làm")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(queued(page, "received")).to_be_visible()

    second = Report.objects.exclude(pk=first.pk).get()
    assert second.record_local_id == first.record_local_id
    before, after = told(first), told(second)
    was, now = (Polygon(a.polygons["polygon_points"][0]) for a in (before, after))
    assert now.equals(was)
    assert after.values["status"] == "worked_on"
    assert after.values["area_size"] == before.values["area_size"]


def test_a_returned_report_is_corrected_and_sent_again(sign_in):
    cast = demo_cast()
    draft = release(1)
    old = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    report_return(id=old.pk, by=cast["kiemtra2"], note="Sai độ sâu")
    page = sign_in("renew.hientruong")
    page.goto(f"/reports/{old.receipt}")
    page.get_by_role("link", name="Sửa và gửi lại").click()
    expect(page.locator(".odk-form")).to_be_visible()
    typed(page, "Độ sâu Rà phá (cm)", "35")
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(queued(page, "received")).to_be_visible()

    new = Report.objects.exclude(pk=old.pk).get()
    old.refresh_from_db()
    assert (new.replaces, old.state) == (old, "replaced")
    before, after = told(old), told(new)
    sealed = {k for k, v in before.values.items() if is_reference(v)}
    assert {k: v for k, v in after.values.items() if k not in sealed} == {
        k: v for k, v in before.values.items() if k not in sealed
    } | {"clearance_depth": 35.0}
    assert after.polygons == before.polygons
    assert after.rows == before.rows


def test_the_app_is_open_to_everybody(sign_in):
    page = sign_in("renew.hientruong", width=390, height=844)
    page.goto("/fill/vi/")
    expect(page.locator("#form-list li")).to_have_count(9)
    assert barriers(page) == []
    opened(page)
    released(page, "sai")
    expect(page.get_by_text("1 câu hỏi cần sửa.")).to_be_visible()
    assert barriers(page) == []
    released(page)
    expect(queued(page, "received")).to_be_visible()
    assert barriers(page) == []


def test_the_app_speaks_english(sign_in):
    page = sign_in("renew.hientruong")
    page.goto("/fill/vi/")
    page.get_by_role("link", name="EN, English").click()
    expect(page.get_by_role("heading", name="Fill in a form")).to_be_visible()
    page.get_by_role("link", name="land release").click()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_visible()


def told(report: Report) -> Answers:
    with acting(SYSTEM):
        return answers_of_report(report)


def barriers(page: Page) -> list[str]:
    """What axe finds serious."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(r => r.violations)")
    return [
        f"{v['id']}: {n['html'][:120]}" for v in found if v["impact"] in BAD for n in v["nodes"]
    ]
