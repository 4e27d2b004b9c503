"""Taking a repair of a drawing, drawing it anew, or keeping it: a person's decision, with why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from shapely.geometry import Polygon

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.audit.services import record as audit_record
from datlanh.intake.models import Report, ShapeChoice
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.shapes import STATED, Drawn, drawing_examined, with_drawing
from datlanh.intake.services.checking import answers_now, report_check
from datlanh.intake.services.moves import UNKNOWN_FORM, report_lock, step_of
from datlanh.intake.services.verifying import payload_revise
from datlanh.intake.workflow import REVIEW
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.kernel.firewall import Problem, Repair, examine
from datlanh.kernel.firewall.findings import repair_of
from datlanh.kernel.rules import Severity
from datlanh.kernel.text import LANGUAGES, Text

DRAWN = "drawn"  # the key of what no machine proposed
GONE = Text(
    "Đề xuất này không còn nữa: khoanh vùng hoặc xung quanh đã thay đổi.",
    "This proposal is gone: the drawing, or what lies around it, has changed.",
)
HOLES = Text(
    "Kết quả có lỗ trống bên trong; danh sách điểm không ghi được, hãy vẽ lại.",
    "The result has a hole inside, which a list of points cannot hold; redraw it.",
)
WHY = Text("Hãy ghi lý do giữ nguyên.", "Say why the drawing is kept.")
WHY_DRAWN = Text("Hãy ghi lý do vẽ lại.", "Say why it is drawn anew.")
NOT_DRAWN = Text("Không đọc được hình đã vẽ.", "What was drawn cannot be read.")
SAME = Text("Hình vẽ không thay đổi.", "The drawing has not changed.")
REDRAWN = Text("Vẽ lại bằng tay trên bản đồ", "Drawn anew by hand on the map")
NOTHING = Text("Không có nghi vấn", "Nothing was doubtful")


@transaction.atomic
def shape_repair(
    *, id: int, question: str, repair: str, by: User, reason: str = "", seen: str | None = None
) -> Report:
    """Take a proposed repair: it becomes the next revision of the payload, checked again.

    The repair is computed anew from what is stored: nobody's browser sends a geometry.
    """
    report = _report(id, by, seen)
    drawn = _drawn(report, question, by)
    found = next(
        ((p, r) for p in drawn.examined.problems for r in p.repairs if r.key == repair), None
    )
    if found is None:
        raise DomainError(GONE)
    problem, proposed = found
    if proposed.has_holes:
        raise DomainError(HOLES)
    looked_at = report.revision
    answers = answers_now(report)
    if proposed.stated_m2 is not None:
        values = {**answers.values, STATED[report.form]: proposed.stated_m2}
        answers = replace(answers, values=values)
    else:
        answers = with_drawing(answers, question, proposed.polygons)
    note = f"{proposed.said.vi} · {reason}" if reason else proposed.said.vi
    payload_revise(report, by=by, changes={}, answers=answers, note=note)
    report_check(report)
    _keep(report, looked_at, question, problem, proposed, by=by, reason=reason)
    return report


@transaction.atomic
def shape_redraw(
    *,
    id: int,
    question: str,
    polygons: Sequence[Polygon],
    reason: str,
    by: User,
    seen: str | None = None,
) -> Report:
    """Take an outline that a person drew: the next revision of the payload, checked again.

    Raises:
        DomainError: no reason, nothing drawn, nothing changed, or a drawing that has no area.
    """
    report = _report(id, by, seen)
    if not reason.strip():
        raise DomainError(WHY_DRAWN)
    if not polygons:
        raise DomainError(NOT_DRAWN)
    before = _drawn(report, question, by).examined
    examined = examine(polygons)
    if examined.area_m2 is None:
        broken = [p for p in examined.problems if p.severity == Severity.BLOCK]
        raise DomainError(broken[0].said if broken else NOT_DRAWN)
    repair = repair_of(DRAWN, REDRAWN, before.drawn, polygons)
    if repair is None or [*before.drawn] == [*polygons]:
        raise DomainError(SAME)
    looked_at = report.revision
    answers = with_drawing(answers_now(report), question, polygons)
    note = f"{REDRAWN.vi} · {reason.strip()}"
    payload_revise(report, by=by, changes={}, answers=answers, note=note)
    report_check(report)
    doubts = [p.said for p in before.problems] or [NOTHING]
    told = Text(*("; ".join(d.say(language) for d in doubts) for language in LANGUAGES))
    problem = Problem(DRAWN, Severity.INFO, told)
    _keep(report, looked_at, question, problem, repair, by=by, reason=reason.strip())
    return report


@transaction.atomic
def shape_keep(
    *, id: int, question: str, problem: str, reason: str, by: User, seen: str | None = None
) -> Report:
    """Keep the drawing as it is in spite of a problem, with the reason."""
    report = _report(id, by, seen)
    if not reason.strip():
        raise DomainError(WHY)
    problems = _drawn(report, question, by).examined.problems
    found = next((p for p in problems if p.ident == problem), None)
    if found is None:
        raise DomainError(GONE)
    _keep(report, report.revision, question, found, None, by=by, reason=reason.strip())
    return report


def _report(id: int, by: User, seen: str | None) -> Report:
    """The report, while whoever vouches for it may still correct it."""
    report = report_lock(id, by=by, permission=Permission.REPORT_VERIFY, seen=seen)
    REVIEW.check("verify", report, report.state, step_of(report, by))
    return report


def _drawn(report: Report, question: str, by: User) -> Drawn:
    if report.form_version is None:
        raise DomainError(UNKNOWN_FORM)
    mapping = mapping_of(report.form_version.pk)
    drawn = drawing_examined(report, mapping, answers_now(report), by, question)
    if drawn is None:
        raise DomainError(GONE)
    return drawn


def _keep(
    report: Report,
    revision: int,
    question: str,
    problem: Problem,
    repair: Repair | None,
    *,
    by: User,
    reason: str,
) -> None:
    choice = ShapeChoice.REPAIRED if repair else ShapeChoice.KEPT
    ShapeChoice.objects.create(
        report=report,
        revision=revision,
        question=question,
        choice=choice,
        problem=problem.ident,
        problem_said=_said(problem.said),
        repair=repair.key if repair else "",
        repair_said=_said(repair.said) if repair else None,
        before_m2=repair.before_m2 if repair else None,
        after_m2=repair.after_m2 if repair else None,
        changed_m2=repair.changed_m2 if repair else None,
        reason=reason,
        by=by,
        at=clock.now(),
    )
    told = repair.said if repair else problem.said
    note = f"{told.vi} · {reason}" if reason else told.vi
    audit_record(f"report.shape_{choice}", report, by=by, note=note)


def _said(text: Text) -> dict[str, Any]:
    return {language: text.say(language) for language in LANGUAGES}
