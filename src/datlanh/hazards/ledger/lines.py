"""Which rows the ledger must have, from versions: as known now, or after every decision."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import shapely
from django.db import models

from datlanh.hazards.ledger.models import AreaLedger, ReleaseLedger
from datlanh.hazards.ledger.versions import (
    Stored,
    areas_named,
    records_met,
    releases_naming,
    versions_of,
)
from datlanh.kernel.ledger import Balance, ReleaseBalance
from datlanh.kernel.ledger_time import (
    Area,
    AreaStretch,
    Measured,
    ReleaseStretch,
    area_ledger,
    near,
    release_ledger,
)

Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ending:
    """An area counts until a day (split, merged, discredited), as known between two decisions."""

    record_id: UUID
    until: dt.date
    known_from: int
    known_to: int | None = None


# Asked for some areas: every ending they ever had.
Endings = Callable[[Collection[UUID]], Sequence[Ending]]


def no_endings(records: Collection[UUID]) -> Sequence[Ending]:
    """Areas count for ever."""
    return ()


class Neighbourhood:
    """Versions of records that may have to do with each other, and what their ledgers are."""

    def __init__(self, stored: Sequence[Stored], endings: Sequence[Ending] = ()) -> None:
        self.measured = Measured()
        self._met: dict[UUID, set[UUID]] = {}
        self.by_record: dict[UUID, list[Stored]] = defaultdict(list)
        for one in stored:
            self.by_record[one.record_id].append(one)
        self.endings: dict[UUID, list[Ending]] = defaultdict(list)
        for ending in endings:
            self.endings[ending.record_id].append(ending)
        self.placed = [s for s in stored if s.shape is not None and not s.shape.is_empty]
        boxes: Any = [shapely.box(*s.shape.bounds) for s in self.placed if s.shape is not None]
        self.tree = shapely.STRtree(boxes)
        self.naming: dict[str, set[UUID]] = defaultdict(set)
        for one in stored:
            if not one.is_area and one.shape is None:
                for name in one.held.what.names:
                    self.naming[name].add(one.record_id)

    def met(self, record: UUID) -> set[UUID]:
        """The other records that touch or name it, whatever was known when."""
        if record in self._met:
            return self._met[record]
        found: set[UUID] = set()
        for own in self.by_record[record]:
            if own.shape is not None and not own.shape.is_empty:
                box = shapely.box(*own.shape.bounds)
                found |= {self.placed[int(i)].record_id for i in self.tree.query(box)}
            if own.is_area:
                found |= self.naming.get(own.local_id, set())
        self._met[record] = found - {record}
        return self._met[record]

    def ledger_model(self, record: UUID) -> type[models.Model] | None:
        """The table a record's ledger stands in; None where nothing of it is known."""
        some = self.by_record.get(record)
        if not some:
            return None
        return AreaLedger if some[0].is_area else ReleaseLedger

    def lines(self, record: UUID, after: int | None = None) -> list[Columns]:
        """The rows of a record's ledger, but for what is known when."""
        own = [s for s in self.by_record[record] if s.is_known(after)]
        if not own:
            return []
        met = [
            known
            for other in sorted(self.met(record))
            if (known := [s for s in self.by_record[other] if s.is_known(after)])
        ]
        releases = [tuple(s.held for s in some) for some in met if not some[0].is_area]
        areas = [self._area(some, after) for some in met if some[0].is_area]
        head = {"record_id": record, "organisation_id": own[0].organisation_id}
        if own[0].is_area:
            stretches = area_ledger(self._area(own, after), releases, areas, self.measured)
            return [head | _of_area(s) for s in stretches]
        held = [s.held for s in own]
        return [head | _of_release(s) for s in release_ledger(held, releases, areas, self.measured)]

    def _area(self, some: Sequence[Stored], after: int | None) -> Area:
        ends = [
            e.until
            for e in self.endings.get(some[0].record_id, ())
            if (e.known_to is None if after is None else _known(e, after))
        ]
        held = tuple(sorted((s.held for s in some), key=lambda h: h.start))
        return Area(some[0].local_id, held, until=min(ends) if ends else None)

    def moments(self, record: UUID) -> list[int]:
        """The decisions after which its ledger may have changed."""
        records = {record, *self.met(record)}
        bounds = [
            (s.known_from, s.known_to) for r in records for s in self.by_record.get(r, ())
        ] + [(e.known_from, e.known_to) for r in records for e in self.endings.get(r, ())]
        return sorted({seq for pair in bounds for seq in pair if seq is not None})

    def replayed(self, record: UUID) -> list[Columns]:
        """Every row its ledger ever had."""
        found: list[Columns] = []
        standing: dict[dt.date, Columns] = {}
        for seq in self.moments(record):
            wanted = {line["true_from"]: line for line in self.lines(record, seq)}
            for start, line in list(standing.items()):
                if _content(line) != wanted.get(start):
                    line["known_to"] = seq
                    del standing[start]
            for start, line in wanted.items():
                if start not in standing:
                    standing[start] = line | {"known_from": seq, "known_to": None}
                    found.append(standing[start])
        return found


