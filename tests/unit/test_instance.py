"""Submissions as phones send them: what is refused, what is read, what comes back."""

from __future__ import annotations

import contextlib
import datetime as dt
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datlanh.intake import spelling
from datlanh.intake.instance import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    answers_of,
    attachment_names,
    instance_of,
    read_instance,
    unknown_elements,
)
from datlanh.intake.xlsform import CompiledForm, read_form
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.mapping import Answers, Question, view

ROOT = Path(__file__).resolve().parents[2]
FORMS = {path.stem: read_form(path) for path in sorted((ROOT / "forms").glob("*.xlsx"))}
CHA = FORMS["cha"]
UUID = "uuid:0d1f3c52-6f3e-4f4e-9d55-0d6d1f5b2a11"


def sent(
    body: str, *, attributes: str = 'id="cha" version="2026112301"', uuid: str = UUID
) -> bytes:
    meta = f"<orx:meta><orx:instanceID>{uuid}</orx:instanceID></orx:meta>" if uuid else ""
    return (
        f'<?xml version="1.0"?><data {attributes} xmlns:orx="http://openrosa.org/xforms">'
        f"{body}{meta}</data>"
    ).encode()


def read(body: str) -> Answers:
    return answers_of(read_instance(sent(body)), CHA.mapping)


