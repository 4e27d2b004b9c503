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
from shapely.geometry import Point, Polygon

from datlanh.intake.models import Report
from datlanh.kernel import grid
from support.boxes import field_of_boxes, home, packed
from support.drafts import survey_task
from support.reports import approved, cha, demo_cast, field_of, received, verified

pytestmark = pytest.mark.browser

Pixel = tuple[float, float]
PICTURES = os.environ.get("DATLANH_PICTURES")  # a folder, to look at the pages


@pytest.fixture
def survey(site) -> Report:
    cast = demo_cast()
    draft = survey_task(1, surveyed_area_total=25 * 2500)
    name = str(draft.answers.values["survey_boxes"])
    files = {name: packed(field_of_boxes(), items=2)}
    report = received(draft, by=cast["renew.hientruong"], files=files)
    return approved(verified(report, by=cast["renew"]), by=cast["kiemtra2"])


def crossed() -> Polygon:
    """The first area with two points in the wrong order."""
    a, b, c, d, _ = field_of(1).exterior.coords
    return Polygon([a, c, b, d])


def drawn(box: Locator) -> dict[str, Any]:
    """What the form would send."""
    text = box.locator("[data-draw-field]").input_value()
    return json.loads(text) if text else {}


def picture(page: Page, name: str) -> None:
    """Keep the page as one sees it, where somebody wants to look."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def canvas(page: Page) -> Callable[[float, float], Pixel]:
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
    expect(page.locator("[data-draw-do=undo]:visible")).to_be_enabled()
    moved = drawn(box)["coordinates"]
    assert moved[0] == before[0]
    assert moved[1][1] < before[1][1]

    page.locator("[data-draw-do=undo]:visible").click()
    assert drawn(box)["coordinates"] == before
    picture(page, "draw-line-1366")
    page.locator("[data-draw-do=redo]:visible").click()
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
    expect(page.locator(".map > .draw-panel")).to_be_in_viewport()
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


def dragged_by_finger(page: Page, begin: Pixel, end: Pixel) -> None:
    """One finger goes from one place to the other."""
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *places: Pixel) -> None:
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


def test_a_proposed_outline_is_adjusted_judged_and_sent(sign_in, survey):
    page = sign_in("renew")
    page.goto(f"/surveys/{survey.record_local_id}/areas")
    at = canvas(page)
    page.locator("#area-1 > details > summary").last.click()
    box = page.locator("#area-1 [data-draw=polygon]")
    before = drawn(box)["coordinates"][0]
    box.locator("[data-draw-do=start]").click()
    panel = page.locator(".map > .draw-panel")
    expect(panel).to_be_visible()
    corner = corner_of(page, before[0])
    page.mouse.move(*corner)
    page.mouse.down()
    page.mouse.move(corner[0] + 20, corner[1] + 12, steps=4)
    page.mouse.move(*at(0.5, 0.5), steps=8)
    page.mouse.up()
    expect(panel.locator(".says b")).to_be_visible()
    after = drawn(box)["coordinates"][0]
    assert len(after) == len(before)
    assert after[0] != before[0]
    expect(panel.locator(".finding.warn").last).to_be_visible()  # a positive box lies outside
    picture(page, "adjust-1366")
    panel.locator("[data-draw-do=undo]").click()
    assert drawn(box)["coordinates"][0] == before
    panel.locator("[data-draw-do=redo]").click()
    panel.locator("[data-draw-do=start]").click()
    expect(box.locator("[data-draw-do=start]")).to_be_focused()

    page.fill("#s-id-1", "HAZ-409-600777")
    page.fill("#s-int-1", "CHA 0690")
    page.locator("#area-1 form button.pri").click()
    page.wait_for_url("**/correct")
    assert Report.objects.get(form="cha").state == "received"


def test_a_point_dropped_near_a_corner_or_an_edge_is_on_it(sign_in, survey):
    page = sign_in("renew")
    page.goto(f"/surveys/{survey.record_local_id}/areas")
    canvas(page)
    page.locator("#area-1 > details > summary").last.click()
    box = page.locator("#area-1 [data-draw=polygon]")
    box.locator("[data-draw-do=start]").click()
    _west, south, _east, north = grid.polygon_of(home()).bounds
    wanted = [list(pair) for pair in grid.polygon_of(home()).exterior.coords]
    before = drawn(box)["coordinates"][0]
    begin, end = corner_of(page, before[0]), corner_of(page, wanted[0])
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2, steps=5)
    page.mouse.move(end[0] + 6, end[1] - 5, steps=5)
    page.mouse.up()
    moved = drawn(box)["coordinates"][0][0]
    assert moved == pytest.approx(wanted[0], abs=2e-6), "the corner, as the map has it"

    begin = corner_of(page, moved)
    side = corner_of(page, [(wanted[0][0] + wanted[1][0]) / 2, (wanted[0][1] + wanted[1][1]) / 2])
    assert abs(side[0] - begin[0]) + abs(side[1] - begin[1]) > 20
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move((begin[0] + side[0]) / 2, (begin[1] + side[1]) / 2, steps=5)
    page.mouse.move(side[0] + 4, side[1] + 4, steps=5)
    page.mouse.up()
    on_edge = Point(*drawn(box)["coordinates"][0][0])
    assert south < on_edge.y < north
    assert on_edge.distance(grid.polygon_of(home()).boundary) < 2e-6


def corner_of(page: Page, place: list[float]) -> Pixel:
    """Where a point stands on the screen, as the page's own map says."""
    page.locator("[data-report-map][data-ready]").wait_for(state="attached")
    found = page.locator("[data-report-map]").evaluate(
        "(box, place) => { const at = box.drawn.map.project(place);"
        " const edge = box.querySelector('canvas').getBoundingClientRect();"
        " return [at.x + edge.x, at.y + edge.y]; }",
        place,
    )
    return (found[0], found[1])


def test_a_crossed_drawing_is_mended_by_hand(sign_in, site):
    cast = demo_cast()
    report = received(cha(1).at(polygon_points=crossed()), by=cast["renew.hientruong"])
    page = sign_in("renew")
    page.goto(f"/reports/{report.receipt}/shape")
    at = canvas(page)
    box = page.locator("[data-draw=polygon]")
    before = drawn(box)["coordinates"][0]
    box.locator("[data-draw-do=start]").click()
    panel = page.locator(".map > .draw-panel")
    first, second = (corner_of(page, place) for place in before[1:3])
    # Two corners stand in the wrong order: each goes to the other's place.
    for begin, end in ((first, at(0.5, 0.5)), (second, first), (at(0.5, 0.5), second)):
        page.mouse.move(*begin)
        page.mouse.down()
        page.mouse.move((begin[0] + end[0]) / 2, (begin[1] + end[1]) / 2, steps=6)
        page.mouse.move(*end, steps=6)
        page.mouse.up()
    expect(box).to_have_attribute(
        "data-draw-checked", box.locator("[data-draw-field]").input_value()
    )
    expect(panel.locator(".says b")).to_be_visible()
    expect(panel.locator(".finding.block")).to_have_count(0)
    picture(page, "shape-anew-1366")
    page.fill("textarea[name=reason][id^=anew]", "theo sơ đồ giấy")
    page.locator("button[value='draw:']").click()
    expect(page.locator(".timeline")).to_contain_text("theo sơ đồ giấy")
    report.refresh_from_db()
    assert (report.revision, report.blocks) == (1, 0)
