"""Running the rules over a report and keeping what they found."""

from __future__ import annotations

from django.contrib.gis.geos import Point as GeosPoint
from django.db import transaction
from django.db.models import Q

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.facts import DatabaseFacts
from datlanh.intake.models import Finding, Payload, Report
from datlanh.intake.selectors.boxes import boxes_seen
from datlanh.intake.selectors.forms import mapping_of
from datlanh.kernel import clock, rules
from datlanh.kernel.checks import RULES, stored
from datlanh.kernel.checks.ids import records_asked
from datlanh.kernel.checks.places import asked
from datlanh.kernel.mapping import Answers, FormMapping, view

UNKNOWN_FORM = "form_unknown"
UNDECIDED = ("received", "returned", "verified")


def answers_now(report: Report) -> Answers:
    """The answers that count: the newest revision of the payload."""
    kept = Payload.objects.filter(report=report, revision=report.revision)
    return Answers.from_json(kept.values_list("answers", flat=True).get())


def view_of(report: Report, mapping: FormMapping, answers: Answers) -> rules.ReportView:
    """The report as the rules see it."""
    return view(
        mapping,
        answers,
        organisation=report.organisation.key,
        received_on=clock.local_date(report.received_at),
        supersedes=report.supersedes_id is not None,
        edit_of_unknown=is_edit_of_unknown(report),
        twins=twins_of(report),
        boxes=boxes_seen(report, mapping, answers),
        form_retired=bool(report.form_version and report.form_version.retired_at),
        refused_files=tuple(report.refused_files.values_list("name", flat=True)),
    )


def is_edit_of_unknown(report: Report) -> bool:
    """Whether it was edited on the phone from what never came in."""
    tied = report.supersedes_id or report.replaces_id
    return bool(report.edited_from) and not tied


def twins_of(report: Report) -> tuple[str, ...]:
    """The receipts of what bears its instance id and says something else."""
    first = report.twin_of_id or report.pk
    found = Report.objects.filter(Q(pk=first) | Q(twin_of=first)).exclude(pk=report.pk)
    return tuple(found.order_by("pk").values_list("receipt", flat=True))


def report_recheck(*, report_id: int) -> None:
    """Check a report as the system, unless it has been decided meanwhile. Twice is once."""
    with acting(SYSTEM, via="job"):
        report = (
            Report.objects.select_for_update(of=("self",))
            .select_related("organisation", "form_version")
            .defer("form_version__xform", "form_version__xlsform", "form_version__mapping_json")
            .get(pk=report_id)
        )
        if report.state in UNDECIDED:
            report_check(report)


@transaction.atomic
def report_check(report: Report) -> list[rules.Finding]:
    """Run every rule over the report's present answers and keep the findings in place of the last.

    A report of an unknown form version is kept and flagged: nothing else can be read from it.
    """
    if report.form_version is None:
        bare = rules.ReportView(
            form=report.form,
            report_id=report.report_local_id,
            record_id=report.record_local_id,
            organisation=report.organisation.key,
            answers={},
            form_known=False,
        )
        facts = DatabaseFacts(report)
        found = RULES.check(bare, facts) or [_unknown_form(report)]
    else:
        mapping = mapping_of(report.form_version.pk)
        seen = view_of(report, mapping, answers_now(report))
        facts = DatabaseFacts(report)
        facts.foresee(asked(seen), records_asked(seen))
        found = RULES.check(seen, facts)
    Finding.objects.filter(report=report).delete()
    Finding.objects.bulk_create(_kept(report, f) for f in found)
    _count(report, found, under=facts.in_force.seq)
    return found


def _unknown_form(report: Report) -> rules.Finding:
    hit = rules.Hit(values={"form": report.form, "version": report.version})
    return rules.Finding(UNKNOWN_FORM, rules.Severity.BLOCK, hit)


def _kept(report: Report, finding: rules.Finding) -> Finding:
    hit = finding.hit
    return Finding(
        report=report,
        rule=finding.rule,
        severity=finding.severity,
        question=hit.question or "",
        row=hit.row,
        values=stored.to_json(hit.values),
        at=GeosPoint(hit.at.x, hit.at.y, srid=4326) if hit.at is not None else None,
    )


def _count(report: Report, found: list[rules.Finding], *, under: int) -> None:
    counts = {s: sum(f.severity == s for f in found) for s in rules.Severity}
    report.blocks = counts[rules.Severity.BLOCK]
    report.warns = counts[rules.Severity.WARN]
    report.infos = counts[rules.Severity.INFO]
    if report.checked_at is None and report.revision == 0:
        report.first_blocks = report.blocks  # stays, whatever is corrected later
    report.checked_at = clock.now()
    report.checked_under = under
    counted = ["blocks", "warns", "infos", "first_blocks"]
    report.save(update_fields=[*counted, "checked_at", "checked_under"])
