"""Reading a point from text: every system it may be written in, never a silent choice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shapely.geometry import Point

from datlanh.kernel.coordinates import systems as s
from datlanh.kernel.coordinates.numbers import numbers
from datlanh.kernel.text import Text

_MGRS = re.compile(r"(\d{1,2})\s*([C-HJ-NP-X])\s*([A-HJ-NP-Z]{2})\s*([\d\s]{2,14})", re.IGNORECASE)
_MARKS = str.maketrans(
    {"’": "'", "‘": "'", "′": "'", "´": "'", "`": "'", "”": '"', "“": '"', "″": '"'}
)
_MERIDIAN = re.compile(r"\b10[56]\s*[°ºd\-]\s*(00|15|30|45)\b\s*'?(?:\s*00\s*\"?)?")
_UNIT = re.compile(r"(?<=\d)\s*m\b", re.IGNORECASE)
_ZONE = re.compile(r"(?<![\d.,])(\d{2})\s*([C-HJ-NP-X])\b", re.IGNORECASE)
_ZONE_WORD = re.compile(r"\b(?:zone|múi(?: chiếu)?|mui)\s*(\d{2})\b", re.IGNORECASE)
_VN = re.compile(r"\bVN\s*-?\s*2000\b", re.IGNORECASE)
_WORLD = re.compile(r"\bWGS\s*-?\s*(?:84|1984)\b", re.IGNORECASE)
_UTM = re.compile(r"\bUTM\b", re.IGNORECASE)
_TM3 = re.compile(r"\bTM\s*-?\s*3\b|\bKTT\b|kinh tuyến trục", re.IGNORECASE)
_NORTHWARD = re.compile(
    r"\b(?:northing|bắc|latitude|lat|vĩ độ)\b\s*[:=]?|\b[NBX]\s*[:=]?\s*(?=[-+\d])", re.IGNORECASE
)
_EASTWARD = re.compile(
    r"\b(?:easting|đông|longitude|long|lng|lon|kinh độ)\b\s*[:=]?|\b[EĐY]\s*[:=]?\s*(?=[-+\d])",
    re.IGNORECASE,
)
_HEMISPHERE = {
    "N": (0, 1),
    "B": (0, 1),
    "S": (0, -1),
    "E": (1, 1),
    "Đ": (1, 1),
    "W": (1, -1),
    "T": (1, -1),
}
_ANGLE = re.compile(
    r"([NSEWBĐT])?\s*([-+]?\d{1,3}(?:[.,]\d+)?)\s*[°ºd˚]\s*"
    r"(?:(\d{1,2}(?:[.,]\d+)?)\s*')?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|''))?\s*([NSEWBĐT](?![\w]))?",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"([-+]?\d{1,3}(?:[.,]\d+)?)\s*([NSEWBĐT])(?!\w)", re.IGNORECASE)
# (latitude or northing, longitude or easting, whether the latter stood first)
Orders = tuple[tuple[float, float, bool], ...]
LEAST_METRES = 1000  # numbers from here on are metres, not degrees

VN2000_DEGREES = Text("VN-2000, độ", "VN-2000, degrees")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a text: the place and the system its numbers would be in.

    `reversed`: longitude or easting stood first. `zone`: a UTM zone other than 48 was written.
    """

    point: Point
    system: str
    reversed: bool = False
    zone: int | None = None
    in_vn2000: bool = False  # degrees of VN-2000

    def title(self, language: str) -> str:
        """The system as it was understood."""
        if self.in_vn2000:
            return VN2000_DEGREES.say(language)
        name = s.SYSTEMS[self.system].name.say(language)
        return name.replace("48N", f"{self.zone}N") if self.zone else name


def read(text: str) -> list[Reading]:
    """Every place a text may mean, the likelier first; empty where it is no coordinate.

    Nothing is guessed: two numbers without a word of their system are read in every system
    they may be in. Degrees beyond 90 cannot be latitudes, so the order of most pairs is plain;
    northings of the northern hemisphere's tropics exceed every easting, so that of metres is.
    """
    tidy = unicodedata.normalize("NFC", text).translate(_MARKS).strip()
    if not tidy:
        return []
    try:
        return list(_unique(_readings(tidy)))
    except ValueError:
        return []


def _readings(text: str) -> Iterator[Reading]:
    if found := _MGRS.fullmatch(_without_words(text)):
        yield from _grid_reference(found)
        return
    named, rest = _named_systems(text)
    angles = _angles(rest)
    if angles is not None:
        yield from _degrees(angles, named, written_as=s.WGS84_DMS)
        return
    zone, rest = _zone(_UNIT.sub(" ", rest))
    axes = _axes(rest)
    values = numbers(_EASTWARD.sub(" ; ", _NORTHWARD.sub(" ; ", rest)).strip(" ;"))
    if len(values) in {4, 6}:
        values = _sexagesimal(values)
        yield from _degrees(_ordered(values, axes), named, written_as=s.WGS84_DMS)
    elif len(values) != 2:
        return
    elif max(abs(v) for v in values) < LEAST_METRES:
        yield from _degrees(_ordered(values, axes), named, written_as=s.WGS84_DECIMAL)
    else:
        yield from _metres(values, axes, named, zone)


def _without_words(text: str) -> str:
    return re.sub(r"^\s*MGRS\s*[:=]?\s*", "", text, flags=re.IGNORECASE)


