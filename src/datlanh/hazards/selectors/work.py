"""Surveys, EOD tasks and clearance in progress as lists and figures read them."""

from __future__ import annotations

from datlanh.hazards.models import ClearanceProgress, EodTask, SurveyTask
from datlanh.hazards.projection import EOD_COLUMNS, PROGRESS_COLUMNS, SURVEY_COLUMNS
from datlanh.register.listing import Found, Listing

ITEMS = Found(
    list="ordnance_items",
    attribute="category",
    table="hazards_ordnanceitem",
    column="category",
    quantity="quantity",
)

SURVEYS = Listing(
    kind="survey_task",
    model=SurveyTask,
    prefixes=("TS",),
    columns=SURVEY_COLUMNS,
    day="end_date",
    choices=("survey_method",),
    found=ITEMS,
)
# Whole days from the tasking to the first answer on the spot.
_RESPONSE = "case when x.respond_date >= x.tasking_date then x.respond_date - x.tasking_date end"
EOD_TASKS = Listing(
    kind="eod_task",
    model=EodTask,
    prefixes=("HR-EOD",),
    columns=EOD_COLUMNS,
    day="tasking_date",
    choices=("reported_status", "information_source", "disposal_priority", "land_use"),
    derived={"response_days": _RESPONSE},
    found=ITEMS,
)
PROGRESS = Listing(
    kind="clearance_progress",
    model=ClearanceProgress,
    prefixes=("HR-CLP",),
    columns=PROGRESS_COLUMNS,
    day="end_date",
    choices=("method",),
    found=ITEMS,
)
