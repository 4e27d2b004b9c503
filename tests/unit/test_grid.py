"""The survey grid: ids, polygons and neighbours, held against each other."""

from __future__ import annotations

import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from datlanh.kernel import grid
from datlanh.kernel.grid import Box

# Quảng Trị as it is since 2025, in columns and rows of 50 m.
boxes = st.builds(Box, st.integers(10_500, 17_000), st.integers(35_500, 40_500))


def test_a_box_is_named_by_its_kilometre_square_its_column_and_its_row() -> None:
    box = Box(715 * 20 + 7, 1856 * 20 + 12)

    assert box.id == "E715N1856-0712"
    assert box.square == "E715N1856"
    assert box.bounds == (715_350, 1_856_600, 715_400, 1_856_650)


@given(boxes)
def test_an_id_names_one_box(box: Box) -> None:
    assert grid.box_of_id(box.id) == box
    assert grid.box_of_id(f" {box.id.lower()} ") == box


@given(boxes)
def test_a_box_is_found_again_by_its_polygon(box: Box) -> None:
    assert grid.box_of_polygon(grid.polygon_of(box)) == box


@given(boxes, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_point_inside_finds_its_box(box: Box, across: float, up: float) -> None:
    west, south, _, _ = box.bounds
    at = grid.from_utm(shapely.Point(west + across * 50, south + up * 50))

    assert grid.box_at(at.x, at.y) == box


@given(boxes, st.integers(1, 3))
def test_neighbours_are_mutual_and_as_many_as_a_ring_has(box: Box, steps: int) -> None:
    around = grid.neighbours(box, steps)

    assert len(set(around)) == (2 * steps + 1) ** 2 - 1
    assert box not in around
    assert all(box in grid.neighbours(other, steps) for other in around)


def test_boxes_of_a_kilometre_square_fill_it() -> None:
    square = [Box(715 * 20 + c, 1856 * 20 + r) for c in range(20) for r in range(20)]

    assert {b.square for b in square} == {"E715N1856"}
    assert shapely.union_all(grid.polygons_utm(square)).area == 1_000_000


def test_the_plane_is_the_pinned_one() -> None:
    there = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32648", always_xy=True)
    point = grid.to_utm(shapely.Point(107.1, 16.75))

    assert (point.x, point.y) == pytest.approx(there.transform(107.1, 16.75), abs=1e-6)


@given(boxes, st.floats(-0.8, 0.8), st.floats(-0.8, 0.8))
def test_a_box_moved_by_less_than_a_rounded_coordinate_is_still_that_box(
    box: Box, east: float, north: float
) -> None:
    moved = shapely.affinity.translate(shapely.box(*box.bounds), east, north)

    assert grid.box_of_utm(moved) == box


@pytest.mark.parametrize(
    "polygon",
    [
        shapely.box(715_375, 1_856_600, 715_425, 1_856_650),  # half a box off
        shapely.box(715_350, 1_856_600, 715_450, 1_856_700),  # 100 m
        shapely.box(715_350, 1_856_600, 715_375, 1_856_625),  # 25 m
        shapely.Polygon([(715_350, 1_856_600), (715_400, 1_856_600), (715_400, 1_856_650)]),
        shapely.Polygon(),
        shapely.Point(715_350, 1_856_600),
    ],
)
def test_what_is_not_on_the_grid_is_no_box(polygon: shapely.Geometry) -> None:
    assert grid.box_of_utm(polygon) is None


@pytest.mark.parametrize(
    "text", ["", "B0001", "E715N1856", "E715N1856-2012", "E715N1856-07 1", "E999N1856-0000"]
)
def test_what_is_no_id_names_no_box(text: str) -> None:
    assert grid.box_of_id(text) is None


def test_a_point_far_away_lies_in_no_box() -> None:
    assert grid.box_at(-60.0, -30.0) is None
    assert grid.box_at(float("nan"), 16.0) is None


@given(boxes)
def test_a_polygon_touches_its_own_box_and_no_neighbour_it_only_shares_an_edge_with(
    box: Box,
) -> None:
    west, south, east, north = box.bounds
    inner = grid.from_utm(shapely.box(west + 0.1, south + 0.1, east - 0.1, north - 0.1))

    assert grid.boxes_touching(inner) == [box]
