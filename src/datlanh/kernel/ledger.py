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
from datlanh.kernel.ledger_cut import CLASSES, CLEARED, Cut, Piece, Release, Site
from datlanh.kernel.overlay import common_m2, meet, together, without

# Deepest first; "" where nothing says how deep.
DEPTH_COLUMN = {
    "over_5m": "cleared_deeper_m2",
    "d5m": "cleared_5m_m2",
    "d3m": "cleared_3m_m2",
    "d30cm": "cleared_30cm_m2",
    "d7cm": "cleared_7cm_m2",
    "": "cleared_unsaid_m2",
}
NEAR = 0.05  # pockets measured and pockets said differ by less for their rounded corners


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
    site: Site | None,
    releases: Sequence[Release],
    *,
    begins: dt.date,
    before: Sequence[BaseGeometry] = (),
    name: str = "",
) -> Balance:
    """The ledger of an area on this site (None: it has no drawing).

    `releases` are those that touch it or name it; those dated before `begins` do not count.
    `before` are the outlines of areas that come first where ground is shared.
    """
    unlocated = sum(
        r.stated_m2 for r in releases if r.outline is None and r.counts and name in r.names
    )
    if site is None:
        return Balance(unlocated_m2=unlocated)
    key = (begins, *(r for r in releases if r.outline is not None))
    if key not in site.split:
        site.split[key] = _split(site, releases, begins)
    found: Split = site.split[key]
    return Balance(
        outline_m2=found.whole_m2,
        **found.parts,
        remaining_m2=_rest_of(found.whole_m2, found.parts),
        **found.more,
        unlocated_m2=unlocated,
        **_own(site, before, found),
    )


@dataclass(frozen=True, slots=True)
class Split:
    """The ground of a site among the releases that count there."""

    whole_m2: float
    parts: dict[str, float]  # by class
    more: dict[str, float]  # by depth, and the lines that stand apart
    pieces: list[Piece]


def _split(site: Site, releases: Sequence[Release], begins: dt.date) -> Split:
    here = [(r, c) for r in releases if (c := site.cut(r)) is not None]
    counted = [c for r, c in here if r.counts and r.since >= begins]
    pieces = sorted((p for c in counted for p in c.pieces), key=lambda p: p.rank)
    taken, rest = take(site.ground, pieces)
    holes = together([h for c in counted for h in c.holes])
    apart = {
        "uncleared_m2": common_m2(rest, holes),
        "suspended_m2": _under(rest, [c for r, c in here if r.kind and not r.is_complete]),
        "unclassified_m2": _under(rest, [c for r, c in here if not r.kind]),
        "earlier_m2": _under(rest, [c for r, c in here if r.counts and r.since < begins]),
    }
    more = {**_by_depth(taken), **apart, **_stated(counted)}
    return Split(float(site.ground.area), _by_class(taken), more, pieces)


@dataclass(frozen=True, slots=True)
class Ground:
    """An area as a release meets it."""

    outline: BaseGeometry
    begins: dt.date


def release_balance(
    site: Site | None, release: Release, others: Sequence[Release], areas: Sequence[Ground]
) -> ReleaseBalance:
    """The ledger of a release on the site of its outline, among what touches it."""
    if site is None:
        return ReleaseBalance(unlocated_m2=release.stated_m2 if release.counts else 0.0)
    drawn, mine = site.ground, site.cut(release)
    own = mine.pieces if mine else []
    net = together([p.ground for p in own])
    every = [(a, site.part(a.outline)) for a in areas]
    touched = [(a, g) for a, g in every if g.area > geometry.AREA_TOLERANCE_M2]
    known = together([g for _, g in touched])
    found = {
        "drawn_m2": float(drawn.area),
        "pockets_m2": mine.gone_m2 if mine else 0.0,
        "net_m2": float(net.area),
        "outside_m2": float(without(net, known).area),
    }
    if not release.counts:
        return ReleaseBalance(**found)
    cuts = (site.cut(r) for r in others if r.counts)
    rivals = [p for c in cuts if c for p in c.pieces]
    credit, other_depth = _credited(own, rivals)
    counting = [g for a, g in touched if release.since >= a.begins]
    inside = meet(credit, known if len(counting) == len(touched) else together(counting))
    beyond = without(credit, known)
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


def _own(site: Site, before: Sequence[BaseGeometry], found: Split) -> dict[str, float]:
    """The same for the ground that no area before this one has."""
    whole, parts = found.whole_m2, found.parts
    shapes = [site.part(b) for b in before]
    if in_front := [b for b in shapes if b.area > 0]:
        ground = without(site.ground, together(in_front))
        whole, parts = float(ground.area), _by_class(take(ground, found.pieces)[0])
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
