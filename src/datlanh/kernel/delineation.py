"""Proposing the outline of a hazardous area from survey boxes. Pure; a person decides.

The rule, in the plane of the survey grid (UTM 48N, metres):

1. Boxes whose result is *positive* belong together when no more than `gap` boxes lie between
   them, straight or across. A group with fewer than `least` items (or positive boxes) is left out,
   and said.
2. A box that *joins* (parts of munitions) comes in when it lies within the gap of a positive one.
3. The outline is what the boxes of a group cover, the gaps between them filled, and `margin_m`
   around it, with the ground it encloses. Corners stay square, as the boxes are; each piece is an
   area of its own, because a report draws one ring.
4. Ground already released is cut out; a line (river, road, boundary, drawn by hand) cuts the
   outline into pieces. A piece stays when it holds part of a positive box; what falls away is said.
5. The fade-out is the band of `fadeout_m` around it in which clearance may have to go on. It is
   measured and shown, and is no part of the area.

Same boxes, same outline, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel.boxes import Role
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.grid import BOX_M, from_utm

# Boxes at exactly the gap belong together: corners that only touch would otherwise stay apart.
TOUCH_M = 0.01
MOVED_M = 0.05  # written in degrees and read back, a point moves by a centimetre
SLIVER_M2 = 1.0  # pieces below this are noise of the overlay


@dataclass(frozen=True)
class Settings:
    """How far an area reaches beyond what was found."""

    margin_m: float = 50.0  # one box
    gap: int = 1  # boxes that may lie between two positive ones
    fadeout_m: float = 50.0  # fade-out of clearance; 25 to 100 m in other programmes
    least: int = 1  # items, or positive boxes where no items are counted

    @property
    def reach_m(self) -> float:
        """Half of what may lie between two boxes of one group."""
        return self.gap * BOX_M / 2


# What may be asked for, from and to. Practice reaches 100 m; five times that is a slip.
LIMITS = {"margin_m": (0.0, 500.0), "gap": (0, 10), "fadeout_m": (0.0, 500.0), "least": (1, 1000)}


@dataclass(frozen=True)
class Searched:
    """One box for the rule: its polygon in UTM metres, what it came to, items found in it."""

    name: str
    polygon: Polygon
    role: Role
    items: int = 0


@dataclass(frozen=True)
class Cut:
    """Something that limits an area: ground taken out, or a line along which it is parted."""

    name: str
    kind: str  # "released", "commune", "river", "road", "drawn"
    shape: BaseGeometry  # UTM metres; polygons are taken out, lines part


@dataclass(frozen=True)
class Loss:
    """What a cut took from an outline, and from its positive boxes."""

    cut: str
    kind: str
    area_m2: float
    boxes: tuple[str, ...] = ()  # positive boxes that lost ground


@dataclass(frozen=True)
class Proposed:
    """One proposed outline, with everything that made it."""

    outline: Polygon  # UTM metres; with holes where released ground lies inside
    area_m2: float  # in the equal-area plane, as the register measures
    fadeout_m2: float
    positive: tuple[str, ...]
    joined: tuple[str, ...]
    items: int
    losses: tuple[Loss, ...] = ()
    by_hand: tuple[float, float] | None = None  # ground an officer left out, and took in, m²

    @property
    def is_one_ring(self) -> bool:
        """Whether a report can draw it: a form's polygon has no holes."""
        return not self.outline.interiors

    @property
    def name(self) -> str:
        """The south-westernmost positive box: what the proposal is called while it has no id."""
        return self.positive[0]


@dataclass(frozen=True)
class Delineation:
    """The proposals of some boxes, and the groups that were too small."""

    settings: Settings
    areas: tuple[Proposed, ...]
    left_out: tuple[tuple[str, ...], ...] = ()  # positive boxes of each

    @property
    def area_m2(self) -> float:
        """All proposals together; they may overlap where margins meet."""
        return sum(a.area_m2 for a in self.areas)


@dataclass
class _Group:
    shape: Any
    positive: list[Searched] = field(default_factory=list)
    joined: list[Searched] = field(default_factory=list)


def delineate(
    boxes: Sequence[Searched], settings: Settings, cuts: Sequence[Cut] = ()
) -> Delineation:
    """Propose outlines around the positive boxes; the largest first."""
    return _delineated(_groups(boxes, settings), settings, cuts)


def _delineated(groups: Sequence[_Group], settings: Settings, cuts: Sequence[Cut]) -> Delineation:
    kept = [g for g in groups if _counted(g) >= settings.least]
    small = tuple(sorted(_names(g.positive) for g in groups if _counted(g) < settings.least))
    found = [p for group in kept for p in _outlined(group, settings, cuts)]
    return Delineation(settings, tuple(sorted(found, key=lambda p: (-p.area_m2, p.name))), small)


