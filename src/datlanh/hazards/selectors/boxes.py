"""The table of box results in force, and the boxes of a survey as of a version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from datlanh.hazards.models import BoxTable
from datlanh.hazards.rules import BoxFound, box_read
from datlanh.kernel.boxes import DEFAULT_TABLE, Result, ResultTable, Role
from datlanh.kernel.delineation import Searched, Settings
from datlanh.kernel.grid import polygons_utm, to_utm
from datlanh.register.models import Version
from datlanh.register.selectors import rows_known

LIST = "survey_boxes"
# Where one box was found to be several things, the first of these counts.
WEIGHT = [Role.POSITIVE, Role.JOINS, Role.OTHER, Role.NEGATIVE, Role.UNKNOWN]


@dataclass(frozen=True)
class InForce:
    """What results mean and how areas are proposed, since change number `seq`."""

    seq: int
    results: ResultTable
    rule: Settings


@dataclass(frozen=True)
class SurveyedBox:
    """One box as a page shows it."""

    name: str  # its id, or the report's own word for ground off the grid
    found: BoxFound
    result: Result | None
    report_id: int

    @property
    def role(self) -> Role:
        """What it does to an outline; a result nobody knows does nothing."""
        return self.result.role if self.result else Role.UNKNOWN

    @property
    def ground(self) -> BaseGeometry | None:
        """Its polygon, lon/lat."""
        return self.found.ground


def box_table() -> InForce:
    """The newest table, or the one the house comes with."""
    return _in_force(BoxTable.objects.order_by("-pk").first())


def _in_force(row: BoxTable | None) -> InForce:
    if row is None:
        return InForce(0, DEFAULT_TABLE, Settings())
    return InForce(row.pk, ResultTable.from_json(row.results), Settings(**row.rule))


@dataclass(frozen=True)
class TableChange:
    """One change of the table: who, when, why, and what held before and after."""

    row: BoxTable
    before: InForce
    after: InForce


def box_table_changes(most: int = 50) -> list[TableChange]:
    """The changes of the table, the newest first."""
    rows = list(BoxTable.objects.order_by("-pk")[: most + 1])
    read = [_in_force(row) for row in rows] + ([_in_force(None)] if len(rows) <= most else [])
    return [TableChange(*found) for found in zip(rows[:most], read[1:], read, strict=False)]


def surveyed_boxes(version: Version, table: ResultTable) -> list[SurveyedBox]:
    """The boxes that stand in a survey's version, each once, in the order of the grid.

    The newest report that names a box says what it is; within one report the gravest result.
    """
    reports = version.lists.get(LIST) or ()
    known = rows_known(version.known_from)
    rows = known.filter(report_id__in=reports, list=LIST, record_id=version.record_id)
    kept: dict[Any, SurveyedBox] = {}
    for row in rows.order_by("report_id", "number"):
        found = box_read(row.values, row.shape)
        own = str(row.values.get("own_id") or "") or f"{row.report_id}/{row.number + 1}"
        one = SurveyedBox(
            name=found.box.id if found.box else own,
            found=found,
            result=table.of(found.written),
            report_id=row.report_id,
        )
        key = found.box or (row.report_id, row.number)
        before = kept.get(key)
        if before is None or before.report_id < one.report_id or _graver(one, before):
            kept[key] = one
    return sorted(kept.values(), key=lambda b: (b.found.box is None, b.found.box or 0, b.name))


def _graver(one: SurveyedBox, other: SurveyedBox) -> bool:
    return WEIGHT.index(one.role) < WEIGHT.index(other.role)


def counts(boxes: Sequence[SurveyedBox], table: ResultTable) -> list[tuple[Result | None, int]]:
    """How many boxes came to what; None counts what the table does not know, if any."""
    found = table.counted(b.found.written for b in boxes)
    told: list[tuple[Result | None, int]] = [(r, found[r.key]) for r in table.results]
    return [*told, (None, found[""])] if found[""] else told


def searched(boxes: Iterable[SurveyedBox]) -> list[Searched]:
    """Boxes as the proposal of areas wants them; on the grid they are what their id says."""
    given = list(boxes)
    squares = iter(polygons_utm([b.found.box for b in given if b.found.box is not None]))
    found = []
    for box in given:
        if box.found.box is not None:
            found.append(Searched(box.name, next(squares), box.role, box.found.items))
        elif box.ground is not None:
            found.append(Searched(box.name, to_utm(box.ground), box.role, box.found.items))
    return found
