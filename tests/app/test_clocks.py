"""Clocks: what is expected by the 10th, exemptions, reminders, and the scorecard's numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.accounts.scope import NotAllowedError
from datlanh.audit.models import Event
from datlanh.intake.models import Exemption, Expectation, Reminder, Report
from datlanh.intake.selectors.clocks import (
    duties_of,
    month_due,
    overdue_by_operator,
    reminders_of,
)
from datlanh.intake.selectors.paging import Cursor
from datlanh.intake.selectors.reports import ReportFilter, report_get, report_list
from datlanh.intake.services.clocks import (
    clocks_remind,
    due_move,
    exemption_give,
    exemption_take_back,
    expectation_set,
    reminder_dismiss,
)
from datlanh.intake.services.verifying import report_return
from datlanh.kernel import clock
from datlanh.kernel.actor import SYSTEM
from datlanh.kernel.errors import DomainError
from datlanh.reporting.selectors.scorecard import COUNTED, filter_of, scorecard
from support.reports import approved, cha, demo_cast, received, release, verified

pytestmark = pytest.mark.django_db
OCTOBER = dt.date(2026, 10, 1)
SEPTEMBER = dt.date(2026, 9, 1)


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


def on(text: str, hour: int = 9) -> dt.datetime:
    """An instant of the province."""
    day = dt.date.fromisoformat(text)
    return clock.local_midnight(day) + dt.timedelta(hours=hour)


def at(text: str, hour: int = 9):
    return clock.frozen(on(text, hour))


def sent_on(day: str, number: int, cast: dict[str, User], days_ago: int = 5) -> Report:
    with at(day):
        return received(cha(number, days_ago=days_ago), by=cast["renew.hientruong"])


def returned(report: Report, cast: dict[str, User]) -> Report:
    report = verified(report, by=cast["renew"])
    with acting(cast["kiemtra2"], via="web"):
        return report_return(id=report.pk, by=cast["kiemtra2"], note="Thiếu ảnh")


def states(who: User, month: dt.date = OCTOBER) -> dict[tuple[str, str], str]:
    return {(d.organisation.key, d.form): d.state for d in duties_of(who, month)}


def test_what_was_sent_in_the_last_three_months_is_expected_again(cast):
    sent_on("2026-09-20", 1, cast)
    with at("2026-11-10", 23):
        assert states(cast["kiemtra2"]) == {("npa_renew", "cha"): "waiting"}
        assert month_due() == SEPTEMBER
    with at("2026-11-11", 0):  # the first minute after the 10th, in the province
        assert states(cast["kiemtra2"]) == {("npa_renew", "cha"): "missing"}
        assert month_due() == OCTOBER
        assert [o.forms for o in overdue_by_operator(cast["kiemtra2"])] == [["cha"]]
        assert states(cast["mag"]) == {}  # others' duties are not one's business
    assert states(cast["kiemtra2"], dt.date(2027, 1, 1)) == {}  # four months later
    sent_on("2026-11-12", 2, cast, days_ago=20)
    with at("2026-11-13"):
        (duty,) = duties_of(cast["renew"], OCTOBER)
        assert (duty.state, duty.sent, duty.late) == ("sent", 1, 1)


def test_what_is_expected_can_be_said_and_keeps_its_history(cast):
    manager = cast["csdl"]
    sent_on("2026-09-20", 1, cast)
    told = {"organisation": "npa_renew", "note": "Hết dự án", "by": manager}
    expectation_set(form="cha", is_expected=False, since=OCTOBER, **told)
    expectation_set(form="eore", is_expected=True, since=SEPTEMBER, **told)
    with at("2026-11-12"):
        assert states(cast["renew"]) == {("npa_renew", "eore"): "missing"}
        assert states(cast["renew"], SEPTEMBER)["npa_renew", "cha"] == "sent"
    assert Expectation.objects.count() == 2
    assert Event.objects.filter(action="expectation.set").count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Expectation.objects.update(note="khác")
    with pytest.raises(NotAllowedError):
        expectation_set(
            organisation="npa_renew",
            form="cha",
            is_expected=False,
            since=OCTOBER,
            note="Tự miễn",
            by=cast["renew"],
        )


def test_an_exemption_stands_beside_the_stamp_and_can_be_taken_back(cast):
    manager, centre = cast["csdl"], cast["kiemtra2"]
    late = sent_on("2026-11-12", 1, cast, days_ago=20)
    assert late.is_late
    told = {"organisation": "npa_renew", "month": OCTOBER, "by": manager}
    with pytest.raises(DomainError):
        exemption_give(form="cha", reason=" ", **told)
    given = exemption_give(form="cha", reason="Lũ lụt", **told)
    with pytest.raises(DomainError):
        exemption_give(form="cha", reason="Lũ lụt", **told)

    def found(key: str) -> int:
        return len(report_list(centre, ReportFilter(late=key), Cursor()).rows)

    assert [found(k) for k in ("late", "exempted", "unexcused", "in_time")] == [1, 1, 0, 0]
    seen = report_get(centre, late.receipt)
    assert (seen.is_late, seen.is_exempted) == (True, True)
    exemption_take_back(id=given.pk, reason="Nhầm tháng", by=manager)
    assert [found(k) for k in ("late", "exempted", "unexcused", "in_time")] == [1, 0, 1, 0]
    with pytest.raises(DomainError):
        exemption_take_back(id=given.pk, reason="Nhầm tháng", by=manager)
    exemption_give(form="", reason="Lũ lụt", **told)
    assert found("exempted") == 1
    assert Exemption.objects.count() == 3
    assert Event.objects.filter(action__startswith="exemption.").count() == 3
    with pytest.raises(DatabaseError), transaction.atomic():
        Exemption.objects.filter(pk=given.pk).delete()
    for who in ("giamdoc", "kiemtra2", "renew"):
        with pytest.raises(NotAllowedError):
            exemption_give(
                organisation="npa_renew", month=SEPTEMBER, form="", reason="Lũ", by=cast[who]
            )


def test_a_missing_month_is_exempted_too(cast):
    sent_on("2026-09-20", 1, cast)
    with at("2026-11-12"):
        exemption_give(
            organisation="npa_renew", month=OCTOBER, form="", reason="Lũ", by=cast["csdl"]
        )
        assert states(cast["renew"]) == {("npa_renew", "cha"): "exempted"}
        assert overdue_by_operator(cast["kiemtra2"]) == []


def test_one_report_s_due_date_is_moved(cast):
    with at("2026-11-12"):
        report = returned(received(cha(1), by=cast["renew.hientruong"]), cast)
    kept = report.due_at
    overdue = ReportFilter(late="overdue")
    with at("2026-11-16", 1):
        assert len(report_list(cast["renew"], overdue, Cursor()).rows) == 1
        with pytest.raises(DomainError):
            due_move(
                receipt=report.receipt, until=dt.date(2026, 11, 15), reason="Lũ", by=cast["csdl"]
            )
        due_move(receipt=report.receipt, until=dt.date(2026, 11, 18), reason="Lũ", by=cast["csdl"])
        assert report_list(cast["renew"], overdue, Cursor()).rows == []
        seen = report_get(cast["renew"], report.receipt)
        assert seen.due_at == kept
        assert seen.due_now == on("2026-11-19", 0)
    with at("2026-11-18", 23):
        again = verified(report, by=cast["renew"])
        assert not again.resubmitted_late
    with at("2026-11-19", 1):
        assert report_list(cast["renew"], overdue, Cursor()).rows == []  # it is back


def reminded(who: User) -> list[tuple[str, str]]:
    return [(t.reminder.subject, t.reminder.step) for t in reminders_of(who)]


def test_reminders_come_before_on_and_after_the_10th_and_never_twice(cast):
    sent_on("2026-09-20", 1, cast)
    officer, subject = cast["renew"], "month:2026-10:npa_renew"
    for day, count, step in (
        ("2026-11-06", 0, ""),
        ("2026-11-07", 1, "before"),
        ("2026-11-08", 1, "before"),
        ("2026-11-10", 2, "due"),
        ("2026-11-11", 3, "after"),
        ("2026-11-20", 3, "after"),
    ):
        with at(day):
            clocks_remind(by=SYSTEM)
            clocks_remind(by=SYSTEM)
            assert Reminder.objects.filter(user=officer).count() == count
            assert reminded(officer) == ([(subject, step)] if step else [])
    assert {r.user_id for r in Reminder.objects.all()} == {officer.pk}
    sent_on("2026-11-21", 2, cast, days_ago=25)
    with at("2026-11-21"):
        assert reminded(officer) == []  # done


def test_a_reminder_put_away_stays_away_until_the_next_step(cast):
    sent_on("2026-09-20", 1, cast)
    officer = cast["renew"]
    with at("2026-11-08"):
        clocks_remind(by=SYSTEM)
        (told,) = reminders_of(officer)
        with pytest.raises(Reminder.DoesNotExist):
            reminder_dismiss(id=told.reminder.pk, by=cast["mag"])
        reminder_dismiss(id=told.reminder.pk, by=officer)
        clocks_remind(by=SYSTEM)
        assert reminded(officer) == []
    with at("2026-11-11"):
        clocks_remind(by=SYSTEM)
        assert reminded(officer) == [("month:2026-10:npa_renew", "after")]


def test_a_returned_report_is_reminded_of_before_and_after_its_last_day(cast):
    officer = cast["renew"]
    with at("2026-11-12"):
        report = returned(received(cha(1), by=cast["renew.hientruong"]), cast)
    subject = f"report:{report.receipt}:2026-11-15"
    for day, said in (
        ("2026-11-13", []),
        ("2026-11-14", [(subject, "before")]),
        ("2026-11-15", [(subject, "before")]),
        ("2026-11-16", [(subject, "after")]),
    ):
        with at(day):
            clocks_remind(by=SYSTEM)
            assert reminded(officer) == said
    with at("2026-11-16"):
        due_move(receipt=report.receipt, until=dt.date(2026, 11, 20), reason="Lũ", by=cast["csdl"])
        assert reminded(officer) == []  # more time, nothing overdue
    with at("2026-11-20"):
        clocks_remind(by=SYSTEM)
        assert reminded(officer) == [(f"report:{report.receipt}:2026-11-20", "before")]
        verified(report, by=officer)
        assert reminded(officer) == []


def a_month_of_work(cast: dict[str, User]) -> None:
    """October: one straight through, one late, one blocked at first, one returned twice."""
    sender, officer, centre = cast["renew.hientruong"], cast["renew"], cast["kiemtra2"]
    with at("2026-10-05"):
        straight = verified(received(cha(1), by=sender), by=officer)
        late = received(cha(2, days_ago=60), by=sender)
        blocked = received(cha(3).but(status=None), by=sender)
        twice = returned(received(cha(4), by=sender), cast)
    assert late.is_late
    assert blocked.first_blocks
    with at("2026-10-09"):
        approved(straight, by=centre)
        verified(blocked, by=officer, changes={"status": "open"})
        returned(twice, cast)
    with at("2026-10-20"):
        received(release(5, days_ago=2), by=sender)
    exemption_give(
        organisation="npa_renew", month=dt.date(2026, 8, 1), form="", reason="Lũ", by=cast["csdl"]
    )


def test_the_scorecard_s_numbers_equal_the_lists_they_open(cast):
    a_month_of_work(cast)
    for who in ("giamdoc", "kiemtra2", "renew"):
        card = scorecard(cast[who], OCTOBER)
        (line,) = card.lines
        for measure in COUNTED:
            wanted = filter_of(measure, "npa_renew", OCTOBER)
            listed = report_list(cast[who], wanted, Cursor()).rows
            assert line.score.counts[measure] == len(listed), measure
            assert card.total.score.counts[measure] == len(listed), measure
            if measure == "received":
                findings = sum(r.blocks + r.warns for r in listed)
                assert line.score.findings == findings
    assert scorecard(cast["mag"], OCTOBER).lines == []


def test_the_scorecard_says_what_happened(cast):
    a_month_of_work(cast)
    score = scorecard(cast["giamdoc"], OCTOBER).total.score
    assert score.counts == {
        "received": 5,
        "clean": 4,
        "blocked": 1,
        "in_time": 4,
        "late": 1,
        "exempted": 1,
        "returned": 1,
        "reopened": 1,
        "found": score.counts["found"],
        "decided": 2,
    }
    assert score.complete == 0.8
    assert score.in_time == 0.8
    # One after four days, one the same day; in a year nothing else was received.
    assert score.days == pytest.approx(2.0)
    assert score.days_centre == pytest.approx(2.0)
    scores = scorecard(cast["giamdoc"], dt.date(2027, 3, 1)).total.scores
    assert [s.counts.get("received", 0) for s in scores] == [0] * 6 + [5] + [0] * 5
    assert scores[0].complete is None


def test_a_correction_does_not_change_what_was_wrong_at_first(cast):
    a_month_of_work(cast)
    report = Report.objects.get(first_blocks__gt=0)
    assert report.blocks == 0
