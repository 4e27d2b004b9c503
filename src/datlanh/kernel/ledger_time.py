"""The ledger through time: one balance for every stretch of days, from versions.

Versions hold during [true_from, true_to). Between two days on which nothing changes the ledger
stays the same, so it is computed once for each stretch and equal neighbours are one. Nothing here
depends on the order in which things are given.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.ledger import (
    Balance,
    Ground,
    ReleaseBalance,
    balance,
    release_balance,
)
from datlanh.kernel.ledger_cut import Release
from datlanh.kernel.ledger_measured import Measured
from datlanh.kernel.overlay import placed, without

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Held(Generic[T]):
    """Something that was so during [start, end)."""

    start: dt.date
    end: dt.date | None
    what: T

    def holds(self, on: dt.date) -> bool:
        """Whether it was so on a day."""
        return self.start <= on and (self.end is None or on < self.end)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """What one version of an area says of its ground."""

    shape: BaseGeometry | None
    identified: dt.date | None = None
    reported_m2: float | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """An area with its versions as known at one time; it counts until a day (split, merged)."""

    id: str
    versions: tuple[Held[Outline], ...]
    until: dt.date | None = None
    since: dt.date | None = None  # set where only some of its versions are here

    @property
    def begins(self) -> dt.date:
        """The day from which releases count: that of its identification, if that was before.

        What is known of an area before it is drawn (a priority) makes it no older.
        """
        if self.since is not None:
            return self.since
        drawn = [v for v in self.versions if v.what.shape is not None or v.what.identified]
        return min(min(v.what.identified or v.start, v.start) for v in drawn or self.versions)

    def at(self, on: dt.date) -> Held[Outline] | None:
        """What held on a day on which the area counted."""
        if self.until is not None and on >= self.until:
            return None
        return next((v for v in self.versions if v.holds(on)), None)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A re-survey: the outline changed on a day."""

    on: dt.date
    gained_m2: float
    lost_m2: float

    @property
    def net_m2(self) -> float:
        """By how much the area grew."""
        return self.gained_m2 - self.lost_m2


@dataclass(frozen=True, slots=True)
class AreaStretch:
    """The ledger of an area during [start, end).

    initial + all adjustments = outline. `reported_m2` is what the report gives as its size.
    """

    start: dt.date
    end: dt.date | None
    balance: Balance
    initial_m2: float = 0.0
    adjustments: tuple[Adjustment, ...] = ()
    reported_m2: float | None = None
    moved_by: tuple[str, ...] = ()  # what changed on its first day


@dataclass(frozen=True, slots=True)
class ReleaseStretch:
    """The ledger of a release during [start, end), beside what it says of itself."""

    start: dt.date
    end: dt.date | None
    balance: ReleaseBalance
    release: Release
    moved_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """The days of [first, last); None: from the first there is, or for ever."""

    first: dt.date | None = None
    last: dt.date | None = None

    def has(self, day: dt.date) -> bool:
        """Whether a day is one of them."""
        return (self.first is None or day >= self.first) and (self.last is None or day < self.last)


ALWAYS = Days()
Resurveyed = tuple[dt.date | None, float, tuple[Adjustment, ...]]
Releases = Sequence[Sequence[Held[Release]]]  # the versions of each release


def area_ledger(
    area: Area,
    releases: Releases,
    others: Sequence[Area],
    measured: Measured | None = None,
    days: Days = ALWAYS,
) -> list[AreaStretch]:
    """The ledger of an area among the releases and areas that touch or name it.

    What does neither makes no difference, so more may be given. `days` are all, or begin and end
    where a stretch of the whole ledger does.
    """
    if not area.versions:
        return []
    measured = measured or Measured()
    kept = measured.areas
    shapes = [v.what.shape for v in area.versions if v.what.shape is not None]
    before = _met([o for o in others if o.id < area.id], shapes, measured)
    flat = [v for one in releases for v in one if _works_on(v.what, area, shapes, measured)]
    begins = area.begins
    drawn, initial, steps = _steps(area, measured)
    every: list[tuple[str, Held[Any]]] = [(v.what.id, v) for v in flat]
    every += [(a.id, v) for a in (area, *before) for v in a.versions]
    ends = _endings((area, *before))
    found: list[AreaStretch] = []
    for start, end in _stretches(every, ends, area.versions, area.until):
        own = area.at(start) if days.has(start) else None
        if own is None:
            continue
        here = sorted((v.what for v in flat if v.holds(start)), key=lambda r: r.id)
        first = [v.what for o in before if (v := o.at(start))]
        key = (own.what, begins, *here, *first)
        if key not in kept:
            kept[key] = balance(
                measured.site(own.what.shape),
                here,
                begins=begins,
                before=[o.shape for o in first if o.shape is not None],
                name=area.id,
            )
        _add(
            found,
            AreaStretch(
                start=start,
                end=end,
                balance=kept[key],
                initial_m2=initial if drawn is not None and drawn <= start else 0.0,
                adjustments=tuple(a for a in steps if a.on <= start),
                reported_m2=own.what.reported_m2,
                moved_by=_moved_by(start, every, ends),
            ),
            measured,
        )
    return found


def _works_on(
    release: Release, area: Area, shapes: Sequence[BaseGeometry], measured: Measured
) -> bool:
    """Whether a release lies on an area; by what it names, where it is drawn nowhere."""
    if release.outline is None:
        return area.id in release.names
    return measured.near(release.outline, shapes)


