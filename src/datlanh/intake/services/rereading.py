"""Reading reports again whose form version was not known when they came."""

from __future__ import annotations

from django.db import transaction

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.audit.services import record as audit_record
from datlanh.intake.instance import answers_of, read_instance
from datlanh.intake.models import FormVersion, Payload, Report
from datlanh.intake.services.checking import report_check
from datlanh.intake.services.receiving import header_set
from datlanh.intake.services.sealing import answers_seal
from datlanh.intake.services.tying import follow_up
from datlanh.kernel import clock
from datlanh.kernel.actor import Actor
from datlanh.register.persons import persons_read


@transaction.atomic
def reports_reread(version: FormVersion, *, by: Actor | None) -> int:
    """Read what waits for this form version; returns how many reports became readable.

    What was received stays as revision 0; the answers read now are the next revision.
    """
    waiting = Report.objects.filter(
        form=version.form, version=version.version, form_version=None, state="received"
    )
    with acting(SYSTEM):
        for report in waiting.select_for_update(of=("self",)):
            _reread(report, version, by)
        return len(waiting)


def _reread(report: Report, version: FormVersion, by: Actor | None) -> None:
    received = Payload.objects.get(report=report, revision=0)
    texts = persons_read([str(received.original)], by=SYSTEM, why="reread")
    text = texts.get(str(received.original))
    if text is None:
        return  # erased meanwhile
    mapping = version.mapping
    answers = answers_of(read_instance(text.encode()), mapping)
    report.form_version = version
    header_set(report, mapping, answers)
    returned = None if report.replaces_id or report.twin_of_id else follow_up(report, answers)
    answers, _ = answers_seal(
        mapping,
        answers,
        organisation_id=report.organisation_id,
        subject=report.record_local_id,
    )
    report.revision += 1
    report.save()
    if returned is not None:
        returned.save(update_fields=["state", "state_at"])
    Payload.objects.create(
        report=report,
        revision=report.revision,
        organisation_id=report.organisation_id,
        answers=answers.to_json(),
        made_at=clock.now(),
        made_by=report.author,
        note=f"{version.form} {version.version}",
    )
    report_check(report)
    audit_record("report.reread", report, by=by, after={"version": version.version})
