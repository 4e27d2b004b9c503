"""Answers as they are typed into fields: text from values and back."""

from __future__ import annotations

import re
from typing import Any

from datlanh.intake import spelling
from datlanh.intake.selectors.saying import Names, answers_opened, turning_points
from datlanh.kernel.coordinates import read
from datlanh.kernel.coordinates.tables import names_system
from datlanh.kernel.mapping import Answers, Question
from datlanh.kernel.text import Text

UNREADABLE = Text("Không đọc được câu trả lời này.", "This answer cannot be read.")
WRONG = {
    "integer": Text("Ghi một số nguyên, ví dụ 12.", "Give a whole number, such as 12."),
    "decimal": Text("Ghi một số, ví dụ 61947,2.", "Give a number, such as 61947.2."),
    "date": Text("Ghi ngày theo lịch.", "Give a day of the calendar."),
    "point": Text(
        "Ghi kinh độ rồi vĩ độ, ví dụ 107.20312 16.70158; hệ khác thì ghi kèm tên: "
        "VN-2000 TM-3 106°15′ 1852759,89 590430,06.",
        "Give longitude, then latitude, such as 107.20312 16.70158; in another system name it: "
        "VN-2000 TM-3 106°15′ 1852759.89 590430.06.",
    ),
    "polygon": Text(
        "Mỗi dòng một điểm: tên (SP, TP1 …), kinh độ, vĩ độ; ít nhất ba điểm. Hệ khác thì dòng "
        "đầu ghi tên hệ: VN-2000 TM-3 106°15′.",
        "One point a line: name (SP, TP1 …), longitude, latitude; at least three points. In "
        "another system its name is the first line: VN-2000 TM-3 106°15′.",
    ),
}
_DEGREES_PLACES = 8  # a millimetre
_NAME = re.compile(r"^(SP|TP ?\d+|[A-Z]{1,3}\d*)[:.)]?\s+", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")
_PLAIN = re.compile(r"[-+\d.,;\s]*")  # digits and marks only


def spelled(question: Question, answers: Answers, names: Names) -> str | list[str]:
    """The answer as its field shows it; a list of keys for a multiple choice."""
    if question.is_sealed:
        answers = answers_opened(question, answers, names)
    if question.key in answers.problems:
        return str(answers.problems[question.key])
    if question.kind == "point":
        pair = answers.points.get(question.key)
        return _pair(pair) if pair else ""
    if question.kind == "polygon":
        rings = answers.polygons.get(question.key) or []
        return "\n\n".join(_lines(ring) for ring in rings)
    value = answers.values.get(question.key)
    if question.kind == "choices":
        return [str(v) for v in value or []]
    return "" if value is None else spelling.written(value)


def take(question: Question, text: str | list[str], new: Answers) -> None:
    """Put what was typed into `new`; nothing when the field is empty. Raises ValueError."""
    if isinstance(text, list):
        known = {c.key for c in question.choices}
        if not known.issuperset(text):
            raise ValueError(text)
        if text:
            new.values[question.key] = list(text)
        return
    plain = spelling.tidy(text.replace("\r\n", "\n"))
    if not plain:
        return
    if question.kind == "point":
        new.points[question.key] = point(plain)
    elif question.kind == "polygon":
        new.polygons[question.key] = rings(plain)
    elif question.kind == "person":
        new.values[question.key] = plain
    else:
        new.values[question.key] = spelling.value(plain, question)


def point(line: str, system: str = "") -> list[float]:
    """`107.20312 16.70158`, with decimal points or commas: [lon, lat].

    Degrees without a mark are longitude, then latitude, as forms ask for them. Everything else
    must say its system, before the numbers or in `system`: `48Q YD 23867 53081`,
    `16°45′N 107°06′E`, `VN-2000 TM-3 106°15′ 1852759.89 590430.06`.

    Raises:
        ValueError: no point, or one of several systems.
    """
    bare = _NAME.sub("", line.strip())
    if system or not _PLAIN.fullmatch(bare):
        return _named_point(f"{system} {bare}".strip(), line)
    numbers = _NUMBER.findall(bare)
    rest = _NUMBER.sub("", bare)
    if len(numbers) != 2 or rest.strip(" \t;,"):
        raise ValueError(line)
    lon, lat = (float(n.replace(",", ".")) for n in numbers)
    if max(abs(lon), abs(lat)) > spelling.WIDEST:
        raise ValueError(line)
    return [lon, lat]


def _named_point(text: str, line: str) -> list[float]:
    """A point whose system is plain from its text. Nothing is guessed."""
    found = read(text)
    if len(found) != 1:
        raise ValueError(line)
    at = found[0].point
    return [round(at.x, _DEGREES_PLACES), round(at.y, _DEGREES_PLACES)]


def rings(text: str) -> list[list[list[float]]]:
    """One point a line; an empty line begins another ring. Raises ValueError."""
    found: list[list[list[float]]] = []
    first, _newline, rest = text.strip().partition("\n")
    system = first if names_system(first) else ""
    for block in re.split(r"\n\s*\n", (rest if system else text).strip()):
        ring = [point(line, system) for line in block.split("\n") if line.strip()]
        if len(ring) < 3:
            raise ValueError(block)
        if ring[0] != ring[-1]:
            ring.append(list(ring[0]))
        found.append(ring)
    return found


def _lines(ring: list[list[float]]) -> str:
    return "\n".join(f"{name} {_pair([lon, lat])}" for name, lon, lat in turning_points(ring))


def _pair(pair: list[Any]) -> str:
    return " ".join(f"{float(x):.{_DEGREES_PLACES}f}".rstrip("0").rstrip(".") for x in pair[:2])
