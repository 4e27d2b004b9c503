"""Withdrawing many reports by one act of two persons: each its own decision, all of one batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.services import record as audit_record
from datlanh.intake.batching import LIMIT, STEP, restated_by, seen_in_batch
from datlanh.intake.models import Batch, BatchMember, Proposal, Report
from datlanh.intake.services.deciding import DECISION_OF, NOTHING_PROPOSED, step_propose
from datlanh.intake.services.moves import (
    decides_or_refuse,
    refold_plans,
    refolds_apply,
    report_move,
    step_of,
)
from datlanh.intake.workflow import REVIEW, Step, reason_is_given, two_persons
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.register import services as register
from datlanh.register.models import Record

TOO_MANY = Text(
    "Mỗi lần chỉ đề nghị thu hồi được tối đa {limit} báo cáo.",
    "At most {limit} reports can be proposed at once.",
)
NONE_CHOSEN = Text("Hãy chọn ít nhất một báo cáo.", "Choose at least one report.")
NONE_LEFT = Text(
    "Không báo cáo nào đã chọn có thể đề nghị thu hồi nữa; hãy chọn lại.",
    "None of the chosen reports can be proposed any more; choose again.",
)
CHANGED_SINCE = Text(
    "Đã thay đổi từ khi được chọn; hãy xem lại riêng báo cáo này.",
    "It changed after it was chosen; look at this report by itself.",
)
CORRECTED = Text(
    "Đã có đính chính được duyệt ({receipt}); hãy quyết định riêng từng báo cáo.",
    "An approved correction ({receipt}) takes its place; decide on each by itself.",
)


@dataclass(frozen=True)
class Chosen:
    """A report as the officer saw it; `despite` when it was chosen though it is corrected."""

    report_id: int
    seen: str
    despite: bool = False


@transaction.atomic
def batch_propose(*, chosen: Sequence[Chosen], by: User, note: str) -> Batch:
    """Propose to withdraw the chosen reports with one reason.

    What cannot be proposed is left out, and the batch says why: changed meanwhile, proposed by
    somebody else, corrected since (unless chosen in spite of it), not this person's to decide.

    Raises:
        TransitionError: no reason, or nothing is left to be proposed.
        DomainError: none chosen, or too many.
    """
    if not chosen:
        raise DomainError(NONE_CHOSEN)
    if len(chosen) > LIMIT:
        raise DomainError(TOO_MANY, limit=LIMIT)
    if refusal := reason_is_given(Report(), Step(by.id, by.organisation_id, note)):
        raise TransitionError(refusal)
    reports = _locked([c.report_id for c in chosen], by)
    restated = restated_by(reports.values())
    receipts = _receipts(restated.values())
    batch = Batch.objects.create(note=note, by=by, at=clock.now())
    members = []
    for one in sorted(chosen, key=lambda c: c.report_id):
        if (report := reports.get(one.report_id)) is None:
            continue  # absent, or as absent
        corrected = restated.get(report.pk)
        member = BatchMember(
            batch=batch, report=report, seen=seen_in_batch(report), corrected_by_id=corrected
        )
        if one.seen != member.seen:
            _leave_out(member, CHANGED_SINCE)
        elif corrected is not None and not one.despite:
            _leave_out(member, CORRECTED, receipt=receipts[corrected])
        else:
            _propose(member, by)
        members.append(member)
    counts = Counter(m.result for m in members)
    if not counts[BatchMember.WAITING]:
        raise TransitionError(NONE_LEFT)
    BatchMember.objects.bulk_create(members)
    audit_record("batch.propose", batch, by=by, after=dict(counts), note=note)
    return batch


def _locked(ids: Sequence[int], by: User) -> dict[int, Report]:
    """Reports within the scope, locked in id order as every writer of several does."""
    found = (
        Report.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(scope_for(by, Permission.REPORT_WITHDRAW).q(), pk__in=ids)
        .order_by("pk")
    )
    return {r.pk: r for r in found}


def _propose(member: BatchMember, by: User) -> None:
    """One open proposal of the batch, or the member left out with the refusal."""
    try:
        member.proposal = step_propose(
            id=member.report_id, step=STEP, by=by, note=member.batch.note, batch=member.batch
        )
    except TransitionError as refusal:
        _leave_out(member, refusal.text)


def _leave_out(member: BatchMember, why: Text, **values: str) -> None:
    member.result = BatchMember.LEFT_OUT
    member.why = {language: why.say(language, **values) for language in LANGUAGES}


def _receipts(ids: Iterable[int]) -> dict[int, str]:
    return dict(Report.objects.filter(pk__in=ids).values_list("pk", "receipt"))


# ── The second person ───────────────────────────────────────────────────────────────────────


@transaction.atomic
def batch_confirm(*, id: int, by: User, confirm: bool, note: str = "") -> Batch:
    """The second person confirms the whole batch, or declines it.

    Every report still as it was proposed is withdrawn by a decision of its own, all in one
    transaction. Those corrected or changed meanwhile are left out and named; those this person
    may not decide on wait for somebody else. The proposer may take the batch back.

    Raises:
        Batch.DoesNotExist: absent, or none of its reports within the scope.
        TransitionError: nothing waits any more, or not by this person.
    """
    batch = Batch.objects.get(pk=id, step=STEP)
    ids = list(batch.members.values_list("report_id", flat=True))
    reports = _locked(ids, by)
    if not reports:
        raise Batch.DoesNotExist
    # Read after the locks: whoever was quicker has closed them.
    waiting = list(
        batch.members.filter(result=BatchMember.WAITING, report_id__in=reports)
        .select_related("proposal")
        .order_by("report_id")
    )
    if not waiting:
        raise TransitionError(NOTHING_PROPOSED)
    if confirm:
        refused = _confirm(batch, waiting, reports, by)
    else:
        refused = _decline(batch, waiting, reports, by, note)
    if len(refused) == len(waiting):
        raise TransitionError(refused[0])
    counts = Counter(m.result for m in waiting)
    audit_record(
        "batch.confirm" if confirm else "batch.decline",
        batch,
        by=by,
        after=dict(counts),
        note=note or batch.note,
    )
    return batch


def _decline(
    batch: Batch, waiting: list[BatchMember], reports: Mapping[int, Report], by: User, note: str
) -> list[Text]:
    refused: list[Text] = []
    declined = []
    for member in waiting:
        report = reports[member.report_id]
        try:
            if by.id != batch.by_id:
                decides_or_refuse(report, by, note or batch.note)
        except TransitionError as refusal:
            refused.append(refusal.text)
            continue
        member.result = BatchMember.DECLINED
        declined.append(member)
        audit_record(f"report.{STEP}_declined", report, by=by, after={"batch": batch.pk}, note=note)
    _close(declined)
    return refused


def _confirm(
    batch: Batch, waiting: list[BatchMember], reports: Mapping[int, Report], by: User
) -> list[Text]:
    """Withdraw what can be; returns the refusals of those that wait for another person."""
    if refusal := two_persons(Report(), Step(batch.by_id, 0, second_id=by.id)):
        raise TransitionError(refusal)
    touched = _touched([reports[m.report_id] for m in waiting])
    locked = {r.pk: r for r in register.records_lock({r for rs in touched.values() for r in rs})}
    # Read after the records are locked: no correction of them can be approved from here on.
    restated = restated_by(reports[m.report_id] for m in waiting)
    receipts = _receipts(restated.values())
    refused: list[Text] = []
    going: list[tuple[BatchMember, Step]] = []
    for member in waiting:
        report, corrected = reports[member.report_id], restated.get(member.report_id)
        step = step_of(report, batch.by, batch.note, second=by)
        if corrected is not None and corrected != member.corrected_by_id:
            _leave_out(member, CORRECTED, receipt=receipts[corrected])
        elif seen_in_batch(report) != member.seen:
            _leave_out(member, CHANGED_SINCE)
        elif refusal := REVIEW.refusal(STEP, report, report.state, step):
            refused.append(refusal)
        else:
            going.append((member, step))
    homes = {m.report_id: _those(locked, touched[m.report_id]) for m, _ in going}
    _withdraw(batch, going, reports, homes, by)
    _close([m for m in waiting if m.result != BatchMember.WAITING])
    return refused


def _withdraw(
    batch: Batch,
    going: Sequence[tuple[BatchMember, Step]],
    reports: Mapping[int, Report],
    homes: Mapping[int, Sequence[Record]],
    by: User,
) -> None:
    """One decision for each report; a record two of them touch is folded after each decision.

    Everything that can be planned alone is planned before the first number is drawn, so that
    others wait for the decision lock as short as possible.
    """
    times = Counter(r.pk for found in homes.values() for r in found)
    planned: list[tuple[BatchMember, list[register.Plan]]] = []
    shared: list[tuple[BatchMember, Step]] = []
    for member, step in going:
        if any(times[r.pk] > 1 for r in homes[member.report_id]):
            shared.append((member, step))
            continue
        report_move(reports[member.report_id], STEP, step, by=by, batch=batch.pk)
        planned.append((member, refold_plans(homes[member.report_id])))
    for member, plans in planned:
        _decide(batch, member, reports[member.report_id], plans, by)
    for member, step in shared:
        report_move(reports[member.report_id], STEP, step, by=by, batch=batch.pk)
        plans = refold_plans(homes[member.report_id])
        _decide(batch, member, reports[member.report_id], plans, by)


def _touched(reports: Sequence[Report]) -> dict[int, set[UUID]]:
    """Report → the records of its whole chain, whose content may change with it."""
    rows = Report.objects.filter(chain_id__in={r.chain_id for r in reports})
    homes: dict[int, set[UUID]] = {}
    for chain, record in rows.values_list("chain_id", "record_id"):
        if record is not None:
            homes.setdefault(chain, set()).add(record)
    return {r.pk: homes.get(r.chain_id, set()) for r in reports}


def _those(locked: Mapping[UUID, Record], ids: set[UUID]) -> list[Record]:
    return [locked[i] for i in ids if i in locked]


def _decide(
    batch: Batch, member: BatchMember, report: Report, plans: list[register.Plan], by: User
) -> None:
    decision = register.decision_add(
        kind=DECISION_OF[STEP],
        by=batch.by,
        second=by,
        report_id=report.pk,
        record_id=report.record_id,
        note=batch.note,
        data={"batch": batch.pk},
    )
    refolds_apply(plans, seq=decision.seq)
    member.result, member.decision = BatchMember.DONE, decision.seq


OUTCOMES = {
    BatchMember.DONE: "confirmed",
    BatchMember.DECLINED: "declined",
    BatchMember.LEFT_OUT: "left_out",
}


def _close(members: Sequence[BatchMember]) -> None:
    """Keep the results and close the proposals."""
    BatchMember.objects.bulk_update(members, ["result", "why", "decision"], batch_size=LIMIT)
    for result, outcome in OUTCOMES.items():
        ids = [m.proposal_id for m in members if m.result == result and m.proposal_id]
        Proposal.objects.filter(pk__in=ids).update(closed_at=clock.now(), outcome=outcome)
