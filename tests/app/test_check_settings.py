"""Thresholds and severities: changed by the database unit with a reason, and never forgotten."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.accounts.scope import NotAllowedError
from datlanh.audit.models import Event
from datlanh.intake.models import Finding, Report, Setting
from datlanh.intake.selectors.rulebook import RuleFilter, checked_before, rule_told, rules_told
from datlanh.intake.selectors.settings import settings_in_force
from datlanh.intake.services.settings import reports_recheck, severity_set, threshold_set
from datlanh.kernel.checks import DEFAULT_SETTINGS, NIGHTLY, RULES
from datlanh.kernel.errors import DomainError
from support.reports import cha, demo_cast, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


@pytest.fixture
def manager(cast) -> User:
    return cast["csdl"]


def differing(cast: dict[str, User], number: int = 1) -> Report:
    """A report whose area is 8 % more than its polygon."""
    draft = cha(number)
    return received(
        draft.but(area_size=round(draft.answers.values["area_size"] * 1.08)),
        by=cast["renew.hientruong"],
    )


def severities(report: Report, rule: str = "area_differs") -> list[str]:
    found = Finding.objects.filter(report=report, rule=rule)
    return list(found.values_list("severity", flat=True))


def test_a_threshold_holds_from_the_next_check_on(cast, manager):
    before = differing(cast)
    assert severities(before) == ["warn"]
    change = threshold_set(name="area_warn", value=0.1, note="Bản đồ cũ", by=manager)
    assert severities(before) == ["warn"]  # made under the older settings: it stays
    after = differing(cast, 2)
    assert severities(after) == []
    assert (before.checked_under, after.checked_under) == (0, change.pk)
    assert settings_in_force().thresholds["area_warn"] == 0.1
    assert settings_in_force(0).thresholds == DEFAULT_SETTINGS


def test_a_severity_holds_on_one_form_or_on_all(cast, manager):
    severity_set(rule="area_differs", form="", severity="info", note="Mùa mưa", by=manager)
    assert severities(differing(cast)) == ["info"]
    severity_set(rule="area_differs", form="cha", severity="off", note="Thử", by=manager)
    assert severities(differing(cast, 2)) == []
    severity_set(rule="area_differs", form="cha", severity="default", note="Thôi", by=manager)
    assert severities(differing(cast, 3)) == ["warn"]


def test_every_change_is_kept_with_who_when_why_and_what(manager):
    threshold_set(name="area_warn", value=0.07, note="Một", by=manager)
    threshold_set(name="area_warn", value=0.08, note="Hai", by=manager)
    told = [(s.old, s.value, s.note, s.by) for s in Setting.objects.order_by("pk")]
    assert told == [("0.05", 0.07, "Một", manager), ("0.07", 0.08, "Hai", manager)]
    event = Event.objects.filter(action="setting.change").latest("pk")
    assert (event.before["value"], event.after["value"]) == ("0.07", "0.08")
    assert event.note == "Hai"


def test_the_database_refuses_to_rewrite_history(manager):
    threshold_set(name="area_warn", value=0.07, note="Một", by=manager)
    for statement in ("update intake_setting set value = 1", "delete from intake_setting"):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("khong_co", 1.0, "no threshold"),
        ("area_warn", -1.0, "from 0 upwards"),
        ("area_warn", float("nan"), "from 0 upwards"),
        ("area_warn", 0.5, "must not be more than"),
        ("area_warn", 0.05, "holds already"),
    ],
)
def test_a_threshold_that_makes_no_sense_is_refused(manager, name, value, says):
    with pytest.raises(DomainError) as refusal:
        threshold_set(name=name, value=value, note="Vì sao", by=manager)
    assert says in refusal.value.say("en")


@pytest.mark.parametrize(
    ("rule", "form", "severity", "says"),
    [
        ("khong_co", "", "info", "no rule"),
        ("area_differs", "eore", "info", "no rule"),
        ("area_differs", "", "loud", "no severity"),
        ("id_pattern", "", "warn", "keeps its severity"),
        ("answer_unreadable", "cha", "off", "keeps its severity"),
        ("area_differs", "", "default", "holds already"),
    ],
)
def test_a_severity_that_makes_no_sense_is_refused(manager, rule, form, severity, says):
    with pytest.raises(DomainError) as refusal:
        severity_set(rule=rule, form=form, severity=severity, note="Vì sao", by=manager)
    assert says in refusal.value.say("en")


def test_no_change_without_a_reason(manager):
    with pytest.raises(DomainError) as refusal:
        threshold_set(name="area_warn", value=0.06, note="  ", by=manager)
    assert "reason" in refusal.value.say("en")


@pytest.mark.parametrize("who", ["kiemtra2", "giamdoc", "mag"])
def test_nobody_else_changes_a_setting(cast, who):
    with pytest.raises(NotAllowedError):
        threshold_set(name="area_warn", value=0.06, note="Vì sao", by=cast[who])
    with pytest.raises(NotAllowedError):
        severity_set(rule="area_differs", form="", severity="off", note="Vì sao", by=cast[who])
    with pytest.raises(NotAllowedError):
        reports_recheck(by=cast[who])


def test_a_recheck_is_asked_for_and_brings_findings_up_to_date(cast, manager, settings):
    report, decided = differing(cast), differing(cast, 2)
    Report.objects.filter(pk=decided.pk).update(state="refused")
    threshold_set(name="area_warn", value=0.1, note="Bản đồ cũ", by=manager)
    assert list(checked_before(manager)) == [report]
    settings.CHECK_INLINE = True
    with acting(manager, via="web"):
        assert reports_recheck(by=manager) == 1
    assert severities(report) == []
    assert severities(decided) == ["warn"]
    assert not checked_before(manager).exists()


def test_a_recheck_is_a_job_for_each_report(cast, manager, settings):
    report = differing(cast)
    threshold_set(name="area_warn", value=0.1, note="Bản đồ cũ", by=manager)
    settings.CHECK_INLINE = False
    reports_recheck(by=manager)
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where task_name = 'intake.check_report'"
            " and args = jsonb_build_object('report_id', %s::bigint) and status = 'todo'",
            [report.pk],
        )
        assert cursor.fetchone()[0] >= 1


def test_the_page_of_rules_counts_reports_within_the_scope(cast, manager):
    differing(cast)
    differing(cast, 2)
    assert rule_told(manager, "area_differs").hits == 2
    assert rule_told(cast["renew"], "area_differs").hits == 2
    assert rule_told(cast["mag"], "area_differs").hits == 0
    lines = {line.rule.key: line for line in rules_told(manager)}
    assert set(lines) == {r.key for r in (*RULES, *NIGHTLY)}
    assert (lines["area_differs"].hits, lines["area_differs"].hits_before) == (2, 0)


def test_the_page_of_rules_is_narrowed(manager):
    severity_set(rule="area_differs", form="cha", severity="off", note="Thử", by=manager)
    keys = {x.rule.key for x in rules_told(manager, RuleFilter(changed=True))}
    assert keys == {"area_differs"}
    off = {x.rule.key for x in rules_told(manager, RuleFilter(form="cha", severity="off"))}
    assert off == {"area_differs"}
    assert "polygon_missing" not in {x.rule.key for x in rules_told(manager, RuleFilter("eore"))}
