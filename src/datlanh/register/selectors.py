"""Reads of the register's two times: a day of the ground, and a decision of ours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from datlanh.kernel import clock
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.text import Text
from datlanh.register.models import Decision, Row

NO_DATE = Text("«{text}» không phải là ngày.", "“{text}” is not a date.")


@dataclass(frozen=True)
class AsOf:
    """What was true `on` a day, as known after decision `known`.

    `known` is always a decision number, so a figure can be issued again exactly; `known_at` is
    the instant of that decision (this instant, where nothing newer was decided).
    """

    on: dt.date
    known: int
    known_at: dt.datetime
    is_past: bool

    @property
    def known_on(self) -> dt.date | None:
        """The day of `known_at` for a date field; None while everything known counts."""
        return clock.local_date(self.known_at) if self.is_past else None


def decision_newest() -> int:
    """The number of the newest decision, 0 before the first."""
    newest = Decision.objects.order_by("-seq").values_list("seq", flat=True).first()
    return newest or 0


def rows_known(known: int | None = None) -> QuerySet[Row]:
    """List rows as they were known after a decision; as they are known now without one."""
    if known is None:
        return Row.objects.filter(known_to=None)
    return Row.objects.filter(known_from__lte=known).exclude(known_to__lte=known)


def decision_before(moment: dt.datetime) -> int:
    """The newest decision before an instant; 0 before the first."""
    found = Decision.objects.filter(at__lt=moment).order_by("-at", "-seq").first()
    return found.seq if found else 0


def day_read(text: str | None) -> dt.date | None:
    """A day as addresses carry it (2026-11-22). UnreadableError for anything else."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UnreadableError(NO_DATE, code="not_a_date", text=text[:20]) from error


def known_read(text: str | None) -> int | None:
    """A decision number, or a day (all that was decided until its end), as addresses carry it."""
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    day = day_read(text)
    return decision_before(clock.local_midnight(day + dt.timedelta(days=1))) if day else None


def asof(on: dt.date | None = None, known: int | None = None) -> AsOf:
    """The two times, with what is missing filled: today, and everything decided by now."""
    today, newest = clock.today(), decision_newest()
    on = today if on is None or on > today else on
    known = newest if known is None or known > newest else known
    known_at = clock.now()
    if known < newest:
        decision = Decision.objects.filter(seq=known).first()
        known_at = decision.at if decision else clock.now()
        if decision is None:  # before the first decision nothing was known
            first = Decision.objects.order_by("seq").first()
            known_at = first.at if first else known_at
    return AsOf(on, known, known_at, is_past=on < today or known < newest)
