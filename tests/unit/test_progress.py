"""The outlook is a range from past months, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datlanh.kernel.progress import ENOUGH, outlook


def test_the_range_is_the_slowest_and_the_fastest_three_months() -> None:
    found = outlook([0, 0, 10, 10, 10, 40, 40, 40, 10, 10, 10], 400)
    assert found is not None
    assert (found.slow_m2, found.fast_m2, found.months) == (10, 40, 9)
    assert (found.soonest, found.latest) == (10, 40)


def test_months_before_the_first_release_do_not_count() -> None:
    assert outlook([0] * 20 + [5] * (ENOUGH - 1), 100) is None
    assert outlook([0] * 20 + [5] * ENOUGH, 100) is not None


def test_only_the_last_twelve_months_are_looked_at() -> None:
    found = outlook([1000] * 12 + [10] * 12, 100)
    assert found is not None
    assert found.fast_m2 == 10


def test_three_months_of_nothing_have_no_end() -> None:
    found = outlook([10, 10, 10, 0, 0, 0], 100)
    assert found is not None
    assert found.latest is None


@pytest.mark.parametrize("released", [[], [0] * 12, [-5] * 12])
def test_where_nothing_was_released_nothing_is_said(released) -> None:
    assert outlook(released, 100) is None


def test_where_nothing_remains_nothing_is_said() -> None:
    assert outlook([5] * 12, 0) is None


@given(st.lists(st.floats(0, 1e6), max_size=30), st.floats(1, 1e9))
def test_the_soonest_is_never_after_the_latest(released, remaining) -> None:
    found = outlook(released, remaining)
    if found is not None and found.latest is not None:
        assert 1 <= found.soonest <= found.latest
