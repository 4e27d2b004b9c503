"""Reports of accidents, victims, assistance, education, surveys, EOD tasks and progress.

report = received(accident(1), by=cast["renew.hientruong"])
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from datlanh.kernel import clock
from datlanh.kernel.mapping import Answers
from support.reports import Draft, commune_of, field_of

LEADER, OFFICER = "Trần Văn Mẫu", "Phạm Thị Thử"


def day(days_ago: int) -> str:
    """That many days before today."""
    return (clock.today() - dt.timedelta(days=days_ago)).isoformat()


def piece(quantity: int, category: str, number: int = 1, **more: Any) -> dict[str, Any]:
    """Ordnance found in the `number`th field."""
    at = field_of(number).centroid
    values = {"quantity": quantity, "category": category, "depth": 10.0, **more}
    return {
        "values": values,
        "points": {"position": [round(at.x, 6), round(at.y, 6)]},
        "polygons": {},
    }


def _draft(
    form: str,
    number: int,
    values: Mapping[str, Any],
    point: str = "",
    rows: Mapping[str, Any] | None = None,
    **own: Any,
) -> Draft:
    field = field_of(number)
    said = {
        "reporting_organisation": "npa_renew",
        "commune": commune_of(field),
        "village": "Thôn Mẫu",
        "verification_full_name": OFFICER,
        **values,
    }
    at = field.centroid
    answers = Answers(
        values=said,
        points={point: [round(at.x, 6), round(at.y, 6)]} if point else {},
        rows=dict(rows or {}),
    )
    return Draft(form, answers).but(**own)


def accident(number: int = 1, *, days_ago: int = 5, first: int = 600000, **own: Any) -> Draft:
    """An accident surveyed the day after it happened (form 1)."""
    values = {
        "accident_id": f"INC-409-{first + number:06d}",
        "survey_date": day(days_ago),
        "surveyor": LEADER,
        "accident_date": day(days_ago + 1),
        "accident_area_type": "forest",
        "accident_activity_type": "agriculture",
        "impact": ["human"],
        "persons_involved": 2,
        "ordnance_identified": "yes",
        "verification_date": day(days_ago),
    }
    rows = {
        "ordnance_types": [
            {"values": {"category": "cluster_munition"}, "points": {}, "polygons": {}}
        ]
    }
    return _draft("accident", number, values, "accident_point", rows, **own)


def victim(
    number: int = 1, of: int = 1, *, days_ago: int = 4, first: int = 600000, **own: Any
) -> Draft:
    """The `of`th victim of the `number`th accident (form 2)."""
    values = {
        "victim_id": f"VIC-409-{first + number:06d}-{of:02d}",
        "full_name": "Hồ Văn Thử",
        "age_at_accident": 34,
        "gender": "male",
        "ethnicity": "bru_van_kieu",
        "education": "primary_school",
        "occupation_before": "farmer",
        "activity_at_time": "farming",
        "killed_or_injured": "injured",
        "verification_date": day(days_ago),
    }
    return _draft("victim", number, values, **own)


def assistance(
    number: int = 1,
    of: int = 1,
    time: int = 1,
    *,
    days_ago: int = 3,
    first: int = 600000,
    **own: Any,
) -> Draft:
    """Help given for the `time`th time to a victim (form 3)."""
    values = {
        "assistance_id": f"VA-409-{first + number:06d}-{of:02d}-{time:02d}",
        "assistance_given_by": "npa_renew",
        "assistance_date": day(days_ago),
        "assistance_type": "cash",
        "amount": 5_000_000,
        "currency": "vnd",
        "verification_date": day(days_ago),
    }
    return _draft("victim_assistance", number, values, **own)


def education(number: int = 1, *, days_ago: int = 3, first: int = 600000, **own: Any) -> Draft:
    """A session in a village (form 4)."""
    values = {
        "mre_id": f"MRE-409-{first + number:06d}",
        "start_date": day(days_ago),
        "end_date": day(days_ago),
        "participants_men": 12,
        "participants_women": 15,
        "participants_boys": 8,
        "participants_girls": 9,
        "participants_under_6": 1,
        "participants_ethnic": 30,
        "participants_pwd": 2,
        "first_time_participants": 20,
        "campaign_level": "village",
        "activity_types": ["meetings", "presentation"],
        "target_population": ["farmer"],
        "verification_date": day(days_ago),
    }
    return _draft("eore", number, values, "activity_point", **own)


def survey(number: int = 1, *, days_ago: int = 3, first: int = 600000, **own: Any) -> Draft:
    """A cluster munition remnants survey (form 6)."""
    values = {
        "cmrs_id": f"TS-409-{first + number:06d}",
        "internal_id": f"CMRS-{number:04d}",
        "reporting_team": "TS 2",
        "team_leader": LEADER,
        "start_date": day(days_ago + 6),
        "end_date": day(days_ago),
        "activity_type": "technical_survey",
        "status": "completed",
        "survey_method": "method_v5",
        "surveyed_area_total": 40000,
        "survey_boxes": "boxes.zip",
        "verification_date": day(days_ago),
    }
    rows = {"found_items": [piece(3, "cluster_munition", number)]}
    return _draft("cmrs", number, values, "survey_point", rows, **own)


def eod(number: int = 1, *, days_ago: int = 9, first: int = 600000, **own: Any) -> Draft:
    """An EOD spot task answered two days after the tasking, destroyed on the spot (form 7)."""
    values = {
        "eod_id": f"HR-EOD-409-{first + number:06d}",
        "internal_id": f"EOD-{number:04d}",
        "tasking_date": day(days_ago),
        "activity_type": "eod",
        "status": "closed",
        "information_source": "hotline",
        "reporting_team": "EOD 1",
        "reporting_team_leader": LEADER,
        "land_use": "agricultural",
        "disposal_priority": "high",
        "informant_name": "Lê Thị Ví Dụ",
        "respond_date": day(days_ago - 2),
        "end_date": day(days_ago - 2),
        "disposal_date": day(days_ago - 2),
        "responding_team": "EOD 1",
        "disposal_team": "EOD 1",
        "cleared_area": 25,
        "verification_date": day(days_ago - 2),
    }
    rows = {"found_items": [piece(1, "mortar", number), piece(40, "small_arms", number)]}
    return _draft("eod_spot", number, values, "point_coordinates", rows, **own)


def progress(number: int = 1, *, days_ago: int = 3, first: int = 600000, **own: Any) -> Draft:
    """What a team cleared in some weeks."""
    values = {
        "progress_id": f"HR-CLP-409-{first + number:06d}",
        "internal_id": f"BAC-{number:04d}",
        "clearance_id": f"HR-CLC-409-{first + number:06d}",
        "cha_ids": f"HAZ-409-{first + number:06d}",
        "reporting_team": "BAC 3",
        "team_leader": LEADER,
        "start_date": day(days_ago + 20),
        "end_date": day(days_ago),
        "method": ["battle_area_clearance"],
        "clearance_depth": 30,
        "cleared_area": 12000,
        "man_hours": 640,
        "verification_date": day(days_ago),
    }
    rows = {"found_items": [piece(5, "cluster_munition", number)]}
    return _draft("clearance_progress", number, values, rows=rows, **own)


Make = Callable[..., Draft]
MAKERS: dict[str, Make] = {
    "accident": accident,
    "victim": victim,
    "victim_assistance": assistance,
    "risk_education": education,
    "survey_task": survey,
    "eod_task": eod,
    "clearance_progress": progress,
}
FILES = {"survey_task": {"boxes.zip": b"PK\x03\x04" + b"\x00" * 40}}
