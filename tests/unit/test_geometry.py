"""Areas are the same however a polygon is written, and parts add up to their whole."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from shapely.ops import split

from datlanh.kernel import geometry
from datlanh.kernel.geometry import Plane, agrees, area_m2, normal_wkb, plane_for

WGS84 = Geod(ellps="WGS84")
QUICK = settings(max_examples=60, deadline=None)
PROVINCE = (105.5, 16.0, 108.0, 18.5)
FIELD = box(107.200, 16.700, 107.205, 16.705)


@st.composite
def polygons(draw: st.DrawFn) -> Polygon:
    """A star-shaped area of 5 to 40 corners, 20 m to 3 km across, somewhere in the province."""
    lon = draw(st.floats(106.3, 107.4))
    lat = draw(st.floats(16.3, 18.1))
    size = draw(st.floats(0.0002, 0.03))
    count = draw(st.integers(5, 40))
    radii = draw(st.lists(st.floats(0.4, 1.0), min_size=count, max_size=count))
    corners = [
        (
            lon + size * r * math.cos(2 * math.pi * i / count),
            lat + size * r * math.sin(2 * math.pi * i / count),
        )
        for i, r in enumerate(radii)
    ]
    return Polygon(corners)


@QUICK
@given(polygons())
def test_area_is_the_area_on_the_ellipsoid(polygon: Polygon) -> None:
    geodesic = abs(WGS84.geometry_area_perimeter(polygon)[0])
    assert area_m2(polygon) == pytest.approx(geodesic, rel=1e-6, abs=0.01)


@QUICK
@given(polygons())
def test_perimeter_is_the_length_on_the_ellipsoid(polygon: Polygon) -> None:
    geodesic = WGS84.geometry_length(polygon.exterior)
    assert geometry.perimeter_m(polygon) == pytest.approx(geodesic, rel=1e-5)


@QUICK
@given(polygons())
def test_projecting_there_and_back_moves_nothing(polygon: Polygon) -> None:
    plane = plane_for(polygon)
    back = geometry.from_plane(geometry.to_plane(polygon, plane), plane)
    assert back.equals_exact(polygon, 1e-12)


@QUICK
@given(polygons(), st.integers(0, 40), st.booleans())
def test_where_a_ring_starts_and_how_it_runs_make_no_difference(
    polygon: Polygon, start: int, reverse: bool
) -> None:
    ring = list(polygon.exterior.coords)[:-1]
    start %= len(ring)
    turned = ring[start:] + ring[:start]
    other = Polygon(turned[::-1] if reverse else turned)
    assert area_m2(other) == pytest.approx(area_m2(polygon), rel=1e-12)
    assert normal_wkb(other) == normal_wkb(polygon)


@QUICK
@given(polygons(), st.floats(0, math.pi))
def test_parts_of_a_split_add_up_to_the_whole(polygon: Polygon, angle: float) -> None:
    plane = plane_for(polygon)
    flat = geometry.to_plane(polygon, plane)
    at, far = flat.centroid, 10_000
    dx, dy = far * math.cos(angle), far * math.sin(angle)
    line = LineString([(at.x - dx, at.y - dy), (at.x + dx, at.y + dy)])
    parts = [geometry.from_plane(p, plane) for p in split(flat, line).geoms]
    assert len(parts) >= 2
    assert agrees(sum(area_m2(p, plane) for p in parts), area_m2(polygon))
    assert agrees(geometry.union_area_m2(parts, plane), area_m2(polygon))


@QUICK
@given(polygons(), st.sampled_from([(0.0, 0.5), (0.5, 0.0), (-0.5, -0.5)]))
def test_the_neighbouring_plane_measures_the_same(
    polygon: Polygon, step: tuple[float, float]
) -> None:
    own = plane_for(polygon)
    other = Plane(own.lon + step[0], own.lat + step[1])
    assert area_m2(polygon, other) == pytest.approx(area_m2(polygon), rel=3e-7, abs=1e-3)
    assert agrees(area_m2(polygon, other), area_m2(polygon))


@QUICK
@given(polygons())
def test_exchanged_axes_are_told_in_the_province(polygon: Polygon) -> None:
    other = geometry.swapped(polygon)
    assert geometry.swapped_axes(other, PROVINCE)
    assert not geometry.swapped_axes(polygon, PROVINCE)
    assert geometry.swapped(other).equals_exact(polygon, 0)


@QUICK
@given(st.lists(polygons(), min_size=1, max_size=8))
def test_many_areas_at_once_are_the_areas_one_by_one(several: list[Polygon]) -> None:
    assert geometry.areas_m2(several) == pytest.approx([area_m2(p) for p in several], rel=1e-12)


def test_a_polygon_somewhere_else_than_the_globe_has_no_area() -> None:
    for broken in (geometry.swapped(FIELD), Polygon([(0, 0), (1, float("inf")), (1, 1)])):
        with pytest.raises(ValueError, match=r"globe|somewhere"):
            area_m2(broken)
        with pytest.raises(ValueError, match=r"globe|somewhere"):
            geometry.to_plane(broken, Plane(107, 16.5))
        with pytest.raises(ValueError, match=r"globe|somewhere"):
            area_m2(broken, Plane(107, 16.5))
    with pytest.raises(ValueError, match="somewhere"):
        plane_for(Polygon())


def test_planes_lie_on_the_half_degree_grid_and_ties_go_up() -> None:
    assert plane_for(Point(107.2, 16.7)) == Plane(107.0, 16.5)
    assert plane_for(Point(107.25, 16.75)) == Plane(107.5, 17.0)
    assert plane_for(Point(-0.25, -0.75)) == Plane(0.0, -0.5)
    assert plane_for(Point(107.0, 16.5), Polygon()) == Plane(107.0, 16.5)
    assert "lon_0=107.5" in Plane(107.5, 17.0).proj


def test_overlap_counts_common_ground_once() -> None:
    other = box(107.2025, 16.700, 107.2075, 16.705)
    half = area_m2(FIELD) / 2
    assert geometry.overlap_m2(FIELD, other) == pytest.approx(half, rel=1e-5)
    assert geometry.union_area_m2([FIELD, other]) == pytest.approx(3 * half, rel=1e-5)
    assert geometry.outside_m2(other, FIELD) == pytest.approx(half, rel=1e-5)
    assert geometry.overlap_m2(FIELD, box(1, 1, 2, 2)) == 0
    assert geometry.union_area_m2([]) == 0


def test_distance_is_zero_on_the_edge_and_in_metres_outside() -> None:
    assert geometry.distance_m(Point(107.200, 16.702), FIELD) == 0
    metres = WGS84.line_length([107.199, 107.2], [16.702, 16.702])
    assert geometry.distance_m(Point(107.199, 16.702), FIELD) == pytest.approx(metres, rel=1e-4)


def test_the_longest_gap_says_where_it_is() -> None:
    metres, middle = geometry.longest_gap_m(Polygon([(107, 16), (107.1, 16), (107, 16.01)]))
    assert metres == pytest.approx(10761, abs=5)
    assert middle.y == pytest.approx(16.005)
    assert geometry.longest_gap_m(Polygon([(0, 0), (400, 0), (0, 1)]))[0] == 0


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (100.0, 101.0, True),
        (100.0, 101.01, False),
        (5e6, 5e6 + 5, True),
        (5e6, 5e6 + 5.1, False),
    ],
)
def test_areas_agree_within_a_square_metre_or_a_millionth(a: float, b: float, same: bool) -> None:
    assert agrees(a, b) is same
    assert agrees(b, a) is same


@pytest.mark.parametrize(
    ("ring", "reason"),
    [
        ([(0, 0), (2, 2), (2, 0), (0, 2)], "crosses itself"),
        ([(0, 0), (2, 0), (1, 1), (2, 2), (0, 2), (1, 1)], "touches itself"),
        ([(0, 0), (2, 0), (2, 2), (1, 2), (1, 5), (1, 2), (0, 2)], "spike"),
        ([(0, 0), (1, 1), (0, 0)], "fewer than 3"),
        ([(107, 16), (107.1, 16.1), (107.2, 16.2)], "one line"),
        ([(0, 0), (1, 1), (2, 2), (1, 1)], "one line"),
        ([(0, 0), (1, 95), (2, 2)], "does not exist"),
    ],
)
def test_a_polygon_that_is_no_area_says_why(ring: list[tuple[float, float]], reason: str) -> None:
    told = geometry.invalid_reason(Polygon(ring))
    assert told is not None
    assert reason in told[0].en
    assert told[0].vi != told[0].en
    assert geometry.usable([Polygon(ring)]) == []


def test_holes_are_judged_too() -> None:
    hole = [(4, 4), (5, 4), (5, 5)]
    told = geometry.invalid_reason(Polygon([(0, 0), (2, 0), (2, 2)], [hole]))
    assert told is not None
    assert "hole" in told[0].en
    nested = Polygon(box(0, 0, 9, 9).exterior, [box(1, 1, 8, 8).exterior, box(2, 2, 3, 3).exterior])
    told = geometry.invalid_reason(nested)
    assert told is not None
    assert "inside another hole" in told[0].en
    assert geometry.invalid_reason(Polygon())[0] is geometry.TOO_FEW_POINTS  # type: ignore[index]


@QUICK
@given(polygons())
def test_a_proper_polygon_has_no_complaint(polygon: Polygon) -> None:
    assert geometry.invalid_reason(polygon) is None


def test_rings_are_closed_once_and_pairs_given_twice_count_once() -> None:
    pairs = [(0.0, 0.0), (1.0, 0.0), (1.0, 5e-7), (1.0, 1.0), (9e-7, 0.0), (0.0, 0.0)]
    closed = geometry.closed_ring(pairs)
    assert closed == [(0, 0), (1, 0), (1, 1), (0, 0)]
    assert geometry.closed_ring([]) == []
    assert geometry.open_ring([(0, 0), (0, 0)]) == [(0, 0)]


def test_repeated_pairs_are_counted_from_one() -> None:
    ring = Polygon([(0, 0), (1, 0), (1, 0), (1, 1), (0, 1)])
    assert geometry.repeated_pairs(ring) == [(3, Point(1, 0))]
    assert geometry.repeated_pairs(FIELD) == []


def test_normal_bytes_ignore_order_of_parts_noise_and_height() -> None:
    a, b = box(0, 0, 1, 1), box(2, 2, 3, 3)
    assert normal_wkb(MultiPolygon([a, b])) == normal_wkb(MultiPolygon([b, a]))
    assert normal_wkb(Point(-1e-12, 1)) == normal_wkb(Point(0, 1, 35))
    assert normal_wkb(Point(1e-8, 1)) != normal_wkb(Point(0, 1))
    assert shapely.from_wkb(normal_wkb(a)).equals(a)
    assert normal_wkb(shapely.set_srid(a, 4326)) == normal_wkb(a)


def test_several_polygons_become_one_geometry() -> None:
    assert geometry.as_one([FIELD]) is FIELD
    both = geometry.as_one([FIELD, box(107.203, 16.7, 107.208, 16.705)])
    assert both.geom_type == "Polygon"
