"""A mapping corrected: the second person confirms, and its reports are read anew.

Everything is worked out before anything is locked. Under the lock of the mapping and of the
records only what changed meanwhile is worked out again, and claims take the place of the old
ones; the decision lock is held only while plans are written.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import pairwise

from django.db import connection

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import require
from datlanh.audit.services import record as audit_record
from datlanh.hazards.ledger.services import ledger_refresh
from datlanh.hazards.ledger.versions import records_told_otherwise
from datlanh.intake.form_corrections import Carried
from datlanh.intake.models import FormProposal, FormRevision, FormVersion, MappingRun
from datlanh.intake.replay import REMAPPED
from datlanh.intake.selectors.proposed_forms import form_review
from datlanh.intake.services.following import reports_follow
from datlanh.intake.services.foreseeing import Foreseen, Progress, nobody
from datlanh.intake.services.mapping_locks import mapping_take
from datlanh.intake.services.proposing import (
    BLOCKED,
    CLOSED,
    LOOK_AGAIN,
    proposal_close,
    proposal_open,
)
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.text import Text
from datlanh.register import services as register
from datlanh.register.models import Decision

SAME_PERSON = Text(
    "Người đề xuất không được tự xác nhận; cần người thứ hai.",
    "Whoever proposed it cannot confirm it; a second person has to.",
)
NO_REASON_YET = Text("Người đề xuất chưa ghi lý do.", "Whoever uploaded it has not said why yet.")
NOT_A_CORRECTION = Text("Đề xuất này không phải là sửa cách đọc.", "This corrects no mapping.")
FEW = 50  # records: worked out again under the locks rather than before them
LOOKS = 5  # a register this busy is worked out under the locks in the end
PATIENCE_MS = str(30 * 60_000)  # for whoever decides about the version's reports meanwhile


@dataclass(frozen=True)
class Remapped:
    """What a correction did, and how long others had to wait for it."""

    revision: FormRevision
    reports: int
    records: int
    seconds: dict[str, float]  # foreseeing; holding mapping and records; deciding, of these


@dataclass(frozen=True)
class _Chooser:
    """Whoever made a choice: it stays theirs when it is carried over."""

    id: int
    full_name: str
    organisation_id: int
    is_system: bool = False


def mapping_confirm(
    *,
    id: int,
    by: User,
    seen: str,
    told: Progress = nobody,
    run: MappingRun | None = None,
) -> Remapped:
    """Put a proposed correction in force as the second of two persons: a decision that refolds.

    `run` is the work this is done for: it ends with the decision, or not at all.

    Raises:
        FormProposal.DoesNotExist: absent.
        TransitionError: closed already, no correction, or the same person.
        ConflictError: the mapping in force is another than the one it was held against.
        DomainError: a report would be undated, or a choice between values be lost.
    """
    version = confirmable(FormProposal.objects.get(pk=id), by, seen)
    began = time.perf_counter()
    foreseen = Foreseen(version, FormProposal.objects.get(pk=id).mapping)
    for _ in range(LOOKS):
        if foreseen.look(told) <= FEW:
            break
    told("writing", 0, len(foreseen.plans))
    with acting(by, via="" if run is None else "job"):
        done = _put(id, foreseen, by=by, seen=seen, began=began)
        if run is not None:
            _run_done(run, done)
    return done


def _run_done(run: MappingRun, done: Remapped) -> None:
    """The run ends with its decision. A run that was given up meanwhile decides nothing."""
    told = {
        "reports": done.reports,
        "records": done.records,
        "decision": done.revision.decision,
    }
    ended = MappingRun.objects.filter(pk=run.pk, state__in=MappingRun.OPEN).update(
        state=MappingRun.DONE, step="", ended_at=clock.now(), result=told
    )
    if not ended:
        raise TransitionError(CLOSED)


def _put(id: int, foreseen: Foreseen, *, by: User, seen: str, began: float) -> Remapped:
    """Take the locks, make sure of what was foreseen, and write it."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('statement_timeout', %s, true)", [PATIENCE_MS])
    proposal = proposal_open(id)
    version = confirmable(proposal, by, seen, is_reviewed=True)
    times = [began, time.perf_counter()]
    mapping_take(version.pk)
    if FormVersion.objects.get(pk=version.pk).mapping_revision != version.mapping_revision:
        raise TransitionError(LOOK_AGAIN)
    register.records_lock(foreseen.records_now())
    foreseen.look()
    register.claims_change(foreseen.changes.values())
    times.append(time.perf_counter())
    _choices_add(foreseen.carried, by=proposal.proposed_by)
    reports, records = len(foreseen.read), len(foreseen.changed)
    decision = _decide(proposal, version, by=by, reports=reports, records=records)
    register.rows_settle(list(foreseen.changes), seq=decision.seq)
    plans = list(foreseen.plans.values())
    register.refold_apply_many(plans, seq=decision.seq)
    in_ledger = records_told_otherwise([p.record.pk for p in plans], seq=decision.seq)
    ledger_refresh(seq=decision.seq, record_ids=in_ledger)
    revision = _keep(proposal, version, decision, by=by)
    times.append(time.perf_counter())
    told = {"form": version.form, "version": version.version, "revision": revision.revision}
    audit_record(
        "form.remap",
        version,
        by=by,
        after=told | {"reports": reports, "records": records, "decision": decision.seq},
        note=proposal.reason,
    )
    reports_follow(version.pk)
    spans = (b - a for a, b in pairwise(times))
    seconds = dict(zip(("foreseeing", "comparing", "deciding"), spans, strict=True))
    return Remapped(revision, reports, records, seconds)


