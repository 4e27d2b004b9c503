"""Many reports withdrawn by one act of two persons: each numbered, none taken blindly."""

from __future__ import annotations

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.audit.models import Event
from datlanh.hazards.models import HazardousArea
from datlanh.intake.batching import seen_in_batch
from datlanh.intake.models import Batch, BatchMember, Proposal, Report
from datlanh.intake.services.batches import Chosen, batch_confirm, batch_propose
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import report_reassign, step_confirm, step_propose
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.register.models import Decision
from support.reports import approved, cha, demo_cast, received, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return demo_cast()


def entered(draft, cast, sender="renew.hientruong", officer="renew", by="kiemtra2", **more):
    report = verified(received(draft, by=cast[sender]), by=cast[officer])
    return approved(report, by=cast[by], **more)


def chosen(*reports: Report, despite: bool = False) -> list[Chosen]:
    fresh = Report.objects.filter(pk__in=[r.pk for r in reports])
    return [Chosen(r.pk, seen_in_batch(r), despite) for r in fresh]


def propose(cast, which: list[Chosen], who="kiemtra2", note="GPS của đội lệch 40 m") -> Batch:
    with acting(cast[who], via="web"):
        return batch_propose(chosen=which, by=cast[who], note=note)


def answer(cast, batch: Batch, who="kiemtra1", confirm=True, note="") -> Batch:
    with acting(cast[who], via="web"):
        return batch_confirm(id=batch.pk, by=cast[who], confirm=confirm, note=note)


def results(batch: Batch) -> dict[int, str]:
    return dict(batch.members.values_list("report_id", "result"))


def assert_register_equal() -> None:
    with acting(SYSTEM):
        assert register_verify().differences == []


def test_each_report_is_withdrawn_by_a_decision_of_its_own(cast):
    reports = [entered(cha(n), cast) for n in (1, 2, 3)]
    batch = propose(cast, chosen(*reports))
    assert HazardousArea.objects.count() == 3  # nothing changes between the two persons
    answer(cast, batch)
    assert set(Report.objects.values_list("state", flat=True)) == {"withdrawn"}
    decisions = list(Decision.objects.filter(kind="withdrawn").order_by("seq"))
    assert [d.data for d in decisions] == [{"batch": batch.pk}] * 3
    assert {(d.by_id, d.second_id) for d in decisions} == {
        (cast["kiemtra2"].pk, cast["kiemtra1"].pk)
    }
    assert [d.seq for d in decisions] == list(range(decisions[0].seq, decisions[0].seq + 3))
    told = Event.objects.filter(action="report.withdraw").values_list("after", flat=True)
    assert [t["batch"] for t in told] == [batch.pk] * 3
    assert HazardousArea.objects.count() == 0
    assert_register_equal()


def test_several_reports_of_one_record_are_folded_one_after_the_other(cast):
    first = entered(cha(1, days_ago=30), cast)
    more = [entered(cha(1, days_ago=d), cast, record_id=first.record_id) for d in (20, 10, 5)]
    other = entered(cha(2), cast)
    batch = propose(cast, chosen(first, more[0], more[2], other))
    answer(cast, batch)
    assert HazardousArea.objects.get(pk=first.record_id).reports == 1
    assert_register_equal()
    with acting(SYSTEM):
        register_rebuild(by=SYSTEM)
    assert_register_equal()


def test_what_was_corrected_is_not_taken_blindly(cast):
    wrong = entered(cha(1, days_ago=9), cast)
    correction = cha(1, days_ago=9).but(land_use="development", correction_of=wrong.receipt)
    right = entered(correction, cast, record_id=wrong.record_id)
    other = entered(cha(2), cast)
    batch = propose(cast, chosen(wrong, other))
    left = batch.members.get(report=wrong)
    assert (left.result, left.corrected_by_id) == (BatchMember.LEFT_OUT, right.pk)
    assert right.receipt in left.why["vi"]
    assert right.receipt in left.why["en"]
    answer(cast, batch)
    assert Report.objects.get(pk=wrong.pk).state == "approved"
    # Chosen in spite of it, it is withdrawn; the correction stands.
    answer(cast, propose(cast, chosen(wrong, despite=True)))
    assert Report.objects.get(pk=wrong.pk).state == "withdrawn"
    assert HazardousArea.objects.get(pk=right.record_id).land_use == "development"
    assert_register_equal()


