"""The fold, pure: order-free, latest date wins, corrections restate, choices decide."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datlanh.kernel.fold import (
    Choice,
    Claim,
    Span,
    Standing,
    Step,
    difference,
    effective,
    fold,
    replay,
)

D1, D2, D3 = dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)


def claim(report: int, on: dt.date, lists: tuple[str, ...] = (), **atoms: str) -> Claim:
    return Claim(report, on, atoms, lists)


def winners(folded, on):
    segment = folded.at(on)
    return {a: s.report for a, s in segment.sources.items()} if segment else {}


def test_the_latest_date_of_information_wins_whatever_arrived_last():
    folded = fold([claim(2, D1, priority="high"), claim(1, D2, priority="low")])
    assert winners(folded, D3) == {"priority": 1}
    assert winners(folded, D1) == {"priority": 2}


def test_an_empty_answer_never_erases():
    folded = fold([claim(1, D1, area="a", priority="p"), claim(2, D2, priority="q")])
    assert winners(folded, D2) == {"area": 1, "priority": 2}


def test_a_late_report_about_the_past_changes_the_past_only():
    before = fold([claim(1, D1, area="a"), claim(2, D3, area="c")])
    after = fold([claim(1, D1, area="a"), claim(2, D3, area="c"), claim(3, D2, area="b")])
    assert winners(after, D3) == winners(before, D3) == {"area": 2}
    assert winners(after, D2) == {"area": 3}


def test_one_date_with_two_values_is_a_conflict_until_somebody_chooses():
    claims = [claim(1, D1, area="a"), claim(2, D1, area="b")]
    assert [(c.atom, c.reports) for c in fold(claims).conflicts] == [("area", (1, 2))]
    chosen = fold(claims, [Choice("area", D1, 1)])
    assert chosen.conflicts == ()
    assert winners(chosen, D1) == {"area": 1}


def test_a_later_choice_replaces_an_earlier_one():
    claims = [claim(1, D1, area="a"), claim(2, D1, area="b")]
    choices = [Choice("area", D1, 1), Choice("area", D1, 2)]
    assert winners(fold(claims, choices), D1) == {"area": 2}


def test_the_same_value_on_the_same_date_is_no_conflict():
    assert fold([claim(1, D1, area="a"), claim(2, D1, area="a")]).conflicts == ()


def test_combined_lists_gather_the_reports_that_add_to_them():
    folded = fold([claim(1, D1, ("items",)), claim(2, D2, ("items",))])
    assert folded.at(D1).lists == {"items": (1,)}
    assert folded.at(D2).lists == {"items": (1, 2)}


def test_a_correction_hides_its_whole_chain_and_revoking_it_lets_the_last_one_live():
    chain = [
        Standing(1, approved=True),
        Standing(2, approved=True, supersedes=1),
        Standing(3, approved=True, supersedes=2),
    ]
    assert effective(chain) == {3}
    assert effective([*chain[:2], Standing(3, approved=False, supersedes=2)]) == {2}
    assert effective(
        [chain[0], Standing(2, approved=True, withdrawn=True, supersedes=1), chain[2]]
    ) == {3}
    assert effective([chain[0], Standing(2, approved=True, withdrawn=True, supersedes=1)]) == {1}


def test_a_report_cannot_correct_one_that_came_later():
    with pytest.raises(ValueError, match="later"):
        effective([Standing(1, approved=True, supersedes=2), Standing(2, approved=True)])


DATES = st.dates(dt.date(2026, 1, 1), dt.date(2026, 1, 12))
CLAIMS = st.lists(
    st.builds(
        Claim,
        report=st.integers(1, 30),
        on=DATES,
        atoms=st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), max_size=4),
        lists=st.sampled_from([(), ("items",)]),
    ),
    max_size=20,
    unique_by=lambda c: (c.report, c.on),
)
CHOICES = st.lists(
    st.builds(Choice, st.sampled_from("abcd"), DATES, st.integers(1, 30)), max_size=4
)


@given(CLAIMS, CHOICES, st.randoms())
def test_any_order_of_claims_folds_to_the_same_record(claims, choices, random):
    shuffled = list(claims)
    random.shuffle(shuffled)
    assert fold(claims, choices) == fold(shuffled, choices)


@given(CLAIMS, CHOICES)
def test_every_day_equals_the_plain_maximum_of_what_was_known_of_it(claims, choices):
    folded = fold(claims, choices)
    present = {c.report for c in claims}
    chosen = {(c.atom, c.on): c.report for c in choices if c.report in present}
    for on in {c.on for c in claims}:
        expected: dict[str, tuple] = {}
        for c in claims:
            for atom in c.atoms:
                rank = (c.on, chosen.get((atom, c.on)) == c.report, c.report)
                if c.on <= on and rank > expected.get(atom, (dt.date.min, False, 0)):
                    expected[atom] = rank
        assert winners(folded, on) == {a: r[2] for a, r in expected.items()}


@given(CLAIMS, CHOICES)
def test_segments_tile_time_and_equal_fingerprints_mean_equal_content(claims, choices):
    segments = fold(claims, choices).segments
    for left, right in pairwise(segments):
        assert left.end == right.start
    assert not segments or segments[-1].end is None
    contents = {(str(sorted(s.sources.items())), str(s.lists)) for s in segments}
    assert len(contents) == len({s.fingerprint for s in segments})


@given(CLAIMS, CLAIMS)
def test_applying_the_difference_always_gives_the_new_segments(before, after):
    stored = [Span(s.start, s.end, s.fingerprint) for s in fold(before).segments]
    target = fold(after).segments
    change = difference(stored, target)
    kept = [s for s in stored if s not in change.close]
    result = {(s.start, s.end, s.fingerprint) for s in [*kept, *change.open]}
    assert result == {(s.start, s.end, s.fingerprint) for s in target}
    for start, span in change.copied.items():
        assert span.fingerprint == next(s for s in change.open if s.start == start).fingerprint


@given(CLAIMS, st.lists(st.frozensets(st.integers(1, 30)), max_size=6))
def test_the_newest_of_a_replay_is_the_fold_and_every_past_is_what_was_folded_then(claims, sets):
    steps = [Step(i + 1, counting) for i, counting in enumerate(sets)]
    known = replay(steps, claims)
    for step in steps:
        then = {
            (k.segment.start, k.segment.end, k.segment.fingerprint)
            for k in known
            if k.known_from <= step.seq and (k.known_to is None or step.seq < k.known_to)
        }
        folded = fold([c for c in claims if c.report in step.counting]).segments
        assert then == {(s.start, s.end, s.fingerprint) for s in folded}
    assert all(k.known_to is None or k.known_to > k.known_from for k in known)
