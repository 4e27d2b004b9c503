"""What the ledger cannot be right about: releases that contradict themselves or their areas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from datlanh.intake.selectors.nightly.now import Found, rows
from datlanh.kernel import clock
from datlanh.kernel.checks.parts import whole
from datlanh.kernel.ledger_cut import contradicts_itself
from datlanh.kernel.text import Text

CLASS_WORDS = {
    "cleared": Text("rà phá", "cleared"),
    "reduced": Text("thu hẹp", "reduced"),
    "cancelled": Text("loại bỏ", "cancelled"),
}

# Of now: the open stretch of each ledger.
_RELEASES = """
select n.record_id, n.values, l.release_class, l.is_complete, l.stated_cleared_m2,
       l.stated_surface_m2, l.net_m2, st_x(p.at), st_y(p.at)
  from nightly_now n
  join hazards_releaseledger l
    on l.record_id = n.record_id and l.known_to is null and l.true_to is null
 cross join lateral (select coalesce(st_pointonsurface(n.outline), n.position) as at) p
 where n.kind = 'land_release'
"""


def releases(thresholds: Mapping[str, float]) -> Iterator[Found]:
    """Releases that claim what was done cannot give, do not say how, or more than was drawn."""
    share = thresholds["released_more"]
    for record, values, kind, complete, cleared, surface, net, x, y in rows(_RELEASES):
        at = (x, y) if x is not None else None
        said = _said(values)
        if contradicts_itself(**said):
            word = CLASS_WORDS[said["said"]]
            yield Found(record, "release_class_contradicts", "", {"class": word}, at)
        if complete and not kind:
            yield Found(record, "release_class_missing", "", {}, at)
        stated = max(cleared, surface)
        if net > 0 and stated > (1 + share) * net:
            figures = {"reported": whole(stated), "computed": whole(net)}
            yield Found(record, "released_more_than_drawn", "", figures, at)


def _said(values: Any) -> dict[str, Any]:
    values = json.loads(values) if isinstance(values, str) else values
    methods = values.get("method")
    return {
        "said": str(values.get("outline_status") or ""),
        "release_type": str(values.get("release_type") or ""),
        "methods": methods if isinstance(methods, list) else [],
    }


_AREAS = """
select l.record_id, l.outline_m2, l.stated_m2 + l.unlocated_m2, l.earlier_m2,
       st_x(p.at), st_y(p.at)
  from hazards_arealedger l join nightly_now n on n.record_id = l.record_id
 cross join lateral (select st_pointonsurface(n.outline) as at) p
 where l.known_to is null and l.true_to is null and l.outline_m2 > 0
   and (l.earlier_m2 >= 1 or l.stated_m2 + l.unlocated_m2 > l.outline_m2)
"""
_EARLIER = """
select r.local_id, r.organisation_id, r.true_from, st_x(c.at), st_y(c.at)
  from nightly_now a join nightly_now r on r.kind = 'land_release' and r.outline && a.outline
  join hazards_releaseledger l on l.record_id = r.record_id and l.known_to is null
   and l.true_to is null and l.is_complete and l.release_class <> ''
 cross join lateral (select st_pointonsurface(
   st_intersection(st_makevalid(a.outline), st_makevalid(r.outline))) as at) c
 where a.record_id = %s and not st_isempty(c.at)
   and r.true_from < least(a.true_from, (
     select min(coalesce((v.values->>'identification_date')::date, v.true_from))
       from register_version v where v.record_id = a.record_id and v.known_to is null
        and (v.outline is not null or v.values ? 'identification_date')))
"""


def areas(thresholds: Mapping[str, float]) -> Iterator[Found]:
    """Areas with more released than there was, or released before they were known."""
    share = thresholds["released_more"]
    for record, outline, stated, earlier, x, y in rows(_AREAS):
        if stated > (1 + share) * outline:
            figures = {"reported": whole(stated), "computed": whole(outline)}
            yield Found(record, "released_more_than_area", "", figures, (x, y))
        if earlier >= 1:
            for other, organisation, on, lon, lat in rows(_EARLIER, [record]):
                said = {"other": other, "other_of": organisation, "date": on}
                at = (lon, lat) if lon is not None else (x, y)
                yield Found(record, "released_before_area", other, said, at)


_STALLED = """
select n.record_id, l.remaining_m2, p.last, current.day - p.last, st_x(c.at), st_y(c.at)
  from nightly_now n
  join hazards_arealedger l on l.record_id = n.record_id and l.known_to is null
   and l.true_to is null and l.remaining_m2 >= 1
 cross join (select %(today)s::date as day) current
 cross join lateral (select coalesce(st_pointonsurface(n.outline), n.position) as at) c
 cross join lateral (
   select greatest(n.true_from, (
     select max(o.true_from) from nightly_now o
      where o.kind in ('clearance_progress', 'land_release') and o.values ? 'cha_ids'
        and datlanh_ids_in(o.values->>'cha_ids') @> array[n.local_id::text]
   ), (
     select max(b.true_from) from hazards_arealedger b
      where b.record_id = n.record_id and b.known_to is null
        and exists (select from unnest(b.moved_by) m where m like 'HR-CL%%')
   )) as last) p
 where n.kind = 'hazardous_area'
   and exists (select from hazards_hazardousarea a
                where a.record_id = n.record_id and a.state = 'ongoing')
   and current.day - p.last >= %(days)s
"""


def stalled(thresholds: Mapping[str, float]) -> Iterator[Found]:
    """Areas at work of which nothing was heard for some days."""
    for record, remaining, last, days, x, y in rows(
        _STALLED, {"today": clock.today(), "days": int(thresholds["stalled_days"])}
    ):
        said = {"remaining": whole(remaining), "date": last, "days": days}
        yield Found(record, "area_stalled", "", said, (x, y) if x is not None else None)
