"""Maps as SVG in millimetres: the same ground and symbols give the same bytes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel.text import number
from datlanh.reporting.documents.frames import Frame
from datlanh.reporting.documents.symbols import LABELS, Symbol

FONT = "Libertinus Serif"
LINES = ("commune", "boundary")
INK, PALE, GRID, BLUE = "#1a1a1a", "#6b706e", "#7f9bb0", "#3d5a70"
LABEL_MM = 2.3
SPACING_MM = 1.8  # of hatches


@dataclass(frozen=True)
class Thing:
    """Something to draw: which symbol, where (lon/lat), what stands beside it."""

    symbol: str
    shape: BaseGeometry
    label: str = ""
    beneath: bool = False  # hides nothing: drawn before whatever is not


@dataclass(frozen=True)
class Drawing:
    """A map and which symbols stand on it, in the legend's order."""

    svg: str
    used: tuple[str, ...]


def map_drawn(
    frame: Frame, things: Sequence[Thing], symbols: Mapping[str, Symbol], language: str
) -> Drawing:
    """The whole map with its grids; width and height of the frame plus its edge around."""
    by_symbol: dict[str, list[Thing]] = {key: [] for key in LABELS}
    for thing in things:
        by_symbol[thing.symbol].append(thing)
    bottom: list[str] = []
    body: list[str] = []
    labels = _Labels(frame)
    used = []
    for key, own in by_symbol.items():
        low, high = ([t for t in own if t.beneath is is_low] for is_low in (True, False))
        drawn, above = (
            [d for t in some for d in _thing(frame, t, symbols[key], labels)]
            for some in (low, high)
        )
        if drawn or above:
            used.append(key)
        bottom += drawn
        body += above
    width, height = frame.width_mm + 2 * frame.edge_mm, frame.height_mm + 2 * frame.edge_mm
    sides = f'width="{_n(frame.width_mm)}" height="{_n(frame.height_mm)}"'
    edge = _n(frame.edge_mm)
    parts = [
        _open(width, height),
        "<defs>",
        *(_hatch(symbols[k]) for k in used if symbols[k].hatch != "none"),
        f'<clipPath id="in"><rect {sides}/></clipPath></defs>',
        f'<g transform="translate({edge} {edge})"><g clip-path="url(#in)">',
        *bottom,
        *body,
        *_grid_lines(frame),
        *labels.drawn(),
        "</g>",
        *_grid_numbers(frame, language),
        *_graticule(frame),
        f'<rect {sides} fill="none" stroke="{INK}" stroke-width="0.4"/></g></svg>',
    ]
    return Drawing("".join(parts), tuple(used))


def swatch(symbol: Symbol) -> str:
    """A symbol of the legend: 9 mm by 5 mm."""
    inner = ""
    if symbol.shape:
        inner = _mark(symbol, 4.5, 2.5)
    elif symbol.key in LINES:
        inner = f'<path d="M0.3 2.5H8.7" {_stroke(symbol)} fill="none"/>'
    else:
        box = '<rect x="0.4" y="0.4" width="8.2" height="4.2"'
        inner = f'{box} fill="{symbol.fill}"/>'
        if symbol.hatch != "none":
            inner += f'{box} fill="url(#h-{symbol.key})"/>'
        inner += f'{box} fill="none" {_stroke(symbol)}/>'
    defs = f"<defs>{_hatch(symbol)}</defs>" if symbol.hatch != "none" else ""
    return f"{_open(9, 5)}{defs}{inner}</svg>"


def north_arrow(convergence_deg: float) -> str:
    """Grid north straight up and true north beside it, at its true angle: 16 mm by 24 mm.

    Grid north is the paper's upper edge. Where it lies east of true north the star stands left.
    """
    x, foot, top = 8.0, 22.5, 7.0
    length = foot - top
    turn = _n(-convergence_deg, 4)
    return (
        f"{_open(16, 24)}"
        f'<path class="grid-north" d="M{x} {foot}V{top}" stroke="{INK}" stroke-width="0.35"/>'
        f'<path d="M{x} {top - 1.2}l1.5 4.2l-1.5 -0.9z" fill="{INK}"/>'
        f'<path d="M{x} {top - 1.2}l-1.5 4.2l1.5 -0.9z" fill="#ffffff" stroke="{INK}" '
        f'stroke-width="0.2"/>'
        f"{_text(x, 4.4, 'N', 4.2, 'middle', weight='bold')}"
        f'<g transform="rotate({turn} {x} {foot})">'
        f'<path class="true-north" d="M{x} {foot}V{_n(foot - length * 0.62)}" stroke="{PALE}" '
        f'stroke-width="0.25" stroke-dasharray="1 0.6"/>'
        f'<path d="{_star(x, foot - length * 0.62 - 0.9, 0.9)}" fill="{PALE}"/></g></svg>'
    )


