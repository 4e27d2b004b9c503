"""Which reports spoke about a record, and how each stood after a decision of the register."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.models import Report
from datlanh.intake.replay import DECIDING, REMAPPED
from datlanh.intake.selectors.forms import mapping_of, revisions_at
from datlanh.intake.selectors.links import link_decisions
from datlanh.kernel.fold import Standing, effective
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import Text
from datlanh.register.models import Decision, Record

STANDINGS = {
    "counts": Text("Đang có hiệu lực", "Counts"),
    "superseded": Text("Bị thay", "Superseded"),
    "withdrawn": Text("Thu hồi", "Withdrawn"),
    "revoked": Text("Huỷ phê duyệt", "Approval revoked"),
    "elsewhere": Text("Gắn sang hồ sơ khác", "Bound to another record"),
}
KINDS = {
    "approved": Text("Phê duyệt", "Approved"),
    "chosen": Text("Chọn giá trị", "Value chosen"),
    "reassigned": Text("Gắn sang hồ sơ khác", "Bound to another record"),
    "withdrawn": Text("Thu hồi", "Withdrawn"),
    "revoked": Text("Huỷ phê duyệt", "Approval revoked"),
    "refused": Text("Từ chối", "Refused"),
    "returned": Text("Trả lại", "Returned"),
    "verified": Text("Tổ chức xác nhận", "Verified by the operator"),
    "exception": Text("Cho phép ngoại lệ", "Exception granted"),
    "linked": Text("Liên kết", "Linked"),
    "unlinked": Text("Không liên kết", "Not linked"),
    "moved": Text("Đổi tình trạng", "State changed"),
    "remapped": Text("Sửa cách đọc biểu mẫu", "Mapping corrected"),
}
WAITING = ("received", "verified", "returned")


@dataclass(frozen=True)
class BoundReport:
    """A report that was bound to the record at some time, as it stood after a decision."""

    report: Report
    standing: str  # a key of STANDINGS
    approval: Decision  # the newest
    revision: int = 1  # of the mapping it was read with

    @property
    def mapping(self) -> FormMapping | None:
        """What its answers became then; None where nobody published its version."""
        pk = self.report.form_version_id
        return mapping_of(pk, self.revision) if pk else None

    @property
    def form(self) -> FormMapping:
        """The same of a report that was approved, and so has a version."""
        return mapping_of(self.report.form_version_id or 0, self.revision)

    @property
    def counts(self) -> bool:
        """Whether it contributed."""
        return self.standing == "counts"

    @property
    def word(self) -> Text:
        """Its standing in words."""
        return STANDINGS[self.standing]


def reports_bound(record: Record, known: int) -> dict[int, BoundReport]:
    """Every report ever bound to `record`, as known after decision `known`, oldest first."""
    about = Q(record_id=record.pk, kind__in=["approved", "reassigned"])
    about |= Q(kind="reassigned", data__contains={"from": str(record.pk)})
    found = Decision.objects.filter(about, seq__lte=known).values_list("report_id", flat=True)
    ids = {pk for pk in found if pk is not None}
    chains = Report.objects.filter(pk__in=ids).values("chain_id")
    family = dict(Report.objects.filter(chain_id__in=chains).values_list("pk", "supersedes_id"))
    seen = _Seen({pk: Standing(pk, supersedes=former) for pk, former in family.items()})
    decisions = Decision.objects.filter(report_id__in=family, kind__in=DECIDING, seq__lte=known)
    for decision in decisions.order_by("seq"):
        seen.take(decision)
    reports = Report.objects.filter(pk__in=ids & seen.approval.keys())
    told = list(reports.select_related("organisation").order_by("pk"))
    revisions = revisions_at({r.form_version_id for r in told if r.form_version_id}, known)
    return {
        r.pk: BoundReport(
            r,
            seen.word(r.pk, record),
            seen.approval[r.pk],
            revisions.get(r.form_version_id or 0, 1),
        )
        for r in told
    }


class _Seen:
    """Where reports stand after the decisions taken so far."""

    def __init__(self, standing: dict[int, Standing]) -> None:
        self.standing = standing
        self.home: dict[int, UUID | None] = {}
        self.approval: dict[int, Decision] = {}
        self.revoked: set[int] = set()

    def take(self, decision: Decision) -> None:
        pk, kind = decision.report_id or 0, decision.kind
        if kind in {"approved", "reassigned"}:
            self.home[pk] = decision.record_id
        if kind == "approved":
            self.approval[pk] = decision
        if kind in {"approved", "withdrawn", "revoked"}:
            self.standing[pk] = replace(
                self.standing[pk], approved=kind == "approved", withdrawn=kind == "withdrawn"
            )
            (self.revoked.add if kind == "revoked" else self.revoked.discard)(pk)

    def word(self, pk: int, record: Record) -> str:
        if self.home.get(pk) != record.pk:
            return "elsewhere"
        if self.standing[pk].withdrawn:
            return "withdrawn"
        if pk in self.revoked:
            return "revoked"
        return "counts" if pk in effective(self.standing.values()) else "superseded"


def reports_waiting(record: Record, who: User) -> list[Report]:
    """Reports about the record that nobody has decided yet, within the scope of `who`."""
    return list(
        Report.objects.filter(
            scope_for(who, Permission.REPORT_READ).q(),
            record_local_id=record.local_id,
            state__in=WAITING,
        )
        .select_related("organisation")
        .order_by("-pk")[:20]
    )


def decisions_about(record: Record, reports: dict[int, BoundReport], known: int) -> list[Decision]:
    """Every decision about the record or a report bound to it, newest first."""
    about = Q(record_id=record.pk) | Q(report_id__in=list(reports))
    about |= Q(pk__in=link_decisions(record))
    versions = {r.report.form_version_id for r in reports.values()}
    first = min((r.approval.seq for r in reports.values()), default=0)
    about |= Q(kind=REMAPPED, data__form_version__in=list(versions), seq__gt=first)
    decided = Decision.objects.filter(about, seq__lte=known).exclude(kind="verified")
    return list(decided.order_by("-seq")[:200])
