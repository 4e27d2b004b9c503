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
PRINTED = (
    "accident",
    "victim",
    "victim_assistance",
    "eore",
    "cha",
    "cmrs",
    "eod_spot",
    "land_release",
)
FORMS = (*PRINTED, "clearance_progress")  # the last is the house's own
VI, EN = "label::Tiếng Việt (vi)", "label::English (en)"

# Questions of the paper that became a group with questions of their own, or a repeat's point.
PLACE = ("commune", "village")
OPENED = {"place": PLACE, "accident_location": PLACE}
REPEATS = {"items": "found_items"}  # one name in all forms, so that the rules find it
# Misprints; and names and dates that the paper tells apart by their column only.
MENDED = {"cha_id", "target_population"} | {
    f"{who}_{what}"
    for who in ("operations_manager", "information_manager", "reported_by", "verification")
    for what in ("name", "full_name", "date", "position")
}
# Misprints; and slopes with their degrees, which are printed in English only.
SLOPES = {f"slope {how}" for how in ("steep", "slight", "flat")}
MENDED_OPTIONS = {"impact equipment", "activity_types television"} | SLOPES
# A tick box without words beside it, and depths with a space before the unit.
WORDED = ("internal_qa_qc", "external_qa_qc", "clearance_depth_class")
COLUMNS = {"longitude": "position", "latitude": "position", "subcategory": "sub_category"}


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


@pytest.mark.parametrize("name", PRINTED)
def test_every_printed_question_and_option_is_in_the_form(name, compiled):
    mapping = compiled[name].mapping
    for section in paper(name)["sections"]:
        for printed in section["questions"]:
            key = printed["key"]
            if key in OPENED:
                assert all(mapping.question(k) for k in OPENED[key])
            elif printed["type"] == "repeat":
                repeat = mapping.repeat(REPEATS.get(key, key))
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


@pytest.mark.parametrize("name", PRINTED)
def test_vietnamese_labels_are_as_printed(name, compiled):
    """But for units, a misprint, and names that two blocks of the paper share."""
    mapping = compiled[name].mapping
    for printed in (q for s in paper(name)["sections"] for q in s["questions"]):
        asked = mapping.question(printed["key"])
        if asked is None or printed["key"] in MENDED or printed["label"]["vi"] is None:
            continue
        unit = re.compile(r" \((m2|m²|cm|%)\)$")
        assert unit.sub("", asked.label.vi) == unit.sub("", printed["label"]["vi"])


@pytest.mark.parametrize("name", PRINTED)
def test_vietnamese_options_are_as_printed(name, compiled):
    mapping = compiled[name].mapping
    for printed in (q for s in paper(name)["sections"] for q in s["questions"]):
        asked = mapping.question(printed["key"])
        if asked is None or asked.key in WORDED:
            continue
        for option in printed.get("options", ()):
            label = asked.choice_label(option["key"], "vi")
            mended = f"{asked.key} {option['key']}" in MENDED_OPTIONS or option["vi"] is None
            assert mended or label == option["vi"]


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


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("accident", "survey_date"),
        ("victim", "verification_date"),
        ("victim_assistance", "assistance_date"),
        ("eore", "end_date"),
        ("cmrs", "end_date"),
        ("clearance_progress", "end_date"),
    ],
)
def test_one_date_speaks_for_all_of_a_form(name, date, compiled):
    mapping = compiled[name].mapping
    dated = {q.date for q in mapping.questions} | {r.date for r in mapping.repeats}
    assert dated == {date} == {mapping.date}


