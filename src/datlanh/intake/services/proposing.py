"""A new version of a form: uploaded, looked at, then published or withdrawn."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db import transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import require
from datlanh.audit.services import record as audit_record
from datlanh.intake import xlsform_texts as say
from datlanh.intake.form_changes import Field, compare
from datlanh.intake.form_corrections import fixed_changes
from datlanh.intake.form_faces import face_of
from datlanh.intake.models import FormProposal, FormVersion
from datlanh.intake.selectors.forms import workbook_of
from datlanh.intake.selectors.proposed_forms import form_review
from datlanh.intake.services.forms import VERSION_TAKEN, form_publish
from datlanh.intake.xlsform import CompiledForm, read_form
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, DomainError, TransitionError, UnreadableError
from datlanh.kernel.text import Text

FORM_ID = re.compile(r"(?!(?:proposals|corrections)$)[a-z][a-z0-9_]{1,47}")
VERSION = re.compile(r"[0-9]{10}")
TITLE_MAX_CHARS = 200
NAMED = 6  # of what cannot be corrected, in one sentence

BAD_SETTINGS = Text(
    "Thiết lập chưa đúng: form_id gồm chữ thường, số và gạch dưới (tối đa 48); version gồm mười "
    "chữ số (năm, tháng, ngày, số thứ tự); tên tối đa 200 ký tự.",
    "The settings are not right: form_id is lower case letters, digits and underscores (at most "
    "48); version is ten digits (year, month, day, running number); titles at most 200 characters.",
)
PUBLISHED_ALREADY = Text(
    "Đúng tệp này đã được công bố là phiên bản {version}; không có gì để đề xuất.",
    "This very file is published as version {version}; there is nothing to propose.",
)
MORE_THAN_MAPPING = Text(
    "Phiên bản {version} của «{form}» đã công bố. Chỉ sửa được cách đọc vào sổ của nó, không sửa "
    "được: {what}; hãy tăng số phiên bản.",
    "Version {version} of “{form}” is published. Only what its answers become can be corrected, "
    "not: {what}; raise its version.",
)
NO_REASON = Text("Hãy ghi lý do.", "Give the reason.")
SECOND_PERSON = Text(
    "Sửa cách đọc cần người thứ hai xác nhận.", "Correcting a mapping takes a second person."
)
CLOSED = Text(
    "Đề xuất này đã được xử lý.", "This proposal was published, withdrawn or replaced already."
)
BLOCKED = Text(
    "Còn {count} lỗi làm mất hoặc sai dữ liệu; hãy sửa tệp rồi tải lên lại.",
    "{count} finding(s) would lose or corrupt data; correct the workbook and upload it again.",
)
LOOK_AGAIN = Text(
    "Biểu mẫu đang dùng hoặc các báo cáo đã thay đổi từ khi bạn mở trang này; hãy xem lại.",
    "The version in force or its reports changed after you opened this page; look again.",
)
NOT_ACCEPTED = Text(
    "Hãy đánh dấu từng cảnh báo mà bạn chấp nhận (còn {count}).",
    "Tick each warning you accept ({count} left).",
)


@transaction.atomic
def form_propose(*, workbook: bytes, by: User) -> FormProposal:
    """Compile an uploaded workbook and keep it as a proposal; nothing is published.

    An open proposal of the same form is replaced by it. A workbook of a published version that
    differs in nothing but mapping columns proposes to correct that mapping.

    Raises:
        UnreadableError: the workbook is hostile, broken, or no form this house can map.
        ConflictError: it is in force already, or its version was used for other content.
    """
    require(by, Permission.FORM_PUBLISH, None)
    compiled = _compiled(workbook)
    known = FormVersion.objects.filter(form=compiled.form_id, version=compiled.version).first()
    if known is not None:
        _corrects_or_refuse(known, workbook, compiled)
    now = clock.now()
    for former in FormProposal.objects.select_for_update().filter(
        form=compiled.form_id, closed_at=None
    ):
        proposal_close(former, FormProposal.REPLACED, by=by)
    proposal = FormProposal.objects.create(
        form=compiled.form_id,
        version=compiled.version,
        title_vi=compiled.mapping.title.vi,
        title_en=compiled.mapping.title.en,
        xlsform=workbook,
        mapping_json=compiled.mapping.to_json(),
        proposed_at=now,
        proposed_by=by,
        corrects=known,
    )
    audit_record("form.propose", proposal, by=by, after=_told(proposal))
    return proposal


def _corrects_or_refuse(known: FormVersion, workbook: bytes, compiled: CompiledForm) -> None:
    """ConflictError unless the workbook corrects the mapping of the version it names."""
    now = workbook_of(known)
    if now == workbook:
        raise ConflictError(PUBLISHED_ALREADY, version=known.version)
    changes = compare(face_of(now), face_of(workbook))
    told = {"version": known.version, "form": known.form}
    if changes.nothing and read_form(now).md5 == compiled.md5:
        raise ConflictError(PUBLISHED_ALREADY, version=known.version)
    if not any(i.mapped for i in changes.items) and not changes.settings:
        raise ConflictError(VERSION_TAKEN, **told)
    # What phones get tells of all that the face does not show: filters, further languages.
    if fixed := fixed_changes(changes):
        raise ConflictError(MORE_THAN_MAPPING, what=_named(fixed), **told)
    if read_form(now).md5 != compiled.md5:
        raise ConflictError(VERSION_TAKEN, **told)


def _named(fields: list[Field]) -> str:
    """The first of what differs, as the workbook calls it."""
    return ", ".join(dict.fromkeys(f.header for f in fields[:NAMED]))


@transaction.atomic
def mapping_propose(*, id: int, by: User, reason: str) -> FormProposal:
    """Say why a mapping is to be corrected; from now on a second person may confirm it."""
    require(by, Permission.FORM_PUBLISH, None)
    proposal = proposal_open(id)
    if proposal.corrects_id is None:
        raise TransitionError(CLOSED)
    if not reason.strip():
        raise TransitionError(NO_REASON)
    if blocks := form_review(proposal).blocks:
        raise DomainError(BLOCKED, count=len(blocks))
    proposal.reason, proposal.proposed_by = reason.strip(), by
    proposal.save(update_fields=["reason", "proposed_by"])
    audit_record("form.remap_proposed", proposal, by=by, after=_told(proposal), note=reason)
    return proposal


def _compiled(workbook: bytes) -> CompiledForm:
    """The compiled workbook, within the limits of what is kept."""
    face_of(workbook)  # refuses what is too large or too deep before anything walks through it
    try:
        compiled = read_form(workbook)
    except DomainError:
        raise
    except Exception as error:  # whatever a hostile sheet makes the compiler stumble over
        raise UnreadableError(say.NOT_COMPILED, why=type(error).__name__) from error
    title = compiled.mapping.title
    if (
        not FORM_ID.fullmatch(compiled.form_id)
        or not VERSION.fullmatch(compiled.version)
        or max(len(title.vi), len(title.en)) > TITLE_MAX_CHARS
    ):
        raise UnreadableError(BAD_SETTINGS)
    return compiled


@transaction.atomic
def form_proposal_publish(
    *, id: int, by: User, reason: str, seen: str, accepted: Collection[str] = ()
) -> FormVersion:
    """Publish a proposal: phones get it at their next refresh, the former version is retired.

    `seen` is the version it was held against; `accepted` the warnings somebody takes in.

    Raises:
        FormProposal.DoesNotExist: absent.
        TransitionError: closed already, no reason, or a warning nobody accepted.
        ConflictError: the version in force is another than the one it was held against.
        DomainError: it would lose or corrupt data.
    """
    require(by, Permission.FORM_PUBLISH, None)
    proposal = proposal_open(id)
    if proposal.corrects_id is not None:
        raise TransitionError(SECOND_PERSON)
    # Whoever publishes another version of this form waits here, or is waited for.
    list(FormVersion.objects.select_for_update().filter(form=proposal.form, retired_at=None))
    review = form_review(proposal)
    if review.seen != seen:
        raise ConflictError(LOOK_AGAIN, code="changed")
    if review.blocks:
        raise DomainError(BLOCKED, count=len(review.blocks))
    if left := [d for d in review.warnings if d.id not in accepted]:
        raise TransitionError(NOT_ACCEPTED, count=len(left))
    if not reason.strip():
        raise TransitionError(NO_REASON)
    version, _ = form_publish(
        workbook=bytes(proposal.xlsform),
        by=by,
        reason=reason.strip(),
        accepted=[d.id for d in review.warnings],
    )
    proposal_close(proposal, FormProposal.PUBLISHED, by=by)
    return version


@transaction.atomic
def form_proposal_withdraw(*, id: int, by: User, reason: str) -> FormProposal:
    """Give a proposal up. TransitionError: closed already, or no reason."""
    require(by, Permission.FORM_PUBLISH, None)
    proposal = proposal_open(id)
    if not reason.strip():
        raise TransitionError(NO_REASON)
    proposal_close(proposal, FormProposal.WITHDRAWN, by=by, note=reason.strip())
    return proposal


def proposal_open(id: int) -> FormProposal:
    """The proposal, locked. TransitionError when it is closed already."""
    proposal = FormProposal.objects.select_for_update().get(pk=id)
    if proposal.closed_at is not None:
        raise TransitionError(CLOSED)
    return proposal


def proposal_close(proposal: FormProposal, outcome: str, *, by: User, note: str = "") -> None:
    """Close a locked proposal with what became of it."""
    proposal.closed_at, proposal.closed_by, proposal.outcome = clock.now(), by, outcome
    proposal.save(update_fields=["closed_at", "closed_by", "outcome"])
    audit_record(f"form.proposal_{outcome}", proposal, by=by, after=_told(proposal), note=note)


def _told(proposal: FormProposal) -> dict[str, str]:
    return {"form": proposal.form, "version": proposal.version}
