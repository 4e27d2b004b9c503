"""Accidents, victims and assistance as lists and figures read them."""

from __future__ import annotations

from datlanh.people.models import Accident, Assistance, Victim
from datlanh.people.projection import (
    ACCIDENT_COLUMNS,
    ASSISTANCE_COLUMNS,
    ORDNANCE,
    VICTIM_COLUMNS,
)
from datlanh.register.listing import Found, Listing

AGE_GROUPS = ("child", "adult", "unknown")  # under 18, 18 and over

ACCIDENTS = Listing(
    kind="accident",
    model=Accident,
    prefixes=("INC",),
    columns=ACCIDENT_COLUMNS,
    day="accident_date",
    choices=("accident_activity_type", "accident_area_type"),
    found=Found(
        list=ORDNANCE,
        attribute="category",
        table="people_accidentordnance",
        column="category",
    ),
)
_AGE_GROUP = (
    "case when x.age_at_accident < 18 then 'child' "
    "when x.age_at_accident >= 18 then 'adult' else 'unknown' end"
)
# A victim's id holds the accident's number, an assistance's the victim's (SOP 2021, App. 01 §1).
_ACCIDENT = "'INC-' || substr(x.local_id, 5, 10)"
_VICTIM = "'VIC-' || substr(x.local_id, 4, 13)"
VICTIMS = Listing(
    kind="victim",
    model=Victim,
    prefixes=("VIC",),
    columns=VICTIM_COLUMNS,
    day="verification_date",
    choices=("killed_or_injured", "gender", "age_group", "activity_at_time", "occupation_before"),
    derived={"age_group": _AGE_GROUP, "accident": _ACCIDENT},
)
ASSISTANCES = Listing(
    kind="victim_assistance",
    model=Assistance,
    prefixes=("VA",),
    columns=ASSISTANCE_COLUMNS,
    day="assistance_date",
    choices=("assistance_type",),
    derived={"victim": _VICTIM},
)