def test_each_section_of_an_eod_task_has_its_own_date(compiled):
    """The status is that of the day the report is verified: a task is opened and closed."""
    mapping = compiled["eod_spot"].mapping
    dated: dict[str | None, set[str]] = {}
    for question in mapping.questions:
        dated.setdefault(question.date, set()).add(question.attribute or "")
    assert mapping.date == "tasking_date"
    assert dated["respond_date"] == {
        "responding_organisation",
        "responding_team",
        "responding_team_leader",
        "respond_date",
        "end_date",
        "position",
        "reason_not_destroyed",
        "cleared_area_m2",
    }
    assert dated["disposal_date"] == {
        "disposal_team",
        "disposal_team_leader",
        "disposal_date",
        "disposal_place",
    }
    assert dated["verification_date"] == {
        "reported_status",
        "verification_date",
        "verification_full_name",
    }
    lists = {r.list: r.date for r in mapping.repeats if r.list}
    assert lists == {"ordnance_items": "respond_date", "evidence_points": "respond_date"}


PERSONS = {"agreement_person", "contact_person", "first_informant", "surveyor"}


@pytest.mark.parametrize("name", FORMS)
def test_names_and_telephones_are_persons(name, compiled):
    mapping = compiled[name].mapping
    named = {q.key for q in mapping.questions if q.key.endswith(("_name", "_phone", "_leader"))}
    named |= {q.key for q in mapping.questions} & PERSONS
    assert named
    assert {q.key for q in mapping.questions if q.kind == "person"} == named
    rows = [q for r in mapping.repeats for q in r.questions]
    assert [q.key for q in rows if q.kind == "person"] == []  # rows are not sealed


# What is open about a victim: what statistics need, and no text that could name or describe.
OPEN = {
    "managing_organisation",
    "organisation",
    "commune_code",
    "village_name",
    "age_at_accident",
    "gender",
    "ethnicity",
    "education",
    "economic_state_before",
    "occupation_before",
    "address_commune",
    "activity_at_time",
    "killed_or_injured",
    "area_entry_frequency",
    "saw_ordnance",
    "received_risk_education",
    "aware_area_dangerous",
    "reason_entered",
    "still_alive",
    "current_occupation",
    "economic_state_after",
    "still_in_school",
    "family_received_assistance",
    "consent_given_by",
    "consent_authorities",
    "consent_ngos",
    "consent_purposes",
    "verification_date",
}


def survey_rows(name: str) -> list[dict[str, str]]:
    lines = load_workbook(ROOT / "forms" / f"{name}.xlsx")["survey"].iter_rows(values_only=True)
    headers = next(lines)
    return [{str(h): str(c) for h, c in zip(headers, line, strict=True) if c} for line in lines]


def test_health_names_addresses_and_free_text_about_a_victim_are_sealed():
    rows = survey_rows("victim")
    open_ones = {
        row["register::attribute"]
        for row in rows
        if "register::attribute" in row and "register::person" not in row
    }
    assert open_ones == OPEN
    assert {r["register::person"] for r in rows if "register::person" in r} == {
        "victim",
        "contact",
        "verifier",
    }


def test_what_an_assistance_says_of_its_victim_is_sealed():
    """The point is often the victim's home, the notes tell of illness and need."""
    rows = [r for r in survey_rows("victim_assistance") if "register::person" in r]
    sealed = {r["name"]: r["register::person"] for r in rows}
    assert sealed == {
        "assistance_point": "victim",
        "notes": "victim",
        "verification_full_name": "verifier",
    }


@pytest.mark.parametrize(
    ("name", "bundle", "answers"),
    [
        ("accident", "surveyor", {"surveyor", "surveyor_position", "surveyor_phone"}),
        (
            "eod_spot",
            "informant",
            {f"informant_{what}" for what in ("name", "age", "phone", "address", "gender")},
        ),
        ("victim", "contact", {"contact_person", "contact_phone"}),
        (
            "eore",
            "verifier",
            {"verification_full_name", "verification_position"},
        ),
    ],
)
def test_what_is_said_of_one_person_is_one_bundle(name, bundle, answers):
    rows = survey_rows(name)
    assert {r["name"] for r in rows if r.get("register::person") == bundle} == answers


