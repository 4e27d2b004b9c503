"""How much many polygons have in common, pair by pair, without drawing what they have in common.

A polygon is the sum of the strips under its edges, those of edges running back taken off. What
two polygons have in common is then the sum, over all pairs of their edges, of what two strips
have in common: the lower of two straight lines, integrated where both are. No overlay is built
and no intersection is searched for, so nothing can fail on a drawing, and numpy does it for
millions of pairs of edges at once: some three times as fast as an overlay of each pair. Where
the piece itself is wanted, `shapely.intersection` draws it.

Rings may run either way; holes are taken off. Parts of one geometry must not overlap each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

CHUNK = 100_000  # pairs of edges at once: more of them leave the processor's cache


@dataclass(frozen=True, slots=True)
class _Edges:
    """Edges of all geometries, left end first; `start[g] : start[g + 1]` are those of one."""

    left: Floats
    right: Floats
    slope: Floats
    height: Floats  # where its line meets x = 0
    sign: Floats
    start: Ints


def pairs_across(
    flat: Sequence[BaseGeometry] | NDArray[Any], groups: Ints | None = None, least_m2: float = 1.0
) -> tuple[Ints, Ints, Floats]:
    """Pairs (i < j) of geometries in one plane that share more than `least_m2`, and how much.

    With `groups` only pairs of different groups: other operators' ground.
    """
    geometries = np.asarray(flat, dtype=object)
    first, second = shapely.STRtree(geometries).query(geometries)
    wanted = first < second
    if groups is not None:
        wanted &= groups[first] != groups[second]
    first, second = first[wanted], second[wanted]
    common = common_m2(geometries, first, second)
    found = common > least_m2
    return first[found], second[found], common[found]


def common_m2(geometries: NDArray[Any], first: Ints, second: Ints) -> Floats:
    """The area common to `geometries[first]` and `geometries[second]`, pair by pair."""
    if not len(first):
        return np.zeros(0)
    edges = _edges(geometries)
    boxes = shapely.bounds(geometries)
    low = np.maximum(boxes[first, 0], boxes[second, 0])
    high = np.minimum(boxes[first, 2], boxes[second, 2])
    found = np.zeros(len(first))
    for some in _slices(edges, first, second):
        found[some] = _some(edges, first[some], second[some], low[some], high[some])
    return np.maximum(found, 0.0)


def _slices(edges: _Edges, first: Ints, second: Ints) -> Iterator[slice]:
    """Runs of pairs with some CHUNK pairs of edges each."""
    counts = np.diff(edges.start)
    work = np.cumsum(counts[first] * counts[second])
    cuts = np.searchsorted(work, np.arange(CHUNK, work[-1] + CHUNK, CHUNK))
    begin = 0
    for end in np.minimum(cuts + 1, len(first)):
        if end > begin:
            yield slice(begin, int(end))
            begin = int(end)


def _some(edges: _Edges, first: Ints, second: Ints, low: Floats, high: Floats) -> Floats:
    pair_p, p = _over(edges, first, low, high)
    pair_q, q = _over(edges, second, low, high)
    n = len(first)
    count_q = np.bincount(pair_q, minlength=n)
    start_q = np.concatenate(([0], np.cumsum(count_q)[:-1]))
    each = count_q[pair_p]  # every edge of one meets all edges of the other
    a = np.repeat(p, each)
    pair = np.repeat(pair_p, each)
    within = np.arange(len(a)) - np.repeat(np.cumsum(each) - each, each)
    b = q[np.repeat(start_q[pair_p], each) + within]
    lo = np.maximum(edges.left[a], edges.left[b])
    hi = np.minimum(edges.right[a], edges.right[b])
    meet = np.flatnonzero(hi > lo)
    a, b, lo, hi = a[meet], b[meet], lo[meet], hi[meet]
    weighed: Any = np.bincount(pair[meet], _lower(edges, a, b, lo, hi), minlength=n)
    sums: Floats = weighed.astype(float)  # whole numbers where no edges meet
    return sums


def _lower(edges: _Edges, a: Ints, b: Ints, lo: Floats, hi: Floats) -> Floats:
    """The integral of the lower of two edges from `lo` to `hi`, with the sign of both."""
    a_lo, a_hi = (edges.height[a] + edges.slope[a] * x for x in (lo, hi))
    b_lo, b_hi = (edges.height[b] + edges.slope[b] * x for x in (lo, hi))
    at_lo, at_hi = a_lo - b_lo, a_hi - b_hi
    apart = np.abs(at_lo) + np.abs(at_hi)
    crossing = at_lo * at_hi < 0
    between = np.where(crossing, (at_lo**2 + at_hi**2) / np.where(crossing, apart, 1.0), apart)
    total = (a_lo + a_hi + b_lo + b_hi - between) / 4
    return edges.sign[a] * edges.sign[b] * (hi - lo) * total


def _over(edges: _Edges, which: Ints, low: Floats, high: Floats) -> tuple[Ints, Ints]:
    """(pair, edge) of all edges over the ground that a pair's boxes share."""
    counts = edges.start[which + 1] - edges.start[which]
    pair = np.repeat(np.arange(len(which)), counts)
    first = np.repeat(edges.start[which] - (np.cumsum(counts) - counts), counts)
    edge = first + np.arange(len(pair))
    over = (edges.right[edge] > low[pair]) & (edges.left[edge] < high[pair])
    return pair[over], edge[over]


def _edges(geometries: NDArray[Any]) -> _Edges:
    parts, part_of = shapely.get_parts(geometries, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    xy, in_ring = shapely.get_coordinates(rings, return_index=True)
    same = in_ring[1:] == in_ring[:-1]
    x1, y1 = xy[:-1][same].T
    x2, y2 = xy[1:][same].T
    ring = in_ring[:-1][same]
    # Which way each ring runs, from its own first point: far from the origin, sums lose digits.
    begin = np.searchsorted(in_ring, np.arange(len(rings)))
    x0, y0 = xy[begin][ring].T
    turn = np.bincount(ring, (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0), minlength=len(rings))
    is_outer = np.diff(ring_of, prepend=-1) > 0
    sign = np.sign(turn) * np.where(is_outer, 1.0, -1.0)
    kept = x1 != x2  # nothing lies under an upright edge
    owner = part_of[ring_of[ring[kept]]]
    x1, y1, x2, y2 = x1[kept], y1[kept], x2[kept], y2[kept]
    slope = (y2 - y1) / (x2 - x1)
    return _Edges(
        left=np.minimum(x1, x2),
        right=np.maximum(x1, x2),
        slope=slope,
        height=y1 - slope * x1,
        sign=np.where(x1 > x2, 1.0, -1.0) * sign[ring[kept]],
        start=np.searchsorted(owner, np.arange(len(geometries) + 1)),
    )
