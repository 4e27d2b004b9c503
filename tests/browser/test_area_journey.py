"""An area's life: from a survey's boxes over clearance and handover to its reopening.

The phones are played by the services; what officers do is done in a real browser. After each step
the area's ledger must balance, and at the end the register must be the fold of its inputs.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from shapely import from_wkb
from shapely.geometry import Polygon, box

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.ledger.models import AreaLedger
from datlanh.hazards.models import HazardousArea
from datlanh.intake.models import Report
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.kernel.geometry import area_m2
from datlanh.register.models import Decision
from support.boxes import field_of_boxes, packed
from support.drafts import eod_task, survey_task
from support.reports import Draft, approved, demo_cast, let_through, received, release, verified

pytestmark = pytest.mark.browser

AREA = "HAZ-409-600777"


def ledger() -> AreaLedger:
    """The area's ledger of today; it must balance."""
    row = AreaLedger.objects.get(record__local_id=AREA, known_to=None, true_to=None)
    gained = sum(a["gained_m2"] - a["lost_m2"] for a in row.adjustments)
    released = row.cancelled_m2 + row.reduced_m2 + row.cleared_m2
    assert row.initial_m2 + gained == pytest.approx(released + row.remaining_m2, abs=1.0)
    return row


def standing() -> tuple[str, str]:
    return HazardousArea.objects.values_list("state", "public_status").get(local_id=AREA)


def piece(west: float, east: float) -> Polygon:
    """The area between two shares of its width."""
    ground = from_wkb(bytes(HazardousArea.objects.get(local_id=AREA).outline.wkb))
    left, low, right, high = ground.bounds
    wide = right - left
    found = ground.intersection(box(left + west * wide, low, left + east * wide, high))
    return found if isinstance(found, Polygon) else max(found.geoms, key=lambda g: g.area)


def cleared(operator: str, local_id: str, ground: Polygon, days_ago: int) -> Draft:
    draft = release(1, organisation=operator, days_ago=days_ago, lr_id=local_id, cha_ids=AREA)
    draft = draft.but(cleared_area=round(area_m2(ground)), found_items=[])
    return draft.at(polygon_points=ground, coordinates=ground.representative_point())


def waits(draft: Draft, cast: Any, operator: str) -> Report:
    """Sent from the operator's phone and vouched for by its officer."""
    report = received(draft, by=cast[f"{operator}.hientruong"])
    return let_through(verified(report, by=cast[operator]))


def decided(page: Page, report: Report, *, ticked: str) -> None:
    """Approved at the desk, with the step that stands ticked there."""
    page.goto(f"/review/{report.receipt}")
    ways = page.locator("#ways input[name=life]:checked")
    expect(ways).to_have_count(1)
    expect(ways).to_have_value(re.compile(ticked))
    page.locator("#approve-form button").click()
    page.wait_for_url(lambda url: report.receipt not in url)


def step(page: Page, name: str, **fields: str) -> None:
    """One step taken on the area's page."""
    page.goto(f"/areas/{AREA}/")
    menu = page.locator(f"#life details:has(input[name=step][value={name}])")
    menu.locator("summary").click()
    form = menu.locator("form")
    for field, value in fields.items():
        control = form.locator(f"[name={field}]").first
        if field in {"cause", "because"}:
            control.select_option(value)
        else:
            control.fill(value)
    form.get_by_role("button").click()
    expect(page.locator("#messages li")).to_have_class(re.compile("success"))


def from_boxes(page: Page, survey: str) -> Report:
    """The operator's officer takes the proposal and sends it as a report on form 5."""
    page.goto(f"/surveys/{survey}/areas")
    page.fill("#d-margin", "25")
    page.locator("#draw-form button.pri").click()
    page.locator("#area-1 > details > summary").last.click()
    page.fill("#s-id-1", AREA)
    page.fill("#s-int-1", "CHA 0690")
    page.fill("#s-vil-1", "Thôn Mẫu")
    page.check("input[name=agreement_with][value=qtmac]")
    page.locator("#area-1 form button.pri").click()
    page.wait_for_url("**/correct")
    return Report.objects.get(form="cha")


def test_an_area_is_found_cleared_handed_over_and_reopened(sign_in):
    cast = demo_cast()
    draft = survey_task(1, days_ago=60, surveyed_area_total=25 * 2500)
    files = {str(draft.answers.values["survey_boxes"]): packed(field_of_boxes(), items=2)}
    survey = received(draft, by=cast["renew.hientruong"], files=files)
    survey = approved(verified(survey, by=cast["renew"]), by=cast["kiemtra2"])

    # boxes, proposal, CHA
    operator, centre = sign_in("renew"), sign_in("kiemtra2")
    report = from_boxes(operator, survey.record_local_id)
    dated = {"information_manager_date": str(survey.date_of_information)}
    report = let_through(verified(let_through(report), by=cast["renew"], changes=dated))
    centre.goto(f"/review/{report.receipt}")
    centre.locator("#approve-form button").click()
    centre.wait_for_url(lambda url: report.receipt not in url)
    assert standing() == ("cha", "open")
    whole = ledger().remaining_m2
    assert whole > 15_000

    # two operators clear it, and their ground overlaps
    west, east = piece(0.0, 0.6), piece(0.4, 1.0)
    first = waits(cleared("npa_renew", "HR-CLC-409-600777", west, 20), cast, "renew")
    decided(centre, first, ticked="ongoing")
    assert standing() == ("ongoing", "ongoing")
    assert ledger().remaining_m2 == pytest.approx(whole - area_m2(west), abs=2)
    second = waits(cleared("mag", "HR-CLC-409-500777", east, 9), cast, "mag")
    decided(centre, second, ticked="completed")
    assert standing() == ("completed", "ongoing")  # nobody accepted it yet
    row = ledger()
    assert row.remaining_m2 == pytest.approx(0, abs=2)
    assert row.cleared_m2 == pytest.approx(whole, abs=2)  # the common ground counts once

    # acceptance, handover
    step(centre, "accept", paper="12/BB-NT")
    assert standing() == ("inspected", "ongoing")
    step(centre, "hand_over", paper="12/BB-BG")
    assert standing() == ("closed", "closed")
    ledger()

    # an item was missed
    found = received(eod_task(1, days_ago=0), by=cast["renew.hientruong"])
    found = let_through(verified(found, by=cast["renew"]))
    task = approved(found, by=cast["kiemtra2"]).record_local_id
    step(centre, "reopen", cause="missed_item", because_id=task)
    assert standing() == ("cha", "open")
    expect(centre.locator("#life")).to_contain_text(task)
    centre.goto(f"/records/eod/{task}/")
    expect(centre.locator("#reopened")).to_contain_text(AREA)
    ledger()
    assert list(Decision.objects.filter(kind="moved").values_list("data__step", flat=True)) == [
        *("start", "complete", "accept", "hand_over", "reopen")
    ]
    with acting(SYSTEM):
        assert register_verify().differences == []
        register_rebuild(by=SYSTEM)
        assert register_verify().differences == []
    ledger()
