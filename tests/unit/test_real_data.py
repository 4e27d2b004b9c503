"""The geometry rules over real, dirty data that never enters the project. Skipped without it."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point, Polygon, box, shape
from shapely.geometry.base import BaseGeometry

from datlanh.intake.examining import file_examined
from datlanh.kernel.checks import RULES
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.rules import ReportView
from support.facts import FakeFacts

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
BOSNIA = DATA / "hazards" / "bih"
EVENTS = DATA / "victims_incidents" / "colombia" / "eventos_map_muse_1990_2012.csv"
PILOT = DATA / "victims_incidents" / "quang_tri_ushahidi_2015" / "mineinfo_reports_2015.geojson"
SHAPE_RULES = ("polygon_missing", "polygon_points", "polygon_invalid")
PLACE_RULES = ("outside_province", "axes_swapped", "zone_slip")

needs = pytest.mark.skipif


@dataclass
class Elsewhere(FakeFacts):
    """A province that is a box somewhere else in the world."""

    land: Polygon = field(default_factory=lambda: box(-180, -90, 180, 90))

    def in_province(self, point: Point) -> bool:
        return bool(self.land.covers(point))


def area(polygons: list[Polygon]) -> ReportView:
    return ReportView(
        form="cha",
        report_id="FR-HAZ-409-600001",
        record_id="HAZ-409-600001",
        organisation="npa",
        answers={},
        polygons={"polygon_points": polygons} if polygons else {},
        date_of_information=dt.date(2026, 10, 1),
    )


def accident(x: float, y: float) -> ReportView:
    return ReportView(
        form="accident",
        report_id="",
        record_id="",
        organisation="npa",
        answers={},
        points={"accident_point": Point(x, y)},
    )


def polygons_of(geometry: dict[str, Any] | None) -> list[Polygon]:
    if geometry is None:
        return []
    found = shape(geometry)
    return [found] if isinstance(found, Polygon) else list(found.geoms)


def drawn() -> Iterator[dict[str, Any] | None]:
    for name in ("suspect_areas_simplyfied", "cleared_areas_simplyfied"):
        text = (BOSNIA / f"{name}.geojson").read_text(encoding="utf-8")
        for feature in json.loads(text)["features"]:
            yield feature["geometry"]


def _area(found: BaseGeometry) -> float:
    return 0.0 if found.is_empty else area_m2(found)


def assert_told(view: ReportView, facts: FakeFacts) -> None:
    """Sentences fill, with a repair proposed, whatever the drawing is like."""
    rule = RULES["polygon_invalid"]
    for finding in rule.run(view, facts):
        for language in ("vi", "en"):
            assert "{" not in rule.advice.say(language, **finding.hit.values)


@needs(not BOSNIA.exists(), reason="the real areas of ../shared/data are not here")
@pytest.mark.slow
def test_every_null_and_every_invalid_area_is_told_and_no_other() -> None:
    facts, told, wrong = Elsewhere(), Counter[str](), []
    for geometry in drawn():
        view = area(polygons_of(geometry))
        found = {r for r in SHAPE_RULES if list(RULES[r].run(view, facts))}
        is_valid = geometry is not None and shape(geometry).is_valid
        told["null" if geometry is None else "valid" if is_valid else "invalid"] += 1
        if geometry is None:
            wrong += [] if found == {"polygon_missing"} else [geometry]
        elif is_valid and found and _area(shape(geometry)) < 1:
            told["sliver"] += 1  # empty, or a triangle of 13 m × 0 m: valid on paper only
        elif bool(found & {"polygon_invalid", "polygon_points"}) is is_valid:
            wrong.append(geometry)
        assert_told(view, facts)
    assert told == {"null": 1212, "invalid": 350, "valid": 5099, "sliver": 5}
    assert told["null"] + told["invalid"] + told["valid"] == 3708 + 2953
    assert wrong == []


@needs(not BOSNIA.exists(), reason="the real areas of ../shared/data are not here")
@pytest.mark.slow
def test_the_firewall_accounts_for_every_feature() -> None:
    fates, mendable = Counter[str](), 0
    for name in ("suspect_areas_simplyfied", "cleared_areas_simplyfied"):
        path = BOSNIA / f"{name}.geojson"
        account = file_examined(path)
        shapes = [f["geometry"] for f in json.loads(path.read_text(encoding="utf-8"))["features"]]
        assert [f.number for f in account.features] == list(range(1, len(shapes) + 1))
        for told, sent in zip(account.features, shapes, strict=True):
            is_null, is_broken = sent is None, sent is not None and not shape(sent).is_valid
            assert (told.fate == "null") is is_null
            assert told.fate == "broken" or not is_broken
            assert told.is_mendable or not is_broken
            assert told.examined is not None
            assert bool(told.examined.problems) is (told.fate != "sound")
        fates += account.fates
        mendable += account.mendable
    # Three of the broken ones are valid on paper: thinner than two points may differ.
    assert fates == {"null": 1212, "empty": 2, "broken": 353, "doubtful": 30, "sound": 5064}
    assert fates.total() == 3708 + 2953
    assert mendable == 350


@needs(not EVENTS.exists(), reason="the real events of ../shared/data are not here")
@pytest.mark.slow
def test_of_25428_events_the_one_with_the_wrong_sign_is_told() -> None:
    facts, told = Elsewhere(land=box(-82, -5, -66, 14)), Counter[str]()
    with EVENTS.open(encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            told["events"] += 1
            if not row["lon"] or not row["lat"]:
                told["nowhere"] += 1
                continue
            view = accident(float(row["lon"]), float(row["lat"]))
            told.update(r for r in PLACE_RULES if list(RULES[r].run(view, facts)))
    assert told == {"events": 25_428, "outside_province": 1}


@needs(not PILOT.exists(), reason="the pilot's reports of ../shared/data are not here")
def test_of_75_pilot_reports_the_five_test_entries_are_told() -> None:
    features = json.loads(PILOT.read_text(encoding="utf-8"))["features"]
    told = Counter[str]()
    for feature in features:
        view = accident(*feature["geometry"]["coordinates"][:2])
        told.update(r for r in PLACE_RULES if list(RULES[r].run(view, FakeFacts())))
    assert len(features) == 75
    # Geneva, where the pilot was made, and four in the south of the country.
    assert told == {"outside_province": 5}