def _grid_reference(found: re.Match[str]) -> Iterator[Reading]:
    digits = "".join(found[4].split())
    halves = found[4].split()
    if len(digits) % 2 or (len(halves) == 2 and len(halves[0]) != len(halves[1])):
        return
    yield Reading(s.from_mgrs(f"{found[1]}{found[2]}{found[3]}{digits}".upper()), s.MGRS)


def _named_systems(text: str) -> tuple[frozenset[str], str]:
    """The systems a text leaves open by its words, and the text without them."""
    open_ = set(s.SYSTEMS)
    if _UTM.search(text):
        open_ &= {s.UTM48, s.VN2000_UTM48}
    if _VN.search(text):
        open_ &= {k for k, v in s.SYSTEMS.items() if v.vn2000}
    if _WORLD.search(text):
        open_ -= {k for k, v in s.SYSTEMS.items() if v.vn2000}
    if _TM3.search(text):
        open_ &= {s.VN2000_10600, s.VN2000_10615}
        if meridian := _MERIDIAN.search(text):
            open_ &= {s.VN2000_10615 if meridian[1] == "15" else s.VN2000_10600}
        text = _MERIDIAN.sub(" ", text)
    for word in (_VN, _WORLD, _UTM, _TM3):
        text = word.sub(" ", text)
    return frozenset(open_), text.strip(" ,;:()")


def _zone(text: str) -> tuple[int | None, str]:
    for pattern in (_ZONE_WORD, _ZONE):
        if (found := pattern.search(text)) and 1 <= int(found[1]) <= 60:
            return int(found[1]), (text[: found.start()] + " " + text[found.end() :]).strip()
    return None, text


def _axes(text: str) -> bool | None:
    """Whether northing comes first by the words in a text; None without such words."""
    north, east = _NORTHWARD.search(text), _EASTWARD.search(text)
    if north and east:
        return north.start() < east.start()
    return None


def _angles(text: str) -> Orders | None:
    """(latitude, longitude, reversed) of a text with degree marks or hemispheres."""
    found: list[tuple[str, float]] = []
    for before, degrees, minutes, seconds, after in _ANGLE.findall(text):
        value = _angle(degrees, minutes, seconds)
        found.append(((after or before).upper(), value))
    if not found:
        found = [(h.upper(), _float(v)) for v, h in _LETTERED.findall(text)]
        if any(abs(v) > 180 for _, v in found):
            return None
    if len(found) != 2:
        return None
    (one, first), (two, second) = found
    if not one or not two:
        return _ordered([first, second], _axes(text))
    (axis, sign), (other, sign2) = _HEMISPHERE[one], _HEMISPHERE[two]
    if axis == other:
        return ()
    first, second = first * sign, second * sign2
    return ((first, second, False),) if axis == 0 else ((second, first, True),)


def _angle(degrees: str, minutes: str, seconds: str) -> float:
    whole, m, sec = _float(degrees), _float(minutes or "0"), _float(seconds or "0")
    if m >= 60 or sec >= 60:
        raise ValueError("minutes and seconds end at 60")
    part = m / 60 + sec / 3600
    return whole - part if degrees.startswith("-") else whole + part


def _sexagesimal(values: list[float]) -> list[float]:
    half = len(values) // 2
    groups = [values[:half], values[half:]]
    if any(not 0 <= v < 60 for g in groups for v in g[1:]):
        raise ValueError("minutes and seconds end at 60")
    if any(v % 1 for g in groups for v in g[:-1]):
        raise ValueError("only the last of degrees, minutes and seconds has a fraction")
    return [sum(v / 60**i for i, v in enumerate(g)) for g in groups]


def _ordered(values: list[float], north_first: bool | None) -> Orders:
    """Both orders of two degrees, as far as both can be; latitude first is the likelier."""
    first, second = values
    both: Orders = ((first, second, False), (second, first, True))
    if north_first is not None:
        both = both[:1] if north_first else both[1:]
    return tuple(b for b in both if abs(b[0]) <= 90 and abs(b[1]) <= 180)


def _degrees(pairs: Orders, named: frozenset[str], written_as: str) -> Iterator[Reading]:
    in_vn2000 = s.WGS84_DECIMAL not in named
    for lat, lon, turned in pairs:
        point = Point(lon, lat)
        at = s.as_vn2000(point) if in_vn2000 else point
        yield Reading(at, written_as, turned, in_vn2000=in_vn2000)


def _metres(
    values: list[float], north_first: bool | None, named: frozenset[str], zone: int | None
) -> Iterator[Reading]:
    first, second = values
    both: Orders = ((first, second, False), (second, first, True))
    if north_first is not None and not _plain_order(first, second):
        both = both[:1] if north_first else both[1:]
    for northing, easting, turned in both:
        if not (100_000 <= easting < 900_000 and 0 <= northing <= 10_000_000):
            continue
        for system in s.METRIC:
            if system not in named or (zone and system not in {s.UTM48, s.VN2000_UTM48}):
                continue
            other = zone if zone != 48 else None
            yield Reading(s.from_metres(northing, easting, system, other), system, turned, other)


def _plain_order(first: float, second: float) -> bool:
    """Whether only one of the numbers can be an easting: then X and Y need no belief."""
    return (first < 900_000) != (second < 900_000)


def _float(text: str) -> float:
    return float(text.replace(",", "."))


def _unique(readings: Iterator[Reading]) -> Iterator[Reading]:
    seen = set()
    for reading in readings:
        key = (reading.system, reading.zone, round(reading.point.x, 8), round(reading.point.y, 8))
        if key not in seen:
            seen.add(key)
            yield reading