def confirmable(
    proposal: FormProposal, by: User, seen: str, *, is_reviewed: bool = False
) -> FormVersion:
    """The version a proposal corrects, if `by` may confirm it; raises as `mapping_confirm`."""
    require(by, Permission.REPORT_WITHDRAW, None)
    if proposal.closed_at is not None:
        raise TransitionError(CLOSED)
    if proposal.corrects_id is None:
        raise TransitionError(NOT_A_CORRECTION)
    if not proposal.reason:
        raise TransitionError(NO_REASON_YET)
    if proposal.proposed_by_id == by.pk:
        raise TransitionError(SAME_PERSON)
    version = FormVersion.objects.get(pk=proposal.corrects_id)
    if seen != f"{version.pk}.{version.mapping_revision}":
        raise TransitionError(LOOK_AGAIN)
    if not is_reviewed and (blocks := form_review(proposal).blocks):
        raise DomainError(BLOCKED, count=len(blocks))
    return version


def _choices_add(carried: Carried, *, by: User) -> None:
    """Tell the carried choices anew, as decisions of those who made them."""
    if not carried.anew:
        return
    made = Decision.objects.in_bulk([c.seq for c, _ in carried.anew])
    for choice, atom in carried.anew:
        former = made[choice.seq]
        register.decision_add(
            kind="chosen",
            by=_Chooser(former.by_id, former.by_name, former.by_organisation_id),
            second=by,
            report_id=choice.report,
            record_id=former.record_id,
            note=former.note,
            data={
                "atom": atom,
                "on": choice.on.isoformat(),
                "report": choice.report,
                "carried": choice.seq,
            },
        )


def _decide(
    proposal: FormProposal, version: FormVersion, *, by: User, reports: int, records: int
) -> Decision:
    return register.decision_add(
        kind=REMAPPED,
        by=proposal.proposed_by,
        second=by,
        note=proposal.reason,
        data={
            "form": version.form,
            "version": version.version,
            "form_version": version.pk,
            "from": version.mapping_revision,
            "to": version.mapping_revision + 1,
            "reports": reports,
            "records": records,
        },
    )


def _keep(
    proposal: FormProposal, version: FormVersion, decision: Decision, *, by: User
) -> FormRevision:
    """The revision, kept for ever, and in force from now on."""
    revision = FormRevision.objects.create(
        form_version=version,
        revision=version.mapping_revision + 1,
        xlsform=bytes(proposal.xlsform),
        mapping_json=proposal.mapping_json,
        reason=proposal.reason,
        decision=decision.seq,
        made_at=decision.at,
        proposed_by=proposal.proposed_by,
        confirmed_by=by,
    )
    FormVersion.objects.filter(pk=version.pk).update(mapping_revision=revision.revision)
    proposal_close(proposal, FormProposal.CORRECTED, by=by)
    return revision
