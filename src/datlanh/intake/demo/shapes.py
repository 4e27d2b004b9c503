"""Natural-looking outlines: survey boxes, walked boundaries, pieces of them; metres (UTM 48N)."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from random import Random

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import LineString, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

BOX_M = 50  # a survey box of CMRS: 50 m by 50 m on the UTM grid
DECIMALS = 5  # coordinates are written dd.ddddd
SMALLEST_PIECE_M2 = 4000.0

_TO_DEGREES = Transformer.from_crs("EPSG:32648", "EPSG:4326", always_xy=True)
_TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:32648", always_xy=True)


def to_metres(shape: BaseGeometry) -> BaseGeometry:
    """Lon/lat to UTM 48N."""
    return _moved(shape, _TO_METRES)


def ring_of(shape: Polygon) -> list[list[float]]:
    """The outer boundary as a phone sends it: lon/lat, five decimals, closed."""
    ring: list[list[float]] = []
    for x, y in _degrees(shape.exterior.coords):
        if not ring or ring[-1] != [x, y]:
            ring.append([x, y])
    return ring


def sendable(shape: Polygon) -> Polygon:
    """The shape without places so narrow that rounded coordinates would cross there."""
    for narrow in (0.0, 1.0, 2.0, 4.0, 8.0):
        kept = largest(shape.buffer(-narrow, join_style="mitre")) if narrow else shape
        if not kept.is_empty and Polygon(ring_of(kept)).is_valid:
            return kept
    return largest(shape.convex_hull)


def pair_of(point: Point) -> list[float]:
    """A point as a phone sends it: lon/lat, five decimals."""
    return list(next(_degrees(point.coords)))


def boxes(rng: Random, area: float, centre: tuple[float, float]) -> Polygon:
    """Survey boxes around a strike: those nearest along its line, ragged at the edge."""
    wanted = max(round(area / BOX_M**2), 2)
    turn, stretch = rng.uniform(0, math.pi), rng.uniform(1.0, 2.8)
    lobes = [(k, rng.uniform(0.05, 0.3), rng.uniform(0, 2 * math.pi)) for k in (2, 3, 5)]
    start = (int(centre[0] // BOX_M), int(centre[1] // BOX_M))
    waiting, seen = [(0.0, start)], {start}
    taken: list[tuple[int, int]] = []
    while waiting and len(taken) < wanted:
        _, (column, row) = heapq.heappop(waiting)
        taken.append((column, row))
        for beside in ((column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)):
            if beside in seen:
                continue
            seen.add(beside)
            x, y = beside[0] - start[0], beside[1] - start[1]
            along = x * math.cos(turn) + y * math.sin(turn)
            across = y * math.cos(turn) - x * math.sin(turn)
            around = math.atan2(across, along)
            bulge = 1 + sum(a * math.sin(k * around + p) for k, a, p in lobes)
            far = math.hypot(along / stretch, across) * bulge * rng.uniform(0.88, 1.2)
            heapq.heappush(waiting, (far, beside))
    squares = [box(c * BOX_M, r * BOX_M, (c + 1) * BOX_M, (r + 1) * BOX_M) for c, r in taken]
    return Polygon(largest(shapely.union_all(squares)).exterior)


def walked(rng: Random, area: float, centre: tuple[float, float]) -> Polygon:
    """A boundary walked by a team: lengthy, bulging, with corners at uneven steps."""
    corners = rng.randint(12, 34)
    turn, stretch = rng.uniform(0, math.pi), rng.uniform(1.0, 2.6)
    waves = [(k, rng.uniform(0, 0.5 / k), rng.uniform(0, 2 * math.pi)) for k in range(2, 8)]
    points = []
    for corner in range(corners):
        angle = (corner + rng.uniform(0.1, 0.9)) * 2 * math.pi / corners
        reach = 1 + sum(a * math.sin(k * angle + p) for k, a, p in waves)
        reach = max(reach * rng.uniform(0.9, 1.1), 0.3)
        along, across = reach * math.cos(angle) * stretch, reach * math.sin(angle)
        points.append(
            (
                along * math.cos(turn) - across * math.sin(turn),
                along * math.sin(turn) + across * math.cos(turn),
            )
        )
    drawn = Polygon(points)
    return _placed(drawn, math.sqrt(area / drawn.area), centre)


def pieces(rng: Random, shape: Polygon, count: int) -> list[Polygon]:
    """The shape in some `count` tasks, one beside the other along its length, nothing left out.

    A cut across a bay makes two pieces; fewer cuts where one would leave a mere splinter.
    """
    for wanted in range(count, 1, -1):
        found = _cut(rng, shape, wanted)
        if found:
            return found
    return [shape]


def _cut(rng: Random, shape: Polygon, count: int) -> list[Polygon]:
    middle, (axis_x, axis_y) = shape.centroid, _long_axis(shape)
    places = (shapely.get_coordinates(shape) - (middle.x, middle.y)) @ (axis_x, axis_y)
    low, high = float(places.min()), float(places.max())
    reach = shape.length
    rest: list[Polygon] = [shape]
    for number in range(1, count):
        at = low + (high - low) * (number + rng.uniform(-0.15, 0.15)) / count
        x, y = middle.x + at * axis_x, middle.y + at * axis_y
        line = LineString(
            [(x - axis_y * reach, y + axis_x * reach), (x + axis_y * reach, y - axis_x * reach)]
        )
        rest = [p for whole in rest for p in polygons(split(whole, line))]
    return [sendable(p) for p in rest] if all(p.area >= SMALLEST_PIECE_M2 for p in rest) else []


def _long_axis(shape: Polygon) -> tuple[float, float]:
    around = shapely.get_coordinates(shape.minimum_rotated_rectangle)
    sides = np.diff(around[:3], axis=0)
    longest = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    x, y = longest / np.hypot(*longest)
    return float(x), float(y)


def with_fade_out(rng: Random, piece: Polygon) -> Polygon:
    """The piece, and the ground that was cleared beyond its edge where items still turned up."""
    edge = piece.exterior.interpolate(rng.random(), normalized=True)
    beyond = edge.buffer(rng.uniform(20, 60), quad_segs=3)
    return sendable(Polygon(largest(piece.union(beyond)).exterior))


def pocket(rng: Random, shape: Polygon) -> Polygon | None:
    """Ground inside that could not be cleared: a grave plot, a pond."""
    spot = inside(rng, shape)
    found = walked(rng, rng.uniform(150, 900), (spot.x, spot.y))
    return found if shape.buffer(-3).contains(found) else None


def inside(rng: Random, shape: Polygon) -> Point:
    """A point well within the shape."""
    west, south, east, north = shape.bounds
    shapely.prepare(shape)
    for _ in range(200):
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if shape.contains(point) and shape.exterior.distance(point) > 3:
            return point
    return shape.representative_point()


def largest(shape: BaseGeometry) -> Polygon:
    """The largest polygon of whatever an overlay left."""
    return max(polygons(shape), key=lambda p: p.area, default=Polygon())


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons among the parts of a shape."""
    return [p for p in getattr(shape, "geoms", [shape]) if isinstance(p, Polygon)]


def _placed(shape: Polygon, scale: float, centre: tuple[float, float]) -> Polygon:
    return shapely.transform(shape, lambda xy: xy * scale + centre)


def _moved(shape: BaseGeometry, by: Transformer) -> BaseGeometry:
    def moved(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(by.transform(xy[:, 0], xy[:, 1]))

    found: BaseGeometry = shapely.transform(shape, moved)
    return found


def _degrees(pairs: object) -> Iterator[tuple[float, float]]:
    xy = np.asarray(pairs)
    lon, lat = _TO_DEGREES.transform(xy[:, 0], xy[:, 1])
    for x, y in zip(lon, lat, strict=True):
        yield round(float(x), DECIMALS), round(float(y), DECIMALS)
