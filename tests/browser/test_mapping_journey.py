"""A mapping corrected by people: uploaded, read side by side, confirmed by a second, seen in list
and figure.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.services.comparing import register_verify
from support.drafts import eod_task
from support.remaps import corrected
from support.reports import approved, demo_cast, received, verified

pytestmark = pytest.mark.browser

# Quantity and priority are read into names that no figure and no list knows, and then rightly.
WRONG = {
    "quantity": {"register::attribute": "pieces"},
    "disposal_priority": {"register::attribute": "urgency"},
}


def entered(cast) -> str:
    """An EOD task at which seven items were found, in the register."""
    draft = eod_task(1)
    draft.answers.rows["found_items"][0]["values"]["quantity"] = 7
    report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    return approved(report, by=cast["kiemtra2"]).record_local_id


def uploaded(page: Page, workbook: bytes, folder: Path) -> str:
    """The workbook on the page of forms; leads to what it would correct."""
    path = folder / "eod_spot.xlsx"
    path.write_bytes(workbook)
    page.goto("/forms/")
    page.set_input_files("input[name=workbook]", path)
    page.get_by_role("button", name="Kiểm tra và so sánh").click()
    page.wait_for_url("**/forms/corrections/*")
    return page.url


def proposed(page: Page, workbook: bytes, folder: Path, reason: str) -> str:
    address = uploaded(page, workbook, folder)
    page.fill("#remap-reason", reason)
    page.get_by_role("button", name="Đề nghị sửa").click()
    expect(page.locator(".quote")).to_contain_text(reason)
    return address


def confirmed(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Xác nhận việc sửa").click()
    expect(page.locator("#mapping-run h2")).to_have_text("Đã xong")


def found(page: Page) -> str:
    """What the figure of work says of items found."""
    page.goto("/figures/work/")
    return re.sub(r"quyết định số \d+", "", page.locator("main").inner_text())


def listed(page: Page, task: str) -> int:
    """Whether the list of urgent tasks holds this one."""
    page.goto("/records/eod/?disposal_priority=high")
    expect(page.locator("h1")).to_be_attached()
    return page.locator("main").get_by_role("link", name=task).count()


def test_a_mapping_is_corrected_and_list_and_figure_follow(sign_in, tmp_path):
    cast = demo_cast()
    task = entered(cast)
    database, second = sign_in("csdl"), sign_in("kiemtra1")
    figure = found(second)
    assert listed(second, task)
    confirmed(second, proposed(database, corrected("eod_spot", WRONG), tmp_path, "Thử nghiệm"))
    assert found(second) != figure
    assert not listed(second, task)

    # Side by side: the question, what it became, what it is to become; the record before and after.
    address = proposed(database, corrected("eod_spot"), tmp_path, "Đọc nhầm số lượng vật nổ")
    second.goto("/forms/")
    expect(second.locator(f"a[href='{address[address.index('/forms') :]}']")).to_be_visible()
    second.goto(address)
    changes = second.locator("main")
    for words in ("pieces", "quantity", task, "Đọc nhầm số lượng vật nổ"):
        expect(changes).to_contain_text(words)
    confirmed(second, address)
    expect(second.locator("#mapping-run")).to_contain_text("Báo cáo đã đọc lại")

    assert found(second) == figure
    assert listed(second, task)
    second.goto("/forms/eod_spot/")
    history = second.locator("section", has_text=re.compile("Đọc nhầm số lượng"))
    expect(history.first).to_contain_text(cast["kiemtra1"].full_name)
    with acting(SYSTEM):
        assert register_verify().differences == []
