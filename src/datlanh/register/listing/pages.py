"""Pages of records by key, never by offset: the thousandth is as quick as the first."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection

from datlanh.accounts.scope import Scope
from datlanh.register.listing.filters import ListFilter
from datlanh.register.listing.queries import counted_sql, rows
from datlanh.register.listing.sources import Listing, Rows
from datlanh.register.selectors import AsOf

SIZE = 50
SORTS = ("-date", "date", "-day", "day", "id", "-id")
CASTS = {"id": ("",), "date": ("::date", ""), "day": ("::date", ""), "area": ("::float8", "")}

_SHARED = (
    "t.record_id, t.local_id, t.internal_id, t.organisation_id, t.reporting_team, "
    "t.village_name, t.area_m2, t.commune_id, t.true_from, t.known_seq"
)
_COUNT = _SHARED.count(",") + 1


@dataclass(frozen=True)
class ListedRow:
    """What a list knows of a record; `values` are its own columns by name."""

    record_id: UUID
    local_id: str
    internal_id: str
    organisation_id: int
    reporting_team: str
    village_name: str
    area_m2: float | None
    commune_id: int | None
    true_from: dt.date
    known_seq: int
    values: dict[str, Any]


R = TypeVar("R")


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some rows in order, with the keys to go on: "" where there is nothing more."""

    rows: list[R]
    after: str  # the key of the last row
    before: str  # the key of the first row
    sort: str

    @property
    def is_whole(self) -> bool:
        """Nothing comes before or after: what is shown is all there is."""
        return not self.after and not self.before


@dataclass(frozen=True)
class Turn:
    """Where to open a list: the order, and the key to go on after, or to go back before."""

    sort: str = "-date"
    after: str = ""
    before: str = ""
    size: int = SIZE

    @property
    def name(self) -> str:
        """What it is sorted by, whichever way."""
        return self.sort.removeprefix("-")


FIRST = Turn()


def list_page(scope: Scope, filter: ListFilter, turn: Turn = FIRST) -> Page[ListedRow]:
    """Records in order after (or before) a key that an earlier page gave."""
    listing = filter.listing
    keys = _keys(scope, filter, turn)
    found, earlier, later = page_of(rows(scope, filter), columns_of(listing), turn, keys)
    made = [_row(listing, row) for row in found]

    def key(row: ListedRow) -> str:
        if turn.name == "id":
            return f"~{row.local_id}"
        day = row.true_from if turn.name == "date" else row.values[listing.day]
        return f"{(day or dt.date.min).isoformat()}~{row.local_id}"

    return Page(
        made,
        after=key(made[-1]) if made and later else "",
        before=key(made[0]) if made and earlier else "",
        sort=turn.sort,
    )


def list_get(scope: Scope, filter: ListFilter, id: UUID) -> ListedRow | None:
    """One record at the filter's two times; None where it is absent, unknown or out of scope."""
    found = rows(scope, filter)
    one = Rows(found.source, f"{found.where} and t.record_id = %(id)s", found.params | {"id": id})
    got = fetched(one, columns_of(filter.listing))
    return _row(filter.listing, got[0]) if got else None


def columns_of(listing: Listing) -> str:
    """What a statement selects of every row."""
    return ", ".join([_SHARED, *(f"t.{name}" for name in listing.names)])


def _row(listing: Listing, row: Sequence[Any]) -> ListedRow:
    own = dict(zip(listing.names, row[_COUNT:], strict=True))
    return ListedRow(*row[:_COUNT], own)  # type: ignore[call-arg]  # as many as _SHARED names


def further_values(ids: Sequence[UUID], moment: AsOf) -> dict[UUID, dict[str, Any]]:
    """All attributes of some records as of two times: for columns that no typed row has."""
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SAID, {"ids": list(ids), "on": moment.on, "known": moment.known})
        return {pk: _json(values) for pk, values in cursor.fetchall()}


