"""A survey's boxes for its page: on the map, counted by result."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from datlanh.hazards.selectors.boxes import (
    InForce,
    SurveyedBox,
    box_table,
    counts,
    surveyed_boxes,
)
from datlanh.kernel.boxes import Result
from datlanh.kernel.grid import BOX_M2, polygons_of
from datlanh.register.models import Version

DECIMALS = 6  # of a degree: a tenth of a metre is enough to see a box


@dataclass(frozen=True)
class Counted:
    """One result with its boxes; `result` None counts what the table does not know."""

    result: Result | None
    boxes: int

    @property
    def area_m2(self) -> float:
        """What these boxes cover, square metres."""
        return self.boxes * BOX_M2


def boxes_shown(version: Version) -> tuple[list[SurveyedBox], InForce]:
    """The boxes of a version, read by the table in force."""
    table = box_table()
    return surveyed_boxes(version, table.results), table


def counted(boxes: Sequence[SurveyedBox], table: InForce) -> list[Counted]:
    """How many boxes came to what."""
    return [Counted(result, n) for result, n in counts(boxes, table.results)]


def box_features(boxes: Sequence[SurveyedBox]) -> list[dict[str, Any]]:
    """Boxes for the map: their ground, and the mark that is read without colour."""
    on_grid = [b for b in boxes if b.found.box is not None]
    rings = shapely.get_coordinates(polygons_of([b.found.box for b in on_grid if b.found.box]))
    corners = iter(rings.round(DECIMALS).reshape(-1, 5, 2).tolist())
    features = []
    for box in boxes:
        said = {"mark": box.result.mark if box.result else "grey", "label": box.name}
        if box.found.box is not None:
            square = {"type": "Polygon", "coordinates": [next(corners)]}
            properties = {"role": "box", **said}
            features.append({"type": "Feature", "properties": properties, "geometry": square})
        elif box.ground is not None:
            features.append(feature(box.ground, "box", **said))
    return features


def feature(ground: Any, role: str, **said: str) -> dict[str, Any]:
    """One feature, lon/lat, with its role."""
    rounded = shapely.transform(ground, lambda c: c.round(DECIMALS))
    return {
        "type": "Feature",
        "properties": {"role": role, **said},
        "geometry": json.loads(shapely.to_geojson(rounded)),
    }


def survey_boxes(version: Version | None, features: dict[str, Any] | None) -> dict[str, Any]:
    """What the page of a survey adds: boxes on its map, and their counts."""
    if version is None or "survey_boxes" not in version.lists:
        return {}
    boxes, table = boxes_shown(version)
    before = features["features"] if features else []
    return {
        "box_counts": counted(boxes, table),
        "box_total": len(boxes),
        "features": {"type": "FeatureCollection", "features": [*box_features(boxes), *before]},
    }
