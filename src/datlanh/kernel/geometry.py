"""Areas and distances: measured in one equal-area plane local to the area.

The plane is Lambert azimuthal equal-area on the WGS 84 ellipsoid, centred at the middle of the
geometries' bounding box rounded to half a degree (ties go up). It is therefore a function of
the geometry alone, every polygon within the same half degree (some 55 km) shares it, and
whoever has the polygon finds the plane again without asking a table. Half a degree keeps every
point within 40 km of the centre, where lengths are right to 5 in a million. The projection
keeps areas exactly; the centre only decides how straight an edge between two vertices runs.
Two neighbours on both sides of a rounding border differ by less than 10⁻⁹ of the area
(0.07 m² on a square of 10 km), far inside `agrees`. Where parts must add up to a whole, give
all of them one plane: `plane_for(whole)`.

Everything taken and given is lon/lat, WGS 84 (EPSG:4326), unless it says "in the plane".
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel.text import Text

PLANE_GRID_DEG = 0.5  # centres of planes lie on this grid
RING_TOLERANCE_DEG = 0.000001  # two pairs nearer than this are one; GICHD geocheck
AREA_TOLERANCE_M2 = 1.0  # identities of areas close to this, or …
AREA_TOLERANCE = 1e-6  # … to this share of the larger area
WKB_DECIMALS = 9  # about 0.1 mm: below any survey, above the noise of an overlay

WGS84 = Geod(ellps="WGS84")

TOO_FEW_POINTS = Text("có ít hơn 3 điểm khác nhau", "it has fewer than 3 different points")
ON_ONE_LINE = Text("mọi điểm nằm trên một đường thẳng", "all its points lie on one line")
NOT_ON_GLOBE = Text(
    "có tọa độ không tồn tại (vĩ độ quá 90° hoặc kinh độ quá 180°)",
    "a coordinate does not exist (latitude beyond 90° or longitude beyond 180°)",
)
SPIKE = Text(
    "có gai nhọn: ranh giới đi ra một điểm rồi quay lại theo chính đường đó",
    "it has a spike: the boundary runs out to a point and back the same way",
)
OTHER_REASON = Text("ranh giới không khép thành một khu vực", "the boundary encloses no area")
CROSSINGS = {
    "Self-intersection": Text("ranh giới tự cắt nhau", "the boundary crosses itself"),
    "Ring Self-intersection": Text(
        "ranh giới chạm lại chính nó tại một điểm", "the boundary touches itself at a point"
    ),
}
REASONS = {
    **CROSSINGS,
    "Too few points in geometry component": TOO_FEW_POINTS,
    "Hole lies outside shell": Text(
        "lỗ trống nằm ngoài ranh giới", "a hole lies outside the boundary"
    ),
    "Holes are nested": Text("lỗ trống lồng trong lỗ trống", "a hole lies inside another hole"),
    "Interior is disconnected": Text(
        "bên trong bị chia thành nhiều phần", "the inside falls into separate parts"
    ),
    "Duplicate Rings": Text("một vòng được vẽ hai lần", "a ring is drawn twice"),
}

Pairs = Iterable[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Plane:
    """An equal-area plane by its centre, degrees."""

    lon: float
    lat: float

    @property
    def proj(self) -> str:
        """The plane as a PROJ string, as `ST_Transform(outline, …)` takes it too."""
        return f"+proj=laea +lat_0={self.lat} +lon_0={self.lon} +ellps=WGS84 +units=m"


def plane_for(*geometries: BaseGeometry) -> Plane:
    """The plane of some geometries together: the middle of their box on the half-degree grid.

    Raises ValueError where nothing has a place.
    """
    boxes = [g.bounds for g in geometries if not g.is_empty]
    if not boxes or not all(math.isfinite(v) for box in boxes for v in box):
        raise ValueError("a plane needs a geometry that is somewhere")
    west, south = min(b[0] for b in boxes), min(b[1] for b in boxes)
    east, north = max(b[2] for b in boxes), max(b[3] for b in boxes)
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise ValueError("a coordinate is not on the globe")
    return Plane(_on_grid((west + east) / 2), _on_grid((south + north) / 2))


def to_plane(geometry: BaseGeometry, plane: Plane) -> Any:
    """The geometry in the plane, metres. Raises ValueError where a pair is not on the globe."""
    placed = _placed(geometry, plane)
    if not np.isfinite(shapely.get_coordinates(placed)).all():
        raise ValueError("a coordinate is not on the globe")
    return placed


def many_to_plane(geometries: NDArray[Any], plane: Plane) -> NDArray[Any]:
    """`to_plane` of many at once; what is not on the globe comes out infinite."""
    placed: NDArray[Any] = _moved(geometries, _projection(plane).transform)
    return placed


def from_plane(geometry: BaseGeometry, plane: Plane) -> Any:
    """The inverse of `to_plane`, lon/lat.

    PROJ's own inverse misses its forward step by 10⁻⁸ degrees of latitude, 1.5 mm: enough to
    leave a square metre of sliver along a kilometre of common edge. One step of correction
    brings it below a micrometre.
    """
    projection = _projection(plane)

    def back(x: NDArray[Any], y: NDArray[Any]) -> Any:
        there = projection.transform(*projection.transform(x, y, direction="INVERSE"))
        return projection.transform(2 * x - there[0], 2 * y - there[1], direction="INVERSE")

    return _moved(geometry, back)


def area_m2(polygon: BaseGeometry, plane: Plane | None = None) -> float:
    """Area in square metres; for a valid polygon (see `invalid_reason`)."""
    return _finite(_placed(polygon, plane or plane_for(polygon)).area)


def areas_m2(polygons: Sequence[BaseGeometry]) -> NDArray[np.float64]:
    """`area_m2` of many polygons, a few µs each: one projection call per plane."""
    geometries = np.array(polygons, dtype=object)
    bounds = shapely.bounds(geometries)
    centres = np.floor((bounds[:, :2] + bounds[:, 2:]) / 2 / PLANE_GRID_DEG + 0.5)
    areas = np.zeros(len(geometries))
    for centre in np.unique(centres, axis=0):
        here = (centres == centre).all(axis=1)
        plane = Plane(*(float(v) * PLANE_GRID_DEG for v in centre))
        areas[here] = shapely.area(_moved(geometries[here], _projection(plane).transform))
    return areas


def perimeter_m(polygon: BaseGeometry, plane: Plane | None = None) -> float:
    """Length of all rings, metres."""
    return _finite(_placed(polygon, plane or plane_for(polygon)).length)


def union_area_m2(polygons: Sequence[BaseGeometry], plane: Plane | None = None) -> float:
    """Area covered by at least one of the polygons, square metres; overlap counts once."""
    if not polygons:
        return 0.0
    plane = plane or plane_for(*polygons)
    return float(shapely.union_all([to_plane(p, plane) for p in polygons]).area)


def overlap_m2(a: BaseGeometry, b: BaseGeometry, plane: Plane | None = None) -> float:
    """Area common to both, square metres."""
    if not shapely.intersects(shapely.envelope(a), shapely.envelope(b)):
        return 0.0
    plane = plane or plane_for(a, b)
    return float(to_plane(a, plane).intersection(to_plane(b, plane)).area)


def outside_m2(part: BaseGeometry, whole: BaseGeometry, plane: Plane | None = None) -> float:
    """Area of `part` that `whole` does not cover, square metres."""
    plane = plane or plane_for(whole)
    return float(to_plane(part, plane).difference(to_plane(whole, plane)).area)


def distance_m(point: Point, geometry: BaseGeometry) -> float:
    """Metres from a point to the geometry; 0 inside and on the edge."""
    plane = plane_for(point, geometry)
    return float(to_plane(point, plane).distance(to_plane(geometry, plane)))


def longest_gap_m(polygon: Polygon) -> tuple[float, Point]:
    """The longest step between consecutive points of the outer ring, metres, and its middle."""
    ring = shapely.get_coordinates(polygon.exterior)
    if not _on_globe(ring):
        return 0.0, Point(ring[0])
    steps = WGS84.line_lengths(ring[:, 0], ring[:, 1])
    at = int(np.argmax(steps))
    return float(steps[at]), Point((ring[at] + ring[at + 1]) / 2)


def agrees(a_m2: float, b_m2: float) -> bool:
    """Whether two areas are one: within 1 m² or a millionth of the larger."""
    return abs(a_m2 - b_m2) <= max(AREA_TOLERANCE_M2, AREA_TOLERANCE * max(abs(a_m2), abs(b_m2)))


def on_globe(geometry: BaseGeometry) -> bool:
    """Whether every pair is a longitude and a latitude."""
    return _on_globe(shapely.get_coordinates(geometry))


def swapped(geometry: BaseGeometry) -> Any:
    """The geometry with longitude and latitude exchanged."""
    return _moved(geometry, lambda x, y: (y, x))


def swapped_axes(geometry: BaseGeometry, box: tuple[float, float, float, float]) -> bool:
    """Whether the geometry misses the box (west, south, east, north) and lies in it swapped."""
    region = shapely.box(*box)
    return not region.intersects(geometry) and bool(region.covers(swapped(geometry)))


def same_pair(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether two pairs are one point within the ring tolerance."""
    return abs(a[0] - b[0]) <= RING_TOLERANCE_DEG and abs(a[1] - b[1]) <= RING_TOLERANCE_DEG


