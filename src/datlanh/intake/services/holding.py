"""What a phone that is shut out still sends: kept apart, then let in or refused."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from django.db import transaction

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import Device, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.services import record as audit_record
from datlanh.intake.files import StoredFile
from datlanh.intake.instance import Instance, answers_of, read_instance
from datlanh.intake.models import Held, Report
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.services.arriving import arrival_of
from datlanh.intake.services.attaching import Incoming, Kept, Refused, files_keep
from datlanh.intake.services.receiving import (
    LONG_INSTANCE_ID,
    MAX_INSTANCE_ID,
    AfterHold,
    header_set,
    report_receive,
)
from datlanh.intake.services.tying import says_otherwise, twin_id
from datlanh.intake.workflow import HOLDING, Step
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, UnreadableError
from datlanh.kernel.text import Text
from datlanh.register.persons import Sealed, persons_erase, persons_keep, persons_read

HELD_MAX = 500  # that wait, of one phone: whoever found it cannot fill the disk

TOO_MANY = Text(
    "Điện thoại này đã bị thu hồi và đã có quá nhiều báo cáo chờ xem xét. "
    "Hãy liên hệ cán bộ thông tin của tổ chức.",
    "This phone is shut out, and too many of its reports wait already: "
    "ask your organisation's information officer.",
)
GONE = Text(
    "Không mở được nội dung đã giữ (khoá đã bị huỷ hoặc khác).",
    "What was kept cannot be opened (its key was destroyed, or is another).",
)


@dataclass(frozen=True)
class HeldReceipt:
    """What the phone is told: kept now, known before, or long since a report of the house."""

    receipt: str
    is_new: bool
    is_report: bool = False  # it was taken in before the phone was shut out


def report_hold(*, xml: bytes, device: Device, attachments: Sequence[Incoming] = ()) -> HeldReceipt:
    """Keep what a phone that is shut out sends. Call it while the system acts.

    Nothing of it reaches a report, a queue, a clock or a figure. The same instance twice is kept
    once; one that is a report already is left as it is. Other content is held by itself.

    Raises:
        UnreadableError, TryLaterError: as `report_receive`; nothing was kept.
        DomainError: too many of this phone wait, or another organisation used the instance id.
    """
    instance = read_instance(xml)
    if len(instance.instance_id) > MAX_INSTANCE_ID:
        raise UnreadableError(LONG_INSTANCE_ID, limit=MAX_INSTANCE_ID)
    arrival = arrival_of(instance, device.organisation)
    if arrival.known_id is not None:
        taken = Report.objects.get(pk=arrival.known_id)
        if not says_otherwise(taken, xml):
            return HeldReceipt(taken.receipt, False, is_report=True)
        instance = replace(instance, instance_id=twin_id(instance.instance_id, xml))
    waiting = Held.objects.filter(device=device, state=HOLDING.initial)
    kept, refused = files_keep(attachments)
    with transaction.atomic():
        Device.objects.select_for_update().get(pk=device.pk)
        known = Held.objects.filter(instance_id=instance.instance_id).first()
        if known is not None and _says_otherwise(known, xml):
            instance = replace(instance, instance_id=twin_id(instance.instance_id, xml))
            known = Held.objects.filter(instance_id=instance.instance_id).first()
        if known is not None:
            return _again(known, device, kept)
        if waiting.count() >= HELD_MAX:
            raise DomainError(TOO_MANY, code="too_many_held")
        held = _held(instance, arrival.form_version_id, device)
        held.files = [_told(file) for file in kept]
        held.refused = [asdict(file) for file in refused]
        content = base64.b64encode(xml).decode()
        (held.original,) = persons_keep(
            [Sealed("held", content)], organisation_id=device.organisation_id
        )
        held.save()
        audit_record(
            "held.keep", held, by=device.user, after={"device": device.pk, "form": held.form}
        )
    return HeldReceipt(held.receipt, is_new=True)


def _held(instance: Instance, form_version_id: int | None, device: Device) -> Held:
    """The row with its header, read as a report's would be."""
    now = clock.now()
    as_report = Report(received_at=now)
    if mapping := mapping_of(form_version_id) if form_version_id else None:
        header_set(as_report, mapping, answers_of(instance, mapping))
    return Held(
        instance_id=instance.instance_id,
        form=instance.form_id[:64],
        version=instance.version[:64],
        organisation_id=device.organisation_id,
        author_id=device.user_id,
        device=device,
        received_at=now,
        record_local_id=as_report.record_local_id,
        date_of_information=as_report.date_of_information,
    )


