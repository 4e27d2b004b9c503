"""Areas that gave way, and what stands in their place now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from datlanh.hazards.selectors.sources import AREA
from datlanh.hazards.workflow import DIVIDED
from datlanh.kernel.ids import spellings
from datlanh.kernel.states import MOVED
from datlanh.register.models import Decision, Record, State


@dataclass(frozen=True)
class GaveWay:
    """An area that was split or merged, with the areas that stand in its place now."""

    area: Record
    heirs: tuple[Record, ...]


def areas_named(ids: Iterable[str]) -> list[Record]:
    """The areas of these ids, in whatever spelling."""
    wanted = {one for written in ids for one in spellings(written)}
    found = Record.objects.filter(kind=AREA, local_id__in=wanted) if wanted else ()
    return sorted(found, key=lambda r: r.local_id)


def gave_way(areas: Sequence[Record]) -> list[GaveWay]:
    """Those of `areas` that were split or merged."""
    gone = _divided(a.pk for a in areas)
    return [GaveWay(a, tuple(heirs_of(a.pk))) for a in areas if a.pk in gone]


def heirs_of(area: UUID) -> list[Record]:
    """The areas that stand in the place of one that gave way: its parts, and theirs."""
    seen, standing, waiting = {area}, set(), {area}
    while waiting:
        nxt: set[UUID] = set()
        gone = _divided(waiting)
        standing |= waiting - gone
        for data in Decision.objects.filter(
            kind=MOVED, record_id__in=gone, data__has_key="into"
        ).values_list("data", flat=True):
            nxt |= {UUID(i) for i in data["into"]}
        waiting = nxt - seen
        seen |= nxt
    found = Record.objects.filter(pk__in=standing - {area})
    return sorted(found, key=lambda r: r.local_id)


def _divided(ids: Iterable[UUID]) -> set[UUID]:
    found = State.objects.filter(
        record_id__in=set(ids), known_to=None, true_to=None, state__in=DIVIDED
    )
    return set(found.values_list("record_id", flat=True))