def release_ledger(
    versions: Sequence[Held[Release]],
    others: Releases,
    areas: Sequence[Area],
    measured: Measured | None = None,
    days: Days = ALWAYS,
) -> list[ReleaseStretch]:
    """The ledger of a release among the releases and areas that touch it; `days` as above."""
    if not versions:
        return []
    measured = measured or Measured()
    kept = measured.releases
    shapes = [v.what.outline for v in versions if v.what.outline is not None]
    flat = [v for one in others for v in one if measured.near(v.what.outline, shapes)]
    met = _met(areas, shapes, measured)
    every: list[tuple[str, Held[Any]]] = [(v.what.id, v) for v in (*versions, *flat)]
    every += [(a.id, v) for a in met for v in a.versions]
    ends = _endings(met)
    found: list[ReleaseStretch] = []
    for start, end in _stretches(every, ends, versions, None):
        own = next((v.what for v in versions if v.holds(start)), None) if days.has(start) else None
        if own is None:
            continue
        rivals = sorted((v.what for v in flat if v.holds(start)), key=lambda r: r.id)
        here = [(v.what, a.begins) for a in met if (v := a.at(start))]
        key = (own, *rivals, *here)
        if key not in kept:
            grounds = [Ground(o.shape, b) for o, b in here if o.shape is not None]
            kept[key] = release_balance(measured.site(own.outline), own, rivals, grounds)
        moved_by = _moved_by(start, every, ends)
        _add(found, ReleaseStretch(start, end, kept[key], own, moved_by), measured)
    return found


def _endings(areas: Iterable[Area]) -> list[tuple[str, dt.date]]:
    """The days on which areas that were there ceased to count."""
    return [
        (a.id, a.until)
        for a in areas
        if a.until is not None and any(v.start < a.until and v.holds(a.until) for v in a.versions)
    ]


def _met(areas: Sequence[Area], shapes: Sequence[BaseGeometry], measured: Measured) -> list[Area]:
    """Areas with those of their versions alone that may touch the shapes, in order of id."""
    found = []
    for area in sorted(areas, key=lambda a: a.id):
        if kept := tuple(v for v in area.versions if measured.near(v.what.shape, shapes)):
            found.append(replace(area, versions=kept, since=area.begins))
    return found


def resurveyed(area: Area) -> Resurveyed:
    """Since when an area is drawn, the size it began with, and every change of its outline."""
    drawn = sorted((v for v in area.versions if v.what.shape is not None), key=lambda v: v.start)
    if not drawn or drawn[0].what.shape is None:
        return None, 0.0, ()
    initial = _size(drawn[0].what.shape)
    steps = []
    for last, now in itertools.pairwise(drawn):
        old, new = last.what.shape, now.what.shape
        if old is None or new is None or old is new or old.equals(new):
            continue
        plane = geometry.plane_for(new)
        a, b = placed(old, plane), placed(new, plane)
        steps.append(Adjustment(now.start, float(without(b, a).area), float(without(a, b).area)))
    return drawn[0].start, initial, tuple(steps)


def _steps(area: Area, measured: Measured) -> Resurveyed:
    key = tuple((v.start, v.what) for v in area.versions)
    if key not in measured.steps:
        measured.steps[key] = resurveyed(area)
    found: Resurveyed = measured.steps[key]
    return found


def _size(shape: BaseGeometry) -> float:
    return float(placed(shape, geometry.plane_for(shape)).area)


def _stretches(
    every: Sequence[tuple[str, Held[Any]]],
    ends: Sequence[tuple[str, dt.date]],
    own: Sequence[Held[Any]],
    until: dt.date | None,
) -> Iterator[tuple[dt.date, dt.date | None]]:
    """The stretches between all bounds, from the first day of its own to its last."""
    bounds = {d for _, v in every for d in (v.start, v.end) if d is not None}
    bounds |= {day for _, day in ends}
    first = min(v.start for v in own)
    last: dt.date | None = None
    if all(v.end is not None for v in own):
        last = max(v.end for v in own if v.end is not None)
    if until is not None and (last is None or until < last):
        last = until
    days = sorted(d for d in bounds if d >= first and (last is None or d < last))
    if days:
        yield from zip(days, [*days[1:], last], strict=True)


def _moved_by(
    start: dt.date, every: Iterable[tuple[str, Held[Any]]], ends: Iterable[tuple[str, dt.date]]
) -> tuple[str, ...]:
    """What began or ended on a day."""
    found = {who for who, v in every if start in (v.start, v.end)}
    return tuple(sorted(found | {who for who, day in ends if day == start}))


Stretch = TypeVar("Stretch", AreaStretch, ReleaseStretch)


def _add(found: list[Stretch], new: Stretch, measured: Measured) -> None:
    """Keep a stretch; one that says the same as the one before it makes that longer."""
    last = found[-1] if found else None
    if last is not None and last.end == new.start and _same(last, new, measured):
        found[-1] = replace(last, end=new.end)
    else:
        found.append(new)


def _same(a: Stretch, b: Stretch, measured: Measured) -> bool:
    """Whether two stretches tell the same."""
    if a.balance is not b.balance and measured.numbers(a.balance) != measured.numbers(b.balance):
        return False
    return beside(a) == beside(b)


def beside(stretch: AreaStretch | ReleaseStretch) -> tuple[Any, ...]:
    """What a stretch tells beside its balance."""
    if isinstance(stretch, AreaStretch):
        return (stretch.initial_m2, stretch.adjustments, stretch.reported_m2)
    return facts_of(stretch.release)


def facts_of(release: Release) -> tuple[Any, ...]:
    """What of a release its ledger repeats: everything but its ground."""
    return (
        release.kind,
        release.depth,
        release.is_complete,
        release.since,
        release.cleared_m2,
        release.surface_m2,
        release.uncleared_m2,
        release.fadeout_m2,
    )
