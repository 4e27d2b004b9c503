"""Next numbers and gaps, without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from datlanh.kernel.ids import RecordId
from datlanh.organisations.rules import KNOWN, PREFIXES, RESERVE_FIRST, gaps, next_number, numbered

FIRST, LAST = 600_000, 600_030
taken_numbers = st.sets(st.integers(FIRST - 5, LAST + 5))


def test_counting_begins_after_the_round_number_as_in_the_procedure() -> None:
    assert next_number([], 600_000, 699_999) == 600_001


def test_the_next_number_follows_the_highest_and_leaves_gaps_alone() -> None:
    assert next_number([600_001, 600_007], 600_000, 699_999) == 600_008


def test_gaps_are_filled_only_at_the_end_of_the_range() -> None:
    taken = {*range(FIRST, LAST + 1)} - {600_004, 600_009}
    assert next_number(taken, FIRST, LAST) == 600_004


@given(taken_numbers)
def test_a_number_given_out_is_free_and_within_the_range(taken: set[int]) -> None:
    number = next_number(taken, FIRST, LAST)
    if number is None:
        assert set(range(FIRST, LAST + 1)) <= taken
    else:
        assert FIRST <= number <= LAST
        assert number not in taken


@given(taken_numbers.map(lambda s: {n for n in s if n >= FIRST}))
def test_gaps_and_taken_numbers_together_are_every_number_once(taken: set[int]) -> None:
    missing = [n for first, last in gaps(taken, FIRST) for n in range(first, last + 1)]
    counted = taken - {FIRST}
    assert sorted([*missing, *counted]) == list(range(FIRST + 1, max(taken, default=FIRST) + 1))


def test_an_assistance_speaks_for_the_number_of_its_accident() -> None:
    assert str(numbered(RecordId.parse("VA-409-300001-01-02"))) == "INC-409-300001"


def test_an_alias_counts_no_numbers_of_its_own() -> None:
    assert str(numbered(RecordId.parse("HR-MRE-409-700001"))) == "MRE-409-700001"
    assert "TS" in PREFIXES
    assert not {"HR-MRE", "VIC", "VA"} & set(PREFIXES)


def test_the_ranges_of_the_procedure_cover_all_six_digit_numbers_once() -> None:
    firsts = sorted([*(k.first for k in KNOWN), RESERVE_FIRST])
    assert firsts == list(range(0, 1_000_000, 100_000))
