"""The operator vouches for a report, and the centre may send it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.audit.services import record as audit_record
from datlanh.intake.models import Payload, Remark, Report
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.lateness import in_time_still
from datlanh.intake.services.checking import answers_now, report_check
from datlanh.intake.services.desk import remark_add
from datlanh.intake.services.moves import UNKNOWN_FORM, report_lock, report_move, step_of
from datlanh.intake.services.receiving import header_set
from datlanh.intake.services.sealing import answers_reseal
from datlanh.intake.workflow import REVIEW
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.kernel.mapping import Answers
from datlanh.register import services as register

RESUBMIT_DAYS = 3  # calendar days after the return (procedure 2021, 5.1, p. 9)


@transaction.atomic
def report_verify(
    *,
    id: int,
    by: User,
    changes: Mapping[str, Any] | None = None,
    answers: Answers | None = None,
    note: str = "",
    seen: str | None = None,
) -> Report:
    """The operator's information officer vouches for a report, correcting it where needed.

    `changes` (question → value) or whole `answers` become the next payload revision; what was
    received stays as revision 0. Late resubmission is accepted and marked.

    Source: procedure 2021, 5.1: staff check quality before entry; 3 days to correct.
    """
    report = report_lock(id, by=by, permission=Permission.REPORT_VERIFY, seen=seen)
    REVIEW.check("verify", report, report.state, step_of(report, by, note))
    if report.state == "returned":
        report.resubmitted_late = not in_time_still(report, clock.now())
    if changes or answers is not None:
        payload_revise(report, by=by, changes=changes or {}, answers=answers, note=note)
    report_check(report)
    report_move(report, "verify", step_of(report, by, note), by=by)
    register.decision_add(
        kind="verified", by=by, report_id=report.pk, note=note, data={"revision": report.revision}
    )
    return report


def payload_revise(
    report: Report,
    *,
    by: User,
    changes: Mapping[str, Any],
    answers: Answers | None = None,
    note: str = "",
) -> Payload:
    """Keep a corrected payload beside the original. What is personal goes to the person store."""
    if report.form_version is None:
        raise DomainError(UNKNOWN_FORM)
    mapping = mapping_of(report.form_version.pk)
    before = answers_now(report)
    new = answers or before
    values = {**new.values, **changes}
    new = replace(
        new,
        values={k: v for k, v in values.items() if v not in (None, "")},
        problems={k: v for k, v in new.problems.items() if k not in changes},
    )
    report.revision += 1
    header_set(report, mapping, new)
    new = answers_reseal(
        mapping,
        new,
        before,
        by=by,
        organisation_id=report.organisation_id,
        subject=report.record_local_id,
        why=report.receipt,
    )
    report.save()
    # Both revisions are kept for good: they are what it was and what it became.
    audit_record(
        "report.correct",
        report,
        by=by,
        before={"revision": report.revision - 1},
        after={"revision": report.revision, "questions": _changed(before, new)},
        note=note,
    )
    return Payload.objects.create(
        report=report,
        revision=report.revision,
        organisation_id=report.organisation_id,
        answers=new.to_json(),
        made_at=clock.now(),
        made_by=by,
        note=note,
    )


def _changed(before: Answers, new: Answers) -> list[str]:
    """Which questions and repeats a correction touched; never what was answered."""
    old, now = before.to_json(), new.to_json()
    return sorted(
        {
            key
            for part in now
            for key in old[part].keys() | now[part].keys()
            if old[part].get(key) != now[part].get(key)
        }
    )


@transaction.atomic
def report_return(*, id: int, by: User, note: str, seen: str | None = None) -> Report:
    """Send a report back with a reason; it is due again in three calendar days."""
    report = report_lock(id, by=by, permission=Permission.REPORT_APPROVE, seen=seen)
    step = step_of(report, by, note)
    REVIEW.check("return", report, report.state, step)
    report.returned_note = note
    due = clock.today() + dt.timedelta(days=RESUBMIT_DAYS + 1)
    report.due_at = clock.local_midnight(due)  # the whole third day still counts
    report_move(report, "return", step, by=by)
    remark_add(id=report.pk, text=note, by=by, kind=Remark.RETURN)
    register.decision_add(kind="returned", by=by, report_id=report.pk, note=note)
    return report
