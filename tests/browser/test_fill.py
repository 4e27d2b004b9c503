"""Forms filled in on the site itself: online, without a line, and when things go wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from datlanh.accounts.models import Device
from datlanh.intake.models import Report
from support.filling import queued, released

pytestmark = pytest.mark.browser


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
