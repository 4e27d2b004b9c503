"""Single rings: spikes, points far off, orders that cross. In metres of a local plane."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPoint, Point, Polygon

from datlanh.kernel import geometry
from datlanh.kernel.firewall.findings import SLIVER_WIDTH_M

SPIKE_ANGLE = math.radians(30)  # wider corners are corners
SPIKE_LENGTH_M = 2.0
FAR_TIMES = 3.0  # so many times the extent of all other points …
FAR_M = 200.0  # … and at least this: a wrong third decimal is 110 m, a wrong second 1.1 km
MOST_POINTS = 200  # beyond this, orders are not searched …
MOST_TURNS = 300  # … nor where so many steps are not enough: such points are no boundary
DECIMALS = 6

Pairs = list[tuple[float, float]]


def flat_pairs(pairs: Sequence[Sequence[float]], plane: geometry.Plane) -> NDArray[np.float64]:
    """Lon/lat pairs as metres in the plane."""
    return shapely.get_coordinates(geometry.to_plane(MultiPoint(list(pairs)), plane))


def spikes(polygon: Polygon) -> list[int]:
    """Points (by index in the open ring) where the boundary runs out and back beside itself."""
    pairs = geometry.open_ring(polygon.exterior.coords)
    if len(pairs) < 4 or not geometry.on_globe(polygon):
        return []
    flat = flat_pairs(pairs, geometry.plane_for(polygon))
    back, out = np.roll(flat, 1, axis=0) - flat, np.roll(flat, -1, axis=0) - flat
    shorter = np.minimum(np.hypot(*back.T), np.hypot(*out.T))
    cross = np.abs(back[:, 0] * out[:, 1] - back[:, 1] * out[:, 0])
    angles = np.arctan2(cross, (back * out).sum(axis=1))
    wide = 2 * shorter * np.sin(angles / 2)
    found = (angles < SPIKE_ANGLE) & (wide < SLIVER_WIDTH_M) & (shorter > SPIKE_LENGTH_M)
    return [int(i) for i in np.flatnonzero(found)]


def without_spikes(polygon: Polygon) -> Polygon | None:
    """The ring without its spikes, taken off one after the other; None if nothing remains."""
    current = polygon
    for _ in range(len(polygon.exterior.coords)):
        found = spikes(current)
        if not found:
            return current
        left = without(current, [found[0]])
        if left is None:
            return None
        current = left
    return None


def without(polygon: Polygon, numbers: Sequence[int]) -> Polygon | None:
    """The ring without some points; points that then stand twice in a row stand once."""
    pairs = geometry.open_ring(polygon.exterior.coords)
    kept = geometry.closed_ring(p for i, p in enumerate(pairs) if i not in set(numbers))
    return Polygon(kept) if len(kept) >= 4 else None


def far_points(polygon: Polygon) -> list[tuple[int, float]]:
    """(index, metres) of points far outside what all other points span."""
    pairs = geometry.open_ring(polygon.exterior.coords)
    if len(pairs) < 4 or not geometry.on_globe(polygon):
        return []
    flat = flat_pairs(pairs, geometry.plane_for(polygon))
    middle = np.median(flat, axis=0)
    away = np.hypot(*(flat - middle).T)
    suspects = np.flatnonzero(away > np.maximum(FAR_TIMES / 2 * np.median(away), FAR_M))
    found = []
    for i in suspects:
        rest = np.delete(flat, i, axis=0)
        extent = math.hypot(*(rest.max(axis=0) - rest.min(axis=0)))
        metres = float(MultiPoint(rest).convex_hull.distance(Point(flat[i])))
        if metres > max(FAR_TIMES * extent, FAR_M):
            found.append((int(i), metres))
    return found


def one_digit(polygon: Polygon, index: int) -> tuple[float, float] | None:
    """The point as it would be with one other digit (or two exchanged), next to its neighbours."""
    pairs = geometry.open_ring(polygon.exterior.coords)
    before, after = pairs[index - 1], pairs[(index + 1) % len(pairs)]
    target = ((before[0] + after[0]) / 2, (before[1] + after[1]) / 2)
    rest = [p for i, p in enumerate(pairs) if i != index]
    reach = max(math.dist(a, target) for a in rest) * 1.5
    lon, lat = pairs[index]
    tried = [(x, lat) for x in _misspelt(lon)] + [(lon, y) for y in _misspelt(lat)]
    near = [t for t in tried if math.dist(t, target) <= reach]
    return min(near, key=lambda t: math.dist(t, target)) if near else None


def _misspelt(value: float) -> Iterator[float]:
    text = f"{value:.{DECIMALS}f}"
    for i, digit in enumerate(text):
        if not digit.isdigit():
            continue
        for other in "0123456789":
            if other != digit:
                yield float(text[:i] + other + text[i + 1 :])
    for i in range(len(text) - 1):
        if text[i : i + 2].isdigit() and text[i] != text[i + 1]:
            yield float(text[:i] + text[i + 1] + text[i] + text[i + 2 :])


def uncrossed(polygon: Polygon) -> Polygon | None:
    """The same points in an order whose boundary does not cross itself; None: none was found.

    Each crossing is undone by turning the way between its two edges round, which always
    shortens the boundary; so it ends.
    """
    pairs = list(dict.fromkeys(geometry.open_ring(polygon.exterior.coords)))
    if not 4 <= len(pairs) <= MOST_POINTS:
        return None
    for _ in range(MOST_TURNS):
        crossing = _crossing(pairs)
        if crossing is None:
            found = Polygon(pairs)
            return found if geometry.invalid_reason(found) is None else None
        i, j = crossing
        pairs[i + 1 : j + 1] = reversed(pairs[i + 1 : j + 1])
    return None


def _crossing(pairs: Pairs) -> tuple[int, int] | None:
    """The first two edges that cross in their middles, by the indexes they begin at."""
    a = np.array(pairs)
    b = np.roll(a, -1, axis=0)
    n = len(pairs)

    def side(
        p: NDArray[np.float64], q: NDArray[np.float64], r: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        return np.sign(
            (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
        )

    i, j = np.triu_indices(n, 2)
    apart = ~((i == 0) & (j == n - 1))
    i, j = i[apart], j[apart]
    cross = (side(a[i], b[i], a[j]) * side(a[i], b[i], b[j]) < 0) & (
        side(a[j], b[j], a[i]) * side(a[j], b[j], b[i]) < 0
    )
    at = np.flatnonzero(cross)
    return (int(i[at[0]]), int(j[at[0]])) if len(at) else None
