"""What the nightly run finds in the register as it stands now, rule by rule.

    with register_now():
        for found in everything_found(thresholds): ...

All of it reads one temporary table of what holds now, so that every rule sees the same register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datlanh.intake.selectors.nightly import family, figures, ground, land
from datlanh.intake.selectors.nightly.now import Found, heads_of, register_now

__all__ = ["Found", "everything_found", "heads_of", "register_now"]


def everything_found(thresholds: Mapping[str, float]) -> Iterator[Found]:
    """Every finding of every nightly rule."""
    yield from figures.incomplete()
    yield from ground.near(thresholds)
    yield from family.victims_alike()
    yield from family.missing()
    yield from family.victims_differ()
    yield from family.progress_differs(thresholds)
    yield from family.closed_unreleased()
    yield from family.done_uncompleted()
    yield from family.open_released()
    yield from figures.dates_disorder()
    yield from figures.measured_differs(thresholds)
    yield from figures.outliers(thresholds)
    yield from ground.outside_province()
    yield from ground.outside_commune()
    yield from ground.overlaps(thresholds)
    yield from land.releases(thresholds)
    yield from land.areas(thresholds)
    yield from land.stalled(thresholds)
