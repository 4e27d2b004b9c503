"""What every step of the review shares: locking, guarding, moving, refolding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from datlanh.accounts.models import User
from datlanh.accounts.scope import scope_for
from datlanh.audit.rows import row_update
from datlanh.audit.services import record as audit_record
from datlanh.hazards.ledger.services import ledger_refresh
from datlanh.hazards.ledger.versions import KINDS as LEDGER_KINDS
from datlanh.intake.models import Payload, Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.standing import counting_of
from datlanh.intake.workflow import DECIDES, REVIEW, Step, reason_is_given
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, TransitionError
from datlanh.kernel.text import Text
from datlanh.register import services as register
from datlanh.register.models import Record

CHANGED = Text(
    "Báo cáo vừa được người khác thay đổi. Hãy xem lại rồi quyết định.",
    "Somebody has just changed this report. Look at it again before deciding.",
)
UNKNOWN_FORM = Text(
    "Phiên bản biểu mẫu này không có trong hệ thống; hãy công bố nó trước.",
    "This form version is not in the system; publish it first.",
)
WRONG_KIND = Text(
    "Báo cáo này không thể gắn vào một hồ sơ loại khác.",
    "This report cannot be bound to a record of another kind.",
)


# What a step may change on its report; the answers' header is `header_set`'s.
MOVED = (
    "state",
    "state_at",
    "record_id",
    "approved_once",
    "returned_note",
    "due_at",
    "resubmitted_late",
)


def report_lock(id: int, *, by: User, permission: str, seen: str | None = None) -> Report:
    """The report, locked, if `by` has `permission` over its organisation.

    Raises:
        Report.DoesNotExist: absent, or outside the scope.
        ConflictError: `seen` (the state the person looked at) is no longer the state.
    """
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("organisation", "form_version")
        # A version's files are some hundred kilobytes, and its mapping is remembered.
        .defer("form_version__xform", "form_version__xlsform", "form_version__mapping_json")
        .filter(scope_for(by, permission).q())
        .get(pk=id)
    )
    if seen is not None and seen != f"{report.state}.{report.revision}":
        raise ConflictError(CHANGED, code="changed")
    return report


def step_of(report: Report, by: User, note: str = "", second: User | None = None) -> Step:
    """Who moves, as the guards want to know it."""
    correctors: Iterable[int] = ()
    if report.revision:
        revised = Payload.objects.filter(report=report, revision__gt=0)
        correctors = revised.values_list("made_by_id", flat=True)
    return Step(
        actor_id=by.id,
        actor_organisation_id=by.organisation_id,
        note=note,
        from_centre=report.organisation.is_centre,
        second_id=second.id if second else None,
        second_organisation_id=second.organisation_id if second else None,
        corrected_by=frozenset(correctors),
    )


def report_move(report: Report, name: str, step: Step, *, by: User, **more: Any) -> None:
    """Take one transition of REVIEW on a locked report, or raise TransitionError."""
    transition = REVIEW.check(name, report, report.state, step)
    before = {"state": report.state}
    report.state, report.state_at = transition.target, clock.now()
    row_update(report, *MOVED)
    audit_record(
        f"report.{name}",
        report,
        by=by,
        before=before,
        after={"state": report.state, **more},
        note=step.note,
    )


def refold_plans(records: Iterable[Record]) -> list[register.Plan]:
    """Plan the refold of locked records for what counts now; call after the report has moved."""
    return [
        register.refold_plan(
            record=record,
            counting=counting_of(record.pk),
            projector=PROJECTORS[record.kind],
        )
        for record in sorted(records, key=lambda r: r.pk)
    ]


def refolds_apply(plans: Iterable[register.Plan], *, seq: int) -> None:
    """Write plans as known from decision `seq`, and the ledger that follows from them."""
    in_ledger = []
    for plan in plans:
        register.refold_apply(plan, seq=seq)
        if plan.record.kind in LEDGER_KINDS:
            in_ledger.append(plan.record.pk)
    ledger_refresh(seq=seq, record_ids=in_ledger)


def decides_or_refuse(report: Report, by: User, note: str) -> None:
    step = step_of(report, by, note)
    for guard in (reason_is_given, *DECIDES):
        if refusal := guard(report, step):
            raise TransitionError(refusal)
