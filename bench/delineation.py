"""Areas proposed from 10,000 survey boxes: the budget is 2 s."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from random import Random

import shapely

from bench.measure import each_ms, header, line
from datlanh.kernel.boxes import Role
from datlanh.kernel.delineation import Searched, Settings, delineate
from datlanh.kernel.grid import Box

HOME = Box(715 * 20, 1856 * 20)


def boxes(side: int, positive: float) -> list[Searched]:
    """A square field of boxes, that share of which is positive, half as many joining."""
    rng = Random(6)
    found = []
    for column in range(side):
        for row in range(side):
            drawn = rng.random()
            role = Role.POSITIVE if drawn < positive else Role.NEGATIVE
            role = Role.JOINS if positive <= drawn < 1.5 * positive else role
            box = HOME.moved(column, row)
            found.append(Searched(box.id, shapely.box(*box.bounds), role, 1))
    return found


def main(options: Sequence[str]) -> int:
    """Scattered, middling and dense fields."""
    parser = argparse.ArgumentParser(prog="python -m bench delineation")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args(options)
    header("Areas proposed from 10,000 boxes")
    for share in (0.05, 0.25, 0.6, 1.0):
        field = boxes(100, share)
        for gap in (1, 2):
            took = each_ms(lambda f=field, g=gap: delineate(f, Settings(gap=g)), asked.runs, 1)
            line(f"{share:.0%} positive, gap {gap}", took, "ms")
    return 0
