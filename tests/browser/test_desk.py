"""The review desk by keyboard alone, and the pages of the desk before axe."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from datlanh.intake.models import Report
from support.reports import approved, cha, demo_cast, received, verified

pytestmark = pytest.mark.browser

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BAD = {"serious", "critical"}


def waiting(cast: Any, *drafts: Any) -> list[Report]:
    return [verified(received(d, by=cast["renew.hientruong"]), by=cast["renew"]) for d in drafts]


def state(report: Report) -> str:
    return Report.objects.get(pk=report.pk).state


def stands(page: Page, report: Report) -> None:
    expect(page.locator("#desk")).to_have_attribute("data-receipt", report.receipt)


def test_an_officer_clears_the_queue_without_a_mouse(sign_in):
    cast = demo_cast()
    clean, faulty, last, asked = waiting(cast, cha(1), cha(2, area_size=10.6), cha(3), cha(4))
    page = sign_in("kiemtra2")
    page.goto("/review/")
    stands(page, clean)
    press = page.keyboard.press

    press("?")
    expect(page.locator("#keys")).to_be_visible()
    expect(page.locator("#keys [data-found]").first).to_be_visible()
    press("Escape")

    press("a")  # approved, and the next stands there without a page in between
    stands(page, faulty)
    assert state(clean) == "approved"
    expect(page.locator("#desk-title")).to_be_focused()
    expect(page.locator("#messages")).to_contain_text(clean.receipt)
    expect(page).to_have_url(re.compile(faulty.receipt))

    press("r")  # returned, with the reason the findings give
    expect(page.locator("#note-return")).to_be_focused()
    assert page.locator("#note-return").input_value().startswith("- ")
    press("Control+Enter")
    stands(page, last)
    assert state(faulty) == "returned"

    press("m")  # taken by me
    expect(page.locator(".assigned button[data-key=m]")).to_have_attribute("value", "")
    press("c")  # a word to the operator
    expect(page.locator("#remark")).to_be_focused()
    page.keyboard.type("Cho xin ảnh mốc đầu")
    press("Control+Enter")
    expect(page.locator("#thread")).to_contain_text("Cho xin ảnh mốc đầu")

    press("j")  # down the queue, and open
    press("Enter")
    stands(page, asked)
    press("d")  # side by side, and back
    expect(page.locator(".beside-page")).to_be_visible()
    press("u")
    stands(page, asked)

    press("b")  # the rest, together
    expect(page.locator("#many-form input[type=checkbox]")).to_have_count(2)
    press("a")
    page.wait_for_url("**/review/many/*")
    assert (state(last), state(asked)) == ("approved", "approved")
    press("u")
    expect(page.locator(".empty")).to_be_visible()


def serious(page: Page) -> list[str]:
    """What axe finds that keeps somebody out, each with the elements."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "() => axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    return [
        f"{v['id']}: {[n['target'] for n in v['nodes']]}"
        for v in found["violations"]
        if v["impact"] in BAD
    ]


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_axe_finds_nothing_serious_at_the_desk(sign_in, width, language):
    cast = demo_cast()
    (first,) = waiting(cast, cha(1, days_ago=9))
    approved(first, by=cast["kiemtra2"])
    changed, _faulty = waiting(cast, cha(1, clearance_priority="high"), cha(2, area_size=10.6))
    page = sign_in("kiemtra2", width=width)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    found = {}
    for address in (
        "/",
        "/review/",
        f"/review/{changed.receipt}",
        f"/review/{changed.receipt}?step=return",
        f"/review/{changed.receipt}/beside",
        "/review/?findings=clean&form=land_release",
        "/review/many",
    ):
        page.goto(address)
        found[address] = serious(page)
    told = [f"{address}: {one}" for address, ones in found.items() for one in ones]
    assert not told, "\n".join(told)
