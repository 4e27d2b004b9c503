"""Files of areas before the firewall: every feature has one fate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from shapely.geometry import MultiPolygon, Point, Polygon, box, mapping

from datlanh.intake.examining import features_examined, file_examined
from datlanh.kernel.coordinates import metres

GOOD = box(107.1, 16.75, 107.102, 16.752)
BESIDE = box(107.101, 16.75, 107.103, 16.752)
BOW = Polygon([(107.1, 16.75), (107.102, 16.752), (107.102, 16.75), (107.1, 16.752)])
SPIKED = Polygon(
    [(107.1, 16.75), (107.102, 16.75), (107.105, 16.751), (107.102, 16.750003), (107.102, 16.752)]
)


def written(path: Path, *shapes: Any, crs: int | None = None) -> Path:
    features = [
        {"type": "Feature", "properties": {}, "geometry": None if s is None else mapping(s)}
        for s in shapes
    ]
    data: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        data["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_every_feature_has_one_fate(tmp_path: Path) -> None:
    shapes = [None, Point(107.1, 16.75), BOW, SPIKED, GOOD, MultiPolygon([BESIDE])]
    account = file_examined(written(tmp_path / "areas.geojson", *shapes))
    assert [f.fate for f in account.features] == [
        *("null", "other", "broken", "doubtful", "sound", "sound")
    ]
    assert account.mendable == 1
    assert account.problems["spike"] == 1
    assert account.overlapping >= 1
    assert account.common_m2 > 0


def test_an_empty_geometry_is_told_from_none() -> None:
    assert features_examined([None, Polygon()]).fates == {"null": 1, "empty": 1}


def test_a_file_in_vn2000_is_moved_to_wgs84(tmp_path: Path) -> None:
    def flat(pairs: Any) -> Any:
        there = [metres(Point(p), "vn2000_10615") for p in pairs]
        return [(easting, northing) for northing, easting in there]

    on_paper = shapely.transform(GOOD, flat)
    account = file_examined(written(tmp_path / "vn2000.geojson", on_paper, crs=9212))
    (feature,) = account.features
    assert feature.fate == "sound"
    assert feature.examined is not None
    assert shapely.hausdorff_distance(feature.examined.drawn[0], GOOD) < 1e-8


def test_the_command_tells_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = written(tmp_path / "areas.geojson", None, BOW, GOOD), tmp_path / "told.csv"
    call_command("areas", "examine", str(path), "--csv", str(out), "--language", "en")
    assert "3 features" in capsys.readouterr().out
    rows = out.read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 1 + 1 + 2 + 1  # two proposals for the crossed one
    with pytest.raises(CommandError):
        call_command("areas", "examine", str(tmp_path / "absent.geojson"))
