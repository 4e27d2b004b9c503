"""A mapping corrected by a job: its progress, what changes meanwhile, workers that die."""

from __future__ import annotations

import pytest
from django.db import connection, connections

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.models import FormProposal, FormRevision, MappingRun, Report
from datlanh.intake.selectors.corrections import correction_of
from datlanh.intake.services import foreseeing, mapping_runs
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.intake.services.mapping_runs import (
    RUN_LOCK,
    is_silent,
    mapping_ask,
    mapping_work,
)
from datlanh.intake.services.proposing import form_proposal_withdraw
from datlanh.intake.services.remapping import mapping_confirm
from datlanh.intake.services.sole import BusyError
from datlanh.kernel import clock
from datlanh.kernel.errors import TransitionError
from datlanh.register.models import Version
from support.remaps import corrected, proposed
from support.reports import approved, cha, demo_cast, form_of, received, verified

pytestmark = pytest.mark.django_db

OTHER = {"slope": {"register::attribute": "steepness"}}


@pytest.fixture
def cast():
    return demo_cast()


@pytest.fixture
def proposal(cast) -> FormProposal:
    for number in (1, 2):
        entered(cha(number), cast)
    return proposed(cast, corrected("cha", OTHER))


def entered(draft, cast) -> Report:
    waiting = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    return approved(waiting, by=cast["kiemtra2"])


def asked(cast, proposal, who="kiemtra1") -> MappingRun:
    with acting(cast[who], via="web"):
        seen = correction_of(proposal, cast[who]).seen
        return mapping_ask(id=proposal.pk, by=cast[who], seen=seen)


def jobs_of(run: MappingRun) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where task_name = 'intake.correct_mapping'"
            " and args->>'run_id' = %s and status = 'todo'",
            [str(run.pk)],
        )
        return cursor.fetchone()[0]


def named(name: str) -> int:
    """Records whose newest version has an attribute of this name."""
    return Version.objects.filter(known_to=None, true_to=None, values__has_key=name).count()


def assert_equal() -> None:
    with acting(SYSTEM):
        assert register_verify().differences == []


def test_a_job_puts_it_in_force_and_twice_is_once(cast, proposal):
    run = asked(cast, proposal)
    assert (jobs_of(run), FormRevision.objects.count(), named("slope")) == (1, 0, 2)
    assert mapping_work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.result["reports"], run.result["records"]) == ("done", 2, 2)
    assert run.result["decision"] == FormRevision.objects.get().decision
    assert (named("slope"), named("steepness")) == (0, 2)
    assert not mapping_work(run_id=run.pk)
    assert FormRevision.objects.count() == 1
    assert_equal()


def test_it_tells_how_far_it_is(cast, proposal, monkeypatch):
    run, told = asked(cast, proposal), []
    kept = mapping_runs._told
    monkeypatch.setattr(mapping_runs, "_told", lambda *a: (told.append(a[1:]), kept(*a)))
    mapping_work(run_id=run.pk)
    assert told == [("reading", 2, 2), ("planning", 2, 2), ("writing", 0, 2)]


def test_what_is_decided_meanwhile_is_worked_out_anew(cast):
    one, two = entered(cha(1, days_ago=30), cast), entered(cha(2), cast)
    waiting = received(cha(3), by=cast["renew.hientruong"])
    again = received(cha(1, days_ago=5).but(slope="steep"), by=cast["renew.hientruong"])
    waiting, again = (verified(r, by=cast["renew"]) for r in (waiting, again))
    proposal = proposed(cast, corrected("cha", OTHER))
    with acting(cast["kiemtra1"]):
        seen = correction_of(proposal, cast["kiemtra1"]).seen

    def meanwhile(step: str, done: int, total: int) -> None:
        if step != "writing":
            return
        approved(waiting, by=cast["kiemtra2"])  # a new record
        approved(again, by=cast["kiemtra2"], record_id=one.record_id)  # a later truth
        with acting(cast["kiemtra2"]):
            step_propose(id=two.pk, step="withdraw", by=cast["kiemtra2"], note="nhập nhầm")
        with acting(cast["kiemtra1"]):
            step_confirm(id=two.pk, by=cast["kiemtra1"], confirm=True)

    with acting(cast["kiemtra1"]):
        done = mapping_confirm(id=proposal.pk, by=cast["kiemtra1"], seen=seen, told=meanwhile)
    assert (done.reports, done.records) == (4, 3)
    now = Version.objects.filter(known_to=None, true_to=None)
    assert now.get(record_id=one.record_id).values["steepness"] == "steep"
    assert (named("slope"), named("steepness")) == (0, 2)
    assert_equal()


