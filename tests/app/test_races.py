"""Two people at once: one decides, the other is told; numbers never skip, nothing counts twice."""

from __future__ import annotations

import time
from typing import Any

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.audit.sealing import seal_all
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.projection import LAND_RELEASE
from datlanh.intake.batching import seen_in_batch
from datlanh.intake.models import Proposal, Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.selectors.clearing import seen_to_clear
from datlanh.intake.services import approving, lifecycle
from datlanh.intake.services.batches import Chosen, batch_confirm, batch_propose
from datlanh.intake.services.clearing import Ticked, reports_approve
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import step_confirm
from datlanh.intake.services.dividing import division_confirm
from datlanh.intake.services.lifecycle import area_move
from datlanh.intake.services.linking import links_decide
from datlanh.intake.services.receiving import report_receive
from datlanh.intake.services.verifying import report_return
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.kernel.links import Pair
from datlanh.notices.models import Address, Mail, Notice
from datlanh.notices.services import notices_make
from datlanh.organisations.models import RunningNumber
from datlanh.register.models import Decision, Link, Record, Version
from support.divisions import halves_of, part, proposed, waiting
from support.drafts import education, victim
from support.races import together
from support.remaps import confirmed, corrected
from support.remaps import proposed as correction_proposed
from support.reports import approved, cha, demo_cast, let_through, received, release, sent, verified

pytestmark = pytest.mark.usefixtures("fresh_db")


def assert_register_equal() -> None:
    with acting(SYSTEM):
        assert register_verify().differences == []


def test_of_two_reviewers_one_decides_and_the_other_is_told():
    cast = demo_cast()
    report = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    results = together(
        *(lambda who=who: approved(report, by=cast[who]) for who in ("kiemtra1", "kiemtra2"))
    )
    refused = [r for r in results if isinstance(r, DomainError)]
    assert len(refused) == 1, results
    assert "approved" in str(refused[0]) or "Approve" in str(refused[0])
    assert Decision.objects.filter(kind="approved").count() == 1
    assert_register_equal()


def at_once(cast: Any, kind: str, *drafts: Any, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Reports of one kind approved at the same moment; any projector will do for their rows."""
    monkeypatch.setitem(PROJECTORS, kind, PROJECTORS.get(kind, LAND_RELEASE))
    reports = [verified(received(d, by=cast["renew.hientruong"]), by=cast["renew"]) for d in drafts]
    return together(*(lambda r=r: approved(r, by=cast["kiemtra2"]) for r in reports))


def test_two_spellings_of_one_id_become_one_record(monkeypatch):
    """The database sees two ids: only the lock on the number's range keeps them one."""
    drafts = education(1), education(1).but(mre_id="HR-MRE-409-600001")
    results = at_once(demo_cast(), "risk_education", *drafts, monkeypatch=monkeypatch)
    (taken,) = [r for r in results if isinstance(r, Exception)]
    assert getattr(taken, "code", "") == "id_taken", results
    assert Record.objects.count() == RunningNumber.objects.count() == 1


def test_victims_of_one_accident_are_approved_at_once_under_one_number(monkeypatch):
    drafts = [victim(1, person) for person in (1, 2, 3)]
    results = at_once(demo_cast(), "victim", *drafts, monkeypatch=monkeypatch)
    assert [r for r in results if isinstance(r, Exception)] == []
    assert Record.objects.count() == 3
    assert RunningNumber.objects.get().local_id == "INC-409-600001"


def test_decisions_made_at_once_are_numbered_without_gaps_in_commit_order():
    cast = demo_cast()

    def ready(number: int, days_ago: int) -> Report:
        draft = cha(number, days_ago=days_ago)
        return verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])

    # Updates of records that stand: new ids would queue at the number range before.
    records = [approved(ready(n, 30), by=cast["kiemtra2"]).record_id for n in range(1, 7)]
    updates = [ready(n, 5) for n in range(1, 7)]
    before = Decision.objects.count()
    results = together(
        *(
            lambda r=r, to=to: approved(r, by=cast["kiemtra2"], record_id=to)
            for r, to in zip(updates, records, strict=True)
        )
    )
    assert not [r for r in results if isinstance(r, Exception)], results
    decisions = list(Decision.objects.order_by("seq").values_list("seq", "at"))
    assert [seq for seq, _ in decisions] == list(range(1, before + 7))
    assert [at for _, at in decisions] == sorted(at for _, at in decisions)
    assert_register_equal()


