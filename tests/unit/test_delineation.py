"""Proposing areas from survey boxes: the rule, and what must never change its answer."""

from __future__ import annotations

from random import Random

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from datlanh.kernel.boxes import Role
from datlanh.kernel.delineation import Cut, Searched, Settings, compared, delineate
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.grid import Box, from_utm

HOME = Box(715 * 20, 1856 * 20)
PLAIN = Settings(margin_m=0, gap=0, fadeout_m=0)


def searched(column: int, row: int, role: Role = Role.POSITIVE, items: int = 0) -> Searched:
    box = HOME.moved(column, row)
    return Searched(box.id, shapely.box(*box.bounds), role, items)


fields = st.lists(
    st.tuples(
        st.integers(0, 14),
        st.integers(0, 14),
        st.sampled_from([Role.POSITIVE, Role.JOINS, Role.NEGATIVE]),
    ),
    unique_by=lambda b: b[:2],
    min_size=1,
    max_size=40,
)
rules = st.builds(
    Settings,
    margin_m=st.sampled_from([0.0, 25.0, 50.0, 100.0]),
    gap=st.integers(0, 3),
    fadeout_m=st.sampled_from([0.0, 50.0]),
    least=st.integers(1, 3),
)


def test_one_box_with_a_margin_of_one_box_is_three_boxes_wide() -> None:
    (area,) = delineate([searched(0, 0, items=2)], Settings(margin_m=50)).areas

    assert area.outline.area == pytest.approx(150 * 150, abs=0.1)
    assert area.fadeout_m2 == pytest.approx(250 * 250 - 150 * 150, abs=0.5)
    assert (area.items, area.positive) == (2, (HOME.id,))


@pytest.mark.parametrize(("gap", "areas"), [(0, 2), (1, 1), (2, 1)])
def test_boxes_belong_together_over_the_stated_gap(gap: int, areas: int) -> None:
    found = delineate([searched(0, 0), searched(2, 2)], Settings(margin_m=25, gap=gap)).areas

    assert len(found) == areas


def test_the_gap_between_boxes_of_a_row_is_filled() -> None:
    (area,) = delineate([searched(0, 0), searched(2, 0)], Settings(margin_m=0, gap=1)).areas

    assert area.outline.area == pytest.approx(3 * 2500, abs=0.1)


def test_parts_of_munitions_join_an_area_and_make_none() -> None:
    yellow, far = searched(1, 0, Role.JOINS), searched(9, 9, Role.JOINS)
    (area,) = delineate([searched(0, 0), yellow, far], PLAIN).areas

    assert area.joined == (yellow.name,)
    assert area.outline.area == pytest.approx(5000, abs=0.1)
    assert not delineate([yellow], PLAIN).areas


def test_too_few_items_are_left_out_and_said() -> None:
    one, other = searched(0, 0, items=3), searched(9, 9, items=1)
    found = delineate([one, other], Settings(least=2))

    assert [a.positive for a in found.areas] == [(one.name,)]
    assert found.left_out == ((other.name,),)


def test_released_ground_is_cut_out_and_what_it_took_is_said() -> None:
    west, south, _, _ = HOME.bounds
    cleared = Cut(
        "HR-CLC-409-600001", "released", shapely.box(west - 50, south - 50, west + 25, south + 100)
    )
    (area,) = delineate([searched(0, 0)], Settings(margin_m=50), [cleared]).areas

    assert area.outline.intersection(cleared.shape).area == pytest.approx(0, abs=0.1)
    (loss,) = area.losses
    assert (loss.cut, loss.boxes) == ("HR-CLC-409-600001", (HOME.id,))
    assert loss.area_m2 == pytest.approx(75 * 150, abs=0.1)


def test_everything_released_leaves_no_proposal() -> None:
    west, south, _, _ = HOME.bounds
    all_of_it = Cut("all", "released", shapely.box(west - 99, south - 99, west + 199, south + 199))

    assert delineate([searched(0, 0)], Settings(), [all_of_it]).areas == ()


