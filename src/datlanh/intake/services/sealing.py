"""Sealing a report's personal answers, and sealing a bundle anew where one of them changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from datlanh.intake.sealing import bundles_of, is_touched, parts_of, with_references
from datlanh.kernel.actor import Actor
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.kernel.sealed import is_reference, opened
from datlanh.register.persons import Sealed, marker_of, persons_keep, persons_read


def answers_seal(
    mapping: FormMapping | None,
    answers: Answers,
    *,
    organisation_id: int,
    subject: str,
    also: Sequence[Sealed] = (),
) -> tuple[Answers, list[UUID]]:
    """Keep every personal answer, and `also` what else goes to the store, as one message.

    `subject` is the record the report names; answers are marked for that record alone. Returns
    the answers with references in place, and the references of `also`.
    """
    parts = parts_of(mapping, answers) if mapping else []
    if not parts and not also:
        return answers, []
    marker = marker_of(subject, organisation_id=organisation_id) if parts and subject else None
    kept = [*also, *(Sealed(p.bundle.purpose, p.content) for p in parts)]
    refs = persons_keep(kept, organisation_id=organisation_id)
    own = [str(ref) for ref in refs[len(also) :]]
    return with_references(answers, parts, own, marker), refs[: len(also)]


def answers_reseal(
    mapping: FormMapping,
    new: Answers,
    before: Answers,
    *,
    by: Actor,
    organisation_id: int,
    subject: str,
    why: str,
) -> Answers:
    """Seal a correction: of a bundle that changed, all answers go into one new row together.

    What cannot be opened (erased, or not for `by` to see) keeps its reference as it is.
    """
    touched = [b for b in bundles_of(mapping) if not b.is_alone and is_touched(b, new, before)]
    asked = [q for b in touched for q in b.questions if is_reference(new.values.get(q.key))]
    refs = {new.values[q.key]["person"] for q in asked}
    read = persons_read(refs, by=by, why=why) if refs else {}
    values, points = dict(new.values), dict(new.points)
    for question in asked:
        answer = opened(values[question.key], read)
        if answer is None or question.key in points:
            continue
        if question.kind == "point" and isinstance(answer, list):
            del values[question.key]
            points[question.key] = answer
        else:
            values[question.key] = answer
    merged = replace(new, values=values, points=points)
    return answers_seal(mapping, merged, organisation_id=organisation_id, subject=subject)[0]
