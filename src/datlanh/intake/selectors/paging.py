"""Keyset pages: no offsets, no exact counts, the same speed on the thousandth page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

PAGE = 50

R = TypeVar("R", bound=Model)


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: the key after which (older) or before which (newer) to read."""

    after: int | None = None
    before: int | None = None

    @classmethod
    def read(cls, after: str | None, before: str | None) -> Cursor:
        """From an address; what is no number counts as absent."""
        return cls(_number(after), _number(before))


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page in its order; `newer` and `older` are cursors, None at the ends."""

    rows: list[R]
    newer: int | None
    older: int | None


def page_of(
    rows: QuerySet[R], cursor: Cursor, *, size: int = PAGE, ascending: bool = False
) -> Page[R]:
    """The page of `rows` at `cursor`, by id: newest first, or oldest first with `ascending`.

    `older` leads on in the page's order, `newer` back.
    """
    back = cursor.before is not None and cursor.after is None
    key = cursor.before if back else cursor.after
    upwards = ascending != back
    if key is not None:
        rows = rows.filter(pk__gt=key) if upwards else rows.filter(pk__lt=key)
    found = list(rows.order_by("pk" if upwards else "-pk")[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([], None, None)
    first, last = found[0].pk, found[-1].pk
    if back:
        return Page(found, first if has_more else None, last)
    return Page(found, first if key is not None else None, last if has_more else None)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
