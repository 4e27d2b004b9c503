"""The check rules of the province, one book for server, browser page and command line."""

from __future__ import annotations

from datlanh.kernel.checks import (
    areas,
    boxes,
    coherence,
    dates,
    drawings,
    duplicates,
    education,
    eod,
    evidence,
    families,
    form,
    ids,
    life,
    ordnance,
    people,
    places,
    polygons,
    progress,
    survey,
)
from datlanh.kernel.checks.nightly import NIGHTLY
from datlanh.kernel.checks.thresholds import DEFAULT_SETTINGS
from datlanh.kernel.rules import Rule, RuleBook

RULES = RuleBook(
    (
        *form.RULES,
        *ids.RULES,
        *dates.RULES,
        *places.RULES,
        *polygons.RULES,
        *drawings.RULES,
        *areas.RULES,
        *evidence.RULES,
        *ordnance.RULES,
        *families.RULES,
        *people.RULES,
        *education.RULES,
        *survey.RULES,
        *boxes.RULES,
        *eod.RULES,
        *progress.RULES,
        *duplicates.RULES,
        *coherence.RULES,
        *life.RULES,
    )
)


def rule_of(key: str) -> Rule:
    """A rule of reports, or of the nightly run. KeyError: there is none."""
    return RULES[key] if key in RULES else NIGHTLY[key]


__all__ = ["DEFAULT_SETTINGS", "NIGHTLY", "RULES", "rule_of"]