def test_a_correction_approved_between_the_two_persons_stops_its_report(cast):
    wrong, other = entered(cha(1, days_ago=9), cast), entered(cha(2), cast)
    batch = propose(cast, chosen(wrong, other))
    correction = cha(1, days_ago=9).but(correction_of=wrong.receipt)
    entered(correction, cast, record_id=wrong.record_id)
    answer(cast, batch)
    assert results(batch) == {wrong.pk: "left_out", other.pk: "done"}
    assert not Proposal.objects.filter(closed_at=None).exists()
    assert_register_equal()


def test_a_report_that_changed_meanwhile_is_named_and_left_out(cast):
    moved, other = entered(cha(1), cast), entered(cha(2), cast)
    third = entered(cha(3), cast)
    batch = propose(cast, chosen(moved, third))
    with acting(cast["kiemtra2"]):
        report_reassign(
            id=moved.pk, record_id=other.record_id, by=cast["kiemtra2"], note="nhầm hồ sơ"
        )
    answer(cast, batch)
    assert results(batch) == {moved.pk: "left_out", third.pk: "done"}
    assert "changed" in batch.members.get(report=moved).why["en"]
    assert_register_equal()


def test_what_was_chosen_on_a_stale_page_is_left_out(cast):
    stale, good = entered(cha(1), cast), entered(cha(2), cast)
    which = [*chosen(good), Chosen(stale.pk, "approved.7.")]
    assert results(propose(cast, which)) == {stale.pk: "left_out", good.pk: "waiting"}
    with pytest.raises(TransitionError, match="None of the chosen"):
        propose(cast, [Chosen(stale.pk, "approved.7.")])
    assert Batch.objects.count() == 1


def test_what_somebody_else_proposed_is_left_out(cast):
    one, two = entered(cha(1), cast), entered(cha(2), cast)
    with acting(cast["kiemtra1"]):
        step_propose(id=one.pk, step="revoke", by=cast["kiemtra1"], note="nhầm")
    batch = propose(cast, chosen(one, two))
    assert results(batch) == {one.pk: "left_out", two.pk: "waiting"}
    assert "waiting already" in batch.members.get(report=one).why["en"]


def test_a_report_answered_by_itself_is_answered_in_its_batch(cast):
    one, two, three = (entered(cha(n), cast) for n in (1, 2, 3))
    batch = propose(cast, chosen(one, two, three))
    with acting(cast["kiemtra1"]):
        step_confirm(id=one.pk, by=cast["kiemtra1"], confirm=False, note="đội này đúng")
        step_confirm(id=two.pk, by=cast["kiemtra1"], confirm=True)
    answer(cast, batch)
    assert results(batch) == {one.pk: "declined", two.pk: "done", three.pk: "done"}
    seqs = set(Decision.objects.filter(data={"batch": batch.pk}).values_list("seq", flat=True))
    assert set(batch.members.filter(result="done").values_list("decision", flat=True)) == seqs
    assert_register_equal()


def test_the_second_person_is_another(cast):
    batch = propose(cast, chosen(entered(cha(1), cast)))
    with pytest.raises(TransitionError, match="second person"):
        answer(cast, batch, who="kiemtra2")
    assert set(results(batch).values()) == {"waiting"}
    answer(cast, batch, who="kiemtra2", confirm=False)  # the proposer may take it back
    assert set(results(batch).values()) == {"declined"}
    with pytest.raises(TransitionError, match="Nothing is proposed"):
        answer(cast, batch)


def test_what_a_seconded_officer_may_not_decide_waits_for_somebody_else(cast):
    ours = entered(cha(1), cast)
    military = cha(21, organisation="military", first=100000)
    theirs = entered(military, cast, "quandoi", "quandoi", by="kiemtra2")
    batch = propose(cast, chosen(ours, theirs))
    answer(cast, batch)  # kiemtra1 is seconded by the military
    assert results(batch) == {ours.pk: "done", theirs.pk: "waiting"}
    with pytest.raises(TransitionError, match="reporting organisation"):
        answer(cast, batch)
    answer(cast, batch, who="csdl")
    assert results(batch) == {ours.pk: "done", theirs.pk: "done"}
    assert_register_equal()


def test_a_batch_needs_a_reason_and_some_reports(cast):
    report = entered(cha(1), cast)
    with pytest.raises(TransitionError, match="reason"):
        propose(cast, chosen(report), note="  ")
    with pytest.raises(DomainError, match="at least one"):
        propose(cast, [])
    with pytest.raises(DomainError, match="At most 500"):
        propose(cast, [Chosen(n, "") for n in range(501)])
    assert not Proposal.objects.exists()


def test_only_those_who_withdraw_see_or_answer_a_batch(cast):
    batch = propose(cast, chosen(entered(cha(1), cast)))
    for who in ("renew", "renew.hientruong"):
        with pytest.raises(Batch.DoesNotExist):
            answer(cast, batch, who=who)
