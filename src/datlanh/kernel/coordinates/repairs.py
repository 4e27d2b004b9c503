"""Places written wrongly: what would bring them where they belong, as proposals.

Every proposal is one mistake people make, undone. None is applied by machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from datlanh.kernel.coordinates.numbers import numbers
from datlanh.kernel.coordinates.reading import LEAST_METRES, read
from datlanh.kernel.coordinates.systems import (
    METRIC,
    SYSTEMS,
    as_vn2000,
    from_metres,
    metres,
)
from datlanh.kernel.geometry import WGS84, on_globe
from datlanh.kernel.text import Text, filled

UTM_ZONE = 6.0  # degrees
NEAR = (102.0, 8.0, 110.5, 24.0)  # Vietnam: what lies elsewhere need not be asked about

Inside = Callable[[Point], bool]
Move = Callable[[float, float], tuple[float, float]]

SWAPPED = Text("kinh độ và vĩ độ bị đảo", "longitude and latitude are exchanged")
ZONE = Text(
    "tọa độ UTM múi 48 được đọc ở múi {zone}", "UTM coordinates of zone 48 were read in zone {zone}"
)
HEMISPHERE = Text("sai bán cầu (dấu âm)", "the wrong hemisphere (a minus sign)")
HUNDRED = Text("thiếu «10» ở đầu kinh độ", "“10” is missing at the beginning of the longitude")
DECIMAL = Text(
    "dấu thập phân bị mất hoặc đặt sai chỗ", "the decimal mark was lost or is in the wrong place"
)
DIGIT = Text(
    "thiếu một chữ số của {axis} ({system})", "a digit of the {axis} is missing ({system})"
)
DATUM = Text("tọa độ VN-2000 được ghi như WGS 84", "VN-2000 coordinates given as WGS 84")
BACK = Text("tọa độ WGS 84 bị đổi thêm một lần", "WGS 84 coordinates were converted once more")
READ_AS = Text("tọa độ {right} được đọc như {wrong}", "{right} coordinates read as {wrong}")
AXES = (Text("tọa độ bắc", "northing"), Text("tọa độ đông", "easting"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """One mistake undone: what it was, where the place then is, how far that is."""

    key: str
    said: Text
    geometry: Any  # Point, or the drawing
    moved_m: float


def _shift(dx: float, dy: float) -> Move:
    return lambda x, y: (x + dx, y + dy)


def _scale(sx: float, sy: float) -> Move:
    return lambda x, y: (x * sx, y * sy)


def _moves() -> Iterator[tuple[str, Text, Move]]:
    yield "swapped", SWAPPED, lambda x, y: (y, x)
    for zone, step in ((47, UTM_ZONE), (49, -UTM_ZONE)):
        said = filled(ZONE, zone=str(zone))
        yield f"zone{zone}", said, _shift(step, 0)
    yield "south", HEMISPHERE, _scale(1, -1)
    yield "west", HEMISPHERE, _scale(-1, 1)
    yield "hundred", HUNDRED, _shift(100, 0)
    for i in range(-1, 8):
        for j in range(-1, 8):
            if i or j:
                yield f"decimal{i}.{j}", DECIMAL, _scale(10.0**-i, 10.0**-j)


def proposals(place: BaseGeometry, inside: Inside) -> list[Proposal]:
    """What brings a place that is not inside there; empty where it is, or nothing does.

    One proposal of each kind of mistake; the drawing as a whole is moved, by its first point.
    """
    pairs = shapely.get_coordinates(place)
    if not len(pairs):
        return []
    x, y = (float(v) for v in pairs[0])
    if _asked(x, y, inside):
        return []
    found: dict[str, Proposal] = {}
    for key, said, move in _moves():
        moved = move(x, y)
        if said.en not in found and _asked(*moved, inside):
            shape = _moved(place, move)
            if on_globe(shape):
                found[said.en] = Proposal(key, said, shape, distance_m((x, y), moved))
    return list(found.values())


def datum_moves(place: BaseGeometry) -> list[Proposal]:
    """The place as it is if its degrees are VN-2000's, and the other way round."""
    pairs = shapely.get_coordinates(place)
    found = []
    for key, said, sign in (("datum", DATUM, 1), ("datum_back", BACK, -1)):
        first = Point(pairs[0])
        there = as_vn2000(first)
        dx, dy = sign * (there.x - first.x), sign * (there.y - first.y)
        moved = _moved(place, _shift(dx, dy))
        metres = distance_m((first.x, first.y), (first.x + dx, first.y + dy))
        found.append(Proposal(key, said, moved, metres))
    return found


def system_moves(place: BaseGeometry) -> list[Proposal]:
    """The place as it is if its numbers were metres of one system and were read as another's."""
    first = shapely.get_coordinates(place)[0]
    found = datum_moves(place)
    for right in METRIC:
        for wrong in METRIC:
            if right != wrong:
                move = _read_again(wrong, right)
                metres_ = distance_m((first[0], first[1]), move(float(first[0]), float(first[1])))
                said = filled(READ_AS, right=SYSTEMS[right].name, wrong=SYSTEMS[wrong].name)
                found.append(Proposal(f"{wrong}-{right}", said, _moved(place, move), metres_))
    return found


def _read_again(wrong: str, right: str) -> Move:
    def move(x: float, y: float) -> tuple[float, float]:
        at = from_metres(*metres(Point(x, y), wrong), right)
        return at.x, at.y

    return move


def text_proposals(text: str, inside: Inside) -> list[Proposal]:
    """What a typed text may have meant that no reading of it puts inside."""
    readings = read(text)
    if any(inside(r.point) for r in readings):
        return []
    found: dict[str, Proposal] = {}
    for reading in readings:
        for one in proposals(reading.point, inside):
            # Metres have no decimal mark that could have slipped by powers of ten of degrees.
            if reading.system not in METRIC or one.said is not DECIMAL:
                found.setdefault(one.key, one)
    try:
        values = numbers(text)
    except ValueError:
        values = []
    if len(values) == 2:
        lat, lon = values
        tried = proposals(Point(lon, lat), inside) if not readings else []
        if max(abs(lat), abs(lon)) >= LEAST_METRES:
            tried += _digits(values, inside)
        for one in tried:
            found.setdefault(one.key, one)
    return list(found.values())


def _digits(values: list[float], inside: Inside) -> Iterator[Proposal]:
    """Metres of which one number lacks a digit at its end or beginning."""
    for one, other in (values, values[::-1]):
        for axis, (northing, easting) in (
            (0, (one * 10, other)),
            (0, (one + 1_000_000, other)),
            (1, (one, other * 10)),
        ):
            if not (100_000 <= easting < 900_000 and 800_000 <= northing < 3_000_000):
                continue
            for system in METRIC:
                point = from_metres(northing, easting, system)
                if inside(point):
                    said = filled(DIGIT, axis=AXES[axis], system=SYSTEMS[system].name)
                    yield Proposal(f"digit-{axis}-{system}", said, point, 0.0)


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Metres between two lon/lat pairs; 0 where one is not on the globe."""
    if not all(on_globe(Point(p)) for p in (a, b)):
        return 0.0
    return float(WGS84.inv(*a, *b)[2])


def _asked(x: float, y: float, inside: Inside) -> bool:
    west, south, east, north = NEAR
    return west <= x <= east and south <= y <= north and inside(Point(x, y))


def _moved(place: BaseGeometry, move: Move) -> BaseGeometry:
    transform: Any = shapely.transform
    return transform(place, lambda pairs: [move(*p) for p in pairs.tolist()])  # type: ignore[no-any-return]
