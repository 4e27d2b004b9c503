"""From a survey's boxes to a proposal, to a report on form 5, to an area in the register."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from datlanh.accounts.demo import DEMO_ACCOUNTS
from datlanh.hazards.models import HazardousArea
from datlanh.intake.models import Report
from support.boxes import field_of_boxes, packed
from support.drafts import survey_task
from support.reports import approved, demo_cast, let_through, received, verified

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("DATLANH_PICTURES")  # a folder, to look at the pages


def picture(page: Page, name: str) -> None:
    """Keep the page as one sees it, where somebody wants to look."""
    if PICTURES:
        page.locator("[data-ready]").first.wait_for(state="attached")
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_from_boxes_to_an_area(sign_in):
    assert DEMO_ACCOUNTS
    cast = demo_cast()
    draft = survey_task(1, surveyed_area_total=25 * 2500)
    name = str(draft.answers.values["survey_boxes"])
    files = {name: packed(field_of_boxes(), items=2)}
    survey = received(draft, by=cast["renew.hientruong"], files=files)
    survey = approved(verified(survey, by=cast["renew"]), by=cast["kiemtra2"])

    page = sign_in("renew")
    page.goto(f"/records/surveys/{survey.record_local_id}/")
    expect(page.locator("#boxes")).to_contain_text("25")
    picture(page, "survey-vi-1366")
    page.locator("#boxes a.btn").first.click()
    page.fill("#d-margin", "25")
    page.locator("#draw-form button.pri").click()
    expect(page.locator("#area-1")).to_be_visible()
    picture(page, "areas-vi-1366")
    page.locator("#area-1 > details > summary").last.click()
    page.fill("#s-id-1", "HAZ-409-600777")
    page.fill("#s-int-1", "CHA 0690")
    page.fill("#s-vil-1", "Thôn Mẫu")
    page.check("input[name=agreement_with][value=qtmac]")
    picture(page, "send-vi-1366")
    if PICTURES:
        looked_at(page, survey.record_local_id)
    page.locator("#area-1 form button.pri").click()
    page.wait_for_url("**/correct")

    report = Report.objects.get(form="cha")
    assert report.state == "received"
    report = approved(
        let_through(verified(let_through(report), by=cast["renew"])), by=cast["kiemtra2"]
    )
    assert HazardousArea.objects.get().shape_id == "CHA0690"


def looked_at(page: Page, local_id: str) -> None:
    """The same pages narrow, and in English."""
    address = page.url
    english = page.context.new_page()
    english.set_viewport_size({"width": 390, "height": 844})
    for language in ("vi", "en"):
        english.context.add_cookies(
            [{"name": "django_language", "value": language, "url": page.url}]
        )
        for width in (390, 1366):
            english.set_viewport_size({"width": width, "height": 844})
            english.goto(f"/records/surveys/{local_id}/")
            picture(english, f"survey-{language}-{width}")
            english.goto(address)
            picture(english, f"areas-{language}-{width}")
    english.close()
    page.context.add_cookies([{"name": "django_language", "value": "vi", "url": page.url}])
