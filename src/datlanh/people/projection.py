"""How folded attributes become the typed rows of accidents, victims and assistance."""

from __future__ import annotations

from typing import Any

from django.db import models

from datlanh.people.models import (
    FATES,
    OLDEST,
    SEXES,
    Accident,
    AccidentOrdnance,
    Assistance,
    Victim,
)
from datlanh.register.listing.columns import LONGEST, Column
from datlanh.register.projection import Current
from datlanh.register.typed import ColumnProjector, row_of

ORDNANCE = "ordnance_types"  # the register's list

ACCIDENT_COLUMNS = (
    Column("survey_date", "day"),
    Column("accident_date", "day"),
    Column("accident_area_type", "key"),
    Column("accident_activity_type", "key"),
    Column("impact", "keys"),
    Column("site_marked_dangerous", "key"),
    Column("ordnance_identified", "key"),
    Column("persons_involved", "count"),
)
VICTIM_COLUMNS = (
    Column("gender", "key", among=SEXES),
    Column("age_at_accident", "count", largest=OLDEST),
    Column("ethnicity", "key"),
    Column("education", "key"),
    Column("occupation_before", "key"),
    Column("activity_at_time", "key"),
    Column("killed_or_injured", "key", among=FATES),
    Column("verification_date", "day"),
)
ASSISTANCE_COLUMNS = (
    Column("assistance_date", "day"),
    Column("assistance_type", "key"),
    Column("assistance_given_by", "key"),
    Column("amount", "count", largest=10**15),
    Column("currency", "key"),
    Column("local_partners", "keys"),
)


class AccidentProjector(ColumnProjector):
    """Accidents, with the types of ordnance that caused them."""

    child_models = (AccidentOrdnance,)

    def children(self, current: Current) -> dict[type[models.Model], list[dict[str, Any]]]:
        """The types of ordnance."""
        return {
            AccidentOrdnance: [
                {
                    **row_of(r),
                    "category": _said(r.values.get("category")) or "unknown",
                    "sub_category": _said(r.values.get("sub_category")),
                    "model": _said(r.values.get("model")) or _said(r.values.get("model_other")),
                }
                for r in current.lists.get(ORDNANCE, ())
            ]
        }


def _said(value: Any) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""


ACCIDENT = AccidentProjector("accident", Accident, ACCIDENT_COLUMNS)
VICTIM = ColumnProjector("victim", Victim, VICTIM_COLUMNS)
ASSISTANCE = ColumnProjector("victim_assistance", Assistance, ASSISTANCE_COLUMNS)
