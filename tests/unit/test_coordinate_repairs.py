"""Places written wrongly, and what brings them back."""

from __future__ import annotations

import pytest
from shapely.geometry import Point, Polygon, box

from datlanh.kernel.coordinates import metres
from datlanh.kernel.coordinates.repairs import datum_moves, proposals, text_proposals
from datlanh.kernel.coordinates.systems import _projection, utm

PROVINCE = box(105.6, 16.3, 107.4, 18.1)
HERE = Point(107.1, 16.75)


def inside(point: Point) -> bool:
    return bool(PROVINCE.covers(point))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Point(16.75, 107.1), "exchanged"),
        (Point(113.1, 16.75), "zone 49"),
        (Point(101.1, 16.75), "zone 47"),
        (Point(107.1, -16.75), "hemisphere"),
        (Point(-107.1, 16.75), "hemisphere"),
        (Point(7.1, 16.75), "beginning"),
        (Point(107.1, 1.675), "decimal mark"),
        (Point(10710000, 1675000), "decimal mark"),
    ],
)
def test_one_mistake_undone(wrong: Point, said: str) -> None:
    found = proposals(wrong, inside)
    assert [said in p.said.en for p in found] == [True]
    assert found[0].geometry.distance(HERE) < 1e-9


def test_what_lies_inside_is_left_alone() -> None:
    assert proposals(HERE, inside) == []
    assert text_proposals("16.75 107.1", inside) == []


def test_a_drawing_moves_as_a_whole() -> None:
    square = box(107.1, 16.75, 107.11, 16.76)
    turned = Polygon([(y, x) for x, y in square.exterior.coords])
    (found,) = proposals(turned, inside)
    assert found.geometry.equals(square)
    assert found.moved_m == 0 or found.moved_m > 1e6


def test_numbers_of_another_zone_in_degrees() -> None:
    east, north = _projection(utm(48), False).transform(HERE.x, HERE.y)
    lon, lat = _projection(utm(49), False).transform(east, north, direction="INVERSE")
    (found,) = proposals(Point(lon, lat), inside)
    assert found.geometry.distance(HERE) < 1e-6
    assert found.moved_m == pytest.approx(638_000, rel=0.02)


def test_vn2000_taken_for_wgs84_is_some_200_metres() -> None:
    there, back = datum_moves(HERE)
    assert 180 < there.moved_m < 240
    assert there.moved_m == pytest.approx(back.moved_m, rel=1e-3)


def test_a_digit_lost_from_metres() -> None:
    northing, easting = (round(v) for v in metres(HERE, "vn2000_10615"))
    for text in (
        f"{northing // 10} {easting}",
        f"{northing - 1_000_000} {easting}",
        f"{northing} {easting // 10}",
    ):
        found = text_proposals(text, inside)
        near = [p for p in found if p.geometry.distance(HERE) < 2e-4]
        assert any("digit" in p.said.en for p in near), (text, found)


def test_a_decimal_comma_that_was_lost() -> None:
    assert any(
        p.geometry.distance(HERE) < 1e-9 for p in text_proposals("1675000; 10710000", inside)
    )
