"""From answers to claims: what a report says, in the register's words. Pure."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.canonical import digest
from datlanh.kernel.fold import COMBINE, LIST
from datlanh.kernel.mapping import Answers, FormMapping, Question, Repeat
from datlanh.kernel.sealed import compared, is_reference, unmarked
from datlanh.register.services import NewClaim, NewRow

Attached = tuple[dict[str, Any], bytes | None]  # a row's values and shape
DIGEST = 16  # hex digits: enough to tell two answers of one day apart


@dataclass(frozen=True)
class _Plan:
    """A mapping turned round for reading answers: what each answered key becomes."""

    questions: dict[str, tuple[Question, str, str, str]]  # key → question, part, atom, attribute
    lists: tuple[tuple[Repeat, str, str], ...]  # repeat, its list, part
    atoms: dict[str, tuple[str, str]]  # what may be cleared → part, atom


def _plan(mapping: FormMapping) -> _Plan:
    """Made once and kept with the mapping, whose own hash would cost more than a report."""
    kept: _Plan | None = vars(mapping).get("claims_plan")
    if kept is None:
        kept = vars(mapping)["claims_plan"] = _planned(mapping)
    return kept


def _planned(mapping: FormMapping) -> _Plan:
    questions: dict[str, tuple[Question, str, str, str]] = {}
    atoms: dict[str, tuple[str, str]] = {}
    for question in mapping.questions:
        if question.attribute is not None:
            part, atom = question.date or mapping.date, question.group or question.attribute
            questions[question.key] = (question, part, atom, question.attribute)
            atoms[question.attribute] = atoms[atom] = (part, atom)
    lists = tuple((r, r.list, r.date or mapping.date) for r in mapping.repeats if r.list)
    atoms |= {name: (part, LIST + name) for _, name, part in lists}
    for key, (_, part, atom, _) in questions.items():
        atoms.setdefault(key, (part, atom))
    for repeat, name, part in lists:
        atoms.setdefault(repeat.key, (part, LIST + name))
    return _Plan(questions, lists, atoms)


def claims_of(
    mapping: FormMapping, answers: Answers, attached: Mapping[str, Sequence[Attached]] | None = None
) -> tuple[list[NewClaim], list[NewRow]]:
    """The dated claims and list rows of one report.

    `attached` are rows of its lists that stand in its files, by list; they come after its own.

    Raises:
        ValueError: no answer dates the report, so nothing can be said when it was true.
    """
    plan = _plan(mapping)
    said: dict[str, dict[str, dict[str, Any] | None]] = defaultdict(dict)
    for key in {*answers.values, *answers.points, *answers.polygons} & plan.questions.keys():
        question, part, atom, attribute = plan.questions[key]
        value = answer_value(question, answers)
        if value is not None:
            of_atom = said[part].setdefault(atom, {})
            of_atom[attribute] = value  # type: ignore[index]  # nothing is cleared yet
    rows: list[NewRow] = []
    combined: dict[str, dict[str, str]] = defaultdict(dict)
    for repeat, name, part in plan.lists:
        found = list_rows(repeat, answers)
        found += _more(name, found, (attached or {}).get(name, ()))
        rows += found
        if found and repeat.mode == COMBINE:
            combined[part][name] = COMBINE
        elif found:
            said[part][LIST + name] = {"rows": digest([_row_key(r) for r in found])}
    for name in answers.values.get(mapping.clear_question or "") or []:
        if name in plan.atoms:
            part, atom = plan.atoms[name]
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
            values={atom: _each(value, unmarked) for atom, value in said[part].items()},
            atoms={
                atom: digest(_each(value, compared))[:DIGEST] for atom, value in said[part].items()
            },
            lists=combined.get(part, {}),
        )
        for part in sorted({*said, *combined})
    ]


def _each(value: dict[str, Any] | None, of: Callable[[Any], Any]) -> dict[str, Any] | None:
    return {name: of(v) for name, v in value.items()} if value is not None else None


def date_of(mapping: FormMapping, answers: Answers, part: str) -> dt.date:
    """The date of information of a part: its own question, else the report's. ValueError."""
    on = answers.day(part) or answers.day(mapping.date)
    if on is None:
        raise ValueError(f"nothing dates {part}")
    return on


def answer_value(question: Question, answers: Answers) -> Any:
    """The plain value of one answer; geometry as hex WKB; None when empty.

    Of what is sealed, the reference with its mark.
    """
    if question.is_sealed and is_reference(answers.values.get(question.key)):
        return answers.values[question.key]
    if question.kind == "point":
        pair = answers.points.get(question.key)
        return geometry.point_wkb(pair[0], pair[1]).hex() if pair else None
    if question.kind == "polygon":
        shape = shape_of(answers.polygons.get(question.key, []))
        return geometry.normal_wkb(shape).hex() if shape is not None else None
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
        values, wkb = _row(repeat, row)
        if values or wkb is not None:
            found.append(NewRow(repeat.list or "", number, values, wkb))
    return found


def _more(name: str, own: Sequence[NewRow], more: Sequence[Attached]) -> list[NewRow]:
    """Rows from a file, numbered on from those of the form."""
    first = own[-1].number + 1 if own else 0
    return [NewRow(name, first + at, values, shape) for at, (values, shape) in enumerate(more)]


def _row(repeat: Repeat, row: dict[str, Any]) -> tuple[dict[str, Any], bytes | None]:
    said: dict[str, Any] = row.get("values", {})
    values: dict[str, Any] = {}
    wkb: bytes | None = None
    for question in repeat.questions:
        if question.kind == "point" and (pair := row.get("points", {}).get(question.key)):
            wkb = geometry.point_wkb(pair[0], pair[1])
        elif question.kind == "polygon":
            shape = shape_of(row.get("polygons", {}).get(question.key, []))
            wkb = geometry.normal_wkb(shape) if shape is not None else wkb
        elif question.attribute:
            value = said.get(question.key)
            if value not in (None, "", [], {}):
                values[question.attribute] = value
    return values, wkb


def _row_key(row: NewRow) -> list[Any]:
    return [row.number, row.values, row.shape.hex() if row.shape else None]
