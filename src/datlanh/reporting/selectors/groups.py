"""What figures are grouped by: the operator, today's commune, or the month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from datlanh.hazards.selectors import AreaFilter, RecordFilter, ReleaseFilter
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.places.models import AdminUnit
from datlanh.register.listing import NONE, ListFilter, month_word

BY = ("organisation", "commune", "month")
FIELDS = {"organisation": "organisations", "commune": "communes", "month": "month"}
NOT_SAID = Text("Không rõ", "Not said")

F = TypeVar("F", RecordFilter, AreaFilter, ReleaseFilter, ListFilter)


@dataclass(frozen=True)
class Group:
    """One line of a figure: its key as filters carry it, and its name."""

    key: str  # organisation key, commune code, "2026-11"; "-" where nothing says
    label: Text
    order: Any = ""


def expression(by: str, date: str) -> str:
    """The SQL a figure is grouped by; `date` is the column that gives the month."""
    columns = {
        "organisation": "t.organisation_id::text",
        "commune": "t.commune_id::text",
        "month": f"to_char({date}, 'YYYY-MM')",
    }
    return columns[by]


def named(by: str, raw: Iterable[str | None]) -> dict[str | None, Group]:
    """The groups behind what SQL gave; one query whatever their number."""
    found = set(raw)
    ids = {int(r) for r in found if r is not None} if by != "month" else set()
    groups: dict[str | None, Group] = {None: Group(NONE, NOT_SAID, (1, ""))}
    if by == "organisation":
        for o in Organisation.objects.filter(pk__in=ids):
            groups[str(o.pk)] = Group(o.key, Text(o.short_name, o.short_name), (0, o.short_name))
    elif by == "commune":
        units = AdminUnit.objects.filter(pk__in=ids).only(*_UNIT)
        for u in units:
            label = Text(u.full_name, u.full_name_en)
            groups[str(u.pk)] = Group(u.code, label, (0, u.search_text))
    else:
        for month in found - {None}:
            word = month_word(str(month))
            newest_first = (0, _backwards(str(month)))
            groups[month] = Group(str(month), Text(word, word), newest_first)
    return {r: groups.get(r, groups[None]) for r in found}


_UNIT = ("id", "code", "kind", "name_vi", "name_en", "search_text", "valid_to")


def _backwards(month: str) -> int:
    return -(int(month[:4]) * 12 + int(month[5:]))


def narrowed(filter: F, by: str, key: str) -> F:
    """`filter` held to one group as well."""
    value: Any = key if by == "month" else (key,)
    return replace(filter, **{FIELDS[by]: value})


def months_until(on: dt.date, count: int) -> list[str]:
    """The `count` months up to that of `on`, oldest first: "2026-11"."""
    last = on.year * 12 + on.month - 1
    return [f"{m // 12}-{m % 12 + 1:02d}" for m in range(last - count + 1, last + 1)]