NEVER = {
    "organisation",
    "place",
    "period",
    "information_manager",
    "area_type",
    "activity_type",
    "survey_date",
    "assistance_date",
    "tasking_date",
    "response_period",
    "disposal",
    # how an area was drawn, and from what: another report says it anew
    "agreement",
    "derivation",
    "survey_boxes",
}


@pytest.mark.parametrize("name", FORMS)
def test_all_but_identity_place_and_dates_can_be_cleared(name, compiled):
    mapping = compiled[name].mapping
    clear = mapping.question(mapping.clear_question or "")
    assert clear is not None
    atoms = {q.group or q.attribute for q in mapping.questions if q.attribute}
    atoms |= {r.list for r in mapping.repeats if r.list}
    never = atoms - {c.key for c in clear.choices}
    assert {c.key for c in clear.choices} <= atoms
    assert never <= NEVER | ({"verification"} if mapping.date == "verification_date" else set())


@pytest.mark.parametrize("name", FORMS)
def test_only_id_and_date_stop_a_phone(name, compiled):
    """The xform demands two answers; organisation and commune are asked for by the checks."""
    form = compiled[name]
    xform = form.xform.decode()
    assert xform.count('required="true()"') == 2
    needed = {q.kind for q in form.mapping.questions if q.required}
    boxes = {"file"} if name == "cmrs" else set()  # the zipped survey boxes
    assert needed == {"id", "date", "organisation", "commune"} | boxes


@pytest.mark.parametrize("name", FORMS)
def test_every_form_ends_with_what_belongs_to_its_sending(name, compiled):
    mapping = compiled[name].mapping
    last = mapping.sections[-1].key
    sending = [q.key for q in mapping.questions if q.section == last]
    assert last == "submission"
    assert sending[:2] == ["correction_of", "clear_answers"]
    assert sending[-1] == "attachment"
    assert [r.key for r in mapping.repeats if r.section == last] == ["photos"]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("accident", ["INC-409-000123"], ["INC-409-123", "VIC-409-000123"]),
        ("victim", ["VIC-409-000123-01"], ["VIC-409-000123", "VIC-409-000123-1"]),
        ("victim_assistance", ["VA-409-000123-01-02"], ["VA-409-000123-01"]),
        ("eore", ["MRE-409-700001", "HR-MRE-409-700001"], ["MRE-409-70001", "EORE-409-700001"]),
        ("cmrs", ["TS-409-600001", "TS-409-1234"], ["TS-409-12345", "HR-TS-409-600001"]),
        ("eod_spot", ["HR-EOD-409-200001"], ["EOD-409-200001"]),
        ("clearance_progress", ["HR-CLP-409-600001"], ["HR-CLC-409-600001"]),
    ],
)
def test_phones_know_the_ids_of_a_form(name, good, bad, compiled):
    """Survey tasks of four digits, as the rules print one, are let through and pointed out."""
    mapping = compiled[name].mapping
    (row,) = [r for r in survey_rows(name) if r.get("name") == mapping.id_question]
    pattern = row["constraint"].removeprefix("regex(., '").removesuffix("')")
    assert all(re.fullmatch(pattern, text) for text in good)
    assert not any(re.fullmatch(pattern, text) for text in bad)
    assert row["default"].removesuffix("-409-") in mapping.prefixes


def test_the_forms_offer_the_ordnance_catalogue():
    spec = importlib.util.spec_from_file_location("form_choices", ROOT / "tools/form_choices.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    wanted = tool.ordnance_choices()
    for name in FORMS:
        asks = tool.asks_for_ordnance(load_workbook(ROOT / "forms" / f"{name}.xlsx"))
        assert asks is (name not in ("victim", "victim_assistance", "eore"))
        sheet = load_workbook(ROOT / "forms" / f"{name}.xlsx")["choices"]
        lines = sheet.iter_rows(values_only=True)
        headers = next(lines)
        rows = [{h: c for h, c in zip(headers, line, strict=True) if c} for line in lines]
        assert [r for r in rows if r["list_name"] in tool.LISTS] == (wanted if asks else [])


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