def open_ring(pairs: Pairs) -> list[tuple[float, float]]:
    """The ring without the pairs at its end that repeat its first."""
    ring = [(float(p[0]), float(p[1])) for p in pairs]
    while len(ring) > 1 and same_pair(ring[0], ring[-1]):
        ring.pop()
    return ring


def closed_ring(pairs: Pairs) -> list[tuple[float, float]]:
    """The ring with its first pair once more at the end; pairs given twice in a row once.

    Source: SOP 2021, definitions (p. 3): first and last pair equal, all others unique.
    """
    ring: list[tuple[float, float]] = []
    for pair in open_ring(pairs):
        if not ring or not same_pair(ring[-1], pair):
            ring.append(pair)
    return [*ring, ring[0]] if ring else []


def distinct_pairs(polygon: Polygon) -> int:
    """How many different points the outer ring has."""
    kept: list[tuple[float, float]] = []
    for pair in open_ring(polygon.exterior.coords):
        if not any(same_pair(pair, k) for k in kept):
            kept.append(pair)
        if len(kept) > 3:  # enough to know that there are enough
            break
    return len(kept)


def repeated_pairs(polygon: Polygon) -> list[tuple[int, Point]]:
    """Points of the outer ring that stand there before: (number from 1, where)."""
    ring = np.array(open_ring(polygon.exterior.coords)).reshape(-1, 2)
    points: Any = shapely.points(ring)
    one, other = shapely.STRtree(points).query(
        points, predicate="dwithin", distance=RING_TOLERANCE_DEG
    )
    again = np.unique(np.maximum(one, other)[one != other])
    return [(int(i) + 1, points[i]) for i in again]


