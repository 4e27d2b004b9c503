"""What the firewall says: problems of a drawing with their place, and repairs beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.rules import Severity
from datlanh.kernel.text import Text

# Thinner than this is no ground: coordinates are written dd.ddddd, 0.8 m each way.
SLIVER_WIDTH_M = 1.0
SNAP_M = 2.0  # a boundary this near to a neighbour's is meant to be the same: twice the above


@dataclass(frozen=True, slots=True)
class Other:
    """A record that lies on or beside the drawing. `clashes`: of a kind that may not overlap."""

    local_id: str
    kind: str
    outline: BaseGeometry
    organisation: str = ""
    clashes: bool = True


@dataclass(frozen=True, slots=True)
class Repair:
    """A proposal: the whole drawing as it would be, and what that changes. Nobody applies it
    but a person.

    `before_m2` None: the drawing as it is cannot be measured. `changed_m2` is the ground that
    would be in one and not in the other. `stated_m2`: the reported area is replaced instead.
    """

    key: str
    said: Text
    polygons: tuple[Polygon, ...]
    before_m2: float | None
    after_m2: float
    changed_m2: float | None
    moved_m: float = 0.0
    stated_m2: float | None = None

    @property
    def difference_m2(self) -> float | None:
        """After less before."""
        return None if self.before_m2 is None else self.after_m2 - self.before_m2

    @property
    def has_holes(self) -> bool:
        """Whether a ring inside another came out: a form's list of points cannot say that."""
        return any(p.interiors for p in self.polygons)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong or doubtful, where it is, and what could be done.

    `where` is a point, or the piece of ground in question. `part` counts the drawn polygons
    from 1.
    """

    key: str
    severity: Severity
    said: Text
    where: BaseGeometry | None = None
    part: int | None = None
    piece_m2: float | None = None
    repairs: tuple[Repair, ...] = ()

    @property
    def ident(self) -> str:
        """A name for it that stays while the drawing stays."""
        return self.key if self.part is None else f"{self.key}-{self.part}"


def measured(polygons: Iterable[Polygon]) -> float | None:
    """Ground covered by a drawing, m²; None where some of it cannot be measured."""
    drawn = list(polygons)
    if not drawn or any(geometry.invalid_reason(p) is not None for p in drawn):
        return None
    return geometry.union_area_m2(drawn)


def repair_of(
    key: str, said: Text, before: tuple[Polygon, ...], after: Iterable[Polygon]
) -> Repair | None:
    """A repair with what it changes; None where it gives nothing that can be measured."""
    drawn = tuple(after)
    size = measured(drawn)
    if size is None or not size:
        return None
    was = measured(before)
    changed = moved = None
    if was is not None:
        plane = geometry.plane_for(*before, *drawn)
        old, new = (
            shapely.union_all([geometry.to_plane(p, plane) for p in d]) for d in (before, drawn)
        )
        changed = float(old.symmetric_difference(new).area)
        moved = float(shapely.hausdorff_distance(old.boundary, new.boundary))
    return Repair(key, said, drawn, was, size, changed, moved or 0.0)


def mean_width_m(flat: BaseGeometry) -> float:
    """How wide a shape in the plane is on the average: of a strip, its width."""
    return 2 * flat.area / flat.length if flat.length else 0.0