def test_what_stays_as_it_was_is_not_worked_out_again(cast, proposal):
    version = form_of("cha")
    foreseen = foreseeing.Foreseen(version, proposal.mapping)
    assert [foreseen.look(), foreseen.look()] == [2, 0]
    entered(cha(3), cast)
    assert foreseen.look() == 1


def test_a_refusal_is_said_in_both_languages_and_it_may_be_asked_again(cast):
    report = entered(cha(1).but(operations_manager_date=None), cast)

    def edit(book):
        book.settings[0]["datlanh::date"] = "operations_manager_date"

    proposal = proposed(cast, corrected("cha", edit=edit))
    for _ in range(2):
        run = asked(cast, proposal)
        assert not mapping_work(run_id=run.pk)
        run.refresh_from_db()
        assert run.state == "refused"
        assert "ngày thông tin" in run.refusal["vi"]
        assert report.receipt in run.refusal["en"]
    assert form_of("cha").mapping_revision == 1


def test_a_proposal_withdrawn_meanwhile_is_not_put_in_force(cast, proposal):
    run = asked(cast, proposal)
    with acting(cast["csdl"]):
        form_proposal_withdraw(id=proposal.pk, by=cast["csdl"], reason="Sai tệp")
    assert not mapping_work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, named("slope")) == ("refused", 2)


def test_only_one_is_on_its_way_and_it_keeps_others_out(cast, proposal):
    run = asked(cast, proposal)
    with pytest.raises(TransitionError):
        asked(cast, proposal)
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s, %s)", [RUN_LOCK, proposal.pk])
        MappingRun.objects.filter(pk=run.pk).update(state="running")
        run.refresh_from_db()
        assert not is_silent(run)
        with pytest.raises(BusyError):
            mapping_work(run_id=run.pk)
    finally:
        other.close()


def test_a_run_whose_worker_was_killed_is_run_again_and_done_once(cast, proposal):
    dead = asked(cast, proposal)
    # Killed while it planned: nothing of it stands but how far it was, and nobody holds the lock.
    MappingRun.objects.filter(pk=dead.pk).update(state="running", step="planning", done=1, total=2)
    dead.refresh_from_db()
    assert is_silent(dead)
    run = asked(cast, proposal)
    dead.refresh_from_db()
    assert (dead.state, bool(dead.refusal["vi"])) == ("failed", True)
    assert mapping_work(run_id=run.pk)
    assert not mapping_work(run_id=dead.pk)
    assert FormRevision.objects.count() == 1
    assert_equal()


def test_a_worker_that_was_given_up_decides_nothing(cast, proposal):
    run = asked(cast, proposal)

    def given_up(step: str, done: int, total: int) -> None:
        if step == "writing":
            MappingRun.objects.filter(pk=run.pk).update(state="failed", ended_at=clock.now())

    with pytest.raises(TransitionError):
        mapping_confirm(id=proposal.pk, by=cast["kiemtra1"], seen=run.seen, told=given_up, run=run)
    assert (FormRevision.objects.count(), named("slope")) == (0, 2)


def test_what_breaks_is_said_and_nothing_changed(cast, proposal, monkeypatch):
    run = asked(cast, proposal)
    monkeypatch.setattr(foreseeing.Foreseen, "look", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mapping_work(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, named("slope")) == ("failed", 2)
    assert "interrupted" in run.refusal["en"]


def test_a_run_nobody_took_up_may_be_asked_for_again(cast, proposal):
    run = asked(cast, proposal)
    assert not is_silent(run)
    MappingRun.objects.filter(pk=run.pk).update(
        alive_at=clock.now() - mapping_runs.SILENT_AFTER * 2
    )
    run.refresh_from_db()
    assert is_silent(run)
    assert asked(cast, proposal).pk != run.pk
