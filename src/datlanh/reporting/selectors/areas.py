"""Confirmed hazardous areas by public state: how many, and how large."""

from __future__ import annotations

from dataclasses import dataclass, field

from datlanh.accounts.scope import Scope
from datlanh.hazards.models import PublicStatus
from datlanh.hazards.selectors import AreaFilter, rows
from datlanh.register.listing import fetched
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors.groups import Group, expression, named


@dataclass(frozen=True)
class AreaCell:
    """`area_m2` is computed from outlines; `unlocated` areas have none and count apart."""

    number: int = 0
    area_m2: float = 0.0
    area_reported_m2: float = 0.0
    unlocated: int = 0
    unlocated_m2: float = 0.0  # reported for those

    def __add__(self, other: AreaCell) -> AreaCell:
        return AreaCell(
            self.number + other.number,
            self.area_m2 + other.area_m2,
            self.area_reported_m2 + other.area_reported_m2,
            self.unlocated + other.unlocated,
            self.unlocated_m2 + other.unlocated_m2,
        )


@dataclass(frozen=True)
class AreaLine:
    """One group by state."""

    group: Group
    cells: dict[str, AreaCell]  # all four states
    total: AreaCell


@dataclass(frozen=True)
class AreaFigures:
    """The whole figure, lines in order, as of one moment."""

    moment: AsOf
    by: str
    lines: list[AreaLine] = field(default_factory=list)
    totals: dict[str, AreaCell] = field(default_factory=dict)

    @property
    def total(self) -> AreaCell:
        """Everything together."""
        return sum(self.totals.values(), AreaCell())


def figures_areas(
    scope: Scope, moment: AsOf, by: str = "organisation", filter: AreaFilter | None = None
) -> AreaFigures:
    """Areas by public state and group, from the versions of `moment`; month of identification.

    One statement and one for the names. Source: procedure 2021, definitions pages 3-4.
    """
    found = rows(scope, filter or AreaFilter(), moment)
    group = expression(by, "t.identification_date")
    got = fetched(
        found,
        f"{group}, t.public_status, {_SUMS}",
        "group by 1, 2",
    )
    cells: dict[str | None, dict[str, AreaCell]] = {}
    for raw, status, *sums in got:
        cells.setdefault(raw, {})[status] = AreaCell(*sums)
    groups = named(by, cells)
    lines = [
        AreaLine(groups[raw], {s: own.get(s, AreaCell()) for s in PublicStatus.values}, _sum(own))
        for raw, own in cells.items()
    ]
    lines.sort(key=lambda line: line.group.order)
    totals = {s: sum((line.cells[s] for line in lines), AreaCell()) for s in PublicStatus.values}
    return AreaFigures(moment, by, lines, totals)


_SUMS = """count(*), coalesce(sum(t.area_m2), 0), coalesce(sum(t.area_reported_m2), 0),
  count(*) filter (where t.area_m2 is null),
  coalesce(sum(t.area_reported_m2) filter (where t.area_m2 is null), 0)"""


def _sum(cells: dict[str, AreaCell]) -> AreaCell:
    return sum(cells.values(), AreaCell())
