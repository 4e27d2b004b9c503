"""The list of one kind of record, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import Scope, scope_for
from datlanh.kernel.text import Text
from datlanh.register.listing import (
    SORTS,
    ListedRow,
    ListFilter,
    Page,
    Turn,
    further_values,
    list_page,
    pieces_found,
)
from datlanh.web.areas.filters import Choice, times_of
from datlanh.web.areas.lists import names_beside
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.records.cells import (
    Cell,
    cell_of,
    columns_asked,
    figure,
    further_cell,
    is_figure_of,
    links_of,
    names_asked,
)
from datlanh.web.records.kinds import BY_SLUG, Kind
from datlanh.web.records.words import KindWords, chips_of, offers_of


@dataclass(frozen=True)
class Shown:
    """A row as its list shows it."""

    row: ListedRow
    cells: list[Cell]


def kind_of(slug: str) -> Kind:
    """The kind of that address. Http404 for none."""
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


@opens(Permission.RECORD_READ)
def records(request: StaffRequest, slug: str) -> HttpResponse:
    """`/records/<kind>/`: records within the scope, filtered, in order, by key."""
    kind = kind_of(slug)
    words = KindWords(kind, request.user, Permission.RECORD_READ)
    wanted = filter_of(request, words)
    scope = scope_for(request.user, Permission.RECORD_READ)
    page = list_page(scope, wanted, turn_of(request, wanted))
    columns = columns_asked(request, words.further)
    tail = _tail(page, request, columns)
    context = {
        "kind": kind,
        "page": page,
        "rows": _shown(scope, page, wanted, words, columns),
        "wanted": wanted,
        "query": wanted.query(),
        "words": words,
        "chips": chips_of(wanted, words, tail),
        "shared": _shared(wanted, words),
        "offers": offers_of(wanted, words),
        "heads": _heads(request, words, wanted, page.sort, columns),
        "columns": [Choice(k, q.label, k in columns) for k, q in words.further.items()],
        "kept": _kept(wanted, request),
        "asof": wanted.asof,
        "times": times_of(wanted),
        "totals": _totals(page, kind),
        "rest": len(columns) + (4 if wanted.category else 3),
        **names_beside(page.rows),
    }
    is_part = request.headers.get("HX-Target") == "record-rows"
    template = "web/records/_table.html" if is_part else "web/records/list.html"
    return render(request, template, context)


def filter_of(request: HttpRequest, words: KindWords) -> ListFilter:
    """The filter of the address. Nobody asks by it whether a personal answer was given."""
    wanted = ListFilter.from_query(words.kind.listing, request.GET)
    asked = {name: keys for name, keys in wanted.further.items() if name in words.further}
    return replace(wanted, further=asked)


def turn_of(request: HttpRequest, wanted: ListFilter) -> Turn:
    """Where the address opens the list. The past has no order by the kind's own day."""
    get = request.GET.get
    sort = get("sort", "")
    sort = sort if sort in SORTS else "-day"
    return Turn(
        sort=sort.replace("day", "date") if wanted.is_past else sort,
        after=get("after", "")[:120],
        before=get("before", "")[:120],
    )


def _shown(
    scope: Scope,
    page: Page[ListedRow],
    wanted: ListFilter,
    words: KindWords,
    columns: Sequence[str],
) -> list[Shown]:
    ids = [row.record_id for row in page.rows]
    links = links_of(page.rows, words)
    said = further_values(ids, wanted.asof) if columns else {}
    pieces = pieces_found(scope, wanted, ids) if wanted.category else {}
    names = names_asked(words.further[c] for c in columns)
    shown = []
    for row in page.rows:
        cells = [cell_of(head, row, words, links) for head in words.kind.heads]
        told = said.get(row.record_id, {})
        cells += [further_cell(words.further[c], told, names) for c in columns]
        if wanted.category:
            cells.append(Cell(_("Items"), figure(pieces.get(row.record_id, 0)), is_figure=True))
        shown.append(Shown(row, cells))
    return shown


def _tail(page: Page[Any], request: HttpRequest, columns: Sequence[str]) -> str:
    found = f"&sort={page.sort}" if "sort" in request.GET else ""
    return found + (f"&columns={','.join(columns)}" if columns else "")


def _kept(wanted: ListFilter, request: HttpRequest) -> list[tuple[str, str]]:
    """What a sheet sends along unseen: the two times, and the order."""
    times = {"on": wanted.as_of, "known": wanted.known}
    kept = [(name, str(value)) for name, value in times.items() if value is not None]
    return kept + [("sort", s) for s in request.GET.getlist("sort")[-1:]]


def _shared(wanted: ListFilter, words: KindWords) -> dict[str, list[Choice]]:
    """Operators (where several are seen) and communes."""
    operators = words.table("organisations")
    return {
        "organisations": [
            Choice(k, label, k in wanted.organisations) for k, label in operators.items()
        ]
        if len(operators) > 1
        else [],
        "communes": [
            Choice(k, label, k in wanted.communes) for k, label in words.table("communes").items()
        ],
    }


def _heads(
    request: HttpRequest,
    words: KindWords,
    wanted: ListFilter,
    sort: str,
    columns: Sequence[str],
) -> list[dict[str, Any]]:
    """Heads with their order; a sorted column turns round, another begins with the newest."""
    kind = words.kind
    heads = [_head(request, kind.one, "id", sort)]
    for head in kind.heads:
        key = "day" if head.name == kind.listing.day and not wanted.is_past else ""
        is_figure = is_figure_of(kind.listing, head)
        heads.append(_head(request, head.word, key, sort, is_figure=is_figure))
    for name in columns:
        question = words.further[name]
        is_figure = question.kind in {"integer", "decimal"}
        heads.append(_head(request, question.label, "", sort, is_figure=is_figure))
    if wanted.category:
        heads.append(_head(request, _("Items"), "", sort, is_figure=True))
    heads.append(_head(request, _("Place"), "", sort))
    heads.append(_head(request, _("Organisation"), "", sort))
    heads.append(_head(request, _("Newest information"), "date", sort))
    return heads


def _head(
    request: HttpRequest, word: str | Text, key: str, sort: str, *, is_figure: bool = False
) -> dict[str, Any]:
    head: dict[str, Any] = {"word": word, "figure": is_figure}
    if key:
        now, down = sort.removeprefix("-") == key, sort.startswith("-")
        head["sort"] = ("descending" if down else "ascending") if now else ""
        turned = (key if down else f"-{key}") if now else (key if key == "id" else f"-{key}")
        address = request.GET.copy()
        for name in ("after", "before"):
            address.pop(name, None)
        address["sort"] = turned
        head["href"] = f"?{address.urlencode()}"
    return head


def _totals(page: Page[ListedRow], kind: Kind) -> list[Text | None] | None:
    """Sums under a list that is shown whole; a page of many has none."""
    if not page.is_whole or not page.rows or not any(h.is_summed for h in kind.heads):
        return None
    return [
        figure(sum(row.values[head.name] or 0 for row in page.rows)) if head.is_summed else None
        for head in kind.heads
    ]
