"""How a form's questions become register attributes. Travels inside the XLSForm itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from shapely.geometry import Point, Polygon

from datlanh.kernel.ids import as_kept
from datlanh.kernel.rules import ReportView
from datlanh.kernel.text import Text

# What a question holds, whatever XLSForm type asks for it.
KINDS = (
    "text",
    "id",
    "integer",
    "decimal",
    "date",
    "choice",
    "choices",
    "organisation",
    "team",
    "person",
    "commune",
    "village",
    "point",
    "polygon",
    "file",
    "note",
)


@dataclass(frozen=True)
class Choice:
    """One answer option."""

    key: str
    label: Text


@dataclass(frozen=True)
class Question:
    """One question of a form version, with its place in the register.

    `attribute` is the register attribute (None: kept in the report, not folded). Questions
    with the same `group` fold together as one atom: the newest report that answers any of
    them sets all of them. `date` is the key of the question that dates this answer. `person`
    names the bundle of personal data the answer belongs to ("victim"): it is sealed with it.
    """

    key: str
    kind: str
    label: Text
    section: str = ""  # key of the section
    number: str = ""  # as printed on the centre's form; a label, never a key
    attribute: str | None = None
    group: str | None = None
    date: str | None = None
    required: bool = False
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    person: str | None = None

    @property
    def is_sealed(self) -> bool:
        """Whether the answer belongs in the person store, alone or with its bundle."""
        return self.person is not None or self.kind == "person"

    def choice_label(self, key: str, language: str) -> str:
        """The option's label, or the key itself when the form does not know it."""
        found = next((c for c in self.choices if c.key == key), None)
        return found.label.say(language) if found else key


@dataclass(frozen=True)
class Repeat:
    """A repeated group: rows that are replaced or combined from report to report."""

    key: str
    label: Text
    list: str | None  # the register's list, None: not folded
    mode: str  # "replace" or "combine"
    date: str | None
    questions: tuple[Question, ...]
    section: str = ""
    number: str = ""


@dataclass(frozen=True)
class Section:
    """A titled part of the form."""

    key: str
    label: Text
    number: str = ""