def compared(
    boxes: Sequence[Searched],
    settings: Settings,
    margins: Sequence[float],
    cuts: Sequence[Cut] = (),
) -> list[Delineation]:
    """The same with other margins, to be put side by side: what belongs together stays."""
    groups = _groups(boxes, settings)
    return [_delineated(groups, replace(settings, margin_m=m), cuts) for m in margins]


def redrawn(
    proposed: Proposed, outline: Polygon, boxes: Sequence[Searched], settings: Settings
) -> Proposed:
    """A proposal whose outline an officer moved (UTM metres), measured anew with its boxes.

    One whose turning points stand where they stood is the proposal itself.
    """
    if outline.boundary.hausdorff_distance(proposed.outline.boundary) < MOVED_M:
        return proposed
    out = proposed.outline.difference(outline)
    taken = outline.difference(proposed.outline)
    positive = _sharing(outline, [b for b in boxes if b.role == Role.POSITIVE])
    joined = _sharing(outline, [b for b in boxes if b.role == Role.JOINS])
    found = _measured(outline, positive, joined, settings, proposed.losses)
    return replace(found, by_hand=(out.area, taken.area))


def uncovered(outline: Polygon, boxes: Sequence[Searched]) -> tuple[str, ...]:
    """Positive boxes near an outline that it covers only in part: ground somebody must answer for.

    A box is near when it shares ground with the outline or with the box-wide band around it.
    """
    around = outline.buffer(BOX_M, join_style="mitre")
    near = _sharing(around, [b for b in boxes if b.role == Role.POSITIVE])
    cut = [b for b in near if b.polygon.difference(outline).area > SLIVER_M2]
    return _in_place(cut)


def _counted(group: _Group) -> int:
    return max(sum(b.items for b in group.positive), len(group.positive))


def _names(boxes: Sequence[Searched]) -> tuple[str, ...]:
    return tuple(sorted({b.name for b in boxes}))


def _groups(boxes: Sequence[Searched], settings: Settings) -> list[_Group]:
    positive = [b for b in boxes if b.role == Role.POSITIVE]
    if not positive:
        return []
    wide = _parts(shapely.union_all(_grown(positive, settings.reach_m + TOUCH_M)))
    groups = [_Group(shape) for shape in wide]
    tree = shapely.STRtree(wide)
    for box, at in zip(*_within(positive, tree), strict=True):
        groups[at].positive.append(positive[box])
    joins = [b for b in boxes if b.role == Role.JOINS]
    if joins:
        # Within the gap of a positive box: the two grown shapes meet.
        near = tree.query(np.array(_grown(joins, settings.reach_m + TOUCH_M)), "intersects")
        for box, at in zip(*near, strict=True):
            groups[at].joined.append(joins[box])
    return groups


def _within(boxes: Sequence[Searched], tree: shapely.STRtree) -> NDArray[Any]:
    centres = shapely.centroid(np.array([b.polygon for b in boxes]))
    return np.asarray(tree.query(centres, predicate="within"))


def _grown(boxes: Sequence[Searched], metres: float) -> NDArray[Any]:
    """Boxes grown on all sides, corners square. On the grid a box is its own bounds."""
    sides = np.array([-metres, -metres, metres, metres])
    bounds = np.add(shapely.bounds(np.array([b.polygon for b in boxes])), sides)
    return np.asarray(shapely.box(*bounds.T))


def _outlined(group: _Group, settings: Settings, cuts: Sequence[Cut]) -> list[Proposed]:
    boxes = [*group.positive, *group.joined]
    reach = settings.reach_m
    wide = shapely.union_all(_grown(boxes, reach + settings.margin_m + TOUCH_M))
    whole = _bridged(wide.buffer(-(reach + TOUCH_M), join_style="mitre"), boxes, settings)
    filled = shapely.union_all([Polygon(p.exterior) for p in _parts(whole)])
    ground, losses = _cut(shapely.set_precision(filled, TOUCH_M / 10), group, cuts)
    found = []
    for piece in (p for g in ground for p in _parts(g) if p.geom_type == "Polygon"):
        inside = _sharing(piece, group.positive)
        joined = _sharing(piece, group.joined)
        if not inside:
            continue
        found.append(_measured(piece, inside, joined, settings, losses))
    return found


