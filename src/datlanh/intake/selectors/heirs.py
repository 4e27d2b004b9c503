"""Areas that gave way, and what stands in their place now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from datlanh.hazards.selectors.sources import AREA
from datlanh.hazards.workflow import DIVIDED
from datlanh.intake.linking import ids_in
from datlanh.intake.relations import RELATIONS, Named
from datlanh.kernel.ids import spellings
from datlanh.kernel.states import MOVED
from datlanh.register.models import Decision, Record, State

# Kinds of records whose reports name areas.
NAMING = frozenset(
    r.a for r in RELATIONS if r.b == AREA for h in r.how if isinstance(h, Named) and h.attribute
)


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


def named_by(kind: str, values: Mapping[str, Any]) -> list[Record]:
    """The areas that a report about a record of `kind` names."""
    ways = [h for r in RELATIONS if (r.a, r.b) == (kind, AREA) for h in r.how]
    attributes = {h.attribute for h in ways if isinstance(h, Named) and h.attribute}
    return areas_named(i for a in sorted(attributes) for i in ids_in(str(values.get(a) or "")))


def unchosen(kind: str, values: Mapping[str, Any], chosen: Collection[UUID] = ()) -> list[GaveWay]:
    """The areas a report names that gave way, where nobody said which part is meant.

    Said is what the report names itself, or what is among `chosen`.
    """
    if kind not in NAMING:
        return []
    named = named_by(kind, values)
    meant = {a.pk for a in named} | set(chosen)
    return [g for g in gave_way(named) if not meant & {h.pk for h in g.heirs}]
