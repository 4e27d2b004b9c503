"""The polygon firewall: what is wrong with a drawing, where, and what could be done about it.

Pure: the drawing and what lies around it go in, problems with their places and proposed repairs
come out. Nothing is changed here, and nothing is applied unseen.

Source: GICHD geocheck; SOP 2021, §6.1 (p. 10) and App. 01 §2.2–2.4 (pp. 17–18).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.coordinates.repairs import Inside
from datlanh.kernel.firewall.findings import (
    SLIVER_WIDTH_M,
    SNAP_M,
    Other,
    Problem,
    Repair,
    measured,
)
from datlanh.kernel.firewall.others import commune_problem, other_problems, stated_problem
from datlanh.kernel.firewall.own import own_problems
from datlanh.kernel.firewall.placing import elsewhere_problem, system_problem

__all__ = [
    "SLIVER_WIDTH_M",
    "SNAP_M",
    "Examination",
    "Other",
    "Problem",
    "Repair",
    "Surroundings",
    "examine",
    "measured",
]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a drawing is held against. All of it may be missing."""

    others: Sequence[Other] = ()
    commune: BaseGeometry | None = None
    commune_name: str = ""
    expected: BaseGeometry | None = None  # what it should lie on: its area as known, or named
    expected_name: str = ""
    inside: Inside | None = None  # whether a point lies in the province
    stated_m2: float | None = None
    area_warn: float = 0.05
    area_block: float = 0.20


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was found about one drawing."""

    drawn: tuple[Polygon, ...]
    area_m2: float | None  # None: it cannot be measured
    problems: tuple[Problem, ...] = field(default=())

    def repair(self, key: str) -> Repair | None:
        """The proposed repair of that key."""
        every = (r for p in self.problems for r in p.repairs)
        return next((r for r in every if r.key == key), None)


def examine(polygons: Iterable[Polygon], around: Surroundings | None = None) -> Examination:
    """Everything about a drawing: by itself first, then against what lies around it.

    While some part cannot be measured, overlaps and areas are not told: repairs would mislead.
    """
    drawn, around = tuple(polygons), around or Surroundings()
    found: list[Problem | None] = list(own_problems(drawn))
    # Exchanged axes are on no globe, yet they are told.
    if around.inside is not None and drawn and not drawn[0].is_empty:
        found.append(elsewhere_problem(drawn, around.inside))
    whole = tuple(geometry.usable(drawn))
    if whole and len(whole) == len(drawn):
        if around.expected is not None:
            found.append(system_problem(whole, around.expected, around.expected_name))
        found += other_problems(whole, around.others)
        if around.commune is not None:
            found.append(commune_problem(whole, around.commune, around.commune_name))
        if around.stated_m2:
            limits = (around.area_warn, around.area_block)
            found.append(stated_problem(whole, around.stated_m2, *limits))
    return Examination(drawn, measured(drawn), tuple(p for p in found if p is not None))
