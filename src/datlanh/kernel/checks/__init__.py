"""The check rules of the province, one book for server, browser page and command line."""

from __future__ import annotations

from datlanh.kernel.checks import areas, dates, evidence, form, ids, ordnance, places, polygons
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
    # How far outside the province's outline a point still counts as inside; used by the
    # `Facts` that answers `in_province`.
    # The reference point or benchmark stands a short way outside the boundary.
    "reference_distance_m": 1000.0,
}

__all__ = ["DEFAULT_SETTINGS", "RULES"]
