"""What each form must and should say, and which of its questions hold what every form has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Expected:
    """One form: its id, and what must and what should be answered.

    A report that updates a record may leave out what has not changed: an empty answer never
    erases. So `new` and `should` count only for a record the register does not know yet.
    """

    id: str
    prefixes: tuple[str, ...]
    must: tuple[str, ...]
    new: tuple[str, ...]
    should: tuple[str, ...]
    in_order: tuple[tuple[str, str], ...]  # (earlier, later), both may be the same day
    dated_by: str  # dates the report as a whole
    point: str = ""  # the form's main point
    team: str = ""  # who was there
    items: str = ""  # the repeat of items found


FORMS: Mapping[str, Expected] = {
    "accident": Expected(
        id="accident_id",
        prefixes=("INC",),
        must=("accident_id", "reporting_organisation", "commune", "survey_date"),
        new=("accident_date",),
        should=("accident_point", "accident_activity_type", "impact", "persons_involved"),
        in_order=(("accident_date", "survey_date"), ("survey_date", "verification_date")),
        dated_by="survey_date",
        point="accident_point",
    ),
    "victim": Expected(
        id="victim_id",
        prefixes=("VIC",),
        must=("victim_id", "reporting_organisation", "commune", "verification_date"),
        new=("killed_or_injured", "gender"),
        should=("full_name", "age_at_accident", "activity_at_time"),
        in_order=(("date_of_birth", "verification_date"),),
        dated_by="verification_date",
        point="address_point",
    ),
    "victim_assistance": Expected(
        id="assistance_id",
        prefixes=("VA",),
        must=("assistance_id", "reporting_organisation", "commune", "assistance_date"),
        new=("assistance_type",),
        should=("assistance_given_by",),
        in_order=(("assistance_date", "verification_date"),),
        dated_by="assistance_date",
        point="assistance_point",
    ),
    "eore": Expected(
        id="mre_id",
        prefixes=("MRE", "HR-MRE"),
        must=("mre_id", "reporting_organisation", "commune", "end_date"),
        new=("start_date",),
        should=("activity_types", "target_population", "campaign_level"),
        in_order=(("start_date", "end_date"), ("end_date", "verification_date")),
        dated_by="end_date",
        point="activity_point",
    ),
    "cha": Expected(
        id="cha_id",
        prefixes=("HAZ",),
        must=("cha_id", "organisation", "commune", "information_manager_date"),
        new=("identification_date", "status"),
        should=("survey_organisation", "area_size", "coordinates", "survey_method", "land_use"),
        in_order=(
            ("identification_date", "assessment_date"),
            ("identification_date", "operations_manager_date"),
            ("identification_date", "information_manager_date"),
            ("operations_manager_date", "information_manager_date"),
        ),
        dated_by="information_manager_date",
        point="coordinates",
        team="reporting_team",
        items="found_items",
    ),
    "cmrs": Expected(
        id="cmrs_id",
        prefixes=("TS",),
        must=("cmrs_id", "reporting_organisation", "commune", "end_date"),
        new=("start_date", "status", "survey_boxes"),
        should=("reporting_team", "survey_method", "surveyed_area_total", "survey_point"),
        in_order=(("start_date", "end_date"), ("end_date", "verification_date")),
        dated_by="end_date",
        point="survey_point",
        team="reporting_team",
        items="found_items",
    ),
    "eod_spot": Expected(
        id="eod_id",
        prefixes=("HR-EOD",),
        must=("eod_id", "reporting_organisation", "commune", "tasking_date"),
        new=("status",),
        should=("information_source", "land_use", "point_coordinates"),
        in_order=(
            ("tasking_date", "respond_date"),
            ("respond_date", "end_date"),
            ("respond_date", "disposal_date"),
            ("tasking_date", "disposal_date"),
        ),
        dated_by="tasking_date",
        point="point_coordinates",
        team="responding_team",
        items="found_items",
    ),
    "land_release": Expected(
        id="lr_id",
        prefixes=("HR-CLC", "HR-CLS"),
        must=("lr_id", "reporting_organisation", "commune", "end_date"),
        new=("start_date", "release_type", "status", "cleared_area"),
        should=("reporting_team", "method", "clearance_depth"),
        in_order=(
            ("start_date", "end_date"),
            ("end_date", "operations_manager_date"),
            ("end_date", "reported_by_date"),
        ),
        dated_by="end_date",
        point="coordinates",
        team="reporting_team",
        items="found_items",
    ),
    "clearance_progress": Expected(
        id="progress_id",
        prefixes=("HR-CLP",),
        must=("progress_id", "reporting_organisation", "commune", "end_date"),
        new=("start_date", "cleared_area"),
        should=("cha_ids", "clearance_id", "reporting_team", "method", "clearance_depth"),
        in_order=(("start_date", "end_date"), ("end_date", "verification_date")),
        dated_by="end_date",
        team="reporting_team",
        items="found_items",
    ),
}
