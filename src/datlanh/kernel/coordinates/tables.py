"""Tables of points as people paste them: names, one point a line, empty lines between rings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from shapely.geometry import Point, Polygon

from datlanh.kernel.coordinates.reading import Reading, read
from datlanh.kernel.coordinates.repairs import Inside, Proposal, text_proposals
from datlanh.kernel.coordinates.systems import SYSTEMS
from datlanh.kernel.coordinates.turning import name_of

MOST_LINES = 2000
MOST_PROPOSED = 20  # lines for which proposals are looked for: what is wrong in all is one mistake
InsideEach = Callable[[list[Point]], list[bool]]
# SP, TP1, BM1, MP12 …: a name, or a plain number before two others.
_NAME = re.compile(
    r"^\s*((?:SP|TP|BM|RP|MP|LM|EV|KP|P|D|Đ|ĐIỂM|DIEM|POINT|MỐC|MOC)\s*\d{0,4})\s*[:.)\]]?[\s;,|\t]+",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"^\s*(\d{1,3})\s*[:.)\]]?\s*[\s;|\t]+(?=\S+[\s;|\t]+\S+$)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it says, how it may be read, which reading was taken."""

    number: int  # from 1
    ring: int  # from 1
    name: str
    text: str
    readings: tuple[Reading, ...] = ()
    taken: Reading | None = None
    is_inside: bool = False
    proposals: tuple[Proposal, ...] = ()

    @property
    def others(self) -> tuple[Reading, ...]:
        """What else it may mean."""
        return tuple(r for r in self.readings if r is not self.taken)


@dataclass(frozen=True, slots=True)
class Table:
    """All lines, in one system as far as they can be; `fits` says how many lines each system
    puts inside, the best first."""

    lines: tuple[Line, ...]
    system: str
    fits: tuple[tuple[str, int], ...]
    header: str = ""

    @property
    def points(self) -> list[Point]:
        """Where the lines are, those that can be read."""
        return [line.taken.point for line in self.lines if line.taken]

    @property
    def rings(self) -> list[list[tuple[float, float]]]:
        """The points ring by ring; rings of fewer than three points are none."""
        found: dict[int, list[tuple[float, float]]] = {}
        for line in self.lines:
            if line.taken:
                at = line.taken.point
                found.setdefault(line.ring, []).append((at.x, at.y))
        return [ring for ring in found.values() if len(set(ring)) >= 3]

    @property
    def polygons(self) -> list[Polygon]:
        """The rings as drawn, broken or not."""
        return [Polygon(ring) for ring in self.rings]

    @property
    def unread(self) -> int:
        """Lines that are no coordinates."""
        return sum(line.taken is None for line in self.lines)

    @property
    def is_ambiguous(self) -> bool:
        """Whether another system puts as many lines inside as the one taken."""
        counts = dict(self.fits)
        best = counts.get(self.system, 0)
        return any(n == best and n for system, n in self.fits if system != self.system)


def read_table(
    text: str, inside: Inside, system: str = "", each: InsideEach | None = None
) -> Table:
    """Read every line in `system`, or in the one that puts most lines inside.

    A line that only names a system ("VN-2000 TM-3 106°15′") speaks for the lines after it. A
    ring that ends where it began names that point once. `each` asks `inside` of many points at
    once, where asking costs.
    """
    lines, header = _lines(text)
    inside = _foreseen(lines, inside, each)
    fits = Counter(
        s for line in lines for s in {r.system for r in line.readings if inside(r.point)}
    )
    named = system or _best(lines, fits)
    taken = [_taken(line, named, inside) for line in lines]
    wanting = [line.number for line in taken if not line.is_inside][:MOST_PROPOSED]
    taken = [_proposed(line, inside) if line.number in wanting else line for line in taken]
    ranked = sorted(fits.items(), key=lambda f: (-f[1], list(SYSTEMS).index(f[0])))
    return Table(tuple(_unclosed(taken)), named, tuple(ranked), header)


def _foreseen(lines: list[Line], inside: Inside, each: InsideEach | None) -> Inside:
    """`inside` that knows the answer for every reading."""
    points = [r.point for line in lines for r in line.readings]
    answers = each(points) if each else [inside(p) for p in points]
    known = {(p.x, p.y): answer for p, answer in zip(points, answers, strict=True)}
    return lambda p: known[p.x, p.y] if (p.x, p.y) in known else inside(p)


def _lines(text: str) -> tuple[list[Line], str]:
    found: list[Line] = []
    header, ring, is_empty = "", 1, False
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n")[:MOST_LINES], 1):
        if not raw.strip():
            is_empty = bool(found)
            continue
        name, bare = _named(raw)
        readings = read(f"{header} {bare}") if header else read(bare)
        if not readings and not re.search(r"\d{3}", bare.replace("2000", "")):
            continue  # a heading
        if names_system(bare):
            header = bare.strip()
            continue
        if is_empty and found:
            ring += 1
        is_empty = False
        found.append(Line(number, ring, name, bare.strip(), tuple(readings)))
    return found, header


def _named(raw: str) -> tuple[str, str]:
    for pattern in (_NAME, _COUNTED):
        if match := pattern.match(raw):
            return match[1].upper().replace(" ", ""), raw[match.end() :]
    return "", raw


def names_system(text: str) -> bool:
    """Whether a line names the system of the lines after it, and no place itself."""
    if read(text):
        return False
    probe = read(f"{text} 1852759.89 590430.06")
    return bool(probe) and len({r.system for r in probe}) < 4


def _best(lines: Iterable[Line], fits: Counter[str]) -> str:
    if fits:
        return max(SYSTEMS, key=lambda s: fits[s])  # of equals the first, and the page says so
    return next((line.readings[0].system for line in lines if line.readings), "")


def _taken(line: Line, system: str, inside: Inside) -> Line:
    mine = [r for r in line.readings if r.system == system]
    order = sorted(mine or line.readings, key=lambda r: not inside(r.point))
    if not order:
        return line
    return replace(line, taken=order[0], is_inside=inside(order[0].point))


def _proposed(line: Line, inside: Inside) -> Line:
    return replace(line, proposals=tuple(text_proposals(line.text, inside)))


def _is_one(line: Line, other: Line) -> bool:
    at, there = line.taken, other.taken
    return bool(at and there and at.point.distance(there.point) < 1e-6)


def _unclosed(lines: list[Line]) -> list[Line]:
    """Lines without those that close their ring, and with the names of turning points."""
    kept: list[Line] = []
    first: dict[int, Line] = {}
    count: Counter[int] = Counter()
    for i, line in enumerate(lines):
        start = first.setdefault(line.ring, line)
        is_last = i + 1 == len(lines) or lines[i + 1].ring != line.ring
        both = line.taken and start.taken
        if both and is_last and count[line.ring] >= 3 and _is_one(line, start):
            continue
        kept.append(line if line.name else replace(line, name=name_of(count[line.ring])))
        count[line.ring] += 1
    return kept
