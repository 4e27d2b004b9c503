"""The printed map of any view: paper, scale, symbols, and what a reader must know to use it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import Point

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors import AreaFilter
from datlanh.kernel.coordinates import SYSTEMS, VN2000_10615, WGS84_DMS, write
from datlanh.kernel.text import Text, day, number
from datlanh.reporting.documents import words
from datlanh.reporting.documents.drawing import (
    bar_width_mm,
    map_drawn,
    north_arrow,
    scale_bar,
    swatch,
)
from datlanh.reporting.documents.frames import EDGE_MM, PAPERS, Frame, bar_m, frame_at
from datlanh.reporting.documents.ground import LAYERS, communes_are_official, things_in
from datlanh.reporting.documents.symbols import LABELS, symbols
from datlanh.reporting.documents.typesetting import typeset

MARGIN_MM, HEAD_MM = 8.0, 10.0
FOOT_MM = {"A4": 57.0, "A3": 64.0, "A2": 70.0, "A1": 78.0}
LETTERS = {"A4": 1.0, "A3": 1.15, "A2": 1.35, "A1": 1.6}
SIZE_PT = {"A4": 7.6, "A3": 8.6, "A2": 9.6, "A1": 11.0}


@dataclass(frozen=True)
class Wish:
    """What somebody wants printed."""

    lon: float
    lat: float
    paper: str = "A4"
    upright: bool = False
    scale: int = 25_000
    system: str = VN2000_10615
    language: str = "vi"
    layers: tuple[str, ...] = LAYERS
    title: str = ""

    @property
    def sides(self) -> tuple[int, int]:
        """Width and height of the paper, mm."""
        short, long = PAPERS[self.paper]
        return (short, long) if self.upright else (long, short)

    @property
    def frame(self) -> Frame:
        """The frame that fits on the paper."""
        width, height = self.sides
        edge = EDGE_MM * LETTERS[self.paper]
        return frame_at(
            Point(self.lon, self.lat),
            self.system,
            scale=self.scale,
            width_mm=width - 2 * MARGIN_MM - 2 * edge,
            height_mm=height - 2 * MARGIN_MM - HEAD_MM - self.foot - 2 * edge,
            letters=LETTERS[self.paper],
        )

    @property
    def foot(self) -> float:
        """The height of what stands beneath the map, mm."""
        return FOOT_MM[self.paper] + (26 if self.upright and self.paper == "A4" else 0)


def map_sheet(wish: Wish, *, scope: Scope, filter: AreaFilter) -> bytes:
    """The sheet as PDF, with what `scope` may see, as of the filter's two times."""
    moment = filter.asof  # read once: a decision made meanwhile does not come in between
    frame = wish.frame
    things = things_in(
        frame, scope, filter, moment=moment, layers=wish.layers, language=wish.language
    )
    facts = [
        (words.INFORMATION, Text(day(moment.on), day(moment.on))),
        (words.KNOWN, words.KNOWN_AS),
        (words.SYSTEM, SYSTEMS[wish.system].name),
        (words.SOURCE, words.SOURCE_LINE),
    ]
    if "communes" in wish.layers and not communes_are_official():
        facts.append((words.BOUNDARIES, words.APPROXIMATE))
    return sheet_set(
        wish,
        frame,
        things,
        [
            (label.say(wish.language), text.say(wish.language, seq=moment.known))
            for label, text in facts
        ],
    )


def sheet_set(
    wish: Wish, frame: Frame, things: Sequence[Any], facts: Sequence[tuple[str, str]]
) -> bytes:
    """The sheet of a frame with those things on it."""
    language, table = wish.language, symbols()
    drawing = map_drawn(frame, things, table, language)
    width, height = wish.sides
    bar_room = 62.0 if wish.paper == "A4" else 84.0
    bar = bar_m(wish.scale, bar_room - 20)
    middle = write(frame.middle, WGS84_DMS, language)
    told = {
        "language": language,
        "author": words.CENTRE.say(language),
        "title": wish.title or words.MAP_TITLE.say(language),
        "subtitle": words.AROUND.say(language, place=middle),
        "agency": words.CENTRE.say(language),
        "width": width,
        "height": height,
        "margin": MARGIN_MM,
        "head": HEAD_MM,
        "foot": wish.foot,
        "size": SIZE_PT[wish.paper],
        "map": drawing.svg,
        "map_width": frame.width_mm + 2 * frame.edge_mm,
        "map_height": frame.height_mm + 2 * frame.edge_mm,
        "north": north_arrow(frame.convergence_deg),
        "norths": norths(frame, language),
        "bar": scale_bar(bar, wish.scale, language),
        "bar_drawn": bar_width_mm(bar, wish.scale),
        "bar_width": bar_room,
        "facts_width": 70 if wish.paper == "A4" and not wish.upright else max(52, width * 0.2),
        "scale": words.SCALE.say(language, scale=number(wish.scale, language)),
        "legend_head": words.LEGEND.say(language),
        "legend": [(swatch(table[k]), LABELS[k].say(language)) for k in drawing.used],
        "legend_columns": 1 if wish.upright and wish.paper == "A4" else 2 if width < 600 else 3,
        "facts": facts,
        "safety_head": words.SAFETY_HEAD.say(language),
        "safety": words.SAFETY.say(language),
    }
    return typeset("sheet", told)


def norths(frame: Frame, language: str) -> str:
    """What the two arrows are, and the angle between them."""
    degrees = frame.convergence_deg
    minutes = round(abs(degrees) * 60)
    angle = f"{minutes // 60}°{minutes % 60:02d}′"
    if minutes == 0:
        return words.NO_CONVERGENCE.say(language)
    side = words.EAST if degrees > 0 else words.WEST
    return words.CONVERGENCE.say(language, angle=angle, side=side)
