"""How folded attributes become the typed rows of risk education."""

from __future__ import annotations

from datlanh.education.models import OF_WHICH, TURNS, RiskEducation
from datlanh.register.listing.columns import Column
from datlanh.register.typed import ColumnProjector

COLUMNS = (
    Column("start_date", "day"),
    Column("end_date", "day"),
    Column("campaign_level", "key"),
    Column("activity_types", "keys"),
    Column("target_population", "keys"),
    *(Column(f"participants_{who}", "count") for who in (*TURNS, *OF_WHICH)),
    Column("first_time_participants", "count"),
    Column("informants_total", "count"),
)

RISK_EDUCATION = ColumnProjector("risk_education", RiskEducation, COLUMNS)
