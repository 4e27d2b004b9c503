"""Links are a fold of decisions; what speaks for one is measured in the plane."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from datlanh.intake.linking import Subject, ids_in, why_linked
from datlanh.intake.relations import BY_KEY, RELATIONS, Named
from datlanh.kernel.links import LinkSpan, Pair, link_spans

A, B = uuid.UUID(int=1), uuid.UUID(int=2)
PAIRS = [Pair(r, A, B) for r in ("one", "two")]


def test_a_link_lasts_until_it_is_undone():
    one = PAIRS[0]
    assert link_spans([(3, one, True), (5, one, True), (8, one, False)]) == [
        LinkSpan(one, True, 3, 8),
        LinkSpan(one, False, 8),
    ]


@given(st.lists(st.tuples(st.sampled_from(PAIRS), st.booleans())))
def test_at_any_number_a_pair_is_as_last_decided(decided):
    numbered = [(seq, pair, holds) for seq, (pair, holds) in enumerate(decided, 1)]
    spans = link_spans(numbered)
    for known in range(len(decided) + 1):
        for pair in PAIRS:
            last = [h for seq, p, h in numbered if p == pair and seq <= known][-1:]
            now = [
                s.holds
                for s in spans
                if s.pair == pair and s.known_from <= known < (s.known_to or known + 1)
            ]
            assert now == last


def test_a_line_of_text_is_read_for_ids():
    assert ids_in("haz-409-600001; HAZ-409-600002,HAZ-409-600003 và") == [
        "HAZ-409-600001",
        "HAZ-409-600002",
        "HAZ-409-600003",
        "V",
    ]
    assert ids_in("") == []


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda r: r.key)
def test_a_relation_is_of_two_kinds_and_has_something_that_speaks_for_it(relation):
    assert relation.a != relation.b
    assert relation.how
    # So that two records are linked in one way only, seen from either.
    others = [r for r in RELATIONS if (r.a, r.b) == (relation.a, relation.b)]
    assert others == [relation]


def subject(kind: str, local_id: str, **more: object) -> Subject:
    return Subject(uuid.uuid4(), kind, local_id, 1, **more)  # type: ignore[arg-type]


def test_only_the_id_itself_makes_a_victim_of_an_accident():
    relation = BY_KEY["victim_accident"]
    hurt = subject("victim", "VIC-409-600001-02")
    assert why_linked(relation, hurt, subject("accident", "INC-409-600001")).is_named
    assert not why_linked(relation, hurt, subject("accident", "INC-409-600002")).is_proof


def test_what_is_named_is_proposed_however_far_and_says_how_far():
    ground, elsewhere = box(107.0, 16.8, 107.01, 16.81), box(107.1, 16.8, 107.11, 16.81)
    area = subject("hazardous_area", "HAZ-409-600001", outline=ground)
    said = {"cha_ids": "HAZ-409-600001"}
    done = subject("land_release", "HR-CLC-409-600001", outline=elsewhere, values=said)
    why = why_linked(BY_KEY["release_area"], done, area)
    assert (why.is_named, why.is_proof, why.share) == (True, True, 0.0)
    assert [t.en for t in why.told] == ["named in a report", "no ground is shared"]
    assert why.data == {"named": True, "share": 0.0}


def test_nearness_counts_up_to_its_distance():
    ground = box(107.0, 16.8, 107.01, 16.81)
    area = subject("hazardous_area", "HAZ-409-600001", outline=ground)
    found = []
    for metres in (0, 480, 520):
        at = Point(107.01 + metres / 106_600, 16.805)
        why = why_linked(
            BY_KEY["accident_area"], subject("accident", "INC-409-600001", position=at), area
        )
        found.append(why.is_proof)
        assert why.distance_m == pytest.approx(metres, abs=3)
    assert found == [True, True, False]


def test_every_attribute_that_names_ids_has_its_index():
    """Asking an area's page which records name it must not read every version."""
    from pathlib import Path

    folder = Path(__file__).parents[2] / "src" / "datlanh" / "intake" / "migrations"
    text = "".join(p.read_text(encoding="utf-8") for p in folder.glob("*_named_*.py"))
    named = {h.attribute for r in RELATIONS for h in r.how if isinstance(h, Named) and h.attribute}
    assert {a for a in named if f"intake_named_{a} " in text} == named
