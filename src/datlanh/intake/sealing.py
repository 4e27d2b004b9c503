"""Which answers of a report belong in the person store, and what stands in their place. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from datlanh.kernel.mapping import Answers, FormMapping, Question
from datlanh.kernel.sealed import is_reference, reference

ALONE = "verifier"  # the purpose of a name that belongs to no bundle
Marker = Callable[[str, Any], str]  # what is asked, the answer → its mark


@dataclass(frozen=True)
class Bundle:
    """Questions whose answers are sealed together; `is_alone`: one name, kept by itself."""

    purpose: str
    questions: tuple[Question, ...]
    is_alone: bool = False


@dataclass(frozen=True)
class Part:
    """What becomes one row of the person store. `is_unread`: an answer nobody could read."""

    bundle: Bundle
    content: Any
    questions: tuple[Question, ...]
    is_unread: bool = False


def bundles_of(mapping: FormMapping) -> tuple[Bundle, ...]:
    """The bundles of a form, made once and kept with the mapping."""
    kept: tuple[Bundle, ...] | None = vars(mapping).get("bundles")
    if kept is None:
        kept = vars(mapping)["bundles"] = _bundled(mapping)
    return kept


def _bundled(mapping: FormMapping) -> tuple[Bundle, ...]:
    together: dict[str, list[Question]] = {}
    alone = []
    for question in mapping.questions:
        if question.person is not None:
            together.setdefault(question.person, []).append(question)
        elif question.is_sealed:
            alone.append(Bundle(ALONE, (question,), is_alone=True))
    return (*(Bundle(name, tuple(asked)) for name, asked in together.items()), *alone)


def parts_of(mapping: FormMapping, answers: Answers) -> list[Part]:
    """What must be sealed of `answers`; what is sealed already is left as it is."""
    found = []
    for bundle in bundles_of(mapping):
        told = [(q, v) for q in bundle.questions if (v := _plain(q, answers)) is not None]
        if told and bundle.is_alone:
            found.append(Part(bundle, told[0][1], bundle.questions))
        elif told:
            asked = tuple(q for q, _ in told)
            found.append(Part(bundle, {q.key: v for q, v in told}, asked))
        for question in bundle.questions:
            raw = answers.problems.get(question.key)
            if isinstance(raw, str):
                found.append(Part(bundle, raw, (question,), is_unread=True))
    return found


def _plain(question: Question, answers: Answers) -> Any:
    """The answer as it came, wherever it stands; None when there is none, or a reference only."""
    if question.key in answers.points:
        return answers.points[question.key]
    value = answers.values.get(question.key)
    return None if is_reference(value) or value in (None, "", [], {}) else value


def with_references(
    answers: Answers, parts: Sequence[Part], refs: Sequence[str], marker: Marker | None
) -> Answers:
    """The answers with each part's reference in the place of what it holds."""
    values, points = dict(answers.values), dict(answers.points)
    problems = dict(answers.problems)
    for part, ref in zip(parts, refs, strict=True):
        for question in part.questions:
            key = question.key
            if part.is_unread:
                problems[key] = reference(ref, None, None)
                continue
            answer = part.content if part.bundle.is_alone else part.content[key]
            field = None if part.bundle.is_alone else key
            mark = marker(question.attribute or key, answer) if marker else None
            values[key] = reference(ref, field, mark)
            points.pop(key, None)
    return replace(answers, values=values, points=points, problems=problems)


def is_touched(bundle: Bundle, new: Answers, before: Answers) -> bool:
    """Whether a correction changed or emptied an answer of a bundle."""
    return any(
        _plain(q, new) is not None
        or (is_reference(before.values.get(q.key)) and q.key not in new.values)
        for q in bundle.questions
    )
