"""Coordinate systems that survey files come in, each as its way to the survey grid (UTM 48N)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pyproj import CRS, Transformer

# EPSG:6960, VN-2000 to WGS 84 (2), 2007; coordinate frame rotation, accuracy 1 m. Pinned: without
# it a library may take no shift at all, which is 190 m.
VN2000_TO_WGS84 = (
    "+step +proj=cart +ellps=WGS84 "
    "+step +proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 "
    "+rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278 +convention=coordinate_frame "
    "+step +inv +proj=cart +ellps=WGS84 "
)
UTM = "+step +proj=utm +zone=48 +ellps=WGS84"
_IS_VN2000 = re.compile(r"VN[-_ ]?2000|Viet ?nam[-_ ]?2000", re.IGNORECASE)

Move = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class System:
    """One system by its name, and the way from it to UTM 48N."""

    name: str
    to_utm: Move


def _pipeline(steps: str) -> Move:
    return Transformer.from_pipeline(f"+proj=pipeline {steps}").transform


def _same(x: Any, y: Any) -> Any:
    return x, y


DEGREES = "+step +proj=unitconvert +xy_in=deg +xy_out=rad "


def tm(lon: float, scale: float) -> str:
    """A transverse Mercator plane back to degrees of latitude and longitude, in radians."""
    return (
        f"+step +inv +proj=tmerc +lat_0=0 +lon_0={lon!r} +k={scale!r} +x_0=500000 +y_0=0 "
        "+ellps=WGS84 "
    )


# The ones that may be guessed where a file declares none, likeliest first.
SYSTEMS = (
    System("WGS 84", _pipeline(DEGREES + UTM)),
    System("UTM 48N", _same),
    System("VN-2000 / TM-3 106°15′", _pipeline(tm(106.25, 0.9999) + VN2000_TO_WGS84 + UTM)),
    System("VN-2000 / TM-3 106°00′", _pipeline(tm(106.0, 0.9999) + VN2000_TO_WGS84 + UTM)),
    System("VN-2000 / UTM 48N", _pipeline(tm(105.0, 0.9996) + VN2000_TO_WGS84 + UTM)),
)


@lru_cache(maxsize=64)
def declared(text: str) -> System | None:
    """The system a .prj declares. CRSError, ProjError: it says nothing usable; None neither."""
    crs = CRS.from_user_input(text)
    name = crs.name or "?"
    if _IS_VN2000.search(text):
        return System(name, _pipeline(_from_vn2000(crs) + VN2000_TO_WGS84 + UTM))
    if not (crs.is_projected or crs.is_geographic):
        return None
    return System(name, Transformer.from_crs(crs, CRS.from_epsg(32648), always_xy=True).transform)


def _from_vn2000(crs: CRS) -> str:
    """From a VN-2000 system to its own longitude and latitude, whatever plane it uses."""
    if not crs.is_projected or crs.coordinate_operation is None:
        return DEGREES
    given = {p.name: p.value for p in crs.coordinate_operation.params}
    lon = float(given.get("Longitude of natural origin", math.nan))
    scale = float(given.get("Scale factor at natural origin", 1.0))
    east = float(given.get("False easting", 500_000.0))
    north = float(given.get("False northing", 0.0))
    return (
        f"+step +inv +proj=tmerc +lat_0=0 +lon_0={lon!r} +k={scale!r} +x_0={east!r} +y_0={north!r} "
        "+ellps=WGS84 "
    )
