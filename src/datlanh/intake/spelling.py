"""How single answers are spelled in a submission: text to plain values and back."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from decimal import Decimal
from typing import Any

from datlanh.kernel import clock
from datlanh.kernel.mapping import Question

_INTEGER = re.compile(r"[+-]?\d{1,15}([.,]0+)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3})+(?:\.\d+)?)", re.ASCII)
LARGEST = 1e15  # beyond this a float no longer counts in ones
WIDEST = 180.0  # degrees; a latitude over 90 is kept so that a check can say "swapped"


def tidy(text: str) -> str:
    """Outer blanks off, composed letters (NFC): one spelling of each Vietnamese word."""
    return unicodedata.normalize("NFC", text).strip()


def value(text: str, question: Question) -> Any:
    """The plain value of an answer that is neither point nor polygon.

    Raises:
        ValueError: not of the question's kind, or an option the question does not have.
    """
    match question.kind:
        case "integer":
            return integer(text)
        case "decimal":
            return decimal(text)
        case "date":
            return date(text)
        case "choices":
            return _options(text.split(), question)
        case _:
            return _options([text], question)[0]


def integer(text: str) -> int:
    """`12`, `12.0` → 12. Raises ValueError for anything with a fraction."""
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(re.split("[.,]", text)[0])


def decimal(text: str) -> float:
    """`61947.2`, `61947,2`, `61.947,2`, `61,947.2` → 61947.2.

    One separator is the decimal mark, whichever it is, as XForms write it; only where both
    marks occur, or one of them twice, can they be told apart as thousands.
    """
    number = text.replace(" ", "")
    if not _DECIMAL.fullmatch(number):
        marks = number.count(".") + number.count(",")
        if marks < 2 or not _GROUPED.fullmatch(number):
            raise ValueError(text)
        last = max(number.rfind("."), number.rfind(","))
        if number.count(number[last]) > 1:  # 1.234.567: thousands only
            number = re.sub("[.,]", "", number)
        else:
            number = re.sub("[.,]", "", number[:last]) + "." + number[last + 1 :]
    result = float(number.replace(",", "."))
    if not math.isfinite(result) or abs(result) > LARGEST:
        raise ValueError(text)
    return result


def date(text: str) -> str:
    """An ISO date; of an instant with its offset, the province's date."""
    if len(text) <= 10:
        return dt.date.fromisoformat(text).isoformat()
    at = dt.datetime.fromisoformat(text)
    try:
        return (clock.local_date(at) if at.tzinfo else at.date()).isoformat()
    except OverflowError as error:  # year 1 or 9999, moved out of the calendar by its offset
        raise ValueError(text) from error


def point(text: str) -> list[float]:
    """`lat lon [altitude [accuracy]]` → [lon, lat]."""
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        raise ValueError(text)
    latitude, longitude = (_degrees(p) for p in parts[:2])
    return [longitude, latitude]


def ring(text: str) -> list[list[float]]:
    """`lat lon alt acc; …` → ring of [lon, lat], at least three points, as sent."""
    points = [point(part) for part in text.split(";") if part.strip()]
    if len(points) < 3:
        raise ValueError(text)
    return points


def written(answer: Any) -> str:
    """An answer as the submission spells it."""
    if isinstance(answer, list):
        return " ".join(str(a) for a in answer)
    if isinstance(answer, float):
        return _plain(answer)
    return str(answer)


def written_point(at: list[float]) -> str:
    """[lon, lat] → `lat lon 0 0`."""
    return f"{_plain(at[1])} {_plain(at[0])} 0 0"


def written_shape(rings: list[list[list[float]]]) -> str:
    """One ring → a geoshape. Raises ValueError for several: a geoshape has one."""
    if len(rings) != 1:
        raise ValueError("a geoshape has exactly one ring")
    return "; ".join(written_point(p) for p in rings[0])


def _options(keys: list[str], question: Question) -> list[str]:
    known = {c.key for c in question.choices}
    if known and not known.issuperset(keys):
        raise ValueError(" ".join(keys))
    return list(dict.fromkeys(keys))


def _degrees(text: str) -> float:
    number = float(text)
    if not abs(number) <= WIDEST:  # written so that NaN fails too
        raise ValueError(text)
    return number


def _plain(number: float) -> str:
    """Shortest digits that read back as the same float, without an exponent."""
    return format(Decimal(repr(float(number))), "f")
