"""How a drawing lies to what is there already: areas, releases, neighbours, its commune."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPoint, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.firewall.findings import (
    SLIVER_WIDTH_M,
    SNAP_M,
    Other,
    Problem,
    Repair,
    mean_width_m,
    repair_of,
)
from datlanh.kernel.rules import Severity
from datlanh.kernel.text import Text, filled

OVERLAP = Text("Chồng lên {other} {area} m².", "It overlaps {other} by {area} m².")
LIES_ON = Text("Nằm trên {other}: {area} m².", "It lies on {other}: {area} m².")
STRIP = Text(
    "Chồng lên {other} một dải rộng {width} m ({area} m²): ranh giới chung được vẽ hai lần.",
    "It overlaps {other} by a strip {width} m wide ({area} m²): a common boundary drawn twice.",
)
GAP = Text(
    "Cách {other} {metres} m: có lẽ là một ranh giới chung.",
    "It lies {metres} m from {other}: probably a common boundary.",
)
CUT = Text("Cắt phần chồng lên {other}", "Cut off what lies on {other}")
SNAPPED = Text("Lấy ranh giới của {other}", "Take over the boundary of {other}")
OUTSIDE = Text(
    "{share} % ({area} m²) nằm ngoài {commune}.", "{share} % ({area} m²) lies outside {commune}."
)
STATED = Text(
    "Diện tích ghi {stated} m², khoanh vùng đo được {computed} m²: lệch {percent} %.",
    "The area is given as {stated} m², the drawing measures {computed} m²: off by {percent} %.",
)
MEASURED = Text(
    "Giữ khoanh vùng, ghi diện tích đo được: {computed} m²",
    "Keep the drawing, report the measured area: {computed} m²",
)
COMMUNE_SHARE = 0.05  # less outside is how exactly boundaries of communes are known
TOUCH_M = 0.01  # nearer than this is one boundary
GRID_M = 1e-4  # overlays are made on this grid: boundaries that nearly agree leave no hairs
Drawing = tuple[Polygon, ...]


def other_problems(drawn: Drawing, others: Iterable[Other]) -> Iterator[Problem]:
    """Overlaps with the piece of ground, and boundaries that are meant to be one."""
    near = list(others)
    if not near:
        return
    plane = geometry.plane_for(*drawn)
    flat = shapely.union_all([geometry.to_plane(p, plane) for p in drawn])
    for other in near:
        theirs = geometry.to_plane(other.outline, plane)
        theirs = polygons_of(theirs if theirs.is_valid else shapely.make_valid(theirs))
        found = _beside(drawn, other, flat, theirs, plane)
        if found is not None:
            yield found


def _beside(
    drawn: Drawing, other: Other, flat: Any, theirs: Any, plane: geometry.Plane
) -> Problem | None:
    common = polygons_of(shapely.intersection(flat, theirs, grid_size=GRID_M))
    size = float(common.area)
    key = f"other:{other.local_id}"
    if size <= geometry.AREA_TOLERANCE_M2:
        metres = float(flat.distance(theirs))
        if not other.clashes or not TOUCH_M < metres < SNAP_M:
            return None
        where = geometry.from_plane(shapely.shortest_line(flat, theirs), plane)
        said = filled(GAP, other=other.local_id, metres=round(metres, 2))
        repairs = _given(_snap(drawn, other, theirs, plane))
        return Problem(key, Severity.INFO, said, where, None, None, repairs)
    piece = geometry.from_plane(common, plane)
    values = {"other": other.local_id, "area": round(size) if size >= 10 else round(size, 1)}
    if not other.clashes:
        return Problem(key, Severity.INFO, filled(LIES_ON, **values), piece, None, size)
    width = mean_width_m(common)
    if width < max(SLIVER_WIDTH_M, SNAP_M):
        said = filled(STRIP, width=round(width, 2), **values)
        repairs = _given(_snap(drawn, other, theirs, plane), _cut(drawn, other, theirs, plane))
    else:
        said = filled(OVERLAP, **values)
        repairs = _given(_cut(drawn, other, theirs, plane))
    return Problem(key, Severity.WARN, said, piece, None, size, repairs)


def _cut(drawn: Drawing, other: Other, theirs: Any, plane: geometry.Plane) -> Repair | None:
    left: list[Polygon] = []
    for polygon in drawn:
        flat = geometry.to_plane(polygon, plane)
        rest = polygons_of(shapely.difference(flat, theirs, grid_size=GRID_M))
        pieces = [p for p in rest.geoms if mean_width_m(p) >= SLIVER_WIDTH_M]
        left += [geometry.from_plane(p, plane) for p in pieces]
    said = filled(CUT, other=other.local_id)
    return repair_of(f"cut.{other.local_id}", said, drawn, left)


def _snap(drawn: Drawing, other: Other, theirs: Any, plane: geometry.Plane) -> Repair | None:
    after = [snapped(p, theirs, plane) for p in drawn]
    if any(p is None for p in after):
        return None
    said = filled(SNAPPED, other=other.local_id)
    return repair_of(f"snap.{other.local_id}", said, drawn, [p for p in after if p is not None])


def snapped(polygon: Polygon, theirs: BaseGeometry, plane: geometry.Plane) -> Polygon | None:
    """The polygon with its boundary laid on another's wherever the two are nearer than SNAP_M.

    Points go to the other's nearest corner, else to its boundary; the other's corners beside
    an edge become points of it, so that both share the line exactly. None where that breaks it.
    """
    flat = geometry.to_plane(polygon, plane)
    corners = MultiPoint(shapely.get_coordinates(theirs))
    boundary = theirs.boundary
    pairs: list[Any] = []
    own: Any = shapely.points(shapely.get_coordinates(flat.exterior)[:-1])
    for point in own:
        at = point
        for target in (corners, boundary):
            nearest = shapely.get_point(shapely.shortest_line(point, target), 1)
            if point.distance(nearest) <= SNAP_M:
                at = nearest
                break
        if not pairs or pairs[-1].distance(at) > 1e-6:
            pairs.append(at)
    if len(pairs) < 3:
        return None
    moved = shapely.snap(Polygon([(p.x, p.y) for p in pairs]), corners, SNAP_M)
    if not isinstance(moved, Polygon) or not moved.is_valid or moved.is_empty:
        return None
    back: Polygon = geometry.from_plane(moved, plane)
    return back if geometry.invalid_reason(back) is None else None


def commune_problem(drawn: Drawing, commune: BaseGeometry, name: str) -> Problem | None:
    """The part of the drawing outside the commune it names, where it is no matter of accuracy.

    No repair is proposed: ground is not less dangerous beyond a boundary.
    """
    plane = geometry.plane_for(*drawn)
    flat = shapely.union_all([geometry.to_plane(p, plane) for p in drawn])
    outside = polygons_of(flat.difference(geometry.to_plane(commune, plane)))
    share = outside.area / flat.area if flat.area else 0.0
    if share <= COMMUNE_SHARE:
        return None
    area = float(outside.area)
    said = filled(OUTSIDE, share=round(100 * share, 1), area=round(area), commune=name)
    piece = geometry.from_plane(outside, plane)
    return Problem("commune", Severity.INFO, said, piece, None, area)


def stated_problem(
    drawn: Drawing, stated_m2: float, warn_share: float, block_share: float
) -> Problem | None:
    """The reported area against the measured one."""
    plane = geometry.plane_for(*drawn)
    computed = geometry.union_area_m2(drawn, plane)
    off = abs(stated_m2 - computed)
    if not computed or off <= max(warn_share * computed, geometry.AREA_TOLERANCE_M2):
        return None
    values = {"stated": round(stated_m2), "computed": round(computed)}
    said = filled(STATED, percent=round(100 * off / computed, 1), **values)
    severity = Severity.BLOCK if off > block_share * computed else Severity.WARN
    repair = Repair(
        "stated",
        filled(MEASURED, computed=round(computed)),
        drawn,
        computed,
        computed,
        0.0,
        stated_m2=round(computed, 1),
    )
    return Problem("stated", severity, said, None, None, None, (repair,))


def polygons_of(shape: BaseGeometry) -> MultiPolygon:
    """The polygons of a shape; lines and points fall away."""
    parts = [p for p in shapely.get_parts(shapely.get_parts(shape)) if isinstance(p, Polygon)]
    return MultiPolygon([p for p in parts if not p.is_empty and np.isfinite(p.area)])


def _given(*repairs: Repair | None) -> tuple[Repair, ...]:
    return tuple(r for r in repairs if r is not None)