def test_updates_of_one_record_at_once_all_count():
    cast = demo_cast()
    first = approved(
        verified(received(cha(1, days_ago=30), by=cast["renew.hientruong"]), by=cast["renew"]),
        by=cast["kiemtra2"],
    )
    updates = [
        verified(received(cha(1, days_ago=d), by=cast["renew.hientruong"]), by=cast["renew"])
        for d in (9, 8, 7, 6)
    ]
    results = together(
        *(lambda r=r: approved(r, by=cast["kiemtra2"], record_id=first.record_id) for r in updates)
    )
    assert not [r for r in results if isinstance(r, Exception)], results
    assert HazardousArea.objects.get(pk=first.record_id).reports == 5
    assert_register_equal()


def test_one_instance_sent_twice_at_once_is_one_report():
    cast = demo_cast()
    by = cast["renew.hientruong"]
    xml = sent(cha(1), "uuid:11111111-2222-3333-4444-555555555555")

    def send():
        with acting(by, via="openrosa"):
            return report_receive(xml=xml, by=by, organisation=by.organisation, channel="openrosa")

    results = together(*[send] * 5)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert Report.objects.count() == 1
    assert sum(r.is_new for r in results) == 1


def test_two_reports_claiming_one_new_id_make_one_record():
    cast = demo_cast()
    reports = [
        verified(received(cha(1, days_ago=d), by=cast["renew.hientruong"]), by=cast["renew"])
        for d in (9, 5)
    ]
    results = together(*(lambda r=r: approved(r, by=cast["kiemtra2"]) for r in reports))
    refused = [r for r in results if isinstance(r, Exception)]
    assert len(refused) == 1, results
    assert isinstance(refused[0], DomainError), refused
    assert HazardousArea.objects.count() == 1
    assert_register_equal()


def _batch_of(cast, numbers):
    ready = [
        verified(received(cha(n), by=cast["renew.hientruong"]), by=cast["renew"]) for n in numbers
    ]
    reports = [approved(r, by=cast["kiemtra2"]) for r in ready]
    return [Chosen(r.pk, seen_in_batch(r)) for r in reports]


def test_of_two_officers_who_propose_the_same_reports_one_takes_each():
    cast = demo_cast()
    chosen = _batch_of(cast, range(1, 6))

    def propose(who):
        with acting(cast[who], via="web"):
            return batch_propose(chosen=chosen, by=cast[who], note="GPS lệch")

    results = together(*(lambda who=who: propose(who) for who in ("kiemtra1", "kiemtra2")))
    assert len([r for r in results if isinstance(r, DomainError)]) == 1, results
    assert Proposal.objects.filter(closed_at=None).count() == 5


def test_of_two_who_confirm_one_batch_one_withdraws_and_the_other_is_told():
    cast = demo_cast()
    chosen = _batch_of(cast, range(1, 6))
    with acting(cast["kiemtra2"]):
        batch = batch_propose(chosen=chosen, by=cast["kiemtra2"], note="GPS lệch")

    def confirm(who):
        with acting(cast[who], via="web"):
            return batch_confirm(id=batch.pk, by=cast[who], confirm=True)

    def single():
        with acting(cast["csdl"], via="web"):
            return step_confirm(id=chosen[3].report_id, by=cast["csdl"], confirm=True)

    results = together(*(lambda who=who: confirm(who) for who in ("kiemtra1", "csdl")), single)
    assert all(isinstance(r, DomainError) for r in results if isinstance(r, Exception)), results
    assert Decision.objects.filter(kind="withdrawn").count() == 5
    assert set(batch.members.values_list("result", flat=True)) == {"done"}
    assert_register_equal()


