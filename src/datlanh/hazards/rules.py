"""Arithmetic and small rules of areas."""

from __future__ import annotations

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
