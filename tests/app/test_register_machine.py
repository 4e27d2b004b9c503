"""Whatever people do in whatever order: the live register is the fold of its inputs."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.workflow import LIFE
from datlanh.intake.models import Report
from datlanh.intake.selectors.link_proposals import links_waiting
from datlanh.intake.services.approving import SameDateError
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import report_reassign, step_confirm, step_propose
from datlanh.intake.services.erasing import persons_of_record_erase
from datlanh.intake.services.lifecycle import area_move, life_of
from datlanh.intake.services.linking import links_decide, links_named
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.links import Pair
from datlanh.register.models import Link, Record
from support.divisions import divided, halves_of, part, waiting
from support.kinds import day, education, eod, piece
from support.remaps import remapped
from support.reports import (
    approved,
    cha,
    demo_cast,
    let_through,
    received,
    release,
    verified,
)

DAYS = st.integers(1, 6)
USES = st.sampled_from(["agricultural", "development", "residential_area", None])
# Ways to read the same answers: another name, another group, rows read otherwise, rows added up.
READINGS = (
    {},
    {"land_use": {"register::group": "use"}, "land_use_comment": {"register::group": "use"}},
    {"land_use": {"register::attribute": "use_told"}},
    {"quantity": {"register::attribute": "pieces"}},
    {"found_items": {"register::mode": "combine"}},
    {"found_items": {"register::mode": "combine"}, "quantity": {"register::attribute": "pieces"}},
)
STATUS = st.sampled_from(["open", "worked_on", "suspended", "closed", None])


class Register(RuleBasedStateMachine):
    """Officers at work: reports, updates, corrections, withdrawals, revocations, moves."""

    standing = Bundle("standing")
    gone = Bundle("gone")

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.cast = demo_cast()
        self.count = 0
        self.sessions = 0
        self.releases = 0
        self.splits = 0
        self.others: list[int] = []

    def teardown(self) -> None:
        try:
            with acting(SYSTEM):
                register_rebuild(by=SYSTEM)
                assert register_verify().equal
        finally:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    def enter(self, draft, record_id=None):
        report = received(draft, by=self.cast["renew.hientruong"])
        report = let_through(verified(report, by=self.cast["renew"]))
        try:
            return approved(
                report, by=self.cast["kiemtra2"], record_id=record_id, into_history=True
            )
        except SameDateError as refusal:
            choices = {c.atom: max(c.reports) for c in refusal.conflicts}
            return approved(
                Report.objects.get(pk=report.pk),
                by=self.cast["kiemtra2"],
                record_id=record_id,
                choices=choices,
                into_history=True,
            )

    def step(self, report_id, name):
        with acting(self.cast["kiemtra2"]):
            step_propose(id=report_id, step=name, by=self.cast["kiemtra2"], note="vì sao")
        with acting(self.cast["kiemtra1"]):
            step_confirm(id=report_id, by=self.cast["kiemtra1"], confirm=True)

    @rule(target=standing, days=DAYS, use=USES)
    def a_new_area(self, days, use):
        self.count += 1
        return self.enter(cha(self.count, days_ago=days).but(land_use=use)).pk

    @rule(days=DAYS, state=st.sampled_from(["open", "closed", None]), men=st.integers(0, 3))
    def other_kinds(self, days, state, men):
        """An EOD task told again and again, and sessions: lists and counts of other kinds."""
        self.sessions += 1
        known = Record.objects.filter(kind="eod_task").first()
        task = eod(1, days_ago=days + 2).but(
            status=state, found_items=[piece(men + 1, "mortar")], tasking_date=day(days + 2)
        )
        self.others.append(self.enter(task, known.pk if known else None).pk)
        self.others.append(self.enter(education(self.sessions, participants_men=men)).pk)

    @precondition(lambda self: self.others)
    @rule(which=st.integers(0, 99))
    def a_withdrawal_of_another_kind(self, which):
        self.step(self.others.pop(which % len(self.others)), "withdraw")

    @rule(target=standing, old=standing, days=DAYS, use=USES, status=STATUS, clear=st.booleans())
    def an_update(self, old, days, use, status, clear):
        record = Record.objects.get(pk=Report.objects.get(pk=old).record_id)
        number = int(record.local_id[-6:]) - 600000
        draft = cha(number, days_ago=days).but(
            land_use=use,
            status=status,
            clear_answers=["beneficiaries"] if clear else None,
            beneficiaries=None if clear else "individual",
        )
        return self.enter(draft, record.pk).pk

    @rule(target=standing, old=standing, days=DAYS, use=USES)
    def a_correction(self, old, days, use):
        report = Report.objects.get(pk=old)
        record = Record.objects.get(pk=report.record_id)
        number = int(record.local_id[-6:]) - 600000
        draft = cha(number, days_ago=days).but(land_use=use, correction_of=report.receipt)
        return self.enter(draft, record.pk).pk

    @rule(old=consumes(standing))
    def a_withdrawal(self, old):
        self.step(old, "withdraw")

    @rule(target=gone, old=consumes(standing))
    def a_revocation(self, old):
        self.step(old, "revoke")
        return old

    @rule(target=standing, old=consumes(gone))
    def a_second_approval(self, old):
        report = Report.objects.get(pk=old)
        try:
            approved(
                report, by=self.cast["kiemtra2"], record_id=report.record_id, into_history=True
            )
        except SameDateError as refusal:
            choices = {c.atom: min(c.reports) for c in refusal.conflicts}
            approved(
                report,
                by=self.cast["kiemtra2"],
                record_id=report.record_id,
                choices=choices,
                into_history=True,
            )
        return old

    @rule(which=st.integers(0, len(READINGS) - 1), form=st.sampled_from(["cha", "eod_spot"]))
    def a_corrected_mapping(self, which, form):
        """The same answers become something else; choices that would be lost stop it."""
        with contextlib.suppress(DomainError), transaction.atomic():
            remapped(self.cast, form, READINGS[which])

    @rule(old=standing)
    def an_erasure(self, old):
        record = Record.objects.get(pk=Report.objects.get(pk=old).record_id)
        with acting(self.cast["csdl"]):
            persons_of_record_erase(
                local_id=record.local_id, by=self.cast["csdl"], reason="theo đơn"
            )

    @precondition(lambda self: self.count)
    @rule(number=st.integers(1, 9), days=DAYS, area=st.integers(1, 9), link=st.booleans())
    def a_release(self, number, days, area, link):
        """A release over an area, with the links it names confirmed or left for later."""
        self.releases += 1
        area = (area - 1) % self.count + 1
        draft = release(area, first=600000 + self.releases * 100, days_ago=days)
        draft = draft.but(cha_ids=f"HAZ-409-{600000 + number:06d}")
        report = received(draft, by=self.cast["renew.hientruong"])
        report = verified(report, by=self.cast["renew"])
        with acting(self.cast["kiemtra2"]):
            links = links_named(report=report, by=self.cast["kiemtra2"]) if link else []
        approved(report, by=self.cast["kiemtra2"], links=links)
        self.others.append(report.pk)

    @rule(step=st.sampled_from(["link", "part", "unlink"]), which=st.integers(0, 9))
    def a_link(self, step, which):
        """Somebody decides about a pair, whatever was decided before; the rest is refused."""
        by = self.cast["kiemtra2"]
        with acting(by):
            pairs = [p.pair for p in links_waiting(by).proposals]
            rows = Link.objects.order_by("pk").values_list("relation", "a_id", "b_id")
            pairs += [Pair(*row) for row in rows]
            if pairs:
                with contextlib.suppress(TransitionError), transaction.atomic():
                    pair = pairs[which % len(pairs)]
                    links_decide(step=step, pairs=[pair], by=by, note="đã xem")

    @precondition(lambda self: self.count > 1)
    @rule(old=standing, to=st.integers(1, 9))
    def a_move(self, old, to):
        report = Report.objects.get(pk=old)
        target = Record.objects.get(local_id=f"HAZ-409-{600000 + (to - 1) % self.count + 1}")
        if report.record_id != target.pk:
            with acting(self.cast["kiemtra2"]):
                report_reassign(
                    id=old, record_id=target.pk, by=self.cast["kiemtra2"], note="nhầm hồ sơ"
                )

    @precondition(lambda self: self.count)
    @rule(to=st.integers(1, 9), which=st.integers(0, 9), days=st.integers(0, 1))
    def a_step(self, to, which, days):
        """Somebody takes a step in the life of an area; what the table refuses does nothing."""
        by = self.cast["kiemtra2"]
        record = Record.objects.get(local_id=f"HAZ-409-{600000 + (to - 1) % self.count + 1}")
        state = life_of(record).state
        steps = LIFE.leaving(state) or (LIFE["start"],)  # split: no way out
        with acting(by), contextlib.suppress(TransitionError), transaction.atomic():
            area_move(
                local_id=record.local_id,
                step=steps[which % len(steps)].name,
                seen=state,
                on=clock.today() - dt.timedelta(days=days),
                note="vì sao",
                cause="accident",
                paper="1/BB",
                by=by,
            )

    @precondition(lambda self: self.count)
    @rule(to=st.integers(1, 9))
    def a_split(self, to):
        """Two persons split an area, where it can be; its parts are areas like others."""
        number = (to - 1) % self.count + 1
        record = Record.objects.get(local_id=f"HAZ-409-{600000 + number:06d}")
        ids = []
        for half in halves_of(number):
            self.splits += 1
            ids.append(waiting(part(number, 700000 + self.splits * 100, half), self.cast).pk)
        with contextlib.suppress(TransitionError), transaction.atomic():
            divided(self.cast, [record.pk], ids, residue_reason="đã cập nhật ranh giới")
            self.others += ids

    @invariant()
    def the_live_register_is_the_fold_of_its_inputs(self):
        with acting(SYSTEM):
            verdict = register_verify()
        assert verdict.differences == []


@pytest.mark.django_db
@pytest.mark.slow
def test_live_equals_replay_whatever_people_do():
    run_state_machine_as_test(
        Register,
        settings=settings(
            max_examples=10,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
