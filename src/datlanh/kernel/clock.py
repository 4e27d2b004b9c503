"""The one clock. Dates are the province's; nothing else in the house asks for the time."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from contextvars import ContextVar
from zoneinfo import ZoneInfo

PROVINCE = ZoneInfo("Asia/Ho_Chi_Minh")

_frozen: ContextVar[dt.datetime | None] = ContextVar("datlanh_clock", default=None)


def now() -> dt.datetime:
    """This instant, aware, UTC."""
    return _frozen.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """Today in the province."""
    return local_date(now())


def local_date(at: dt.datetime) -> dt.date:
    """The province's date at an aware instant."""
    return at.astimezone(PROVINCE).date()


def local_midnight(on: dt.date) -> dt.datetime:
    """The aware instant at which the province's day `on` begins."""
    return dt.datetime.combine(on, dt.time(), PROVINCE)


@contextlib.contextmanager
def frozen(at: dt.datetime) -> Iterator[None]:
    """Let the clock stand at `at` (aware) inside the block; for tests and demo data."""
    if at.tzinfo is None:
        raise ValueError("the clock needs an aware instant")
    token = _frozen.set(at.astimezone(dt.UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
