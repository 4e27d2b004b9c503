"""Reports that may be approved together: no block, no warning, one record they can mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.batching import APPROVE_LIMIT
from datlanh.intake.claims import claims_of
from datlanh.intake.models import Batch, BatchMember, Payload, Report
from datlanh.intake.selectors.batches import proposed_among
from datlanh.intake.selectors.binding import Binding, binding_of
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.heirs import NAMING, unchosen
from datlanh.intake.selectors.queue import QueueFilter, queue_of
from datlanh.intake.selectors.reports import HEAVY, reports_of
from datlanh.intake.services.approving import UNDATED, conflicts_with, said_in
from datlanh.intake.services.moves import UNKNOWN_FORM, step_of
from datlanh.intake.workflow import REVIEW
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.register.models import Record

FOUND = Text(
    "Có {count} lỗi chặn hoặc cảnh báo; hãy xem riêng báo cáo này.",
    "{count} blocking finding(s) or warning(s); look at this report by itself.",
)
UNCHECKED = Text("Báo cáo chưa được kiểm tra.", "The report has not been checked yet.")
ALIKE = Text(
    "Có thể là {local_id}, cùng mã hoặc cùng chỗ; hãy chọn hồ sơ ở trang duyệt.",
    "It may be {local_id}, by its ids or its ground; choose the record at the desk.",
)
NO_RECORD = Text(
    "Không rõ báo cáo thuộc hồ sơ nào; hãy chọn ở trang duyệt.",
    "It is not clear which record it is about; choose it at the desk.",
)
PROPOSED = Text(
    "Đang có một đề nghị chờ người thứ hai.", "A proposal is waiting for a second person."
)
SAME_DATE = Text(
    "Có {count} mục cùng ngày nhưng khác giá trị với báo cáo đã duyệt; hãy chọn ở trang duyệt.",
    "{count} item(s) differ from an approved report of the same date; choose at the desk.",
)


GAVE_WAY = Text(
    "Báo cáo ghi khu vực {local_id} đã được chia hoặc gộp; hãy chọn khu vực mới ở trang duyệt.",
    "It names {local_id}, which was split or merged; choose the new area at the desk.",
)


@dataclass(frozen=True)
class Clear:
    """A report as it may go: into `record_id`, or (None) a new record; or why it may not."""

    report: Report
    record_id: UUID | None = None
    record: str = ""  # the local id of the record
    refusal: Text | None = None

    @property
    def seen(self) -> str:
        """What tells that the report, and the record it is to enter, are still as shown."""
        return seen_to_clear(self.report, self.record_id)

    @property
    def value(self) -> str:
        """What a form sends back for it."""
        return f"{self.report.receipt}|{self.seen}"


def seen_to_clear(report: Report, record_id: UUID | None) -> str:
    """The report's state and the record proposed for it, in one word."""
    return f"{report.state}.{report.revision}.{record_id or 'new'}"


@dataclass
class Clearable:
    """What the queue holds, apart. `more` is whether the act's limit cut something off."""

    free: list[Clear] = field(default_factory=list)
    closed: list[Clear] = field(default_factory=list)
    more: bool = False


def clearable(who: User, wanted: QueueFilter) -> Clearable:
    """The oldest reports of a queue without block or warning, as many as one act holds."""
    clean = Q(blocks=0, warns=0, checked_at__isnull=False)
    rows = queue_of(who, wanted.stage).filter(replace(wanted, mine=True).q(who), clean)
    found = list(rows.defer(*HEAVY).order_by("pk")[: APPROVE_LIMIT + 1])
    told = Clearable(more=len(found) > APPROVE_LIMIT)
    found = found[:APPROVE_LIMIT]
    answers = answers_of(found)
    waiting = proposed_among(found)
    for report in found:
        one = clear_of(report, who, answers.get(report.pk), waiting)
        (told.closed if one.refusal else told.free).append(one)
    return told


def clear_of(
    report: Report, who: User, answers: Answers | None, waiting: Iterable[int] = ()
) -> Clear:
    """Where a report would go by itself, or why a person must look at it."""
    if refusal := _barred(report, who, waiting):
        return Clear(report, refusal=refusal)
    if report.form_version is None or answers is None:
        return Clear(report, refusal=UNKNOWN_FORM)
    mapping = mapping_of(report.form_version.pk)
    if refusal := _names_gone(mapping, answers):
        return Clear(report, refusal=refusal)
    binding = binding_of(report, mapping, answers, who)
    if binding.proposed is None:
        return Clear(report, refusal=_not_new(binding))
    chosen = binding.candidate(binding.proposed)
    refusal = _differs(report, mapping, answers, binding.proposed)
    return Clear(report, binding.proposed, chosen.local_id if chosen else "", refusal)


