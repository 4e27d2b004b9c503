"""Drawings that fit what they belong to only when they are read in another system."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.coordinates.repairs import Inside, Proposal, proposals, system_moves
from datlanh.kernel.firewall.findings import Problem, Repair, repair_of
from datlanh.kernel.rules import Severity
from datlanh.kernel.text import Text, filled

FITS = 0.9  # so much of the smaller of the two has to lie on the other …
BETTER = 0.1  # … and so much more than as drawn

ELSEWHERE = Text("Khoanh vùng nằm ngoài tỉnh.", "The drawing lies outside the province.")
SHIFTED = Text(
    "Lệch khỏi {name}: có lẽ {mistake}. Đọc lại thì {after} % nằm trên {name}, nay {before} %.",
    "It is off {name}: probably {mistake}. Read so, {after} % lies on {name}; as drawn {before} %.",
)
READ_SO = Text("Đọc lại: {mistake}", "Read again: {mistake}")

Drawing = tuple[Polygon, ...]


def elsewhere_problem(drawn: Drawing, inside: Inside) -> Problem | None:
    """A drawing that begins outside the province, with what would bring it there."""
    first = shapely.get_point(drawn[0].exterior, 0)
    if geometry.on_globe(first) and inside(first):
        return None
    found = proposals(MultiPolygon(list(drawn)), inside)
    repairs = _given(_repair(drawn, p) for p in found)
    where = drawn[0].centroid if geometry.on_globe(drawn[0]) else None
    return Problem("place", Severity.BLOCK, ELSEWHERE, where, None, None, repairs)


def system_problem(drawn: Drawing, expected: BaseGeometry, name: str) -> Problem | None:
    """A wrong datum, zone or meridian, told by what the drawing should lie on.

    The best of all systems is proposed, and only where it fits and the drawing does not.
    """
    plane = geometry.plane_for(*drawn, expected)
    theirs = geometry.to_plane(expected, plane)
    whole = MultiPolygon(list(drawn))
    before = _share(whole, theirs, plane)
    if before >= FITS:
        return None
    tried = [(p, _share(p.geometry, theirs, plane)) for p in system_moves(whole)]
    best, after = max(tried, key=lambda t: t[1])
    if after < FITS or after < before + BETTER:
        return None
    shares = {"before": round(100 * before), "after": round(100 * after)}
    said = filled(SHIFTED, name=name, mistake=best.said, **shares)
    repairs = _given([_repair(drawn, best)])
    return Problem("system", Severity.WARN, said, drawn[0].centroid, None, None, repairs)


def _share(shape: BaseGeometry, theirs: Any, plane: geometry.Plane) -> float:
    """How much of the smaller of the two is common to both."""
    if not geometry.on_globe(shape):
        return 0.0
    flat = shapely.union_all(shapely.get_parts(geometry.to_plane(shape, plane)))
    smaller = min(flat.area, theirs.area)
    return float(flat.intersection(theirs).area / smaller) if smaller else 0.0


def _repair(drawn: Drawing, proposal: Proposal) -> Repair | None:
    said = filled(READ_SO, mistake=proposal.said)
    moved = [p for p in shapely.get_parts(proposal.geometry) if isinstance(p, Polygon)]
    return repair_of(f"read.{proposal.key}", said, drawn, moved)


def _given(repairs: Iterable[Repair | None]) -> tuple[Repair, ...]:
    return tuple(r for r in repairs if r is not None)
