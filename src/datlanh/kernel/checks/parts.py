"""What the checks share: which question of which form holds what, and how it is called.

A hit names a question of a repeat as "found_items.depth", with the row's index from 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from shapely.geometry import MultiPolygon, Point, Polygon

from datlanh.kernel import geometry
from datlanh.kernel.checks.expected import FORMS
from datlanh.kernel.checks.labels import LABELS, label
from datlanh.kernel.rules import Facts, ReportView

__all__ = ["FORMS", "LABELS", "label"]  # a rule takes everything it shares from here

ALL = frozenset(FORMS)
ACCIDENT = frozenset({"accident"})
VICTIM = frozenset({"victim"})
ASSISTANCE = frozenset({"victim_assistance"})
EDUCATION = frozenset({"eore"})
CHA = frozenset({"cha"})
SURVEY = frozenset({"cmrs"})
EOD = frozenset({"eod_spot"})
LAND_RELEASE = frozenset({"land_release"})
PROGRESS = frozenset({"clearance_progress"})
AREA_FORMS = CHA | LAND_RELEASE
ITEM_FORMS = frozenset(f for f, expected in FORMS.items() if expected.items)

POLYGON = "polygon_points"
POCKETS = "uncleared_pockets"
POCKET = "pocket_outline"
POINT = "coordinates"
EVIDENCE = "evidence_points"
ITEMS = "found_items"

SOP = "SOP 2021"
SOP_IDS = f"{SOP}, App. 01 §1 (pp. 14–17)"
SOP_QUALITY = f"{SOP}, §6.1 (p. 10)"
GEOCHECK = "GICHD geocheck"


def is_new(view: ReportView, facts: Facts) -> bool:
    """Whether the report is the first about its record."""
    return not (view.record_id and facts.record_exists(view.record_id))


def empty(value: Any) -> bool:
    """Whether an answer says nothing. Zero says something."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def amount(value: Any) -> float | None:
    """A number, or None where the answer is none (text that is no number is a problem)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def whole(value: float) -> int | float:
    """A figure for a sentence: rounded to units from 100 up, else to two decimals."""
    return round(value) if abs(value) >= 100 else round(value, 2)


def outline(view: ReportView) -> Polygon | MultiPolygon | None:
    """The measurable polygons as one geometry, None without one."""
    polygons = geometry.usable(view.polygons.get(POLYGON, ()))
    return geometry.as_one(polygons) if polygons else None


def drawn(view: ReportView) -> Iterator[tuple[str, int | None, Polygon]]:
    """Every polygon of the report as (question, row, polygon), readable or not."""
    for polygon in view.polygons.get(POLYGON, ()):
        yield POLYGON, None, polygon
    for row, pocket in pockets(view):
        yield f"{POCKETS}.{POCKET}", row, pocket


def pockets(view: ReportView) -> Iterator[tuple[int, Polygon]]:
    """Every uncleared pocket with the index of its row."""
    for row, answers in enumerate(view.rows.get(POCKETS, ())):
        for polygon in answers.get(POCKET) or ():
            yield row, polygon


def placed(view: ReportView) -> Iterator[tuple[str, int | None, Point]]:
    """Every single point of the report as (question, row, point)."""
    for key, point in view.points.items():
        yield key, None, point
    for repeat, rows in view.rows.items():
        for row, answers in enumerate(rows):
            for key, value in answers.items():
                if isinstance(value, Point):
                    yield f"{repeat}.{key}", row, value


def items(view: ReportView) -> tuple[str, list[Mapping[str, Any]]]:
    """The repeat that holds the items found, and its rows."""
    repeat = FORMS[view.form].items
    return repeat, list(view.rows.get(repeat, ()))


def is_sealed(value: Any) -> bool:
    """Whether an answer stands in the person store: given, but not to be read here."""
    return isinstance(value, Mapping) and "person" in value


def place(view: ReportView) -> Point | None:
    """The form's main point, where it can be measured from."""
    point = view.points.get(FORMS[view.form].point)
    return point if point is not None and geometry.on_globe(point) else None


def day(view: ReportView, key: str) -> dt.date | None:
    """The date answered to a question, or None."""
    value = view.answers.get(key)
    return value if isinstance(value, dt.date) else None


def count(value: Any) -> int:
    """A number of things; 0 where nothing is said."""
    return int(amount(value) or 0)


def dated(view: ReportView) -> Iterator[tuple[str, int | None, dt.date]]:
    """Every date of the report as (question, row, date)."""
    for key, value in view.answers.items():
        if isinstance(value, dt.date):
            yield key, None, value
    for repeat, rows in view.rows.items():
        for row, answers in enumerate(rows):
            for key, value in answers.items():
                if isinstance(value, dt.date):
                    yield f"{repeat}.{key}", row, value


def misplaced(point: Point, facts: Facts) -> bool:
    """Whether the point lies in the province only with its axes exchanged."""
    return not facts.in_province(point) and facts.in_province(Point(point.y, point.x))


def first(polygon: Polygon) -> Point:
    """The first point of the outer ring."""
    return Point(polygon.exterior.coords[0])
