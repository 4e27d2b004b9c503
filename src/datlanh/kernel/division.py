"""Areas divided and joined: whether the parts are the whole, and what ground goes to which part.

All of one whole is measured in one equal-area plane. Geometry given and taken is lon/lat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from datlanh.kernel import geometry
from datlanh.kernel.geometry import AREA_TOLERANCE_M2

SLIVER_M2 = AREA_TOLERANCE_M2  # a cut through a corner leaves crumbs, which are no parts


@dataclass(frozen=True)
class Tiling:
    """How parts lie on the whole, m²."""

    whole_m2: float
    parts_m2: tuple[float, ...]
    residue_m2: float  # of the whole that no part covers
    outside_m2: float  # of the parts that lies outside the whole
    overlap_m2: float  # of the whole or beside it that more than one part covers

    @property
    def is_exact(self) -> bool:
        """Whether the parts are the whole, within the tolerance of one square metre."""
        return max(self.residue_m2, self.outside_m2) <= AREA_TOLERANCE_M2

    @property
    def overlaps(self) -> bool:
        """Whether ground would be counted twice."""
        return self.overlap_m2 > AREA_TOLERANCE_M2


def tiling(wholes: Sequence[BaseGeometry], parts: Sequence[BaseGeometry]) -> Tiling:
    """How `parts` lie on the ground of `wholes` together (one that is split, some that join)."""
    plane = geometry.plane_for(*wholes)
    whole = shapely.union_all([geometry.to_plane(w, plane) for w in wholes])
    placed = [geometry.to_plane(p, plane) for p in parts]
    covered = shapely.union_all(placed)
    twice = [a.intersection(b) for a, b in combinations(placed, 2) if a.intersects(b)]
    return Tiling(
        whole_m2=float(whole.area),
        parts_m2=tuple(float(p.area) for p in placed),
        residue_m2=float(whole.difference(covered).area),
        outside_m2=float(covered.difference(whole).area),
        overlap_m2=float(shapely.union_all(twice).area) if twice else 0.0,
    )


def cut(whole: BaseGeometry, line: LineString) -> list[BaseGeometry]:
    """The pieces of `whole` on both sides of a drawn line, the largest first.

    One piece where the line does not cross it from edge to edge. The line is cut where it is
    straight on the map, so that neighbours keep common points.
    """
    cut_up = [piece for part in shapely.get_parts(whole) for piece in split(part, line).geoms]
    plane = geometry.plane_for(whole)
    measured = [(geometry.area_m2(piece, plane), piece) for piece in cut_up]
    kept = [one for one in measured if one[0] > SLIVER_M2]
    return [piece for _, piece in sorted(kept, key=lambda one: -one[0])]


def shares(ground: BaseGeometry, parts: Sequence[BaseGeometry]) -> list[float]:
    """How much of `ground` goes to each part: m² of a polygon; 1 or 0 for a point.

    A point on a common edge goes to the first part, one outside all of them to the nearest.
    """
    if ground.geom_type == "Point":
        plane = geometry.plane_for(ground, *parts)
        at = geometry.to_plane(ground, plane)
        away = [float(geometry.to_plane(p, plane).distance(at)) for p in parts]
        nearest = away.index(min(away))
        return [float(n == nearest) for n in range(len(parts))]
    plane = geometry.plane_for(*parts)
    return [geometry.overlap_m2(ground, p, plane) for p in parts]
