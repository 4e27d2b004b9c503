"""The minimum data against the versions of the forms in force."""

from __future__ import annotations

from datlanh.intake.minimum_data import Part, held_against
from datlanh.intake.minimum_data_rows import TOPICS
from datlanh.intake.models import FormVersion
from datlanh.intake.selectors.forms import mapping_of


def minimum_data_now() -> list[Part]:
    """Every required datum, and what the forms that phones get today do for it."""
    current = FormVersion.objects.filter(retired_at=None).values_list("form", "pk")
    return held_against(TOPICS, {form: mapping_of(pk) for form, pk in current})
