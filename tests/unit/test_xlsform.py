"""The province's forms, and what a form workbook must bring to be used."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from datlanh.intake.media import communes_csv, dictionary_order
from datlanh.intake.xlsform import CompiledForm, read_form
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.mapping import KINDS, FormMapping

ROOT = Path(__file__).resolve().parents[2]
PAPER = ROOT.parent / "shared" / "domain" / "forms"
FORMS = ("cha", "land_release")
VI, EN = "label::Tiếng Việt (vi)", "label::English (en)"

# Questions of the paper that became a group with questions of their own, or a repeat's point.
OPENED = {"place": ("commune", "village")}
# A misprint; and names and dates that the paper tells apart by their column only.
MENDED = {"cha_id"} | {
    f"{who}_{what}"
    for who in ("operations_manager", "information_manager", "reported_by")
    for what in ("name", "date")
}
COLUMNS = {"longitude": "position", "latitude": "position"}


@pytest.fixture(scope="module")
def compiled() -> dict[str, CompiledForm]:
    return {name: read_form(ROOT / "forms" / f"{name}.xlsx") for name in FORMS}


def paper(name: str) -> dict[str, Any]:
    yaml = pytest.importorskip("yaml")
    path = PAPER / f"{name}.yaml"
    if not path.exists():
        pytest.skip(f"the description of the paper form is not on this machine ({path.name})")
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", FORMS)
def test_every_printed_question_and_option_is_in_the_form(name, compiled):
    mapping = compiled[name].mapping
    for section in paper(name)["sections"]:
        for printed in section["questions"]:
            key = printed["key"]
            if key in OPENED:
                assert all(mapping.question(k) for k in OPENED[key])
            elif printed["type"] == "repeat":
                repeat = mapping.repeat(key)
                assert repeat is not None, key
                inside = {q.key for q in repeat.questions}
                assert inside >= {COLUMNS.get(c["key"], c["key"]) for c in printed["columns"]}
                assert repeat.number == printed["number"]
            else:
                question = mapping.question(key)
                assert question is not None, key
                assert question.number == (printed["number"] or ""), key
                options = [o["key"] for o in printed.get("options", ())]
                assert [c.key for c in question.choices] == options or not options, key


@pytest.mark.parametrize("name", FORMS)
def test_vietnamese_labels_are_as_printed(name, compiled):
    """But for units, a misprint, and names that two blocks of the paper share."""
    mapping = compiled[name].mapping
    for printed in (q for s in paper(name)["sections"] for q in s["questions"]):
        asked = mapping.question(printed["key"])
        if asked is None or printed["key"] in MENDED or printed["label"]["vi"] is None:
            continue
        unit = re.compile(r" \((m2|m²|cm|%)\)$")
        assert unit.sub("", asked.label.vi) == unit.sub("", printed["label"]["vi"])


@pytest.mark.parametrize("name", FORMS)
def test_everything_is_said_in_both_languages(name, compiled):
    mapping = compiled[name].mapping
    rows = [q for r in mapping.repeats for q in r.questions]
    labels = [x.label for x in (*mapping.sections, *mapping.questions, *mapping.repeats, *rows)]
    labels += [c.label for q in (*mapping.questions, *rows) for c in q.choices]
    assert all(text.vi and text.en for text in [mapping.title, *labels])


@pytest.mark.parametrize("name", FORMS)
def test_the_mapping_comes_back_from_json(name, compiled):
    mapping = compiled[name].mapping
    assert FormMapping.from_json(json.loads(json.dumps(mapping.to_json()))) == mapping


@pytest.mark.parametrize("name", FORMS)
def test_each_register_attribute_has_one_question_and_everything_a_date(name, compiled):
    mapping = compiled[name].mapping
    attributes = [q.attribute for q in mapping.questions if q.attribute]
    assert len(attributes) == len(set(attributes))
    assert all(q.kind in KINDS for q in mapping.questions)
    dates = {q.key for q in mapping.questions if q.kind == "date"}
    assert {q.date for q in mapping.questions} | {mapping.date} <= dates


def test_a_hazardous_area_is_dated_by_its_verification_and_its_priority_by_the_assessment(compiled):
    mapping = compiled["cha"].mapping
    dated = {q.attribute: q.date for q in mapping.questions if q.attribute}
    priority = {q.attribute for q in mapping.questions if q.group == "priority"}
    assert priority == {
        "assessment_date",
        "assessment_score",
        "clearance_priority",
        "assessment_notes",
    }
    assert {dated.pop(a) for a in priority} == {"assessment_date"}
    assert set(dated.values()) == {"information_manager_date"} == {mapping.date}


def test_land_release_is_dated_by_its_end(compiled):
    mapping = compiled["land_release"].mapping
    assert {q.date for q in mapping.questions} == {"end_date"} == {mapping.date}


@pytest.mark.parametrize("name", FORMS)
def test_names_and_telephones_are_persons(name, compiled):
    questions = compiled[name].mapping.questions
    named = {q.key for q in questions if q.key.endswith(("_name", "_phone", "team_leader"))}
    assert named
    assert {q.key for q in questions if q.kind == "person"} == named


@pytest.mark.parametrize("name", FORMS)
def test_all_but_identity_and_place_can_be_cleared(name, compiled):
    mapping = compiled[name].mapping
    clear = mapping.question(mapping.clear_question or "")
    assert clear is not None
    atoms = {q.group or q.attribute for q in mapping.questions if q.attribute}
    atoms |= {r.list for r in mapping.repeats if r.list}
    never = atoms - {c.key for c in clear.choices}
    assert {c.key for c in clear.choices} <= atoms
    assert never <= {"organisation", "place", "period", "information_manager", "area_type"}


@pytest.mark.parametrize("name", FORMS)
def test_only_id_and_date_stop_a_phone(name, compiled):
    """The xform demands two answers; organisation and commune are asked for by the checks."""
    form = compiled[name]
    xform = form.xform.decode()
    assert xform.count('required="true()"') == 2
    needed = {q.kind for q in form.mapping.questions if q.required}
    assert needed == {"id", "date", "organisation", "commune"}


def test_the_forms_offer_the_ordnance_catalogue():
    spec = importlib.util.spec_from_file_location("form_choices", ROOT / "tools/form_choices.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    wanted = tool.ordnance_choices()
    for name in FORMS:
        sheet = load_workbook(ROOT / "forms" / f"{name}.xlsx")["choices"]
        lines = sheet.iter_rows(values_only=True)
        headers = next(lines)
        rows = [{h: c for h, c in zip(headers, line, strict=True) if c} for line in lines]
        assert [r for r in rows if r["list_name"] in tool.LISTS] == wanted


def test_media_bring_the_communes_of_today(compiled):
    rows = list(csv.DictReader(io.StringIO(compiled["cha"].media["communes.csv"].decode())))
    assert len(rows) == 78
    assert {"name": "19333", "label": "Phường Đông Hà", "kind": "Phường"} in rows
    assert len({r["name"] for r in rows}) == 78
    assert communes_csv("00").decode() == "name,label,kind\n"


def test_names_are_ordered_as_in_a_vietnamese_dictionary():
    names = ["Đông Hà", "Dân Hóa", "Ái Tử", "A Dơi", "Lìa", "La Lay", "Đakrông", "Ba Lòng"]
    assert sorted(names, key=dictionary_order) == [
        "A Dơi",
        "Ái Tử",
        "Ba Lòng",
        "Dân Hóa",
        "Đakrông",
        "Đông Hà",
        "La Lay",
        "Lìa",
    ]


def test_the_same_workbook_compiles_to_the_same_form(compiled):
    again = read_form((ROOT / "forms" / "cha.xlsx").read_bytes())
    assert (again.md5, again.xform) == (compiled["cha"].md5, compiled["cha"].xform)


# --- workbooks that cannot be used -------------------------------------------------------

SETTINGS = {
    "form_id": "small",
    "form_title": "Nhỏ",
    "version": "1",
    "default_language": "Tiếng Việt (vi)",
    "datlanh::record_kind": "hazardous_area",
    "datlanh::id_question": "cha_id",
    "datlanh::date": "day",
}
SURVEY: list[dict[str, str]] = [
    {"type": "text", "name": "cha_id", "register::kind": "id"},
    {"type": "date", "name": "day", "register::attribute": "day"},
    {"type": "select_one colour", "name": "colour", "register::attribute": "colour"},
]
CHOICES = [{"list_name": "colour", "name": "red", VI: "Đỏ", EN: "Red"}]


def book(
    survey: list[dict[str, str]] | None = None,
    choices: list[dict[str, str]] | None = None,
    settings: dict[str, str] | None = None,
    *,
    without: str = "",
) -> bytes:
    """A small workbook; labels are filled in where a row has none."""
    labelled = [{VI: "Nhãn", EN: "Label", **row} for row in survey or SURVEY]
    sheets = {
        "survey": labelled,
        "choices": choices or CHOICES,
        "settings": [settings or SETTINGS],
    }
    basis = {
        "survey": ["type", "name", VI, EN, "register::attribute", "register::kind"],
        "choices": ["list_name", "name"],
        "settings": [],
    }
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        if name == without:
            continue
        headers = list(dict.fromkeys([*basis[name], *(k for row in rows for k in row)]))
        headers = [h for h in headers if h != without]
        sheet = made.create_sheet(name)
        sheet.append(headers)
        for row in rows:
            sheet.append([row.get(h) for h in headers])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_row(**row: str) -> list[dict[str, str]]:
    return [*SURVEY, {k.replace("register_", "register::"): v for k, v in row.items()}]


def refusal(data: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        read_form(data)
    return caught.value


def test_the_small_workbook_is_good():
    mapping = read_form(book()).mapping
    assert [q.kind for q in mapping.questions] == ["id", "date", "choice"]
    assert mapping.questions[2].choice_label("red", "vi") == "Đỏ"


@pytest.mark.parametrize(
    ("survey", "word"),
    [
        (with_row(type="text", name="x", register_kind="colour"), "colour"),
        (with_row(type="date", name="x", register_kind="person"), "person"),
        (with_row(type="rank colour", name="x"), "rank"),
        (with_row(type="text", name="x", register_attribute="day"), "“day”"),
        (with_row(type="text", name="day"), "“day”"),
        (with_row(type="text", name="x", register_date="colour"), "“colour”"),
        (with_row(type="text", name="x", register_date="nothing"), "“nothing”"),
        (with_row(type="select_one shapes", name="x"), "“shapes”"),
        (with_row(type="select_one_from_file hills.csv", name="x"), "“hills.csv”"),
        (with_row(type="begin group", name="x"), "begin"),
        (with_row(type="end repeat"), "begin"),
        ([*SURVEY, {"type": "text", "name": "x", EN: ""}], "English"),
        ([*SURVEY, {"type": "text", "name": "x", VI: ""}], "Vietnamese"),
        (with_row(type="text", name="x", **{"hint::English (en)": "Hint"}), "Vietnamese"),
    ],
)
def test_a_workbook_that_cannot_be_used_says_why_in_both_languages(survey, word):
    refused = refusal(book(survey))
    assert word in refused.say("en")
    assert refused.say("vi") != refused.say("en")


def test_repeats_inside_repeats_and_unknown_modes_are_refused():
    begin = {"type": "begin repeat", "register::mode": "append"}
    survey = [
        *SURVEY,
        {**begin, "name": "outer"},
        {**begin, "name": "inner"},
        {"type": "end repeat"},
        {"type": "end repeat"},
    ]
    said = refusal(book(survey)).say("en")
    assert "append" in said
    assert "inside a repeat" in said


def test_every_fault_is_told_at_once():
    survey = with_row(type="text", name="x", register_kind="colour", register_date="nothing")
    said = refusal(book(survey)).say("en")
    assert "colour" in said
    assert "nothing" in said


def test_clearing_something_that_is_not_in_the_register_is_refused():
    survey = with_row(type="select_multiple colour", name="clear")
    refused = refusal(book(survey, settings={**SETTINGS, "datlanh::clear_question": "clear"}))
    assert "red" in refused.say("en")


@pytest.mark.parametrize(
    "missing",
    ["register::kind", "register::attribute", "list_name", "version", "datlanh::id_question"],
)
def test_a_missing_column_or_setting_is_named(missing):
    settings = {k: v for k, v in SETTINGS.items() if k != missing}
    assert missing in refusal(book(settings=settings, without=missing)).say("vi")


def test_a_missing_sheet_is_named():
    assert "choices" in refusal(book(without="choices")).say("en")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not really", b"%PDF-1.7", b"x" * 6_000_000])
def test_what_is_no_workbook_is_refused(data):
    assert refusal(data).code == "unreadable"


def test_the_compilers_own_complaint_is_passed_on():
    survey = with_row(type="text", name="x", constraint=". > ${nobody}")
    assert "nobody" in refusal(book(survey)).say("en")