def test_a_batch_and_an_update_of_the_same_records_do_not_wait_in_a_circle():
    cast = demo_cast()
    chosen = _batch_of(cast, range(1, 5))
    homes = [Report.objects.get(pk=c.report_id).record_id for c in chosen]
    updates = [
        verified(received(cha(n, days_ago=2), by=cast["renew.hientruong"]), by=cast["renew"])
        for n in range(1, 5)
    ]
    with acting(cast["kiemtra2"]):
        batch = batch_propose(chosen=chosen, by=cast["kiemtra2"], note="GPS lệch")

    def confirm():
        with acting(cast["kiemtra1"], via="web"):
            return batch_confirm(id=batch.pk, by=cast["kiemtra1"], confirm=True)

    actions = [
        lambda r=r, to=to: approved(r, by=cast["kiemtra2"], record_id=to)
        for r, to in zip(reversed(updates), reversed(homes), strict=True)
    ]
    results = together(confirm, *actions)
    assert not [r for r in results if isinstance(r, Exception)], results
    assert HazardousArea.objects.filter(reports=1).count() == 4
    assert_register_equal()


def test_of_two_officers_who_link_one_pair_one_does_and_the_other_is_told():
    """Without the locks on both records all three would be numbered: seen."""
    cast = demo_cast()
    drafts = cha(1), release(1)
    area, done = (
        approved(
            verified(received(d, by=cast["renew.hientruong"]), by=cast["renew"]),
            by=cast["kiemtra2"],
        ).record_id
        for d in drafts
    )
    pair = Pair("release_area", done, area)

    def link(who):
        with acting(cast[who], via="web"):
            return links_decide(step="link", pairs=[pair], by=cast[who])

    results = together(*(lambda who=who: link(who) for who in ("kiemtra1", "kiemtra2", "csdl")))
    refused = [r for r in results if isinstance(r, Exception)]
    assert len(refused) == 2, results
    assert all(isinstance(r, DomainError) for r in refused), results
    assert Decision.objects.filter(kind="linked").count() == Link.objects.count() == 1
    assert_register_equal()


def test_links_made_in_opposite_orders_do_not_wait_in_a_circle():
    cast = demo_cast()

    def enter(draft):
        report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
        return approved(report, by=cast["kiemtra2"]).record_id

    areas, done = [enter(cha(n)) for n in range(1, 5)], [enter(release(n)) for n in range(1, 5)]
    pairs = [Pair("release_area", d, a) for d, a in zip(done, areas, strict=True)]
    crossed = [Pair("release_area", d, a) for d, a in zip(done, areas[::-1], strict=True)]

    def link(wanted):
        with acting(cast["kiemtra2"], via="web"):
            return links_decide(step="link", pairs=wanted, by=cast["kiemtra2"])

    results = together(lambda: link(pairs), lambda: link(crossed[::-1]))
    assert not [r for r in results if isinstance(r, Exception)], results
    assert Link.objects.filter(holds=True).count() == 8
    assert_register_equal()


def test_of_two_who_move_an_area_one_is_told():
    cast = demo_cast()
    area_of(cast, 1)
    results = together(
        *(
            lambda who=who, step=step: moved(cast[who], step)
            for who, step in (("kiemtra1", "task"), ("kiemtra2", "start"))
        )
    )
    refused = [r for r in results if isinstance(r, DomainError)]
    assert len(refused) == 1, results
    assert "just changed" in str(refused[0])
    assert Decision.objects.filter(kind="moved").count() == 1
    assert_register_equal()


