"""What goes wrong in reports, one mistake each: for the queue that waits today."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from random import Random

from shapely.geometry import Polygon

from datlanh.intake.demo.answers import Draft
from datlanh.intake.demo.book import Book
from datlanh.kernel import clock

Fault = Callable[[Book, Random, Draft], Draft]


def none(book: Book, rng: Random, draft: Draft) -> Draft:
    """Nothing is wrong."""
    return draft


def area_slightly_off(book: Book, rng: Random, draft: Draft) -> Draft:
    """9 % more than the polygon measures: a warning."""
    return draft.but(area_size=round(draft.answers.values["area_size"] * 1.09))


def area_far_off(book: Book, rng: Random, draft: Draft) -> Draft:
    """37 % more: it goes back."""
    return draft.but(area_size=round(draft.answers.values["area_size"] * 1.37))


def hectares(book: Book, rng: Random, draft: Draft) -> Draft:
    """Hectares where square metres are asked for."""
    return draft.but(area_size=round(draft.answers.values["area_size"] / 10_000, 1))


def unreadable(book: Book, rng: Random, draft: Draft) -> Draft:
    """Words where a number is asked for."""
    hectares = draft.answers.values["area_size"] / 10_000
    text = f"khoảng {hectares:.0f} héc-ta"
    said = draft.but(area_size=None)
    return replace(said, answers=replace(said.answers, problems={"area_size": text}))


def axes_swapped(book: Book, rng: Random, draft: Draft) -> Draft:
    """Latitude written where longitude belongs, everywhere."""
    answers = draft.answers
    rows = copy.deepcopy(answers.rows)
    for row in (r for found in rows.values() for r in found):
        for key, (x, y) in row.get("points", {}).items():
            row["points"][key] = [y, x]
    points = {k: [y, x] for k, (x, y) in answers.points.items()}
    polygons = {
        k: [[[y, x] for x, y in ring] for ring in rings] for k, rings in answers.polygons.items()
    }
    return replace(draft, answers=replace(answers, points=points, polygons=polygons, rows=rows))


def evidence_outside(book: Book, rng: Random, draft: Draft) -> Draft:
    """A mistyped digit puts the first evidence point far off."""
    rows = copy.deepcopy(draft.answers.rows)
    for row in (rows["evidence_points"][0], rows["found_items"][0]):
        x, y = row["points"]["position"]
        row["points"]["position"] = [round(x + 0.02, 5), y]
    return replace(draft, answers=replace(draft.answers, rows=rows))


def evidence_twice(book: Book, rng: Random, draft: Draft) -> Draft:
    """Two evidence points of one name."""
    rows = copy.deepcopy(draft.answers.rows)
    rows["evidence_points"].append(copy.deepcopy(rows["evidence_points"][0]))
    return replace(draft, answers=replace(draft.answers, rows=rows))


def wrong_commune(book: Book, rng: Random, draft: Draft) -> Draft:
    """The commune next on the list."""
    codes = [c.code for c in book.ground.communes]
    here = codes.index(draft.answers.values["commune"])
    return draft.but(commune=codes[(here + len(codes) // 2) % len(codes)])


def crossing(book: Book, rng: Random, draft: Draft) -> Draft:
    """Two turning points in the wrong order: the boundary crosses itself."""
    ring = [*draft.answers.polygons["polygon_points"][0]]
    for start in range(1, len(ring) - 4):
        tried = [*ring]
        tried[start], tried[start + 3] = tried[start + 3], tried[start]
        if not Polygon(tried).is_valid:
            return draft.drawn(polygon_points=tried)
    return draft


def future_day(book: Book, rng: Random, draft: Draft) -> Draft:
    """The wrong month: a day that has not come."""
    day = clock.today() + dt.timedelta(days=31)
    return draft.but(information_manager_date=day.isoformat())


def foreign_number(book: Book, rng: Random, draft: Draft) -> Draft:
    """A running number of another organisation's range."""
    return draft.but(cha_id="HAZ-409-700012")


def model_unlisted(book: Book, rng: Random, draft: Draft) -> Draft:
    """An item that the catalogue does not have."""
    rows = copy.deepcopy(draft.answers.rows)
    values = rows["found_items"][0]["values"]
    values |= {"model": "other", "model_other": "Đạn cối lạ, đuôi 3 cánh"}
    return replace(draft, answers=replace(draft.answers, rows=rows))


def no_village(book: Book, rng: Random, draft: Draft) -> Draft:
    """No village is named."""
    return draft.but(village=None)


def program_attached(book: Book, rng: Random, draft: Draft) -> Draft:
    """A program among the files: refused alone, and the report says so."""
    return draft.carrying(cai_dat_gps__exe=b"MZ" + bytes(400))


def item_too_deep(book: Book, rng: Random, draft: Draft) -> Draft:
    """An item deeper than the ground was cleared."""
    rows = copy.deepcopy(draft.answers.rows)
    rows["found_items"][0]["values"]["depth"] = 75.0
    return replace(draft, answers=replace(draft.answers, rows=rows))


def not_complete(book: Book, rng: Random, draft: Draft) -> Draft:
    """Completed, and yet only in part."""
    return draft.but(release_completion=80)


def too_much_cleared(book: Book, rng: Random, draft: Draft) -> Draft:
    """More cleared than the polygon holds."""
    return draft.but(cleared_area=round(draft.answers.values["cleared_area"] * 1.3))


def without_reason(book: Book, rng: Random, draft: Draft) -> Draft:
    """Suspended without saying why."""
    return draft.but(suspension_cancellation_reasons=None)