def refusal(xml: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        read_instance(xml)
    assert caught.value.say("vi") != caught.value.say("en")
    return caught.value


# --- what is refused ---------------------------------------------------------------------

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE data [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]><data id="cha"><village>&c;</village></data>"""


@pytest.mark.parametrize(
    "xml",
    [
        LAUGHS,
        b'<!DOCTYPE data SYSTEM "http://127.0.0.1/x.dtd"><data id="cha"/>',
        b'<!doctype data><data id="cha"/>',
        b'<data id="cha"><!ENTITY a "b"></data>',
        LAUGHS.replace(b'"1.0"?', b'"1.0" encoding="UTF-8"?'),
        b"\xef\xbb\xbf" + LAUGHS,
    ],
)
def test_document_types_and_entities_are_refused_before_parsing(xml, monkeypatch):
    monkeypatch.setattr("datlanh.intake.instance.etree.XMLPullParser", None)  # not even made
    assert "entities" in refusal(xml).say("en")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-7"])
def test_a_document_type_does_not_hide_in_another_encoding(encoding):
    refusal(LAUGHS.decode().replace('"1.0"?', f'"1.0" encoding="{encoding}"?').encode(encoding))


def test_a_declared_encoding_other_than_utf8_is_refused():
    refusal(b'<?xml version="1.0" encoding="UTF-7"?><data id="cha"/>')


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"no xml",
        b"<data id='cha'>",
        b"<a/><b/>",
        b"\xff\xfe\x00",
        b"<data>\0</data>",
        sent("<village>&nothing;</village>"),
        sent("<village>&#0;</village>"),
    ],
)
def test_broken_xml_is_refused(xml):
    assert refusal(xml).code == "unreadable"


def test_size_depth_and_count_are_limited():
    assert "large" in refusal(sent("<village>" + "a" * MAX_BYTES + "</village>")).say("en")
    assert "deep" in refusal(sent("<g>" * MAX_DEPTH + "</g>" * MAX_DEPTH)).say("en")
    assert "deep" in refusal(sent("<g>" * 5_000 + "</g>" * 5_000)).say("en")
    assert "elements" in refusal(sent("<g/>" * MAX_ELEMENTS)).say("en")
    body = "<g>" * (MAX_DEPTH - 2) + "</g>" * (MAX_DEPTH - 2) + "<g/>" * 1000
    assert read_instance(sent(body)).form_id == "cha"


def test_a_report_names_its_form_and_itself():
    assert "form" in refusal(sent("", attributes='version="1"')).say("en")
    assert "instanceID" in refusal(sent("", uuid="")).say("en")


def test_what_only_looks_like_a_declaration_is_text():
    answers = read("<village><![CDATA[ Thôn <b> ]]></village><!-- a comment -->")
    assert answers.values == {"village": "Thôn <b>"}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([q.key for q in CHA.mapping.questions]), st.text(max_size=60))
def test_any_text_is_an_answer_a_problem_or_a_refusal_and_never_an_error(key, text):
    with contextlib.suppress(UnreadableError):
        answers = read(f"<{key}>{escape(text)}</{key}>")
        assert set(answers.values) | set(answers.points) | set(answers.problems) <= {key}


# --- what is read ------------------------------------------------------------------------


def test_the_head_of_an_instance():
    xml = sent("").replace(
        b"</orx:meta>", b"<orx:deprecatedID>uuid:1</orx:deprecatedID></orx:meta>"
    )
    instance = read_instance(xml)
    assert (instance.form_id, instance.version) == ("cha", "2026112301")
    assert (instance.instance_id, instance.deprecated_id) == (UUID, "uuid:1")


def test_answers_are_found_wherever_the_groups_are_and_whatever_the_namespace():
    xml = sent(
        '<general xmlns="http://www.w3.org/2002/xforms"><cha_id> HAZ-409-600001 </cha_id></general>'
        "<land_use>agricultural</land_use><deep><deeper><village/></deeper></deep>"
    )
    answers = answers_of(read_instance(xml), CHA.mapping)
    assert answers.values == {"cha_id": "HAZ-409-600001", "land_use": "agricultural"}
    assert answers.problems == {}


def test_each_kind_is_read_as_a_plain_value():
    answers = read(
        "<assessment_score>12</assessment_score><area_size>61947,25</area_size>"
        "<identification_date>2026-10-01</identification_date>"
        "<vegetation_type>grass bamboo grass</vegetation_type>"
        "<coordinates>16.75 107.1 0 4.5</coordinates>"
        "<polygon_points>16.7 107.2 0 0; 16.7 107.21 0 0; 16.71 107.21 0 0; 16.7 107.2 0 0"
        "</polygon_points>"
    )
    assert answers.values == {
        "assessment_score": 12,
        "area_size": 61947.25,
        "identification_date": "2026-10-01",
        "vegetation_type": ["grass", "bamboo"],
    }
    assert answers.points == {"coordinates": [107.1, 16.75]}
    assert answers.polygons["polygon_points"][0][1] == [107.21, 16.7]


def test_names_are_composed_letters_whatever_keyboard_wrote_them():
    name = "Thôn Tân Phổ"
    answers = read(f"<village>{unicodedata.normalize('NFD', name)}</village>")
    assert answers.values["village"] == name


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("assessment_score", "twelve"),
        ("assessment_score", "12.5"),
        ("area_size", "6 ha"),
        ("area_size", "1e999"),
        ("area_size", "NaN"),
        ("area_size", "12.34.56"),
        ("identification_date", "31/10/2026"),
        ("identification_date", "2026-02-30"),
        ("identification_date", "0001-01-01T00:00:00+14:00"),
        ("land_use", "castle"),
        ("vegetation_type", "grass castle"),
        ("coordinates", "16.75"),
        ("coordinates", "16.75 1e9 0 0"),
        ("coordinates", "nan nan 0 0"),
        ("polygon_points", "16.7 107.2 0 0; 16.7 107.21 0 0"),
        ("polygon_points", "16.7 107.2 0 0; here; 16.71 107.2 0 0"),
    ],
)
def test_what_cannot_be_read_is_kept_as_a_problem(key, raw):
    answers = read(f"<{key}>{raw}</{key}>")
    assert answers == Answers(problems={key: raw})


def test_swapped_coordinates_are_kept_for_the_check_to_find():
    assert read("<coordinates>107.1 16.75 0 0</coordinates>").points == {
        "coordinates": [16.75, 107.1]
    }


def test_an_answer_given_twice_is_told():
    answers = read("<village>Một</village><village>Hai</village>")
    assert answers.values == {"village": "Một"}
    assert answers.problems == {"village": "Hai"}


def test_rows_are_read_in_order_and_empty_ones_dropped():
    answers = read(
        "<found_items><quantity>3</quantity><position>16.7 107.2 0 0</position></found_items>"
        "<found_items><quantity/><model> </model></found_items>"
        "<found_items><quantity>many</quantity><model>blu_26</model></found_items>"
    )
    assert answers.rows["found_items"] == [
        {"values": {"quantity": 3}, "points": {"position": [107.2, 16.7]}, "polygons": {}},
        {"values": {"model": "blu_26"}, "points": {}, "polygons": {}},
    ]
    assert answers.problems == {"found_items/2/quantity": "many"}


def test_a_pocket_has_an_outline_of_its_own():
    ring = "16.7 107.2 0 0; 16.7 107.21 0 0; 16.71 107.21 0 0; 16.7 107.2 0 0"
    xml = sent(
        f"<uncleared_pockets><pocket_outline>{ring}</pocket_outline></uncleared_pockets>",
        attributes='id="land_release" version="1"',
    )
    mapping = FORMS["land_release"].mapping
    answers = answers_of(read_instance(xml), mapping)
    seen = view(mapping, answers, organisation="mag")
    assert seen.rows["uncleared_pockets"][0]["pocket_outline"][0].area > 0


def test_unknown_elements_are_left_out_and_noted():
    instance = read_instance(
        sent("<start>2026</start><g><colour>red</colour><empty/></g><photos><x>1</x></photos>")
    )
    assert answers_of(instance, CHA.mapping) == Answers()
    assert unknown_elements(instance, CHA.mapping) == ["start", "colour", "photos/x"]


def test_attachments_are_named_once():
    instance = read_instance(
        sent(
            "<photos><photo>a.jpg</photo></photos><photos><photo>b.jpg</photo></photos>"
            "<attachment>a.jpg</attachment><village>c.jpg</village>"
        )
    )
    assert attachment_names(instance, CHA.mapping) == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("61947.2", 61947.2),
        ("61947,2", 61947.2),
        ("61.947,2", 61947.2),
        ("61,947.2", 61947.2),
        ("1.234.567", 1234567.0),
        ("1,234,567.5", 1234567.5),
        ("61 947,2", 61947.2),
        ("-3", -3.0),
        (",5", 0.5),
        ("1.234", 1.234),
    ],
)
def test_decimals_come_with_comma_or_point(text, value):
    assert spelling.decimal(text) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-01T20:30:00.000Z", "2026-10-02"),
        ("2026-10-01T20:30:00", "2026-10-01"),
        ("2026-10-01T00:30:00+07:00", "2026-10-01"),
    ],
)
def test_an_instant_is_the_provinces_date(text, day):
    assert spelling.date(text) == day


# --- what comes back ---------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=20)
PAIRS = st.tuples(st.floats(-180, 180), st.floats(-90, 90)).map(list)


def plain(question: Question) -> st.SearchStrategy[Any]:
    """Values an answer to `question` can have."""
    keys = [c.key for c in question.choices]
    match question.kind:
        case "integer":
            return st.integers(-(10**14), 10**14)
        case "decimal":
            return st.floats(-1e15, 1e15)
        case "date":
            return st.dates(dt.date(1965, 1, 1)).map(dt.date.isoformat)
        case "choices":
            return st.lists(st.sampled_from(keys), min_size=1, unique=True)
        case _:
            return st.sampled_from(keys) if keys else WORDS.map(spelling.tidy).filter(bool)


@st.composite
def block(draw: st.DrawFn, questions: tuple[Question, ...]) -> dict[str, dict[str, Any]]:
    """Answers to some of `questions`, at least one."""
    chosen = draw(st.lists(st.sampled_from(questions), min_size=1, unique_by=lambda q: q.key))
    made: dict[str, dict[str, Any]] = {"values": {}, "points": {}, "polygons": {}}
    for question in chosen:
        if question.kind == "point":
            made["points"][question.key] = draw(PAIRS)
        elif question.kind == "polygon":
            made["polygons"][question.key] = [draw(st.lists(PAIRS, min_size=3, max_size=6))]
        else:
            made["values"][question.key] = draw(plain(question))
    return made


@st.composite
def reports(draw: st.DrawFn) -> tuple[CompiledForm, Answers]:
    """A form and answers to it."""
    form = FORMS[draw(st.sampled_from(sorted(FORMS)))]
    top = draw(block(form.mapping.questions))
    repeats = draw(st.lists(st.sampled_from(form.mapping.repeats), unique_by=lambda r: r.key))
    rows = {r.key: draw(st.lists(block(r.questions), min_size=1, max_size=3)) for r in repeats}
    return form, Answers(**top, rows=rows)


@settings(max_examples=150, deadline=None)
@given(reports())
def test_answers_come_back_from_the_submission_built_of_them(report):
    form, answers = report
    instance = read_instance(instance_of(form, answers, UUID))
    assert (instance.form_id, instance.version) == (form.form_id, form.version)
    assert instance.instance_id == UUID
    assert answers_of(instance, form.mapping) == answers
    assert unknown_elements(instance, form.mapping) == []


def test_unreadable_answers_come_back_too():
    answers = Answers(
        values={"village": "Tân"},
        rows={"found_items": [{"values": {"model": "blu_26"}, "points": {}, "polygons": {}}]},
        problems={"area_size": "6 ha", "found_items/1/depth": "deep"},
    )
    assert answers_of(read_instance(instance_of(CHA, answers, UUID)), CHA.mapping) == answers


@pytest.mark.parametrize("name", FORMS)
def test_the_forms_own_defaults_are_no_answers(name):
    form = FORMS[name]
    assert answers_of(read_instance(instance_of(form, Answers(), UUID)), form.mapping) == Answers()


@pytest.mark.parametrize("name", FORMS)
def test_an_answer_to_every_question_at_once_comes_back(name):
    """No two questions of a form get in each other's way."""
    form = FORMS[name]
    answers = Answers(**some(form.mapping.questions))
    rows = {r.key: [some(r.questions), some(r.questions)] for r in form.mapping.repeats}
    answers = replace(answers, rows=rows)
    instance = read_instance(instance_of(form, answers, UUID))
    assert answers_of(instance, form.mapping) == answers
    assert unknown_elements(instance, form.mapping) == []


SOME = {"integer": 3, "decimal": 2.5, "date": "2026-10-01"}


def some(questions: tuple[Question, ...]) -> dict[str, dict[str, Any]]:
    """One answer to each question."""
    made: dict[str, dict[str, Any]] = {"values": {}, "points": {}, "polygons": {}}
    for question in questions:
        keys = [c.key for c in question.choices]
        match question.kind:
            case "point":
                made["points"][question.key] = [107.2, 16.7]
            case "polygon":
                ring = [[107.2, 16.7], [107.21, 16.7], [107.21, 16.71], [107.2, 16.7]]
                made["polygons"][question.key] = [ring]
            case "choices":
                made["values"][question.key] = keys
            case kind:
                plain = SOME.get(kind, f"về {question.key}")
                made["values"][question.key] = keys[-1] if keys else plain
    return made


def test_a_submission_is_not_built_from_what_the_form_cannot_hold():
    ring = [[107.2, 16.7], [107.21, 16.7], [107.21, 16.71]]
    with pytest.raises(ValueError, match="one ring"):
        instance_of(CHA, Answers(polygons={"polygon_points": [ring, ring]}), UUID)
    with pytest.raises(KeyError):
        instance_of(CHA, Answers(values={"colour": "red"}), UUID)
