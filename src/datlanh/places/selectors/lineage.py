"""Every commune that ever was with the unit of today it leads to, for joins over many records."""

from __future__ import annotations

import datetime as dt
import functools
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
    return _lineage(
        GazetteerEdition.objects.filter(is_current=True).values_list("digest", flat=True).first()
    )


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
