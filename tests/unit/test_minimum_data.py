"""The minimum data: every place is there, every gap has its reason, and a lost question is told."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from datlanh.intake.minimum_data import (
    MET,
    MISSING,
    NO_FORM,
    NO_OPTION,
    NO_QUESTION,
    NOT_KEPT,
    PARTLY,
    Datum,
    Place,
    Topic,
    counts_of,
    find,
    held_against,
    lost,
)
from datlanh.intake.minimum_data_rows import TOPICS
from datlanh.intake.xlsform import read_form
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import Text

WORKBOOKS = Path(__file__).resolve().parents[2] / "forms"
DATA = [pytest.param(d, id=d.key) for t in TOPICS for d in t.data]


@lru_cache(maxsize=16)
def form(name: str) -> FormMapping:
    return read_form(WORKBOOKS / f"{name}.xlsx").mapping


def forms() -> dict[str, FormMapping]:
    return {path.stem: form(path.stem) for path in WORKBOOKS.glob("*.xlsx")}


def topic(*places: Place, reason: Text | None = None) -> Topic:
    word = Text("dữ liệu", "datum")
    return Topic("t", word, (Datum("d", word, places, reason),))


def state(*places: Place, reason: Text | None = None) -> str:
    return held_against([topic(*places, reason=reason)], forms())[0].lines[0].state


def test_the_draft_is_covered_whole():
    counts = {t.key: len(t.data) for t in TOPICS}
    assert counts == {
        "contaminated": 7,
        "activities": 5,
        "released": 7,
        "education": 5,
        "accident": 4,
        "victim": 7,
        "quality": 6,
    }
    keys = [d.key for t in TOPICS for d in t.data]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("datum", DATA)
def test_a_datum_has_a_place_or_a_reason_in_both_languages(datum):
    assert datum.places or datum.reason
    for text in (datum.word, datum.reason):
        assert text is None or (text.vi and text.en and text.vi != text.en)


@pytest.mark.parametrize("datum", DATA)
def test_every_place_counts_in_the_forms_of_the_house(datum):
    found = [find(p, form(p.form)) for p in datum.places]
    assert [(f.place, f.gap.en) for f in found if f.gap] == []


def test_states_follow_from_places_and_reasons():
    there, gone = Place("cha", "coordinates"), Place("cha", "gone")
    why = Text("lý do", "reason")
    assert state(there) == MET
    assert state(there, reason=why) == PARTLY
    assert state(there, gone) == PARTLY
    assert state(gone) == MISSING
    assert state(reason=why) == MISSING


@pytest.mark.parametrize(
    ("place", "gap"),
    [
        (Place("cha", "gone"), NO_QUESTION),
        (Place("cha", "gone.position"), NO_QUESTION),
        (Place("cha", "found_items.gone"), NO_QUESTION),
        (Place("cha", "area_type", ("cha", "sha")), NO_OPTION),
        (Place("cha", "attachment"), NOT_KEPT),
        (Place("cha", "photos.caption"), NOT_KEPT),
        (Place("cha", "cha_id"), None),
    ],
)
def test_a_place_counts_only_where_the_answer_reaches_the_register(place, gap):
    assert find(place, form("cha")).gap == gap


def test_a_form_that_is_not_published_is_a_gap():
    part = held_against([topic(Place("cha", "coordinates"))], {})[0]
    assert part.counts == {MET: 0, PARTLY: 0, MISSING: 1}
    assert part.lines[0].gaps[0].gap == NO_FORM


def test_counts_add_up():
    parts = held_against(TOPICS, forms())
    together = counts_of([line for part in parts for line in part.lines])
    assert together == {s: sum(p.counts[s] for p in parts) for s in together}
    assert sum(together.values()) == len(DATA)


def test_only_what_the_version_in_force_had_is_lost():
    old = form("cha")
    new = replace(old, questions=tuple(q for q in old.questions if q.key != "coordinates"))
    assert {d.key for d, _found, _gap in lost(TOPICS, new, old)} == {
        "area_benchmark",
        "activity_position",
    }
    assert list(lost(TOPICS, new, new)) == []
    assert list(lost(TOPICS, old, None)) == []
    assert list(lost(TOPICS, new, None)) != []


def test_a_list_that_leaves_the_register_is_lost():
    old = form("cmrs")
    repeats = (replace(r, list=None) if r.key == "found_items" else r for r in old.repeats)
    new = replace(old, repeats=tuple(repeats))
    assert {gap for _datum, _found, gap in lost(TOPICS, new, old)} == {NOT_KEPT}
