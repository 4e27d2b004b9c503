"""What a person drew on a page: GeoJSON of a form field, or one "lat, lon" to a row. Pure.

Nothing of it is trusted: what cannot be read is no drawing, and what can be read is judged like
any other geometry that comes in.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from shapely.geometry import LineString, Polygon

TEXT = 200_000  # characters: some thousands of points
POINTS = 5_000
DECIMALS = 7  # of a degree: a centimetre

Pair = tuple[float, float]


def line_drawn(text: str) -> LineString | None:
    """A line, lon/lat; None where there is none."""
    lines = _read(text, "LineString")
    points = lines[0] if len(lines) == 1 else []
    return LineString(points) if len(set(points)) > 1 else None


def polygons_drawn(text: str) -> list[Polygon]:
    """Outer rings as polygons, lon/lat, valid or not; empty where there is none."""
    rings = _read(text, "Polygon")
    if not rings or any(len(set(ring)) < 3 for ring in rings):
        return []
    return [Polygon(ring) for ring in rings]


def geojson_drawn(polygons: Sequence[Polygon]) -> str:
    """Outer rings for the form field, inverse of `polygons_drawn`; "" where there is none."""
    rings = [[_pairs(p.exterior.coords)] for p in polygons]
    if not rings:
        return ""
    if len(rings) == 1:
        return json.dumps({"type": "Polygon", "coordinates": rings[0]})
    return json.dumps({"type": "MultiPolygon", "coordinates": rings})


def _read(text: str, wanted: str) -> list[list[Pair]]:
    """The point lists of a text; empty where any of it is out of reach."""
    text = text.strip()
    if not text or len(text) > TEXT:
        return []
    lists = _of_geojson(text, wanted) if text.startswith("{") else [_of_rows(text)]
    points = [pair for one in lists for pair in one]
    if not points or len(points) > POINTS or not all(_is_near(*pair) for pair in points):
        return []
    return lists


def _of_rows(text: str) -> list[Pair]:
    pairs = re.findall(r"(-?\d+(?:\.\d+)?)[,;\s]+(-?\d+(?:\.\d+)?)", text)
    return [(float(lon), float(lat)) for lat, lon in pairs]


def _of_geojson(text: str, wanted: str) -> list[list[Pair]]:
    try:
        said = json.loads(text)
        kind, coordinates = said["type"], said["coordinates"]
        if kind == wanted == "LineString":
            return [_pairs(coordinates)]
        if wanted == "Polygon" and kind in ("Polygon", "MultiPolygon"):
            polygons = [coordinates] if kind == "Polygon" else coordinates
            # A hole cannot be written into a form: who sends one gets no drawing.
            return [_pairs(rings[0]) for rings in polygons if _is_one(rings)]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        pass
    return []


def _is_one(rings: Any) -> bool:
    if len(rings) != 1:
        raise ValueError
    return True


def _pairs(coordinates: Any) -> list[Pair]:
    return [(round(float(p[0]), DECIMALS), round(float(p[1]), DECIMALS)) for p in coordinates]


def _is_near(lon: float, lat: float) -> bool:
    """Whether a point lies on the globe, so that it can be measured and shown."""
    return math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90
