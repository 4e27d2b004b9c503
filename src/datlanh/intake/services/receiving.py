"""Taking a report in: durable before it is acknowledged, kept even when it cannot be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

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
from datlanh.intake.selectors.lateness import in_time_still
from datlanh.intake.services.arriving import (
    Arrival,
    FormState,
    arrival_of,
    report_known,
    returned_of,
)
from datlanh.intake.services.attaching import Incoming, Kept, Refused, files_attach, files_keep
from datlanh.intake.services.checking import report_recheck
from datlanh.intake.services.sealing import answers_seal
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
    """What the sender is told. `is_new` is False for a report we already had."""

    report: Report
    is_new: bool
    added_files: int = 0
    refused: tuple[Refused, ...] = ()
    form: FormState = FormState.CURRENT


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
    report = None
    with transaction.atomic(savepoint=False):
        if arrival.known_id is None:
            report = _insert(
                xml=xml,
                instance=instance,
                arrival=arrival,
                by=by,
                organisation=organisation,
                channel=channel,
                device=device,
                received_at=after_hold.received_at if after_hold else clock.now(),
            )
        if report is not None:
            added, _ = files_attach(report, kept, refused)
            _check_inline(report)
            return Receipt(report, True, added, tuple(refused), arrival.form_state)
    # Known before, or two sendings at one moment of which the other was quicker.
    report = report_known(instance, organisation)
    with transaction.atomic(savepoint=False):
        added, gone = files_attach(report, kept, refused)
        if added or gone:
            audit_record("report.attach", report, by=by, after={"files": added, "refused": gone})
            _check_later(report)
            _check_inline(report)
    return Receipt(report, False, added, tuple(refused), arrival.form_state)


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
    *,
    xml: bytes,
    instance: Instance,
    arrival: Arrival,
    by: User,
    organisation: Organisation,
    channel: str,
    device: Device | None,
    received_at: dt.datetime,
) -> Report | None:
    """The new report with its payload; None when the instance has just come in another way."""
    mapping = mapping_of(arrival.form_version_id) if arrival.form_version_id else None
    answers = answers_of(instance, mapping) if mapping else Answers()
    report = Report(
        id=arrival.number,
        receipt=f"BC-{clock.local_date(received_at).year}-{arrival.number:06d}",
        instance_id=instance.instance_id,
        form=instance.form_id[:64],
        version=instance.version[:64],
        form_version_id=arrival.form_version_id,
        organisation=organisation,
        author=by,
        device=device,
        channel=channel,
        received_at=received_at,
        state_at=received_at,
        chain_id=arrival.number,
        gazetteer_id=arrival.gazetteer_id,
    )
    returned = None
    if mapping:
        header_set(report, mapping, answers)
        returned = follow_up(report, answers)
    if not row_insert(report, unless="instance_id"):
        return None
    if returned is not None:
        returned.save(update_fields=["state", "state_at"])
    with together():
        _payload_keep(report, mapping, answers, xml)
        audit_record(
            "report.receive", report, by=by, after={"receipt": report.receipt, "channel": channel}
        )
        _check_later(report)
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


def follow_up(report: Report, answers: Answers) -> Report | None:
    """Tie a correction to what it restates, and a resubmission to what was returned.

    The returned report comes back as replaced, not saved yet.
    """
    named = str(answers.values.get("correction_of") or "").strip()
    if named and (old := _own_receipt(report.organisation, named.upper())):
        report.supersedes, report.chain_id = old, old.chain_id
    elif report.record_local_id and (old := returned_of(report)):
        report.replaces = old
        report.resubmitted_late = not in_time_still(old, report.received_at)
        old.state, old.state_at = "replaced", report.received_at
        return old
    return None


def _own_receipt(organisation: Organisation, receipt: str) -> Report | None:
    return Report.objects.filter(organisation=organisation, receipt=receipt).first()
