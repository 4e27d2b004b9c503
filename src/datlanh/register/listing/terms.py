"""What filters become in SQL, for every kind of record; values travel in the parameters."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from datlanh.accounts.scope import Scope
from datlanh.kernel import ids
from datlanh.organisations.models import Organisation
from datlanh.places import selectors as places
from datlanh.places.models import AdminUnit, Level
from datlanh.register.listing.sources import Params

NONE = "-"  # the rows where an attribute says nothing
MONTH = re.compile(r"(?:[12]\d{3}-(?:0[1-9]|1[0-2])|-)")
PROVINCE = "409"
# A list row named w, as it was known with the versions of a past moment.
ROW_KNOWN = "w.known_from <= %(known)s and (w.known_to is null or w.known_to > %(known)s)"
NEAR = 0.85  # how well a place must match before its records are listed


def keys(values: Iterable[str]) -> list[str]:
    """Values without "-"."""
    return [v for v in values if v != NONE]


def month_word(month: str) -> str:
    """`2026-11` → `11/2026`."""
    return f"{month[5:]}/{month[:4]}" if month != NONE else NONE


def month_of(value: dt.date | None) -> str:
    """`2026-11`, or "-"."""
    return value.strftime("%Y-%m") if value else NONE


def within(scope: Scope, params: Params) -> str:
    """The rows of a scope; "" for all of them."""
    if scope.everything:
        return ""
    params["scope"] = sorted(scope.organisation_ids)
    # A single organisation as an equation: then an index gives the order of the list as well.
    if len(params["scope"]) == 1:
        params["scope"] = params["scope"][0]
        return "t.organisation_id = %(scope)s"
    return "t.organisation_id = any(%(scope)s::bigint[])"


def one_of(column: str, name: str, values: list[Any], params: Params, *, none: bool = False) -> str:
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


def of_organisations(wanted: Sequence[str], params: Params) -> str:
    """Rows of the organisations of these keys."""
    found = Organisation.objects.filter(key__in=wanted).order_by("pk")
    own = list(found.values_list("pk", flat=True))
    return one_of("t.organisation_id", "organisations", own, params)


def in_communes(wanted: Sequence[str], params: Params) -> str:
    """Rows in the communes of today of these codes; "-": where none is known."""
    units = AdminUnit.objects.filter(level=Level.COMMUNE, code__in=keys(wanted), valid_to=None)
    here = list(units.order_by("pk").values_list("pk", flat=True))
    return one_of("t.commune_id", "communes", here, params, none=NONE in wanted)


def in_month(column: str, month: str, params: Params) -> str:
    """Rows whose day lies in a month ("2026-11"), or is not known ("-")."""
    if month == NONE:
        return f"{column} is null"
    first = dt.date.fromisoformat(f"{month}-01")
    params["month"] = first
    params["month_end"] = (first + dt.timedelta(days=32)).replace(day=1)
    return f"({column} >= %(month)s and {column} < %(month_end)s)"


def spelled(text: str) -> str:
    """What was typed, as ids are written; a report's id gives its record's."""
    return re.sub(r"[\s_]+", "-", text.upper()).removeprefix(f"{ids.REPORT}-")


def beginning(text: str) -> str:
    """A pattern for what begins with `text`."""
    return like(text) + "%"


def by_id(text: str, prefixes: Sequence[str], params: Params) -> list[str]:
    """Rows whose own id, or internal id, begins with `text`; the running number alone will do."""
    terms = ["upper(t.internal_id) like %(beginning)s"]
    params["beginning"] = beginning(text.upper())
    meant = ids.propose(text)
    upper = str(meant) if meant else spelled(text)
    starts = [f"{p}-{PROVINCE}-{text}%" for p in prefixes if re.fullmatch(r"\d{2,6}", text)]
    for start in dict.fromkeys((upper, upper.removeprefix("HR-"), f"HR-{upper}")):
        if any(start.startswith(f"{p}-") or p.startswith(start) for p in prefixes):
            starts.append(beginning(start))
    for i, start in enumerate(starts):
        params[f"start{i}"] = start
        terms.append(f"t.local_id like %(start{i})s")
    return terms


def by_place(text: str, params: Params) -> list[str]:
    """Rows in a place of that name, of today or of before; a number names no place."""
    if any(c.isdigit() for c in text):
        return []
    terms = []
    if here := _places(text):
        params["places"] = here
        terms.append("t.commune_id = any(%(places)s)")
    params["village"] = f"%{like(text)}%"
    return [*terms, "t.village_name ilike %(village)s"]


def like(text: str) -> str:
    """`text` for a pattern, where it means itself."""
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
