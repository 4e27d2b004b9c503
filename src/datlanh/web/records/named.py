"""Ids that pages name, as links where the reader may open the record, as plain text elsewhere.

A link that would lead nowhere tells as much as the record's absence would; so there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.selectors.sheets import Sheet
from datlanh.kernel.errors import DomainError
from datlanh.kernel.ids import RecordId
from datlanh.register.models import Record
from datlanh.web.records.cells import address_of

ID = re.compile(r"(?<![\w-])(?:[A-Z]{2,3}-)?[A-Z]{2,3}-\d{3}-\d{6}(?:-\d{2}){0,2}(?![\w-])")
FAMILY = ("INC", "VIC", "VA")  # whose numbers hang together, from above to below
SHOWN = 12  # members of a family below a record; its list holds all


@dataclass(frozen=True)
class Member:
    """An id of a family, and its page where it may be opened."""

    local_id: str
    href: str = ""


@dataclass(frozen=True)
class Family:
    """What stands above a record by its own id, and below it as far as the reader sees."""

    above: tuple[Member, ...] = ()
    below: tuple[Member, ...] = ()
    more: int = 0  # below, but not shown

    @property
    def hrefs(self) -> dict[str, str]:
        """The addresses of those that open."""
        return {m.local_id: m.href for m in (*self.above, *self.below) if m.href}

    def __bool__(self) -> bool:
        return bool(self.above or self.below)


def records_named(texts: Iterable[str], who: User) -> dict[str, str]:
    """The addresses of the records that texts name and `who` may read."""
    ids = {found for text in texts for found in ID.findall(text)}
    return _addresses(ids, who) if ids else {}


def _addresses(ids: Iterable[str], who: User) -> dict[str, str]:
    visible = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    found = Record.objects.filter(visible, local_id__in=set(ids), is_live=True)
    return {i: address_of(kind, i) for i, kind in found.values_list("local_id", "kind")}


def family_of(local_id: str, who: User) -> Family:
    """The accident, victim and assistance a record belongs with (SOP 2021, App. 01 §1)."""
    try:
        own = RecordId.parse(local_id)
    except DomainError:
        return Family()
    if own.prefix not in FAMILY:
        return Family()
    above = [str(parent) for parent in _above(own)]
    href = _addresses(above, who)
    visible = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    number = local_id.partition("-")[2]
    beginnings = [f"{prefix}-{number}-" for prefix in FAMILY[FAMILY.index(own.prefix) + 1 :]]
    below = Record.objects.none()
    for beginning in beginnings:
        below |= Record.objects.filter(visible, local_id__startswith=beginning, is_live=True)
    told = list(below.order_by("kind", "local_id").values_list("local_id", "kind"))
    told.sort(key=lambda one: (FAMILY.index(one[0].partition("-")[0]), one[0]))
    return Family(
        tuple(Member(i, href.get(i, "")) for i in reversed(above)),
        tuple(Member(i, address_of(kind, i)) for i, kind in told[:SHOWN]),
        max(len(told) - SHOWN, 0),
    )


def _above(own: RecordId) -> Iterator[RecordId]:
    parent = own.parent()
    while parent is not None:
        yield parent
        parent = parent.parent()


def sheet_named(sheet: Sheet, who: User, *more: str) -> Mapping[str, str]:
    """The records that the answers of a report name, and `more`."""
    return records_named([*_texts(sheet), *more], who)


def _texts(sheet: Sheet) -> Iterator[str]:
    for section in sheet.sections:
        cells: list[Any] = list(section.lines)
        cells += [cell for table in section.tables for row in table.rows for cell in row.cells]
        for line in cells:
            if line.value.text is not None and not line.value.is_personal:
                yield line.value.text.vi
