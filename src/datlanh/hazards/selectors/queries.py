"""From a scope and a filter to SQL: which rows, of which source."""

from __future__ import annotations

import re

from datlanh.accounts.scope import Scope
from datlanh.hazards.rules import GONE, PUBLIC_STATES
from datlanh.hazards.selectors import sources
from datlanh.hazards.selectors.filters import AreaFilter, RecordFilter, ReleaseFilter
from datlanh.hazards.selectors.sources import AREA, RELEASE, Params
from datlanh.kernel import ids
from datlanh.register.listing import terms
from datlanh.register.listing.queries import further_terms
from datlanh.register.listing.sources import Rows
from datlanh.register.listing.terms import NONE
from datlanh.register.selectors import AsOf

PREFIXES = {AREA: ("HAZ",), RELEASE: ("HR-CLC", "HR-CLS")}


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
    wanted = [terms.within(scope, params), *_shared(filter, params, by_version=moment is not None)]
    wanted += further_terms(filter.asked, params, moment)
    if isinstance(filter, AreaFilter):
        wanted += _areas(filter, params)
    elif isinstance(filter, ReleaseFilter):
        wanted += _releases(filter, params)
    return Rows(source, " and ".join(t for t in wanted if t) or "true", params)


def _shared(filter: RecordFilter, params: Params, *, by_version: bool) -> list[str]:
    found = []
    if filter.organisations:
        found.append(terms.of_organisations(filter.organisations, params))
    if filter.communes:
        found.append(terms.in_communes(filter.communes, params))
    if filter.text:
        found.append(_text(filter, params))
    if filter.month:
        column = "t.end_date" if isinstance(filter, ReleaseFilter) else "t.identification_date"
        found.append(terms.in_month(column, filter.month, params))
    if filter.category:
        params["category"] = filter.category
        found.append(_FOUND_THEN if by_version else _FOUND_NOW)
    return found


_FOUND_NOW = """exists (select 1 from hazards_ordnanceitem i
  where i.record_id = t.record_id and i.category = %(category)s)"""
_FOUND_THEN = f"""exists (select 1 from register_row w
  where w.list = 'ordnance_items' and w.report_id in (
    select jsonb_array_elements_text(t.lists->'ordnance_items')::bigint)
  and {terms.ROW_KNOWN}
  and coalesce(nullif(w.values->>'category', ''), 'unknown') = %(category)s)"""  # noqa: S608


def _text(filter: RecordFilter, params: Params) -> str:
    """Ids by their beginning (the running number alone will do), or all records of a place."""
    text = filter.text
    upper = terms.spelled(text)
    if upper.startswith(PREFIXES[kind_of(filter)][0][:3]):
        params["local"] = terms.like(str(ids.propose(text) or upper)) + "%"
        return "t.local_id like %(local)s"
    found = ["upper(t.internal_id) like %(beginning)s", "upper(t.shape_id) like %(beginning)s"]
    params["beginning"] = terms.like(text.upper()) + "%"
    meant = ids.propose(text)
    if meant:
        params["meant"] = str(meant)
        found.append("t.local_id = %(meant)s")
    elif re.fullmatch(r"\d{2,6}", text):
        starts = [f"{p}-{terms.PROVINCE}-{text}%" for p in PREFIXES[kind_of(filter)]]
        for i, start in enumerate(starts):
            params[f"number{i}"] = start
            found.append(f"t.local_id like %(number{i})s")
    found += terms.by_place(text, params)
    return f"({' or '.join(found)})"


def _areas(filter: AreaFilter, params: Params) -> list[str]:
    found = []
    if filter.state:
        found.append(terms.one_of("t.state", "state", list(filter.state), params))
    else:
        gone = ", ".join(f"'{state}'" for state in GONE)
        found.append(f"t.state not in ({gone})")
    if filter.status:
        states = [s for s in filter.status if s in PUBLIC_STATES]
        found.append(terms.one_of("t.public_status", "status", states, params))
    if filter.priority:
        wanted = ["" if p == NONE else p for p in filter.priority]
        found.append(terms.one_of("t.clearance_priority", "priority", wanted, params))
    return found


def _releases(filter: ReleaseFilter, params: Params) -> list[str]:
    found = []
    if filter.state:
        wanted = ["" if s == NONE else s for s in filter.state]
        found.append(terms.one_of("t.reported_status", "state", wanted, params))
    if filter.depths:
        wanted = ["" if d == NONE else d for d in filter.depths]
        found.append(terms.one_of("t.depth", "depths", wanted, params))
    if filter.methods:
        some = []
        for i, combination in enumerate(filter.methods):
            params[f"method{i}"] = [] if combination == NONE else sorted(combination.split("+"))
            name = f"%(method{i})s::text[]"
            some.append(f"(t.methods::text[] @> {name} and t.methods::text[] <@ {name})")
        found.append(f"({' or '.join(some)})")
    return found
