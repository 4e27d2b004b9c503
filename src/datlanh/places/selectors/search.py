"""Finding a unit by any of its names, old or new, however it is typed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from datlanh.kernel.text import day
from datlanh.places import rules
from datlanh.places.models import AdminUnit, Level


@dataclass(frozen=True)
class UnitHit:
    """`unit` bears `matched_name`; `current_unit` is what it is today. Score in 0 … 1."""

    unit: AdminUnit
    matched_name: str
    current_unit: AdminUnit
    score: float

    @property
    def is_former(self) -> bool:
        """The name found is not in force any more."""
        return not self.unit.is_current

    @property
    def note(self) -> str:
        """`tên cũ, đến 30/06/2025; nay là Xã Triệu Phong`; empty for a unit of today."""
        return self.say("vi")

    def say(self, language: str) -> str:
        """The note in `language`; empty for a unit of today."""
        if self.unit.valid_to is None:
            return ""
        name = self.current_unit.full_name_en if language == "en" else self.current_unit.full_name
        last = day(self.unit.valid_to - dt.timedelta(days=1))
        abolished = self.unit.level == Level.DISTRICT and self.current_unit.level == Level.PROVINCE
        note = rules.FORMER_DISTRICT if abolished else rules.FORMER_NAME
        return note.say(language, last=last, now=name)


def unit_search(
    text: str, *, on: dt.date | None = None, level: str | None = None, limit: int = 20
) -> list[UnitHit]:
    """Units whose name begins with, contains or resembles `text`, best first.

    Diacritics, spaces, capitals and the place of the tone mark do not matter. `on` keeps units
    valid that day; without it old names are found too and lead to today's unit. What follows a
    comma (or stands after the name) narrows by district or province: `Tân Thành, Hướng Hóa`.
    """
    name, _, rest = text.partition(",")
    key = rules.search_key(name)[:60]
    within = [k for k in map(rules.search_key, rest.split(",")) if k]
    if not key:
        return []
    params: dict[str, Any] = {"key": key, "on": on, "level": level}
    # Narrowing and echoes take hits away afterwards.
    params["limit"] = 200 if within else 2 * limit
    found = _rows(_BY_NAME, params)
    if not any(score >= 0.9 for _, score, *_ in found):
        found = _rows(_BY_NAME_AND_PARENT, params) or found or _rows(_RESEMBLING, params)
    hits = _hits(found)
    if within:
        hits = [h for h in hits if _lies_within(h, within)]
    return _without_echoes(hits, on)[:limit]


# A whole name, the beginning of one (the longer the closer), or a part of one.
_BY_NAME = """
select u.id, case
    when %(key)s = any(string_to_array(u.search_text, ' ')) then 1.0
    when u.search_text like %(key)s || '%%' or u.search_text like '%% ' || %(key)s || '%%'
      then 0.9 - 0.2 * (1 - length(%(key)s)::numeric
                        / greatest(length(split_part(u.search_text, ' ', 1)), length(%(key)s)))
    else 0.6 end as score
  from places_adminunit u
 where u.search_text like '%%' || %(key)s || '%%'
   and (%(level)s::text is null or u.level = %(level)s)
   and (%(on)s::date is null
        or (u.valid_from <= %(on)s and (u.valid_to is null or u.valid_to > %(on)s)))
 order by score desc, (u.valid_to is null) desc,
          array_position(array['commune', 'district', 'province'], u.level::text),
          u.name_vi collate "vi-x-icu", u.code
 limit %(limit)s
"""

# "tan thanh huong hoa" without a comma: the name and the district run together.
_BY_NAME_AND_PARENT = """
select u.id, 0.95::numeric as score
  from places_adminunit u join places_adminunit p on p.id = u.parent_id,
       unnest(string_to_array(u.search_text, ' ')) a, unnest(string_to_array(p.search_text, ' ')) b
 where a || b like %(key)s || '%%' and length(%(key)s) > length(a)
   and (%(level)s::text is null or u.level = %(level)s)
   and (%(on)s::date is null
        or (u.valid_from <= %(on)s and (u.valid_to is null or u.valid_to > %(on)s)))
 group by u.id
 order by (u.valid_to is null) desc, u.name_vi collate "vi-x-icu", u.code
 limit %(limit)s
"""

# A slip of the finger; only asked when nothing is spelled like this.
_RESEMBLING = """
select u.id, 0.55 * max(similarity(%(key)s, a)) as score
  from places_adminunit u, unnest(string_to_array(u.search_text, ' ')) a
 where u.search_text %%> %(key)s and length(%(key)s) >= 4
   and (%(level)s::text is null or u.level = %(level)s)
   and (%(on)s::date is null
        or (u.valid_from <= %(on)s and (u.valid_to is null or u.valid_to > %(on)s)))
 group by u.id having max(similarity(%(key)s, a)) > 0.45
 order by score desc, (u.valid_to is null) desc, u.name_vi collate "vi-x-icu", u.code
 limit %(limit)s
"""

_TODAY = """
with recursive later(start, id, step) as (
  select id, id, 0 from unnest(%s::bigint[]) as id
  union all
  select l.start, s.to_unit_id, l.step + 1 from later l
    join lateral (select to_unit_id from places_adminsuccession s
                    join places_adminunit t on t.id = s.to_unit_id
                    join places_adminunit f on f.id = s.from_unit_id
                   where s.from_unit_id = l.id
                   order by t.code <> f.code, t.code limit 1) s on l.step < 20
)
select distinct on (start) start, id from later order by start, step desc
"""


def _rows(sql: str, params: dict[str, Any]) -> list[tuple[int, float]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [(row[0], float(row[1])) for row in cursor.fetchall()]


def _hits(found: list[tuple[int, float]]) -> list[UnitHit]:
    """The rows as units, each with the unit of today it leads to."""
    ids = [row[0] for row in found]
    with connection.cursor() as cursor:
        cursor.execute(_TODAY, [ids])
        today: dict[int, int] = dict(cursor.fetchall())
    units = (
        AdminUnit.objects.select_related("parent__parent")
        .defer("centroid", "parent__centroid", "parent__parent__centroid")
        .in_bulk({*ids, *today.values()})
    )
    province = None
    hits = []
    for key, score in found:
        unit, current = units[key], units[today[key]]
        if not current.is_current:  # an abolished district: today's province stands for it
            province = province or AdminUnit.objects.get(
                level=Level.PROVINCE, code=rules.PROVINCE_CODE, valid_to=None
            )
            current = province
        hits.append(UnitHit(unit, unit.full_name, current, round(score, 3)))
    return hits


def _lies_within(hit: UnitHit, keys: list[str]) -> bool:
    """Whether each key names a unit above this one, or above what it is today."""
    above: list[str] = []
    for unit in (hit.unit, hit.current_unit):
        step = unit.parent
        while step is not None:
            above += step.search_text.split()
            step = step.parent
    return all(any(name.startswith(key) for name in above) for key in keys)


def _without_echoes(hits: list[UnitHit], on: dt.date | None) -> list[UnitHit]:
    """Drop an old unit that leads to a unit of the same name which is a hit itself."""
    if on is not None:
        return hits
    today = {h.unit.pk for h in hits if h.unit.is_current}
    return [
        h
        for h in hits
        if h.unit.is_current
        or h.current_unit.pk not in today
        or h.current_unit.full_name != h.unit.full_name
    ]
