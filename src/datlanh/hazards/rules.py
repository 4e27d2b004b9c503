"""Arithmetic and small rules of areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely import from_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.kernel.grid import Box, box_at, box_of_id, polygon_of

# Depth classes of form 8 with the depth each reaches, cm; beyond the last: "over_5m".
DEPTH_CLASSES = (("d7cm", 7.0), ("d30cm", 30.0), ("d3m", 300.0), ("d5m", 500.0))
DEEPEST = "over_5m"

# What form 5 calls "worked on" the procedure defines as ongoing (pages 3-4 against p. 30).
PUBLIC_STATUS = {
    "open": "open",
    "worked_on": "ongoing",
    "suspended": "suspended",
    "closed": "closed",
}


def public_status(reported: str | None) -> str:
    """The public state for the state a CHA report names; an area nobody described is open.

    Source: procedure 2021, definitions pages 3-4, form 5 question 1.10.
    """
    return PUBLIC_STATUS.get(reported or "", "open")


def depth_class(reported: str | None, depth_cm: float | None) -> str:
    """The depth class a release counts under: as reported, else the one its depth falls in.

    "" when it says neither. Source: form 8, questions 3.2 and 3.3.
    """
    if reported or depth_cm is None:
        return reported or ""
    return next((key for key, reach in DEPTH_CLASSES if depth_cm <= reach), DEEPEST)


@dataclass(frozen=True)
class BoxFound:
    """One row of a list of boxes: the box, or ground off the grid, and what it came to."""

    box: Box | None
    ground: BaseGeometry | None  # lon/lat
    written: str
    on: str
    items: int


def box_read(values: Mapping[str, Any], shape: Any) -> BoxFound:
    """A row as a file or a form gives it: by the box's id, by a point in it, or by its own shape.

    `shape` may be WKB or anything with `wkb`, lon/lat.
    """
    box = box_of_id(str(values.get("box") or ""))
    drawn: Any = from_wkb(bytes(getattr(shape, "wkb", shape))) if shape is not None else None
    if box is None and drawn is not None and drawn.geom_type == "Point":
        box = box_at(drawn.x, drawn.y)
    ground: BaseGeometry | None = polygon_of(box) if box else None
    if box is None and drawn is not None and drawn.geom_type != "Point":
        ground = drawn
    return BoxFound(
        box=box,
        ground=ground,
        written=str(values.get("result") or "")[:40],
        on=str(values.get("searched_on") or ""),
        items=max(int(values.get("items") or 0), 0),
    )
