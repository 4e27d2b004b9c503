"""The desk around a decision: who looks at a report, what is said about it, queues kept."""

from __future__ import annotations

from django.db import transaction

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.audit.services import record as audit_record
from datlanh.intake.models import Assignment, Remark, RemarkRead, Report, SavedQueue
from datlanh.intake.selectors.desk import colleagues_for, queues_kept, remarks_of, works_on
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text

REMARK_MAX_CHARS = 4000
QUEUES_MAX = 20
EMPTY = Text("Hãy viết nội dung trao đổi.", "Write something first.")
TOO_LONG = Text("Tối đa {limit} ký tự.", "At most {limit} characters.")
NOT_A_COLLEAGUE = Text(
    "Người này không xử lý được báo cáo này.", "This person cannot work on this report."
)
NAME_NEEDED = Text("Hãy đặt tên cho hàng đợi.", "Give the queue a name.")
QUEUES_FULL = Text("Chỉ lưu được {limit} hàng đợi.", "Only {limit} queues can be kept.")


@transaction.atomic
def report_assign(*, id: int, to: str, by: User) -> Assignment | None:
    """Say who looks at a report; "" gives it back to all. It locks nothing.

    Raises:
        Report.DoesNotExist: absent, or not `by`'s to verify or decide at its stage.
        DomainError: `to` may not work on it.
    """
    report = Report.objects.select_for_update(of=("self",)).get(pk=id)
    if not has(by, works_on(report), report.organisation_id):
        raise Report.DoesNotExist
    former = Assignment.objects.filter(report=report).select_related("to").first()
    before = {"to": former.to.username} if former else None
    if not to:
        if former:
            former.delete()
            audit_record("report.unassign", report, by=by, before=before)
        return None
    chosen = next((u for u in colleagues_for(report) if u.username == to), None)
    if chosen is None:
        raise DomainError(NOT_A_COLLEAGUE)
    now, _made = Assignment.objects.update_or_create(
        report=report, defaults={"to": chosen, "by": by, "at": clock.now()}
    )
    audit_record("report.assign", report, by=by, before=before, after={"to": chosen.username})
    return now


@transaction.atomic
def remark_add(*, id: int, text: str, by: User, kind: str = Remark.COMMENT) -> Remark:
    """Say something in a report's thread. The audit trail names the entry, not its words.

    Raises:
        Report.DoesNotExist: absent, or outside the scope.
    """
    report = Report.objects.filter(scope_for(by, Permission.REPORT_READ).q()).get(pk=id)
    said = text.strip()
    if not said:
        raise DomainError(EMPTY)
    if len(said) > REMARK_MAX_CHARS:
        raise DomainError(TOO_LONG, limit=REMARK_MAX_CHARS)
    remark = Remark.objects.create(report=report, kind=kind, text=said, by=by, at=clock.now())
    audit_record("report.remark", report, by=by, after={"remark": remark.pk, "kind": kind})
    return remark


def remarks_mark_read(*, report: Report, by: User) -> None:
    """Remember that `by` has seen the thread as it stands."""
    newest: dict[int, int] = {}
    for remark in remarks_of(report, by):
        newest[remark.report_id] = max(remark.pk, newest.get(remark.report_id, 0))
    known = dict(
        RemarkRead.objects.filter(user=by, report_id__in=newest).values_list("report_id", "last_id")
    )
    for report_id, last in newest.items():
        if known.get(report_id, 0) < last:
            RemarkRead.objects.update_or_create(
                user=by, report_id=report_id, defaults={"last_id": last}
            )


@transaction.atomic
def queue_save(*, name: str, query: str, is_shared: bool, by: User) -> SavedQueue:
    """Keep a queue's filters under a name; one of that name is written anew."""
    named = name.strip()[:60]
    if not named:
        raise DomainError(NAME_NEEDED)
    others = SavedQueue.objects.filter(owner=by).exclude(name=named)
    if others.count() >= QUEUES_MAX:
        raise DomainError(QUEUES_FULL, limit=QUEUES_MAX)
    office = by.organisation_id if is_shared else None
    kept, _made = SavedQueue.objects.update_or_create(
        owner=by,
        name=named,
        defaults={"query": query[:300], "organisation_id": office, "at": clock.now()},
    )
    after = {"name": named, "query": kept.query, "shared": is_shared}
    audit_record("queue.save", kept, by=by, after=after)
    return kept


@transaction.atomic
def queue_drop(*, id: int, by: User) -> None:
    """Forget a queue of one's own. Raises SavedQueue.DoesNotExist for anybody else's."""
    kept = queues_kept(by).filter(owner=by).get(pk=id)
    audit_record("queue.drop", kept, by=by, before={"name": kept.name, "query": kept.query})
    kept.delete()
