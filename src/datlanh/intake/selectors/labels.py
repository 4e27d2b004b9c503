"""What the keys of choices are called, as the forms in force say it."""

from __future__ import annotations

from datlanh.intake.models import FormVersion
from datlanh.intake.selectors.forms import mapping_of
from datlanh.kernel.mapping import Question
from datlanh.kernel.text import Text


def questions_now(form: str) -> tuple[Question, ...]:
    """The questions of the form in force, in its order, without those of lists."""
    current = FormVersion.objects.filter(form=form, retired_at=None).values_list("pk", flat=True)
    found = current.first()
    return mapping_of(found).questions if found is not None else ()


def choice_labels(form: str, attribute: str) -> dict[str, Text]:
    """Key → label of a question's choices (also of a question in a list), in the form's order."""
    current = FormVersion.objects.filter(form=form, retired_at=None).values_list("pk", flat=True)
    found = current.first()
    if found is None:
        return {}
    mapping = mapping_of(found)
    asked = [*mapping.questions, *(q for r in mapping.repeats for q in r.questions)]
    question = next((q for q in asked if q.attribute == attribute and q.choices), None)
    return {c.key: c.label for c in question.choices} if question else {}
