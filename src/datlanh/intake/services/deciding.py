"""Decisions after the first: two-person steps, re-assignment, choices, exceptions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.services import record as audit_record
from datlanh.intake.models import Batch, BatchMember, Proposal, Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.services.checking import report_check
from datlanh.intake.services.mapping_locks import mapping_hold
from datlanh.intake.services.moves import (
    WRONG_KIND,
    decides_or_refuse,
    refold_plans,
    refolds_apply,
    report_lock,
    report_move,
    step_of,
)
from datlanh.intake.standing import records_touched
from datlanh.intake.workflow import REVIEW
from datlanh.kernel import clock
from datlanh.kernel.errors import TransitionError
from datlanh.kernel.ids import RecordId, persons_of, readable, spellings
from datlanh.kernel.text import Text
from datlanh.organisations.services import number_void
from datlanh.register import services as register
from datlanh.register.models import Claim, Decision, Record, Row

NOTHING_PROPOSED = Text("Không có đề nghị nào đang chờ.", "Nothing is proposed.")
ALREADY_PROPOSED = Text("Đã có một đề nghị đang chờ.", "A proposal is waiting already.")

DECISION_OF = {"refuse": "refused", "withdraw": "withdrawn", "revoke": "revoked"}


@transaction.atomic
def step_propose(
    *,
    id: int,
    step: str,
    by: User,
    note: str,
    seen: str | None = None,
    batch: Batch | None = None,
) -> Proposal:
    """The first of two persons proposes to refuse, withdraw or revoke, with the reason."""
    transition = REVIEW[step]
    report = report_lock(id, by=by, permission=transition.permission, seen=seen)
    # The second person is not known yet: everything but that is checked now.
    trial = replace(step_of(report, by, note), second_id=-1)
    REVIEW.check(step, report, report.state, trial)
    if Proposal.objects.filter(report=report, closed_at=None).exists():
        raise TransitionError(ALREADY_PROPOSED)
    proposal = Proposal.objects.create(
        report=report, step=step, note=note, by=by, at=clock.now(), batch=batch
    )
    together = {"batch": batch.pk} if batch else None
    audit_record(f"report.{step}_proposed", report, by=by, after=together, note=note)
    return proposal


@transaction.atomic
def step_confirm(*, id: int, by: User, confirm: bool, note: str = "") -> Report:
    """The second person confirms (the step happens) or declines (nothing does).

    Declining is a decision too, for those who may take one; the proposer may take it back.
    """
    report = (
        Report.objects.select_for_update(of=("self",))
        .filter(scope_for(by, Permission.REPORT_READ).q())
        .select_related("organisation", "form_version")
        .get(pk=id)
    )
    proposal = Proposal.objects.filter(report=report, closed_at=None).first()
    if proposal is None:
        raise TransitionError(NOTHING_PROPOSED)
    transition = REVIEW[proposal.step]
    if not scope_for(by, transition.permission).allows(report.organisation_id):
        raise Report.DoesNotExist
    proposal.closed_at, proposal.outcome = clock.now(), "confirmed" if confirm else "declined"
    if not confirm:
        if by.id != proposal.by_id:
            decides_or_refuse(report, by, note or proposal.note)
        proposal.save()
        _member_close(proposal, BatchMember.DECLINED)
        audit_record(f"report.{proposal.step}_declined", report, by=by, note=note)
        return report
    step = step_of(report, proposal.by, proposal.note, second=by)
    REVIEW.check(proposal.step, report, report.state, step)
    counted = proposal.step in {"withdraw", "revoke"}
    locked = register.records_lock(records_touched(report)) if counted else []
    report_move(report, proposal.step, step, by=by)
    proposal.save()
    plans = refold_plans(locked)
    decision = register.decision_add(
        kind=DECISION_OF[proposal.step],
        by=proposal.by,
        second=by,
        report_id=report.pk,
        record_id=report.record_id,
        note=proposal.note,
        data={"batch": proposal.batch_id} if proposal.batch_id else None,
    )
    _member_close(proposal, BatchMember.DONE, decision.seq)
    refolds_apply(plans, seq=decision.seq)
    if proposal.step == "refuse":
        _number_give_up(report, by=by, reason=proposal.note)
    return report


def _member_close(proposal: Proposal, result: str, decision: int | None = None) -> None:
    """A report of a batch that was answered by itself is answered in its batch too."""
    if proposal.batch_id:
        BatchMember.objects.filter(proposal=proposal).update(result=result, decision=decision)


def _number_give_up(report: Report, *, by: User, reason: str) -> None:
    """A refused report's number is accounted for as void, unless something else carries it.

    A victim or an assistance has no number of its own; an accident's is carried by theirs too.
    """
    local_id = report.record_local_id
    if not readable(local_id) or RecordId.parse(local_id).parent():
        return
    others = Report.objects.filter(_named("record_local_id", local_id)).exclude(pk=report.pk)
    if (
        Record.objects.filter(_named("local_id", local_id)).exists()
        or others.exclude(state__in=["refused", "replaced"]).exists()
    ):
        return
    number_void(local_id=local_id, by=by, reason=reason)


def _named(field: str, local_id: str) -> Q:
    """What carries the running number of an id, however its prefix is written."""
    named = Q(**{f"{field}__in": spellings(local_id)})
    for beginning in persons_of(local_id):
        named |= Q(**{f"{field}__startswith": beginning})
    return named


@transaction.atomic
def report_reassign(
    *, id: int, record_id: UUID, by: User, note: str, seen: str | None = None
) -> Report:
    """Bind an approved report to another record, if `by` decides there too; both are refolded."""
    report = report_lock(id, by=by, permission=Permission.REPORT_APPROVE, seen=seen)
    decides_or_refuse(report, by, note)
    mapping_hold(report)
    former = report.record_id
    locked = {r.pk: r for r in register.records_lock(records_touched(report, record_id))}
    target = locked.get(record_id)
    if target and not scope_for(by, Permission.REPORT_APPROVE).allows(target.organisation_id):
        target = None  # as one that is not there
    if report.state != "approved" or target is None or former == record_id:
        raise TransitionError(WRONG_KIND)
    if former is None or locked[former].kind != target.kind:
        raise TransitionError(WRONG_KIND)
    report.record_id = record_id
    report.save(update_fields=["record_id"])
    Claim.objects.filter(report_id=report.pk).update(record=target)
    Row.objects.filter(report_id=report.pk).update(record=target)
    for model in PROJECTORS[target.kind].child_models:
        # They come back with the refold, under the record they belong to now.
        model._default_manager.filter(report_id=report.pk).delete()
    audit_record(
        "report.reassign",
        report,
        by=by,
        before={"record": str(former)},
        after={"record": str(record_id)},
        note=note,
    )
    plans = refold_plans(locked.values())
    decision = register.decision_add(
        kind="reassigned",
        by=by,
        report_id=report.pk,
        record_id=record_id,
        note=note,
        data={"from": str(former)},
    )
    refolds_apply(plans, seq=decision.seq)
    return report


@transaction.atomic
def value_choose(
    *, record_id: UUID, atom: str, on: dt.date, report_id: int, by: User, note: str
) -> Decision:
    """Choose between values of one date in a record that already holds both."""
    report = report_lock(report_id, by=by, permission=Permission.REPORT_APPROVE)
    decides_or_refuse(report, by, note)
    (record,) = register.records_lock([record_id])
    decision = register.decision_add(
        kind="chosen",
        by=by,
        report_id=report_id,
        record_id=record_id,
        note=note,
        data={"atom": atom, "on": on.isoformat(), "report": report_id},
    )
    audit_record("value.choose", record, by=by, after=decision.data, note=note)
    refolds_apply(refold_plans([record]), seq=decision.seq)
    return decision


@transaction.atomic
def exception_grant(*, id: int, rule: str, reason: str, by: User) -> Report:
    """Except one report from one rule, with the reason (a decision of the database unit).

    Source: procedure 2021, App. 01 §2.3: special cases are settled with the database unit.
    """
    report = report_lock(id, by=by, permission=Permission.EXCEPTION_GRANT)
    decides_or_refuse(report, by, reason)
    register.decision_add(
        kind="exception", by=by, report_id=report.pk, note=reason, data={"rule": rule}
    )
    audit_record("report.except", report, by=by, after={"rule": rule}, note=reason)
    report_check(report)
    return report
