"""Pasted tables of points."""

from __future__ import annotations

import pytest
from shapely.geometry import Point, box

from datlanh.kernel.coordinates.tables import names_system, read_table

PROVINCE = box(105.6, 16.3, 107.4, 18.1)


def inside(point: Point) -> bool:
    return bool(PROVINCE.covers(point))


def test_a_table_with_a_header_and_a_closing_point() -> None:
    text = (
        "Tên;X;Y\nSP;1852759,89;590430,06\nTP1;1852760,35;590536,68\n"
        "TP2;1852871,01;590536,21\nSP;1852759,89;590430,06"
    )
    found = read_table(text, inside, "vn2000_10615")
    assert [line.name for line in found.lines] == ["SP", "TP1", "TP2"]
    assert found.unread == 0
    (polygon,) = found.polygons
    assert polygon.exterior.coords[0] == pytest.approx((107.1, 16.75), abs=1e-6)


def test_several_systems_that_fit_are_said() -> None:
    found = read_table("1852759.89 590430.06", inside)
    assert found.is_ambiguous
    assert dict(found.fits) == dict.fromkeys(
        ("utm48", "vn2000_10615", "vn2000_10600", "vn2000_utm48"), 1
    )
    assert not read_table("VN2000 TM3 106°00' 1852759.89 590430.06", inside).is_ambiguous


def test_a_line_that_names_a_system_speaks_for_those_after_it() -> None:
    found = read_table("VN-2000, KTT 106°00'\n1\t1852759.89\t590430.06\n2\t1852760\t590536", inside)
    assert found.system == "vn2000_10600"
    assert [line.name for line in found.lines] == ["1", "2"]
    assert names_system("VN-2000 TM-3 106°15′")
    assert not names_system("Khu vực 12")
    assert names_system("VN-2000")  # three of its projections are left


def test_an_empty_line_begins_another_ring() -> None:
    ring = "SP 16.75 107.1\nTP1 16.75 107.101\nTP2 16.751 107.101"
    found = read_table(f"{ring}\n\n{ring}", inside)
    assert len(found.polygons) == 2
    assert [line.ring for line in found.lines] == [1, 1, 1, 2, 2, 2]


def test_lines_that_cannot_be_read_are_counted_and_proposals_made() -> None:
    found = read_table("16.75 107.1\nxyz 123 456 789\n16.75 7.1", inside)
    assert found.unread == 1
    assert [len(line.proposals) for line in found.lines] == [0, 0, 1]
    assert found.lines[2].proposals[0].geometry.distance(Point(107.1, 16.75)) < 1e-9


def test_nothing_is_an_empty_table() -> None:
    found = read_table(" \n\n", inside)
    assert (found.lines, found.points, found.polygons) == ((), [], [])