def normal_wkb(geometry: BaseGeometry) -> bytes:
    """One byte string per shape: 2D, little endian, rounded to 10⁻⁹ degrees, no SRID.

    Where a ring starts, which way it runs and the order of parts make no difference. For
    comparing registers; stored geometry stays as it was sent.
    """
    flat = shapely.force_2d(geometry)
    rounded = shapely.transform(flat, lambda c: np.round(c, WKB_DECIMALS) + 0.0)  # no −0.0
    return bytes(shapely.to_wkb(shapely.normalize(rounded), byte_order=1, include_srid=False))


def point_wkb(lon: float, lat: float) -> bytes:
    """`normal_wkb` of a point, without making one: reports are full of them."""
    step = 10**WKB_DECIMALS
    # As numpy rounds: scaled, to the nearest whole number, and back.
    return _POINT.pack(1, 1, round(lon * step) / step + 0.0, round(lat * step) / step + 0.0)


_POINT = struct.Struct("<BIdd")


def invalid_reason(polygon: Polygon) -> tuple[Text, Point] | None:
    """Why a polygon is no area, and where; None for a valid one. Never repairs.

    Source: GICHD geocheck (invalid polygon, with reason); OGC simple features.
    """
    if polygon.is_empty:
        return TOO_FEW_POINTS, Point()
    pairs = shapely.get_coordinates(polygon)
    if not _on_globe(pairs):
        far = ~np.isfinite(pairs).all(axis=1) | (np.abs(pairs) > (180, 90)).any(axis=1)
        return NOT_ON_GLOBE, Point(np.nan_to_num(pairs[int(np.argmax(far))]))
    told = str(shapely.is_valid_reason(polygon))
    if told == "Valid Geometry":
        return (ON_ONE_LINE, Point(pairs[0])) if _is_line(polygon) else None
    return _reason(polygon, told)


