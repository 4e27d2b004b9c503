"""From a scope and a filter to SQL: which records of a kind, of which source."""

from __future__ import annotations

from collections.abc import Mapping

from datlanh.accounts.scope import Scope
from datlanh.register.listing import terms
from datlanh.register.listing.filters import ListFilter
from datlanh.register.listing.sources import NEVER, Found, Listing, Params, Rows, typed, versions
from datlanh.register.selectors import AsOf


def rows(scope: Scope, filter: ListFilter, moment: AsOf | None = None) -> Rows:
    """The records within `scope` that pass `filter`.

    Without `moment` the filter's own times choose the source: typed rows for now, versions for
    the past. With one, the versions of that moment are read whatever the filter says.
    """
    if moment is None and filter.is_past:
        moment = filter.asof
    listing = filter.listing
    source = versions(listing, moment) if moment else typed(listing)
    params = dict(source.params)
    found = [
        terms.within(scope, params),
        *_shared(filter, params),
        *(_chosen(listing, name, keys, params) for name, keys in filter.chosen.items()),
        *further_terms(filter.further, params, moment),
    ]
    if filter.category and listing.found:
        params["category"] = filter.category
        found.append(found_then(listing.found) if moment else found_now(listing.found))
    return Rows(source, " and ".join(t for t in found if t) or "true", params)


def _shared(filter: ListFilter, params: Params) -> list[str]:
    found = []
    if filter.organisations:
        found.append(terms.of_organisations(filter.organisations, params))
    if filter.communes:
        found.append(terms.in_communes(filter.communes, params))
    if filter.month:
        listing = filter.listing
        if filter.month == terms.NONE:
            found.append(f"{listing.day_sql} = {NEVER}")
        else:
            found.append(terms.in_month(listing.day_sql, filter.month, params))
    if filter.text:
        meant = terms.by_id(filter.text, filter.listing.prefixes, params)
        meant += terms.by_place(filter.text, params)
        found.append(f"({' or '.join(meant)})")
    return found


def _chosen(listing: Listing, name: str, keys: tuple[str, ...], params: Params) -> str:
    wanted = ["" if k == terms.NONE else k for k in keys]
    column = listing.column(name)
    if column is None or column.kind != "keys":
        return terms.one_of(f"t.{name}", f"chosen_{name}", wanted, params)
    params[f"chosen_{name}"] = [k for k in wanted if k]
    some = f"t.{name}::text[] && %(chosen_{name})s::text[]"
    return f"({some} or cardinality(t.{name}) = 0)" if "" in wanted else some


def further_terms(
    further: Mapping[str, tuple[str, ...]], params: Params, moment: AsOf | None
) -> list[str]:
    """Attributes that are no columns: looked up in the version that each row was made from.

    A sealed answer is an object there: it has no key, and counts as not said.
    """
    found = []
    for i, (attribute, keys) in enumerate(further.items()):
        params |= {f"further{i}": attribute, f"further_keys{i}": terms.keys(keys)}
        of = f"w.values->%(further{i})s"
        said = f"""case jsonb_typeof({of})
          when 'array' then {of} ?| %(further_keys{i})s
          when 'object' then false
          else w.values->>%(further{i})s = any(%(further_keys{i})s) end"""
        if terms.NONE in keys:
            said = f"({said} or {of} is null or jsonb_typeof({of}) = 'object')"
        times = "w.known_to is null and w.true_to is null"
        if moment is not None:
            times = """w.true_from <= %(on)s and (w.true_to is null or w.true_to > %(on)s)
              and w.known_from <= %(known)s and (w.known_to is null or w.known_to > %(known)s)"""
        found.append(
            "exists (select 1 from register_version w where w.record_id = t.record_id "  # noqa: S608
            f"and {times} and {said})"
        )
    return found


def found_now(found: Found) -> str:
    """The record has a row of %(category)s, by the typed rows."""
    return (
        f"exists (select 1 from {found.table} i where i.record_id = t.record_id "  # noqa: S608
        f"and i.{found.column} = %(category)s)"
    )


def found_then(found: Found) -> str:
    """The same for the versions, by the lists they name."""
    return (
        f"exists (select 1 from register_row w where w.list = '{found.list}' "  # noqa: S608
        f"and w.report_id in (select jsonb_array_elements_text(t.lists->'{found.list}')::bigint) "
        f"and {terms.ROW_KNOWN} and {category_sql(found)} = %(category)s)"
    )


def category_sql(found: Found) -> str:
    """The category of a list row named w, as the projection reads it."""
    return f"coalesce(nullif(w.values->>'{found.attribute}', ''), '{found.otherwise}')"


def quantity_sql(found: Found) -> str:
    """How many pieces a list row named w is."""
    if not found.quantity:
        return "1"
    return f"greatest(coalesce((w.values->>'{found.quantity}')::int, 1), 1)"


def counted_sql(found: Found, key: str) -> str:
    """Around rows that give `key` and `lists`: pieces by key and category."""
    reports = f"jsonb_array_elements_text(coalesce(x.lists->'{found.list}', '[]')) e"
    mine = f"w.list = '{found.list}' and w.report_id = e.value::bigint and {terms.ROW_KNOWN}"
    counted = f"{category_sql(found)} as category, sum({quantity_sql(found)}) as pieces"
    joined = f"cross join lateral {reports} join register_row w on {mine}"
    return f"select x.{key}, {counted} from ({{inner}}) x {joined} group by 1, 2"  # noqa: S608