def test_a_line_parts_an_area_and_the_side_without_finds_falls_away() -> None:
    west, south, _, north = HOME.bounds
    river = Cut(
        "river", "river", shapely.LineString([(west + 75, south - 999), (west + 75, north + 999)])
    )
    (area,) = delineate([searched(0, 0)], Settings(margin_m=50), [river]).areas

    assert area.outline.bounds[2] == pytest.approx(west + 75, abs=0.01)
    assert area.losses[0].area_m2 == pytest.approx(25 * 150, abs=0.1)


def test_a_line_through_finds_makes_two_areas() -> None:
    west, south, _, north = HOME.bounds
    road = Cut(
        "road", "road", shapely.LineString([(west + 50, south - 999), (west + 50, north + 999)])
    )
    found = delineate([searched(0, 0), searched(1, 0)], Settings(margin_m=50), [road]).areas

    assert {a.positive for a in found} == {(HOME.id,), (HOME.moved(1, 0).id,)}
    assert sum(a.outline.area for a in found) == pytest.approx(200 * 150, abs=0.2)


def test_a_wider_margin_never_makes_less() -> None:
    boxes = [searched(c, c * 2 % 7) for c in range(0, 12, 2)]
    sides = compared(boxes, Settings(), [0, 25, 50, 100])

    unions = [shapely.union_all([a.outline for a in s.areas]).area for s in sides]
    assert unions == sorted(unions)


@settings(deadline=None)
@given(fields, rules)
def test_every_positive_box_lies_in_its_proposal_or_was_left_out(
    field: list[tuple[int, int, Role]], rule: Settings
) -> None:
    boxes = [searched(*one) for one in field]
    found = delineate(boxes, rule)
    told = [n for a in found.areas for n in a.positive] + [n for g in found.left_out for n in g]

    assert sorted(told) == sorted(b.name for b in boxes if b.role == Role.POSITIVE)
    by_name = {b.name: b.polygon for b in boxes}
    for area in found.areas:
        assert area.outline.is_valid
        for name in (*area.positive, *area.joined):
            assert by_name[name].difference(area.outline).area < 0.01
        assert area.area_m2 == pytest.approx(area_m2(from_utm(area.outline)))


@settings(deadline=None)
@given(fields, rules, st.integers(0, 2**16))
def test_the_order_of_boxes_makes_no_difference(
    field: list[tuple[int, int, Role]], rule: Settings, seed: int
) -> None:
    boxes = [searched(*one) for one in field]
    mixed = Random(seed).sample(boxes, len(boxes))

    assert delineate(mixed, rule) == delineate(boxes, rule)


@settings(deadline=None)
@given(fields, rules, st.integers(-30, 30), st.integers(-30, 30))
def test_moving_every_box_by_whole_boxes_moves_the_outline(
    field: list[tuple[int, int, Role]], rule: Settings, columns: int, rows: int
) -> None:
    here = delineate([searched(*one) for one in field], rule).areas
    there = delineate([searched(c + columns, r + rows, role) for c, r, role in field], rule).areas

    moved = [shapely.affinity.translate(a.outline, columns * 50, rows * 50) for a in here]
    assert len(moved) == len(there)
    gap = shapely.union_all(moved) ^ shapely.union_all([a.outline for a in there])
    assert gap.area < 0.05 * max(len(field), 1)


@settings(deadline=None)
@given(fields)
def test_a_box_given_twice_counts_its_ground_once(field: list[tuple[int, int, Role]]) -> None:
    boxes = [searched(*one) for one in field]
    once, twice = delineate(boxes, Settings()), delineate([*boxes, *boxes], Settings())

    assert [a.outline for a in once.areas] == [a.outline for a in twice.areas]
    assert [a.positive for a in once.areas] == [a.positive for a in twice.areas]


def test_a_whole_survey_of_boxes_is_one_field() -> None:
    boxes = [searched(c, r) for c in range(40) for r in range(40)]
    (area,) = delineate(boxes, Settings(margin_m=50)).areas

    assert area.outline.area == pytest.approx((40 * 50 + 100) ** 2, abs=1)
    assert area.is_one_ring