def _names_gone(mapping: FormMapping, answers: Answers) -> Text | None:
    """An area the report names that gave way, so that somebody must choose a part of it."""
    if mapping.record_kind not in NAMING:
        return None
    try:
        claims, _rows = claims_of(mapping, answers)
    except ValueError:
        return UNDATED
    gone = unchosen(mapping.record_kind, said_in(claims))
    return _bound(GAVE_WAY, local_id=gone[0].area.local_id) if gone else None


def _barred(report: Report, who: User, waiting: Iterable[int]) -> Text | None:
    """What the report itself says against it."""
    if refusal := REVIEW.refusal("approve", report, report.state, step_of(report, who)):
        return refusal
    if report.checked_at is None:
        return UNCHECKED
    if count := report.blocks + report.warns:
        return _bound(FOUND, count=count)
    return PROPOSED if report.pk in waiting else None


def _not_new(binding: Binding) -> Text | None:
    """What speaks against a new record: one that it may be already, or no id to give it."""
    if alike := next((c for c in binding.candidates if c.may_be_it), None):
        return _bound(ALIKE, local_id=alike.local_id)
    return None if binding.may_be_new else NO_RECORD


def _differs(
    report: Report, mapping: FormMapping, answers: Answers, record_id: UUID
) -> Text | None:
    """Values of one date that differ from what stands in the record."""
    try:
        claims, _rows = claims_of(mapping, answers)
    except ValueError:
        return UNDATED
    conflicts = conflicts_with(report, Record.objects.get(pk=record_id), claims)
    return _bound(SAME_DATE, count=len(conflicts)) if conflicts else None


def answers_of(reports: Iterable[Report]) -> dict[int, Answers]:
    """The answers that count, of many reports at once."""
    revisions = {r.pk: r.revision for r in reports}
    rows = Payload.objects.filter(report_id__in=revisions).values_list(
        "report_id", "revision", "answers"
    )
    return {pk: Answers.from_json(kept) for pk, rev, kept in rows if rev == revisions[pk]}


def named_to_clear(who: User, receipts: Iterable[str]) -> dict[str, Report]:
    """Reports by receipt that `who` may decide about, whatever their state is by now."""
    found = reports_of(who, Permission.REPORT_APPROVE).filter(receipt__in=set(receipts))
    return {r.receipt: r for r in found.defer(*HEAVY)}


# ── What became of an act ───────────────────────────────────────────────────────────────────


def cleared_acts(who: User) -> QuerySet[Batch]:
    """Acts of approving many that touch what `who` may decide about, newest first."""
    within = scope_for(who, Permission.REPORT_APPROVE).q("report__organisation")
    seen = BatchMember.objects.filter(within, batch__step=Batch.APPROVE).values("batch")
    return Batch.objects.filter(pk__in=seen).select_related("by").order_by("-pk")


def cleared_members(batch: Batch, who: User) -> dict[str, list[BatchMember]]:
    """The reports of an act within the scope, by what became of them: what stopped first."""
    within = scope_for(who, Permission.REPORT_APPROVE).q("report__organisation")
    found = (
        BatchMember.objects.filter(within, batch=batch)
        .select_related("report", "report__organisation", "report__form_version")
        .defer(*(f"report__{name}" for name in HEAVY))
        .order_by("report")
    )
    groups: dict[str, list[BatchMember]] = {
        BatchMember.LEFT_OUT: [],
        BatchMember.WAITING: [],
        BatchMember.DONE: [],
    }
    for member in found:
        groups.setdefault(member.result, []).append(member)
    return {result: members for result, members in groups.items() if members}


def cleared_counts(batch: Batch) -> dict[str, int]:
    """How many of an act have each result."""
    rows = BatchMember.objects.filter(batch=batch).order_by().values_list("result")
    return dict(rows.annotate(Count("pk")))


def _bound(text: Text, **values: Any) -> Text:
    return Text(*(text.say(language, **values) for language in LANGUAGES))
