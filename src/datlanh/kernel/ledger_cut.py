"""What of a release lies on some ground: its pieces, in the order in which they take it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.overlay import meet, placed, polygons_of, together, without

CLEARED, REDUCED, CANCELLED = "cleared", "reduced", "cancelled"
CLASSES = (CLEARED, REDUCED, CANCELLED)  # in the order in which they take ground
# Deepest first; "" where nothing says how deep. Form 8, question 3.2.
DEPTHS = ("over_5m", "d5m", "d3m", "d30cm", "d7cm", "")
CLEARANCE, TECHNICAL_SURVEY = "post_clearance", "post_technical_survey"


def release_class(said: str, release_type: str, methods: Iterable[str]) -> str:
    """The class a release counts under; "" where it does not say how land was released.

    What it says of its polygon comes first, then what it followed, then its methods, which are
    all methods of clearance. Source: IMAS 07.11; form 8, questions 1.10, 3.1 and 3.10.
    """
    if said in CLASSES:
        return said
    if release_type == TECHNICAL_SURVEY:
        return REDUCED
    return CLEARED if release_type == CLEARANCE or any(methods) else ""


def contradicts_itself(said: str, release_type: str, methods: Iterable[str]) -> bool:
    """Whether a release claims a class that what was done cannot give.

    Land is cancelled by non-technical survey alone, and reduced by technical survey.
    """
    if said == CANCELLED:
        return release_type in (CLEARANCE, TECHNICAL_SURVEY) or any(methods)
    if said == REDUCED:
        return release_type == CLEARANCE
    return said == CLEARED and release_type == TECHNICAL_SURVEY and not any(methods)


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """What a release says of some days. Two are the same only if they are one object."""

    id: str
    since: dt.date  # its date of information: what it released, it had released by then
    outline: BaseGeometry | None = None
    pockets: tuple[BaseGeometry, ...] = ()
    kind: str = CLEARED  # one of CLASSES, or "": it does not say
    depth: str = ""
    is_complete: bool = True  # False: the work was suspended
    cleared_m2: float = 0.0  # what it says it cleared, or released
    surface_m2: float = 0.0  # what it says it searched on the surface
    uncleared_m2: float = 0.0  # what it says could not be cleared
    fadeout_m2: float | None = None  # what it says it cleared beyond the area
    names: frozenset[str] = frozenset()  # the areas it names

    @property
    def counts(self) -> bool:
        """Whether it released land at all."""
        return self.is_complete and self.kind in CLASSES

    @property
    def stated_m2(self) -> float:
        """What it says it released: ground searched on the surface may be cleared as well."""
        return max(self.cleared_m2, self.surface_m2)

    def surface_share(self, net_m2: float) -> float:
        """The part of its net ground that was searched on the surface and not cleared deeper.

        At most what it says was searched so, and no more than what is left beside the cleared:
        nobody draws the two apart.
        """
        if self.kind != CLEARED or self.surface_m2 <= 0 or net_m2 <= 0:
            return 0.0
        only = min(self.surface_m2, max(net_m2 - self.cleared_m2, 0.0))
        return 1.0 if geometry.agrees(only, net_m2) else only / net_m2


@dataclass(frozen=True, slots=True)
class Piece:
    """A polygon of a release in the plane, without pockets, with its place in the order."""

    release: Release
    depth: str
    ground: BaseGeometry
    is_main: bool  # the largest polygon: the depth of the report is its depth
    surface: float  # the share of it that was searched on the surface only

    @property
    def rank(self) -> tuple[int, bool, int, str]:
        """The order in which pieces take ground."""
        kind = self.release.kind
        is_cleared = kind == CLEARED
        return (
            CLASSES.index(kind),
            self.surface >= 1,
            DEPTHS.index(self.depth) if is_cleared and self.depth in DEPTHS else 0,
            self.release.id,
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """What of a release lies on some ground."""

    release: Release
    pieces: list[Piece]
    holes: list[Any]  # its pockets, all of them
    net_m2: float  # the whole release without them
    gone_m2: float  # all of them


class Site:
    """A piece of ground in its own plane, with all that was laid on it before.

    Shapes are told apart by which object they are: what is the same must be one object.
    """

    def __init__(self, shape: BaseGeometry) -> None:
        self.plane = geometry.plane_for(shape)
        self.shape, self.ground = shape, placed(shape, self.plane)
        self._cuts: dict[Release, Cut | None] = {}
        self._parts: dict[int, tuple[BaseGeometry, Any]] = {}
        self.split: dict[Any, Any] = {}  # kept for whoever splits the ground among releases

    def cut(self, release: Release) -> Cut | None:
        """What of a release lies here; None where it has nothing to do with the ground."""
        if release not in self._cuts:
            self._cuts[release] = self._cut(release)
        return self._cuts[release]

    def part(self, shape: BaseGeometry) -> Any:
        """What of another shape lies here, in this plane."""
        key = id(shape)  # kept beside what it is the key of, so it stays the object's
        if key not in self._parts:
            self._parts[key] = (shape, meet(placed(shape, self.plane), self.ground))
        return self._parts[key][1]

    def _cut(self, release: Release) -> Cut | None:
        if release.outline is None:
            return None
        outline = placed(release.outline, self.plane)
        if not outline.intersects(self.ground):
            return None
        holes = [meet(placed(p, self.plane), outline) for p in release.pockets]
        gone = together(holes)
        net_m2 = float(outline.area - gone.area)
        surface = release.surface_share(net_m2)
        found = []
        for i, part in enumerate(sorted(polygons_of(outline), key=lambda p: (-p.area, p.wkb))):
            here = without(meet(part, self.ground), gone)
            if here.area > 0:
                # Several polygons at different depths: the one given is that of the largest.
                depth = release.depth if i == 0 else ""
                found.append(Piece(release, depth, here, is_main=i == 0, surface=surface))
        return Cut(release, found, holes, net_m2, float(gone.area))
