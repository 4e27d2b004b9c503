"""Arithmetic and small rules of areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely import Point, from_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.kernel.grid import Box, box_at, box_of_id, polygon_of
from datlanh.kernel.text import Text

# Depth classes of form 8 with the depth each reaches, cm; beyond the last: "over_5m".
DEPTH_CLASSES = (("d7cm", 7.0), ("d30cm", 30.0), ("d3m", 300.0), ("d5m", 500.0))
DEEPEST = "over_5m"

# The four public states (procedure 2021, pages 3-4).
PUBLIC_STATES = {
    "open": Text("Mở", "Open"),
    "ongoing": Text("Đang tiến hành", "Ongoing"),
    "suspended": Text("Tạm dừng", "Suspended"),
    "closed": Text("Đóng", "Closed"),
}

# What form 5 calls "worked on" the procedure defines as ongoing (pages 3-4 against p. 30). Its
# "closed" is the operator's word: the work is done. Land is closed after acceptance and handover.
STATE_REPORTED = {
    "open": "",  # as the area's type says
    "worked_on": "ongoing",
    "suspended": "suspended",
    "closed": "completed",
}
# The public state of each state of `hazards.workflow.LIFE`: closed only after the handover.
PUBLIC_STATUS = {
    "indication": "open",
    "sha": "open",
    "cha": "open",
    "tasked": "open",
    "ongoing": "ongoing",
    "suspended": "suspended",
    "completed": "ongoing",
    "inspected": "ongoing",
    "closed": "closed",
    "discredited": "closed",
    "split": "open",  # its ground is no safer; the parts say how it stands
    "merged": "open",
}
GONE = (
    "discredited",
    "split",
    "merged",
)  # these stand in no count and no list, but where they are asked for


def reported_state(values: Mapping[str, Any]) -> str:
    """The state a CHA report names, for an area of which nobody took a step.

    An area nobody described is open: suspected or confirmed as its type says.
    """
    said = STATE_REPORTED.get(str(values.get("reported_status") or ""), "")
    return said or ("sha" if values.get("area_type") == "sha" else "cha")


def public_status(state: str) -> str:
    """The public state of a state. Source: procedure 2021, definitions pages 3-4."""
    return PUBLIC_STATUS.get(state, "open")


# IMSMA's words for the status of a task that count before the land's own.
TASK_COUNTS = ("suspended", "ongoing", "worked_on", "completed")
EFFECTIVE = {
    "suspended": "suspended",
    "ongoing": "ongoing",
    "worked_on": "ongoing",
    "completed": "closed",
    "closed": "closed",
}


def effective_status(land: str, task: str = "") -> str:
    """The status as IMSMA publishes it: the task's where it says something, else the land's.

    `land` and `task` are IMSMA's own words in lower case ("worked_on"). Completed and closed are
    published as one, ongoing and worked on too; all else is open. Kept for comparison only: here
    land is closed when it is handed over, not when a task is done.
    """
    said = task if task in TASK_COUNTS else land
    return EFFECTIVE.get(said, "open")


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
    drawn: BaseGeometry | None  # lon/lat, of ground off the grid
    written: str
    on: str
    items: int

    @property
    def ground(self) -> BaseGeometry | None:
        """Its polygon, lon/lat. Computed: for thousands see `grid.polygons_of`."""
        return polygon_of(self.box) if self.box else self.drawn


def box_read(values: Mapping[str, Any], shape: Any) -> BoxFound:
    """A row as a file or a form gives it: by the box's id, by a point in it, or by its own shape.

    `shape` may be WKB or anything with `wkb`, lon/lat.
    """
    box = box_of_id(str(values.get("box") or ""))
    drawn = from_wkb(bytes(getattr(shape, "wkb", shape))) if shape is not None else None
    if box is None and isinstance(drawn, Point):
        box = box_at(drawn.x, drawn.y)
    is_ground = box is None and drawn is not None and not isinstance(drawn, Point)
    return BoxFound(
        box=box,
        drawn=drawn if is_ground else None,
        written=str(values.get("result") or "")[:40],
        on=str(values.get("searched_on") or ""),
        items=max(int(values.get("items") or 0), 0),
    )
