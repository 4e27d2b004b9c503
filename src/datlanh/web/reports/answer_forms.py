"""A report's answers as an editable form, made from the form's own mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from datlanh.intake.selectors.saying import UNITS, Names
from datlanh.kernel.mapping import Answers, FormMapping, Question, Repeat
from datlanh.kernel.sealed import is_reference, opened
from datlanh.kernel.text import Text
from datlanh.web.reports import answer_texts as texts

MAX_ROWS = 400
FIXED = ("file", "note")  # never typed by hand


@dataclass(frozen=True)
class Option:
    """One choice of a field."""

    key: str
    label: Text
    is_chosen: bool


@dataclass(frozen=True)
class Field:
    """One question as a field; `widget`: text, number, date, select, multi, lines, point."""

    name: str
    question: Question
    widget: str
    text: str
    options: tuple[Option, ...] = ()
    error: Text | None = None

    @property
    def unit(self) -> Text | None:
        """The unit to show beside the label, unless the label names it."""
        return unit_beside(self.question)

    @property
    def ident(self) -> str:
        """The element's id."""
        return f"f-{self.name.replace('.', '-')}"


@dataclass(frozen=True)
class RowFields:
    """One row of a repeat."""

    number: int
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class RepeatFields:
    """A repeat with its rows."""

    repeat: Repeat
    rows: tuple[RowFields, ...]

    @property
    def columns(self) -> list[Question]:
        """The questions that are typed."""
        return [q for q in self.repeat.questions if q.kind not in FIXED]

    @property
    def heads(self) -> list[tuple[Text, Text | None]]:
        """The columns' labels and units."""
        return [(q.label, unit_beside(q)) for q in self.columns]


@dataclass(frozen=True)
class SectionFields:
    """A section of the form."""

    key: str
    number: str
    label: Text
    fields: tuple[Field, ...]
    repeats: tuple[RepeatFields, ...]