def _bridged(whole: Any, boxes: Sequence[Searched], settings: Settings) -> Any:
    """One piece where a group fell into several: the rectangle around each two near boxes of
    different pieces. Squares that lie cornerwise leave a gap that closing does not fill.
    """
    parts = _parts(whole)
    if len(parts) < 2:
        return whole
    home = np.zeros(len(boxes), dtype=int)
    centres = shapely.centroid(np.array([b.polygon for b in boxes]))
    box_at, part_at = shapely.STRtree(parts).query(centres, predicate="intersects")
    home[box_at] = part_at
    wide = _grown(boxes, settings.reach_m + TOUCH_M)
    one, other = shapely.STRtree(wide).query(wide, predicate="intersects")
    across = (one < other) & (home[one] != home[other])
    sides = shapely.bounds(_grown(boxes, settings.margin_m))
    a, b = sides[one[across]], sides[other[across]]
    low, high = np.minimum(a, b), np.maximum(a, b)
    return shapely.union_all([whole, *shapely.box(low[:, 0], low[:, 1], high[:, 2], high[:, 3])])


def _sharing(piece: BaseGeometry, boxes: Sequence[Searched]) -> list[Searched]:
    """Those boxes that have ground in a piece: most lie inside, few are cut."""
    if not boxes:
        return []
    polygons = np.array([b.polygon for b in boxes])
    shapely.prepare(piece)
    inside = shapely.covers(piece, polygons)
    cut = shapely.intersects(piece, polygons) & ~inside
    inside[cut] = shapely.area(shapely.intersection(piece, polygons[cut])) > SLIVER_M2
    return [b for b, is_in in zip(boxes, inside, strict=True) if is_in]


def _shares(piece: BaseGeometry, box: BaseGeometry) -> bool:
    return bool(piece.intersects(box)) and piece.intersection(box).area > SLIVER_M2


def _cut(
    whole: BaseGeometry, group: _Group, cuts: Sequence[Cut]
) -> tuple[list[BaseGeometry], tuple[Loss, ...]]:
    """What is left of an outline, in pieces that each hold part of a positive box."""
    cuts = [c for c in cuts if c.shape.intersects(whole)]
    if not cuts:
        return [whole], ()
    lost: list[Loss] = []
    found = shapely.union_all([b.polygon for b in group.positive])
    ground, lines = whole, []
    for cut in sorted(cuts, key=lambda c: (c.kind, c.name)):
        if cut.shape.geom_type in ("Polygon", "MultiPolygon"):
            left = ground.difference(cut.shape)
            lost.append(_loss(cut, ground, left, group))
            ground = left
        else:
            lines.append(cut)
    if not lines:
        kept = [ground] if _shares(ground, found) else []
        return kept, _worth(lost)
    pieces = _parted(ground, [c.shape for c in lines])
    kept = [p for p in pieces if _shares(p, found)]
    gone = ground.area - sum(p.area for p in kept)
    if gone > SLIVER_M2:
        names = ", ".join(c.name for c in lines)
        lost.append(Loss(names, lines[0].kind, gone))
    return kept, _worth(lost)


def _parted(ground: BaseGeometry, lines: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """The pieces of some ground between lines; together they are the whole of it."""
    edges = shapely.union_all([ground.boundary, *(line.intersection(ground) for line in lines)])
    faces = _parts(shapely.polygonize(_parts(edges)))
    shapely.prepare(ground)
    return [f for f in faces if ground.contains(f.representative_point())]


def _loss(cut: Cut, before: BaseGeometry, after: BaseGeometry, group: _Group) -> Loss:
    hit = [b for b in group.positive if _shares(cut.shape, b.polygon)]
    return Loss(cut.name, cut.kind, before.area - after.area, _names(hit))


def _worth(losses: Sequence[Loss]) -> tuple[Loss, ...]:
    return tuple(one for one in losses if one.area_m2 > SLIVER_M2)


def _measured(
    ground: Polygon,
    positive: Sequence[Searched],
    joined: Sequence[Searched],
    settings: Settings,
    losses: tuple[Loss, ...],
) -> Proposed:
    outline = shapely.normalize(ground)
    around = outline.buffer(settings.fadeout_m, join_style="mitre")
    return Proposed(
        outline=outline,
        area_m2=area_m2(from_utm(outline)),
        fadeout_m2=max(around.area - outline.area, 0.0),
        positive=_in_place(positive),
        joined=_in_place(joined),
        items=sum(b.items for b in positive),
        losses=losses,
    )


def _in_place(boxes: Sequence[Searched]) -> tuple[str, ...]:
    """Names from south-west to north-east, each once."""
    placed = sorted((b.polygon.bounds[0], b.polygon.bounds[1], b.name) for b in boxes)
    return tuple(dict.fromkeys(name for _, _, name in placed))


def _parts(geometry: BaseGeometry) -> list[Any]:
    return list(shapely.get_parts(geometry))
