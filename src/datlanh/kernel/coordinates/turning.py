"""Tables of turning points: SP, TP1, TP2 … around each ring of a polygon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shapely.geometry import MultiPolygon, Point, Polygon

from datlanh.kernel.coordinates.systems import cells
from datlanh.kernel.geometry import WGS84, open_ring


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """One row: the point, its cells in the system asked for, and the way to the next point.

    `part` counts the polygons from 1; `hole` the rings inside one, 0 for the outer ring.
    The bearing is true, from north, degrees; the way from the last point leads back to SP.
    """

    name: str
    part: int
    hole: int
    point: Point
    cells: tuple[str, ...]
    distance_m: float
    bearing_deg: float


def turning_points(
    outline: Polygon | MultiPolygon, system: str, language: str = "vi"
) -> list[TurningPoint]:
    """The turning points of an outline. Source: SOP 2021, App. 02, forms 5 and 8: SP, TP1 …"""
    return [
        row
        for part, hole, ring in _rings(outline)
        for row in _around(part, hole, ring, system, language)
    ]


def name_of(index: int) -> str:
    """`SP` for the first point of a ring, then `TP1` …"""
    return f"TP{index}" if index else "SP"


def _around(
    part: int, hole: int, ring: list[tuple[float, float]], system: str, language: str
) -> Iterator[TurningPoint]:
    for i, (lon, lat) in enumerate(ring):
        onward = ring[(i + 1) % len(ring)]
        bearing, _, metres = WGS84.inv(lon, lat, *onward)
        at = Point(lon, lat)
        written = cells(at, system, language)
        yield TurningPoint(name_of(i), part, hole, at, written, float(metres), float(bearing) % 360)


def _rings(
    outline: Polygon | MultiPolygon,
) -> Iterator[tuple[int, int, list[tuple[float, float]]]]:
    polygons = outline.geoms if isinstance(outline, MultiPolygon) else [outline]
    for part, polygon in enumerate(polygons, 1):
        for hole, ring in enumerate((polygon.exterior, *polygon.interiors)):
            if pairs := open_ring((c[0], c[1]) for c in ring.coords):
                yield part, hole, pairs
