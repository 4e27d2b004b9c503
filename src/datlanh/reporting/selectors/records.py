"""Figures of any kind of record: how many, how much, of which, by group; pieces found, apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors import AreaFilter, ReleaseFilter
from datlanh.kernel.text import Text
from datlanh.register.listing import NONE, ListFilter, counted_sql, fetched, rows
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors.groups import BY, NOT_SAID, Group, expression, named
from datlanh.reporting.selectors.items import figures_items

Number = int | float | None
OF_WHICH, APART = "of_which", "apart"
SMALL_ARMS = "small_arms"  # ammunition is counted by the handful: never in a total of items


@dataclass(frozen=True)
class Measure:
    """One number of a figure. `narrow` are the keys whose list holds exactly what it counted.

    `aside`: it is never added to the numbers before it, because it cuts across them (OF_WHICH)
    or counts something else (APART).
    """

    key: str
    word: Text
    sql: str
    narrow: Mapping[str, str] = field(default_factory=dict)
    aside: str = ""
    places: int = 0
    is_rest: bool = False  # what is not said: of no interest where everything is


def records(word: Text) -> Measure:
    """How many records."""
    return Measure("number", word, "count(*)")


def of(column: str, key: str, word: Text) -> Measure:
    """How many of them have that key."""
    wanted = "" if key == NONE else key
    sql = f"count(*) filter (where t.{column} = '{wanted}')"
    return Measure(f"{column}_{key}", word, sql, {column: key}, is_rest=key in {NONE, "unknown"})


def total(column: str, word: Text, *, aside: str = "") -> Measure:
    """The sum of a column; records that do not say it count nothing."""
    return Measure(column, word, f"coalesce(sum(t.{column}), 0)", aside=aside)


def different(column: str, word: Text) -> Measure:
    """How many different values: persons, where each record names one."""
    return Measure(f"different_{column}", word, f"count(distinct t.{column})")


def median(column: str, word: Text) -> Measure:
    """The middle value of the records that say it."""
    sql = f"percentile_cont(0.5) within group (order by t.{column})"
    return Measure(f"median_{column}", word, sql, places=1)


@dataclass(frozen=True)
class RecordLine:
    """One group with its numbers by measure."""

    group: Group
    values: dict[str, Number]


@dataclass(frozen=True)
class RecordFigures:
    """The whole figure as of one moment. Totals are computed, not added: a person counts once."""

    moment: AsOf
    by: str
    lines: list[RecordLine]
    totals: dict[str, Number]


def figures_records(
    scope: Scope, moment: AsOf, by: str, filter: ListFilter, measures: Sequence[Measure]
) -> RecordFigures:
    """Records of a kind from the versions of `moment`; months are those of the kind's own day.

    `by`: organisation, commune, month, or a column of keys. One statement, and one for names.
    """
    day = f"t.{filter.listing.day}"
    group = expression(by, day) if by in BY else f"t.{by}"
    sums = ", ".join(m.sql for m in measures)
    found = rows(scope, filter, moment)
    columns = f"{group}, grouping({group}), {sums}"
    got = fetched(found, columns, f"group by grouping sets (({group}), ())")
    names = [m.key for m in measures]
    totals: dict[str, Number] = {}
    by_group: dict[str | None, dict[str, Number]] = {}
    for raw, is_total, *numbers in got:
        values = dict(zip(names, numbers, strict=True))
        if is_total:
            totals = values
        else:
            by_group[raw] = values
    groups = named(by, by_group) if by in BY else {k: keyed(k) for k in by_group}
    lines = [RecordLine(groups[raw], values) for raw, values in by_group.items()]
    lines.sort(key=lambda line: line.group.order)
    if by not in BY:
        lines.sort(key=lambda line: -(line.values[names[0]] or 0))
    return RecordFigures(moment, by, lines, totals)


def keyed(key: str | None) -> Group:
    """A key of a column as a group; the page knows its word."""
    return Group(key, Text(key, key), (0, key)) if key else Group(NONE, NOT_SAID, (1, ""))


@dataclass(frozen=True)
class PieceFigures:
    """Pieces found by group and category, as of one moment."""

    lines: list[tuple[Group, Counter[str]]]
    totals: Counter[str]


def figures_pieces(scope: Scope, moment: AsOf, by: str, filter: ListFilter) -> PieceFigures:
    """What the lists of the versions at `moment` hold; replaced and superseded rows are out."""
    found = filter.listing.found
    if found is None:
        raise ValueError("nothing is found at this kind of record")
    group = expression(by, f"t.{filter.listing.day}")
    around = counted_sql(found, "raw")
    got = fetched(rows(scope, filter, moment), f"{group} as raw, t.lists", around=around)
    counted: dict[str | None, Counter[str]] = {}
    for raw, category, pieces in got:
        if not filter.category or category == filter.category:
            counted.setdefault(raw, Counter())[category] += pieces
    groups = named(by, counted)
    lines = sorted(((groups[raw], c) for raw, c in counted.items()), key=lambda x: x[0].order)
    return PieceFigures(lines, sum(counted.values(), Counter()))


def figures_activities(
    scope: Scope,
    moment: AsOf,
    areas: AreaFilter,
    releases: ReleaseFilter,
    works: Mapping[str, ListFilter],
) -> dict[str, Counter[str]]:
    """Pieces by kind of activity and category. Activities are never added together.

    What a month of clearance found is found again in the completion it belongs to, and an EOD
    task is no release of land.
    """
    land = figures_items(scope, moment, "organisation", areas, releases)
    found = {"survey": land.survey, "clearance": land.clearance}
    for name, own in works.items():
        found[name] = figures_pieces(scope, moment, "organisation", own).totals
    return found


def pieces(counted: Counter[str]) -> int:
    """All pieces but small arms ammunition, which is told apart."""
    return counted.total() - counted[SMALL_ARMS]
