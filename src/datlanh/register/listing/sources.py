"""Rows of a kind of record: the typed ones of now, or the same columns from the versions.

A source is SQL for a derived table with parameters. Both kinds of source give the same columns,
so lists and figures are written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from datlanh.kernel import clock
from datlanh.places.selectors.lineage import commune_lineage
from datlanh.register.listing.columns import Column
from datlanh.register.selectors import AsOf

Params = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """A list of the records by whose rows they may be found: ordnance of a category."""

    list: str  # the register's list
    attribute: str  # of its rows
    table: str  # of the typed rows
    column: str
    otherwise: str = "unknown"  # where a row says nothing
    quantity: str = ""  # the attribute that counts its pieces; none: each row is one


@dataclass(frozen=True)
class Listing:
    """One kind of record as lists and figures read it.

    `day` is the column that months are of. `derived` columns are SQL over the others, which
    stand there as x. `choices` are the columns its own filters choose of.
    """

    kind: str
    model: type[models.Model]
    prefixes: tuple[str, ...]  # of its ids
    columns: tuple[Column, ...]
    day: str
    choices: tuple[str, ...] = ()
    derived: Mapping[str, str] = field(default_factory=dict)
    found: Found | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Its own columns, derived ones last."""
        return (*(c.name for c in self.columns), *self.derived)

    def column(self, name: str) -> Column | None:
        """The column of that name; None for a derived one."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def day_sql(self) -> str:
        """The day as a key of order: an unknown one comes before all others."""
        return f"coalesce(t.{self.day}, {NEVER})"


NEVER = "'0001-01-01'::date"


@dataclass(frozen=True)
class Source:
    """`with` clauses (may be ""), the rows as a `from` item named t, and the parameters."""

    clauses: str
    rows: str
    params: Params


@dataclass(frozen=True)
class Rows:
    """Scope and filter as SQL: `select … {from_where}` gives exactly the records that pass."""

    source: Source
    where: str
    params: Params

    def select(self, columns: str, rest: str = "", around: str = "") -> str:
        """A whole statement over the rows, named t; `around` takes it as {inner}."""
        begin = f"with {self.source.clauses} " if self.source.clauses else ""
        # Names of columns and tables are ours; what people type travels in the parameters.
        inner = f"select {columns} from {self.source.rows} where {self.where} {rest}"  # noqa: S608
        return begin + (around.replace("{inner}", inner) if around else inner)


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

_STATE = """
left join register_state s on s.record_id = v.record_id
  and s.true_from <= %(on)s and (s.true_to is null or s.true_to > %(on)s)
  and s.known_from <= %(known)s and (s.known_to is null or s.known_to > %(known)s)
"""

SHARED = """
  v.record_id, r.local_id, coalesce(v.values->>'internal_id', '') as internal_id,
  v.organisation_id, coalesce(v.values->>'reporting_team', '') as reporting_team,
  coalesce(v.values->>'village_name', '') as village_name,
  coalesce(v.values->>'shape_id', '') as shape_id, v.outline, v.position, v.area_m2,
  (v.values->>'area_reported_m2')::float8 as area_reported_m2,
  coalesce(named.id, lies.id) as commune_id, v.true_from, v.known_from as known_seq
"""

VERSIONS = f"""
  from register_version v join register_record r on r.id = v.record_id {_COMMUNE} {_STATE}
 where v.kind = %(kind)s and r.kind = %(kind)s
   and v.true_from <= %(on)s and (v.true_to is null or v.true_to > %(on)s)
   and v.known_from <= %(known)s and (v.known_to is null or v.known_to > %(known)s)
"""


def versions_params(kind: str, moment: AsOf) -> Params:
    """What the marks in `LINEAGE` and `VERSIONS` stand for."""
    lineage = commune_lineage()
    return {
        "kind": kind,
        "on": moment.on,
        "known": moment.known,
        "today": clock.today(),
        "codes": lineage.codes,
        "valid_from": lineage.valid_from,
        "valid_to": lineage.valid_to,
        "communes_today": lineage.today,
    }


def versions(listing: Listing, moment: AsOf) -> Source:
    """The records as they were true on a day, as known after a decision."""
    own = ", ".join(f"{c.sql()} as {c.name}" for c in listing.columns)
    inner = f"(select {SHARED}, {own}, v.lists {VERSIONS})"
    return Source(LINEAGE, _with_derived(listing, inner), versions_params(listing.kind, moment))


def typed(listing: Listing) -> Source:
    """The records as they stand now: the fast way."""
    return Source("", _with_derived(listing, listing.model._meta.db_table), {})


def _with_derived(listing: Listing, rows: str) -> str:
    if not listing.derived:
        return f"{rows} t"
    made = ", ".join(f"{sql} as {name}" for name, sql in listing.derived.items())
    return f"(select x.*, {made} from {rows} x) t"  # noqa: S608 - our own names only
