"""The explicit, exhaustive table of projectors: every kind of record the register holds."""

from __future__ import annotations

from datlanh.education.projection import RISK_EDUCATION
from datlanh.hazards.projection import (
    AREA,
    CLEARANCE_PROGRESS,
    EOD_TASK,
    LAND_RELEASE,
    SURVEY_TASK,
)
from datlanh.people.projection import ACCIDENT, ASSISTANCE, VICTIM
from datlanh.register.projection import Projector

PROJECTORS: dict[str, Projector] = {
    p.kind: p
    for p in (
        AREA,
        LAND_RELEASE,
        SURVEY_TASK,
        EOD_TASK,
        CLEARANCE_PROGRESS,
        ACCIDENT,
        VICTIM,
        ASSISTANCE,
        RISK_EDUCATION,
    )
}
