"""Answers as a reader sees them: labels for options, names for codes, “sealed” for persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from datlanh.accounts.models import User
from datlanh.intake.models import Report
from datlanh.intake.selectors.consent import persons_reach_report
from datlanh.intake.selectors.reports import communes_named
from datlanh.kernel.mapping import Answers, FormMapping, Question
from datlanh.kernel.sealed import is_reference, opened, references_in
from datlanh.kernel.text import LANGUAGES, NBSP, Text, written
from datlanh.organisations.models import Organisation
from datlanh.register.persons import persons_read

HIDDEN = Text("kín", "sealed")
ERASED = Text("(đã xoá)", "(erased)")
UNITS = {"m2": "m²"}


@dataclass(frozen=True)
class Names:
    """What codes and references in answers stand for. `may_see_persons` is False for most.

    `persons` holds what was opened, by reference: one answer, or a bundle's answers by question.
    """

    communes: Mapping[str, Text] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)
    persons: Mapping[str, Any] = field(default_factory=dict)
    may_see_persons: bool = False


@dataclass(frozen=True)
class Said:
    """One answer, ready to be shown. `points` are a polygon's: name, lon, lat."""

    text: Text | None = None
    points: tuple[tuple[str, float, float], ...] = ()
    file: str = ""
    is_problem: bool = False  # as sent, unreadable
    is_personal: bool = False  # sealed, or opened for this reader alone

    def __bool__(self) -> bool:
        return bool(self.text or self.points or self.file)


NOTHING = Said()


def names_for(who: User, report: Report, mapping: FormMapping, answers: Sequence[Answers]) -> Names:
    """What is needed to show some revisions of a report, the newest last; reading persons is
    audited."""
    codes: set[str] = set()
    refs: set[str] = set()
    for revision in answers:
        for question in mapping.questions:
            value = revision.values.get(question.key)
            if question.kind == "commune" and value:
                codes.add(str(value))
            if question.is_sealed:
                refs |= set(references_in([value, revision.problems.get(question.key)]))
    may = persons_reach_report(who, report, mapping, answers[-1])
    return Names(
        communes=communes_named(codes),
        organisations=dict(Organisation.objects.values_list("key", "short_name")),
        persons=persons_read(refs, by=who, why=report.receipt) if may and refs else {},
        may_see_persons=may,
    )


def names_more(
    names: Names, who: User, report: Report, mapping: FormMapping, said_before: Iterable[Any]
) -> Names:
    """`names`, and what else is needed to show values of the register beside the report.

    `said_before`: attributes by name, as versions and claims hold them.
    """
    coded = {q.attribute for q in mapping.questions if q.kind == "commune"}
    codes: set[str] = set()
    refs: set[str] = set()
    for values in said_before:
        for attribute, value in (values or {}).items():
            if attribute in coded and value:
                codes.add(str(value))
            if is_reference(value):
                refs.add(value["person"])
    refs -= set(names.persons)
    read = persons_read(refs, by=who, why=report.receipt) if names.may_see_persons and refs else {}
    return replace(
        names,
        communes={**names.communes, **communes_named(codes - set(names.communes))},
        persons={**names.persons, **read},
    )


def said(question: Question, answers: Answers, names: Names, problem_key: str = "") -> Said:
    """The answer to one question; falsy when there is none."""
    if question.is_sealed and not problem_key:
        return _sealed(question, answers, names)
    problem = answers.problems.get(problem_key or question.key)
    if problem is not None:
        return Said(Text(problem, problem), is_problem=True)
    return _open(question, answers, names)


def _sealed(question: Question, answers: Answers, names: Names) -> Said:
    """What is personal: opened where it may be, else a calm word in its place."""
    key = question.key
    problem, value = answers.problems.get(key), answers.values.get(key)
    if problem is not None:
        raw = opened(problem, names.persons) if is_reference(problem) else problem
        told = _plain(raw) if raw is not None else unopened(names)
        return Said(told, is_problem=True, is_personal=True)
    if not is_reference(value):
        return replace(_open(question, answers, names), is_personal=True)
    return Said(said_value(question, value, names), is_personal=True)


def unopened(names: Names) -> Text:
    """What stands where a reference was not opened."""
    return ERASED if names.may_see_persons else HIDDEN


