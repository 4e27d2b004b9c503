"""Where records lie: outside, on top of each other, or twice in one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from shapely.geometry import Point

from datlanh.hazards.rules import GONE
from datlanh.intake.selectors.nightly.now import Found, rows
from datlanh.kernel import clock
from datlanh.kernel.checks.parts import whole
from datlanh.places import selectors as places

POINT_KINDS = ["accident", "risk_education", "survey_task", "eod_task"]
PLACED_KINDS = [*POINT_KINDS, "hazardous_area", "land_release"]
CHUNK = 5000
METRES_PER_DEGREE = 100_000  # at least, this far south
EDGE = 0.0005  # degrees, some 50 m: outlines of communes are drawn no finer

_NEAR = """
select a.record_id, b.local_id, b.organisation_id, st_distancesphere(a.position, b.position),
       abs(a.true_from - b.true_from), st_x(a.position), st_y(a.position)
  from nightly_now a join nightly_now b
    on b.kind = a.kind and b.record_id <> a.record_id
   and b.position && st_expand(a.position, %(reach)s)
   and abs(a.true_from - b.true_from) <= %(days)s
   and st_distancesphere(a.position, b.position) <= %(metres)s
 where a.kind = any(%(kinds)s)
"""


def near(thresholds: Mapping[str, float]) -> Iterator[Found]:
    """Records of one kind in one place within some days."""
    metres = thresholds["duplicate_distance_m"]
    values = {"metres": metres, "reach": metres / METRES_PER_DEGREE * 1.1, "kinds": POINT_KINDS}
    values |= {"days": thresholds["duplicate_days"]}
    for record, other, organisation, apart, days, x, y in rows(_NEAR, values):
        said = {"other": other, "other_of": organisation, "metres": whole(apart), "days": days}
        yield Found(record, "record_near", other, said, (x, y))


_PLACES = """
select record_id, st_x(p.at), st_y(p.at)
  from nightly_now
 cross join lateral (select coalesce(position, st_pointonsurface(outline)) as at) p
 where p.at is not null and kind = any(%s)
 order by record_id
"""


def outside_province() -> Iterator[Found]:
    """Records whose place is not in the province, nor near it."""
    found, today = rows(_PLACES, [PLACED_KINDS]), clock.today()
    for start in range(0, len(found), CHUNK):
        some = found[start : start + CHUNK]
        inside = places.in_province_each([Point(x, y) for _, x, y in some], today)
        for (record, x, y), is_inside in zip(some, inside, strict=True):
            if not is_inside:
                values = {"lon": round(x, 5), "lat": round(y, 5)}
                yield Found(record, "place_outside_province", "", values, (x, y))


# Only where the commune's outline is official: a cell around a centroid proves nothing.
_COMMUNE = """
select n.record_id, n.values->>'commune_code', st_x(p.at), st_y(p.at)
  from nightly_now n
 cross join lateral (select coalesce(n.outline, n.position) as shape,
                            coalesce(st_pointonsurface(n.outline), n.position) as at) p
 where p.shape is not null and n.kind = any(%(kinds)s)
   and coalesce(n.values->>'commune_code', '') <> ''
   and exists (select from places_adminunit u
                where u.level = 'commune' and u.code = n.values->>'commune_code')
   and not exists (
     select from places_adminunit u left join places_unitpart t on t.unit_id = u.id
      where u.level = 'commune' and u.code = n.values->>'commune_code'
        and (u.valid_to is null or (u.valid_from <= n.true_from and u.valid_to > n.true_from))
        and (u.outline_source <> 'official' or t.id is null
             or st_dwithin(t.outline, p.shape, %(edge)s)))
"""


def outside_commune() -> Iterator[Found]:
    """Records no part of which lies in the commune they name."""
    for record, code, x, y in rows(_COMMUNE, {"kinds": PLACED_KINDS, "edge": EDGE}):
        yield Found(record, "place_outside_commune", "", {"code": code}, (x, y))


# A share of two areas in one place is the same in degrees as in metres.
# An area that gave way to others lies under its parts, as it must.
_OVERLAP = """
with gone as (
  select record_id from register_state
   where known_to is null and true_to is null and state = any(%(gone)s)
)
select a.record_id, b.local_id, b.organisation_id, c.common / c.smaller as share,
       c.common / nullif(st_area(a.outline), 0) * a.area_m2, st_x(c.at), st_y(c.at)
  from nightly_now a join nightly_now b
    on b.kind = a.kind and b.record_id <> a.record_id and st_intersects(a.outline, b.outline)
 cross join lateral (
   select st_area(i.shape) as common, st_pointonsurface(i.shape) as at,
          nullif(least(st_area(a.outline), st_area(b.outline)), 0) as smaller
     from (select st_intersection(st_makevalid(a.outline), st_makevalid(b.outline)) as shape) i
   ) c
 where a.kind in ('hazardous_area', 'land_release') and c.common > %(least)s * c.smaller
   and a.record_id not in (select record_id from gone)
   and b.record_id not in (select record_id from gone)
"""


def overlaps(thresholds: Mapping[str, float]) -> Iterator[Found]:
    """Areas, and releases, that lie on top of others of their kind."""
    for record, other, organisation, share, area, x, y in rows(
        _OVERLAP, {"gone": list(GONE), "least": thresholds["areas_overlap"]}
    ):
        said = {"other": other, "other_of": organisation, "percent": round(100 * share, 1)}
        at = (x, y) if x is not None else None
        yield Found(record, "areas_overlap", other, {**said, "area": whole(area or 0)}, at)
