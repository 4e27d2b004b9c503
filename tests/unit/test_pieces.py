"""Two outlines taken apart: the pieces and their square metres add up."""

from __future__ import annotations

import pytest
from shapely.geometry import Polygon, box

from datlanh.intake.selectors.pieces import pieces_between
from datlanh.kernel.geometry import area_m2, plane_for

OLD = box(107.0, 16.8, 107.002, 16.802)


def test_a_shifted_outline_gains_on_one_side_and_loses_on_the_other():
    new = box(107.0005, 16.8, 107.0025, 16.802)
    found = pieces_between(OLD, new)
    assert found is not None
    assert [p.role for p in found.parts] == ["lost", "gained"]
    plane = plane_for(OLD, new)
    assert found.lost_m2 + found.kept_m2 == pytest.approx(area_m2(OLD, plane), abs=0.01)
    assert found.gained_m2 + found.kept_m2 == pytest.approx(area_m2(new, plane), abs=0.01)
    assert found.parts[1].label.vi.startswith("+")
    assert found.parts[1].label.vi.endswith("m²")


def test_the_same_outline_differs_by_nothing():
    found = pieces_between(OLD, Polygon(OLD.exterior.coords[1:]))
    assert found is not None
    assert found.parts == ()
    assert not found.differ


def test_a_hole_is_a_lost_piece():
    hole = box(107.0005, 16.8005, 107.001, 16.801)
    found = pieces_between(OLD, Polygon(OLD.exterior, [hole.exterior]))
    assert found is not None
    assert [p.role for p in found.parts] == ["lost"]
    assert found.lost_m2 == pytest.approx(area_m2(hole, plane_for(OLD)), abs=0.5)


def test_apart_they_have_nothing_in_common_and_touching_leaves_no_sliver():
    found = pieces_between(OLD, box(107.002, 16.8, 107.004, 16.802))
    assert found is not None
    assert found.kept_m2 == pytest.approx(0, abs=1e-6)
    assert [p.role for p in found.parts] == ["lost", "gained"]


@pytest.mark.parametrize("new", [None, Polygon(), box(200, 95, 201, 96)])
def test_what_has_no_place_has_no_pieces(new):
    assert pieces_between(OLD, new) is None
