"""What the keys of choices are called, as the forms in force say it."""

from __future__ import annotations

from datlanh.intake.models import FormVersion
from datlanh.intake.selectors.forms import mapping_of
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import Text


def mapping_now(form: str) -> FormMapping | None:
    """The mapping of the form in force; None where none was published."""
    current = FormVersion.objects.filter(form=form, retired_at=None).values_list("pk", flat=True)
    found = current.first()
    return mapping_of(found) if found is not None else None


def choice_labels(form: str, attribute: str) -> dict[str, Text]:
    """Key → label of a question's choices (also of a question in a list), in the form's order."""
    mapping = mapping_now(form)
    return labels_in(mapping, attribute) if mapping else {}


def labels_in(mapping: FormMapping, attribute: str) -> dict[str, Text]:
    """The same, of a mapping at hand."""
    asked = [*mapping.questions, *(q for r in mapping.repeats for q in r.questions)]
    question = next((q for q in asked if q.attribute == attribute and q.choices), None)
    return {c.key: c.label for c in question.choices} if question else {}