@dataclass(frozen=True)
class FormMapping:
    """One version of one form: sections, questions, repeats, and what each becomes."""

    form: str  # "cha"
    version: str  # the XForm version attribute
    title: Text
    record_kind: str  # the register's kind: "hazardous_area", "land_release"
    id_question: str  # the question that holds the record id
    prefixes: tuple[str, ...]  # record id prefixes: ("HAZ",)
    date: str  # the question that dates the report as a whole
    sections: tuple[Section, ...] = ()
    questions: tuple[Question, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    clear_question: str | None = None  # select_multiple of groups/attributes to be emptied

    def question(self, key: str) -> Question | None:
        """The top-level question of that key."""
        return next((q for q in self.questions if q.key == key), None)

    def repeat(self, key: str) -> Repeat | None:
        """The repeat of that key."""
        return next((r for r in self.repeats if r.key == key), None)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, inverse of `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FormMapping:
        """The mapping kept with a form version."""
        values = dict(data)
        values["title"] = _text(values["title"])
        values["prefixes"] = tuple(values["prefixes"])
        values["sections"] = tuple(
            Section(**{**s, "label": _text(s["label"])}) for s in values["sections"]
        )
        values["questions"] = tuple(_question(q) for q in values["questions"])
        values["repeats"] = tuple(
            Repeat(
                **{
                    **r,
                    "label": _text(r["label"]),
                    "questions": tuple(_question(q) for q in r["questions"]),
                }
            )
            for r in values["repeats"]
        )
        return cls(**values)


@dataclass(frozen=True)
class Answers:
    """A report's answers as plain JSON values: what is stored as one payload revision.

    `values`: question key → str, int, float, ISO date, or list of keys. `points`: key →
    [lon, lat]. `polygons`: key → rings, each a list of [lon, lat] as sent (not repaired).
    `rows`: repeat key → list of {"values": …, "points": …, "polygons": …}. `problems`: keys of
    questions whose answer could not be read, with the raw text; in a row "repeat/2/question".
    Everything is lon/lat, WGS 84. Of what is sealed, points too, `values` and `problems` hold
    a reference (`kernel.sealed`) once the answers are kept.
    """

    values: dict[str, Any] = field(default_factory=dict)
    points: dict[str, list[float]] = field(default_factory=dict)
    polygons: dict[str, list[list[list[float]]]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    problems: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, inverse of `from_json`; it shares the answers' own dictionaries."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answers:
        """The answers of a stored payload."""
        return cls(**{k: data.get(k) or {} for k in cls.__dataclass_fields__})

    def day(self, key: str | None) -> dt.date | None:
        """The date answered to `key`, or None."""
        text = self.values.get(key) if key else None
        try:
            return dt.date.fromisoformat(str(text)) if text else None
        except ValueError:
            return None


def view(
    mapping: FormMapping, answers: Answers, *, organisation: str, **context: Any
) -> ReportView:
    """The report as rules see it; `context` fills the remaining fields of `ReportView`."""
    record_id = as_kept(str(answers.values.get(mapping.id_question) or "").strip())
    return ReportView(
        form=mapping.form,
        record_id=record_id,
        report_id=f"FR-{record_id}" if record_id else "",
        organisation=organisation,
        answers=_typed(mapping.questions, answers.values),
        points={k: Point(v[0], v[1]) for k, v in answers.points.items()},
        polygons=_polygons(answers.polygons),
        rows={r.key: _rows(r, answers.rows.get(r.key, [])) for r in mapping.repeats},
        date_of_information=answers.day(mapping.date),
        problems=tuple(answers.problems),
        unlisted=tuple(_unlisted(mapping, answers)),
        **context,
    )


def _unlisted(mapping: FormMapping, answers: Answers) -> Iterator[tuple[str, int | None, str]]:
    """Choices that the form does not offer, as (question, row, choice)."""
    for key, offered in _offered(mapping).items():
        repeat, _, column = key.rpartition(".")
        if not repeat:
            yield from ((key, None, c) for c in _chosen(answers.values.get(key)) - offered)
            continue
        for row, answered in enumerate(answers.rows.get(repeat, ())):
            said = _chosen(answered.get("values", {}).get(column))
            yield from ((key, row, c) for c in said - offered)


def _chosen(value: Any) -> set[str]:
    found = value if isinstance(value, list) else [value]
    return {c for c in found if isinstance(c, str) and c}


def _offered(mapping: FormMapping) -> dict[str, frozenset[str]]:
    """Question → its choices, made once and kept with the mapping."""
    kept: dict[str, frozenset[str]] | None = vars(mapping).get("offered")
    if kept is None:
        asked = [(q.key, q) for q in mapping.questions]
        asked += [(f"{r.key}.{q.key}", q) for r in mapping.repeats for q in r.questions]
        kept = vars(mapping)["offered"] = {
            key: frozenset(c.key for c in q.choices)
            for key, q in asked
            if q.choices and q.kind in ("choice", "choices")
        }
    return kept


def _rows(repeat: Repeat, rows: list[dict[str, Any]]) -> list[Mapping[str, Any]]:
    return [
        {
            **_typed(repeat.questions, row.get("values", {})),
            **{k: Point(v[0], v[1]) for k, v in row.get("points", {}).items()},
            **_polygons(row.get("polygons", {})),
        }
        for row in rows
    ]


def _polygons(sent: Mapping[str, list[list[list[float]]]]) -> dict[str, list[Polygon]]:
    return {k: [Polygon(r) for r in rings if len(r) >= 3] for k, rings in sent.items()}


def _typed(questions: tuple[Question, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    dates = {q.key for q in questions if q.kind == "date"}
    typed: dict[str, Any] = {}
    for key, value in values.items():
        if key in dates and isinstance(value, str):
            try:
                typed[key] = dt.date.fromisoformat(value)
            except ValueError:
                typed[key] = None
        else:
            typed[key] = value
    return typed


def _text(data: Mapping[str, str] | Text) -> Text:
    return data if isinstance(data, Text) else Text(data["vi"], data["en"])


def _question(data: Mapping[str, Any]) -> Question:
    choices = tuple(Choice(c["key"], _text(c["label"])) for c in data["choices"])
    return Question(**{**data, "label": _text(data["label"]), "choices": choices})
