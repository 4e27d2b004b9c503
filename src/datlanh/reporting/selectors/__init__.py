"""Figures: each one statement, as of two times, every number with the filter that opens it."""

from datlanh.reporting.selectors.areas import AreaCell, AreaFigures, AreaLine, figures_areas
from datlanh.reporting.selectors.groups import BY, Group, narrowed
from datlanh.reporting.selectors.items import ItemFigures, ItemLine, figures_items
from datlanh.reporting.selectors.released import (
    MethodLine,
    ReleasedCell,
    ReleasedFigures,
    ReleasedLine,
    figures_released,
)

__all__ = [
    "BY",
    "AreaCell",
    "AreaFigures",
    "AreaLine",
    "Group",
    "ItemFigures",
    "ItemLine",
    "MethodLine",
    "ReleasedCell",
    "ReleasedFigures",
    "ReleasedLine",
    "figures_areas",
    "figures_items",
    "figures_released",
    "narrowed",
]
