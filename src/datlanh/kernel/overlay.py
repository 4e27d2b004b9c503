"""Overlay of ground in the plane: only what has an area is kept.

Two pieces that touch share lines and points as well. Mixed with polygons in one geometry these
make later steps fail or, worse, come out wrong, so every step here gives polygons and nothing
else. Edges that nearly coincide (a release drawn along an area) make plain overlay lose whole
pieces without a word, so all of it is snapped to a grid of a micrometre.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.geometry import Plane

GRID_M = 1e-6
NOTHING = Polygon()
POLYGONAL = ("Polygon", "MultiPolygon")


# In one place for what the stubs of shapely do not know.
_meet: Any = shapely.intersection
_without: Any = shapely.difference
_together: Any = shapely.union_all


def placed(shape: BaseGeometry, plane: Plane) -> Any:
    """A shape in the plane, valid: what an invalid ring encloses counts, a line does not."""
    found = geometry.to_plane(shape, plane)
    return polygonal(found if found.is_valid else shapely.make_valid(found))


def meet(a: Any, b: Any) -> Any:
    """What both have."""
    return polygonal(_meet(a, b, grid_size=GRID_M)) if a.intersects(b) else NOTHING


def without(a: Any, b: Any) -> Any:
    """What `a` has and `b` has not."""
    return polygonal(_without(a, b, grid_size=GRID_M)) if a.intersects(b) else a


def together(shapes: Sequence[Any]) -> Any:
    """What any of them has."""
    if len(shapes) == 1:
        return shapes[0]
    return polygonal(_together(list(shapes), grid_size=GRID_M)) if shapes else NOTHING


def common_m2(a: Any, b: Any) -> float:
    """The area of what both have."""
    return float(meet(a, b).area)


def polygons_of(shape: Any) -> Iterator[Any]:
    """The polygons of a shape, whatever it is made of."""
    for part in getattr(shape, "geoms", (shape,)):
        if part.geom_type == "Polygon":
            yield part
        elif hasattr(part, "geoms"):
            yield from polygons_of(part)


def polygonal(shape: Any) -> Any:
    """The polygons of a shape as one."""
    if shape.geom_type in POLYGONAL:
        return shape
    found = [p for p in polygons_of(shape) if not p.is_empty]
    return MultiPolygon(found) if found else NOTHING
