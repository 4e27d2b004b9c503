"""Every commune that ever was with the unit of today it leads to, for joins over many records."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db import connection

from datlanh.places.models import GazetteerEdition


@dataclass(frozen=True)
class Lineage:
    """Parallel columns, one entry for each stretch of time of each commune code."""

    codes: list[str]
    valid_from: list[dt.date]
    valid_to: list[dt.date | None]
    today: list[int]  # id of the unit of today


def commune_lineage() -> Lineage:
    """`current_of` of every commune at once; remembered until the gazetteer changes."""
    return _lineage(_edition()[1])


def commune_today(code: str, on: dt.date) -> tuple[int | None, int | None]:
    """The id of today's unit for the commune that bore `code` on `on`, and of the edition."""
    edition, digest = _edition()
    for since, until, today in _by_code(digest).get(code, ()):
        if since <= on and (until is None or on < until):
            return today, edition
    return None, edition


@contextmanager
def one_edition() -> Iterator[None]:
    """Ask once for the gazetteer's edition inside the block: for work over many records."""
    token = _pinned.set(_edition())
    try:
        yield
    finally:
        _pinned.reset(token)


_pinned: ContextVar[tuple[int | None, str | None] | None] = ContextVar(
    "datlanh_edition", default=None
)


def _edition() -> tuple[int | None, str | None]:
    """Number and digest of the current edition."""
    if pinned := _pinned.get():
        return pinned
    current = GazetteerEdition.objects.filter(is_current=True)
    return current.values_list("pk", "digest").first() or (None, None)


@functools.lru_cache(maxsize=4)
def _by_code(edition: str | None) -> dict[str, list[tuple[dt.date, dt.date | None, int]]]:
    every = _lineage(edition)
    found: dict[str, list[tuple[dt.date, dt.date | None, int]]] = {}
    columns = (every.codes, every.valid_from, every.valid_to, every.today)
    for code, since, until, today in zip(*columns, strict=True):
        found.setdefault(code, []).append((since, until, today))
    return found


@functools.lru_cache(maxsize=4)
def _lineage(edition: str | None) -> Lineage:
    with connection.cursor() as cursor:
        cursor.execute(_TODAY)
        rows = cursor.fetchall()
    return Lineage(*(list(column) for column in zip(*rows, strict=True))) if rows else _NOTHING


_NOTHING = Lineage([], [], [], [])
_TODAY = """
with recursive later(start, id, step) as (
  select id, id, 0 from places_adminunit where level = 'commune'
  union all
  select l.start, s.to_unit_id, l.step + 1 from later l
    join lateral (select s.to_unit_id from places_adminsuccession s
                    join places_adminunit t on t.id = s.to_unit_id
                    join places_adminunit f on f.id = s.from_unit_id
                   where s.from_unit_id = l.id and f.valid_to is not null
                   order by t.code <> f.code, t.code limit 1) s on l.step < 20
)
select distinct on (l.start) u.code, u.valid_from, u.valid_to, l.id
  from later l join places_adminunit u on u.id = l.start
 order by l.start, l.step desc
"""
