"""Every planted fault is found, and no clean report is stopped."""

from __future__ import annotations

import pytest

from datlanh.kernel.checks import RULES
from datlanh.kernel.checks.expected import FORMS
from support.corpus import Outcome, Sample, corpus, judge
from support.corpus_faults import FAULTS


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return list(corpus())


@pytest.fixture(scope="module")
def outcome(samples: list[Sample]) -> Outcome:
    return judge(iter(samples))


def test_the_corpus_is_large_and_covers_every_form(samples: list[Sample]) -> None:
    clean = [s for s in samples if not s.planted]
    faulty = [s for s in samples if s.planted]
    assert len(clean) >= 150
    assert len(faulty) >= 300
    assert {s.form for s in clean} == {s.form for s in faulty} == set(FORMS)
    assert {len(s.planted) for s in faulty} == {1, 2}
    assert len({s.seen.record_id for s in clean}) == len(clean)


def test_every_planted_fault_is_found(outcome: Outcome) -> None:
    assert outcome.missed == []
    assert outcome.planted >= outcome.faulty >= 300


def test_no_clean_report_is_blocked_and_none_is_warned_of(outcome: Outcome) -> None:
    assert outcome.blocked == []
    assert outcome.alarms == {}


def test_every_fault_is_planted_and_names_a_rule(outcome: Outcome) -> None:
    assert {f.rule for f in FAULTS} == outcome.rules
    assert all(f.rule in RULES and f.forms <= RULES[f.rule].forms for f in FAULTS)


def test_the_same_seed_gives_the_same_corpus(samples: list[Sample]) -> None:
    assert [s.planted for s in corpus()] == [s.planted for s in samples]
