"""The figures page: areas by state, released land, ordnance found, as of two times."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import Scope, scope_for
from datlanh.hazards.models import PublicStatus
from datlanh.hazards.selectors import AreaFilter, RecordFilter, ReleaseFilter
from datlanh.kernel.text import Text
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors import (
    BY,
    AreaCell,
    AreaFigures,
    ItemFigures,
    ReleasedCell,
    ReleasedFigures,
    figures_areas,
    figures_items,
    figures_released,
    narrowed,
)
from datlanh.reporting.selectors.records import pieces
from datlanh.web.areas.filters import Words, chips_of, choices_of
from datlanh.web.guards import StaffRequest, opens

SHARED = ("organisations", "communes", "month")


@dataclass(frozen=True)
class Cell:
    """A number with the address of exactly the records behind it ("" where there are none)."""

    number: float
    href: str = ""
    area_m2: float | None = None
    more: Any = None


@dataclass(frozen=True)
class Line:
    """One line of a table: `narrow` shows the page for this group alone."""

    label: Text
    narrow: str
    cells: list[Cell]
    total: Cell | None = None


@dataclass(frozen=True)
class Links:
    """Addresses of lists that show what a figure counted, then as now."""

    moment: AsOf

    def areas(self, filter: AreaFilter, **more: Any) -> str:
        """The list of areas of a filter at the figure's two times."""
        return self._to("web:areas", filter, more)

    def releases(self, filter: ReleaseFilter, **more: Any) -> str:
        """The list of releases of a filter at the figure's two times."""
        return self._to("web:releases", filter, more)

    def _to(self, name: str, filter: RecordFilter, more: dict[str, Any]) -> str:
        times = {"as_of": self.moment.on, "known": self.moment.known}
        return f"{reverse(name)}?{filter.query(**times, **more)}"


@opens(Permission.FIGURE_READ)
def figures(request: StaffRequest) -> HttpResponse:
    """`/figures/?by=organisation|commune|month&on=&known=` and the shared filters."""
    by = request.GET.get("by", "organisation")
    by = by if by in BY else "organisation"
    scope = scope_for(request.user, Permission.FIGURE_READ)
    shared = AreaFilter.from_query(request.GET)
    areas = AreaFilter(**{f: getattr(shared, f) for f in SHARED})
    releases = ReleaseFilter(**{f: getattr(shared, f) for f in SHARED})
    moment = shared.asof
    words = Words(request.user, Permission.FIGURE_READ)
    wanted = replace(areas, as_of=shared.as_of, known=shared.known)
    context = {
        "by": by,
        "switch": group_switch(request, by),
        "tabs": figure_tabs(request),
        "page": "land",
        "month_hint": _("Of identification for areas, of the end date for released land."),
        "asof": moment,
        "wanted": wanted,
        "chips": chips_of(wanted, words, by=by),
        "options": {k: v for k, v in choices_of(areas, words).items() if k in SHARED},
        "words": words,
        "statuses": PublicStatus.values,
        **blocks(scope, moment, by, areas, releases),
    }
    return render(request, "web/figures/figures.html", context)


def blocks(
    scope: Scope, moment: AsOf, by: str, areas: AreaFilter, releases: ReleaseFilter
) -> dict[str, Any]:
    """The three figures with their lines, every number with its address."""
    links = Links(moment)
    found = figures_areas(scope, moment, by, areas)
    released = figures_released(scope, moment, by, releases)
    items = figures_items(scope, moment, by, areas, releases)
    return {
        "areas": found,
        "area_lines": _area_lines(found, areas, links),
        "area_totals": _area_cells(found.totals, areas, links),
        "area_total": _area_cell(found.total, links.areas(areas)),
        "released": released,
        "released_lines": _released_lines(released, releases, links),
        "released_totals": _released_cells(released.totals, releases, links),
        "method_lines": _method_lines(released, releases, links),
        "items": items,
        "item_blocks": _item_blocks(items, areas, releases, links),
        "item_lines": [
            {
                "category": category,
                "survey": Cell(
                    items.survey[category], links.areas(replace(areas, category=category))
                ),
                "clearance": Cell(
                    items.clearance[category], links.releases(replace(releases, category=category))
                ),
            }
            for category in items.categories
        ],
        "most_items": max([*items.survey.values(), *items.clearance.values(), 1]),
    }


