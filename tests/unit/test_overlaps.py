"""Common ground of many pairs, against drawing each piece."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from datlanh.kernel.overlaps import common_m2, pairs_across

RINGS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=9)


def shape_of(points: list[tuple[int, int]], x: float = 0.0) -> MultiPolygon:
    """Any valid areas: those a ring of these points encloses, holes and parts included."""
    moved = Polygon([(x + px * 10.0, py * 10.0) for px, py in points])
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(moved)))
    return MultiPolygon([p for p in parts if isinstance(p, Polygon)])


@given(rings=st.lists(RINGS, min_size=2, max_size=6), far=st.sampled_from([0.0, 40_000.0]))
def test_every_pair_has_the_area_of_its_piece(
    rings: list[list[tuple[int, int]]], far: float
) -> None:
    shapes = np.array([shape_of(r, far) for r in rings], dtype=object)
    first, second = np.triu_indices(len(shapes), 1)
    drawn = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    assert common_m2(shapes, first, second) == pytest.approx(drawn, abs=1e-4)


def test_holes_and_the_way_a_ring_runs_make_no_difference() -> None:
    holed = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    inner = box(50, 50, 200, 55)
    for one in (holed, shapely.reverse(holed)):
        for other in (inner, shapely.reverse(inner)):
            shapes = np.array([one, other], dtype=object)
            common = common_m2(shapes, np.array([0]), np.array([1]))
            assert common == pytest.approx([40 * 5])


def test_only_pairs_of_different_groups_above_the_least() -> None:
    shapes = [box(0, 0, 10, 10), box(5, 0, 15, 10), box(14.95, 0, 20, 10), box(90, 0, 99, 9)]
    i, j, m2 = pairs_across(shapes, np.array([1, 2, 3, 3]))
    assert list(zip(i, j, m2, strict=True)) == [(0, 1, pytest.approx(50))]
    i, j, _ = pairs_across(shapes, np.array([1, 1, 2, 2]), least_m2=0.1)
    assert (i.tolist(), j.tolist()) == ([1], [2])
    i, j, _ = pairs_across(shapes)
    assert i.tolist() == [0]


def test_nothing_has_no_pairs() -> None:
    i, j, m2 = pairs_across([])
    assert len(i) == len(j) == len(m2) == 0
    i, _, _ = pairs_across([box(0, 0, 1, 1), MultiPolygon()])
    assert len(i) == 0
