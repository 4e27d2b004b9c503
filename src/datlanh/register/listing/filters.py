"""What the list of any kind of record may be narrowed by, as its address carries it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.http import QueryDict

from datlanh.kernel import clock
from datlanh.register.listing.sources import Listing
from datlanh.register.listing.terms import MONTH
from datlanh.register.selectors import AsOf, asof, day_read, decision_newest, known_read

FURTHER = "x."  # before an attribute that is no column: x.soil_condition=soft
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,62}")
# field → its name in addresses
NAMES = {"organisations": "organisation", "communes": "commune", "text": "q"}


def times_settled(on: dt.date | None, known: int | None) -> tuple[dt.date | None, int | None]:
    """The two times, None for now: today is now, and so is the newest decision."""
    on = None if on is None or on >= clock.today() else on
    known = None if known is not None and known >= decision_newest() else known
    return on, known


def further_asked(query: QueryDict) -> list[str]:
    """The attributes an address narrows by that may be no columns."""
    asked = (name.removeprefix(FURTHER) for name in query if name.startswith(FURTHER))
    return [name for name in asked if _ATTRIBUTE.fullmatch(name)]


@dataclass(frozen=True)
class ListFilter:
    """Which records of `listing`.

    `organisations` by key, `communes` by today's code (or "-"), `month` as "2026-11" (or "-").
    `chosen` are keys by column, `further` by attribute of whatever form is in force; "-" where
    nothing is said. `as_of` and `known` are None for now.
    """

    listing: Listing
    organisations: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    text: str = ""
    month: str = ""
    category: str = ""  # only records whose list has a row of this category
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    further: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    as_of: dt.date | None = None
    known: int | None = None

    @classmethod
    def from_query(cls, listing: Listing, query: QueryDict) -> Self:
        """The filter an address asks for. What the list does not know is left out.

        Raises:
            UnreadableError: `on` or `known` is no date.
        """

        def said(name: str) -> tuple[str, ...]:
            found = (v.strip()[:80] for v in query.getlist(name))
            return tuple(dict.fromkeys(v for v in found if v))

        def last(name: str) -> str:
            return said(name)[-1] if said(name) else ""

        month = last("month")
        on, known = times_settled(day_read(last("on")), known_read(last("known")))
        further = {name: said(FURTHER + name) for name in further_asked(query)}
        return cls(
            listing,
            organisations=said("organisation"),
            communes=said("commune"),
            text=last("q"),
            month=month if MONTH.fullmatch(month) else "",
            category=last("category") if listing.found else "",
            chosen={name: said(name) for name in listing.choices if said(name)},
            further={name: values for name, values in further.items() if values},
            as_of=on,
            known=known,
        )

    @property
    def is_past(self) -> bool:
        """Whether it looks at versions, not at the rows of today."""
        return self.as_of is not None or self.known is not None

    @property
    def asof(self) -> AsOf:
        """Its two times, filled."""
        return asof(self.as_of, self.known)

    @property
    def now(self) -> Self:
        """The same records as they stand now."""
        return replace(self, as_of=None, known=None)

    def narrowed(self, **keys: str) -> Self:
        """Held to one key of some of its own columns as well."""
        return replace(self, chosen={**self.chosen, **{n: (k,) for n, k in keys.items()}})

    def query(self, **changes: Any) -> str:
        """The address's query without "?", with `changes` by field name."""
        wanted = replace(self, **changes) if changes else self
        address = QueryDict(mutable=True)
        for name, value in wanted.spoken():
            address.appendlist(_address(name), value)
        if wanted.as_of is not None:
            address["on"] = wanted.as_of.isoformat()
        if wanted.known is not None:
            address["known"] = str(wanted.known)
        return address.urlencode()

    def without(self, name: str, value: str) -> str:
        """The query with one value of one filter taken out: what a chip's cross leads to."""
        if name in self.chosen:
            return self.query(chosen=_less(self.chosen, name, value))
        if name.startswith(FURTHER):
            return self.query(further=_less(self.further, name.removeprefix(FURTHER), value))
        now = getattr(self, name)
        rest: Any = tuple(v for v in now if v != value) if isinstance(now, tuple) else ""
        return self.query(**{name: rest})

    def spoken(self) -> list[tuple[str, str]]:
        """Every value in force as (filter, value), the two times apart."""
        said = [(n, v) for n in ("organisations", "communes") for v in getattr(self, n)]
        said += [(n, getattr(self, n)) for n in ("text", "month", "category") if getattr(self, n)]
        said += [(name, v) for name, values in self.chosen.items() for v in values]
        return said + [(FURTHER + name, v) for name, values in self.further.items() for v in values]


def _address(name: str) -> str:
    return NAMES.get(name, name)


def _less(kept: Mapping[str, tuple[str, ...]], name: str, value: str) -> dict[str, tuple[str, ...]]:
    rest = {**kept, name: tuple(v for v in kept[name] if v != value)}
    return {n: values for n, values in rest.items() if values}
