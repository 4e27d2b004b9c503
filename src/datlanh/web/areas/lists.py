"""Lists of hazardous areas and of released land, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.selectors import (
    AreaFilter,
    ListedRecord,
    Page,
    RecordFilter,
    ReleaseFilter,
    area_page,
    items_found,
    release_page,
)
from datlanh.kernel.mapping import Question
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.places.models import AdminUnit
from datlanh.register.listing import ListedRow, further_values
from datlanh.web.areas.filters import (
    Choice,
    Words,
    chips_of,
    choices_of,
    times_of,
    turn_of,
)
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.records.cells import Cell, columns_asked, further_cell, names_asked
from datlanh.web.records.words import offers_beyond


@opens(Permission.RECORD_READ)
def areas(request: StaffRequest) -> HttpResponse:
    """`/areas/`: hazardous areas within the scope, filtered, in order, by key."""
    wanted = AreaFilter.from_query(request.GET)
    scope = scope_for(request.user, Permission.RECORD_READ)
    page = area_page(scope, wanted, turn_of(request))
    columns = (
        ("id", _("Area")),
        ("", _("Status")),
        ("", _("Place")),
        ("", _("Organisation")),
        ("", _("Reported m²")),
        ("area", _("Measured m²")),
        ("", _("Priority")),
        ("", _("Identified")),
        ("date", _("Newest information")),
    )
    return _shown(request, wanted, page, columns, "areas")


@opens(Permission.RECORD_READ)
def releases(request: StaffRequest) -> HttpResponse:
    """`/releases/`: released land within the scope, filtered, in order, by key."""
    wanted = ReleaseFilter.from_query(request.GET)
    scope = scope_for(request.user, Permission.RECORD_READ)
    page = release_page(scope, wanted, turn_of(request))
    columns = (
        ("id", _("Release")),
        ("", _("Status")),
        ("", _("Place")),
        ("", _("Organisation")),
        ("", _("Method and depth")),
        ("", _("Cleared m²")),
        ("area", _("Measured m²")),
        ("", _("Ended")),
        ("date", _("Newest information")),
    )
    return _shown(request, wanted, page, columns, "releases")


def _shown(
    request: StaffRequest,
    wanted: RecordFilter,
    page: Page[Any],
    columns: Sequence[tuple[str, str]],
    name: str,
) -> HttpResponse:
    words = Words(request.user, Permission.RECORD_READ)
    scope = scope_for(request.user, Permission.RECORD_READ)
    further = words.further(wanted)
    chosen = columns_asked(request, further)
    kept = {"sort": page.sort if "sort" in request.GET else "", "columns": ",".join(chosen)}
    context = {
        "name": name,
        "page": page,
        "rows": page.rows,
        "wanted": wanted,
        "words": words,
        "chips": chips_of(wanted, words, **kept),
        "options": choices_of(wanted, words),
        "columns": _columns(
            [*columns, *(("", further[name].label) for name in chosen)],
            page.sort,
            request.GET,
            with_items=bool(wanted.category),
        ),
        "offers": {"further": offers_beyond(further, wanted.asked)},
        "pickable": [Choice(k, q.label, k in chosen) for k, q in further.items()],
        "beyond": _beyond(page.rows, wanted, [further[name] for name in chosen]),
        "asof": wanted.asof,
        "times": times_of(wanted),
        "query": wanted.query(),
        "found": items_found(scope, wanted, [r.record_id for r in page.rows]),
        "totals": _totals(page),
        **names_beside(page.rows),
    }
    is_part = request.headers.get("HX-Target") == "record-rows"
    template = "web/areas/_table.html" if is_part else "web/areas/list.html"
    return render(request, template, context)


def _beyond(
    rows: Sequence[ListedRecord], wanted: RecordFilter, questions: Sequence[Question]
) -> dict[UUID, list[Cell]]:
    """The cells of questions that have no column of their own, by record."""
    if not questions:
        return {}
    said = further_values([r.record_id for r in rows], wanted.asof)
    names = names_asked(questions)
    return {
        row.record_id: [further_cell(q, said.get(row.record_id, {}), names) for q in questions]
        for row in rows
    }


def names_beside(rows: Sequence[ListedRecord | ListedRow]) -> dict[str, dict[int, Any]]:
    """The organisations and communes of some rows by their ids: two queries."""
    units = AdminUnit.objects.in_bulk({r.commune_id for r in rows if r.commune_id})
    return {
        "organisations": Organisation.objects.in_bulk({r.organisation_id for r in rows}),
        "communes": {pk: Text(u.full_name, u.full_name_en) for pk, u in units.items()},
    }


def _columns(
    columns: Sequence[tuple[str, str | Text]], sort: str, query: QueryDict, *, with_items: bool
) -> list[dict[str, Any]]:
    """Heads with their order; a sorted column turns round, another begins with the largest."""
    heads = []
    for key, word in [*columns, *([("", _("Items"))] if with_items else [])]:
        is_figure = isinstance(word, str) and ("m²" in word or word == _("Items"))
        head: dict[str, Any] = {"word": word, "figure": is_figure}
        if key:
            now = sort.removeprefix("-") == key
            down = sort.startswith("-")
            head["sort"] = ("descending" if down else "ascending") if now else ""
            turned = (key if down else f"-{key}") if now else (key if key == "id" else f"-{key}")
            address = query.copy()
            address.pop("after", None)
            address.pop("before", None)
            address["sort"] = turned
            head["href"] = f"?{address.urlencode()}"
        heads.append(head)
    return heads


def _totals(page: Page[Any]) -> dict[str, float] | None:
    """Sums under a list that is shown whole; a page of many has none."""
    if not page.is_whole or not page.rows:
        return None
    sums = ("area_m2", "area_reported_m2", "cleared_area_m2")
    return {
        "number": len(page.rows),
        **{s: sum(getattr(r, s, None) or 0 for r in page.rows) for s in sums},
    }
