"""Rows of areas and releases: the typed ones of now, or the same columns from the versions.

A source is SQL for a derived table with parameters. Both kinds of source give the same columns,
so lists, tiles and figures are written once. `tests/app/test_reporting.py` holds them equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datlanh.hazards.rules import DEEPEST, DEPTH_CLASSES, PUBLIC_STATUS
from datlanh.kernel import clock
from datlanh.places.selectors.lineage import commune_lineage
from datlanh.register.selectors import AsOf

AREA, RELEASE = "hazardous_area", "land_release"

Params = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """`with` clauses (may be ""), the rows as a `from` item named t, and the parameters."""

    clauses: str
    rows: str
    params: Params


def _choose(column: str, pairs: dict[str, str], otherwise: str) -> str:
    cases = " ".join(f"when '{a}' then '{b}'" for a, b in pairs.items())
    return f"case {column} {cases} else '{otherwise}' end"


def depth_sql(reported: str, depth: str) -> str:
    """`rules.depth_class` in SQL."""
    steps = " ".join(f"when {depth} <= {reach} then '{key}'" for key, reach in DEPTH_CLASSES)
    return (
        f"coalesce(nullif({reported}, ''), case when {depth} is null then '' {steps} "
        f"else '{DEEPEST}' end)"
    )


# `places.current_of`, set-wise.
LINEAGE = """
lineage(code, valid_from, valid_to, id) as materialized (
  select * from unnest(%(codes)s::text[], %(valid_from)s::date[], %(valid_to)s::date[],
                       %(communes_today)s::bigint[])
)"""

# As projected: the commune as named where the name is known, else where the ground lies.
_COMMUNE = """
left join lineage named on named.code = nullif(v.values->>'commune_code', '')
     and named.valid_from <= v.true_from
     and (named.valid_to is null or named.valid_to > v.true_from)
left join lateral (
  select u.id from places_unitpart p join places_adminunit u on u.id = p.unit_id
   where named.id is null
     and st_intersects(p.outline, coalesce(v.position, st_pointonsurface(v.outline)))
     and u.level = 'commune' and u.valid_from <= %(today)s
     and (u.valid_to is null or u.valid_to > %(today)s)
   order by (u.outline_source = 'official') desc, u.code limit 1
) lies on true
"""

_SHARED = """
  v.record_id, r.local_id, coalesce(v.values->>'internal_id', '') as internal_id,
  v.organisation_id, coalesce(v.values->>'reporting_team', '') as reporting_team,
  coalesce(v.values->>'village_name', '') as village_name,
  coalesce(v.values->>'shape_id', '') as shape_id, v.outline, v.position, v.area_m2,
  (v.values->>'area_reported_m2')::float8 as area_reported_m2,
  coalesce(named.id, lies.id) as commune_id, v.true_from, v.known_from as known_seq,
  coalesce(v.values->>'reported_status', '') as reported_status,
"""

_VERSIONS = f"""
  from register_version v join register_record r on r.id = v.record_id {_COMMUNE}
 where v.kind = %(kind)s and r.kind = %(kind)s
   and v.true_from <= %(on)s and (v.true_to is null or v.true_to > %(on)s)
   and v.known_from <= %(known)s and (v.known_to is null or v.known_to > %(known)s)
"""

_AREA = f"""
  coalesce(v.values->>'area_type', 'cha') as area_type,
  {_choose("v.values->>'reported_status'", PUBLIC_STATUS, "open")} as public_status,
  (v.values->>'identification_date')::date as identification_date,
  coalesce(v.values->>'clearance_priority', '') as clearance_priority,
  (v.values->>'assessment_score')::int as assessment_score,
  v.lists
"""

_RELEASE = f"""
  coalesce(v.values->>'release_type', '') as release_type,
  (v.values->>'start_date')::date as start_date, (v.values->>'end_date')::date as end_date,
  array(select m from jsonb_array_elements_text(
    case jsonb_typeof(v.values->'method') when 'array' then v.values->'method'
      else '[]'::jsonb end) as m order by m) as methods,
  {
    depth_sql("v.values->>'clearance_depth_class'", "(v.values->>'clearance_depth_cm')::float8")
} as depth,
  (v.values->>'cleared_area_m2')::float8 as cleared_area_m2,
  (v.values->>'uncleared_area_m2')::float8 as uncleared_area_m2,
  (v.values->>'fadeout_area_m2')::float8 as fadeout_area_m2,
  (v.values->>'surface_area_m2')::float8 as surface_area_m2,
  v.lists
"""  # noqa: S608 - only our own names

_TYPED_RELEASE = f"""
(select r.*, {depth_sql("r.clearance_depth_class", "r.clearance_depth_cm")} as depth
   from hazards_landrelease r) t"""  # noqa: S608


def versions(kind: str, moment: AsOf) -> Source:
    """The records of `kind` as they were true on a day, as known after a decision."""
    own = _AREA if kind == AREA else _RELEASE
    lineage = commune_lineage()
    return Source(
        clauses=LINEAGE,
        rows=f"(select {_SHARED} {own} {_VERSIONS}) t",
        params={
            "kind": kind,
            "on": moment.on,
            "known": moment.known,
            "today": clock.today(),
            "codes": lineage.codes,
            "valid_from": lineage.valid_from,
            "valid_to": lineage.valid_to,
            "communes_today": lineage.today,
        },
    )


def typed(kind: str) -> Source:
    """The records of `kind` as they stand now: the fast way."""
    return Source("", "hazards_hazardousarea t" if kind == AREA else _TYPED_RELEASE, {})