def _content(line: Mapping[str, Any]) -> Columns:
    return {k: v for k, v in line.items() if k not in ("known_from", "known_to")}


def _known(ending: Ending, after: int) -> bool:
    return ending.known_from <= after and (ending.known_to is None or ending.known_to > after)


_NAMES = {kind: tuple(f.name for f in fields(kind)) for kind in (Balance, ReleaseBalance)}


def _numbers(found: Balance | ReleaseBalance) -> Columns:
    return {name: getattr(found, name) for name in _NAMES[type(found)]}


def _of_area(stretch: AreaStretch) -> Columns:
    return {
        "true_from": stretch.start,
        "true_to": stretch.end,
        "moved_by": list(stretch.moved_by),
        "reported_m2": stretch.reported_m2,
        "initial_m2": stretch.initial_m2,
        "adjustments": [
            {"on": a.on.isoformat(), "gained_m2": a.gained_m2, "lost_m2": a.lost_m2}
            for a in stretch.adjustments
        ],
        **_numbers(stretch.balance),
    }


def _of_release(stretch: ReleaseStretch) -> Columns:
    release = stretch.release
    return {
        "true_from": stretch.start,
        "true_to": stretch.end,
        "moved_by": list(stretch.moved_by),
        "since": release.since,
        "release_class": release.kind,
        "depth": release.depth,
        "is_complete": release.is_complete,
        "stated_cleared_m2": release.cleared_m2,
        "stated_surface_m2": release.surface_m2,
        "stated_uncleared_m2": release.uncleared_m2,
        "stated_fadeout_m2": release.fadeout_m2,
        **_numbers(stretch.balance),
    }


def neighbourhood_now(
    records: Collection[UUID], changed: Iterable[Any], named: Collection[str], endings: Endings
) -> tuple[set[UUID], Neighbourhood]:
    """The records whose ledger may change with `records`, and all they have to do with.

    `changed` are outlines that were or are theirs, `named` the areas that releases among them
    name or named.
    """
    shapes, named_now = list(changed), areas_named(named)
    own = versions_of(set(records) | records_met(shapes) | named_now)
    mine = {s.record_id: s.local_id for s in own if s.is_area and s.record_id in records}
    only_areas = mine.keys() == set(records)  # all of them areas, and none gone
    affected = set(records) | named_now
    for one in own:
        # Ground shared by areas is that of the lower id: the others' ledgers do not see it.
        first = only_areas and one.is_area and one.local_id < min(mine.values())
        if not first and near(one.shape, shapes):
            affected.add(one.record_id)
    own = [s for s in own if s.record_id in affected]
    around = records_met(s.shape for s in own if s.shape is not None)
    around |= releases_naming({s.local_id for s in own if s.is_area})
    others = versions_of(around - affected)
    areas = {s.record_id for s in (*own, *others) if s.is_area}
    return affected, Neighbourhood([*own, *others], endings(areas))


def neighbourhoods(
    records: Sequence[UUID], size: int, endings: Endings
) -> Iterator[tuple[Sequence[UUID], Neighbourhood]]:
    """All versions ever known around some records at a time."""
    for at in range(0, len(records), size):
        batch = records[at : at + size]
        own = versions_of(batch, ever=True)
        around = records_met((s.shape for s in own if s.shape is not None), ever=True)
        around |= releases_naming({s.local_id for s in own if s.is_area}, ever=True)
        stored = [*own, *versions_of(around - set(batch), ever=True)]
        areas = {s.record_id for s in stored if s.is_area}
        yield batch, Neighbourhood(stored, endings(areas))
