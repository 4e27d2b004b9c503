"""Numbers in a line of text: decimal commas and points, grouped thousands, separators."""

from __future__ import annotations

import re

GAP = "\u00a0\u2009\u202f\u2007"  # spaces that group digits, never separate numbers
_SEPARATED = re.compile(r"[;\t|\n/]+")
_COMMA_GAP = re.compile(r"\s+,\s*|,\s+")
_TOKEN = re.compile(r"[-+]?\d[\d.,]*")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_LONG_SHORT = re.compile(r"(\d \d{3} \d{3}(?:[.,]\d+)?) +(\d{3} \d{3}(?:[.,]\d+)?)")
_SHORT_LONG = re.compile(r"(\d{3} \d{3}(?:[.,]\d+)?) +(\d \d{3} \d{3}(?:[.,]\d+)?)")


def numbers(text: str) -> list[float]:
    """The numbers of a text, in order. Raises ValueError where one cannot be told."""
    tidy = re.sub(f"(?<=\\d)[{GAP}](?=\\d)", "", text).replace("\u2212", "-").strip(" ,;\t\n")
    return [_number(t, grouping(tidy)) for part in _parts(tidy) for t in _tokens(part)]


def grouping(text: str) -> str:
    """The mark that groups thousands in a text: the one that stands twice in one number."""
    for token in _TOKEN.findall(text):
        for mark in ".,":
            if re.fullmatch(rf"[-+]?\d{{1,3}}(?:\{mark}\d{{3}}){{2,}}(?:[.,]\d+)?", token):
                return mark
    return ""


def _parts(text: str) -> list[str]:
    if _SEPARATED.search(text):
        return [p.strip() for p in _SEPARATED.split(text) if p.strip()]
    for pattern in (_LONG_SHORT, _SHORT_LONG):
        if found := pattern.fullmatch(text):
            return list(found.groups())
    if _COMMA_GAP.search(text):
        return [p for p in _COMMA_GAP.split(text) if p]
    if re.search(r"\s", text) or text.count(",") == 0:
        return text.split()
    return _joined(text)


def _joined(text: str) -> list[str]:
    """`16.75,107.1`, `1852759,590430` and `16,75,107,1`: no space anywhere."""
    pieces = text.split(",")
    if len(pieces) == 2:
        return pieces
    if len(pieces) == 4 and "." not in text:
        return [",".join(pieces[:2]), ",".join(pieces[2:])]
    return [text]


def _tokens(part: str) -> list[str]:
    if _GROUPED.fullmatch(part):
        return [part.replace(" ", "")]
    return _TOKEN.findall(part)


def _number(token: str, groups: str) -> float:
    token = token.rstrip(".,")
    if groups:
        token = token.replace(groups, "")
    elif "." in token and "," in token:
        token = token.replace("." if token.rfind(",") > token.rfind(".") else ",", "")
    if token.count(".") + token.count(",") > 1:
        raise ValueError(f"not one number: {token}")
    return float(token.replace(",", "."))
