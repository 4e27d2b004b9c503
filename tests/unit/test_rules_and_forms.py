"""The rules and the forms speak of the same questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from datlanh.intake.xlsform import read_form
from datlanh.kernel.checks import form as form_rules
from datlanh.kernel.checks.parts import EVIDENCE, FORMS, ITEMS, LABELS, POCKET, POCKETS, POLYGON
from datlanh.kernel.mapping import FormMapping

WORKBOOKS = Path(__file__).resolve().parents[2] / "forms"
ROWS = {
    EVIDENCE: {"point_id", "evidence_kind", "position"},
    ITEMS: {"quantity", "model", "model_other", "depth", "position", "geolink"},
}


@pytest.fixture(scope="module", params=sorted(FORMS))
def mapping(request: pytest.FixtureRequest) -> FormMapping:
    return read_form(WORKBOOKS / f"{request.param}.xlsx").mapping


def test_rules_ask_for_questions_the_form_has(mapping: FormMapping) -> None:
    expected, keys = FORMS[mapping.form], {q.key for q in mapping.questions}
    asked = {POLYGON, *expected.must, *expected.new, *expected.should}
    asked |= {key for pair in expected.in_order for key in pair}
    assert asked <= keys


def test_form_and_rules_agree_on_id_prefixes_and_date(mapping: FormMapping) -> None:
    expected = FORMS[mapping.form]
    assert (mapping.id_question, mapping.date) == (expected.id, expected.dated_by)
    assert set(mapping.prefixes) == set(expected.prefixes)


def test_what_the_form_requires_the_rules_require_too(mapping: FormMapping) -> None:
    expected = FORMS[mapping.form]
    required = {q.key for q in mapping.questions if q.required}
    assert required <= {*expected.must, "assessment_date"}  # required with a score only


def test_rows_have_the_columns_the_rules_read(mapping: FormMapping) -> None:
    wanted = ROWS | ({POCKETS: {POCKET}} if mapping.form == "land_release" else {})
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
