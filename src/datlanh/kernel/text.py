"""Sentences in both languages, and how numbers and dates are written in each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")

NBSP = "\u00a0"
MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Vietnamese and English; `{name}` marks take values at `say`."""

    vi: str
    en: str

    def say(self, language: str, **values: object) -> str:
        """The sentence in `language` ("vi" or "en"), its marks filled.

        Numbers, dates and areas are written as the language writes them.
        """
        template = self.en if language == "en" else self.vi
        if not values:
            return template
        return template.format(**{k: written(v, language) for k, v in values.items()})

    def __str__(self) -> str:
        return self.vi


def filled(text: Text, **values: object) -> Text:
    """A sentence with its marks filled in both languages."""
    return Text(*(text.say(language, **values) for language in LANGUAGES))


def number(value: float, language: str, places: int | None = None) -> str:
    """`61947.2` → `61.947,2` (vi) or `61,947.2` (en); `places` fixes the decimals."""
    if places is None:
        text = f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{value:,.{places}f}"
    text = text.replace("-", MINUS)
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def hectares(area_m2: float, language: str, places: int = 1) -> str:
    """Square metres spoken in hectares: `482500` → `48,3 ha` (vi)."""
    return f"{number(area_m2 / 10_000, language, places)}{NBSP}ha"


def day(value: dt.date) -> str:
    """`22/11/2026`, in both languages."""
    return value.strftime("%d/%m/%Y")


def written(value: object, language: str) -> str:
    """Any value as a sentence in `language` would carry it."""
    if isinstance(value, Text):
        return value.say(language)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return str(value)
    if isinstance(value, int | float):
        return number(value, language)
    if isinstance(value, dt.date):
        return day(value)
    return str(value)
