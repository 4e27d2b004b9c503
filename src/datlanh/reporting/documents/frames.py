"""The frame of a printed map: what ground lies on what paper, its grids and its norths.

Paper is measured in millimetres from the frame's upper left corner, ground in metres of the
map's own grid. The scale holds on that grid: TM-3 shrinks the ground by 1 part in 10,000 at its
meridian, UTM by 4, less than a pen's width on any sheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import shapely
from shapely.affinity import affine_transform
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from datlanh.kernel.coordinates import from_metres, in_metres, metres

PAPERS = {"A4": (210, 297), "A3": (297, 420), "A2": (420, 594), "A1": (594, 841)}  # mm, upright
SCALES = (25_000, 50_000, 100_000)
# Of maps of one area: the largest scale at which it fits.
CLOSER = (500, 1_000, 2_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000)
STEPS_M = (50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
GRID_MM = 36  # the least distance of two grid lines
MINUTES = (1 / 12, 1 / 6, 0.25, 0.5, 1, 2, 5, 10, 15, 30)
GRATICULE_MM = 35
EDGE_MM = 7.0
ROOM = 0.86  # of the frame for the one area it is drawn for


@dataclass(frozen=True)
class Frame:
    """A rectangle of ground in a system of metres, on so much paper at a scale."""

    system: str
    easting: float  # of the middle
    northing: float
    scale: int
    width_mm: float
    height_mm: float
    letters: float = 1.0  # how much larger than on A4 everything is written

    @property
    def edge_mm(self) -> float:
        """The room around the frame for the numbers of the grids."""
        return EDGE_MM * self.letters

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north, metres of the grid."""
        half_w = self.width_mm * self.scale / 2000
        half_h = self.height_mm * self.scale / 2000
        return (
            self.easting - half_w,
            self.northing - half_h,
            self.easting + half_w,
            self.northing + half_h,
        )

    @cached_property
    def window(self) -> tuple[float, float, float, float]:
        """The lon/lat box around it: what the database is asked for."""
        west, south, east, north = self.bounds
        edge = shapely.segmentize(shapely.box(west, south, east, north).exterior, (east - west) / 8)
        corners = [from_metres(y, x, self.system) for x, y in edge.coords]
        lons, lats = [p.x for p in corners], [p.y for p in corners]
        return min(lons), min(lats), max(lons), max(lats)

    def paper(self, shape: BaseGeometry, beyond_mm: float = 3.0) -> Any:
        """A lon/lat shape on the paper, cut a little outside the frame; may be empty."""
        west, _, _, north = self.bounds
        k = 1000 / self.scale
        flat = affine_transform(in_metres(shape, self.system), [k, 0, 0, -k, -west * k, north * k])
        b = beyond_mm
        return shapely.clip_by_rect(flat, -b, -b, self.width_mm + b, self.height_mm + b)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """A lon/lat point on the paper, inside or outside the frame."""
        northing, easting = metres(Point(lon, lat), self.system)
        return self.spot(easting, northing)

    def spot(self, easting: float, northing: float) -> tuple[float, float]:
        """A point of the grid on the paper."""
        west, _, _, north = self.bounds
        return (easting - west) * 1000 / self.scale, (north - northing) * 1000 / self.scale

    @property
    def middle(self) -> Point:
        """Its middle, lon/lat."""
        return from_metres(self.northing, self.easting, self.system)

    @property
    def convergence_deg(self) -> float:
        """From true north to grid north at the middle: positive where grid north lies east of it.

        The paper's upper edge is grid north, so true north is drawn this much to the left.
        """
        at = self.middle
        n0, e0 = metres(Point(at.x, at.y - 0.005), self.system)
        n1, e1 = metres(Point(at.x, at.y + 0.005), self.system)
        return -math.degrees(math.atan2(e1 - e0, n1 - n0))

    @property
    def grid_m(self) -> int:
        """The distance of the grid's lines on the ground."""
        least = GRID_MM * self.scale / 1000
        return next((s for s in STEPS_M if s >= least), STEPS_M[-1])

    def grid(self) -> tuple[list[int], list[int]]:
        """The eastings and northings at which a line is drawn."""
        west, south, east, north = self.bounds
        return _every(self.grid_m, west, east), _every(self.grid_m, south, north)

    def graticule(self) -> tuple[list[float], list[float]]:
        """The meridians and parallels marked at the edge, degrees."""
        west, south, east, north = self.window
        least = GRATICULE_MM * self.scale / 1000 / 1850  # minutes of latitude
        step = next((m for m in MINUTES if m >= least), MINUTES[-1])
        lons = [i * step / 60 for i in _every(1, west * 60 / step, east * 60 / step)]
        lats = [i * step / 60 for i in _every(1, south * 60 / step, north * 60 / step)]
        return lons, lats

    def crossings(self) -> Iterator[tuple[str, float, float]]:
        """Where meridians cross the upper edge and parallels the right one: ("lon", deg, mm)."""
        west, south, east, north = self.bounds
        lons, lats = self.graticule()
        for lon in lons:
            x = _found(lambda e: from_metres(north, e, self.system).x, lon, west, east)
            if x is not None:
                yield "lon", lon, (x - west) * 1000 / self.scale
        for lat in lats:
            y = _found(lambda n: from_metres(n, east, self.system).y, lat, south, north)
            if y is not None:
                yield "lat", lat, (north - y) * 1000 / self.scale


def frame_around(shape: BaseGeometry, system: str, width_mm: float, height_mm: float) -> Frame:
    """The frame that shows a lon/lat shape as large as a usual scale allows."""
    west, south, east, north = in_metres(shape, system).bounds
    need = max((east - west) / width_mm, (north - south) / height_mm, 1e-9) * 1000 / ROOM
    scale = next((s for s in CLOSER if s >= need), CLOSER[-1])
    return Frame(system, (west + east) / 2, (south + north) / 2, scale, width_mm, height_mm)


def frame_at(
    at: Point, system: str, *, scale: int, width_mm: float, height_mm: float, letters: float = 1.0
) -> Frame:
    """The frame with that lon/lat point in its middle."""
    northing, easting = metres(at, system)
    return Frame(system, easting, northing, scale, width_mm, height_mm, letters)


def bar_m(scale: int, width_mm: float) -> int:
    """The whole length of a scale bar of at most `width_mm`: four round parts."""
    most = width_mm * scale / 1000
    lengths: list[int] = [n * 10**k for k in range(1, 6) for n in (2, 4, 8, 20)]
    return max((m for m in lengths if m <= most), default=lengths[0])


def _every(step: float, first: float, last: float) -> list[int]:
    begin, end = math.ceil(first / step), math.floor(last / step)
    return [round(i * step) for i in range(begin, end + 1)]


def _found(value: Any, wanted: float, low: float, high: float) -> float | None:
    """Where a rising function has a value; None outside."""
    if not value(low) <= wanted <= value(high):
        return None
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if value(middle) < wanted else (low, middle)
    return (low + high) / 2
