"""From a scope and a filter to SQL: which rows, of which source."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from datlanh.accounts.scope import Scope
from datlanh.hazards.rules import PUBLIC_STATUS
from datlanh.hazards.selectors import sources
from datlanh.hazards.selectors.filters import NONE, AreaFilter, RecordFilter, ReleaseFilter, keys
from datlanh.hazards.selectors.sources import AREA, RELEASE, Params, Source
from datlanh.kernel import ids
from datlanh.organisations.models import Organisation
from datlanh.places import selectors as places
from datlanh.places.models import AdminUnit, Level
from datlanh.register.selectors import AsOf

PREFIXES = {AREA: ("HAZ",), RELEASE: ("HR-CLC", "HR-CLS")}
PROVINCE = "409"
NEAR = 0.85  # how well a place must match before its records are listed


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


def kind_of(filter: RecordFilter) -> str:
    """The kind of record a filter is about."""
    return RELEASE if isinstance(filter, ReleaseFilter) else AREA


def rows(scope: Scope, filter: RecordFilter, moment: AsOf | None = None) -> Rows:
    """The records within `scope` that pass `filter`.

    Without `moment` the filter's own times choose the source: typed rows for now, versions for
    the past. With one, the versions of that moment are read whatever the filter says.
    """
    kind = kind_of(filter)
    if moment is None and filter.is_past:
        moment = filter.asof
    source = sources.versions(kind, moment) if moment else sources.typed(kind)
    params = dict(source.params)
    terms = [_scope(scope, params), *_shared(filter, params, by_version=moment is not None)]
    if isinstance(filter, AreaFilter):
        terms += _areas(filter, params)
    elif isinstance(filter, ReleaseFilter):
        terms += _releases(filter, params)
    return Rows(source, " and ".join(t for t in terms if t) or "true", params)


def _scope(scope: Scope, params: Params) -> str:
    if scope.everything:
        return ""
    params["scope"] = sorted(scope.organisation_ids)
    # A single organisation as an equation: then an index gives the order of the list as well.
    if len(params["scope"]) == 1:
        params["scope"] = params["scope"][0]
        return "t.organisation_id = %(scope)s"
    return "t.organisation_id = any(%(scope)s::bigint[])"


def _one_of(column: str, name: str, values: list[Any], params: Params, none: bool) -> str:
    """`column` is one of `values`, or empty where `none`."""
    terms = []
    if values:
        params[name] = values[0] if len(values) == 1 else values
        terms.append(
            f"{column} = %({name})s" if len(values) == 1 else f"{column} = any(%({name})s)"
        )
    if none:
        terms.append(f"{column} is null")
    return f"({' or '.join(terms)})" if terms else "false"


def _shared(filter: RecordFilter, params: Params, *, by_version: bool) -> list[str]:
    terms = []
    if filter.organisations:
        found = Organisation.objects.filter(key__in=filter.organisations).order_by("pk")
        own = list(found.values_list("pk", flat=True))
        terms.append(_one_of("t.organisation_id", "organisations", own, params, none=False))
    if filter.communes:
        units = AdminUnit.objects.filter(
            level=Level.COMMUNE, code__in=keys(filter.communes), valid_to=None
        )
        here = list(units.order_by("pk").values_list("pk", flat=True))
        terms.append(_one_of("t.commune_id", "communes", here, params, NONE in filter.communes))
    if filter.text:
        terms.append(_text(filter, params))
    if filter.month:
        column = "t.end_date" if isinstance(filter, ReleaseFilter) else "t.identification_date"
        terms.append(_month(column, filter.month, params))
    if filter.category:
        params["category"] = filter.category
        terms.append(_FOUND_THEN if by_version else _FOUND_NOW)
    return terms


_FOUND_NOW = """exists (select 1 from hazards_ordnanceitem i
  where i.record_id = t.record_id and i.category = %(category)s)"""
_FOUND_THEN = """exists (select 1 from register_row w
  where w.list = 'ordnance_items' and w.report_id in (
    select jsonb_array_elements_text(t.lists->'ordnance_items')::bigint)
  and coalesce(nullif(w.values->>'category', ''), 'unknown') = %(category)s)"""


def _month(column: str, month: str, params: Params) -> str:
    if month == NONE:
        return f"{column} is null"
    first = dt.date.fromisoformat(f"{month}-01")
    params["month"] = first
    params["month_end"] = (first + dt.timedelta(days=32)).replace(day=1)
    return f"({column} >= %(month)s and {column} < %(month_end)s)"


def _text(filter: RecordFilter, params: Params) -> str:
    """Ids by their beginning (the running number alone will do), or all records of a place."""
    text = filter.text
    upper = re.sub(r"[\s_]+", "-", text.upper()).removeprefix(f"{ids.REPORT}-")
    if upper.startswith(PREFIXES[kind_of(filter)][0][:3]):
        params["local"] = _like(str(ids.propose(text) or upper)) + "%"
        return "t.local_id like %(local)s"
    terms = ["upper(t.internal_id) like %(beginning)s", "upper(t.shape_id) like %(beginning)s"]
    params["beginning"] = _like(text.upper()) + "%"
    meant = ids.propose(text)
    if meant:
        params["meant"] = str(meant)
        terms.append("t.local_id = %(meant)s")
    elif re.fullmatch(r"\d{2,6}", text):
        starts = [f"{p}-{PROVINCE}-{text}%" for p in PREFIXES[kind_of(filter)]]
        for i, start in enumerate(starts):
            params[f"number{i}"] = start
            terms.append(f"t.local_id like %(number{i})s")
    if not any(c.isdigit() for c in text):
        here = _places(text)
        if here:
            params["places"] = here
            terms.append("t.commune_id = any(%(places)s)")
        params["village"] = f"%{_like(text)}%"
        terms.append("t.village_name ilike %(village)s")
    return f"({' or '.join(terms)})"


def _like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def _places(text: str) -> list[int]:
    """The communes of today that bear that name, or hold what bore it."""
    hits = [h for h in places.unit_search(text, limit=8) if h.score >= NEAR]
    found: set[int] = set()
    for hit in hits:
        if hit.unit.level == Level.COMMUNE and hit.current_unit.level == Level.COMMUNE:
            found.add(hit.current_unit.pk)
        elif hit.unit.level == Level.DISTRICT:
            found |= {u.pk for u in places.successors(hit.unit)}
    return sorted(found)


def _areas(filter: AreaFilter, params: Params) -> list[str]:
    terms = []
    if filter.status:
        states = [s for s in filter.status if s in PUBLIC_STATUS.values()]
        terms.append(_one_of("t.public_status", "status", states, params, none=False))
    if filter.priority:
        wanted = ["" if p == NONE else p for p in filter.priority]
        terms.append(_one_of("t.clearance_priority", "priority", wanted, params, none=False))
    return terms


def _releases(filter: ReleaseFilter, params: Params) -> list[str]:
    terms = []
    if filter.state:
        wanted = ["" if s == NONE else s for s in filter.state]
        terms.append(_one_of("t.reported_status", "state", wanted, params, none=False))
    if filter.depths:
        wanted = ["" if d == NONE else d for d in filter.depths]
        terms.append(_one_of("t.depth", "depths", wanted, params, none=False))
    if filter.methods:
        some = []
        for i, combination in enumerate(filter.methods):
            params[f"method{i}"] = [] if combination == NONE else sorted(combination.split("+"))
            name = f"%(method{i})s::text[]"
            some.append(f"(t.methods::text[] @> {name} and t.methods::text[] <@ {name})")
        terms.append(f"({' or '.join(some)})")
    return terms
