"""Points and rings typed in any notation; nothing is guessed."""

from __future__ import annotations

import pytest

from datlanh.web.reports.answer_texts import point, rings


@pytest.mark.parametrize(
    "line",
    [
        "107.1 16.75",
        "SP 107,1; 16,75",
        "16°45′N 107°06′E",
        "TP1 VN-2000 TM-3 106°15′ 1852759,89 590430,06",
        "48Q YD 23867 53081",
        "48N 723867.1 1853081.9 WGS84",
    ],
)
def test_a_point_in_any_notation(line: str) -> None:
    assert point(line) == pytest.approx([107.1, 16.75], abs=1e-5)


def test_degrees_without_a_mark_stay_in_the_order_that_was_typed() -> None:
    assert point("16.75 107.1") == [16.75, 107.1]  # a check says that they are exchanged


@pytest.mark.parametrize("line", ["1852759.89 590430.06", "VN-2000 1852759.89 590430.06", "16.75"])
def test_what_may_be_several_places_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        point(line)


def test_a_ring_under_the_name_of_its_system() -> None:
    text = (
        "VN-2000, TM-3 106°15′\nSP 1852759,89 590430,06\nTP1 1852760,35 590536,68\n"
        "TP2 1852871,01 590536,21"
    )
    (ring,) = rings(text)
    assert len(ring) == 4
    assert ring[0] == ring[-1] == pytest.approx([107.1, 16.75], abs=1e-6)
    assert ring[1] == pytest.approx([107.101, 16.75], abs=1e-6)


def test_rings_in_degrees_as_before() -> None:
    text = "SP 107.1 16.75\nTP1 107.101 16.75\nTP2 107.101 16.751\n\n107 16\n107.1 16\n107.1 16.1"
    one, two = rings(text)
    assert one[0] == one[-1] == [107.1, 16.75]
    assert two[0] == [107, 16]
