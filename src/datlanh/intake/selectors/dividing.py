"""What an area may be split into or merged with, and what is proposed about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.models import HazardousArea
from datlanh.hazards.rules import GONE
from datlanh.hazards.selectors.sources import AREA
from datlanh.intake.models import Division, Report
from datlanh.intake.services.dividing import ground_of, outline_in, said_by
from datlanh.kernel import geometry
from datlanh.kernel.division import Tiling, tiling
from datlanh.kernel.errors import DomainError
from datlanh.register.models import Record

NEWEST = 60  # reports that are looked at: payloads are opened for it
AROUND_DEG = 0.0005  # some 50 m: what lies no further may be merged


@dataclass(frozen=True)
class Part:
    """A waiting report that may take the place of the area: its size, and what of it is inside."""

    report: Report
    area_m2: float
    inside_m2: float


@dataclass(frozen=True)
class Waiting:
    """A proposal that waits for the second person."""

    division: Division
    reports: Sequence[Report]
    areas: Sequence[Record]
    tiling: Tiling | None  # None: one of the reports changed, and has no outline now


def parts_of(record: Record, who: User) -> list[Part]:
    """Reports about new areas that await review and lie on this one, newest first."""
    area = HazardousArea.objects.filter(pk=record.pk).first()
    ground = ground_of(area)
    if ground is None:
        return []
    plane = geometry.plane_for(ground)
    found = []
    for report in _candidates(who):
        outline = outline_of_report(report)
        if outline is None:
            continue
        inside = geometry.overlap_m2(outline, ground, plane)
        if inside > geometry.AREA_TOLERANCE_M2:
            found.append(Part(report, geometry.area_m2(outline, plane), inside))
    return found


def _candidates(who: User) -> list[Report]:
    visible = scope_for(who, Permission.REPORT_APPROVE).q()
    found = Report.objects.filter(
        visible,
        state="verified",
        record_id=None,
        supersedes=None,
        form_version__record_kind=AREA,
    ).select_related("form_version", "organisation")
    return list(found.order_by("-pk")[:NEWEST])


def outline_of_report(report: Report) -> BaseGeometry | None:
    """The outline a waiting report draws."""
    try:
        return outline_in(said_by(report))
    except DomainError:
        return None  # undated: the review says so


def beside(record: Record, who: User) -> list[HazardousArea]:
    """Other areas that lie next to this one and still count."""
    area = HazardousArea.objects.filter(pk=record.pk).first()
    if area is None or area.outline is None:
        return []
    visible = scope_for(who, Permission.AREA_MOVE).q("organisation_id")
    near = HazardousArea.objects.filter(
        visible, outline__bboverlaps=area.outline.envelope.buffer(AROUND_DEG)
    )
    return list(near.exclude(pk=area.pk).exclude(state__in=GONE).order_by("local_id")[:NEWEST])


def division_waiting(record: Record) -> Waiting | None:
    """What is proposed about an area."""
    division = Division.objects.filter(closed_at=None, areas__contains=[record.pk]).first()
    if division is None:
        return None
    chosen = Report.objects.filter(pk__in=division.reports).select_related("form_version")
    reports = list(chosen.order_by("pk"))
    areas = HazardousArea.objects.in_bulk(division.areas)
    old = [g for g in map(ground_of, areas.values()) if g is not None]
    new = [g for g in map(outline_of_report, reports) if g is not None]
    whole = len(old) == len(division.areas) and len(new) == len(division.reports)
    return Waiting(
        division,
        reports,
        list(Record.objects.filter(pk__in=division.areas).order_by("local_id")),
        tiling(old, new) if whole else None,
    )
