"""The explicit, exhaustive table of projectors: every kind of record the register holds."""

from __future__ import annotations

from datlanh.hazards.projection import AREA, LAND_RELEASE
from datlanh.register.projection import Projector

PROJECTORS: dict[str, Projector] = {p.kind: p for p in (AREA, LAND_RELEASE)}
