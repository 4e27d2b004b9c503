"""Places for tests."""

from __future__ import annotations

import math


def tile_around(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    """The tile (z, x, y) around a point."""
    n = 2**z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n
    return z, int((lon + 180) / 360 * n), int(y)