def test_a_step_and_an_approval_at_one_moment_both_stand():
    cast = demo_cast()
    record = area_of(cast, 1)
    update = cha(1, days_ago=1).but(land_use="development")
    report = let_through(verified(received(update, by=cast["renew.hientruong"]), by=cast["renew"]))
    results = together(
        lambda: approved(report, by=cast["kiemtra1"], record_id=record.pk),
        lambda: moved(cast["kiemtra2"], "start"),
    )
    assert not [r for r in results if isinstance(r, Exception)], results
    area = HazardousArea.objects.get(pk=record.pk)
    assert (area.public_status, area.land_use) == ("ongoing", "development")
    assert_register_equal()


def test_a_step_and_a_release_on_its_ground_do_not_wait_in_a_circle(monkeypatch):
    cast = demo_cast()
    area_of(cast, 1)
    on_it = waiting(release(1, days_ago=3), cast)  # names no area: the ledger finds it by ground
    between(monkeypatch, lifecycle, "life_of")  # locked, and not at the decision lock yet
    results = together(
        lambda: moved(cast["kiemtra2"], "start"),
        lambda: approved(on_it, by=cast["kiemtra1"]),
    )
    assert not [r for r in results if isinstance(r, Exception)], results
    assert_register_equal()


def area_of(cast, number: int) -> Record:
    report = verified(
        received(cha(number, days_ago=9), by=cast["renew.hientruong"]), by=cast["renew"]
    )
    return Record.objects.get(pk=approved(report, by=cast["csdl"]).record_id)


def moved(who, step: str) -> Decision:
    with acting(who):
        return area_move(local_id="HAZ-409-600001", step=step, seen="cha", on=clock.today(), by=who)


def _ticked(cast, numbers):
    ready = [
        verified(received(cha(n), by=cast["renew.hientruong"]), by=cast["renew"]) for n in numbers
    ]
    return [Ticked(r.pk, seen_to_clear(r, None)) for r in ready]


def test_two_officers_who_approve_the_same_reports_at_once_decide_each_once():
    cast = demo_cast()
    chosen = _ticked(cast, range(1, 9))
    results = together(
        *(
            lambda who=who: reports_approve(chosen=chosen, by=cast[who])
            for who in ("kiemtra1", "kiemtra2")
        )
    )
    assert [r for r in results if isinstance(r, Exception)] == []
    assert Decision.objects.filter(kind="approved").count() == 8
    done = [b.members.filter(result="done").count() for b in results]
    left = [b.members.filter(result="left_out").count() for b in results]
    assert (sum(done), sum(left)) == (8, 8)
    assert_register_equal()


def test_many_at_once_and_a_colleague_who_decides_one_do_not_wait_in_a_circle():
    cast = demo_cast()
    chosen = _ticked(cast, range(1, 7))
    last = Report.objects.get(pk=chosen[-1].report_id)
    results = together(
        lambda: reports_approve(chosen=chosen, by=cast["kiemtra2"]),
        lambda: reports_approve(chosen=chosen[::-1], by=cast["csdl"]),
        lambda: approved(last, by=cast["kiemtra1"]),
    )
    assert all(isinstance(r, DomainError) for r in results if isinstance(r, Exception)), results
    assert Decision.objects.filter(kind="approved").count() == 6
    assert_register_equal()


def test_a_division_confirmed_twice_at_one_moment_happens_once():
    cast = demo_cast()
    record = area_of(cast, 1)
    parts = [waiting(part(1, 700000 + 100 * n, half), cast) for n, half in enumerate(halves_of(1))]
    division = proposed(cast, [record.pk], [p.pk for p in parts])

    def confirm(who):
        with acting(who):
            return division_confirm(id=division.pk, by=who, confirm=True)

    other = waiting(cha(2), cast)  # numbers of the same range at the same moment
    results = together(
        lambda: confirm(cast["kiemtra1"]),
        lambda: confirm(cast["csdl"]),
        lambda: approved(other, by=cast["kiemtra2"]),
    )
    refused = [r for r in results if isinstance(r, Exception)]
    assert len(refused) == 1, results
    assert isinstance(refused[0], DomainError)
    assert Decision.objects.filter(kind="moved").count() == 1
    assert HazardousArea.objects.filter(state="cha").count() == 3
    assert_register_equal()


