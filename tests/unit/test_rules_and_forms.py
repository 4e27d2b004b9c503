"""The rules and the forms speak of the same questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from datlanh.intake.xlsform import read_form
from datlanh.kernel.checks import form as form_rules
from datlanh.kernel.checks.coherence import REMARKS
from datlanh.kernel.checks.education import GROUPS, MEDIA, PARTS, SCHOOLS, SMALL
from datlanh.kernel.checks.eod import LEFT
from datlanh.kernel.checks.ordnance import SMALL_ARMS
from datlanh.kernel.checks.parts import (
    AREA_FORMS,
    EVIDENCE,
    FORMS,
    ITEMS,
    LABELS,
    POCKET,
    POCKETS,
    POLYGON,
)
from datlanh.kernel.checks.people import INJURIES, LIVING, YOUNGEST
from datlanh.kernel.mapping import FormMapping

WORKBOOKS = Path(__file__).resolve().parents[2] / "forms"
# Questions that a rule asks for by name, beside those every form has.
ASKED = {
    "accident": {"impact", "persons_involved", "ordnance_identified"},
    "victim": {*INJURIES, *LIVING, "injuries_comment", "death_location", "still_alive"},
    "victim_assistance": {"amount", "currency"},
    "eore": {*GROUPS, *PARTS, SMALL, "informants_total", "target_population", "campaign_level"},
    "cmrs": {"survey_boxes", "surveyed_area_total", "status"},
    "eod_spot": {"reason_not_destroyed", "disposal_place", "cleared_area", "status"},
    "land_release": {"release_type", "polygon_status", "method", "cleared_area", "status"},
    "clearance_progress": {"clearance_id", "cha_ids", "cleared_area", "man_hours"},
}
VICTIMS = {"victim_list": {"victim_id", "killed_or_injured"}, "ordnance_types": {"model"}}
ROWS = {
    EVIDENCE: {"point_id", "evidence_kind", "position"},
    ITEMS: {"quantity", "model", "model_other", "depth", "position", "geolink"},
}


@pytest.fixture(scope="module", params=sorted(FORMS))
def mapping(request: pytest.FixtureRequest) -> FormMapping:
    return read_form(WORKBOOKS / f"{request.param}.xlsx").mapping


def test_rules_ask_for_questions_the_form_has(mapping: FormMapping) -> None:
    expected, keys = FORMS[mapping.form], {q.key for q in mapping.questions}
    asked = {*expected.must, *expected.new, *expected.should}
    asked |= {key for pair in expected.in_order for key in pair}
    asked |= {key for key in (expected.point, expected.team) if key}
    asked |= {POLYGON} if mapping.form in AREA_FORMS else set()
    asked |= {key for pair in REMARKS.get(mapping.form, {}).items() for key in pair}
    assert asked <= keys


def test_questions_that_single_rules_name_are_there(mapping: FormMapping) -> None:
    assert ASKED.get(mapping.form, set()) <= {q.key for q in mapping.questions}


def test_choices_that_rules_name_are_offered() -> None:
    mapping = read_form(WORKBOOKS / "victim.xlsx").mapping
    assert set(YOUNGEST) <= {c.key for c in mapping.question("activity_at_time").choices}
    mapping = read_form(WORKBOOKS / "eod_spot.xlsx").mapping
    columns = {q.key: q for q in mapping.repeat("found_items").questions}
    assert LEFT in {c.key for c in columns["disposal"].choices}
    assert SMALL_ARMS in {c.key for c in columns["category"].choices}
    mapping = read_form(WORKBOOKS / "eore.xlsx").mapping
    assert {c.key for c in mapping.question("activity_types").choices} >= MEDIA
    assert {c.key for c in mapping.question("target_population").choices} >= SCHOOLS


def test_form_and_rules_agree_on_id_prefixes_and_date(mapping: FormMapping) -> None:
    expected = FORMS[mapping.form]
    assert (mapping.id_question, mapping.date) == (expected.id, expected.dated_by)
    assert set(mapping.prefixes) == set(expected.prefixes)


def test_what_the_form_requires_the_rules_require_too(mapping: FormMapping) -> None:
    expected = FORMS[mapping.form]
    required = {q.key for q in mapping.questions if q.required}
    assert required <= {
        *expected.must,
        "assessment_date",
        "survey_boxes",
    }  # with a score; of a new survey


def test_rows_have_the_columns_the_rules_read(mapping: FormMapping) -> None:
    wanted = dict(ROWS) if FORMS[mapping.form].items else {}
    wanted |= {POCKETS: {POCKET}} if mapping.form == "land_release" else {}
    wanted |= VICTIMS if mapping.form == "accident" else {}
    for key, columns in wanted.items():
        repeat = mapping.repeat(key)
        assert repeat is not None
        assert columns <= {q.key for q in repeat.questions}


def test_every_dated_or_counted_question_has_a_name_for_sentences(mapping: FormMapping) -> None:
    kinds = ("date", "decimal", "integer", "point", "polygon")
    questions = [*mapping.questions, *(q for r in mapping.repeats for q in r.questions)]
    assert {q.key for q in questions if q.kind in kinds} <= set(LABELS)


def test_amounts_and_percentages_are_numbers_on_some_form() -> None:
    mappings = [read_form(WORKBOOKS / f"{name}.xlsx").mapping for name in FORMS]
    numbers = {q.key for m in mappings for q in m.questions if q.kind in ("decimal", "integer")}
    assert {*form_rules.AMOUNTS, *form_rules.PERCENTAGES} <= numbers
