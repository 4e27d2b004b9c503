"""The check rules of the province, one book for server, browser page and command line."""

from __future__ import annotations

from datlanh.kernel.checks import (
    areas,
    coherence,
    dates,
    duplicates,
    education,
    eod,
    evidence,
    families,
    form,
    ids,
    ordnance,
    people,
    places,
    polygons,
    progress,
    survey,
)
from datlanh.kernel.rules import RuleBook

RULES = RuleBook(
    (
        *form.RULES,
        *ids.RULES,
        *dates.RULES,
        *places.RULES,
        *polygons.RULES,
        *areas.RULES,
        *evidence.RULES,
        *ordnance.RULES,
        *families.RULES,
        *people.RULES,
        *education.RULES,
        *survey.RULES,
        *eod.RULES,
        *progress.RULES,
        *duplicates.RULES,
        *coherence.RULES,
    )
)

# Thresholds by name; the database unit may change each. Units stand in the name, shares are
# parts of 1.
DEFAULT_SETTINGS: dict[str, float] = {
    # Reported against measured area: from here a person looks, from there it goes back.
    "area_warn": 0.05,
    "area_block": 0.20,
    # Coordinates are written dd.ddddd: half a step is 0.55 m, so an area is uncertain by about
    # this much per metre of boundary.
    "area_tolerance_per_perimeter_m": 0.6,
    # Half a step of dd.ddddd in both directions: nearer than this is on the edge.
    "inside_tolerance_m": 0.8,
    # A ruler in the ground is read to some 5 cm.
    "item_depth_tolerance_cm": 5.0,
    # GICHD geocheck: parts of one polygon overlapping by more than 0.9 %.
    "part_overlap": 0.009,
    # GICHD geocheck: consecutive points farther apart than 5,000 m.
    "point_gap_m": 5000.0,
    # The reference point or benchmark stands a short way outside the boundary.
    "reference_distance_m": 1000.0,
    # An item deeper than this was typed in another unit: deep bombs are found at some 5 m.
    "item_depth_cm": 1000.0,
    # Caches of 100–495 items occur in one call of the province.
    "item_quantity_many": 500.0,
    # Around the spot of an EOD task.
    "item_distance_m": 200.0,
    "disposal_distance_m": 50000.0,
    "eod_respond_days": 14.0,
    "eod_cleared_m2": 10000.0,
    "accident_survey_days": 60.0,
    # One act of help in Vietnamese dong: less was written in thousands, more in another currency.
    "assistance_vnd_low": 10000.0,
    "assistance_vnd_high": 500_000_000.0,
    "education_participants_many": 500.0,
    "education_household_many": 30.0,
    "education_days_many": 31.0,
    # Survey boxes are 50 m × 50 m; a team searches 4–10 a day, and several teams work together.
    "survey_m2": 10_000_000.0,
    "survey_boxes_per_day": 60.0,
    # Two teams clear some 73,000 m² a month.
    "progress_month_m2": 500_000.0,
    # All progress against the completion, as a share of the larger.
    "progress_sum": 0.05,
    "release_days": 730.0,
    # The operators agreed on areas of up to several hundred hectares.
    "cha_limit_m2": 5_000_000.0,
    # Share of a release that lies under an older one.
    "cleared_again": 0.05,
    # Two reports of a day this near to each other speak of one place.
    "duplicate_distance_m": 30.0,
}

__all__ = ["DEFAULT_SETTINGS", "RULES"]
