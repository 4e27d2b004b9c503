"""Boxes entered on the map: tapped, drawn over, by keyboard, a thousand of them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import shapely
from playwright.sync_api import Page, expect

from datlanh.intake.attached import boxes_in
from datlanh.intake.models import Attachment, Report
from datlanh.kernel import grid
from datlanh.kernel.grid import Box
from support.boxes import field_of_boxes, home, packed
from support.drafts import survey_task
from support.reports import approved, demo_cast, received, verified

pytestmark = pytest.mark.browser

PICTURES = os.environ.get("DATLANH_PICTURES")  # a folder, to look at the pages


@pytest.fixture
def survey(site) -> Report:
    cast = demo_cast()
    draft = survey_task(1, surveyed_area_total=25 * 2500)
    name = str(draft.answers.values["survey_boxes"])
    files = {name: packed(field_of_boxes(), items=2)}
    report = received(draft, by=cast["renew.hientruong"], files=files)
    return approved(verified(report, by=cast["renew"]), by=cast["kiemtra2"])


def opened(page: Page, survey: Report) -> Page:
    page.goto(f"/surveys/{survey.record_local_id}/boxes")
    page.locator("[data-report-map][data-ready]").wait_for(state="attached")
    page.locator("[data-boxes-ready]").wait_for(state="attached")
    return page


def entered(page: Page) -> dict[str, Any]:
    text = page.locator("[data-boxes-field]").input_value()
    return json.loads(text) if text else {}


def many_entered(page: Page, many: int) -> None:
    expect(page.locator("[data-boxes-total]")).to_have_text(str(many))


def place_of(page: Page, box: Box) -> tuple[float, float]:
    """Where the middle of a box stands on the screen."""
    middle = grid.polygon_of(box).centroid
    x, y = page.locator("[data-report-map]").evaluate(
        "(box, place) => { const at = box.drawn.map.project(place);"
        " const edge = box.querySelector('canvas').getBoundingClientRect();"
        " return [at.x + edge.x, at.y + edge.y]; }",
        [middle.x, middle.y],
    )
    return x, y


def picture(page: Page, name: str) -> None:
    """Keep the page as one sees it, where somebody wants to look."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def test_boxes_are_tapped_and_drawn_over_with_the_mouse(sign_in, survey):
    page = opened(sign_in("renew"), survey)
    page.locator("[data-boxes-do=start]").click()
    middle = home()
    page.locator("input[name=brush][value=red]").check(force=True)
    page.mouse.click(*place_of(page, middle.moved(-1, -1)))
    many_entered(page, 1)
    page.locator("input[name=brush][value=green]").check(force=True)
    page.mouse.move(*place_of(page, middle.moved(-2, 0)))
    page.mouse.down()
    page.mouse.move(*place_of(page, middle.moved(2, 0)), steps=3)
    page.mouse.up()
    many_entered(page, 6)
    row = {middle.moved(c, 0).id: ["green", 0] for c in range(-2, 3)}
    assert entered(page) == row | {middle.moved(-1, -1).id: ["red", 1]}
    picture(page, "boxes-1366")

    page.locator("[data-boxes-do=undo]").click()
    many_entered(page, 1)
    page.locator("[data-boxes-rows] input").fill("3")
    page.keyboard.press("Tab")
    expect(page.locator("[data-boxes-field]")).to_have_value(
        json.dumps({middle.moved(-1, -1).id: ["red", 3]}, separators=(",", ":"))
    )
    page.locator("[data-boxes-send]").click()
    page.wait_for_url("**/correct")
    report = Report.objects.latest("pk")
    assert (report.form, report.state) == ("cmrs", "received")


def test_a_finger_enters_boxes_on_a_tablet(sign_in, survey):
    page = opened(sign_in("renew", width=820, height=1180, touch=True), survey)
    page.locator("[data-boxes-do=start]").tap()
    expect(page.locator(".map > .draw-panel")).to_be_in_viewport()
    page.locator(".palette label:has(input[value=yellow])").tap()
    middle = home()
    page.touchscreen.tap(*place_of(page, middle.moved(0, -1)))
    many_entered(page, 1)
    session = page.context.new_cdp_session(page)
    begin, end = place_of(page, middle.moved(-1, -2)), place_of(page, middle.moved(1, -2))
    for kind, points in (
        ("touchStart", [begin]),
        ("touchMove", [((begin[0] + end[0]) / 2, begin[1])]),
        ("touchMove", [end]),
        ("touchEnd", []),
    ):
        touches = [{"x": x, "y": y, "id": 1} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
    many_entered(page, 4)
    assert {v[0] for v in entered(page).values()} == {"yellow"}
    picture(page, "boxes-touch")


def test_the_keyboard_enters_boxes_by_id_and_under_the_crosshair(sign_in, survey):
    page = opened(sign_in("renew"), survey)
    page.locator("[data-boxes-id]").fill(home().id.lower())
    page.locator("[data-boxes-id]").press("Enter")
    many_entered(page, 1)
    page.locator("[data-boxes-id]").fill("somewhere")
    page.locator("[data-boxes-id]").press("Enter")
    many_entered(page, 1)
    page.locator("[data-boxes-do=start]").press("Enter")
    page.locator("[data-report-map] canvas").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-boxes-do=undo]")).to_be_enabled()
    assert home().id in entered(page)


def test_a_thousand_boxes_on_the_map_and_the_browsers_grid_is_the_servers(sign_in, survey):
    page = opened(sign_in("renew"), survey)
    boxes = [home().moved(c, r) for c in range(40) for r in range(25)]
    given = {box.id: ["green", 0] for box in boxes}
    drawn = page.locator("[data-report-map]").evaluate(
        """async (box, given) => {
          const form = document.querySelector('[data-boxes]');
          const again = form.cloneNode(true);
          form.replaceWith(again);
          again.querySelector('[data-boxes-field]').value = JSON.stringify(given);
          const map = box.drawn.map;
          for (const id of ['td-boxes-mark', 'td-boxes-line', 'td-boxes-fill', 'td-grid'])
            map.removeLayer(id);
          map.removeSource('td-boxes'); map.removeSource('td-grid');
          const part = await import(again.dataset.boxesScript);
          part.startBoxes(again, box.drawn);
          const data = await map.getSource('td-boxes').getData();
          return data.features.map(f => f.geometry.coordinates[0]);
        }""",
        given,
    )
    expect(page.locator("[data-boxes-total]")).to_have_text("1.000")
    expect(page.locator("[data-boxes-rows] tr")).to_have_count(200)
    assert len(drawn) == 1000
    mine = {tuple(round(v, 9) for v in grid.polygon_of(b).centroid.coords[0]) for b in boxes}
    theirs = [shapely.Polygon(ring).centroid for ring in drawn]
    tree = shapely.STRtree([shapely.Point(p) for p in mine])
    _, away = tree.query_nearest(theirs, return_distance=True)
    assert max(away) < 1e-8, "a millimetre"

    page.locator("[data-boxes-send]").click()
    page.wait_for_url("**/correct")
    (file,) = Attachment.objects.filter(report=Report.objects.latest("pk"))
    assert len(boxes_in(file.sha256).rows) >= 1000
