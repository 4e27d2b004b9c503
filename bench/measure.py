"""Medians with their spread, percentiles, and the line that says both beside the floor."""

from __future__ import annotations

import datetime as dt
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


def header(title: str) -> None:
    """What is measured, when, and how busy the machine was before."""
    print(f"\n{title}")
    print(
        f"  {dt.datetime.now().astimezone():%d/%m/%Y %H:%M}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


@contextmanager
def clocked() -> Iterator[list[float]]:
    """Seconds of the block, in the list's one place."""
    found: list[float] = []
    began = time.perf_counter()
    yield found
    found.append(time.perf_counter() - began)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0…1) of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def each_ms(work: Callable[[], object], times: int, warm: int = 3) -> list[float]:
    """How long each of `times` calls took, ms, after a few that do not count."""
    for _ in range(warm):
        work()
    found = []
    for _ in range(times):
        with clocked() as took:
            work()
        found.append(took[0] * 1000)
    return found


def spread(values: Sequence[float], unit: str, digits: int = 0) -> str:
    """`median (min–max)` over runs."""
    middle = statistics.median(values)
    return f"{middle:.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f}) {unit}"


def line(name: str, values: Sequence[float], unit: str, digits: int = 0) -> None:
    """One result over several runs."""
    print(f"  {name:<44} {spread(values, unit, digits)}")


def peak_mb() -> float:
    """The most memory this process and its ended children held, MB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(own, children) / 1024
