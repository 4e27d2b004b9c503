"""The ledger of released land: what became of every square metre of an area.

    outline = cancelled + reduced + cleared + remaining        (of one day, as known at one time)

A release counts for an area by its ground: what part of its polygons, without the pockets that
could not be cleared, lies in the area. Where releases overlap, a square metre belongs to the
first in one order (`rank`): cleared before reduced before cancelled, among cleared the deeper
first, surface search last, and among equals the one with the lower id. Everything about one area
is measured in one equal-area plane, that of its outline (`kernel.geometry`).

What is not released and what cannot be placed moves no balance and is told apart: work that was
suspended, releases that do not say how, releases from before the area was known, pockets, and
releases without a drawing.

Geometry given is lon/lat. How this goes through time: `kernel.ledger_time`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.geometry import Plane
from datlanh.kernel.overlay import common_m2, meet, placed, polygons_of, together, without

CLEARED, REDUCED, CANCELLED = "cleared", "reduced", "cancelled"
CLASSES = (CLEARED, REDUCED, CANCELLED)  # in the order in which they take ground
# Deepest first; "" where nothing says how deep. Form 8, question 3.2.
DEPTHS = ("over_5m", "d5m", "d3m", "d30cm", "d7cm", "")
DEPTH_COLUMN = {
    "over_5m": "cleared_deeper_m2",
    "d5m": "cleared_5m_m2",
    "d3m": "cleared_3m_m2",
    "d30cm": "cleared_30cm_m2",
    "d7cm": "cleared_7cm_m2",
    "": "cleared_unsaid_m2",
}
NEAR = 0.05  # pockets measured and pockets said differ by less for their rounded corners
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


@dataclass(frozen=True, slots=True)
class Balance:
    """The ledger of an area at one moment, m².

    cancelled + reduced + cleared + remaining = outline; the depth classes and the surface add up
    to cleared. The lines from `uncleared` to `earlier` are parts of remaining. `own_…` is the
    same for the ground that no other area of lower id has: over all areas it adds up to the
    province's union.
    """

    outline_m2: float = 0.0
    cancelled_m2: float = 0.0
    reduced_m2: float = 0.0
    cleared_m2: float = 0.0
    remaining_m2: float = 0.0
    cleared_7cm_m2: float = 0.0
    cleared_30cm_m2: float = 0.0
    cleared_3m_m2: float = 0.0
    cleared_5m_m2: float = 0.0
    cleared_deeper_m2: float = 0.0
    cleared_unsaid_m2: float = 0.0
    surface_m2: float = 0.0
    uncleared_m2: float = 0.0  # pockets inside releases
    suspended_m2: float = 0.0  # under work that was suspended
    unclassified_m2: float = 0.0  # under releases that do not say how
    earlier_m2: float = 0.0  # under releases from before the area was known
    undrawn_m2: float = 0.0  # inside cleared: said to be uncleared, and drawn nowhere
    stated_m2: float = 0.0  # what the releases counted here say of themselves, by their share here
    unlocated_m2: float = 0.0  # said by releases without a drawing that name the area
    own_m2: float = 0.0
    own_cancelled_m2: float = 0.0
    own_reduced_m2: float = 0.0
    own_cleared_m2: float = 0.0
    own_remaining_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class ReleaseBalance:
    """The ledger of a release at one moment, m².

    credited = inside + fadeout + elsewhere + earlier: what no release before it in the order
    has. Over all releases, credited adds up to the province's union, net to the operators' sum.
    """

    drawn_m2: float = 0.0
    pockets_m2: float = 0.0
    net_m2: float = 0.0  # drawn without pockets
    credited_m2: float = 0.0
    inside_m2: float = 0.0  # in an area
    fadeout_m2: float = 0.0  # beyond the edge of an area it works on
    elsewhere_m2: float = 0.0  # of a release that touches no area: for development
    earlier_m2: float = 0.0  # in an area that was found later
    outside_m2: float = 0.0  # of net, in no area: beside what the report gives as fade-out
    other_depth_m2: float = 0.0  # of credited, polygons whose depth nothing says
    unlocated_m2: float = 0.0  # said to be released, without a drawing


def balance(
    outline: BaseGeometry | None,
    releases: Sequence[Release],
    *,
    begins: dt.date,
    before: Sequence[BaseGeometry] = (),
    name: str = "",
) -> Balance:
    """The ledger of an area with this outline.

    `releases` are those that touch it or name it; those dated before `begins` do not count.
    `before` are the outlines of areas that come first where ground is shared.
    """
    unlocated = sum(
        r.stated_m2 for r in releases if r.outline is None and r.counts and name in r.names
    )
    if outline is None or outline.is_empty:
        return Balance(unlocated_m2=unlocated)
    plane = geometry.plane_for(outline)
    ground = placed(outline, plane)
    here = [c for r in releases if (c := cut(r, ground, plane)) is not None]
    counted = [c for c in here if c.release.counts and c.release.since >= begins]
    pieces = sorted((p for c in counted for p in c.pieces), key=lambda p: p.rank)
    taken, rest = take(ground, pieces)
    whole = float(ground.area)
    parts = _by_class(taken)
    own = _own(ground, [placed(b, plane) for b in before], pieces, whole, parts)
    holes = together([h for c in counted for h in c.holes])
    of = [(c.release, c) for c in here]
    apart = {
        "uncleared_m2": common_m2(rest, holes),
        "suspended_m2": _under(rest, [c for r, c in of if r.kind and not r.is_complete]),
        "unclassified_m2": _under(rest, [c for r, c in of if not r.kind]),
        "earlier_m2": _under(rest, [c for r, c in of if r.counts and r.since < begins]),
    }
    return Balance(
        outline_m2=whole,
        **parts,
        remaining_m2=_rest_of(whole, parts),
        **_by_depth(taken),
        **apart,
        **_stated(counted),
        unlocated_m2=unlocated,
        **own,
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """An area as a release meets it."""

    outline: BaseGeometry
    begins: dt.date


def release_balance(
    release: Release, others: Sequence[Release], areas: Sequence[Ground]
) -> ReleaseBalance:
    """The ledger of a release among the releases and areas that touch it."""
    if release.outline is None or release.outline.is_empty:
        return ReleaseBalance(unlocated_m2=release.stated_m2 if release.counts else 0.0)
    plane = geometry.plane_for(release.outline)
    drawn = placed(release.outline, plane)
    mine = cut(release, drawn, plane)
    own = mine.pieces if mine else []
    net = together([p.ground for p in own])
    every = [(a, placed(a.outline, plane)) for a in areas]
    touched = [(a, g) for a, g in every if common_m2(g, drawn) > geometry.AREA_TOLERANCE_M2]
    found = {
        "drawn_m2": float(drawn.area),
        "pockets_m2": mine.gone_m2 if mine else 0.0,
        "net_m2": float(net.area),
        "outside_m2": float(without(net, together([g for _, g in touched])).area),
    }
    if not release.counts:
        return ReleaseBalance(**found)
    cuts = (cut(r, drawn, plane) for r in others if r.counts)
    rivals = [p for c in cuts if c for p in c.pieces]
    credit, other_depth = _credited(own, rivals)
    inside = meet(credit, together([g for a, g in touched if release.since >= a.begins]))
    beyond = without(credit, together([g for _, g in touched]))
    key = "fadeout_m2" if touched else "elsewhere_m2"
    credited = float(credit.area)
    earlier = max(credited - float(inside.area) - float(beyond.area), 0.0)
    return ReleaseBalance(
        **found,
        credited_m2=credited,
        inside_m2=float(inside.area),
        earlier_m2=earlier if any(release.since < a.begins for a, _ in touched) else 0.0,
        other_depth_m2=other_depth,
        **{key: float(beyond.area)},
    )


def cut(release: Release, ground: Any, plane: Plane) -> Cut | None:
    """What of a release lies on some ground; None where it has nothing to do with it."""
    if release.outline is None:
        return None
    outline = placed(release.outline, plane)
    if not outline.intersects(ground):
        return None
    holes = [meet(placed(p, plane), outline) for p in release.pockets]
    gone = together(holes)
    net_m2 = float(outline.area - gone.area)
    surface = release.surface_share(net_m2)
    found = []
    for i, part in enumerate(sorted(polygons_of(outline), key=lambda p: (-p.area, p.wkb))):
        here = without(meet(part, ground), gone)
        if here.area > 0:
            # Several polygons at different depths: the one given is that of the largest.
            depth = release.depth if i == 0 else ""
            found.append(Piece(release, depth, here, is_main=i == 0, surface=surface))
    return Cut(release, found, holes, net_m2, float(gone.area))


def take(ground: Any, pieces: Sequence[Piece]) -> tuple[list[tuple[Piece, float]], Any]:
    """How much each piece gets of the ground in order, and what is left of it."""
    taken, rest = [], ground
    for piece in pieces:
        got = common_m2(piece.ground, rest)
        if got > 0:
            taken.append((piece, got))
            rest = without(rest, piece.ground)
    return taken, rest


def _by_class(taken: Iterable[tuple[Piece, float]]) -> dict[str, float]:
    found = {f"{kind}_m2": 0.0 for kind in CLASSES}
    for piece, got in taken:
        found[f"{piece.release.kind}_m2"] += got
    return found


def _rest_of(whole: float, parts: dict[str, float]) -> float:
    return max(whole - sum(parts.values()), 0.0)


def _by_depth(taken: Iterable[tuple[Piece, float]]) -> dict[str, float]:
    """What was cleared, by depth; the part searched on the surface only stands apart."""
    found = dict.fromkeys((*DEPTH_COLUMN.values(), "surface_m2"), 0.0)
    for piece, got in taken:
        if piece.release.kind != CLEARED:
            continue
        surface = got * piece.surface
        found["surface_m2"] += surface
        found[DEPTH_COLUMN.get(piece.depth, "cleared_unsaid_m2")] += got - surface
    return found


def _own(
    ground: Any,
    before: Sequence[Any],
    pieces: Sequence[Piece],
    whole: float,
    parts: dict[str, float],
) -> dict[str, float]:
    """The same for the ground that no area before this one has."""
    in_front = [b for b in before if b.intersects(ground)]
    if in_front:
        ground = without(ground, together(in_front))
        whole, parts = float(ground.area), _by_class(take(ground, pieces)[0])
    own = {f"own_{name}": value for name, value in parts.items()}
    return {"own_m2": whole, **own, "own_remaining_m2": _rest_of(whole, parts)}


def _stated(counted: Sequence[Cut]) -> dict[str, float]:
    """What releases say of themselves, by the share of their net ground that lies here."""
    stated = undrawn = 0.0
    for one in counted:
        here = sum(float(p.ground.area) for p in one.pieces)
        share = min(here / one.net_m2, 1.0) if one.net_m2 > 0 else 0.0
        said = one.release.uncleared_m2
        stated += one.release.stated_m2 * share
        if said - one.gone_m2 > max(geometry.AREA_TOLERANCE_M2, NEAR * said):
            undrawn += (said - one.gone_m2) * share
    return {"stated_m2": stated, "undrawn_m2": undrawn}


def _credited(own: Sequence[Piece], rivals: Sequence[Piece]) -> tuple[Any, float]:
    """The ground of a release that no piece before its own has, and of it that of no depth."""
    shares, other = [], 0.0
    for piece in own:
        first = [r.ground for r in rivals if r.rank < piece.rank]
        left = without(piece.ground, together(first)) if first else piece.ground
        shares.append(left)
        if not piece.is_main:
            other += float(left.area)
    return together(shares), other


def _under(rest: Any, cuts: Sequence[Cut]) -> float:
    """m² of the rest under any of some releases."""
    return common_m2(rest, together([p.ground for c in cuts for p in c.pieces]))
