"""The one place that writes and reads coordinates.

`write` for people, `plain` for other programs, `cells` for tables, `read` for what was typed,
`turning_points` for an outline.
"""

from __future__ import annotations

from datlanh.kernel.coordinates.reading import Reading, read
from datlanh.kernel.coordinates.systems import (
    METRIC,
    MGRS,
    SYSTEMS,
    UTM48,
    VN2000_10600,
    VN2000_10615,
    VN2000_UTM48,
    WGS84_DECIMAL,
    WGS84_DMS,
    System,
    cells,
    from_metres,
    in_metres,
    metres,
    plain,
    write,
)
from datlanh.kernel.coordinates.turning import TurningPoint, turning_points

__all__ = [
    "METRIC",
    "MGRS",
    "SYSTEMS",
    "UTM48",
    "VN2000_10600",
    "VN2000_10615",
    "VN2000_UTM48",
    "WGS84_DECIMAL",
    "WGS84_DMS",
    "Reading",
    "System",
    "TurningPoint",
    "cells",
    "from_metres",
    "in_metres",
    "metres",
    "plain",
    "read",
    "turning_points",
    "write",
]
