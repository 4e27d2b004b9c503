"""An old and a new outline taken apart: what is new ground, what is left, what stays."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.text import LANGUAGES, NBSP, Text, number

LEAST_M2 = 1.0  # a smaller piece is the noise of drawing


@dataclass(frozen=True)
class Piece:
    """A part of the ground, lon/lat, with its square metres. `role` is gained, lost or kept."""

    role: str
    shape: BaseGeometry
    area_m2: float

    @property
    def label(self) -> Text:
        """`+1.234 m²`: as the map writes it."""
        sign = {"gained": "+", "lost": "−"}.get(self.role, "")
        return Text(*(f"{sign}{number(round(self.area_m2), v)}{NBSP}m²" for v in LANGUAGES))


@dataclass(frozen=True)
class Pieces:
    """How two outlines differ; totals in square metres."""

    parts: tuple[Piece, ...] = ()
    gained_m2: float = 0.0
    lost_m2: float = 0.0
    kept_m2: float = 0.0

    @property
    def differ(self) -> bool:
        """Whether anything but noise lies in only one of the two."""
        return any(p.role != "kept" for p in self.parts)


def pieces_between(old: BaseGeometry | None, new: BaseGeometry | None) -> Pieces | None:
    """The differing pieces of two usable outlines; None where one is missing or off the globe.

    Everything is measured in one plane, so that lost + kept is the old area and gained + kept
    the new one. Pieces under a square metre are left off the list, not out of the totals.
    """
    if old is None or new is None or old.is_empty or new.is_empty:
        return None
    try:
        plane = geometry.plane_for(old, new)
        was, now = geometry.to_plane(old, plane), geometry.to_plane(new, plane)
    except ValueError:
        return None
    cut = {
        "lost": was.difference(now),
        "gained": now.difference(was),
        "kept": was.intersection(now),
    }
    parts = tuple(
        Piece(role, geometry.from_plane(part, plane), float(part.area))
        for role in ("lost", "gained")
        for part in _polygons(cut[role])
        if part.area >= LEAST_M2
    )
    return Pieces(
        parts=parts,
        gained_m2=float(cut["gained"].area),
        lost_m2=float(cut["lost"].area),
        kept_m2=float(cut["kept"].area),
    )


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """The polygons of a result, the largest first; edges and points of touch are none."""
    if shape.geom_type == "Polygon":
        return [shape] if not shape.is_empty else []
    found = [part for part in getattr(shape, "geoms", ()) if part.geom_type == "Polygon"]
    return sorted(found, key=lambda p: -p.area)
