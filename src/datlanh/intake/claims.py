"""From answers to claims: what a report says, in the register's words. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from shapely import Point, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.canonical import digest
from datlanh.kernel.fold import COMBINE, LIST
from datlanh.kernel.mapping import Answers, FormMapping, Question, Repeat
from datlanh.register.services import NewClaim, NewRow

DIGEST = 16  # hex digits: enough to tell two answers of one day apart


def claims_of(mapping: FormMapping, answers: Answers) -> tuple[list[NewClaim], list[NewRow]]:
    """The dated claims and list rows of one report.

    Raises:
        ValueError: no answer dates the report, so nothing can be said when it was true.
    """
    said: dict[str, dict[str, dict[str, Any] | None]] = defaultdict(dict)
    atom_of: dict[str, tuple[str, str]] = {}  # attribute or group → (part, atom)
    for question in mapping.questions:
        if question.attribute is None:
            continue
        part, atom = question.date or mapping.date, question.group or question.attribute
        atom_of[question.attribute] = atom_of[atom] = (part, atom)
        value = answer_value(question, answers)
        if value is not None:
            said[part].setdefault(atom, {})
            said[part][atom] |= {question.attribute: value}  # type: ignore[operator]
    rows: list[NewRow] = []
    combined: dict[str, dict[str, str]] = defaultdict(dict)
    for repeat in mapping.repeats:
        if repeat.list is None:
            continue
        part = repeat.date or mapping.date
        atom_of[repeat.list] = (part, LIST + repeat.list)
        found = list_rows(repeat, answers)
        rows += found
        if found and repeat.mode == COMBINE:
            combined[part][repeat.list] = COMBINE
        elif found:
            said[part][LIST + repeat.list] = {"rows": digest([_row_key(r) for r in found])}
    for name in answers.values.get(mapping.clear_question or "") or []:
        if name in atom_of:
            part, atom = atom_of[name]
            said[part].setdefault(atom, None)
    return _claims(mapping, answers, said, combined), rows


def _claims(
    mapping: FormMapping,
    answers: Answers,
    said: dict[str, dict[str, dict[str, Any] | None]],
    combined: dict[str, dict[str, str]],
) -> list[NewClaim]:
    return [
        NewClaim(
            part=part,
            on=date_of(mapping, answers, part),
            values=dict(said[part]),
            atoms={atom: digest(value)[:DIGEST] for atom, value in said[part].items()},
            lists=combined.get(part, {}),
        )
        for part in sorted({*said, *combined})
    ]


def date_of(mapping: FormMapping, answers: Answers, part: str) -> dt.date:
    """The date of information of a part: its own question, else the report's. ValueError."""
    on = answers.day(part) or answers.day(mapping.date)
    if on is None:
        raise ValueError(f"nothing dates {part}")
    return on


def answer_value(question: Question, answers: Answers) -> Any:
    """The plain value of one answer; geometry as hex WKB; None when empty."""
    if question.kind == "point":
        pair = answers.points.get(question.key)
        return _hex(Point(pair[0], pair[1])) if pair else None
    if question.kind == "polygon":
        return _hex(shape_of(answers.polygons.get(question.key, [])))
    value = answers.values.get(question.key)
    return None if value in ("", [], {}) else value


def shape_of(rings: list[list[list[float]]]) -> BaseGeometry | None:
    """The usable polygons of an answer as one geometry, None when there is none."""
    usable = geometry.usable(Polygon(r) for r in rings if len(r) >= 3)
    return geometry.as_one(usable) if usable else None


def list_rows(repeat: Repeat, answers: Answers) -> list[NewRow]:
    """The rows of a repeat that say anything."""
    found = []
    for number, row in enumerate(answers.rows.get(repeat.key, [])):
        values, shape = _row(repeat, row)
        if values or shape is not None:
            wkb = geometry.normal_wkb(shape) if shape is not None else None
            found.append(NewRow(repeat.list or "", number, values, wkb))
    return found


def _row(repeat: Repeat, row: dict[str, Any]) -> tuple[dict[str, Any], BaseGeometry | None]:
    values: dict[str, Any] = {}
    shape: BaseGeometry | None = None
    for question in repeat.questions:
        if question.kind == "point" and (pair := row.get("points", {}).get(question.key)):
            shape = Point(pair[0], pair[1])
        elif question.kind == "polygon":
            shape = shape_of(row.get("polygons", {}).get(question.key, [])) or shape
        elif question.attribute:
            value = row.get("values", {}).get(question.key)
            if value not in (None, "", [], {}):
                values[question.attribute] = value
    return values, shape


def _row_key(row: NewRow) -> list[Any]:
    return [row.number, row.values, row.shape.hex() if row.shape else None]


def _hex(shape: BaseGeometry | None) -> str | None:
    return geometry.normal_wkb(shape).hex() if shape is not None else None