def scale_bar(metres: int, scale: int, language: str) -> str:
    """Four parts of a round length, the first half filled in turn; as wide as the ground is."""
    width = metres * 1000 / scale
    part = width / 4
    km = metres >= 4000
    parts = [_open(width + 24, 9), f'<g transform="translate(6 3.4)" stroke="{INK}" ']
    parts.append('stroke-width="0.25">')
    for i in range(4):
        fill = INK if i % 2 == 0 else "#ffffff"
        parts.append(f'<rect x="{_n(i * part)}" width="{_n(part)}" height="1.6" fill="{fill}"/>')
    parts.append("</g>")
    for i in (0, 1, 2, 4):
        at = metres * i / 4
        word = number(at / 1000 if km else at, language)
        if i == 4:
            word += " km" if km else " m"
        x = 6 + i * part
        anchor = "middle" if i < 4 else "start"
        parts.append(_text(x - (0 if i < 4 else 1.2), 8.2, word, 2.7, anchor))
    parts.append("</svg>")
    return "".join(parts)


def bar_width_mm(metres: int, scale: int) -> float:
    """The width of the whole drawing of a scale bar."""
    return metres * 1000 / scale + 24


class _Labels:
    """Labels that do not cover each other; what finds no room is left out."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.taken: list[tuple[float, float, float, float]] = []
        self.texts: list[str] = []
        self.later: list[tuple[float, float, str, str, float]] = []  # may give way to all others

    def put(self, x: float, y: float, word: str, colour: str, size: float = LABEL_MM) -> None:
        size *= self.frame.letters
        half = len(word) * size * 0.27
        box = (x - half, y - size, x + half, y + size * 0.4)
        inside = box[0] >= 0 and box[2] <= self.frame.width_mm
        inside = inside and box[1] >= 0 and box[3] <= self.frame.height_mm
        if inside and not any(_meet(box, other) for other in self.taken):
            self.taken.append(box)
            halo = 'stroke="#ffffff" stroke-width="0.7" stroke-linejoin="round"'
            self.texts.append(_text(x, y, word, size, "middle", colour="#ffffff", more=halo))
            self.texts.append(_text(x, y, word, size, "middle", colour=colour))

    def drawn(self) -> list[str]:
        for wish in self.later:
            self.put(*wish)
        return self.texts


def _thing(frame: Frame, thing: Thing, symbol: Symbol, labels: _Labels) -> Iterator[str]:
    flat = frame.paper(thing.shape)
    if flat.is_empty:
        return
    if symbol.shape:
        for point in shapely.get_parts(flat):
            yield _mark(symbol, point.x, point.y)
            if thing.label:
                labels.put(point.x, point.y - symbol.size * 0.8, thing.label, INK, 2.1)
        return
    flat = shapely.simplify(flat, 0.05)  # a twentieth of a millimetre: less than any pen
    path = _path(flat)
    if symbol.key in LINES:
        yield f'<path d="{path}" fill="none" {_stroke(symbol)}/>'
        inside = frame.paper(thing.shape, beyond_mm=-8)
        if thing.label and inside.area > 400:
            middle = Point(shapely.maximum_inscribed_circle(_largest(inside), 2.0).coords[0])
            labels.later.append((middle.x, middle.y, thing.label, PALE, 3.1))
        return
    if symbol.fill != "none":
        yield f'<path d="{path}" fill="{symbol.fill}" fill-rule="evenodd"/>'
    if symbol.hatch != "none":
        yield f'<path d="{path}" fill="url(#h-{symbol.key})" fill-rule="evenodd"/>'
    yield f'<path d="{path}" fill="none" {_stroke(symbol)}/>'
    inside = frame.paper(thing.shape, beyond_mm=0)
    if thing.label and inside.area > 20:
        at = _largest(inside).representative_point()
        labels.put(at.x, at.y + LABEL_MM * 0.35, thing.label, INK)


def _largest(shape: BaseGeometry) -> Polygon:
    found: Polygon = max(shapely.get_parts(shape), key=shapely.area)
    return found


def _path(shape: BaseGeometry) -> str:
    found = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            continue
        for ring in (part.exterior, *part.interiors):
            pairs = [f"{_n(x)} {_n(y)}" for x, y in shapely.get_coordinates(ring)[:-1]]
            found.append(f"M{'L'.join(pairs)}Z")
    return "".join(found)


def _mark(symbol: Symbol, x: float, y: float) -> str:
    half, style = symbol.size / 2, f'fill="{symbol.fill}" stroke="{symbol.line}"'
    if symbol.shape == "diamond":
        d = f"M{_n(x)} {_n(y - half)}l{_n(half)} {_n(half)}l{_n(-half)} {_n(half)}"
        return f'<path d="{d}l{_n(-half)} {_n(-half)}z" {style} stroke-width="0.2"/>'
    width = 0.45 if symbol.shape == "circle" else 0.2
    return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(half)}" {style} stroke-width="{width}"/>'


def _hatch(symbol: Symbol) -> str:
    s = SPACING_MM
    lines = {
        "rising": f"M-1 1L1 -1M0 {s}L{s} 0M{s - 1} {s + 1}L{s + 1} {s - 1}",
        "falling": f"M-1 {s - 1}L1 {s + 1}M0 0L{s} {s}M{s - 1} -1L{s + 1} 1",
        "cross": f"M0 {s}L{s} 0M0 0L{s} {s}",
        "flat": f"M0 {s / 2}H{s}",
        "upright": f"M{s / 2} 0V{s}",
    }
    if symbol.hatch == "dots":
        inner = f'<circle cx="{s / 2}" cy="{s / 2}" r="0.22" fill="{symbol.line}"/>'
    else:
        line = f'stroke="{symbol.line}" stroke-width="0.16" stroke-opacity="0.75" fill="none"'
        inner = f'<path d="{lines[symbol.hatch]}" {line}/>'
    return (
        f'<pattern id="h-{symbol.key}" width="{s}" height="{s}" patternUnits="userSpaceOnUse">'
        f"{inner}</pattern>"
    )


def _grid_lines(frame: Frame) -> Iterator[str]:
    eastings, northings = frame.grid()
    line = f'stroke="{GRID}" stroke-width="0.15" stroke-opacity="0.8"'
    for easting in eastings:
        x, _ = frame.spot(easting, 0)
        yield f'<path d="M{_n(x)} 0V{_n(frame.height_mm)}" {line}/>'
    for northing in northings:
        _, y = frame.spot(0, northing)
        yield f'<path d="M0 {_n(y)}H{_n(frame.width_mm)}" {line}/>'


def _grid_numbers(frame: Frame, language: str) -> Iterator[str]:
    """Eastings below, northings at the left: the map's own grid, metres in full."""
    eastings, northings = frame.grid()
    bottom, size = frame.height_mm, 2.1 * frame.letters
    for easting in eastings:
        x, _ = frame.spot(easting, 0)
        yield f'<path d="M{_n(x)} {_n(bottom)}v1.2" stroke="{GRID}" stroke-width="0.25"/>'
        yield _text(x, bottom + 1.5 + size, number(easting, language), size, "middle", colour=BLUE)
    for northing in northings:
        _, y = frame.spot(0, northing)
        yield f'<path d="M0 {_n(y)}h-1.2" stroke="{GRID}" stroke-width="0.25"/>'
        turned = f'transform="rotate(-90 -1.8 {_n(y)})"'
        word = number(northing, language)
        yield _text(-1.8, y, word, size, "middle", colour=BLUE, more=turned)


