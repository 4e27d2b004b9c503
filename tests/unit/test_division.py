"""Areas cut and joined: the parts are the whole, and each thing goes to one of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import LineString, MultiPolygon, Point, box

from datlanh.kernel import geometry
from datlanh.kernel.division import cut, shares, tiling

WHOLE = box(107.02, 16.80, 107.023, 16.803)
LINE = LineString([(107.0213, 16.79), (107.0217, 16.81)])


def test_what_a_line_cuts_tiles_the_whole():
    parts = cut(WHOLE, LINE)
    assert len(parts) == 2
    found = tiling([WHOLE], parts)
    assert found.is_exact
    assert not found.overlaps
    assert geometry.agrees(sum(found.parts_m2), found.whole_m2)
    assert found.parts_m2[0] >= found.parts_m2[1]


@given(
    st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.floats(0, 180), st.integers(3, 9), st.booleans()
)
def test_any_cut_through_any_area_leaves_nothing_over(dx, dy, turned, points, in_two):
    whole = Point(107.1, 16.75).buffer(0.002, quad_segs=points)
    if in_two:
        whole = MultiPolygon([whole, affinity.translate(whole, 0.006)])
    line = affinity.rotate(
        LineString([(107.05, 16.75), (107.15, 16.75)]), turned, Point(107.1, 16.75)
    )
    line = affinity.translate(line, dx * 0.004, dy * 0.004)
    found = tiling([whole], cut(whole, line))
    assert found.is_exact or found.residue_m2 <= len(cut(whole, line)) + 2  # crumbs
    assert not found.overlaps
    assert found.outside_m2 <= 1.0


@pytest.mark.parametrize(
    "line",
    [
        LineString([(107.0, 16.0), (107.0, 17.0)]),  # beside it
        LineString([(107.021, 16.79), (107.021, 16.801)]),  # ends inside
    ],
)
def test_a_line_that_does_not_cross_leaves_one_piece(line):
    assert len(cut(WHOLE, line)) == 1


def test_a_gap_an_overlap_and_ground_outside_are_measured():
    west, east = box(107.02, 16.80, 107.021, 16.803), box(107.0212, 16.80, 107.0232, 16.803)
    gap = tiling([WHOLE], [west, east])
    plane = geometry.plane_for(WHOLE)
    assert gap.residue_m2 == pytest.approx(
        geometry.area_m2(box(107.021, 16.80, 107.0212, 16.803), plane), abs=0.5
    )
    assert gap.outside_m2 == pytest.approx(
        geometry.area_m2(box(107.023, 16.80, 107.0232, 16.803), plane), abs=0.5
    )
    assert not gap.is_exact
    assert not gap.overlaps
    assert tiling([WHOLE], [WHOLE, west]).overlaps


def test_two_that_join_are_one_whole():
    west, east = cut(WHOLE, LINE)
    assert tiling([west, east], [WHOLE]).is_exact


def test_releases_go_by_ground_and_items_to_one_part():
    west, east = sorted(cut(WHOLE, LINE), key=lambda p: p.centroid.x)
    released = box(107.0205, 16.801, 107.0225, 16.802)
    plane = geometry.plane_for(WHOLE)
    assert sum(shares(released, [west, east])) == pytest.approx(
        geometry.area_m2(released, plane), abs=1.0
    )
    assert shares(Point(107.0201, 16.8001), [west, east]) == [1.0, 0.0]
    assert shares(Point(107.0229, 16.8001), [west, east]) == [0.0, 1.0]
    on_the_edge = Point(LINE.interpolate(0.5, normalized=True))
    assert sum(shares(on_the_edge, [west, east])) == 1.0
    assert shares(Point(107.03, 16.80), [west, east]) == [0.0, 1.0]
