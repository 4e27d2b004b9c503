"""Figures of the kinds of records as tables, every number with the list behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.urls import reverse

from datlanh.accounts.scope import Scope
from datlanh.kernel.text import Text
from datlanh.register.listing import ListFilter
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors import narrowed
from datlanh.reporting.selectors.groups import BY
from datlanh.reporting.selectors.records import (
    APART,
    SMALL_ARMS,
    Measure,
    Number,
    figures_pieces,
    figures_records,
    pieces,
)
from datlanh.web.records.kinds import BY_KIND

FIRSTS = {
    "organisation": Text("Tổ chức", "Operator"),
    "commune": Text("Xã hiện nay", "Commune today"),
    "month": Text("Tháng", "Month"),
}
ALL = Text("Tất cả", "All")
TOGETHER = Text("Cộng, không kể đạn súng bộ binh", "Together, without small arms")


@dataclass(frozen=True)
class Figure:
    """A number with its list ("" where there is nothing to open); None: nothing says it."""

    number: Number
    href: str = ""
    places: int = 0
    aside: str = ""
    key: str = ""


@dataclass(frozen=True)
class Row:
    """A line of a table: `narrow` shows the page for this group alone."""

    label: Text
    cells: list[Figure]
    narrow: str = ""
    aside: str = ""


@dataclass(frozen=True)
class Table:
    """One table: by operator, commune or month, or by the keys of a column."""

    first: Text
    heads: list[tuple[Text, str]]  # the word, and how it stands aside
    lines: list[Row]
    totals: list[Figure]
    caption: Text | None = None
    foot: Text = ALL


@dataclass(frozen=True)
class Block:
    """One kind of record: what it counts in large, its tables."""

    id: str
    title: Text
    note: Text
    teaches: Text
    icon: str
    big: list[tuple[Text, Figure]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing was known within the filters."""
        return not any(table.lines for table in self.tables)


@dataclass(frozen=True)
class Asked:
    """What a page of figures was asked for."""

    scope: Scope
    moment: AsOf
    by: str
    shared: Mapping[str, object]  # organisations, communes, month
    narrow: Callable[[str, str], str]  # (by, key) → this page for one group

    def filter(self, kind: str) -> ListFilter:
        """All records of a kind within what was asked."""
        return ListFilter(BY_KIND[kind].listing, **self.shared)  # type: ignore[arg-type]

    def href(self, filter: ListFilter, **keys: str) -> str:
        """The list of exactly these records at the figure's two times."""
        kind = BY_KIND[filter.listing.kind]
        wanted = filter.narrowed(**keys) if keys else filter
        query = wanted.query(as_of=self.moment.on, known=self.moment.known)
        return f"{reverse('web:records', args=(kind.slug,))}?{query}"


def table_of(
    asked: Asked,
    filter: ListFilter,
    measures: Sequence[Measure],
    *,
    by: str = "",
    words: Callable[[str], Text] | None = None,
    first: Text | None = None,
    caption: Text | None = None,
) -> Table:
    """One table; `by` is a column of keys, called by `words`, or the page's own grouping."""
    by = by or asked.by
    figure = figures_records(asked.scope, asked.moment, by, filter, measures)
    shown = [m for m in measures if not m.is_rest or figure.totals[m.key]]

    def cells(values: Mapping[str, Number], own: ListFilter) -> list[Figure]:
        return [
            Figure(
                values[m.key],
                asked.href(own, **m.narrow) if values[m.key] else "",
                m.places,
                m.aside,
                m.key,
            )
            for m in shown
        ]

    lines = []
    for line in figure.lines:
        key = line.group.key
        own = narrowed(filter, by, key) if by in BY else filter.narrowed(**{by: key})
        label = words(key) if words else line.group.label
        narrow = asked.narrow(by, key) if by in BY else ""
        lines.append(Row(label, cells(line.values, own), narrow))
    return Table(
        first=first or FIRSTS[by],
        heads=[(m.word, m.aside) for m in shown],
        lines=lines,
        totals=cells(figure.totals, filter),
        caption=caption,
    )


def pieces_table(
    asked: Asked, filter: ListFilter, words: Callable[[str], Text], caption: Text
) -> Table:
    """Pieces by group and category; small arms ammunition last, in no total."""
    figure = figures_pieces(asked.scope, asked.moment, asked.by, filter)
    categories = ordered(figure.totals)

    def cells(counted: Counter[str], own: ListFilter) -> list[Figure]:
        found = [
            Figure(
                counted[c],
                asked.href(replace(own, category=c)) if counted[c] else "",
                aside=aside_of(c),
                key=c,
            )
            for c in categories
        ]
        return [Figure(pieces(counted)), *found]

    lines = [
        Row(
            group.label,
            cells(counted, narrowed(filter, asked.by, group.key)),
            asked.narrow(asked.by, group.key),
        )
        for group, counted in figure.lines
    ]
    heads = [(TOGETHER, ""), *((words(c), aside_of(c)) for c in categories)]
    return Table(FIRSTS[asked.by], heads, lines, cells(figure.totals, filter), caption)


def aside_of(category: str) -> str:
    """Small arms ammunition stands apart."""
    return APART if category == SMALL_ARMS else ""


def ordered(counted: Counter[str]) -> list[str]:
    """Categories by number, the largest first, small arms last."""
    return sorted(counted, key=lambda c: (c == SMALL_ARMS, -counted[c], c))
