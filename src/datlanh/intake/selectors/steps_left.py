"""Steps that approved reports imply and nobody took: the work list of the lives of areas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.implied import (
    AREA,
    LEADS,
    PROGRESS,
    RELEASE,
    REST_SHARE,
    TELLING,
    told_by,
)
from datlanh.intake.models import Report
from datlanh.intake.selectors.implied import Implied, areas_meant, ways_of
from datlanh.register.models import Record, Version

PAGE = 50


@dataclass(frozen=True)
class Left:
    """An area whose newest report tells of another state than it stands in."""

    way: Implied
    source: Record  # the record that tells it

    @property
    def is_own(self) -> bool:
        """Whether the area's own report tells it."""
        return self.source.pk == self.way.area.pk


@dataclass(frozen=True)
class LeftPage:
    """Some areas; `after` continues, None at the end."""

    rows: list[Left]
    after: str | None


def steps_left(
    who: User, after: str = "", areas: Sequence[Record] | None = None, size: int = PAGE
) -> LeftPage:
    """Areas within what `who` may move that wait for a step, the newest told first.

    `areas` asks for these alone.
    """
    rows = _asked(who, after, areas, size + 1)
    records = Record.objects.in_bulk({r[0] for r in rows} | {r[1] for r in rows})
    found = []
    for area, source, kind, says, on in rows[:size]:
        told = told_by(kind, says, on)
        ways = ways_of(records[area], told, who) if told else []
        found += [Left(way, records[source]) for way in ways[:1]]
    last = rows[size - 1] if len(rows) > size else None
    return LeftPage(found, f"{last[4].isoformat()}|{records[last[0]].local_id}" if last else None)


def areas_left(who: User, reports: Iterable[Report]) -> int:
    """How many areas wait for a step among those that approved reports are about."""
    held = {r.record_id for r in reports if r.record_id}
    found = Version.objects.filter(record_id__in=held, known_to=None, true_to=None)
    areas: dict[UUID, Record] = {}
    for version in found.filter(kind__in=TELLING).select_related("record"):
        for area, _ in areas_meant(version.kind, version.values, version.record):
            areas[area.pk] = area
    return len(steps_left(who, areas=list(areas.values()), size=len(areas)).rows) if areas else 0


def _asked(
    who: User, after: str, areas: Sequence[Record] | None, limit: int
) -> Sequence[tuple[UUID, UUID, str, dict[str, Any], dt.date]]:
    """area, source, kind, what it says, day: the newest told of each area, where a step leads."""
    scope = scope_for(who, Permission.AREA_MOVE)
    day, _, local_id = after.partition("|")
    params: dict[str, Any] = {
        "all": scope.everything,
        "organisations": list(scope.organisation_ids),
        "states": [a for a, _ in LEADS],
        "told": [b for _, b in LEADS],
        "share": REST_SHARE,
        "areas": None if areas is None else [a.pk for a in areas],
        "named": None if areas is None else [a.local_id for a in areas],
        "day": _day(day),
        "after": local_id,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, params)
        rows: Sequence[tuple[UUID, UUID, str, dict[str, Any], dt.date]] = cursor.fetchall()
    return rows


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


_SAYS = """json_build_object('reported_status', v.values->'reported_status',
  'suspension_reasons', v.values->'suspension_reasons', 'start_date', v.values->'start_date',
  'end_date', v.values->'end_date', 'area_type', v.values->'area_type')"""

# The day is the version's own, which is the date of information of what it says. Of an area no
# step was taken with, its own reports are followed anyway.
_SQL = f"""
with told as (
  select a.record_id, a.local_id, a.state, v.record_id as source_id, v.kind, v.true_from as on_day,
         {_SAYS} as says, v.known_from
    from register_version v
   cross join lateral unnest(datlanh_ids_in(v.values->>'cha_ids')) as named (id)
    join hazards_hazardousarea a on a.local_id = named.id
   where v.known_to is null and v.true_to is null and v.values ? 'cha_ids'
     and v.kind in ('{RELEASE}', '{PROGRESS}')
     and (%(named)s::text[] is null
          or datlanh_ids_in(v.values->>'cha_ids') && %(named)s::text[])
  union all
  select a.record_id, a.local_id, a.state, k.a_id, v.kind, v.true_from, {_SAYS}, v.known_from
    from register_link k
    join hazards_hazardousarea a on a.record_id = k.b_id
    join register_version v on v.record_id = k.a_id and v.known_to is null and v.true_to is null
   where k.known_to is null and k.holds and k.relation in ('release_area', 'progress_area')
  union all
  select a.record_id, a.local_id, a.state, v.record_id, v.kind, v.true_from, {_SAYS}, v.known_from
    from register_version v join hazards_hazardousarea a on a.record_id = v.record_id
   where v.known_to is null and v.true_to is null and v.kind = '{AREA}'
     and exists (select 1 from register_state s where s.record_id = a.record_id)
),
newest as (
  select distinct on (t.record_id) t.* from told t join register_record r on r.id = t.record_id
   where (%(all)s or r.organisation_id = any(%(organisations)s))
     and (%(areas)s::uuid[] is null or t.record_id = any(%(areas)s::uuid[]))
   order by t.record_id, t.on_day desc, t.known_from desc
),
led as (
  select n.*,
    case n.kind when '{PROGRESS}' then 'ongoing'
      when '{RELEASE}' then case n.says->>'reported_status'
        when 'completed' then case when l.remaining_m2 <= %(share)s * l.outline_m2
          then 'completed' else 'ongoing' end
        when 'suspended' then 'suspended' else '' end
      else case n.says->>'reported_status' when 'worked_on' then 'ongoing'
        when 'suspended' then 'suspended' when 'closed' then 'completed'
        else case n.says->>'area_type' when 'sha' then 'sha' else 'cha' end end
    end as tells
  from newest n left join hazards_arealedger l
    on l.record_id = n.record_id and l.known_to is null and l.true_to is null
)
select record_id, source_id, kind, says, on_day from led
 where (state, tells) in (select * from unnest(%(states)s::text[], %(told)s::text[]))
   and on_day >= coalesce((select max(s.true_from) from register_state s
                            where s.record_id = led.record_id and s.known_to is null), on_day)
   and (%(day)s::date is null or (on_day, local_id) < (%(day)s::date, %(after)s))
 order by on_day desc, local_id desc
 limit %(limit)s
"""  # noqa: S608 - only our own names
