"""Drawing on a map: by mouse, by finger and by keyboard; what is drawn reaches the form."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from datlanh.intake.models import Report
from support.boxes import field_of_boxes, packed
from support.drafts import survey_task
from support.reports import approved, demo_cast, received, verified

pytestmark = pytest.mark.browser

Point = tuple[float, float]
PICTURES = os.environ.get("DATLANH_PICTURES")  # a folder, to look at the pages


@pytest.fixture
def survey(site) -> Report:
    cast = demo_cast()
    draft = survey_task(1, surveyed_area_total=25 * 2500)
    name = str(draft.answers.values["survey_boxes"])
    files = {name: packed(field_of_boxes(), items=2)}
    report = received(draft, by=cast["renew.hientruong"], files=files)
    return approved(verified(report, by=cast["renew"]), by=cast["kiemtra2"])


def drawn(box: Locator) -> dict[str, Any]:
    """What the form would send."""
    text = box.locator("[data-draw-field]").input_value()
    return json.loads(text) if text else {}


def picture(page: Page, name: str) -> None:
    """Keep the page as one sees it, where somebody wants to look."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def canvas(page: Page) -> Callable[[float, float], Point]:
    """A place on the map's canvas, in shares of its width and height."""
    page.locator("[data-report-map][data-ready]").wait_for(state="attached")
    place = page.locator("[data-report-map] canvas").bounding_box()
    assert place
    x, y, width, height = (place[k] for k in ("x", "y", "width", "height"))
    return lambda right, down: (x + right * width, y + down * height)


def points_drawn(box: Locator, many: int) -> None:
    expect(box.locator("[data-draw-rows] tr")).to_have_count(many)


def test_a_cutting_line_is_drawn_dragged_and_undone_with_the_mouse(sign_in, survey):
    page = sign_in("renew")
    page.goto(f"/surveys/{survey.record_local_id}/areas")
    at = canvas(page)
    box = page.locator("[data-draw=line]")
    box.locator("[data-draw-do=start]").click()
    page.mouse.click(*at(0.2, 0.3))
    points_drawn(box, 1)
    page.mouse.click(*at(0.8, 0.3))
    points_drawn(box, 2)
    before = drawn(box)["coordinates"]

    page.mouse.move(*at(0.8, 0.3))
    page.mouse.down()
    page.mouse.move(*at(0.8, 0.4), steps=5)
    page.mouse.move(*at(0.8, 0.6), steps=5)
    page.mouse.up()
    expect(box.locator("[data-draw-do=undo]")).to_be_enabled()
    moved = drawn(box)["coordinates"]
    assert moved[0] == before[0]
    assert moved[1][1] < before[1][1]

    box.locator("[data-draw-do=undo]").click()
    assert drawn(box)["coordinates"] == before
    picture(page, "draw-line-1366")
    box.locator("[data-draw-do=redo]").click()
    assert drawn(box)["coordinates"] == moved

    page.locator("#draw-form button.pri").click()
    expect(page).to_have_url(re.compile("LineString"))
    points_drawn(page.locator("[data-draw=line]"), 2)


def test_a_finger_draws_and_drags_as_a_mouse_does(sign_in, survey):
    page = sign_in("renew", width=820, height=1180, touch=True)
    page.goto(f"/surveys/{survey.record_local_id}/areas")
    at = canvas(page)
    box = page.locator("[data-draw=line]")
    box.locator("[data-draw-do=start]").tap()
    page.locator("[data-report-map]").scroll_into_view_if_needed()
    at = canvas(page)
    page.touchscreen.tap(*at(0.2, 0.3))
    points_drawn(box, 1)
    page.touchscreen.tap(*at(0.8, 0.3))
    points_drawn(box, 2)
    text = box.locator("[data-draw-field]").input_value()
    before = drawn(box)["coordinates"]

    dragged_by_finger(page, at(0.8, 0.3), at(0.8, 0.6))
    expect(box.locator("[data-draw-field]")).not_to_have_value(text)
    moved = drawn(box)["coordinates"]
    assert (moved[0], len(moved)) == (before[0], 2)
    assert moved[1][1] < before[1][1]
    picture(page, "draw-line-touch")


def dragged_by_finger(page: Page, begin: Point, end: Point) -> None:
    """One finger goes from one place to the other."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *places: Point) -> None:
        points = [{"x": x, "y": y, "id": 1} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", begin)
    for step in range(1, 11):
        share = step / 10
        place = tuple(a + (b - a) * share for a, b in zip(begin, end, strict=True))
        touch("touchMove", (place[0], place[1]))
    touch("touchEnd")


def test_the_table_of_points_does_without_a_pointer(sign_in, survey):
    page = sign_in("renew")
    page.goto(f"/surveys/{survey.record_local_id}/areas?line=16.79,107.09%0A16.80,107.10")
    box = page.locator("[data-draw=line][data-draw-ready]")
    points_drawn(box, 2)
    box.locator("details[data-draw-points] > summary").press("Enter")
    first = box.locator("[data-draw-rows] tr").first
    first.locator("[data-point-do=move]").focus()
    page.keyboard.press("ArrowUp")
    expect(first.locator("[data-point=lat]")).to_have_value("16.7900090")
    first.locator("[data-point-do=insert]").press("Enter")
    points_drawn(box, 3)
    assert drawn(box)["coordinates"][1] == [107.095, 16.7950045]

    page.keyboard.press("Control+z")
    points_drawn(box, 2)
    last = box.locator("[data-draw-rows] tr").last
    last.locator("[data-point=lon]").fill("107,2")
    page.keyboard.press("Tab")
    expect(last.locator("[data-point=lon]")).to_have_value("107.2000000")
    assert drawn(box)["coordinates"][1] == [107.2, 16.8]