def _graticule(frame: Frame) -> Iterator[str]:
    """Longitudes above, latitudes at the right: WGS 84, where they cross the edge."""
    size = 2.1 * frame.letters
    for axis, degrees, at in frame.crossings():
        word = _minutes(degrees, "E" if axis == "lon" else "N")
        if axis == "lon":
            yield f'<path d="M{_n(at)} 0v-1.2" stroke="{INK}" stroke-width="0.25"/>'
            yield _text(at, -2, word, size, "middle", colour=PALE)
        else:
            x = frame.width_mm
            yield f'<path d="M{_n(x)} {_n(at)}h1.2" stroke="{INK}" stroke-width="0.25"/>'
            turned = f'transform="rotate(90 {_n(x + 1.8)} {_n(at)})"'
            yield _text(x + 1.8, at, word, size, "middle", colour=PALE, more=turned)


def _minutes(degrees: float, letter: str) -> str:
    seconds = round(abs(degrees) * 3600)
    d, rest = divmod(seconds, 3600)
    m, s = divmod(rest, 60)
    return f"{d}°{m:02d}′{s:02d}″{letter}" if s else f"{d}°{m:02d}′{letter}"


def _text(
    x: float,
    y: float,
    word: str,
    size: float,
    anchor: str,
    *,
    colour: str = INK,
    weight: str = "",
    more: str = "",
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-family="{FONT}" font-size="{size}" '
        f'text-anchor="{anchor}" fill="{colour}"{bold} {more}>{escape(word)}</text>'
    )


def _star(x: float, y: float, r: float) -> str:
    corners: Iterable[tuple[float, float]] = (
        (
            x + (r if i % 2 == 0 else r * 0.42) * math.sin(i * math.pi / 5),
            y - (r if i % 2 == 0 else r * 0.42) * math.cos(i * math.pi / 5),
        )
        for i in range(10)
    )
    return "M" + "L".join(f"{_n(a)} {_n(b)}" for a, b in corners) + "Z"


def _stroke(symbol: Symbol) -> str:
    dash = f' stroke-dasharray="{symbol.dash}"' if symbol.dash else ""
    return f'stroke="{symbol.line}" stroke-width="{symbol.width}" stroke-linejoin="round"{dash}'


def _open(width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}mm" height="{_n(height)}mm" '
        f'viewBox="0 0 {_n(width)} {_n(height)}">'
    )


def _n(value: float, places: int = 3) -> str:
    text = f"{value:.{places}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def point_thing(symbol: str, lon: float, lat: float, label: str = "") -> Thing:
    """A point to draw."""
    return Thing(symbol, Point(lon, lat), label)
