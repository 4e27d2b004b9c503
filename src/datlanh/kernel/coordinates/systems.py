"""Coordinate systems: how a point is written in each, and which numbers stand for it.

The register holds WGS 84 longitude and latitude. VN-2000 is reached by one transformation only,
EPSG:6960, written out below: PROJ knows two for VN-2000 and would choose by the place, and a
number on paper must not depend on which database of PROJ a machine has.

Vietnamese papers write X for northing and Y for easting, the other way round than a GIS does;
labels therefore always say northing and easting. Northing comes first, as latitude does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mgrs
import shapely
from pyproj import Transformer
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from datlanh.kernel.text import NBSP, Text, number

DEGREE_DECIMALS = 7  # 1 cm
SECOND_DECIMALS = 3  # 3 cm
METRE_DECIMALS = 2

# VN-2000 to WGS 84. Source: EPSG:6960 "VN-2000 to WGS 84 (2)", coordinate frame rotation;
# the same seven parameters as in Decision 05/2007/QĐ-BTNMT. 1 m.
VN2000_TO_WGS84 = (
    "+proj=helmert +convention=coordinate_frame +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 "
    "+rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278"
)

LATITUDE = Text("Vĩ độ", "Latitude")
LONGITUDE = Text("Kinh độ", "Longitude")
NORTHING = Text("Tọa độ bắc (m)", "Northing (m)")
EASTING = Text("Tọa độ đông (m)", "Easting (m)")
NORTHING_VN = Text("X, tọa độ bắc (m)", "Northing X (m)")
EASTING_VN = Text("Y, tọa độ đông (m)", "Easting Y (m)")
SQUARE = Text("Ô lưới", "Grid reference")


@dataclass(frozen=True, slots=True)
class System:
    """A way to write a place. `proj` is the projection's step; None: degrees or letters."""

    key: str
    name: Text
    heads: tuple[Text, ...]  # what its numbers are called, in the order they are written
    proj: str | None = None
    vn2000: bool = False
    epsg: int | None = None


def _tm3(meridian: float) -> str:
    return f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84"


def utm(zone: int) -> str:
    """The projection of a northern UTM zone."""
    return f"+proj=utm +zone={zone} +ellps=WGS84"


WGS84_DECIMAL = "wgs84"
WGS84_DMS = "wgs84_dms"
UTM48 = "utm48"
MGRS = "mgrs"
VN2000_10615 = "vn2000_10615"
VN2000_10600 = "vn2000_10600"
VN2000_UTM48 = "vn2000_utm48"

_VN = (NORTHING_VN, EASTING_VN)

SYSTEMS: dict[str, System] = {
    s.key: s
    for s in (
        System(
            WGS84_DECIMAL,
            Text("WGS 84, độ thập phân", "WGS 84, decimal degrees"),
            (LATITUDE, LONGITUDE),
            epsg=4326,
        ),
        System(
            WGS84_DMS,
            Text("WGS 84, độ phút giây", "WGS 84, degrees minutes seconds"),
            (LATITUDE, LONGITUDE),
            epsg=4326,
        ),
        System(
            UTM48,
            Text("WGS 84, UTM múi 48N", "WGS 84, UTM zone 48N"),
            (NORTHING, EASTING),
            utm(48),
            epsg=32648,
        ),
        System(MGRS, Text("MGRS", "MGRS"), (SQUARE,)),
        System(
            VN2000_10615,
            Text("VN-2000, TM-3 kinh tuyến trục 106°15′", "VN-2000, TM-3 meridian 106°15′"),
            _VN,
            _tm3(106.25),
            vn2000=True,
            epsg=9212,
        ),
        System(
            VN2000_10600,
            Text("VN-2000, TM-3 kinh tuyến trục 106°00′", "VN-2000, TM-3 meridian 106°00′"),
            _VN,
            _tm3(106.0),
            vn2000=True,
            epsg=9211,
        ),
        System(
            VN2000_UTM48,
            Text("VN-2000, UTM múi 48N", "VN-2000, UTM zone 48N"),
            _VN,
            utm(48),
            vn2000=True,
            epsg=3405,
        ),
    )
}
METRIC = tuple(s.key for s in SYSTEMS.values() if s.proj)
_GRID = mgrs.MGRS()


def metres(point: Point, system: str) -> tuple[float, float]:
    """Northing and easting of a lon/lat point in a system of metres."""
    easting, northing = _projection(_proj(system), SYSTEMS[system].vn2000).transform(
        point.x, point.y
    )
    if not (math.isfinite(easting) and math.isfinite(northing)):
        raise ValueError("a coordinate is not on the globe")
    return float(northing), float(easting)


