"""What a workbook may seal, what consent reaches, and what old mappings say."""

from __future__ import annotations

import pytest

from datlanh.intake.selectors.consent import AUTHORITIES, NGOS, Reader, consent_reaches
from datlanh.intake.xlsform import read_form
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.mapping import FormMapping
from support.persons import SURVEY, asked, workbook


def test_a_bundle_travels_with_the_mapping_and_older_mappings_have_none():
    mapping = read_form(workbook()).mapping
    stored = mapping.to_json()
    assert FormMapping.from_json(stored) == mapping
    assert mapping.question("home").person == "victim"
    assert mapping.question("signed_by").person is None
    for question in stored["questions"]:
        del question["person"]
    assert all(q.person is None for q in FormMapping.from_json(stored).questions)


END = SURVEY[-1:]
PERSON = {"register::person": "victim"}


def with_rows(*rows: dict[str, str]) -> list[dict[str, str]]:
    return [*SURVEY[:-1], *rows, *END]


@pytest.mark.parametrize(
    ("survey", "word"),
    [
        ([r | PERSON if r.get("name") == "victim_id" else r for r in SURVEY], "“victim_id”"),
        ([r | PERSON if r.get("name") == "interview_date" else r for r in SURVEY], "date its"),
        ([r | PERSON if r.get("name") == "clear" else r for r in SURVEY], "“clear”"),
        (with_rows(asked("text", "correction_of", "", "victim")), "“correction_of”"),
        (with_rows(asked("text", "c", "c", "victim", **{"register::kind": "commune"})), "commune"),
        (with_rows(asked("geoshape", "field", "field", "victim")), "polygon"),
        (with_rows(asked("geopoint", "at", "position", "victim")), "position"),
        (with_rows(asked("image", "face", "face", "victim")), "file"),
        (with_rows(asked("text", "x", "x", "Nạn nhân")), "Nạn nhân"),
        (with_rows(asked("text", "x", "x", "payload")), "payload"),
        (
            with_rows(
                asked("begin repeat", "others", **{"register::list": "others"}),
                asked("text", "name", "name", "victim"),
                {"type": "end repeat"},
            ),
            "repeat",
        ),
        (
            with_rows(
                asked("begin repeat", "others", **{"register::list": "others"}),
                asked("text", "name", "name", **{"register::kind": "person"}),
                {"type": "end repeat"},
            ),
            "repeat",
        ),
    ],
)
def test_what_the_register_must_read_cannot_be_sealed(survey, word):
    with pytest.raises(UnreadableError) as refused:
        read_form(workbook(survey))
    assert word in refused.value.say("en")
    assert refused.value.say("vi") != refused.value.say("en")


YES, NO = "yes", "no"


@pytest.mark.parametrize(
    ("reader", "authorities", "ngos", "reached"),
    [
        (Reader.KEEPER, None, None, True),
        (Reader.KEEPER, NO, NO, True),
        (Reader.AUTHORITY, YES, NO, True),
        (Reader.AUTHORITY, NO, YES, False),
        (Reader.AUTHORITY, None, YES, False),
        (Reader.AUTHORITY, "not_asked", YES, False),
        (Reader.NGO, NO, YES, True),
        (Reader.NGO, YES, NO, False),
        (Reader.NGO, YES, None, False),
        (Reader.STRANGER, YES, YES, False),
    ],
)
def test_consent_reaches_whom_it_names(reader, authorities, ngos, reached):
    said = {AUTHORITIES: authorities, NGOS: ngos}
    assert consent_reaches(reader, {k: v for k, v in said.items() if v}) is reached