def answers_opened(question: Question, answers: Answers, names: Names) -> Answers:
    """`answers` with what was sealed of one question in its place, where it was opened."""
    value, problem = answers.values.get(question.key), answers.problems.get(question.key)
    if not is_reference(value) and not is_reference(problem):
        return answers
    kept = {k: v for k, v in answers.values.items() if k != question.key}
    points, unread = dict(answers.points), dict(answers.problems)
    answer = opened(value, names.persons) if is_reference(value) else value
    if question.kind == "point" and isinstance(answer, list):
        points[question.key] = answer
    elif answer is not None:
        kept[question.key] = answer
    if is_reference(problem):
        unread[question.key] = opened(problem, names.persons) or ""
    return replace(answers, values=kept, points=points, problems=unread)


def _open(question: Question, answers: Answers, names: Names) -> Said:
    if question.kind == "point":
        return _point(answers.points.get(question.key))
    if question.kind == "polygon":
        return _rings(answers.polygons.get(question.key) or [])
    value = answers.values.get(question.key)
    if value in (None, "", [], {}):
        return NOTHING
    if question.kind == "file":
        return Said(file=str(value))
    return Said(said_value(question, value, names))


def row_answers(row: Mapping[str, Any], problems: Mapping[str, str] | None = None) -> Answers:
    """A row of a repeat as answers of its own."""
    return Answers(
        values=row.get("values") or {},
        points=row.get("points") or {},
        polygons=row.get("polygons") or {},
        problems=dict(problems or {}),
    )


def said_value(question: Question, value: Any, names: Names) -> Text:
    """A plain value (no geometry but a sealed point) in both languages."""
    if is_reference(value):
        answer = opened(value, names.persons)
        if answer is None:
            return unopened(names)
        if question.kind == "point" and isinstance(answer, list):
            return Text(*([degrees(answer)] * 2))
        return said_value(question, answer, names)
    say = _SAYERS.get(question.kind)
    return say(question, value, names) if say else _plain(value)


def _commune(question: Question, value: Any, names: Names) -> Text:
    return names.communes.get(str(value)) or _plain(value)


def _organisation(question: Question, value: Any, names: Names) -> Text:
    name = names.organisations.get(str(value))
    return Text(name, name) if name else _label(question, str(value))


def _label(question: Question, key: str) -> Text:
    return Text(*(question.choice_label(key, language) for language in LANGUAGES))


def _joined(labels: list[Text]) -> Text:
    return Text(*(", ".join(t.say(language) for t in labels) for language in LANGUAGES))


def _day(value: Any) -> Text:
    try:
        return _plain(dt.date.fromisoformat(str(value)))
    except ValueError:
        return _plain(value)


def _number(value: Any, unit: str) -> Text:
    tail = f"{NBSP}{UNITS.get(unit, unit)}" if unit else ""
    return Text(*(f"{written(value, language)}{tail}" for language in LANGUAGES))


def _plain(value: Any) -> Text:
    return Text(*(written(value, language) for language in LANGUAGES))


def _point(pair: list[float] | None) -> Said:
    if not pair:
        return NOTHING
    return Said(Text(degrees(pair), degrees(pair)), (("", pair[0], pair[1]),))


def degrees(pair: list[float]) -> str:
    """`107.20312 16.70158`: longitude, latitude, as the centre's forms write them."""
    return f"{pair[0]:.5f}{NBSP}{pair[1]:.5f}"


def _rings(rings: list[list[list[float]]]) -> Said:
    points = [(name, lon, lat) for ring in rings for name, lon, lat in turning_points(ring)]
    if not points:
        return NOTHING
    count = len(points)
    return Said(Text(f"{count} điểm", f"{count} points"), tuple(points))


def turning_points(ring: list[list[float]]) -> list[tuple[str, float, float]]:
    """A ring as the forms list it: SP, TP1, TP2 …, without the point that closes it."""
    pairs = ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
    return [("SP" if i == 0 else f"TP{i}", p[0], p[1]) for i, p in enumerate(pairs)]


_SAYERS: dict[str, Callable[[Question, Any, Names], Text]] = {
    "commune": _commune,
    "organisation": _organisation,
    "choice": lambda question, value, names: _label(question, str(value)),
    "choices": lambda question, value, names: _joined([_label(question, str(v)) for v in value]),
    "date": lambda question, value, names: _day(value),
    "integer": lambda question, value, names: _number(value, question.unit),
    "decimal": lambda question, value, names: _number(value, question.unit),
}
