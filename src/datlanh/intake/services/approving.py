"""Approval: a report enters the register, bound to a new or an existing record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.rows import row_insert, together
from datlanh.intake.attached import attached_of, boxes_digest, has_boxes
from datlanh.intake.claims import claims_of
from datlanh.intake.models import Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.heirs import NAMING, named_by, unchosen
from datlanh.intake.selectors.link_proposals import record_promised
from datlanh.intake.services.checking import answers_now
from datlanh.intake.services.implying import Ticked, areas_ticked, implied_take
from datlanh.intake.services.lifecycle import is_divided
from datlanh.intake.services.linking import links_kept, links_promised
from datlanh.intake.services.mapping_locks import mapping_hold
from datlanh.intake.services.moves import (
    UNKNOWN_FORM,
    WRONG_KIND,
    refold_plans,
    refolds_apply,
    report_lock,
    report_move,
    step_of,
)
from datlanh.intake.standing import counting_of, records_touched
from datlanh.intake.workflow import REVIEW
from datlanh.kernel.errors import ConflictError, DomainError
from datlanh.kernel.fold import Claim as FoldClaim
from datlanh.kernel.fold import Conflict, fold
from datlanh.kernel.ids import spellings
from datlanh.kernel.links import Pair, ends_of
from datlanh.kernel.text import Text
from datlanh.organisations.services import number_use
from datlanh.register import services as register
from datlanh.register.models import Claim, Link, Record

UNDATED = Text(
    "Báo cáo không có ngày thông tin nên không thể vào sổ đăng ký.",
    "The report has no date of information, so it cannot enter the register.",
)
ID_TAKEN = Text(
    "Mã «{local_id}» đã có trong sổ đăng ký.", "The id “{local_id}” is in the register already."
)
NO_KIND = Text(
    "Sổ đăng ký chưa có loại hồ sơ của mẫu này. Báo cáo được giữ lại để duyệt sau.",
    "The register does not hold the kind of record of this form yet. The report is kept until it "
    "does.",
)
NO_ID = Text("Báo cáo chưa có mã.", "The report has no id.")
CHOICE_NEEDED = Text(
    "Có {count} mục cùng ngày nhưng khác giá trị với báo cáo đã duyệt. Hãy chọn giá trị đúng.",
    "{count} item(s) differ from an approved report of the same date. Choose the right value.",
)
DIVIDED = Text(
    "Khu vực {id} đã được chia hoặc gộp. Hãy chọn khu vực mới mà báo cáo nói đến, hoặc chọn ghi "
    "vào lịch sử của khu vực cũ.",
    "The area {id} was split or merged. Choose the new area that the report is about, or choose "
    "the history of the old one.",
)


NAMES_DIVIDED = Text(
    "Báo cáo ghi khu vực {id}, nay đã được chia hoặc gộp. Hãy chọn khu vực mới mà báo cáo nói đến, "
    "hoặc chọn ghi vào lịch sử của khu vực cũ.",
    "The report names the area {id}, which was split or merged. Choose the new areas that it is "
    "about, or choose the history of the old one.",
)


class SameDateError(ConflictError):
    """Two values of one date; `conflicts` says which atoms need a choice."""

    code = "same_date"

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(CHOICE_NEEDED, count=len(conflicts))
        self.conflicts = tuple(conflicts)


@transaction.atomic
def report_approve(
    *,
    id: int,
    by: User,
    record_id: UUID | None = None,
    choices: Mapping[str, int] | None = None,
    links: Sequence[Pair] = (),
    ticked: Sequence[Ticked] = (),
    note: str = "",
    seen: str | None = None,
    into_history: bool = False,
    batch: int | None = None,
) -> Report:
    """Approve a report and bind it: to `record_id`, or (None) to a new record of its own id.

    `choices` (atom → report) settles values of one date; `links` become decisions after it, and so
    do the steps of areas that are `ticked`; `batch` names the act; `into_history`: also of an area
    that gave way. All is one transaction.

    Raises:
        Report.DoesNotExist: absent or out of scope.
        TransitionError: not possible now, or not by this person.
        SameDateError: values of one date differ and nobody chose.
        ConflictError: the id is taken, the report or a ticked area changed, or an area it
            is about or names gave way and no part of it is chosen.
    """
    report = report_lock(id, by=by, permission=Permission.REPORT_APPROVE, seen=seen)
    REVIEW.check("approve", report, report.state, step := step_of(report, by, note))
    (claims, rows), kept = _promised(report), _kept(report, batch)
    touched, moving = records_touched(report, record_id), areas_ticked(ticked, by)
    lock = {*touched, *ends_of(links), *moving.values(), *_named(report, claims)}
    every = {r.pk: r for r in register.records_lock(lock)}
    locked = {pk: r for pk, r in every.items() if pk in touched}
    if not into_history:
        parts_are_chosen(report, said_in(claims), links, record_id)
    record = _target(report, record_id, locked, by, into_history)
    settled = _settled(report, record, claims, choices or {}) if record else []
    is_new, record = record is None, record or _record_new(report)
    locked[record.pk] = record
    again, report.record_id, report.approved_once = report.approved_once, record.pk, True
    with together():
        report_move(report, "approve", step, by=by, record=str(record.pk))
        register.claims_put(
            report_id=report.pk, record=record, claims=claims, rows=rows, again=again
        )
    for one, winner in settled:
        choice_add(report=report, record=record, conflict=one, winner=winner, by=by)
    plans = refold_plans(locked.values())
    due = links_promised(
        report=report, record=record, claims=claims, pairs=links, locked=every, by=by
    )
    if is_new:  # late: others who number in the same range wait for the end of this
        number_use(local_id=report.record_local_id, organisation=report.organisation, by=by)
    seq = _decided(report, record, note, kept, by, is_new=is_new)
    refolds_apply(plans, seq=seq)
    links_kept(due=due, record=record, locked=every, by=by, report_id=report.pk)
    areas = {local_id: every[pk] for local_id, pk in moving.items()}
    said = said_in(claims)
    implied_take(report=report, record=record, values=said, ticked=ticked, areas=areas, by=by)
    return report


def _named(report: Report, claims: Sequence[register.NewClaim]) -> set[UUID]:
    """The areas a report names: none of them gives way while it is approved."""
    kind = report.form_version.record_kind if report.form_version else ""
    return {a.pk for a in named_by(kind, said_in(claims))} if kind in NAMING else set()


def parts_are_chosen(
    report: Report, values: Mapping[str, Any], links: Sequence[Pair], record_id: UUID | None
) -> None:
    """Stop where a report names an area that gave way, and nobody chose one of its parts."""
    kind = report.form_version.record_kind if report.form_version else ""
    if not unchosen(kind, values):
        return
    stands = Link.objects.filter(a=record_id, known_to=None, holds=True) if record_id else ()
    chosen = {p.b for p in links} | {link.b_id for link in stands}
    for gone in unchosen(kind, values, chosen):
        raise ConflictError(NAMES_DIVIDED, code="names_divided", id=gone.area.local_id)


def _decided(
    report: Report, record: Record, note: str, kept: dict[str, Any], by: User, *, is_new: bool
) -> int:
    """Number the approval; a new record is kept with it."""
    decision = register.decision_add(
        kind="approved", by=by, report_id=report.pk, record_id=record.pk, note=note, data=kept
    )
    if is_new:
        _record_create(record, decision.seq)
    return decision.seq


def _kept(report: Report, batch: int | None) -> dict[str, Any]:
    """What the decision keeps of the report it approved."""
    kept: dict[str, Any] = {
        "revision": report.revision,
        "local_id": report.record_local_id,
        "supersedes": report.supersedes_id,
    }
    if batch:
        kept["batch"] = batch
    mapping = mapping_of(report.form_version_id or 0)
    if has_boxes(mapping):
        kept["boxes"] = boxes_digest(report, mapping, answers_now(report))
    return kept


def said_in(claims: Sequence[register.NewClaim]) -> dict[str, Any]:
    """What a report says of its record, by attribute."""
    told = [values or {} for claim in claims for values in claim.values.values()]
    return {name: value for values in told for name, value in values.items()}


def _promised(report: Report) -> tuple[list[register.NewClaim], list[register.NewRow]]:
    """What the report says, if it can enter the register at all."""
    if report.form_version is None:
        raise DomainError(UNKNOWN_FORM)
    mapping_hold(report)
    if report.form_version.record_kind not in PROJECTORS:
        raise DomainError(NO_KIND, code="no_kind")
    if not report.record_local_id:
        raise DomainError(NO_ID)
    try:
        mapping, answers = mapping_of(report.form_version.pk), answers_now(report)
        return claims_of(mapping, answers, attached_of(report, mapping, answers))
    except ValueError as error:
        raise DomainError(UNDATED, code="undated") from error


def _target(
    report: Report,
    record_id: UUID | None,
    locked: Mapping[UUID, Record],
    by: User,
    into_history: bool,
) -> Record | None:
    """The locked record to bind to; None for a new one. One that gave way wants a choice."""
    if record_id is None:
        return None
    record = locked.get(record_id)
    if record is None or not scope_for(by, Permission.REPORT_APPROVE).allows(
        record.organisation_id
    ):
        raise Record.DoesNotExist
    if report.form_version is None or record.kind != report.form_version.record_kind:
        raise DomainError(WRONG_KIND)
    if not into_history and is_divided(record.pk):
        raise ConflictError(DIVIDED, code="divided", id=record.local_id)
    return record


def _record_new(report: Report) -> Record:
    """The record this approval creates, not kept yet. ConflictError when its id is taken."""
    if Record.objects.filter(local_id__in=spellings(report.record_local_id)).exists():
        raise ConflictError(ID_TAKEN, code="id_taken", local_id=report.record_local_id)
    return record_promised(report)


def _record_create(record: Record, seq: int) -> None:
    """Keep the new record; the one who asked for the same id at the same moment is told.

    The database holds one spelling of an id unique; another is asked for, by now under the
    lock on the range of its number.
    """
    record.created_seq = seq
    others = spellings(record.local_id)[1:]
    if others and Record.objects.filter(local_id__in=others).exists():
        raise ConflictError(ID_TAKEN, code="id_taken", local_id=record.local_id)
    try:
        row_insert(record)
    except IntegrityError as error:
        raise ConflictError(ID_TAKEN, code="id_taken", local_id=record.local_id) from error


def conflicts_with(
    report: Report, record: Record, claims: Sequence[register.NewClaim]
) -> list[Conflict]:
    """What would need a choice if `report` counted for `record` now."""
    days = {c.on for c in claims}
    if not Claim.objects.filter(record=record, on__in=days).exclude(report_id=report.pk).exists():
        return []  # nearly always: nothing was said about the same day
    counting = counting_of(record.pk) | {report.pk}
    hidden = {report.supersedes_id} if report.supersedes_id else set()
    kept = Claim.objects.filter(record=record, report_id__in=counting - hidden - {report.pk})
    folded = fold(
        [
            *(
                FoldClaim(r, on, atoms, tuple(lists))
                for r, on, atoms, lists in kept.values_list("report_id", "on", "atoms", "lists")
            ),
            *(FoldClaim(report.pk, c.on, c.atoms, tuple(c.lists)) for c in claims),
        ],
        register.choices_of(record.pk),
    )
    return [c for c in folded.conflicts if report.pk in c.reports]


def _settled(
    report: Report,
    record: Record,
    claims: Sequence[register.NewClaim],
    chosen: Mapping[str, int],
) -> list[tuple[Conflict, int]]:
    """Each conflict with the report chosen for it; SameDateError when one has none."""
    conflicts = conflicts_with(report, record, claims)
    if open_ones := [c for c in conflicts if chosen.get(c.atom) not in c.reports]:
        raise SameDateError(open_ones)
    return [(c, chosen[c.atom]) for c in conflicts]


def choice_add(
    *, report: Report, record: Record, conflict: Conflict, winner: int, by: User
) -> None:
    """Keep one choice between values of a date, as a decision of its own."""
    register.decision_add(
        kind="chosen",
        by=by,
        report_id=report.pk,
        record_id=record.pk,
        data={"atom": conflict.atom, "on": conflict.on.isoformat(), "report": winner},
    )
