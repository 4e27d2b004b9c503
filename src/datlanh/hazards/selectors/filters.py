"""What lists, map, tiles and figures may be narrowed by, as their addresses carry it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

from django.http import QueryDict

from datlanh.hazards.models import PublicStatus
from datlanh.hazards.workflow import LIFE
from datlanh.register.listing.filters import FURTHER, further_asked, times_settled
from datlanh.register.listing.terms import MONTH, NONE
from datlanh.register.selectors import AsOf, asof, day_read, known_read

PRIORITIES = ("high", "medium", "low")
RELEASE_STATES = ("completed", "suspended")


@dataclass(frozen=True)
class RecordFilter:
    """What every list of records shares.

    `organisations` by key, `communes` by today's code (or "-"), `month` as "2026-11" (or "-").
    `further` are answers that have no column, as (attribute, key). `as_of` and `known` are None
    for now; a `known` that is the newest decision is now too.
    """

    organisations: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    text: str = ""
    month: str = ""
    category: str = ""  # only records at which ordnance of this category was found
    further: tuple[tuple[str, str], ...] = ()
    as_of: dt.date | None = None
    known: int | None = None

    # field → its name in addresses
    NAMES: ClassVar[dict[str, str]] = {
        "organisations": "organisation",
        "communes": "commune",
        "text": "q",
        "month": "month",
        "category": "category",
        "as_of": "on",
        "known": "known",
    }
    ALLOWED: ClassVar[dict[str, Any]] = {}

    @classmethod
    def from_query(cls, query: QueryDict) -> Self:
        """The filter an address asks for. What no list knows is left out.

        Raises:
            UnreadableError: `on` or `known` is no date.
        """
        found: dict[str, Any] = {}
        for field in fields(cls):
            if field.name == "further":
                found["further"] = _further(query)
                continue
            said = [v.strip()[:80] for v in query.getlist(cls.NAMES[field.name]) if v.strip()]
            if field.name == "as_of":
                found["as_of"] = day_read(said[-1] if said else None)
            elif field.name == "known":
                found["known"] = known_read(said[-1] if said else None)
            elif field.name in {"text", "month", "category"}:
                found[field.name] = said[-1] if said else ""
            else:
                kept = cls.ALLOWED.get(field.name)
                found[field.name] = tuple(
                    dict.fromkeys(v for v in said if kept is None or v in kept or v == NONE)
                )
        if not MONTH.fullmatch(found["month"]):
            found["month"] = ""
        return cls(**found)._settled()

    def _settled(self) -> Self:
        on, known = times_settled(self.as_of, self.known)
        return replace(self, as_of=on, known=known)

    @property
    def is_past(self) -> bool:
        """Whether it looks at versions, not at the rows of today."""
        return self.as_of is not None or self.known is not None

    @property
    def asof(self) -> AsOf:
        """Its two times, filled."""
        return asof(self.as_of, self.known)

    def query(self, **changes: Any) -> str:
        """The address's query without "?", with `changes` by field name."""
        wanted = replace(self, **changes) if changes else self
        address = QueryDict(mutable=True)
        for field in fields(wanted):
            value = getattr(wanted, field.name)
            if field.name == "further":
                for attribute, key in value:
                    address.appendlist(FURTHER + attribute, key)
                continue
            values = value if isinstance(value, tuple) else (value,)
            for one in values:
                if one not in (None, ""):
                    address.appendlist(self.NAMES[field.name], str(one))
        return address.urlencode()

    def without(self, field: str, value: str) -> str:
        """The query with one value of one field taken out: what a chip's cross leads to."""
        if field.startswith(FURTHER):
            gone = (field.removeprefix(FURTHER), value)
            return self.query(further=tuple(pair for pair in self.further if pair != gone))
        now = getattr(self, field)
        rest: Any = tuple(v for v in now if v != value) if isinstance(now, tuple) else ""
        return self.query(**{field: rest})

    def spoken(self) -> list[tuple[str, str]]:
        """Every value in force as (field, value), the two times apart."""
        said: list[tuple[str, str]] = []
        for field in fields(self):
            if field.name in {"as_of", "known", "further"}:
                continue
            value = getattr(self, field.name)
            said += [
                (field.name, v) for v in (value if isinstance(value, tuple) else (value,)) if v
            ]
        return said + [(FURTHER + attribute, key) for attribute, key in self.further]

    @property
    def asked(self) -> dict[str, tuple[str, ...]]:
        """The answers without a column, keys by attribute."""
        found: dict[str, tuple[str, ...]] = {}
        for attribute, key in self.further:
            found[attribute] = (*found.get(attribute, ()), key)
        return found


def _further(query: QueryDict) -> tuple[tuple[str, str], ...]:
    pairs = [
        (name, key)
        for name in further_asked(query)
        for value in query.getlist(FURTHER + name)
        if (key := value.strip()[:80])
    ]
    return tuple(dict.fromkeys(pairs))


@dataclass(frozen=True)
class AreaFilter(RecordFilter):
    """Hazardous areas. `month` is the month of identification.

    `status` is public; `state` is the step of its life. Without one, areas that were never
    confirmed to be any (`rules.GONE`) are left out.
    """

    status: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()

    NAMES = RecordFilter.NAMES | {"status": "status", "state": "state", "priority": "priority"}
    ALLOWED = {"status": PublicStatus.values, "state": LIFE.state_keys, "priority": PRIORITIES}


@dataclass(frozen=True)
class ReleaseFilter(RecordFilter):
    """Released land. `month` is the month of the end date.

    `methods` are whole combinations, their keys sorted and joined by "+"; `depths` are classes.
    """

    state: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    depths: tuple[str, ...] = ()

    NAMES = RecordFilter.NAMES | {"state": "state", "methods": "method", "depths": "depth"}
    ALLOWED = {"state": RELEASE_STATES}
