"""The land ledger as lines of a paper, and what it means for who uses the land."""

from __future__ import annotations

from typing import Any

from datlanh.kernel.ledger import DEPTH_COLUMN
from datlanh.kernel.text import Text, number
from datlanh.reporting.documents import words
from datlanh.reporting.documents.figures import AreaFigures

NOTHING_M2 = 0.5  # less is no square metre


def ledger_lines(figures: AreaFigures, language: str) -> list[dict[str, Any]]:
    """Initial ± re-survey = cancelled + reduced + cleared + remaining, with the parts apart."""
    now = figures.ledger
    resurvey = now.outline_m2 - now.initial_m2
    lines: list[tuple[Text | str, float, int, bool]] = [(words.INITIAL, now.initial_m2, 0, False)]
    if abs(resurvey) >= NOTHING_M2:
        lines.append((words.RESURVEY, resurvey, 0, False))
    lines += [
        (words.CANCELLED, now.cancelled_m2, 0, False),
        (words.REDUCED, now.reduced_m2, 0, False),
        (words.CLEARED, now.cleared_m2, 0, False),
    ]
    for depth, value in cleared_depths(figures):
        word = words.TO_DEPTH.say(language, depth=words.DEPTHS[depth]) if depth else words.UNSAID
        lines.append((word, value, 1, False))
    if now.surface_m2 >= NOTHING_M2:
        lines.append((words.SURFACE, now.surface_m2, 1, False))
    lines.append((words.REMAINING, now.remaining_m2, 0, True))
    if now.uncleared_m2 >= NOTHING_M2:
        lines.append((words.UNCLEARED, now.uncleared_m2, 1, False))
    return [
        {
            "word": word if isinstance(word, str) else word.say(language),
            "m2": whole(value, language),
            "ha": number(value / 10_000 + 0.0, language, 2),
            "level": level,
            "strong": strong,
        }
        for word, value, level, strong in lines
    ]


def cleared_depths(figures: AreaFigures) -> list[tuple[str, float]]:
    """The depths land was cleared to, shallow first, "" where none was said."""
    order = ("d7cm", "d30cm", "d3m", "d5m", "over_5m", "")
    found = [(d, float(getattr(figures.ledger, DEPTH_COLUMN[d]))) for d in order]
    return [(d, m2) for d, m2 in found if m2 >= NOTHING_M2]


def risk_sentences(figures: AreaFigures, language: str) -> list[str]:
    """What may still lie there, from what must not be used to what is always true."""
    now, found = figures.ledger, []
    if now.remaining_m2 >= NOTHING_M2:
        left = whole(now.remaining_m2, language)
        found.append(words.RISK_LEFT.say(language, left=left))
    if now.surface_m2 >= NOTHING_M2:
        surface = whole(now.surface_m2, language)
        found.append(words.RISK_SURFACE.say(language, surface=surface))
    if depths := [words.DEPTHS[d].say(language) for d, _ in cleared_depths(figures)]:
        found.append(words.RISK_DEPTH.say(language, depths=", ".join(depths)))
    return [*found, words.RISK_PLAIN.say(language)]


def whole(value: float, language: str) -> str:
    """Square metres without decimals."""
    return number(round(value), language)
