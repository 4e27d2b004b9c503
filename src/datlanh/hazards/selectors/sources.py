"""Rows of areas and releases: the typed ones of now, or the same columns from the versions.

A source is SQL for a derived table with parameters. Both kinds of source give the same columns,
so lists, tiles and figures are written once. `tests/app/test_reporting.py` holds them equal.
"""

from __future__ import annotations

from datlanh.hazards.rules import DEEPEST, DEPTH_CLASSES, PUBLIC_STATUS, STATE_REPORTED
from datlanh.register.listing.sources import (
    LINEAGE,
    SHARED,
    VERSIONS,
    Params,
    Source,
    versions_params,
)
from datlanh.register.selectors import AsOf

AREA, RELEASE = "hazardous_area", "land_release"

__all__ = ["AREA", "RELEASE", "Params", "Source", "depth_sql", "typed", "versions"]


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


_STATUS = "coalesce(v.values->>'reported_status', '') as reported_status"

# `rules.reported_state`, and what steps say before it.
_REPORTED = _choose("v.values->>'reported_status'", STATE_REPORTED, "")
_STATE = f"""coalesce(s.state, nullif({_REPORTED}, ''),
  case v.values->>'area_type' when 'sha' then 'sha' else 'cha' end)"""

_AREA = f"""
  coalesce(v.values->>'area_type', 'cha') as area_type,
  {_STATE} as state,
  {_choose(_STATE, PUBLIC_STATUS, "open")} as public_status,
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
    own = f"{_STATUS}, {_AREA if kind == AREA else _RELEASE}"
    rows = f"(select {SHARED}, {own} {VERSIONS}) t"
    return Source(LINEAGE, rows, versions_params(kind, moment))


def typed(kind: str) -> Source:
    """The records of `kind` as they stand now: the fast way."""
    return Source("", "hazards_hazardousarea t" if kind == AREA else _TYPED_RELEASE, {})
