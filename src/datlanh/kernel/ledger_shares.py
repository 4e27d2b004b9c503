"""What each release has to do with one area: the lines under its ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.ledger import take
from datlanh.kernel.ledger_cut import Release, Site

COUNTED, SUSPENDED, UNCLASSIFIED = "counted", "suspended", "unclassified"
EARLIER, UNLOCATED = "earlier", "unlocated"


@dataclass(frozen=True, slots=True)
class Share:
    """A release at an area: its ground there, and what of it no release before it has."""

    release: Release
    standing: str  # counted, or why it is not
    here_m2: float = 0.0
    taken_m2: float = 0.0
    pockets_m2: float = 0.0


def shares(
    outline: BaseGeometry | None, releases: Sequence[Release], *, begins: dt.date, name: str = ""
) -> list[Share]:
    """The releases that lie on an area or, without a drawing, name it, in order of date."""
    found = [Share(r, UNLOCATED) for r in releases if r.outline is None and name in r.names]
    if outline is not None and not outline.is_empty:
        site = Site(outline)
        cuts = [c for r in releases if (c := site.cut(r)) is not None]
        standing = {c.release: _standing(c.release, begins) for c in cuts}
        pieces = [p for c in cuts if standing[c.release] == COUNTED for p in c.pieces]
        taken: dict[Release, float] = {}
        for piece, got in take(site.ground, sorted(pieces, key=lambda p: p.rank))[0]:
            taken[piece.release] = taken.get(piece.release, 0.0) + got
        for c in cuts:
            here = sum(float(p.ground.area) for p in c.pieces)
            if here > geometry.AREA_TOLERANCE_M2:
                share = Share(
                    c.release, standing[c.release], here, taken.get(c.release, 0.0), c.gone_m2
                )
                found.append(share)
    return sorted(found, key=lambda s: (s.release.since, s.release.id))


def _standing(release: Release, begins: dt.date) -> str:
    if not release.kind:
        return UNCLASSIFIED
    if not release.is_complete:
        return SUSPENDED
    return COUNTED if release.since >= begins else EARLIER
