"""Explosive ordnance found, by category: at survey and at clearance, never added together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors import AreaFilter, RecordFilter, ReleaseFilter, rows
from datlanh.hazards.selectors.found import CATEGORY, ITEMS, QUANTITY
from datlanh.register.listing import fetched
from datlanh.register.listing.terms import ROW_KNOWN
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors.groups import Group, expression, named

SURVEY, CLEARANCE = "survey", "clearance"


@dataclass(frozen=True)
class ItemLine:
    """One group: items by category."""

    group: Group
    survey: Counter[str]
    clearance: Counter[str]


@dataclass(frozen=True)
class ItemFigures:
    """The whole figure, as of one moment; categories by number, the largest first."""

    moment: AsOf
    by: str
    lines: list[ItemLine] = field(default_factory=list)
    survey: Counter[str] = field(default_factory=Counter)
    clearance: Counter[str] = field(default_factory=Counter)

    @property
    def categories(self) -> list[str]:
        """Every category found, by the larger of its two numbers."""
        both = set(self.survey) | set(self.clearance)
        return sorted(both, key=lambda c: (-max(self.survey[c], self.clearance[c]), c))


def figures_items(
    scope: Scope,
    moment: AsOf,
    by: str = "organisation",
    areas: AreaFilter | None = None,
    releases: ReleaseFilter | None = None,
) -> ItemFigures:
    """Items found, as the lists of the versions at `moment` hold them.

    An item belongs to its report, and a version names the reports of its lists, so replaced and
    superseded rows are out. One statement for each kind of record, one for the names.
    """
    survey = _counted(scope, moment, by, areas or AreaFilter(), "t.identification_date")
    clearance = _counted(scope, moment, by, releases or ReleaseFilter(), "t.end_date")
    groups = named(by, {*survey, *clearance})
    lines = [
        ItemLine(groups[raw], survey.get(raw, Counter()), clearance.get(raw, Counter()))
        for raw in {*survey, *clearance}
    ]
    lines.sort(key=lambda line: line.group.order)
    return ItemFigures(
        moment,
        by,
        lines,
        sum(survey.values(), Counter()),
        sum(clearance.values(), Counter()),
    )


_COUNT = f"""
select x.raw, {CATEGORY}, sum({QUANTITY}) from ({{inner}}) x join register_row w
    on w.list = 'ordnance_items' and w.report_id = x.report_id
   and {ROW_KNOWN}
 group by 1, 2"""  # noqa: S608 - our own names only


def _counted(
    scope: Scope, moment: AsOf, by: str, filter: RecordFilter, date: str
) -> dict[str | None, Counter[str]]:
    found = rows(scope, filter, moment)
    columns = (
        f"{expression(by, date)} as raw, jsonb_array_elements_text({ITEMS})::bigint as report_id"
    )
    got = fetched(found, columns, "", around=_COUNT)
    counted: dict[str | None, Counter[str]] = {}
    for raw, category, quantity in got:
        if not filter.category or category == filter.category:
            counted.setdefault(raw, Counter())[category] += quantity
    return counted
