"""Released land by method and depth, as reported and as drawn, completed and suspended apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors import NONE, ReleaseFilter, rows
from datlanh.register.listing import fetched
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors.groups import Group, expression, named

STATES = ("completed", "suspended", NONE)
DEPTH_ORDER = ("d7cm", "d30cm", "d3m", "d5m", "over_5m", "")


@dataclass(frozen=True)
class ReleasedCell:
    """m² as reported (`cleared_m2`) beside m² of the outlines (`area_m2`): never added together.

    Surface search only, fade-out and ground that could not be cleared stand apart.
    """

    number: int = 0
    cleared_m2: float = 0.0
    area_m2: float = 0.0
    surface_m2: float = 0.0
    fadeout_m2: float = 0.0
    uncleared_m2: float = 0.0
    unlocated: int = 0  # releases without an outline

    def __add__(self, other: ReleasedCell) -> ReleasedCell:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return ReleasedCell(*(a + b for a, b in pairs))


@dataclass(frozen=True)
class ReleasedLine:
    """One group: its completed releases, its suspended ones, those that do not say."""

    group: Group
    cells: dict[str, ReleasedCell]  # by STATES


@dataclass(frozen=True)
class MethodLine:
    """One combination of methods at one depth; a release stands in exactly one."""

    methods: tuple[str, ...]
    depth: str
    state: str
    cell: ReleasedCell

    @property
    def key(self) -> str:
        """The combination as filters carry it."""
        return "+".join(self.methods) or NONE

    @property
    def depth_key(self) -> str:
        """The depth as filters carry it."""
        return self.depth or NONE


@dataclass(frozen=True)
class ReleasedFigures:
    """The whole figure, as of one moment."""

    moment: AsOf
    by: str
    lines: list[ReleasedLine] = field(default_factory=list)
    methods: list[MethodLine] = field(default_factory=list)
    totals: dict[str, ReleasedCell] = field(default_factory=dict)


def figures_released(
    scope: Scope, moment: AsOf, by: str = "organisation", filter: ReleaseFilter | None = None
) -> ReleasedFigures:
    """Released land by group, state, method and depth; month of the end date.

    A release with several methods is one combination and counted once. One statement and one
    for the names. Source: form 8, sections 1 and 3.
    """
    found = rows(scope, filter or ReleaseFilter(), moment)
    group = expression(by, "t.end_date")
    got = fetched(
        found,
        f"{group}, t.reported_status, t.methods::text[], t.depth, {_SUMS}",
        "group by 1, 2, 3, 4",
    )
    by_group: dict[str | None, dict[str, ReleasedCell]] = {}
    by_method: dict[tuple[str, tuple[str, ...], str], ReleasedCell] = {}
    totals = dict.fromkeys(STATES, ReleasedCell())
    for raw, reported, methods, depth, *sums in got:
        cell, state = ReleasedCell(*sums), reported if reported in STATES else NONE
        own = by_group.setdefault(raw, dict.fromkeys(STATES, ReleasedCell()))
        own[state] += cell
        key = (state, tuple(sorted(methods or ())), depth)
        by_method[key] = by_method.get(key, ReleasedCell()) + cell
        totals[state] += cell
    groups = named(by, by_group)
    lines = [ReleasedLine(groups[raw], cells) for raw, cells in by_group.items()]
    lines.sort(key=lambda line: line.group.order)
    return ReleasedFigures(moment, by, lines, _methods(by_method.items()), totals)


_SUMS = """count(*), coalesce(sum(t.cleared_area_m2), 0), coalesce(sum(t.area_m2), 0),
  coalesce(sum(t.surface_area_m2), 0), coalesce(sum(t.fadeout_area_m2), 0),
  coalesce(sum(t.uncleared_area_m2), 0), count(*) filter (where t.area_m2 is null)"""


def _methods(
    found: Iterable[tuple[tuple[str, tuple[str, ...], str], ReleasedCell]],
) -> list[MethodLine]:
    lines = [MethodLine(methods, depth, state, cell) for (state, methods, depth), cell in found]
    return sorted(
        lines,
        key=lambda line: (
            STATES.index(line.state),
            -sum(other.cell.cleared_m2 for other in lines if other.methods == line.methods),
            line.methods,
            DEPTH_ORDER.index(line.depth) if line.depth in DEPTH_ORDER else len(DEPTH_ORDER),
        ),
    )
