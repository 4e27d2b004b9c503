"""What of an area goes to which part when it is divided: by ground, before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from shapely import from_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.models import EvidencePoint, HazardousArea, LandRelease, OrdnanceItem
from datlanh.hazards.selectors.sources import AREA
from datlanh.intake.models import Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.kernel import geometry
from datlanh.kernel.division import Tiling, shares, tiling
from datlanh.register.models import Link, Record, Version

POINTED = ("accident", "eod_task", "survey_task")  # linked records that have a place of their own
MOST = 200


@dataclass(frozen=True)
class Part:
    """One of the new areas: what it is called here, and its ground (lon/lat)."""

    name: str
    ground: BaseGeometry


@dataclass(frozen=True)
class Goes:
    """A record of the old area: what of it goes to each part, and what to none.

    m² of a release that is drawn; else 1 for the part its place is in. Without `shares` nobody
    can say: it stays with the old area.
    """

    record: Record
    shares: tuple[float, ...] = ()
    rest_m2: float = 0.0


@dataclass(frozen=True)
class Counted:
    """Items or evidence points of the old area by part, and those without a place."""

    by_part: tuple[int, ...]
    unplaced: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_part) + self.unplaced


@dataclass(frozen=True)
class Plan:
    """What goes where; `reports` are the old area's own, which stay in its history."""

    parts: tuple[Part, ...]
    tiling: Tiling
    releases: tuple[Goes, ...]
    others: tuple[Goes, ...]
    items: Counted
    evidence: Counted
    reports: tuple[Report, ...]


def plan_of(areas: Sequence[Record], parts: Sequence[Part], who: User) -> Plan | None:
    """What of `areas` goes to each of `parts`; None where one of them is not drawn."""
    stand = HazardousArea.objects.in_bulk([a.pk for a in areas])
    wholes = [from_wkb(bytes(o.wkb)) for a in stand.values() if (o := a.outline) is not None]
    if len(wholes) != len(areas) or not parts:
        return None
    grounds = [p.ground for p in parts]
    visible = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    about = _about(areas)
    drawn = _releases(areas, wholes, grounds, visible, about)
    return Plan(
        parts=tuple(parts),
        tiling=tiling(wholes, grounds),
        releases=tuple(drawn),
        others=tuple(_others(grounds, visible, about)),
        items=_counted(OrdnanceItem, areas, grounds, "quantity"),
        evidence=_counted(EvidencePoint, areas, grounds),
        reports=tuple(_reports(areas, who)),
    )


def _about(areas: Sequence[Record]) -> set[UUID]:
    """Records linked with the areas, or that name them."""
    links = Link.objects.filter(b__in=areas, known_to=None, holds=True)
    named = Version.objects.filter(known_to=None, true_to=None).extra(
        where=["values ? 'cha_ids' and datlanh_ids_in(values->>'cha_ids') && %s::text[]"],
        params=[[a.local_id for a in areas]],
    )
    found = set(links.values_list("a_id", flat=True))
    return found | set(named.values_list("record_id", flat=True))


def _releases(
    areas: Sequence[Record],
    wholes: Sequence[BaseGeometry],
    grounds: Sequence[BaseGeometry],
    visible: Q,
    about: set[UUID],
) -> list[Goes]:
    """Releases on the old ground or that name it, the largest share of it first."""
    outlines = [HazardousArea.objects.get(pk=a.pk).outline for a in areas]
    near = Q(pk__in=about)
    for outline in outlines:
        near |= Q(outline__bboverlaps=outline)
    found = []
    rows = LandRelease.objects.filter(visible, near).select_related("record")
    for row in rows.order_by("local_id")[:MOST]:
        if row.outline is None:
            found.append(Goes(row.record))
            continue
        ground = from_wkb(bytes(row.outline.wkb))
        plane = geometry.plane_for(*wholes)
        own = sum(geometry.overlap_m2(ground, w, plane) for w in wholes)
        if own <= geometry.AREA_TOLERANCE_M2:
            continue  # beside it
        each = tuple(shares(ground, grounds))
        found.append(Goes(row.record, each, max(own - sum(each), 0.0)))
    return found


def _others(grounds: Sequence[BaseGeometry], visible: Q, about: set[UUID]) -> list[Goes]:
    """Accidents, EOD tasks and surveys linked with the old area, by where they are."""
    found = []
    for kind in POINTED:
        rows = PROJECTORS[kind].row_model._default_manager.filter(visible, pk__in=about)
        placed = dict(rows.order_by("local_id")[:MOST].values_list("pk", "position"))
        for record in Record.objects.filter(pk__in=placed).order_by("local_id"):
            point = placed[record.pk]
            at = None if point is None else from_wkb(bytes(point.wkb))
            found.append(Goes(record, tuple(shares(at, grounds)) if at is not None else ()))
    return found


def _counted(
    model: type[OrdnanceItem | EvidencePoint],
    areas: Sequence[Record],
    grounds: Sequence[BaseGeometry],
    quantity: str = "",
) -> Counted:
    counts, unplaced = [0] * len(grounds), 0
    for row in model._default_manager.filter(record__in=areas):
        number = int(getattr(row, quantity)) if quantity else 1
        if row.position is None:
            unplaced += number
            continue
        counts[first_part(from_wkb(bytes(row.position.wkb)), grounds)] += number
    return Counted(tuple(counts), unplaced)


def first_part(point: BaseGeometry, grounds: Sequence[BaseGeometry]) -> int:
    """The place of the part that a point goes to."""
    return shares(point, grounds).index(1.0)


def _reports(areas: Sequence[Record], who: User) -> list[Report]:
    visible = scope_for(who, Permission.REPORT_READ).q()
    found = Report.objects.filter(visible, record_id__in=[a.pk for a in areas], state="approved")
    return list(found.filter(form_version__record_kind=AREA).order_by("pk")[:MOST])