def test_a_release_that_names_an_area_and_its_division_at_one_moment(monkeypatch):
    """Either the release came before, or it is asked which part it means."""
    cast = demo_cast()
    record = area_of(cast, 1)
    parts = [waiting(part(1, 700000 + 100 * n, half), cast) for n, half in enumerate(halves_of(1))]
    division = proposed(cast, [record.pk], [p.pk for p in parts])
    late = waiting(release(1, days_ago=3).but(cha_ids="HAZ-409-600001"), cast)
    between(monkeypatch, approving, "parts_are_chosen")

    def confirm():
        with acting(cast["kiemtra1"]):
            return division_confirm(id=division.pk, by=cast["kiemtra1"], confirm=True)

    released, divided = together(lambda: approved(late, by=cast["kiemtra2"]), confirm)
    assert not isinstance(divided, Exception), divided
    seqs = dict(Decision.objects.filter(kind="moved").values_list("kind", "seq"))
    if isinstance(released, Exception):
        assert "names the area" in str(released)
    else:
        approval = Decision.objects.get(kind="approved", report_id=late.pk)
        assert approval.seq < seqs["moved"]
    assert_register_equal()


def between(monkeypatch, module, name: str) -> None:
    """Let the other one have half a second after `module.name` has looked."""
    looked = getattr(module, name)

    def slowly(*given, **more):
        found = looked(*given, **more)
        time.sleep(0.5)
        return found

    monkeypatch.setattr(module, name, slowly)


def test_a_correction_of_the_mapping_and_approvals_at_the_same_moment():
    """Whichever comes first, every report is read with the mapping that holds in the end."""
    cast = demo_cast()
    first = _verified(cha(1), cast)
    approved(first, by=cast["kiemtra2"])
    waiting = [_verified(cha(n), cast) for n in (2, 3)]
    workbook = corrected("cha", {"slope": {"register::attribute": "steepness"}})
    proposal = correction_proposed(cast, workbook)
    results = together(
        lambda: confirmed(cast, proposal),
        *(lambda report=r: approved(report, by=cast["kiemtra2"]) for r in waiting),
    )
    assert [r for r in results if isinstance(r, Exception)] == []
    versions = Version.objects.filter(known_to=None, true_to=None)
    assert [("steepness" in v.values, "slope" in v.values) for v in versions] == [(True, False)] * 3
    assert_register_equal()


def test_of_two_who_confirm_one_correction_the_second_is_told():
    cast = demo_cast()
    approved(_verified(cha(1), cast), by=cast["kiemtra2"])
    proposal = correction_proposed(
        cast, corrected("cha", {"slope": {"register::attribute": "steepness"}})
    )
    results = together(
        lambda: confirmed(cast, proposal, "kiemtra1"),
        lambda: confirmed(cast, proposal, "kiemtra2"),
    )
    assert sum(isinstance(r, DomainError) for r in results) == 1
    assert Decision.objects.filter(kind="remapped").count() == 1
    assert_register_equal()


def _verified(draft, cast):
    return verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])


def test_two_workers_tell_each_person_once(tmp_path, settings) -> None:
    settings.AUDIT_HEADS = tmp_path / "heads"
    cast = demo_cast()
    Address.objects.create(user=cast["renew"], address="a@example.org", confirmed_at=clock.now())
    for number in range(3):
        report = verified(received(cha(number), by=cast["renew.hientruong"]), by=cast["renew"])
        with acting(cast["kiemtra2"]):
            report_return(id=report.pk, by=cast["kiemtra2"], note="thiếu ảnh")
    seal_all()
    together(notices_make, notices_make, notices_make)
    notices_make()
    assert Notice.objects.filter(user=cast["renew"], mailing="once").count() == 3
    assert Mail.objects.count() == 1
