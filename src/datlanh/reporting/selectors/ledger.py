"""The province's ledger as of two times: by operator and commune, month by month, and its lines.

Areas and releases come through the same scope and filters as their lists; what each adds stands in
the kept ledger, so a figure of any moment is one statement over its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors import AreaFilter, ReleaseFilter, rows
from datlanh.kernel.ledger import DEPTH_COLUMN
from datlanh.kernel.ledger_cut import CLASSES
from datlanh.register.listing.sources import Rows
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors.groups import Group, expression, named

LAND = (
    "initial_m2", "outline_m2", "cancelled_m2", "reduced_m2", "cleared_m2", "remaining_m2",
    *DEPTH_COLUMN.values(), "surface_m2", "uncleared_m2", "suspended_m2", "unclassified_m2",
    "earlier_m2", "undrawn_m2", "stated_m2",
    "own_m2", "own_cancelled_m2", "own_reduced_m2", "own_cleared_m2", "own_remaining_m2",
)  # fmt: skip
FLOWS = ("initial_m2", "outline_m2", "cancelled_m2", "reduced_m2", "cleared_m2", "remaining_m2")
GROUND = (
    "net_m2", "credited_m2", "inside_m2", "fadeout_m2", "elsewhere_m2", "earlier_m2",
    "outside_m2", "pockets_m2", "unlocated_m2",
)  # fmt: skip


@dataclass(frozen=True)
class AreasCell:
    """Areas of one group: how many, and the sums of their ledger by column."""

    number: int = 0
    unlocated: int = 0  # areas without a drawing
    unlocated_area_m2: float = 0.0  # reported for those
    reported_m2: float = 0.0  # reported for the others
    sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(LAND, 0.0))

    def __add__(self, other: AreasCell) -> AreasCell:
        return AreasCell(
            self.number + other.number,
            self.unlocated + other.unlocated,
            self.unlocated_area_m2 + other.unlocated_area_m2,
            self.reported_m2 + other.reported_m2,
            {k: v + other.sums[k] for k, v in self.sums.items()},
        )

    def __getattr__(self, name: str) -> float:
        """A sum by its column, for templates."""
        if name in LAND:
            return self.sums[name]
        raise AttributeError(name)

    @property
    def resurveyed_m2(self) -> float:
        """By how much re-surveys changed the areas."""
        return self.sums["outline_m2"] - self.sums["initial_m2"]

    @property
    def released_m2(self) -> float:
        """Everything that is not remaining."""
        return sum(self.sums[f"{kind}_m2"] for kind in CLASSES)

    @property
    def shared_m2(self) -> float:
        """What areas have twice: the sum of all less the province's union."""
        return self.sums["outline_m2"] - self.sums["own_m2"]


@dataclass(frozen=True)
class ReleasesCell:
    """Releases of one group: as many as count, and the sums of their ledger by column."""

    number: int = 0
    stated_m2: float = 0.0  # as reported, of those that count
    sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(GROUND, 0.0))
    suspended_m2: float = 0.0  # drawn by work that was suspended
    unclassified_m2: float = 0.0
    unlocated: int = 0

    def __add__(self, other: ReleasesCell) -> ReleasesCell:
        return ReleasesCell(
            self.number + other.number,
            self.stated_m2 + other.stated_m2,
            {k: v + other.sums[k] for k, v in self.sums.items()},
            self.suspended_m2 + other.suspended_m2,
            self.unclassified_m2 + other.unclassified_m2,
            self.unlocated + other.unlocated,
        )

    def __getattr__(self, name: str) -> float:
        """A sum by its column, for templates."""
        if name in GROUND:
            return self.sums[name]
        raise AttributeError(name)

    @property
    def difference_m2(self) -> float:
        """What operators released twice: their sum less the province's union."""
        return self.sums["net_m2"] - self.sums["credited_m2"]


@dataclass(frozen=True)
class LedgerLine:
    """One operator or commune."""

    group: Group
    areas: AreasCell
    releases: ReleasesCell


@dataclass(frozen=True)
class MonthLine:
    """What one month moved, and what remained at its end."""

    month: str
    new_m2: float
    resurveyed_m2: float
    cancelled_m2: float
    reduced_m2: float
    cleared_m2: float
    remaining_m2: float

    @property
    def released_m2(self) -> float:
        """Released in the month."""
        return self.cancelled_m2 + self.reduced_m2 + self.cleared_m2


@dataclass(frozen=True)
class LedgerFigures:
    """The whole figure as of one moment."""

    moment: AsOf
    by: str
    lines: list[LedgerLine]
    areas: AreasCell
    releases: ReleasesCell


