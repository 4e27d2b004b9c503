"""Areas split and merged: proposed by one person, confirmed by another, one transaction.

What takes the place of an area are ordinary CHA reports, approved here together with the step of
the area they replace. Their date of information is the day on which it leaves the counts, so no
day counts the same ground twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from shapely import from_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.services import record as audit_record
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.selectors.sources import AREA
from datlanh.hazards.workflow import LIFE, AreaStep
from datlanh.intake.claims import claims_of
from datlanh.intake.models import Division, Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.services.approving import UNDATED, report_approve, said_in
from datlanh.intake.services.checking import answers_now
from datlanh.intake.services.lifecycle import life_of
from datlanh.intake.services.moves import WRONG_KIND, refolds_apply
from datlanh.intake.standing import counting_of
from datlanh.kernel import clock
from datlanh.kernel.division import Tiling, tiling
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.states import MOVED, moved, newest
from datlanh.kernel.text import Text
from datlanh.organisations.services import number_use
from datlanh.register import services as register
from datlanh.register.models import Decision, Record

HOW_MANY = {
    "split": Text(
        "Chia một khu vực cần đúng một khu vực và ít nhất hai báo cáo mới.",
        "Splitting takes exactly one area and at least two new reports.",
    ),
    "merge": Text(
        "Gộp cần ít nhất hai khu vực và đúng một báo cáo mới.",
        "Merging takes at least two areas and exactly one new report.",
    ),
}
ALREADY_PROPOSED = Text(
    "Đã có đề nghị chia hoặc gộp đang chờ cho khu vực hoặc báo cáo này.",
    "A proposal to split or merge one of these areas or reports is waiting already.",
)
NOTHING_PROPOSED = Text("Không có đề nghị nào đang chờ.", "Nothing is proposed.")
ANOTHER_PERSON = Text(
    "Người đề nghị không tự xác nhận; cần người thứ hai.",
    "Whoever proposed it does not confirm it; a second person does.",
)
NOT_WAITING = Text(
    "Báo cáo {receipt} phải đang chờ duyệt và nói về một khu vực mới.",
    "Report {receipt} has to be awaiting review and about a new area.",
)
ONE_DAY = Text(
    "Mọi báo cáo mới phải cùng một ngày thông tin: đó là ngày khu vực cũ thôi được tính.",
    "All new reports need one date of information: the day the old area leaves the counts.",
)
KEEP_DAY = Text(
    "Báo cáo {receipt} phải giữ ngày xác định của khu vực cũ ({on}), để đất đã giải phóng từ đó "
    "vẫn được tính.",
    "Report {receipt} has to keep the identification date of the old area ({on}), so that land "
    "released since then still counts.",
)
NO_OUTLINE = Text("{id} chưa có ranh giới.", "{id} has no outline.")
OVERLAPS = Text(
    "Các khu vực mới chồng lên nhau {m2} m²; phần đất đó sẽ bị tính hai lần.",
    "The new areas overlap by {m2} m²; that ground would be counted twice.",
)
RESIDUE = Text(
    "Ranh giới mới không khớp ranh giới cũ: thiếu {residue} m², vượt ra ngoài {outside} m². "
    "Hãy ghi lý do.",
    "The new outlines are not the old ones: {residue} m² is left over, {outside} m² lies outside. "
    "Give the reason.",
)


@dataclass(frozen=True)
class Divided:
    """A division looked at: who gives way, what comes instead, and how the ground fits."""

    areas: Sequence[Record]
    reports: Sequence[Report]
    on: dt.date
    tiling: Tiling


@transaction.atomic
def division_propose(
    *,
    step: str,
    areas: Sequence[UUID],
    reports: Sequence[int],
    by: User,
    note: str,
    residue_reason: str = "",
) -> Division:
    """The first of two persons proposes to split an area, or to merge some.

    Raises:
        Record.DoesNotExist, Report.DoesNotExist: absent, or outside the scope.
        TransitionError: one of the areas cannot take the step, or a proposal waits already.
        DomainError: the reports are none that can take their place, or the ground does not fit.
    """
    if step not in HOW_MANY:
        raise TransitionError(NOTHING_PROPOSED)
    division = Division(
        step=step,
        areas=sorted(set(areas)),
        reports=sorted(set(reports)),
        note=note.strip(),
        residue_reason=residue_reason.strip(),
        by=by,
        at=clock.now(),
    )
    divided = _looked_at(division, by)
    waiting = Division.objects.filter(closed_at=None)
    if (
        waiting.filter(areas__overlap=division.areas).exists()
        or waiting.filter(reports__overlap=division.reports).exists()
    ):
        raise TransitionError(ALREADY_PROPOSED)
    division.save()
    for area in divided.areas:
        told = {"division": division.pk, "reports": [r.receipt for r in divided.reports]}
        audit_record(f"area.{step}_proposed", area, by=by, after=told, note=division.note)
    return division


@transaction.atomic
def division_confirm(*, id: int, by: User, confirm: bool, note: str = "") -> Division:
    """The second person confirms (reports and step become decisions) or declines.

    Whoever proposed may take it back.

    Raises: as `division_propose`, and Division.DoesNotExist when absent or out of scope.
    """
    division = Division.objects.select_for_update().get(pk=id)
    scope = scope_for(by, Permission.AREA_MOVE)
    homes = Record.objects.filter(pk__in=division.areas).values_list("organisation_id", flat=True)
    if not all(map(scope.allows, homes)):
        raise Division.DoesNotExist
    if division.closed_at is not None:
        raise TransitionError(NOTHING_PROPOSED)
    if confirm and division.by_id == by.pk:
        raise TransitionError(ANOTHER_PERSON)
    division.closed_at, division.outcome = clock.now(), "confirmed" if confirm else "declined"
    division.save(update_fields=["closed_at", "outcome"])
    if confirm:
        _take_place(division, _looked_at(division, by), by)
    else:
        for area in Record.objects.filter(pk__in=division.areas):
            audit_record(f"area.{division.step}_declined", area, by=by, note=note)
    return division


def _looked_at(division: Division, by: User) -> Divided:
    """Everything the division is about, locked in the order of locks and checked."""
    if len(division.areas) != 1 if division.step == "split" else len(division.areas) < 2:
        raise DomainError(HOW_MANY[division.step])
    if len(division.reports) < 2 if division.step == "split" else len(division.reports) != 1:
        raise DomainError(HOW_MANY[division.step])
    reports = _reports_locked(division.reports, by)
    areas = register.records_lock(division.areas)
    scope = scope_for(by, Permission.AREA_MOVE)
    if len(areas) != len(division.areas) or not all(
        a.kind == AREA and scope.allows(a.organisation_id) for a in areas
    ):
        raise Record.DoesNotExist
    days = {r.date_of_information for r in reports}
    on = days.pop()
    if days or on is None:
        raise DomainError(ONE_DAY)
    attempt = AreaStep(by.organisation_id, on, clock.today(), division.note, is_of_two=True)
    for area in areas:
        life = life_of(area)
        LIFE.check(division.step, life, life.state, attempt)
    return Divided(areas, reports, on, _fits(division, areas, reports))


def _reports_locked(ids: Sequence[int], by: User) -> list[Report]:
    visible = scope_for(by, Permission.REPORT_APPROVE).q()
    found = Report.objects.select_for_update(of=("self",)).select_related(
        "organisation", "form_version"
    )
    reports = list(found.filter(visible, pk__in=ids).order_by("pk"))
    if len(reports) != len(ids):
        raise Report.DoesNotExist
    for report in reports:
        if report.form_version is None or report.form_version.record_kind != AREA:
            raise DomainError(WRONG_KIND)
        if report.state != "verified" or report.record_id or report.supersedes_id:
            raise DomainError(NOT_WAITING, receipt=report.receipt)
    return reports


def _fits(division: Division, areas: Sequence[Record], reports: Sequence[Report]) -> Tiling:
    """How the new outlines lie on the old ones; refused where ground is lost or doubled unsaid."""
    stand = HazardousArea.objects.in_bulk([a.pk for a in areas])
    old = {a.local_id: ground_of(stand.get(a.pk)) for a in areas}
    told = {r.receipt: said_by(r) for r in reports}
    first = min(
        (a.identification_date for a in stand.values() if a.identification_date), default=None
    )
    for receipt, values in told.items():
        if first and (not (day := values.get("identification_date")) or day > first.isoformat()):
            raise DomainError(KEEP_DAY, receipt=receipt, on=f"{first:%d/%m/%Y}")
    new = {receipt: outline_in(values) for receipt, values in told.items()}
    found = tiling(_outlines(old), _outlines(new))
    if found.overlaps:
        raise DomainError(OVERLAPS, code="overlaps", m2=round(found.overlap_m2))
    if not found.is_exact and not division.residue_reason:
        raise DomainError(
            RESIDUE,
            code="residue",
            residue=round(found.residue_m2),
            outside=round(found.outside_m2),
        )
    return found


def _outlines(drawn: Mapping[str, BaseGeometry | None]) -> list[BaseGeometry]:
    for name, outline in drawn.items():
        if outline is None:
            raise DomainError(NO_OUTLINE, id=name)
    return [outline for outline in drawn.values() if outline is not None]


def ground_of(area: HazardousArea | None) -> BaseGeometry | None:
    """The outline of an area as it stands."""
    return None if area is None or area.outline is None else from_wkb(bytes(area.outline.wkb))


def said_by(report: Report) -> dict[str, Any]:
    """What a report says of its record, by attribute."""
    if report.form_version is None:
        return {}
    try:
        claims, _ = claims_of(mapping_of(report.form_version.pk), answers_now(report))
    except ValueError as error:
        raise DomainError(UNDATED, code="undated") from error
    return said_in(claims)


def outline_in(values: Mapping[str, Any]) -> BaseGeometry | None:
    """The outline among what a report says."""
    outline = values.get("outline")
    return from_wkb(bytes.fromhex(outline)) if outline else None


def _take_place(division: Division, divided: Divided, by: User) -> None:
    """Approve what comes, then let go what was: the areas' steps are the last decisions."""
    # Ranges of numbers come before the decision lock, which the first approval takes.
    for report in sorted(divided.reports, key=lambda r: r.record_local_id):
        number_use(local_id=report.record_local_id, organisation=report.organisation, by=by)
    children = [str(Record.id_from(r.pk)) for r in divided.reports]
    for report in divided.reports:
        report_approve(id=report.pk, by=by, note=division.note)
    for area in divided.areas:
        _let_go(area, division, divided, children, by)


def _let_go(
    area: Record, division: Division, divided: Divided, children: Sequence[str], by: User
) -> Decision:
    timeline = register.states_known(area.pk)
    state, target = life_of(area, timeline).state, LIFE[division.step].target
    plan = register.refold_plan(
        record=area,
        counting=counting_of(area.pk),
        projector=PROJECTORS[AREA],
        state=newest(moved(timeline, divided.on, target)),
    )
    told = {
        "step": division.step,
        "from": state,
        "state": target,
        "on": divided.on.isoformat(),
        "into": list(children),
        "residue_m2": round(divided.tiling.residue_m2, 1),
        "outside_m2": round(divided.tiling.outside_m2, 1),
    }
    if division.residue_reason:
        told["residue_reason"] = division.residue_reason
    decision = register.decision_add(
        kind=MOVED,
        by=division.by,
        second=by,
        record_id=area.pk,
        note=division.note,
        data=told,
    )
    register.state_set(
        record_id=area.pk, before=timeline, on=divided.on, state=target, seq=decision.seq
    )
    refolds_apply([plan], seq=decision.seq)
    audit_record("area.move", area, by=by, before={"state": state}, after=told, note=division.note)
    return decision
