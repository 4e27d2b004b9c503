"""Two versions of a form side by side, and what is doubtful about the newer one."""

from __future__ import annotations

import io
import time

import openpyxl
import pytest

from datlanh.intake.form_changes import ADDED, CHANGED, MOVED, REMOVED, Changes, compare
from datlanh.intake.form_faces import MAX_DEPTH, face_of
from datlanh.intake.form_lint import Doubt, Subject, Touched, lint
from datlanh.intake.form_needs import asked_by_rules, read_by_columns
from datlanh.intake.form_words import contradiction
from datlanh.intake.minimum_data_rows import TOPICS
from datlanh.intake.xlsform import read_form
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.text import Text
from support.workbooks import EN, VI, Book, book_of, question, revised

NEW = "2099010101"
SLOPE = book_of("cha").row("slope")[VI]


def changed(**more: object) -> Changes:
    return compare(face_of(book_of("cha").save()), face_of(revised("cha", version=NEW, **more)))


def doubts(*, has_reports: bool = True, earlier: object = None, **more: object) -> dict[str, Doubt]:
    old, new = book_of("cha").save(), revised("cha", version=NEW, **more)
    before, after = read_form(old).mapping, read_form(new).mapping
    found = lint(
        Subject(
            face=face_of(new),
            mapping=after,
            current=before,
            earlier=[before],
            changes=compare(face_of(old), face_of(new)),
            touched={"slope:flat": Touched(1, 2)},
            has_reports=has_reports,
            rules=asked_by_rules("cha"),
            columns=read_by_columns("hazardous_area"),
            kinds=frozenset({"hazardous_area", "land_release"}),
            minimum=TOPICS,
        )
    )
    return {d.id: d for d in found}


def test_the_same_workbook_has_no_changes_but_its_version():
    assert changed().nothing


def test_questions_that_come_and_go_are_told():
    found = {c.key: c.kinds for c in changed(drop=["slope"], add=[question("weather")]).items}
    assert found == {"weather": (ADDED,), "slope": (REMOVED,)}


def test_only_the_question_that_moved_is_told_as_moved():
    def move(book: Book) -> None:
        row = book.survey.pop(book.place("beneficiaries"))
        book.survey.insert(book.place("internal_id"), row)

    assert {c.key: c.kinds for c in changed(edit=move).items} == {"beneficiaries": (MOVED,)}


def test_a_question_in_another_group_moved():
    def move(book: Book) -> None:
        row = book.survey.pop(book.place("beneficiaries"))
        book.survey.insert(book.place("shape_id"), row)

    (found,) = changed(edit=move).items
    assert (found.key, found.kinds) == ("beneficiaries", (MOVED,))
    assert [f.header for f in found.fields] == ["inside"]


@pytest.mark.parametrize(
    ("cells", "asked", "mapped"),
    [
        ({VI: "Độ dốc của khu vực"}, ["nhãn (tiếng Việt)"], []),
        ({"required": "yes"}, ["bắt buộc"], []),
        ({"constraint": ". != ''"}, ["ràng buộc"], []),
        ({"relevant": "${area_type} = 'cha'"}, ["điều kiện hiện"], []),
        ({"type": "text"}, ["loại"], []),
        ({"register::attribute": "gradient"}, [], ["thuộc tính"]),
        ({"register::group": "relief"}, [], ["nhóm gộp"]),
        ({"register::date": "assessment_date"}, [], ["ngày thông tin"]),
    ],
)
def test_every_cell_of_a_question_is_compared(cells, asked, mapped):
    (found,) = changed(change={"slope": cells}).items
    assert found.kinds == (CHANGED,)
    assert [f.word.vi for f in found.asked] == asked
    assert [f.word.vi for f in found.mapped] == mapped


def test_a_date_inherited_from_a_group_is_a_change_of_each_question_in_it():
    found = changed(change={"ground_profile": {"register::date": "assessment_date"}})
    assert "slope" in {c.key for c in found.mapping}
    assert "ground_profile" in {c.key for c in found.mapping}


def test_list_and_mode_of_a_repeat_are_mapping():
    (found,) = changed(change={"found_items": {"register::mode": "combine"}}).items
    assert [(f.old, f.new) for f in found.mapped] == [("replace", "combine")]


def test_choices_that_come_go_or_are_called_otherwise():
    def edit(book: Book) -> None:
        rows = [r for r in book.choices if r["list_name"] == "slope"]
        rows[0][VI] = "Phẳng lặng"
        rows[1]["name"] = "other_name"

    found = changed(edit=edit).choices
    assert sorted(c.kind for c in found) == [ADDED, CHANGED, REMOVED]
    assert {c.questions for c in found} == {("slope",)}


def test_a_form_nested_too_deep_is_refused():
    def nest(book: Book) -> None:
        book.survey += [question(f"g{n}", "begin group") for n in range(MAX_DEPTH + 1)]
        book.survey += [{"type": "end group"} for _ in range(MAX_DEPTH + 1)]

    with pytest.raises(UnreadableError, match="nested too deep"):
        face_of(revised("cha", version=NEW, edit=nest))


def test_a_sheet_wider_than_any_form_is_refused_before_it_is_filled_up():
    wide = revised("cha", version=NEW, change={"slope": {f"note_{n}": "x" for n in range(220)}})
    with pytest.raises(UnreadableError, match="too large"):
        face_of(wide)


