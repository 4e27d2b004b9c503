"""Lists that come in a report's files: which file, and the rows in it.

The file is named by its SHA-256, so what it gives never changes. Until approval it is the newest
one under the name that the report gives; the first approval keeps the digest in its decision, and
a file that comes later changes nothing (ADR 31).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from datlanh.intake import files
from datlanh.intake.boxfile import read_boxes
from datlanh.intake.claims import Attached
from datlanh.intake.models import Attachment, Report
from datlanh.kernel.boxes import BoxFile, BoxProblem
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.register.models import Decision

BOXES = "survey_boxes"  # the list, and the question that names its file
ABSENT = BoxFile(problems=(BoxProblem("unreadable", 1, "absent"),))


def has_boxes(mapping: FormMapping) -> bool:
    """Whether reports on this form bring a list of boxes."""
    return any(r.list == BOXES for r in mapping.repeats)


def boxes_digest(report: Report, mapping: FormMapping, answers: Answers) -> str:
    """The SHA-256 of the file of boxes that counts for a report; empty where there is none."""
    if not has_boxes(mapping):
        return ""
    if report.approved_once:
        return digests_kept([report.pk]).get(report.pk, "")
    named = str(answers.values.get(BOXES) or "").strip()
    found = Attachment.objects.filter(report=report, name=named).order_by("-pk").first()
    return found.sha256 if named and found else ""


def digests_kept(reports: Sequence[int]) -> dict[int, str]:
    """The digests that first approvals kept, by report."""
    kept: dict[int, str] = {}
    told = Decision.objects.filter(kind="approved", report_id__in=reports, data__has_key="boxes")
    for report, data in told.order_by("-seq").values_list("report_id", "data"):
        if report is not None:
            kept[report] = data["boxes"]
    return kept


def boxes_in(digest: str) -> BoxFile:
    """What a stored file holds; a file that is gone is said to be."""
    try:
        return _boxes_in(digest) if digest else BoxFile()
    except FileNotFoundError:
        return ABSENT


@lru_cache(maxsize=16)
def _boxes_in(digest: str) -> BoxFile:
    return read_boxes(files.path_of(digest).read_bytes())


def attached_rows(digest: str) -> Mapping[str, Sequence[Attached]]:
    """The rows a file brings, by list."""
    if not digest:
        return {}
    return {BOXES: [(row.values(), row.shape) for row in boxes_in(digest).rows]}


def attached_of(
    report: Report, mapping: FormMapping, answers: Answers
) -> Mapping[str, Sequence[Attached]]:
    """The rows that a report's files bring now."""
    return attached_rows(boxes_digest(report, mapping, answers))