def _says_otherwise(known: Held, xml: bytes) -> bool:
    """Whether a submission differs from what is held; let in and erased since, it is the same."""
    if known.state != HOLDING.initial:
        return False
    with acting(SYSTEM):
        content = persons_read([known.original], by=SYSTEM, why="compare").get(str(known.original))
    return content is not None and base64.b64decode(content) != xml


def _again(known: Held, device: Device, kept: Sequence[Kept]) -> HeldReceipt:
    """Sent in parts: the later ones bring more files."""
    if known.device_id == device.pk and known.state == HOLDING.initial:
        there = {(f["name"], f["sha256"]) for f in known.files}
        more = [_told(f) for f in kept if (f.name, f.stored.sha256) not in there]
        if more:
            known.files = [*known.files, *more]
            known.save(update_fields=["files"])
            audit_record("held.attach", known, by=device.user, after={"files": len(more)})
    return HeldReceipt(known.receipt, is_new=False)


def _told(file: Kept) -> dict[str, object]:
    stored = file.stored
    return {
        "name": file.name,
        "media_type": file.media_type,
        "sha256": stored.sha256,
        "size": stored.size,
    }


@transaction.atomic
def held_release(*, id: int, by: User, reason: str = "") -> Report:
    """Let a held submission in: it becomes a report as if it had come then, to be verified.

    Raises:
        Held.DoesNotExist: absent, or outside the scope.
        TransitionError: `by` may not decide about it, or it is decided.
        DomainError: its content cannot be opened any more.
    """
    held = _locked(id, by)
    HOLDING.check("release", held, held.state, _step(by, reason))
    with acting(SYSTEM):
        read = persons_read([held.original], by=by, why=held.receipt)
        content = read.get(str(held.original))
        if content is None:
            raise DomainError(GONE, code="held_gone")
        receipt = report_receive(
            xml=base64.b64decode(content),
            by=held.author,
            organisation=held.organisation,
            channel="openrosa",
            device=held.device,
            after_hold=AfterHold(
                held.received_at,
                [
                    Kept(f["name"], f["media_type"], StoredFile(f["sha256"], f["size"]))
                    for f in held.files
                ],
                [Refused(f["name"], f["size"], f["reason"]) for f in held.refused],
            ),
        )
        # The report holds it now, person by person: one copy, so that erasing finds all.
        persons_erase([held.original], by=by, reason=f"{held.receipt}: {receipt.report.receipt}")
    held.report = receipt.report
    _held_decided(held, "release", by, reason)
    return receipt.report


@transaction.atomic
def held_refuse(*, id: int, by: User, reason: str) -> Held:
    """Refuse a held submission, with the reason; it is kept, sealed, and never a report.

    Raises Held.DoesNotExist or TransitionError, as `held_release`.
    """
    held = _locked(id, by)
    HOLDING.check("refuse", held, held.state, _step(by, reason))
    _held_decided(held, "refuse", by, reason)
    return held


def _locked(id: int, by: User) -> Held:
    within = scope_for(by, Permission.REPORT_APPROVE).q()
    rows = Held.objects.select_for_update(of=("self",))
    return rows.select_related("organisation", "author", "device").filter(within).get(pk=id)


def _step(by: User, note: str) -> Step:
    return Step(actor_id=by.id, actor_organisation_id=by.organisation_id, note=note)


def _held_decided(held: Held, step: str, by: User, reason: str) -> None:
    held.state = HOLDING[step].target
    held.decided_by, held.decided_at, held.reason = by, clock.now(), reason.strip()
    held.save(update_fields=["state", "decided_by", "decided_at", "reason", "report"])
    after = {"report": held.report.receipt} if held.report else None
    audit_record(f"held.{step}", held, by=by, after=after, note=held.reason)
