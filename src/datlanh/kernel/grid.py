"""The survey grid: 50 m boxes on UTM zone 48 north (EPSG:32648), nested in squares of 1 km.

Nothing of it is stored: a box is known by its id alone. `E715N1856-0712` is the kilometre square
whose south-west corner is 715 km east and 1856 km north, and in it column 07 (counted eastwards
from 00) and row 12 (counted northwards from 00), each 50 m. Boxes are half open: a point on a
common edge belongs to the box east or north of it. Everything taken and given is lon/lat, WGS 84,
unless it says "UTM".
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

BOX_M = 50  # CMRS practice: boxes of 50 m × 50 m, 2,500 m²
SQUARE_M = 1000  # a kilometre square holds 20 × 20 boxes
SIDE = SQUARE_M // BOX_M
BOX_M2 = float(BOX_M * BOX_M)
# A box that came through another coordinate system and five decimals of a degree is off by up to
# 0.8 m; one off by more was drawn on another grid.
ON_GRID_M = 1.5

_ID = re.compile(r"E(\d{3})N(\d{4})-([01]\d)([01]\d)")
# Where zone 48 is used: its own six degrees and half a degree beside them, the northern half.
_EAST = (100_000, 900_000)
_NORTH = (0, 9_400_000)


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """One box by its column and row on the whole grid (50 m steps from the zone's origin)."""

    column: int
    row: int

    @property
    def id(self) -> str:
        """`E715N1856-0712`."""
        east, column = divmod(self.column, SIDE)
        north, row = divmod(self.row, SIDE)
        return f"E{east:03d}N{north:04d}-{column:02d}{row:02d}"

    @property
    def square(self) -> str:
        """The kilometre square it lies in: `E715N1856`."""
        return self.id.partition("-")[0]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north; UTM metres."""
        west, south = float(self.column * BOX_M), float(self.row * BOX_M)
        return west, south, west + BOX_M, south + BOX_M

    def moved(self, columns: int, rows: int) -> Box:
        """The box so many columns east and rows north."""
        return Box(self.column + columns, self.row + rows)


def box_of_id(text: str) -> Box | None:
    """The box of an id, however its letters are written; None where it is none."""
    found = _ID.fullmatch("".join(text.split()).upper())
    if found is None:
        return None
    east, north, column, row = (int(part) for part in found.groups())
    box = Box(east * SIDE + column, north * SIDE + row)
    return box if _is_in_zone(box) else None


def box_at(lon: float, lat: float) -> Box | None:
    """The box a point lies in; None where zone 48 does not reach."""
    east, north = _forward().transform(lon, lat)
    if not (math.isfinite(east) and math.isfinite(north)):
        return None
    box = Box(math.floor(east / BOX_M), math.floor(north / BOX_M))
    return box if _is_in_zone(box) else None


def box_of_polygon(polygon: BaseGeometry) -> Box | None:
    """The box a drawn polygon is, lon/lat; None where it is not on the grid."""
    return box_of_utm(to_utm(polygon))


def box_of_utm(polygon: BaseGeometry) -> Box | None:
    """The box a polygon in UTM metres is, each side within the tolerance; None off the grid."""
    if polygon.is_empty or polygon.geom_type not in ("Polygon", "MultiPolygon"):
        return None
    bounds = polygon.bounds
    if not all(math.isfinite(v) for v in bounds):
        return None
    box = Box(round(bounds[0] / BOX_M), round(bounds[1] / BOX_M))
    far = max(abs(a - b) for a, b in zip(bounds, box.bounds, strict=True))
    # The ring must fill its own bounds: a triangle has those of a box too.
    fills = abs(polygon.area - BOX_M2) <= 4 * BOX_M * ON_GRID_M
    return box if far <= ON_GRID_M and fills and _is_in_zone(box) else None


def polygon_of(box: Box) -> Polygon:
    """The box as a polygon, lon/lat."""
    return from_utm(shapely.box(*box.bounds))  # type: ignore[no-any-return]


def polygons_utm(boxes: Sequence[Box]) -> NDArray[Any]:
    """Many boxes as polygons in UTM metres."""
    found = np.array([b.bounds for b in boxes], dtype=float).reshape(-1, 4)
    return np.asarray(shapely.box(found[:, 0], found[:, 1], found[:, 2], found[:, 3]))


def polygons_of(boxes: Sequence[Box]) -> NDArray[Any]:
    """Many boxes as polygons, lon/lat: one projection for all."""
    return np.asarray(from_utm(polygons_utm(boxes)))


def neighbours(box: Box, steps: int = 1) -> list[Box]:
    """The boxes around one, corners included, up to so many steps away; west and south first."""
    reach = range(-steps, steps + 1)
    return [box.moved(c, r) for c in reach for r in reach if (c, r) != (0, 0)]


def boxes_touching(polygon: BaseGeometry) -> list[Box]:
    """Every box that shares ground with a polygon (lon/lat), in the order of the grid."""
    ground = to_utm(polygon)
    west, south, east, north = (math.floor(v / BOX_M) for v in ground.bounds)
    boxes = [Box(c, r) for c in range(west, east + 1) for r in range(south, north + 1)]
    squares = polygons_utm(boxes)
    shapely.prepare(ground)
    shares = shapely.intersects(ground, squares) & ~shapely.touches(ground, squares)
    return [b for b, is_in in zip(boxes, shares, strict=True) if is_in]


def to_utm(geometry: Any) -> Any:
    """Lon/lat to UTM zone 48 north, metres; one geometry or an array of them."""
    transform: Any = shapely.transform
    return transform(geometry, _forward().transform, interleaved=False)


def from_utm(geometry: Any) -> Any:
    """UTM zone 48 north to lon/lat; one geometry or an array of them."""

    def back(x: NDArray[Any], y: NDArray[Any]) -> Any:
        return _forward().transform(x, y, direction="INVERSE")

    transform: Any = shapely.transform
    return transform(geometry, back, interleaved=False)


def _is_in_zone(box: Box) -> bool:
    west, south, _, _ = box.bounds
    return _EAST[0] <= west < _EAST[1] and _NORTH[0] <= south < _NORTH[1]


@lru_cache(maxsize=1)
def _forward() -> Transformer:
    # A pipeline, as in `geometry`: longitude first, no datum shift, no database file.
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        "+step +proj=utm +zone=48 +ellps=WGS84"
    )