def figures_ledger(
    scope: Scope, moment: AsOf, by: str, areas: AreaFilter, releases: ReleaseFilter
) -> LedgerFigures:
    """The ledger by operator or commune. Three statements, whatever the number of areas."""
    of_areas = _areas(rows(scope, areas, moment), by)
    of_releases = _releases(rows(scope, releases, moment), by)
    groups = named(by, {*of_areas, *of_releases})
    lines = [
        LedgerLine(group, of_areas.get(raw, AreasCell()), of_releases.get(raw, ReleasesCell()))
        for raw, group in groups.items()
        if raw in of_areas or raw in of_releases
    ]
    lines.sort(key=lambda line: line.group.order)
    return LedgerFigures(
        moment,
        by,
        lines,
        sum((line.areas for line in lines), AreasCell()),
        sum((line.releases for line in lines), ReleasesCell()),
    )


_THEN = """{0}.true_from <= %(on)s and ({0}.true_to is null or {0}.true_to > %(on)s)
   and {0}.known_from <= %(known)s and ({0}.known_to is null or {0}.known_to > %(known)s)"""


def _areas(found: Rows, by: str) -> dict[str | None, AreasCell]:
    sums = ", ".join(f"coalesce(sum(l.{name}), 0)" for name in LAND)
    around = f"""select a.g, count(*), count(*) filter (where l.outline_m2 = 0),
        coalesce(sum(l.reported_m2) filter (where l.outline_m2 = 0), 0),
        coalesce(sum(l.reported_m2) filter (where l.outline_m2 > 0), 0), {sums}
   from ({{inner}}) a join hazards_arealedger l on l.record_id = a.record_id
    and {_THEN.format("l")}
  group by 1"""  # noqa: S608 - our own names
    columns = f"{expression(by, 't.identification_date')} as g, t.record_id"
    return {
        raw: AreasCell(number, unlocated, without, reported, dict(zip(LAND, values, strict=True)))
        for raw, number, unlocated, without, reported, *values in _asked(found, columns, around)
    }


def _releases(found: Rows, by: str) -> dict[str | None, ReleasesCell]:
    counts = "l.is_complete and l.release_class <> ''"
    sums = ", ".join(f"coalesce(sum(l.{name}) filter (where {counts}), 0)" for name in GROUND)
    around = f"""select a.g, count(*) filter (where {counts}),
        coalesce(sum(greatest(l.stated_cleared_m2, l.stated_surface_m2))
          filter (where {counts}), 0),
        coalesce(sum(l.drawn_m2) filter (where not l.is_complete), 0),
        coalesce(sum(l.drawn_m2) filter (where l.is_complete and l.release_class = ''), 0),
        count(*) filter (where {counts} and l.drawn_m2 = 0), {sums}
   from ({{inner}}) a join hazards_releaseledger l on l.record_id = a.record_id
    and {_THEN.format("l")}
  group by 1"""  # noqa: S608
    columns = f"{expression(by, 't.end_date')} as g, t.record_id"
    return {
        raw: ReleasesCell(
            number, stated, dict(zip(GROUND, values, strict=True)), suspended, nothing, unlocated
        )
        for raw, number, stated, suspended, nothing, unlocated, *values in _asked(
            found, columns, around
        )
    }


def _asked(found: Rows, columns: str, around: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(found.select(columns, around=around), found.params)
        return list(cursor.fetchall())


def ledger_months(
    scope: Scope, moment: AsOf, filter: AreaFilter, by: str = ""
) -> dict[str | None, list[MonthLine]]:
    """Month by month what moved, oldest first, without gaps; of everything (None) or by group.

    What was known at `moment`, up to its day. The areas are those of that day.
    """
    sums = ", ".join(f"coalesce(sum(m.sign * l.{name}), 0)" for name in FLOWS)
    around = f"""select a.g, to_char(m.day, 'YYYY-MM'), {sums}
   from ({{inner}}) a join hazards_arealedger l on l.record_id = a.record_id
    and l.known_from <= %(known)s and (l.known_to is null or l.known_to > %(known)s)
  cross join lateral (values (l.true_from, 1), (l.true_to, -1)) as m (day, sign)
  where m.day <= %(on)s group by 1, 2 order by 1, 2"""  # noqa: S608
    group = expression(by, "t.identification_date") if by else "null::text"
    asked = _asked(rows(scope, filter, moment), f"{group} as g, t.record_id", around)
    deltas: dict[str | None, dict[str, Sequence[float]]] = {}
    for raw, month, *values in asked:
        deltas.setdefault(raw, {})[month] = values
    last = moment.on.strftime("%Y-%m")
    return {raw: _months(own, last) for raw, own in deltas.items()}


def _months(deltas: dict[str, Sequence[float]], last: str) -> list[MonthLine]:
    found: list[MonthLine] = []
    remaining = 0.0
    for month in _until(min(deltas), last):
        new, outline, cancelled, reduced, cleared, left = deltas.get(month, (0.0,) * 6)
        remaining += left
        line = MonthLine(month, new, outline - new, cancelled, reduced, cleared, remaining)
        found.append(line)
    return found


def _until(first: str, last: str) -> list[str]:
    a, b = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (first, last))
    return [f"{m // 12}-{m % 12 + 1:02d}" for m in range(a, b + 1)]


def without_month(filter: AreaFilter) -> AreaFilter:
    """The same areas, whenever they were identified: months are lines here."""
    return replace(filter, month="")