def test_cells_far_to_the_right_cost_nothing():
    book = openpyxl.Workbook()
    book.active.title = "survey"
    for name in ("choices", "settings"):
        book.create_sheet(name)
    for row in range(1, 3000):
        book["survey"].cell(row=row, column=16_384, value="x")
    kept = io.BytesIO()
    book.save(kept)
    begun = time.process_time()
    assert face_of(kept.getvalue()).items == {}
    assert time.process_time() - begun < 10  # every row filled up: minutes


# --- opposites -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "vi", "en"),
    [
        ("fem_child", "Nữ người lớn", "Female adult"),
        ("boys", "Số bé gái", "Girls"),
        ("men", "Số người", "Number of women"),
        ("injured_total", "Số người chết", "Killed"),
        ("start_date", "Ngày kết thúc", "End date"),
        ("longitude", "Vĩ độ", "Latitude"),
        ("reported_area", "Diện tích đã rà phá", "Cleared area"),
        ("uncleared_area", "Diện tích thực rà", "Cleared area"),
    ],
)
def test_a_label_that_contradicts_its_name_is_found(name, vi, en):
    assert contradiction(name, Text(vi, en))


@pytest.mark.parametrize(
    ("name", "vi", "en"),
    [
        ("fem_child", "Nữ, trẻ em", "Female child"),
        ("men", "Số nam giới", "Men"),
        ("killed_or_injured", "Chết hay bị thương", "Killed or injured"),
        ("uncleared_area", "Diện tích không rà phá được", "Uncleared area"),
        ("cleared_area", "Diện tích thực rà", "Area cleared"),
        ("start_date", "Ngày bắt đầu", "Start date"),
        ("girls_and_boys", "Trẻ em", "Children"),
        ("status", "Tình trạng", "Status"),
    ],
)
def test_a_label_that_agrees_with_its_name_is_left_alone(name, vi, en):
    assert contradiction(name, Text(vi, en)) is None


def test_the_forms_of_the_house_are_without_doubt():
    for form in sorted(p.stem for p in __forms().glob("*.xlsx")):
        workbook = (__forms() / f"{form}.xlsx").read_bytes()
        mapping = read_form(workbook).mapping
        subject = Subject(face_of(workbook), mapping, kinds=frozenset({mapping.record_kind}))
        assert [d.what.en for d in lint(subject)] == [], form


def __forms():
    from django.conf import settings

    return settings.FORMS_ROOT


# --- doubts --------------------------------------------------------------------------------


def test_a_plain_addition_is_without_doubt():
    assert doubts(add=[question("weather", **{"register::attribute": "weather"})]) == {}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"change": {"slope": {"type": "integer", "register::kind": ""}}}, "stored:slope"),
        ({"change": {"area_size": {"datlanh::unit": "ha"}}}, "unit_wrong:area_size"),
        ({"change": {"area_size": {"datlanh::unit": "ha"}}}, "unit_changed:area_reported_m2"),
        ({"change": {"team_leader": {"register::kind": "text"}}}, "opened:team_leader"),
        ({"change": {"slope": {"register::group": "relief"}}}, "group:slope"),
        ({"change": {"found_items": {"register::mode": "combine"}}}, "mode:ordnance_items"),
        (
            {"edit": lambda b: b.settings[0].update({"datlanh::record_kind": "pond"})},
            "kind_unknown:pond",
        ),
        (
            {"edit": lambda b: b.settings[0].update({"datlanh::record_kind": "land_release"})},
            "kind:land_release",
        ),
        ({"edit": lambda b: b.settings[0].update(version="2020010101")}, "version:2020010101"),
    ],
)
def test_what_would_lose_or_corrupt_data_blocks(more, wanted):
    found = doubts(**more)
    assert found[wanted].severity == "block"
    assert found[wanted].what.vi
    assert "{" not in found[wanted].what.vi + found[wanted].what.en


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({"drop": ["slope"]}, None),
        ({"drop": ["survey_method"]}, "rule_needs:survey_method"),
        ({"drop": ["beneficiaries"]}, "column_needs:beneficiaries"),
        ({"drop": ["beneficiaries"]}, "minimum_data:beneficiaries"),
        (
            {"change": {"geolink": {"register::attribute": ""}}},
            "minimum_data:found_items/geolink",
        ),
        ({"change": {"depth": {"datlanh::unit": ""}}}, "unit_missing:found_items/depth"),
        (
            {"change": {"slope": {VI: "Vĩ độ", EN: "Latitude", "name": "longitude"}}},
            "contradicts:longitude",
        ),
        ({"change": {"slope": {"name": "gradient"}}}, "rebound:slope"),
        ({"change": {"slope": {"register::date": "assessment_date"}}}, "date:slope"),
        ({"change": {"slope": {"type": "select_one soil_condition"}}}, "key_list:slope"),
        (
            {"add": [question("owner_phone", **{"register::attribute": "owner_phone"})]},
            "personal:owner_phone",
        ),
        (
            {
                "add": [question("gradient", label=SLOPE, **{"register::attribute": "gradient"})],
                "after": "slope",
            },
            "alike:gradient",
        ),
        (
            {
                "edit": lambda b: b.choices.remove(
                    next(r for r in b.choices if (r["list_name"], r["name"]) == ("slope", "flat"))
                )
            },
            "choice_used:slope:flat",
        ),
    ],
)
def test_what_may_be_meant_warns(more, wanted):
    found = doubts(**more)
    assert {d.severity for d in found.values()} <= {"warn"}, found
    assert wanted is None or wanted in found, found
    assert all("{" not in d.what.vi + d.what.en for d in found.values())


def test_without_reports_a_group_may_still_be_changed():
    found = doubts(has_reports=False, change={"slope": {"register::group": "relief"}})
    assert found["group:slope"].severity == "warn"