@dataclass
class AnswerForm:
    """Answers as fields, and back. `typed` None shows the answers as they stand.

    `communes` are the options of a commune question: code and name.
    """

    mapping: FormMapping
    before: Answers
    names: Names
    communes: Iterable[tuple[str, Text]] = ()
    typed: QueryDict | None = None
    errors: dict[str, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.communes = tuple(self.communes)
        self.answers = self._read() if self.typed is not None else self.before

    # Showing -------------------------------------------------------------------------------

    @property
    def sections(self) -> list[SectionFields]:
        """Every section with something to type."""
        made = []
        for part in self.mapping.sections:
            asked = [q for q in self.mapping.questions if q.section == part.key]
            fields = tuple(f for q in asked if (f := self._field(f"q.{q.key}", q, self.before)))
            repeats = tuple(
                self._repeat(r)
                for r in self.mapping.repeats
                if r.section == part.key and any(q.kind not in FIXED for q in r.questions)
            )
            repeats = tuple(r for r in repeats if len(r.columns) > 1)
            if fields or repeats:
                made.append(SectionFields(part.key, part.number, part.label, fields, repeats))
        return made

    def _repeat(self, repeat: Repeat) -> RepeatFields:
        rows = []
        for number in range(self._count(repeat)):
            own = _own(self.before, repeat, number)
            cells = [
                f
                for q in repeat.questions
                if (f := self._field(f"r.{repeat.key}.{number}.{q.key}", q, own))
            ]
            rows.append(RowFields(number, tuple(cells)))
        return RepeatFields(repeat, tuple(rows))

    def _count(self, repeat: Repeat) -> int:
        if self.typed is None:
            return len(self.before.rows.get(repeat.key) or [])
        text = self.typed.get(f"n.{repeat.key}", "0")
        return min(int(text) if text.isascii() and text.isdigit() else 0, MAX_ROWS)

    def _field(self, name: str, question: Question, own: Answers) -> Field | None:
        if question.kind in FIXED or self._is_shut(question, own):
            return None
        shown = self._shown(name, question, own)
        chosen = set(shown) if isinstance(shown, list) else {shown}
        options = self._options(question, chosen)
        widget = _WIDGETS.get(question.kind, "text")
        if widget == "text" and options:
            widget = "select"
        return Field(
            name=name,
            question=question,
            widget=widget,
            text="" if isinstance(shown, list) else shown,
            options=options,
            error=self.errors.get(name),
        )

    def _is_shut(self, question: Question, own: Answers) -> bool:
        """Whether a personal answer is not for this reader, or cannot be opened any more."""
        if not question.is_sealed:
            return False
        held = (own.values.get(question.key), own.problems.get(question.key))
        refs = [v for v in held if is_reference(v)]
        unopened = any(opened(v, self.names.persons) is None for v in refs)
        return unopened or not self.names.may_see_persons

    def _shown(self, name: str, question: Question, own: Answers) -> str | list[str]:
        if self.typed is None:
            return texts.spelled(question, own, self.names)
        if question.kind == "choices":
            return self.typed.getlist(name)
        return self.typed.get(name, "")

    def _options(self, question: Question, chosen: set[str]) -> tuple[Option, ...]:
        if question.kind == "commune":
            known = list(self.communes)
            if strange := chosen - {code for code, _ in known} - {""}:
                known += [(c, self.names.communes.get(c) or Text(c, c)) for c in sorted(strange)]
            return tuple(Option(code, label, code in chosen) for code, label in known)
        return tuple(Option(c.key, c.label, c.key in chosen) for c in question.choices)

    # Reading -------------------------------------------------------------------------------

    def _read(self) -> Answers:
        new = Answers(problems={})
        for question in self.mapping.questions:
            self._take(f"q.{question.key}", question, self.before, new, question.key)
        for repeat in self.mapping.repeats:
            rows = self._rows(repeat, new.problems)
            if rows:
                new.rows[repeat.key] = rows
        return new

    def _rows(self, repeat: Repeat, problems: dict[str, str]) -> list[dict[str, Any]]:
        if not any(q.kind not in FIXED for q in repeat.questions) or not self._is_typed(repeat):
            return list(self.before.rows.get(repeat.key) or [])
        rows: list[dict[str, Any]] = []
        for number in range(self._count(repeat)):
            new = Answers()
            own = _own(self.before, repeat, number)
            for question in repeat.questions:
                name = f"r.{repeat.key}.{number}.{question.key}"
                place = f"{repeat.key}/{len(rows) + 1}/{question.key}"
                self._take(name, question, own, new, place)
            if new.values or new.points or new.polygons or new.problems:
                rows.append({"values": new.values, "points": new.points, "polygons": new.polygons})
                problems |= new.problems
        return rows

    def _is_typed(self, repeat: Repeat) -> bool:
        return self.typed is not None and f"n.{repeat.key}" in self.typed

    def _take(self, name: str, question: Question, own: Answers, new: Answers, place: str) -> None:
        """Read one field into `new`; what was not touched is kept as it was, digit by digit."""
        if self.typed is None or question.kind in FIXED or self._is_shut(question, own):
            _keep(question, own, new, place)
            return
        shown = self._shown(name, question, own)
        if shown == texts.spelled(question, own, self.names):
            _keep(question, own, new, place)
            if place in own.problems or question.key in own.problems:
                self.errors[name] = texts.UNREADABLE
            return
        try:
            texts.take(question, shown, new)
        except ValueError:
            self.errors[name] = texts.WRONG.get(question.kind, texts.UNREADABLE)
            new.problems[place] = str(shown)


_WIDGETS = {
    "integer": "number",
    "decimal": "number",
    "date": "date",
    "choices": "multi",
    "point": "point",
    "polygon": "lines",
}


def unit_beside(question: Question) -> Text | None:
    """`m²`, or None where there is no unit or the label says it already."""
    unit = UNITS.get(question.unit, question.unit)
    if not unit or f"({unit})" in question.label.vi:
        return None
    return Text(unit, unit)


def _own(answers: Answers, repeat: Repeat, number: int) -> Answers:
    """A row as answers of its own, its problems by question."""
    rows = answers.rows.get(repeat.key) or []
    if number >= len(rows):
        return Answers()
    row, start = rows[number], f"{repeat.key}/{number + 1}/"
    return Answers(
        values=row.get("values") or {},
        points=row.get("points") or {},
        polygons=row.get("polygons") or {},
        problems={
            k.removeprefix(start): v for k, v in answers.problems.items() if k.startswith(start)
        },
    )


def _keep(question: Question, own: Answers, new: Answers, place: str) -> None:
    holders: tuple[tuple[Mapping[str, Any], dict[str, Any]], ...] = (
        (own.values, new.values),
        (own.points, new.points),
        (own.polygons, new.polygons),
    )
    for old, fresh in holders:
        if question.key in old:
            fresh[question.key] = old[question.key]
    for key in (place, question.key):
        if key in own.problems:
            new.problems[place] = own.problems[key]


def with_row(typed: QueryDict, repeat: str) -> QueryDict:
    """What was typed, with one more empty row."""
    copy = typed.copy()
    text = copy.get(f"n.{repeat}", "0")
    count = int(text) if text.isascii() and text.isdigit() else 0
    copy[f"n.{repeat}"] = str(min(count + 1, MAX_ROWS))
    return copy


def without_row(typed: QueryDict, repeat: str, number: int) -> QueryDict:
    """What was typed, without one row; those after it move up."""
    copy = typed.copy()
    text = copy.get(f"n.{repeat}", "0")
    count = int(text) if text.isascii() and text.isdigit() else 0
    start = f"r.{repeat}."
    for name in [n for n in typed if n.startswith(start)]:
        index, _, key = name.removeprefix(start).partition(".")
        if not index.isdigit() or int(index) < number:
            continue
        values = copy.getlist(name)
        del copy[name]
        if int(index) > number:
            copy.setlist(f"{start}{int(index) - 1}.{key}", values)
    copy[f"n.{repeat}"] = str(max(count - 1, 0))
    return copy
