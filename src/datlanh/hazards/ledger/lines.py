"""Which rows the ledger must have, from versions: as known now, or after every decision."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.db import models

from datlanh.hazards.ledger.models import AreaLedger, ReleaseLedger
from datlanh.hazards.ledger.versions import (
    Same,
    Stored,
    areas_named,
    records_met,
    releases_naming,
    versions_of,
)
from datlanh.kernel.ledger import Balance, ReleaseBalance
from datlanh.kernel.ledger_measured import Measured, near
from datlanh.kernel.ledger_time import (
    ALWAYS,
    Area,
    AreaStretch,
    Days,
    ReleaseStretch,
    area_ledger,
    beside,
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
    """Some records with all that may have to do with them, and what their ledgers are."""

    def __init__(
        self, own: Collection[UUID], stored: Sequence[Stored], endings: Sequence[Ending] = ()
    ) -> None:
        self.measured = Measured()
        self._met: dict[UUID, set[UUID]] = {}
        self.by_record: dict[UUID, list[Stored]] = defaultdict(list)
        for one in stored:
            self.by_record[one.record_id].append(one)
        self.endings: dict[UUID, list[Ending]] = defaultdict(list)
        for ending in endings:
            self.endings[ending.record_id].append(ending)
        self.touching = self._touching(own, [s for s in stored if s.is_placed])
        self.naming: dict[str, set[UUID]] = defaultdict(set)
        for one in stored:
            if not one.is_area and one.shape is None:
                for name in one.held.what.names:
                    self.naming[name].add(one.record_id)

    def _touching(self, own: Collection[UUID], placed: Sequence[Stored]) -> dict[UUID, set[UUID]]:
        """The records that some touch, whatever was known when."""
        found: dict[UUID, set[UUID]] = defaultdict(set)
        # Equal content is one object, so each pair of outlines is asked about once.
        whose: dict[int, set[UUID]] = defaultdict(set)
        for one in placed:
            whose[id(one.shape)].add(one.record_id)
        shapes: Any = np.array(list({id(s.shape): s.shape for s in placed}.values()), dtype=object)
        asked = set(own)
        mine: Any = np.array([s for s in shapes if whose[id(s)] & asked], dtype=object)
        boxes = shapely.box(*shapely.bounds(mine).T)
        every: Any = shapely.box(*shapely.bounds(shapes).T)
        a, b = shapely.STRtree(every).query(boxes)
        self.measured.meet(mine[a], shapes[b])
        for one, other in zip(mine[a], shapes[b], strict=True):
            if self.measured.near(one, (other,)):
                for record in whose[id(one)]:
                    found[record] |= whose[id(other)]
        return found

    def met(self, record: UUID) -> set[UUID]:
        """The other records that touch or name it, whatever was known when."""
        if record in self._met:
            return self._met[record]
        found = set(self.touching.get(record, ()))
        for own in self.by_record[record]:
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

    def lines(self, record: UUID, after: int | None = None, days: Days = ALWAYS) -> list[Columns]:
        """The rows of a record's ledger, but for what is known when."""
        return [_columns(line) for line in self._lines(record, after, days)]

    def _lines(self, record: UUID, after: int | None, days: Days) -> list[_Line]:
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
        found: Sequence[AreaStretch | ReleaseStretch]
        if own[0].is_area:
            area = self._area(own, after)
            found = area_ledger(area, releases, areas, self.measured, days)
        else:
            held = [s.held for s in own]
            found = release_ledger(held, releases, areas, self.measured, days)
        return [_Line(record, own[0].organisation_id, stretch) for stretch in found]

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
        standing: dict[dt.date, tuple[_Line, Columns]] = {}
        for seq in self.moments(record):
            wanted = {line.stretch.start: line for line in self._lines(record, seq, ALWAYS)}
            for start, (line, row) in list(standing.items()):
                if not line.says(wanted.get(start)):
                    row["known_to"] = seq
                    del standing[start]
            for start, line in wanted.items():
                if start not in standing:
                    row = _columns(line) | {"known_from": seq, "known_to": None}
                    standing[start] = (line, row)
                    found.append(row)
        return found


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of a ledger before it has columns: most are compared and never written."""

    record_id: UUID
    organisation_id: int
    stretch: AreaStretch | ReleaseStretch

    def says(self, other: _Line | None) -> bool:
        """Whether the other would be the same row."""
        if other is None or self.organisation_id != other.organisation_id:
            return False
        a, b = self.stretch, other.stretch
        if (a.end, a.moved_by) != (b.end, b.moved_by):
            return False
        return (a.balance is b.balance or a.balance == b.balance) and beside(a) == beside(b)


def _columns(line: _Line) -> Columns:
    head = {"record_id": line.record_id, "organisation_id": line.organisation_id}
    if isinstance(line.stretch, AreaStretch):
        return head | _of_area(line.stretch)
    return head | _of_release(line.stretch)


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
    changed: Sequence[Stored], endings: Endings, same: Same
) -> tuple[set[UUID], Neighbourhood]:
    """The records whose ledger may change, and all they have to do with.

    `changed` are versions of what a decision changed, before it and now.
    """
    records = {s.record_id for s in changed}
    shapes = [s.shape for s in changed if s.shape is not None]
    unplaced = (s.held.what for s in changed if s.shape is None and not s.is_area)
    named_now = areas_named({name for release in unplaced for name in release.names})
    now = [s for s in changed if s.known_to is None]
    own = now + versions_of((records_met(shapes) | named_now) - records, same=same)
    mine = {s.record_id: s.local_id for s in own if s.is_area and s.record_id in records}
    only_areas = mine.keys() == records  # all of them areas, and none gone
    affected = records | named_now
    for one in own:
        # Ground shared by areas is that of the lower id: the others' ledgers do not see it.
        first = only_areas and one.is_area and one.local_id < min(mine.values())
        if not first and near(one.shape, shapes):
            affected.add(one.record_id)
    own = [s for s in own if s.record_id in affected]
    around = records_met(s.shape for s in own if s.shape is not None)
    around |= releases_naming({s.local_id for s in own if s.is_area})
    others = versions_of(around - affected, same=same)
    areas = {s.record_id for s in (*changed, *own, *others) if s.is_area}
    return affected, Neighbourhood(affected, [*own, *others], endings(areas))


def days_changed(changed: Sequence[Stored], around: Neighbourhood, seq: int) -> Mapping[UUID, Days]:
    """The days on which the ledger of each record around may have changed with a decision."""
    records = {s.record_id for s in changed}
    ends: list[tuple[dt.date, dt.date | None]] = [
        (s.held.start, s.held.end) for s in changed if seq in (s.known_from, s.known_to)
    ]
    ends += [
        (e.until, None)
        for r in records
        for e in around.endings.get(r, ())
        if seq in (e.known_from, e.known_to)
    ]
    if not ends or any(_began_otherwise(changed, r, seq) for r in records):
        return defaultdict(lambda: ALWAYS)
    first, last = min(a for a, _ in ends), max((b or dt.date.max for _, b in ends))
    theirs = Days(first, None if last == dt.date.max else last)
    # Later stretches of an area repeat the changes of its outline before them.
    return defaultdict(lambda: theirs, dict.fromkeys(records, Days(first)))


def _began_otherwise(changed: Sequence[Stored], record: UUID, seq: int) -> bool:
    """Whether an area is now older or younger: releases count from its first day."""
    mine = [s for s in changed if s.record_id == record and s.is_area]
    before = tuple(s.held for s in mine if s.known_from < seq)
    now = tuple(s.held for s in mine if s.known_to is None)
    return bool(before and now) and Area("", before).begins != Area("", now).begins


def whole_rows(days: Days, rows: Iterable[tuple[dt.date, dt.date | None]]) -> Days:
    """The days of the rows in which something changed, from the day before to the day after.

    A row begins where it differs from the one before it, so these begin and end as they did.
    """
    first = last = None
    for start, end in rows:
        if days.first and start < days.first and (end is None or days.first <= end):
            first = start
        if days.last and start <= days.last and end and days.last < end:
            last = end
    return Days(first, last)


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
        yield batch, Neighbourhood(batch, stored, endings(areas))
