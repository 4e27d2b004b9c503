"""A record's place in every system, to be copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import coordinates, geometry
from datlanh.kernel.coordinates import SYSTEMS
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.register.models import Version

MOST_COPIED = 200  # turning points: beyond, the tables in every system would outweigh the page


@dataclass(frozen=True)
class Written:
    """A point in one system: what a person reads, what another program takes."""

    key: str
    name: Text
    said: Text
    plain: str


@dataclass(frozen=True)
class Place:
    """Where a record lies: its point, and the tables of its turning points by system."""

    point: tuple[Written, ...]
    is_inside: bool  # a point inside the outline stands for the record
    tables: tuple[tuple[Text, str], ...]
    count: int


def in_every_system(point: Point) -> tuple[Written, ...]:
    """A point in all systems."""
    return tuple(
        Written(
            system.key,
            system.name,
            Text(*(coordinates.write(point, system.key, lang) for lang in LANGUAGES)),
            coordinates.plain(point, system.key),
        )
        for system in SYSTEMS.values()
    )


def place_of(version: Version | None) -> Place | None:
    """The place of a record's version; None where it has none."""
    if version is None:
        return None
    outline, position = _shape(version.outline), _shape(version.position)
    at = position or (outline.representative_point() if outline is not None else None)
    if not isinstance(at, Point) or not geometry.on_globe(at):
        return None
    tables: tuple[tuple[Text, str], ...] = ()
    count = 0
    if isinstance(outline, MultiPolygon) and geometry.on_globe(outline):
        count = len(coordinates.turning_points(outline, coordinates.WGS84_DECIMAL))
        if count <= MOST_COPIED:
            tables = tuple((s.name, _table(outline, s.key)) for s in SYSTEMS.values())
    return Place(in_every_system(at), position is None, tables, count)


def _table(outline: MultiPolygon, system: str) -> str:
    """Lines as a spreadsheet takes them: name, northing, easting; rings apart."""
    lines: list[str] = []
    last = (1, 0)
    for row in coordinates.turning_points(outline, system):
        if (row.part, row.hole) != last:
            lines.append("")
            last = (row.part, row.hole)
        cells = coordinates.plain(row.point, system).replace(", ", "\t")
        lines.append(f"{row.name}\t{cells}")
    return "\n".join(lines)


def _shape(stored: Any) -> BaseGeometry | None:
    return shapely.from_wkb(bytes(stored.wkb)) if stored is not None else None