def _narrow(filter: RecordFilter, moment: AsOf, by: str, key: str) -> str:
    """This page for one group alone, seen another way."""
    own = narrowed(filter, by, key)
    other = "month" if by != "month" else "commune"
    times = {"as_of": moment.on, "known": moment.known} if moment.is_past else {}
    return f"?by={other}&{own.query(**times)}"


def _area_cell(cell: AreaCell, href: str) -> Cell:
    return Cell(cell.number, href if cell.number else "", cell.area_m2, cell)


def _area_cells(cells: dict[str, AreaCell], filter: AreaFilter, links: Links) -> list[Cell]:
    return [
        _area_cell(cells[s], links.areas(replace(filter, status=(s,)))) for s in PublicStatus.values
    ]


def _area_lines(found: AreaFigures, filter: AreaFilter, links: Links) -> list[Line]:
    lines = []
    for line in found.lines:
        own = narrowed(filter, found.by, line.group.key)
        total = _area_cell(line.total, links.areas(own))
        cells = _area_cells(line.cells, own, links)
        lines.append(
            Line(
                line.group.label,
                _narrow(filter, links.moment, found.by, line.group.key),
                cells,
                total,
            )
        )
    return lines


def _released_cells(
    cells: dict[str, ReleasedCell], filter: ReleaseFilter, links: Links
) -> list[Cell]:
    return [
        Cell(
            cell.number,
            links.releases(replace(filter, state=(state,))) if cell.number else "",
            cell.area_m2,
            cell,
        )
        for state, cell in cells.items()
    ]


def _released_lines(found: ReleasedFigures, filter: ReleaseFilter, links: Links) -> list[Line]:
    lines = []
    for line in found.lines:
        own = narrowed(filter, found.by, line.group.key)
        cells = _released_cells(line.cells, own, links)
        lines.append(
            Line(line.group.label, _narrow(filter, links.moment, found.by, line.group.key), cells)
        )
    return lines


def _method_lines(
    found: ReleasedFigures, filter: ReleaseFilter, links: Links
) -> list[dict[str, Any]]:
    most = max((m.cell.cleared_m2 for m in found.methods), default=0)
    return [
        {
            "line": m,
            "share": m.cell.cleared_m2 / most if most else 0,
            "cell": Cell(
                m.cell.number,
                links.releases(
                    replace(filter, state=(m.state,), methods=(m.key,), depths=(m.depth_key,))
                ),
                m.cell.area_m2,
                m.cell,
            ),
        }
        for m in found.methods
    ]


def _item_blocks(
    found: ItemFigures, areas: AreaFilter, releases: ReleaseFilter, links: Links
) -> list[dict[str, Any]]:
    """The two matrices of groups and categories: at survey, at clearance."""

    def lines(kind: str) -> list[Line]:
        made = []
        for line in found.lines:
            counted: Counter[str] = getattr(line, kind)
            if not counted:
                continue
            key = line.group.key
            cells = [
                Cell(counted[c], _items_href(kind, c, key) if counted[c] else "")
                for c in found.categories
            ]
            total = Cell(pieces(counted))
            made.append(
                Line(line.group.label, _narrow(areas, links.moment, found.by, key), cells, total)
            )
        return made

    def _items_href(kind: str, category: str, key: str) -> str:
        if kind == "survey":
            return links.areas(narrowed(replace(areas, category=category), found.by, key))
        return links.releases(narrowed(replace(releases, category=category), found.by, key))

    return [
        {"word": word, "lines": lines(kind)}
        for kind, word in (
            ("survey", _("Found at survey (areas)")),
            ("clearance", _("Found at clearance (released land)")),
        )
    ]


def group_switch(request: HttpRequest, by: str) -> list[dict[str, Any]]:
    """The three ways to group, each as an address that keeps the rest."""
    words = {"organisation": _("By operator"), "commune": _("By commune"), "month": _("By month")}
    found = []
    for key in BY:
        address = request.GET.copy()
        address["by"] = key
        found.append({"href": f"?{address.urlencode()}", "word": words[key], "is_on": key == by})
    return found


def figure_tabs(request: HttpRequest) -> list[tuple[str, str, str]]:
    """The pages of figures, each with the filters and times of this one."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    pages = (
        ("land", _("Land"), "web:statistics"),
        ("ledger", _("Land ledger"), "web:ledger"),
        ("work", _("Survey, EOD, progress"), "web:figures_work"),
        ("education", _("Risk education"), "web:figures_education"),
        ("people", _("Accidents and victims"), "web:figures_people"),
    )
    return [(name, word, f"{reverse(address)}{query}") for name, word, address in pages]
