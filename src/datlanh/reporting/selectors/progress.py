"""Progress: how long the remaining land may take, and areas where nothing happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors import AreaFilter, rows
from datlanh.intake.selectors.settings import settings_in_force
from datlanh.kernel.progress import Outlook, outlook
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors.groups import Group, named
from datlanh.reporting.selectors.ledger import MonthLine, ledger_months

SHOWN = 50


@dataclass(frozen=True)
class Progress:
    """One operator or commune: what remains and, where past months allow, when it may be done."""

    group: Group | None
    remaining_m2: float
    outlook: Outlook | None
    soonest: str = ""  # "2031-04"
    latest: str = ""  # "" : at the slowest pace it has no end


@dataclass(frozen=True)
class Stalled:
    """An area at work without approved progress."""

    local_id: str
    operator: str
    remaining_m2: float
    last: dt.date
    days: int


def progress_of(months: Sequence[MonthLine], moment: AsOf, group: Group | None = None) -> Progress:
    """The outlook from full months: the one that `moment` lies in is not over."""
    remaining = months[-1].remaining_m2 if months else 0.0
    this = moment.on.strftime("%Y-%m")
    found = outlook([m.released_m2 for m in months if m.month < this], remaining)
    if found is None:
        return Progress(group, remaining, None)
    latest = _later(moment.on, found.latest) if found.latest is not None else ""
    return Progress(group, remaining, found, _later(moment.on, found.soonest), latest)


def progress_lines(scope: Scope, moment: AsOf, by: str, filter: AreaFilter) -> list[Progress]:
    """The outlook of each operator or commune with land remaining."""
    found = ledger_months(scope, moment, filter, by)
    groups = named(by, found)
    lines = [progress_of(months, moment, groups[raw]) for raw, months in found.items()]
    lines.sort(key=lambda line: line.group.order if line.group else "")
    return [line for line in lines if line.remaining_m2 >= 1]


def _later(on: dt.date, months: int) -> str:
    at = on.year * 12 + on.month - 1 + months
    return f"{at // 12}-{at % 12 + 1:02d}"


def stalled_areas(scope: Scope, moment: AsOf, filter: AreaFilter) -> tuple[int, list[Stalled]]:
    """Areas at work (ongoing) with land remaining and no approved progress for some days.

    Progress is a clearance progress or a release that names the area, a release on its ground,
    or a newer report about it. How many days: the setting `stalled_days`.
    """
    days = int(settings_in_force().thresholds["stalled_days"])
    found = rows(scope, replace(filter, status=(), state=("ongoing",), month=""), moment)
    params = {**found.params, "days": days}
    columns = "t.record_id, t.local_id, t.organisation_id, t.true_from"
    with connection.cursor() as cursor:
        cursor.execute(found.select(columns, around=_STALLED), params)
        got = cursor.fetchall()
    return days, [Stalled(*row) for row in got[:SHOWN]]


_STALLED = """
select a.local_id, o.short_name, l.remaining_m2, p.last, %(on)s::date - p.last
  from ({inner}) a
  join organisations_organisation o on o.id = a.organisation_id
  join hazards_arealedger l on l.record_id = a.record_id and l.remaining_m2 >= 1
   and l.true_from <= %(on)s and (l.true_to is null or l.true_to > %(on)s)
   and l.known_from <= %(known)s and (l.known_to is null or l.known_to > %(known)s)
 cross join lateral (
   select greatest(a.true_from, (
     select max(v.true_from) from register_version v
      where v.kind in ('clearance_progress', 'land_release') and v.values ? 'cha_ids'
        and datlanh_ids_in(v.values->>'cha_ids') @> array[a.local_id::text]
        and v.true_from <= %(on)s
        and v.known_from <= %(known)s and (v.known_to is null or v.known_to > %(known)s)
   ), (
     select max(b.true_from) from hazards_arealedger b
      where b.record_id = a.record_id and b.true_from <= %(on)s
        and b.known_from <= %(known)s and (b.known_to is null or b.known_to > %(known)s)
        and exists (select from unnest(b.moved_by) m where m like 'HR-CL%%')
   )) as last) p
 where %(on)s::date - p.last >= %(days)s
 order by p.last, a.local_id
"""
