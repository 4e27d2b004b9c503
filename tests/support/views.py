"""Reports without fault, as rules see them, for tests to spoil one answer at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from shapely.geometry import Point, Polygon, box

from datlanh.kernel.checks.expected import FORMS
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.rules import ReportView

Rows = dict[str, list[Mapping[str, Any]]]

FIELD = box(107.200, 16.700, 107.205, 16.705)  # some 29 ha, in the eastern commune
POCKET = box(107.201, 16.701, 107.202, 16.702)
MIDDLE = Point(107.2025, 16.7025)


def cha(**changes: Any) -> ReportView:
    """A confirmed hazardous area; see `spoiled` for what changes may name."""
    answers = {
        "cha_id": "HAZ-409-600001",
        "identification_date": dt.date(2026, 10, 1),
        "assessment_date": dt.date(2026, 10, 5),
        "operations_manager_date": dt.date(2026, 10, 6),
        "information_manager_date": dt.date(2026, 10, 7),
        "status": "open",
        "organisation": "npa",
        "survey_organisation": "npa",
        "survey_method": "method_v3",
        "land_use": "agricultural",
        "commune": "19002",
        "village": "Thôn Bãi",
        "area_size": round(area_m2(FIELD)),
        "accessibility_percentage": 100,
    }
    rows: Rows = {
        "evidence_points": [
            {"point_id": "EV001", "evidence_kind": "direct", "position": MIDDLE},
        ],
        "found_items": [
            {"quantity": 3, "model": "blu_26", "depth": 5.0, "geolink": "EV001"},
        ],
    }
    base = ReportView(
        form="cha",
        report_id="FR-HAZ-409-600001",
        record_id="HAZ-409-600001",
        organisation="npa",
        answers=answers,
        points={"coordinates": Point(107.2, 16.7)},
        polygons={"polygon_points": [FIELD]},
        rows=rows,
        date_of_information=dt.date(2026, 10, 7),
        received_on=dt.date(2026, 10, 8),
    )
    return spoiled(base, **changes)


def release(**changes: Any) -> ReportView:
    """A completed land release with one uncleared pocket."""
    answers = {
        "lr_id": "HR-CLC-409-600007",
        "start_date": dt.date(2026, 9, 1),
        "end_date": dt.date(2026, 10, 1),
        "operations_manager_date": dt.date(2026, 10, 2),
        "reported_by_date": dt.date(2026, 10, 2),
        "release_type": "post_clearance",
        "status": "completed",
        "reporting_organisation": "npa",
        "reporting_team": "bac_1",
        "method": ["battle_area_clearance"],
        "clearance_depth": 30.0,
        "commune": "19002",
        "village": "Thôn Bãi",
        "cleared_area": round(area_m2(FIELD) - area_m2(POCKET)),
        "uncleared_area": round(area_m2(POCKET)),
        "release_completion": 100,
    }
    rows: Rows = {
        "evidence_points": [],
        "found_items": [
            {"quantity": 1, "model": "blu_26", "depth": 12.0, "position": MIDDLE},
        ],
        "uncleared_pockets": [{"pocket_outline": [POCKET]}],
    }
    base = ReportView(
        form="land_release",
        report_id="FR-HR-CLC-409-600007",
        record_id="HR-CLC-409-600007",
        organisation="npa",
        answers=answers,
        points={"coordinates": Point(107.2, 16.7)},
        polygons={"polygon_points": [FIELD]},
        rows=rows,
        date_of_information=dt.date(2026, 10, 1),
        received_on=dt.date(2026, 10, 3),
    )
    return spoiled(base, **changes)


def accident(**changes: Any) -> ReportView:
    """An accident with two victims, surveyed the day after."""
    answers = {
        "accident_id": "INC-409-600003",
        "reporting_organisation": "npa",
        "survey_date": dt.date(2026, 10, 2),
        "accident_date": dt.date(2026, 10, 1),
        "verification_date": dt.date(2026, 10, 3),
        "commune": "19002",
        "village": "Thôn Bãi",
        "accident_area_type": "rice_field",
        "accident_activity_type": "agriculture",
        "impact": ["human"],
        "persons_involved": 2,
        "ordnance_identified": "yes",
    }
    rows: Rows = {
        "ordnance_types": [{"category": "cluster_munition", "model": "blu_26"}],
        "victim_list": [
            {"victim_id": "VIC-409-600003-01", "killed_or_injured": "killed"},
            {"victim_id": "VIC-409-600003-02", "killed_or_injured": "injured"},
        ],
    }
    base = _base("accident", answers, rows)
    return spoiled(base, **changes)


def victim(**changes: Any) -> ReportView:
    """A victim who survived; what is personal is sealed."""
    sealed = {"person": "7b7c0b1e-0000-4000-8000-000000000001"}
    answers = {
        "victim_id": "VIC-409-600003-02",
        "reporting_organisation": "npa",
        "verification_date": dt.date(2026, 10, 3),
        "commune": "19002",
        "village": "Thôn Bãi",
        "full_name": {**sealed, "field": "full_name"},
        "date_of_birth": {**sealed, "field": "date_of_birth"},
        "injuries": {**sealed, "field": "injuries"},
        "age_at_accident": 34,
        "gender": "male",
        "activity_at_time": "farming",
        "occupation_before": "farmer",
        "killed_or_injured": "injured",
        "still_alive": "alive",
    }
    return spoiled(_base("victim", answers, {}), **changes)


def assistance(**changes: Any) -> ReportView:
    """Money for a victim."""
    answers = {
        "assistance_id": "VA-409-600003-02-01",
        "reporting_organisation": "npa",
        "assistance_given_by": "npa",
        "assistance_date": dt.date(2026, 10, 10),
        "verification_date": dt.date(2026, 10, 11),
        "commune": "19002",
        "village": "Thôn Bãi",
        "assistance_type": "cash",
        "amount": 5_000_000,
        "currency": "vnd",
    }
    base = _base("victim_assistance", answers, {})
    return spoiled(base, **changes)


def education(**changes: Any) -> ReportView:
    """A session for pupils and their teachers."""
    answers = {
        "mre_id": "MRE-409-600004",
        "reporting_organisation": "npa",
        "start_date": dt.date(2026, 10, 5),
        "end_date": dt.date(2026, 10, 5),
        "verification_date": dt.date(2026, 10, 6),
        "commune": "19002",
        "village": "Thôn Bãi",
        "participants_men": 3,
        "participants_women": 6,
        "participants_boys": 41,
        "participants_girls": 38,
        "participants_ethnic": 12,
        "participants_pwd": 1,
        "first_time_participants": 80,
        "informants_total": 4,
        "target_population": ["primary_school", "teachers"],
        "campaign_level": "school",
        "activity_types": ["presentation"],
    }
    base = _base("eore", answers, {})
    return spoiled(base, **changes)


def survey(**changes: Any) -> ReportView:
    """A completed cluster munition survey of 40 boxes."""
    answers = {
        "cmrs_id": "TS-409-600005",
        "reporting_organisation": "npa",
        "reporting_team": "ts_1",
        "start_date": dt.date(2026, 9, 28),
        "end_date": dt.date(2026, 10, 2),
        "verification_date": dt.date(2026, 10, 4),
        "activity_type": "technical_survey",
        "status": "completed",
        "survey_method": "method_v3",
        "commune": "19002",
        "village": "Thôn Bãi",
        "survey_boxes": "TS-409-600005.zip",
        "surveyed_area_total": 100_000.0,
    }
    base = _base("cmrs", answers, _found())
    return spoiled(base, **changes)


def eod(**changes: Any) -> ReportView:
    """A closed spot task whose items were destroyed."""
    answers = {
        "eod_id": "HR-EOD-409-600006",
        "reporting_organisation": "npa",
        "tasking_date": dt.date(2026, 10, 5),
        "respond_date": dt.date(2026, 10, 6),
        "end_date": dt.date(2026, 10, 6),
        "disposal_date": dt.date(2026, 10, 7),
        "verification_date": dt.date(2026, 10, 8),
        "status": "closed",
        "information_source": "hotline",
        "land_use": "agricultural",
        "commune": "19002",
        "village": "Thôn Bãi",
        "responding_team": "eod_1",
        "cleared_area": 100.0,
    }
    base = _base("eod_spot", answers, _found())
    return spoiled(base, **changes)


def progress(**changes: Any) -> ReportView:
    """A month of a clearance."""
    answers = {
        "progress_id": "HR-CLP-409-600008",
        "clearance_id": "HR-CLC-409-600007",
        "cha_ids": "HAZ-409-600001",
        "reporting_organisation": "npa",
        "reporting_team": "bac_1",
        "start_date": dt.date(2026, 9, 1),
        "end_date": dt.date(2026, 9, 30),
        "verification_date": dt.date(2026, 10, 2),
        "commune": "19002",
        "village": "Thôn Bãi",
        "method": ["battle_area_clearance"],
        "clearance_depth": 30.0,
        "cleared_area": 60_000.0,
        "man_hours": 900.0,
    }
    return spoiled(_base("clearance_progress", answers, _found()), **changes)


def _found() -> Rows:
    return {
        "evidence_points": [],
        "found_items": [{"quantity": 2, "model": "blu_26", "depth": 5.0, "position": MIDDLE}],
    }


def _base(form: str, answers: dict[str, Any], rows: Rows) -> ReportView:
    expected = FORMS[form]
    record_id, point = answers[expected.id], expected.point
    on = answers[expected.dated_by]
    return ReportView(
        form=form,
        report_id=f"FR-{record_id}",
        record_id=record_id,
        organisation="npa",
        answers=answers,
        points={point: MIDDLE} if point and form != "victim" else {},
        rows=rows,
        date_of_information=on,
        received_on=on + dt.timedelta(days=2),
    )


ALL_FORMS = (
    accident,
    victim,
    assistance,
    education,
    cha,
    survey,
    eod,
    release,
    progress,
)


def spoiled(view: ReportView, **changes: Any) -> ReportView:
    """The report with other answers, or other fields of `ReportView`.

    `polygon=` one ring or Polygon, `polygons=` several, `point=` the reference point,
    `record_id=` sets the report id along; a name of a repeat sets its rows.
    """
    values = dict(vars(view))
    values["answers"], values["rows"] = dict(view.answers), dict(view.rows)
    for name, value in changes.items():
        match name:
            case "polygon":
                values["polygons"] = {"polygon_points": [Polygon(value)]}
            case "polygons":
                values["polygons"] = {"polygon_points": list(value)}
            case "point":
                values["points"] = {next(iter(view.points), "coordinates"): value}
            case "record_id":
                values |= {"record_id": value, "report_id": f"FR-{value}" if value else ""}
            case _ if name in values:
                values[name] = value
            case _ if name in view.rows:
                values["rows"][name] = value
            case _:
                values["answers"][name] = value
    return ReportView(**values)
