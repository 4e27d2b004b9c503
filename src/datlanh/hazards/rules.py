"""Arithmetic and small rules of areas."""

from __future__ import annotations

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
