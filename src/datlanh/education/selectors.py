"""Risk education as lists and figures read it."""

from __future__ import annotations

from datlanh.education.models import TURNS, RiskEducation
from datlanh.education.projection import COLUMNS
from datlanh.register.listing import Listing

# Turns where any of the counts is given: a session that says none has no turns, not 0.
_EACH = ", ".join(f"x.participants_{who}" for who in TURNS)
_SUM = " + ".join(f"coalesce(x.participants_{who}, 0)" for who in TURNS)
SESSIONS = Listing(
    kind="risk_education",
    model=RiskEducation,
    prefixes=("MRE", "HR-MRE"),
    columns=COLUMNS,
    day="end_date",
    choices=("campaign_level", "activity_types", "target_population"),
    derived={"turns": f"case when num_nonnulls({_EACH}) > 0 then {_SUM} end"},
)
