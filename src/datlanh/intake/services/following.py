"""Reports follow their mapping when it was corrected: what lists show of them, and the checks."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.audit.rows import write
from datlanh.intake.models import Report
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.services.checking import UNDECIDED, answers_now, report_check
from datlanh.intake.services.receiving import header_set

HEADER = ("date_of_information", "commune_code", "is_late")

# As `receiving` defers its job: in the transaction of the decision.
_DEFER = """
select procrastinate_defer_jobs_v1(array[row(
  'checks', 'intake.follow_mapping', 0, null, null,
  jsonb_build_object('form_version_id', %s::bigint), null
)::procrastinate_job_to_defer_v1])
"""


def reports_follow(form_version_id: int) -> None:
    """Let a job bring the version's reports up to date once the decision stands.

    It begins after the decision, so it also meets reports that came in meanwhile.
    """
    if settings.CHECK_INLINE:
        mapping_follow(form_version_id=form_version_id)
    else:
        write(_DEFER, [form_version_id])


def mapping_follow(*, form_version_id: int) -> int:
    """Read date and commune of every report of a version anew, and check what is not decided.

    One report at a time, so that nobody waits long. Twice is once. Returns how many changed.
    """
    mapping = mapping_of(form_version_id)
    changed = 0
    every = Report.objects.filter(form_version_id=form_version_id).order_by("pk")
    for pk in every.values_list("pk", flat=True):
        with transaction.atomic(), acting(SYSTEM, via="job"):
            report = Report.objects.select_for_update(of=("self",)).get(pk=pk)
            before = [getattr(report, name) for name in HEADER]
            header_set(report, mapping, answers_now(report))
            if before != [getattr(report, name) for name in HEADER]:
                report.save(update_fields=HEADER)
                changed += 1
            if report.state in UNDECIDED:
                report_check(report)
    return changed
