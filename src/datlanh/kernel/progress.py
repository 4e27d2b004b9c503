"""How long the remaining land will take, told as honestly as past months allow.

The range comes from what was done: of the last twelve full months every three in a row give a
rate, and the slowest and the fastest of these bound the range. With fewer than six full months
since the first release, or none released, nothing is said. Land still to be found is not in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MONTHS = 12  # so many full months are looked at
ENOUGH = 6  # with fewer, nothing is said
WINDOW = 3  # months that give a rate
FAR = 600  # months: beyond fifty years no date is named


@dataclass(frozen=True, slots=True)
class Outlook:
    """Months until nothing remains: at the fastest pace, and at the slowest (None: never)."""

    fast_m2: float  # a month
    slow_m2: float
    mean_m2: float
    soonest: int
    latest: int | None
    months: int  # that it rests on


def outlook(released_m2: Sequence[float], remaining_m2: float) -> Outlook | None:
    """The range for what remains, from what full months released, oldest first."""
    first = next((i for i, m in enumerate(released_m2) if m > 0), None)
    if first is None or remaining_m2 <= 0:
        return None
    months = list(released_m2)[first:][-MONTHS:]
    if len(months) < ENOUGH:
        return None
    rates = [
        max(sum(months[i : i + WINDOW]) / WINDOW, 0.0) for i in range(len(months) - WINDOW + 1)
    ]
    fast, slow = max(rates), min(rates)
    if fast <= 0:
        return None
    return Outlook(
        fast_m2=fast,
        slow_m2=slow,
        mean_m2=sum(months) / len(months),
        soonest=math.ceil(remaining_m2 / fast),
        latest=_latest(remaining_m2, slow),
        months=len(months),
    )


def _latest(remaining_m2: float, rate_m2: float) -> int | None:
    """The months at the slowest pace; None where that is too far to name."""
    if rate_m2 <= 0 or remaining_m2 / rate_m2 > FAR:
        return None
    return math.ceil(remaining_m2 / rate_m2)