def from_metres(northing: float, easting: float, system: str, zone: int | None = None) -> Point:
    """The lon/lat point of metres; `zone` takes the place of the system's own UTM zone.

    Raises ValueError where the numbers have no place.
    """
    proj = utm(zone) if zone else _proj(system)
    lon, lat = _projection(proj, SYSTEMS[system].vn2000).transform(
        easting, northing, direction="INVERSE"
    )
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ValueError("these numbers are no place")
    return Point(lon, lat)


def in_metres(shape: BaseGeometry, system: str) -> Any:
    """A lon/lat shape in a system of metres: x is its easting, y its northing."""
    projection = _projection(_proj(system), SYSTEMS[system].vn2000)

    def moved(x: Any, y: Any) -> Any:
        return projection.transform(x, y)

    there: Any = moved  # two arrays in, two out: what `interleaved=False` asks for
    return shapely.transform(shape, there, interleaved=False)


def as_vn2000(point: Point) -> Point:
    """A WGS 84 point whose degrees were in truth VN-2000 degrees, put where it belongs."""
    lon, lat = _projection(None, True).transform(point.x, point.y, direction="INVERSE")
    return Point(lon, lat)


def in_mgrs(point: Point) -> str:
    """The square of 1 m the point lies in: letters and digits without spaces."""
    return str(_GRID.toMGRS(point.y, point.x))


def from_mgrs(reference: str) -> Point:
    """The middle of the square. Raises ValueError for one that is none."""
    try:
        lat, lon = _GRID.toLatLon(reference)
    except mgrs.core.MGRSError as error:
        raise ValueError(f"no MGRS reference: {reference}") from error
    return Point(lon, lat)


def cells(point: Point, system: str, language: str) -> tuple[str, ...]:
    """What stands under the system's heads for a point, as the language writes numbers."""
    if system == MGRS:
        return (_spaced(in_mgrs(point)),)
    if system == WGS84_DECIMAL:
        return tuple(f"{v:.{DEGREE_DECIMALS}f}" for v in (point.y, point.x))
    if system == WGS84_DMS:
        return (_dms(point.y, "NS"), _dms(point.x, "EW"))
    return tuple(number(v, language, METRE_DECIMALS) for v in metres(point, system))


def write(point: Point, system: str, language: str) -> str:
    """A point as a person reads it: `X (bắc) 1.852.759,89 m; Y (đông) 590.430,06 m`.

    Degrees have a decimal point in both languages, as everywhere in the system; metres are
    numbers like others.
    """
    values = cells(point, system, language)
    if SYSTEMS[system].proj is None:
        return (", " if system == WGS84_DECIMAL else " ").join(values)
    north, east = values
    if language == "en":
        return f"N{NBSP}{north}{NBSP}m, E{NBSP}{east}{NBSP}m"
    return f"X{NBSP}(bắc){NBSP}{north}{NBSP}m; Y{NBSP}(đông){NBSP}{east}{NBSP}m"


def plain(point: Point, system: str) -> str:
    """A point for another program: decimal points, no grouping; northing or latitude first."""
    if system == MGRS:
        return in_mgrs(point)
    if SYSTEMS[system].proj is None:
        return write(point, system, "en")
    return ", ".join(f"{v:.{METRE_DECIMALS}f}" for v in metres(point, system))


def _dms(degrees: float, hemispheres: str) -> str:
    """Degrees, minutes, seconds; rounded as a whole, so that no 60″ can come out."""
    step = 10**SECOND_DECIMALS
    whole = round(abs(degrees) * 3600 * step)
    minutes, ticks = divmod(whole, 60 * step)
    seconds = f"{ticks / step:0{SECOND_DECIMALS + 3}.{SECOND_DECIMALS}f}"
    letter = hemispheres[degrees < 0 and whole > 0]
    return f"{minutes // 60}°{minutes % 60:02d}′{seconds}″{letter}"


def _spaced(reference: str) -> str:
    """`48QYD2386753081` → `48Q YD 23867 53081`."""
    head = reference.rstrip("0123456789")
    digits = reference[len(head) :]
    half = len(digits) // 2
    return " ".join(filter(None, (head[:-2], head[-2:], digits[:half], digits[half:])))


def _proj(system: str) -> str:
    proj = SYSTEMS[system].proj
    if proj is None:
        raise ValueError(f"{system} has no metres")
    return proj


@lru_cache(maxsize=64)
def _projection(proj: str | None, vn2000: bool) -> Any:
    """From WGS 84 degrees; a pipeline, so that longitude comes first by construction."""
    steps = ["+proj=unitconvert +xy_in=deg +xy_out=rad"]
    if vn2000:
        steps += [
            "+proj=push +v_3",
            "+proj=cart +ellps=WGS84",
            f"+inv {VN2000_TO_WGS84}",
            "+inv +proj=cart +ellps=WGS84",
            "+proj=pop +v_3",
        ]
    steps += [proj] if proj else ["+proj=unitconvert +xy_in=rad +xy_out=deg"]
    return Transformer.from_pipeline("+proj=pipeline " + " ".join(f"+step {s}" for s in steps))