def usable(polygons: Iterable[Polygon]) -> list[Polygon]:
    """Those polygons that can be measured."""
    return [p for p in polygons if invalid_reason(p) is None]


def as_one(polygons: Sequence[Polygon]) -> Polygon | MultiPolygon:
    """All polygons as one valid geometry, lon/lat."""
    union: Polygon | MultiPolygon = polygons[0] if len(polygons) == 1 else _union(polygons)
    return union


def _reason(polygon: Polygon, told: str) -> tuple[Text, Point]:
    """What GEOS told, `Self-intersection[107.1 16.7]`, in our words."""
    reason, _, place = told.partition("[")
    at = Point([float(v) for v in place.rstrip("]").split()[:2]] or polygon.exterior.coords[0])
    if distinct_pairs(polygon) < 3:
        return TOO_FEW_POINTS, at
    if _is_line(polygon):
        return ON_ONE_LINE, at
    if reason in CROSSINGS and _is_spike(polygon, at):
        return SPIKE, at
    return REASONS.get(reason, OTHER_REASON), at


def _is_line(polygon: Polygon) -> bool:
    """Whether the polygon is thinner than two pairs may differ: decimals hide exact lines."""
    hull = polygon.convex_hull
    return bool(2 * hull.area <= RING_TOLERANCE_DEG * hull.length)


def _is_spike(polygon: Polygon, at: Point) -> bool:
    """Whether the boundary turns back on itself at that point."""
    for ring in (polygon.exterior, *polygon.interiors):
        pairs = open_ring(ring.coords)
        for i, here in enumerate(pairs):
            if same_pair(here, (at.x, at.y)):
                before, after = pairs[i - 1], pairs[(i + 1) % len(pairs)]
                back = (before[0] - here[0], before[1] - here[1])
                out = (after[0] - here[0], after[1] - here[1])
                along = back[0] * out[0] + back[1] * out[1]
                if along > 0 and along >= 0.9999999999 * math.hypot(*back) * math.hypot(*out):
                    return True
    return False


@lru_cache(maxsize=256)
def _projection(plane: Plane) -> Transformer:
    # A pipeline, not a pair of EPSG codes: longitude comes first by construction, no datum
    # shift can slip in, and no database file is read.
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=laea +lat_0={plane.lat} +lon_0={plane.lon} +ellps=WGS84"
    )


def _moved(geometry: Any, move: Callable[[Any, Any], Any]) -> Any:
    # One place for what the stubs of shapely do not know: `interleaved`, and arrays.
    transform: Any = shapely.transform
    return transform(geometry, move, interleaved=False)


def _union(polygons: Iterable[BaseGeometry]) -> Any:
    return shapely.union_all(list(polygons))


def _placed(geometry: BaseGeometry, plane: Plane) -> Any:
    return _moved(geometry, _projection(plane).transform)


def _finite(measure: float) -> float:
    if not math.isfinite(measure):
        raise ValueError("a coordinate is not on the globe")
    return float(measure)


def _on_grid(degrees: float) -> float:
    return math.floor(degrees / PLANE_GRID_DEG + 0.5) * PLANE_GRID_DEG


def _on_globe(pairs: NDArray[np.float64]) -> bool:
    return bool(
        np.isfinite(pairs).all()
        and (np.abs(pairs[:, 0]) <= 180).all()
        and (np.abs(pairs[:, 1]) <= 90).all()
    )
