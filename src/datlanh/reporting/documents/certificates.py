"""The completion report and the handover certificate of one area, in one language, as PDF."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import segno
from shapely.geometry import MultiPolygon, Polygon

from datlanh.kernel.coordinates import (
    SYSTEMS,
    VN2000_10615,
    WGS84_DECIMAL,
    cells,
    turning_points,
)
from datlanh.kernel.text import Text, day, number
from datlanh.reporting.documents import words
from datlanh.reporting.documents.drawing import (
    Thing,
    bar_width_mm,
    map_drawn,
    north_arrow,
    point_thing,
    scale_bar,
    swatch,
)
from datlanh.reporting.documents.figures import AreaFigures
from datlanh.reporting.documents.frames import bar_m, frame_around
from datlanh.reporting.documents.ledger_lines import ledger_lines, risk_sentences
from datlanh.reporting.documents.mapsheet import norths
from datlanh.reporting.documents.symbols import LABELS, symbols
from datlanh.reporting.documents.typesetting import typeset

MAP_MM = (150.0, 140.0)  # within its edge
SYSTEM = VN2000_10615


@dataclass(frozen=True)
class Paper:
    """What a certificate is, besides the figures of its area."""

    kind: str
    numbered: str
    code: str
    code_shown: str
    address: str  # of the page that confirms the code
    issued_on: dt.date
    people: Mapping[str, int]


def certificate(paper: Paper, figures: AreaFigures, language: str) -> bytes:
    """The PDF: the same paper and figures give the same bytes."""
    told = {
        **_head(paper, figures, language),
        **_body(figures, language),
        **_map(figures, language),
        **_points(figures, language),
        **_foot(paper, language),
    }
    return typeset("certificate", told)


def _head(paper: Paper, figures: AreaFigures, language: str) -> dict[str, Any]:
    area = figures.record.local_id
    return {
        "language": language,
        "centre": words.CENTRE.say(language),
        "province": words.PROVINCE.say(language),
        "centre_head": words.CENTRE_HEAD.say(language),
        "republic": words.REPUBLIC.say(language),
        "motto": words.MOTTO.say(language),
        "number": paper.numbered,
        "number_line": words.NUMBER.say(language, number=paper.numbered),
        "dated": dated(paper.issued_on, language),
        "title": words.TITLES[paper.kind].say(language),
        "of_area": words.OF_AREA.say(language, area=area),
        "area_id": area,
        "preamble": words.HANDED.say(language) if paper.kind == "handover" else "",
        "page": words.PAGE.say(language),
        "people_head": words.PEOPLE.say(language),
        "people": [
            (words.PEOPLE_HEADS[key].say(language), number(int(paper.people[key]), language))
            for key in words.PEOPLE_HEADS
            if key in paper.people
        ],
    }


def _body(figures: AreaFigures, language: str) -> dict[str, Any]:
    def say(text: Text) -> str:
        return text.say(language)

    moment = figures.moment
    facts = [
        (words.AREA_ID, figures.record.local_id),
        (words.INTERNAL_ID, str(figures.version.values.get("internal_id") or "")),
        (words.PLACE, say(figures.place)),
        (words.OPERATORS, ", ".join(figures.operators)),
        (words.WORK, _worked(figures, language)),
        (words.AS_OF, words.AS_OF_SAID.say(language, on=moment.on, seq=moment.known)),
    ]
    total = sum(quantity for _, quantity in figures.items)
    items = [(say(label), number(quantity, language)) for label, quantity in figures.items]
    return {
        "area_head": say(words.THE_AREA),
        "facts": [(say(label), value) for label, value in facts if value],
        "ledger_head": say(words.LEDGER),
        "ledger": ledger_lines(figures, language),
        "risk_head": say(words.RISK),
        "risk": risk_sentences(figures, language),
        "releases_head": say(words.RELEASES),
        "release_heads": [say(h) for h in words.RELEASE_HEADS],
        "releases": list(_releases(figures, language)),
        "items_head": say(words.ITEMS),
        "item_heads": [say(h) for h in words.ITEM_HEADS],
        "items": items,
        "no_items": say(words.NO_ITEMS),
        "total_word": say(words.TOTAL),
        "total": number(total, language),
        "small_arms": _small_arms(figures, language),
    }


def _small_arms(figures: AreaFigures, language: str) -> str:
    if not figures.small_arms:
        return ""
    return f"{words.SMALL_ARMS.say(language)} ({number(figures.small_arms, language)})"


def _worked(figures: AreaFigures, language: str) -> str:
    if figures.worked is None:
        return ""
    first, last = figures.worked
    return words.FROM_TO.say(language, first=first, last=last)


def _releases(figures: AreaFigures, language: str) -> Iterator[tuple[str, ...]]:
    for at in figures.releases:
        release = at.share.release
        is_cleared = release.kind == "cleared"
        yield (
            at.local_id,
            at.operator,
            day(release.since),
            words.CLASSES[release.kind].say(language),
            words.DEPTHS[release.depth].say(language) if is_cleared else "",
            number(round(at.share.taken_m2), language),
        )


def _map(figures: AreaFigures, language: str) -> dict[str, Any]:
    if figures.outline is None:
        return {"map": ""}
    frame = frame_around(figures.outline, SYSTEM, *MAP_MM)
    things = [*figures.things(), *_corners(figures, language)]
    table = symbols()
    drawing = map_drawn(frame, things, table, language)
    bar = bar_m(frame.scale, 42)
    return {
        "map": drawing.svg,
        "map_head": words.MAP.say(language),
        "map_width": frame.width_mm + 2 * frame.edge_mm,
        "map_height": frame.height_mm + 2 * frame.edge_mm,
        "north": north_arrow(frame.convergence_deg),
        "norths": norths(frame, language),
        "system_line": f"{words.SYSTEM.say(language)}: {SYSTEMS[SYSTEM].name.say(language)}.",
        "scale": words.SCALE.say(language, scale=number(frame.scale, language)),
        "bar": scale_bar(bar, frame.scale, language),
        "bar_width": bar_width_mm(bar, frame.scale),
        "legend": [(swatch(table[k]), LABELS[k].say(language)) for k in drawing.used],
    }


def _corners(figures: AreaFigures, language: str) -> list[Thing]:
    assert isinstance(figures.outline, Polygon | MultiPolygon)  # noqa: S101 - for types
    rows = turning_points(figures.outline, WGS84_DECIMAL, language)
    return [point_thing("turning", row.point.x, row.point.y, row.name) for row in rows]


def _points(figures: AreaFigures, language: str) -> dict[str, Any]:
    """The table: each ring apart, in WGS 84 and in VN-2000."""
    heads = [*SYSTEMS[WGS84_DECIMAL].heads, *SYSTEMS[SYSTEM].heads]
    told: dict[str, Any] = {
        "points_head": words.TURNING.say(language),
        "points_note": words.TURNING_NOTE.say(language),
        "point_heads": [h.say(language) for h in (words.POINT, *heads, words.DISTANCE)],
        "point_systems": [SYSTEMS[k].name.say(language) for k in (WGS84_DECIMAL, SYSTEM)],
        "points": [],
    }
    if figures.outline is None:
        return told
    assert isinstance(figures.outline, Polygon | MultiPolygon)  # noqa: S101 - for types
    rings: dict[tuple[int, int], list[tuple[str, ...]]] = {}
    for row in turning_points(figures.outline, WGS84_DECIMAL, language):
        flat = cells(row.point, SYSTEM, language)
        line = (row.name, *row.cells, *flat, number(row.distance_m, language, 1))
        rings.setdefault((row.part, row.hole), []).append(line)
    many = len(rings) > 1
    told["points"] = [
        {"name": _ring_name(part, hole, language) if many else "", "rows": rows}
        for (part, hole), rows in rings.items()
    ]
    return told


def _ring_name(part: int, hole: int, language: str) -> str:
    name = words.PART.say(language, number=part)
    return name + (words.HOLE.say(language, number=hole) if hole else "")


def _foot(paper: Paper, language: str) -> dict[str, Any]:
    return {
        "sign_head": words.SIGNATURES.say(language),
        "signers": [(a.say(language), b.say(language)) for a, b in words.SIGNERS[paper.kind]],
        "code": paper.code_shown,
        "code_label": words.CODE.say(language),
        "code_note": words.CODE_NOTE.say(language),
        "address": paper.address,
        "qr": _qr(paper.address),
    }


def _qr(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, border=0, dark="#000", light="#fff", scale=4
    )
    return out.getvalue().decode("utf-8")


def dated(on: dt.date, language: str) -> str:
    """`Quảng Trị, ngày 05 tháng 02 năm 2026`: days under 10 and January, February with a nought."""
    if language == "en":
        name, of_day, month = words.PROVINCE_NAME.en, str(on.day), words.MONTHS_EN[on.month - 1]
    else:
        name, of_day = words.PROVINCE_NAME.vi, f"{on.day:02d}"
        month = f"{on.month:02d}" if on.month < 3 else str(on.month)
    return words.DATED.say(language, place=name, day=of_day, month=month, year=str(on.year))
