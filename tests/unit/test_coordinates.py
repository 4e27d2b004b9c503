"""Coordinates: written in each system, read back, and held against other arithmetic."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Point, Polygon

from datlanh.kernel import coordinates
from datlanh.kernel.coordinates import SYSTEMS, Reading, read
from datlanh.kernel.geometry import WGS84

HERE = Point(107.1, 16.75)
PLACES = st.builds(Point, st.floats(105.2, 108.4), st.floats(15.5, 18.5))


def metres_apart(a: Point, b: Point) -> float:
    return float(WGS84.inv(a.x, a.y, b.x, b.y)[2])


def readings(text: str) -> dict[str, Reading]:
    return {r.system: r for r in read(text)}


@pytest.mark.parametrize("system", SYSTEMS)
@given(point=PLACES)
def test_what_was_written_is_read_back(system: str, point: Point) -> None:
    within = 1.0 if system == "mgrs" else 0.03  # MGRS names a square of 1 m
    texts = {coordinates.write(point, system, language) for language in ("vi", "en")}
    for text in (*texts, coordinates.plain(point, system)):
        found = readings(text)
        assert system in found, text
        assert metres_apart(found[system].point, point) < within, text


@pytest.mark.parametrize("system", ["vn2000_10615", "vn2000_10600", "vn2000_utm48", "utm48"])
@given(point=PLACES)
def test_projs_own_definition_says_the_same(system: str, point: Point) -> None:
    northing, easting = coordinates.metres(point, system)
    code = SYSTEMS[system].epsg
    lonlat = (point.x, point.y)
    if SYSTEMS[system].vn2000:
        datum = Transformer.from_pipeline("urn:ogc:def:coordinateOperation:EPSG::6960")
        lat, lon = datum.transform(point.y, point.x, direction="INVERSE")[:2]
        lonlat = (lon, lat)
        plane = Transformer.from_crs(4756, code, always_xy=True)
    else:
        plane = Transformer.from_crs(4326, code, always_xy=True)
    assert plane.transform(*lonlat) == pytest.approx((easting, northing), abs=0.001)


# WGS 84 and the projections by hand: geocentric coordinates, seven parameters with the rotation
# as a full matrix, Krüger's series to the fourth order. Nothing of PROJ is in it.
A, F = 6378137.0, 1 / 298.257223563
E2 = F * (2 - F)


def _geocentric(lat: float, lon: float) -> tuple[float, float, float]:
    v = A / math.sqrt(1 - E2 * math.sin(lat) ** 2)
    x, y = v * math.cos(lat) * math.cos(lon), v * math.cos(lat) * math.sin(lon)
    return x, y, v * (1 - E2) * math.sin(lat)


def _to_vn2000(x: float, y: float, z: float) -> tuple[float, float, float]:
    """The inverse of EPSG:6960, by iteration on its forward step."""
    rx, ry, rz = (math.radians(v / 3600) for v in (-0.00928836, 0.01975479, -0.00427372))
    scale = 1 + 0.252906278e-6
    p, q, r = x, y, z
    for _ in range(5):
        fx = -191.90441429 + scale * (p + rz * q - ry * r)
        fy = -39.30318279 + scale * (-rz * p + q + rx * r)
        fz = -111.45032835 + scale * (ry * p - rx * q + r)
        p, q, r = p + x - fx, q + y - fy, r + z - fz
    return p, q, r


def _geodetic(x: float, y: float, z: float) -> tuple[float, float]:
    flat = math.hypot(x, y)
    lat = math.atan2(z, flat * (1 - E2))
    for _ in range(6):
        v = A / math.sqrt(1 - E2 * math.sin(lat) ** 2)
        lat = math.atan2(z + E2 * v * math.sin(lat), flat)
    return lat, math.atan2(y, x)


def _kruger(lat: float, lon: float, meridian: float, scale: float) -> tuple[float, float]:
    n = F / (2 - F)
    radius = A / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = (
        n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
        13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
        61 * n**3 / 240 - 103 * n**4 / 140,
        49561 * n**4 / 161280,
    )
    e = math.sqrt(E2)
    s = math.sin(lat)
    t = math.sinh(math.atanh(s) - e * math.atanh(e * s))
    d = lon - math.radians(meridian)
    xi, eta = math.atan2(t, math.cos(d)), math.asinh(math.sin(d) / math.hypot(t, math.cos(d)))
    north = xi + sum(
        a * math.sin(2 * j * xi) * math.cosh(2 * j * eta) for j, a in enumerate(alpha, 1)
    )
    east = eta + sum(
        a * math.cos(2 * j * xi) * math.sinh(2 * j * eta) for j, a in enumerate(alpha, 1)
    )
    return scale * radius * north, 500_000 + scale * radius * east


@pytest.mark.parametrize(
    ("system", "meridian", "scale"),
    [
        ("utm48", 105.0, 0.9996),
        ("vn2000_utm48", 105.0, 0.9996),
        ("vn2000_10615", 106.25, 0.9999),
        ("vn2000_10600", 106.0, 0.9999),
    ],
)
@given(point=PLACES)
def test_arithmetic_by_hand_says_the_same(
    system: str, meridian: float, scale: float, point: Point
) -> None:
    lat, lon = math.radians(point.y), math.radians(point.x)
    if SYSTEMS[system].vn2000:
        lat, lon = _geodetic(*_to_vn2000(*_geocentric(lat, lon)))
    by_hand = _kruger(lat, lon, meridian, scale)
    assert coordinates.metres(point, system) == pytest.approx(by_hand, abs=0.001)


def test_known_values() -> None:
    # PostGIS 3.3 with PROJ 9.1: ST_Transform(ST_SetSRID(ST_MakePoint(107.1, 16.75), 4326), 9212)
    easting, northing = 590430.0577, 1852759.8920
    assert coordinates.metres(HERE, "vn2000_10615") == pytest.approx((northing, easting), abs=1e-3)
    assert coordinates.plain(HERE, "mgrs") == "48QYD2386753081"
    assert readings("15TWG0000049776")["mgrs"].point.y == pytest.approx(42.0, abs=1e-5)


def test_how_it_looks() -> None:
    assert coordinates.write(HERE, "wgs84", "vi") == "16.7500000, 107.1000000"
    assert coordinates.write(HERE, "wgs84_dms", "vi") == "16°45′00.000″N 107°06′00.000″E"
    assert coordinates.write(HERE, "mgrs", "en") == "48Q YD 23867 53081"
    vietnamese = coordinates.write(HERE, "vn2000_10615", "vi").replace("\u00a0", " ")
    assert vietnamese == "X (bắc) 1.852.759,89 m; Y (đông) 590.430,06 m"
    english = coordinates.write(HERE, "vn2000_10615", "en").replace("\u00a0", " ")
    assert english == "N 1,852,759.89 m, E 590,430.06 m"
    # Rounded as a whole: no 60 seconds.
    assert coordinates.plain(Point(107, 16.99999999), "wgs84_dms").startswith("17°00′00.000″N")


@pytest.mark.parametrize(
    "text",
    [
        "16.75 107.1",
        "16,75 107,1",
        "16,75,107,1",
        "16.75,107.1",
        "107.1; 16.75",
        "16.75N 107.1E",
        "16.75°B 107.1°Đ",
        "E107°06' N16°45'",
        "16 45 00 107 06 00",
        "Vĩ độ 16,75; Kinh độ 107,1",
        "lat: 16.75, lon: 107.1",
        "48N 723867,12 1853081,85",
        "48Q 723867.12E 1853081.85N",
        "UTM 1853081.85 723867.12 (zone 48)",
        "X=1852759.89; Y=590430.06",
        "X 590430.06 Y 1852759.89",
        "1 852 759,89 590 430,06",
        "1.852.759,89\t590.430,06",
        "VN-2000, KTT 106°15′: X = 1.852.759,89 m; Y = 590.430,06 m",
        "MGRS 48Q YD 23867 53081",
        "48QYD2386753081",
    ],
)
def test_notations_from_papers(text: str) -> None:
    assert any(metres_apart(r.point, HERE) < 1 for r in read(text)), read(text)


def test_words_leave_fewer_systems_open() -> None:
    assert set(readings("1852759.89 590430.06")) == set(coordinates.METRIC)
    assert set(readings("VN2000 1852759.89 590430.06")) == {
        "vn2000_10615",
        "vn2000_10600",
        "vn2000_utm48",
    }
    assert set(readings("VN2000 KTT 106°00' 1852759.89 590430.06")) == {"vn2000_10600"}
    assert set(readings("WGS84 UTM 1853081 723867")) == {"utm48"}


def test_a_zone_that_was_written_is_kept() -> None:
    found = readings("WGS 84 49N 123867 1853081")["utm48"]
    assert found.zone == 49
    assert found.title("en") == "WGS 84, UTM zone 49N"
    assert metres_apart(found.point, HERE) > 1000


def test_degrees_of_vn2000_are_moved() -> None:
    (found,) = read("VN-2000 16.75 107.1")
    assert 150 < metres_apart(found.point, HERE) < 250
    assert found.title("en") == "VN-2000, degrees"


@pytest.mark.parametrize(
    "text", ["", "hello", "16.75", "5,6,7", "1 2 3 4 5", "16°75' 107°06'", "91 181", "48QYD123 45"]
)
def test_what_is_no_coordinate_gives_none(text: str) -> None:
    assert read(text) == []


@given(st.text(max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    for reading in read(text):
        assert reading.title("vi")


@given(st.text(alphabet="0123456789 .,;°'\"NSEWBĐTXY-", max_size=30))
def test_no_text_of_digits_makes_it_fail(text: str) -> None:
    for reading in read(text):
        assert math.isfinite(reading.point.x)


def test_turning_points_of_every_ring() -> None:
    square = Polygon([(107.1, 16.75), (107.101, 16.75), (107.101, 16.751), (107.1, 16.751)])
    inner = [(107.1002, 16.7502), (107.1004, 16.7502), (107.1004, 16.7504)]
    holed = Polygon(square.exterior.coords, [inner])
    rows = coordinates.turning_points(MultiPolygon([square, holed]), "vn2000_10615", "vi")
    assert [(r.part, r.hole, r.name) for r in rows] == [
        *((1, 0, n) for n in ("SP", "TP1", "TP2", "TP3")),
        *((2, 0, n) for n in ("SP", "TP1", "TP2", "TP3")),
        *((2, 1, n) for n in ("SP", "TP1", "TP2")),
    ]
    assert rows[0].cells == ("1.852.759,89", "590.430,06")
    assert rows[0].bearing_deg == pytest.approx(90, abs=0.01)
    assert rows[1].bearing_deg == pytest.approx(0, abs=0.01)
    assert rows[0].distance_m == pytest.approx(metres_apart(rows[0].point, rows[1].point))
    assert len(rows[0].cells) == len(SYSTEMS["vn2000_10615"].heads)


def test_a_head_for_every_cell() -> None:
    for system in SYSTEMS.values():
        assert len(coordinates.cells(HERE, system.key, "vi")) == len(system.heads)
    north, east = SYSTEMS["vn2000_10615"].heads
    assert "bắc" in north.vi
    assert "Easting" in east.en
