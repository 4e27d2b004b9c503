"""Stories told side by side: each sleeps until its next day, and the clock stands there for it."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Generator, Iterable
from random import Random

from datlanh.kernel import clock

Story = Generator[dt.datetime, None, None]  # yields the instant at which it goes on

SUNDAY = 6


def tell(stories: Iterable[Story], until: dt.datetime) -> None:
    """Let every story go on at its instants, all in the order of time, up to `until`.

    What a story would do later is left undone: that is what waits today.
    """
    waiting: list[tuple[dt.datetime, int, Story]] = []
    for number, story in enumerate(stories):
        _sleep(waiting, number, story)
    last = None
    while waiting and waiting[0][0] <= until:
        at, number, story = heapq.heappop(waiting)
        last = max(at, last or at)  # the clock never runs backwards
        with clock.frozen(last):
            _sleep(waiting, number, story)


def _sleep(waiting: list[tuple[dt.datetime, int, Story]], number: int, story: Story) -> None:
    try:
        heapq.heappush(waiting, (next(story), number, story))
    except StopIteration:
        return


def at_work(rng: Random, on: dt.date) -> dt.datetime:
    """Some minute of a working day; a Sunday becomes Monday."""
    if on.weekday() == SUNDAY:
        on += dt.timedelta(days=1)
    minute = rng.randint(7 * 60 + 20, 17 * 60)
    return clock.local_midnight(on) + dt.timedelta(minutes=minute, seconds=rng.randint(0, 59))


def later(rng: Random, than: dt.datetime, days: tuple[float, float]) -> dt.datetime:
    """Within so many days, in working hours and never before `than`."""
    wanted = than + dt.timedelta(days=rng.uniform(*days))
    found = at_work(rng, clock.local_date(wanted))
    return max(found, than + dt.timedelta(minutes=rng.randint(4, 50)))


def in_hours(at: dt.datetime) -> dt.datetime:
    """The instant itself, or the afternoon before when it is evening or night."""
    local = at.astimezone(clock.PROVINCE)
    if 7 <= local.hour < 18:
        return at
    if local.hour < 7:
        local -= dt.timedelta(days=1)
    return local.replace(hour=16)
