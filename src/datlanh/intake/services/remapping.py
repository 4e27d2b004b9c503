"""A mapping corrected: the second person confirms, and its reports are read anew.

Answers are read into claims before anything is locked. Under the lock of the mapping and of the
records these take the place of the old ones and the refold is planned; the decision lock is held
only while the plan is written.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import require
from datlanh.audit.services import record as audit_record
from datlanh.hazards.ledger.services import ledger_refresh
from datlanh.hazards.ledger.versions import KINDS as LEDGER_KINDS
from datlanh.intake.form_corrections import (
    Carried,
    Chosen,
    Said,
    atoms_carried,
    choices_carried,
)
from datlanh.intake.models import FormProposal, FormRevision, FormVersion, Report
from datlanh.intake.replay import REMAPPED
from datlanh.intake.selectors.corrections import Read, reports_read
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.proposed_forms import form_review
from datlanh.intake.services.following import reports_follow
from datlanh.intake.services.mapping_locks import mapping_take
from datlanh.intake.services.moves import refold_plans
from datlanh.intake.services.proposing import BLOCKED, LOOK_AGAIN, proposal_close, proposal_open
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import Text
from datlanh.places.selectors.lineage import one_edition
from datlanh.register import services as register
from datlanh.register.models import Claim, Decision, Record

SAME_PERSON = Text(
    "Người đề xuất không được tự xác nhận; cần người thứ hai.",
    "Whoever proposed it cannot confirm it; a second person has to.",
)
NO_REASON_YET = Text("Người đề xuất chưa ghi lý do.", "Whoever uploaded it has not said why yet.")
NOT_A_CORRECTION = Text("Đề xuất này không phải là sửa cách đọc.", "This corrects no mapping.")
LEFT_UNDATED = Text(
    "Với cách đọc này, {count} báo cáo đã duyệt không còn ngày thông tin: {receipts}.",
    "Read so, {count} approved report(s) have no date of information any more: {receipts}.",
)
CHOICES_LOST = Text(
    "Có {count} lựa chọn giữa các giá trị cùng ngày không chuyển sang cách đọc mới được, vì các "
    "câu hỏi gộp chung đã khác: {records}. Hãy giữ nguyên nhóm gộp của chúng.",
    "{count} choice(s) between values of one date cannot be carried over, because the questions "
    "that fold together differ: {records}. Keep their groups as they were.",
)
NAMED = 8  # ids in one sentence


@dataclass(frozen=True)
class Remapped:
    """What a correction did, and how long others had to wait for it."""

    revision: FormRevision
    reports: int
    records: int
    seconds: dict[str, float]  # reading, planning, locked


@dataclass(frozen=True)
class _Chooser:
    """Whoever made a choice: it stays theirs when it is carried over."""

    id: int
    full_name: str
    organisation_id: int
    is_system: bool = False


@transaction.atomic
def mapping_confirm(*, id: int, by: User, seen: str) -> Remapped:
    """Put a proposed correction in force as the second of two persons: a decision that refolds.

    Raises:
        FormProposal.DoesNotExist: absent.
        TransitionError: closed already, no correction, or the same person.
        ConflictError: the mapping in force is another than the one it was held against.
        DomainError: a report would be undated, or a choice between values be lost.
    """
    require(by, Permission.REPORT_WITHDRAW, None)
    proposal = proposal_open(id)
    version, mapping = _confirmable(proposal, by, seen)
    times = [time.perf_counter()]
    read = _read(version, mapping, {})
    times.append(time.perf_counter())
    mapping_take(version.pk)
    if FormVersion.objects.get(pk=version.pk).mapping_revision != version.mapping_revision:
        raise TransitionError(LOOK_AGAIN)
    read = _read(version, mapping, read)
    homes = _homes(version)
    locked = {r.pk: r for r in register.records_lock(homes.values())}
    carried = _carried(version, mapping, read)
    changed = _replace(read, homes)
    apart = {c.record for c, _ in carried.anew}
    with one_edition():
        plans = refold_plans([locked[pk] for pk in changed - apart], reread=True)
        times.append(time.perf_counter())
        _choices_add(carried, by=proposal.proposed_by)
        plans += refold_plans([locked[pk] for pk in changed & apart], reread=True)
    decision = _decide(proposal, version, by=by, reports=len(read), records=len(changed))
    register.rows_settle(list(read), seq=decision.seq)
    register.refold_apply_many(plans, seq=decision.seq)
    in_ledger = [p.record.pk for p in plans if p.record.kind in LEDGER_KINDS]
    ledger_refresh(seq=decision.seq, record_ids=in_ledger)
    revision = _keep(proposal, version, decision, by=by)
    times.append(time.perf_counter())
    spans = (b - a for a, b in pairwise(times))
    seconds = dict(zip(("reading", "planning", "locked"), spans, strict=True))
    told = {"form": version.form, "version": version.version, "revision": revision.revision}
    audit_record(
        "form.remap",
        version,
        by=by,
        after=told | {"reports": len(read), "records": len(changed), "decision": decision.seq},
        note=proposal.reason,
    )
    reports_follow(version.pk)
    return Remapped(revision, len(read), len(changed), seconds)


def _confirmable(proposal: FormProposal, by: User, seen: str) -> tuple[FormVersion, FormMapping]:
    if proposal.corrects_id is None:
        raise TransitionError(NOT_A_CORRECTION)
    if not proposal.reason:
        raise TransitionError(NO_REASON_YET)
    if proposal.proposed_by_id == by.pk:
        raise TransitionError(SAME_PERSON)
    version = FormVersion.objects.get(pk=proposal.corrects_id)
    if seen != f"{version.pk}.{version.mapping_revision}":
        raise TransitionError(LOOK_AGAIN)
    if blocks := form_review(proposal).blocks:
        raise DomainError(BLOCKED, count=len(blocks))
    return version, proposal.mapping


def _read(version: FormVersion, mapping: FormMapping, have: dict[int, Read]) -> dict[int, Read]:
    """What every approved report says under `mapping`; those in `have` are read already."""
    approved = Report.objects.filter(form_version=version, approved_once=True)
    wanted = [pk for pk in approved.values_list("pk", flat=True) if pk not in have]
    undated: list[int] = []
    for pk, told in reports_read(wanted, mapping):
        if told is None:
            undated.append(pk)
        else:
            have[pk] = told
    if undated:
        receipts = Report.objects.filter(pk__in=undated[:NAMED]).values_list("receipt", flat=True)
        raise DomainError(LEFT_UNDATED, count=len(undated), receipts=", ".join(receipts))
    return have


def _homes(version: FormVersion) -> dict[int, UUID]:
    """The record of every report that was ever approved; fixed while the mapping is taken."""
    found = Report.objects.filter(form_version=version, approved_once=True)
    return {pk: record for pk, record in found.values_list("pk", "record_id") if record}


def _carried(version: FormVersion, mapping: FormMapping, read: Mapping[int, Read]) -> Carried:
    """The choices about these reports under the new atoms. DomainError when one would be lost."""
    decided = Decision.objects.filter(kind="chosen", report_id__in=list(read)).order_by("seq")
    made = [
        Chosen(seq, record, one.report, one.atom, one.on)
        for seq, record, data in decided.values_list("seq", "record_id", "data")
        for one in [register.choice_from(data)]
    ]
    if not made:
        return Carried((), ())
    chosen = {c.report for c in made}
    stored = Claim.objects.filter(report_id__in=chosen)
    before = _said((c.report_id, c) for c in stored)
    after = _said((pk, c) for pk in chosen & read.keys() for c in read[pk][0])
    atoms = atoms_carried(mapping_of(version.pk, version.mapping_revision), mapping)
    carried = choices_carried(made, atoms, before, after)
    if carried.lost:
        lost = {c.record for c in carried.lost if c.record}
        records = Record.objects.filter(pk__in=lost).order_by("local_id")
        named = ", ".join(records.values_list("local_id", flat=True)[:NAMED])
        raise DomainError(CHOICES_LOST, count=len(carried.lost), records=named)
    return carried


def _said(claims: Iterable[tuple[int, Any]]) -> dict[int, Said]:
    found: dict[int, Said] = {}
    for pk, claim in claims:
        found[pk] = found.get(pk, frozenset()) | {(atom, claim.on) for atom in claim.atoms}
    return found


def _replace(read: Mapping[int, Read], homes: Mapping[int, UUID]) -> set[UUID]:
    """New claims and rows in place of the old; the records they change."""
    some = [register.Reread(pk, homes[pk], *told) for pk, told in read.items() if pk in homes]
    return register.claims_reread(some)


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
