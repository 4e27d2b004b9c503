"""Approving many reports by one act: each its own decision in a transaction of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.services import record as audit_record
from datlanh.intake.batching import APPROVE_LIMIT
from datlanh.intake.models import Batch, BatchMember, Report
from datlanh.intake.selectors.batches import proposed_among
from datlanh.intake.selectors.clearing import answers_of, clear_of
from datlanh.intake.services.approving import report_approve
from datlanh.intake.services.moves import report_lock
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.register.models import Decision, Record

TOO_MANY = Text(
    "Mỗi lần chỉ phê duyệt được tối đa {limit} báo cáo.",
    "At most {limit} reports can be approved at once.",
)
NONE_CHOSEN = Text("Hãy chọn ít nhất một báo cáo.", "Choose at least one report.")
CHANGED_SINCE = Text(
    "Đã thay đổi từ khi được chọn; hãy xem lại riêng báo cáo này.",
    "It changed after it was chosen; look at this report by itself.",
)
RECORD_GONE = Text("Không tìm thấy hồ sơ nữa.", "The record is no longer there.")


@dataclass(frozen=True)
class Ticked:
    """A report as the officer saw it on the list: `seen` names its state and its record."""

    report_id: int
    seen: str


def reports_approve(*, chosen: Sequence[Ticked], by: User, note: str = "") -> Batch:
    """Approve the chosen reports, one after the other; what fails does not stop the others.

    Not one transaction: the decision lock is held for one report at a time, so that colleagues
    go on working, and what was decided stays decided if the server stops half way.

    Raises:
        DomainError: none chosen, none within the scope, or too many.
    """
    with acting(by):
        batch = batch_begin(chosen=chosen, by=by, note=note)
    for member in batch.members.order_by("report_id"):
        with acting(by):
            member_approve(member=member, by=by)
    with acting(by):
        results = Counter(batch.members.values_list("result", flat=True))
        audit_record("batch.approve", batch, by=by, after=dict(results), note=note)
    return batch


@transaction.atomic
def batch_begin(*, chosen: Sequence[Ticked], by: User, note: str = "") -> Batch:
    """Keep what was ticked, so that it can be told for ever what became of each."""
    if not chosen:
        raise DomainError(NONE_CHOSEN)
    if len(chosen) > APPROVE_LIMIT:
        raise DomainError(TOO_MANY, limit=APPROVE_LIMIT)
    seen = {c.report_id: c.seen for c in chosen}
    within = scope_for(by, Permission.REPORT_APPROVE).q()
    ids = list(
        Report.objects.filter(within, pk__in=seen).order_by("pk").values_list("pk", flat=True)
    )
    if not ids:
        raise DomainError(NONE_CHOSEN)
    batch = Batch.objects.create(step=Batch.APPROVE, note=note, by=by, at=clock.now())
    BatchMember.objects.bulk_create(
        BatchMember(batch=batch, report_id=pk, seen=seen[pk][:64]) for pk in ids
    )
    audit_record("batch.begin", batch, by=by, after={"reports": len(ids)}, note=note)
    return batch


@transaction.atomic
def member_approve(*, member: BatchMember, by: User) -> BatchMember:
    """Approve one report of an act, or keep why it was left to be looked at by itself."""
    try:
        with transaction.atomic():
            member.decision = _approve(member, by)
        member.result = BatchMember.DONE
    except DomainError as refusal:
        why = {language: refusal.say(language) for language in LANGUAGES}
        member.result, member.why = BatchMember.LEFT_OUT, why
    except Record.DoesNotExist:
        member.result = BatchMember.LEFT_OUT
        member.why = {language: RECORD_GONE.say(language) for language in LANGUAGES}
    member.save(update_fields=["result", "why", "decision"])
    return member


def _approve(member: BatchMember, by: User) -> int:
    """The number of the decision. Asked again under the lock, as if the list were made now."""
    report = report_lock(member.report_id, by=by, permission=Permission.REPORT_APPROVE)
    now = clear_of(report, by, answers_of([report]).get(report.pk), proposed_among([report]))
    if now.refusal is not None:
        raise TransitionError(now.refusal)
    if now.seen != member.seen:
        raise TransitionError(CHANGED_SINCE)
    note, record = member.batch.note, now.record_id
    done = report_approve(id=report.pk, by=by, record_id=record, note=note, batch=member.batch_id)
    return _decision_of(done)


def _decision_of(report: Report) -> int:
    newest = Decision.objects.filter(report_id=report.pk, kind="approved").order_by("-seq")
    return newest.values_list("seq", flat=True)[0]
