"""Every rule has a report it objects to and one it lets pass."""

from __future__ import annotations

import string
from dataclasses import replace

import pytest
from shapely.geometry import Polygon

from datlanh.kernel.checks import DEFAULT_SETTINGS, NIGHTLY, RULES
from datlanh.kernel.checks.parts import FORMS
from datlanh.kernel.checks.stored import from_json, to_json
from datlanh.kernel.geometry import swapped
from datlanh.kernel.rules import Facts, ReportView, Rule, Severity
from support.facts import FakeFacts
from support.form_cases import FORM_CASES
from support.life_cases import LIFE_CASES
from support.rule_cases import AREA, AREA_CASES, KNOWN, Case, items
from support.views import ALL_FORMS, FIELD, cha, release

BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO
CASES = (*AREA_CASES, *FORM_CASES, *LIFE_CASES)


def _name(case: Case) -> str:
    return f"{case.rule}-{'fails' if case.finds else 'passes'}"


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_rule_finds_what_it_is_for_and_nothing_else(case: Case) -> None:
    facts: Facts = case.facts or FakeFacts()
    found = list(RULES[case.rule].run(case.view, facts))
    assert tuple(f.severity for f in found) == case.finds
    if case.says:
        assert case.says in RULES[case.rule].message.say("en", **found[0].hit.values)


@pytest.mark.parametrize("rule", tuple(RULES), ids=lambda r: r.key)
def test_every_rule_has_a_failing_and_a_passing_report(rule: Rule) -> None:
    outcomes = {bool(c.finds) for c in CASES if c.rule == rule.key}
    assert outcomes == {True, False}


@pytest.mark.parametrize("case", [c for c in CASES if c.finds], ids=_name)
def test_sentences_fill_in_both_languages_and_survive_storage(case: Case) -> None:
    rule = RULES[case.rule]
    for finding in rule.run(case.view, case.facts or FakeFacts()):
        stored = from_json(to_json(finding.hit.values))
        for language in ("vi", "en"):
            for text in (rule.title, rule.message, rule.advice):
                sentence = text.say(language, **finding.hit.values)
                assert "{" not in sentence
                assert "None" not in sentence
                assert sentence == text.say(language, **stored)


def _marks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("rule", [*RULES, *NIGHTLY], ids=lambda r: r.key)
def test_both_languages_say_the_same_values(rule: Rule) -> None:
    for text in (rule.title, rule.message, rule.advice):
        assert text.vi != text.en
        assert _marks(text.vi) == _marks(text.en)
    assert rule.source


# What a first report of its kind is told for want of its family; nothing else.
ALONE = {"victim": ["parent_unknown"], "victim_assistance": ["parent_unknown"]}
ALONE |= {"clearance_progress": ["cha_ids_unknown"]}


@pytest.mark.parametrize("view", [f() for f in ALL_FORMS], ids=lambda v: v.form)
def test_a_faultless_report_has_no_finding(view: ReportView) -> None:
    assert [f.rule for f in RULES.check(view, FakeFacts())] == ALONE.get(view.form, [])


def test_every_form_has_a_faultless_report_here() -> None:
    assert {f().form for f in ALL_FORMS} == set(FORMS)


def test_every_rule_is_of_some_form_and_names_its_thresholds() -> None:
    for rule in (*RULES, *NIGHTLY):
        assert rule.forms
        assert rule.forms <= set(FORMS)
        assert set(rule.settings) <= set(DEFAULT_SETTINGS)
    asked = {s for rule in (*RULES, *NIGHTLY) for s in rule.settings}
    assert asked == set(DEFAULT_SETTINGS)
    assert not {r.key for r in RULES} & {r.key for r in NIGHTLY}


def _given(rule: str, severity: str) -> FakeFacts:
    return FakeFacts(severities={(rule, "cha"): severity})


def test_the_centre_gives_a_rule_another_severity_or_none() -> None:
    view = cha(land_use=None)
    rule = RULES["answer_expected"]
    assert [f.severity for f in rule.run(view, _given("answer_expected", "block"))] == [BLOCK]
    assert list(rule.run(view, _given("answer_expected", "off"))) == []


def test_findings_a_rule_grades_are_never_worse_than_the_severity_given() -> None:
    rule, view = RULES["area_differs"], cha(area_size=AREA * 0.79)
    assert [f.severity for f in rule.run(view, FakeFacts())] == [BLOCK]
    assert [f.severity for f in rule.run(view, _given("area_differs", "info"))] == [INFO]
    mild = cha(area_size=AREA * 1.06)
    assert [f.severity for f in rule.run(mild, _given("area_differs", "block"))] == [WARN]


def test_a_fixed_rule_keeps_its_severity() -> None:
    rule = RULES["id_pattern"]
    found = list(rule.run(cha(record_id="haz-1"), _given("id_pattern", "off")))
    assert [f.severity for f in found] == [BLOCK]


def test_the_worst_findings_come_first() -> None:
    view = cha(village=None, land_use=None, commune="00000")
    severities = [f.severity for f in RULES.check(view, FakeFacts())]
    assert severities == [BLOCK, WARN, INFO]


def test_an_unknown_village_never_blocks() -> None:
    found = RULES.check(cha(village=""), FakeFacts())
    assert [(f.rule, f.severity) for f in found] == [("village_missing", INFO)]


def test_of_an_unknown_form_version_nothing_else_is_read() -> None:
    bare = ReportView("cha", "", "", "npa", answers={}, form_known=False)
    assert [f.rule for f in RULES.check(bare, FakeFacts())] == ["form_unknown"]


def test_an_update_may_leave_out_what_has_not_changed() -> None:
    view = cha(status=None, land_use=None, polygons=(), points={}, rows={}, area_size=None)
    assert [f.rule for f in RULES.check(view, KNOWN)] == ["id_updates"]


def test_one_mistaken_unit_is_one_finding() -> None:
    found = RULES.check(cha(area_size=AREA / 1e4), FakeFacts())
    assert [f.rule for f in found] == ["area_units"]


def test_exchanged_axes_are_one_finding_per_shape() -> None:
    view = cha(polygon=swapped(FIELD), evidence_points=[], found_items=items({}), points={})
    rules = {f.rule for f in RULES.check(view, FakeFacts()) if f.severity is BLOCK}
    assert rules == {"axes_swapped"}


def test_thresholds_come_from_the_settings() -> None:
    facts = FakeFacts(settings={**DEFAULT_SETTINGS, "area_warn": 0.5, "area_block": 0.6})
    assert list(RULES["area_differs"].run(cha(area_size=AREA * 1.4), facts)) == []


def test_a_broken_report_is_told_without_an_error() -> None:
    nothing = Polygon()
    odd = [(float("inf"), 1.0), (2.0, 2.0), (3.0, 1.0)]
    for view in (
        cha(polygons=(nothing,), points={}, rows={}),
        cha(polygon=odd),
        release(polygons=(), uncleared_pockets=[{"pocket_outline": [nothing]}, {}]),
        replace(cha(), answers={}, record_id="", report_id="", date_of_information=None, rows={}),
    ):
        assert any(f.severity is BLOCK for f in RULES.check(view, FakeFacts()))