_SAID = """
select record_id, values from register_version
 where record_id = any(%(ids)s)
   and true_from <= %(on)s and (true_to is null or true_to > %(on)s)
   and known_from <= %(known)s and (known_to is null or known_to > %(known)s)
"""


def _json(value: Any) -> dict[str, Any]:
    # Django leaves JSON to its fields, so here it is still text.
    said: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return said


def pieces_found(scope: Scope, filter: ListFilter, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Pieces of `filter.category` by record, for some records of a list."""
    found = filter.listing.found
    if not ids or not filter.category or found is None:
        return {}
    then = rows(scope, replace(filter, category=""), filter.asof)
    text = then.select(
        "t.record_id, t.lists",
        "and t.record_id = any(%(ids)s)",
        around=f"select r.record_id, sum(r.pieces) from ({counted_sql(found, 'record_id')}) r "  # noqa: S608
        "where r.category = %(category)s group by 1",
    )
    with connection.cursor() as cursor:
        cursor.execute(text, then.params | {"ids": list(ids), "category": filter.category})
        return dict(cursor.fetchall())


def fetched(found: Rows, columns: str, rest: str = "", around: str = "") -> list[Any]:
    """One statement over rows."""
    with connection.cursor() as cursor:
        cursor.execute(found.select(columns, rest, around), found.params)
        return list(cursor.fetchall())


def _keys(scope: Scope, filter: ListFilter, turn: Turn) -> tuple[str, ...]:
    day = filter.listing.day_sql
    keys = {
        "id": ("t.local_id",),
        "date": ("t.true_from", "t.local_id"),
        "day": (day, "t.local_id"),
    }
    # A month, or one operator in one commune, is few records, and they lie together (or there
    # are none), so walking an ordered index past all the others is the slowest way. These keys,
    # equal but opaque, make the database find the few by their own index and sort them.
    few = {
        "id": ("t.local_id || ''",),
        "date": ("t.true_from + 0", "t.local_id || ''"),
        "day": (f"{day} + 0", "t.local_id || ''"),
    }
    one_operator = len(scope.organisation_ids) == 1 or len(filter.organisations) == 1
    is_few = (
        filter.month
        or (filter.communes and one_operator)
        or (filter.text and filter.is_past)
        or (filter.text and any(c.isdigit() for c in filter.text))
    )
    return (few if is_few else keys)[turn.name]


def page_of(
    found: Rows, columns: str, turn: Turn, keys: tuple[str, ...]
) -> tuple[list[Any], bool, bool]:
    """The rows in order, whether something comes before them, whether something comes after."""
    backwards = bool(turn.before) and not turn.after
    mark = mark_of(turn.name, turn.after or turn.before)
    falling = turn.sort.startswith("-") != backwards
    where, params = found.where, found.params | {"size": turn.size + 1}
    if mark is not None:
        params |= {f"mark{i}": value for i, value in enumerate(mark)}
        marks = ", ".join(f"%(mark{i})s{cast}" for i, cast in enumerate(CASTS[turn.name]))
        than = "<" if falling else ">"
        where += f" and ({', '.join(keys)}) {than} ({marks})"
        if len(keys) > 1:  # said again, since versions and local ids stand in two tables
            where += f" and {keys[0]} {than}= %(mark0)s{CASTS[turn.name][0]}"
    way = " desc" if falling else ""
    order = ", ".join(f"{k}{way}" for k in keys)
    narrowed = Rows(found.source, where, params)
    got = fetched(narrowed, columns, f"order by {order} limit %(size)s")
    more, got = len(got) > turn.size, got[: turn.size]
    if backwards:
        return got[::-1], more, True
    return got, mark is not None, more


def mark_of(name: str, text: str) -> tuple[Any, ...] | None:
    """The key in an address, or None when it is none: then the list begins at its beginning."""
    value, _, local_id = text.rpartition("~")
    if not local_id:
        return None
    try:
        if name in {"date", "day"}:
            return dt.date.fromisoformat(value), local_id
        if name == "area":
            return float(value), local_id
    except ValueError:
        return None
    return (local_id,)
