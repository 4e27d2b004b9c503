"""An area as the guards of its life ask about it, for tests of the table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass
class Life:
    """Nothing stands in the way."""

    state: str = "indication"
    organisations: frozenset[int] = frozenset({7})
    last_on: dt.date | None = None
    known_since: dt.date | None = None
    completed: bool = True
    released: bool = False
    is_live: bool = True
