"""Taking a report in: durable before it is acknowledged, kept even when it cannot be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction

from datlanh.accounts.models import Device, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.audit.rows import row_insert, together, write
from datlanh.audit.services import record as audit_record
from datlanh.intake.instance import Instance, answers_of, read_instance
from datlanh.intake.models import Payload, Report
from datlanh.intake.selectors.clocks import due_on
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.services.arriving import (
    Arrival,
    FormState,
    arrival_of,
    report_known,
)
from datlanh.intake.services.attaching import Incoming, Kept, Refused, files_attach, files_keep
from datlanh.intake.services.checking import report_recheck
from datlanh.intake.services.sealing import answers_seal
from datlanh.intake.services.tying import edit_waiting_for, follow_up, says_otherwise, twin_id
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, UnreadableError
from datlanh.kernel.ids import as_kept
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.register.persons import Sealed

__all__ = ["FormState", "Incoming", "Receipt", "Refused", "report_receive"]

MAX_INSTANCE_ID = 128  # characters; "uuid:" and a UUID are 41

MAY_NOT_SEND = Text("Tài khoản này không được nộp báo cáo.", "This account may not send reports.")
LONG_INSTANCE_ID = Text(
    "Mã nhận dạng của báo cáo dài quá {limit} ký tự.",
    "The report's instance id is longer than {limit} characters.",
)


@dataclass(frozen=True)
class Receipt:
    """What the sender is told. `is_new` is False for a report we already had.

    `twin_of`: a report of the same instance id that says something else.
    """

    report: Report
    is_new: bool
    added_files: int = 0
    refused: tuple[Refused, ...] = ()
    form: FormState = FormState.CURRENT
    twin_of: Report | None = None


@dataclass(frozen=True)
class AfterHold:
    """What was kept of a submission that is let in later (`services.holding`)."""

    received_at: dt.datetime
    kept: list[Kept]
    refused: list[Refused]


def report_receive(
    *,
    xml: bytes,
    by: User,
    organisation: Organisation,
    channel: str,
    device: Device | None = None,
    attachments: Sequence[Incoming] = (),
    after_hold: AfterHold | None = None,
) -> Receipt:
    """Take in one OpenRosa instance with its files; the same instanceID twice is one report.

    Other content under a known instanceID is kept as a report of its own, both flagged.

    Acknowledged means durable: files are synced before the row that names them commits. A file
    of a wrong kind or size is refused alone; the report is kept, flagged, and says so. The check
    is a job of the same transaction. `after_hold`: somebody lets it in who may, as of when it came.

    Raises:
        UnreadableError: broken or dangerous XML, refused before anything is kept.
        TryLaterError: no room on disk; nothing was kept.
        DomainError: the account may not send, or the instance id is another organisation's.
    """
    if after_hold is None and not has(by, Permission.REPORT_CREATE, organisation.id):
        raise DomainError(MAY_NOT_SEND, code="may_not_send")
    instance = read_instance(xml)
    if len(instance.instance_id) > MAX_INSTANCE_ID:
        raise UnreadableError(LONG_INSTANCE_ID, limit=MAX_INSTANCE_ID)
    if after_hold is None:
        kept, refused = files_keep(attachments)
    else:
        kept, refused = after_hold.kept, after_hold.refused
    arrival = arrival_of(instance, organisation)
    twin = None
    if arrival.known_id is not None:
        known = report_known(instance, organisation)
        if says_otherwise(known, xml):
            twin = known
            instance = replace(instance, instance_id=twin_id(instance.instance_id, xml))
            arrival = arrival_of(instance, organisation)
    report = None
    with transaction.atomic(savepoint=False):
        if arrival.known_id is None:
            at = after_hold.received_at if after_hold else clock.now()
            sender = Sender(by, organisation, channel, device, at)
            report = _insert(xml, instance, arrival, sender, twin)
        if report is not None:
            added, _ = files_attach(report, kept, refused)
            _check_inline(report)
            return Receipt(report, True, added, tuple(refused), arrival.form_state, twin)
    # Known before, or two sendings at one moment of which the other was quicker.
    report = report_known(instance, organisation)
    with transaction.atomic(savepoint=False):
        added, gone = files_attach(report, kept, refused)
        if added or gone:
            audit_record("report.attach", report, by=by, after={"files": added, "refused": gone})
            _check_later(report)
            _check_inline(report)
    return Receipt(report, False, added, tuple(refused), arrival.form_state, twin)


@dataclass(frozen=True)
class Sender:
    """Who sends, for whom, through which door, and when it came."""

    by: User
    organisation: Organisation
    channel: str
    device: Device | None
    at: dt.datetime


# What `configure_task("intake.check_report", queue="checks").defer(report_id=…)` sends: written
# here so that it can go along with the report's own rows.
_DEFER = """
select procrastinate_defer_jobs_v1(array[row(
  'checks', 'intake.check_report', 0, null, null, jsonb_build_object('report_id', %s::bigint), null
)::procrastinate_job_to_defer_v1])
"""


def _check_later(report: Report) -> None:
    """The job is written by this transaction: report and job live or die together."""
    if not settings.CHECK_INLINE:
        write(_DEFER, [report.pk])


def _check_inline(report: Report) -> None:
    if settings.CHECK_INLINE:
        report_recheck(report_id=report.pk)


def _insert(
    xml: bytes,
    instance: Instance,
    arrival: Arrival,
    sender: Sender,
    twin: Report | None,
) -> Report | None:
    """The new report with its payload; None when the instance has just come in another way."""
    mapping = mapping_of(arrival.form_version_id) if arrival.form_version_id else None
    answers = answers_of(instance, mapping) if mapping else Answers()
    report = Report(
        id=arrival.number,
        receipt=f"BC-{clock.local_date(sender.at).year}-{arrival.number:06d}",
        instance_id=instance.instance_id,
        form=instance.form_id[:64],
        version=instance.version[:64],
        form_version_id=arrival.form_version_id,
        organisation=sender.organisation,
        author=sender.by,
        device=sender.device,
        channel=sender.channel,
        received_at=sender.at,
        state_at=sender.at,
        chain_id=arrival.number,
        gazetteer_id=arrival.gazetteer_id,
        edited_from=instance.deprecated_id[:MAX_INSTANCE_ID],
        twin_of=twin,
    )
    if mapping:
        header_set(report, mapping, answers)
    replaced = None
    edit = None if twin else edit_waiting_for(report)
    if edit is not None:
        report.state = "replaced"  # what was made of it came before it
    elif twin is None:
        replaced = follow_up(report, answers)
    if not row_insert(report, unless="instance_id"):
        return None
    if replaced is not None:
        replaced.save(update_fields=["state", "state_at"])
    if edit is not None:
        edit.replaces = report
        edit.save(update_fields=["replaces"])
    with together():
        _payload_keep(report, mapping, answers, xml)
        told = {"receipt": report.receipt, "channel": sender.channel}
        audit_record("report.receive", report, by=sender.by, after=told)
        for one in filter(None, (report, twin, edit)):
            _check_later(one)
    for one in filter(None, (twin, edit)):
        _check_inline(one)
    return report


def _payload_keep(
    report: Report, mapping: FormMapping | None, answers: Answers, xml: bytes
) -> None:
    """Revision 0: what is personal, and the text as it came, are sealed before anything is kept."""
    answers, (original,) = answers_seal(
        mapping,
        answers,
        organisation_id=report.organisation_id,
        subject=report.record_local_id,
        also=[Sealed("payload", xml.decode("utf-8", "replace"))],
    )
    row_insert(
        Payload(
            report=report,
            revision=0,
            organisation_id=report.organisation_id,
            answers=answers.to_json(),
            original=original,
            made_at=report.received_at,
            made_by=report.author,
        )
    )


def header_set(report: Report, mapping: FormMapping, answers: Answers) -> None:
    """Copy what lists and queues need from the answers onto the report's own row."""
    written = str(answers.values.get(mapping.id_question) or "").strip()
    report.record_local_id = as_kept(written)[:40]
    report.date_of_information = answers.day(mapping.date)
    commune = next((q for q in mapping.questions if q.kind == "commune"), None)
    report.commune_code = str(answers.values.get(commune.key) or "")[:12] if commune else ""
    report.is_late = is_late(report.date_of_information, clock.local_date(report.received_at))


def is_late(of: dt.date | None, received: dt.date) -> bool:
    """Whether a report of that date came after the 10th of the following month."""
    if of is None:
        return False
    if of >= received:  # also far beyond the calendar's end
        return False
    return received > due_on(of)
