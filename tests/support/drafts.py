"""Reports on people, risk education, survey, EOD and progress, without fault, as phones send them.

`number` moves id and ground, `first` is where the organisation's range begins. All names are
invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from datlanh.kernel import clock
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.mapping import Answers
from support.reports import Draft, commune_of, field_of

RENEW = 600000
BOMBLET = {
    "quantity": 2,
    "category": "cluster_munition",
    "sub_category": "submunition",
    "model": "blu_26",
}


def accident(
    number: int = 1,
    *,
    organisation: str = "npa_renew",
    first: int = RENEW,
    days_ago: int = 5,
    **values: Any,
) -> Draft:
    """An accident with two victims, one of them killed (form 1)."""
    answers = Answers(
        values={
            "accident_id": f"INC-409-{first + number:06d}",
            "managing_organisation": "qtmac",
            "survey_date": before(days_ago),
            "reporting_organisation": organisation,
            "surveyor": "Hồ Văn Mẫu",
            "surveyor_position": "Cán bộ hỗ trợ nạn nhân",
            "surveyor_phone": "0900000011",
            "accident_date": before(days_ago + 2),
            **place(number),
            "reference_point_description": "Cách trường học 200 m về phía tây",
            "accident_area_type": "rice_field",
            "accident_activity_type": "agriculture",
            "site_marked_dangerous": "no",
            "impact": ["human", "animal"],
            "persons_involved": 2,
            "site_checked_after": "yes",
            "site_cleared_before": "no",
            "ordnance_identified": "yes",
            "verification_date": before(days_ago - 1),
            "verification_full_name": "Lê Thị Ví Dụ",
        },
        points={"accident_point": at(number)},
        rows={
            "ordnance_types": [row({k: v for k, v in BOMBLET.items() if k != "quantity"})],
            "victim_list": [
                row({"victim_id": f"VIC-409-{first + number:06d}-01", "killed_or_injured": how})
                for how in ("killed", "injured")
            ],
        },
    )
    answers.rows["victim_list"][1]["values"]["victim_id"] = f"VIC-409-{first + number:06d}-02"
    return Draft("accident", answers).but(**values)


def victim(
    number: int = 1,
    person: int = 2,
    *,
    organisation: str = "npa_renew",
    first: int = RENEW,
    days_ago: int = 4,
    **values: Any,
) -> Draft:
    """One victim of the `number`th accident (form 2), injured unless said otherwise."""
    answers = Answers(
        values={
            "managing_organisation": "qtmac",
            "reporting_organisation": organisation,
            **place(number),
            "victim_id": f"VIC-409-{first + number:06d}-{person:02d}",
            "full_name": "Hồ Thị Thử",
            "date_of_birth": "1991-03-08",
            "age_at_accident": 35,
            "family_members": 5,
            "gender": "female",
            "marital_status": "married",
            "ethnicity": "bru_van_kieu",
            "education": "primary_school",
            "economic_state_before": "near_poor",
            "occupation_before": "farmer",
            "address_province": "Quảng Trị",
            "address_commune": commune_of(field_of(number)),
            "address_village": "Thôn Mẫu",
            "address_line": "Nhà số 7",
            "contact_person": "Hồ Văn Ví Dụ",
            "contact_phone": "0900000022",
            "activity_at_time": "farming",
            "killed_or_injured": "injured",
            "loss_amputation_left": ["foot_toes"],
            "injuries": ["hearing_impact", "burns"],
            "injuries_comment": "Mảnh ở chân trái",
            "area_entry_frequency": "daily",
            "saw_ordnance": "no",
            "received_risk_education": "yes",
            "aware_area_dangerous": "yes",
            "reason_entered": "economic_necessity",
            "still_alive": "alive",
            "current_occupation": "unemployed",
            "economic_state_after": "poor",
            "family_received_assistance": "no",
            "needs_assessment": "Cần chân giả và sinh kế",
            "consent_given_by": "victim",
            "consent_authorities": "yes",
            "consent_ngos": "no",
            "consent_purposes": ["assistance", "referral"],
            "verification_date": before(days_ago),
            "verification_full_name": "Lê Thị Ví Dụ",
        },
        points={"address_point": at(number)},
    )
    return Draft("victim", answers).but(**values)


def assistance(
    number: int = 1,
    person: int = 2,
    time: int = 1,
    *,
    organisation: str = "npa_renew",
    first: int = RENEW,
    days_ago: int = 3,
    **values: Any,
) -> Draft:
    """The `time`th assistance to one victim (form 3)."""
    answers = Answers(
        values={
            "assistance_id": f"VA-409-{first + number:06d}-{person:02d}-{time:02d}",
            "managing_organisation": "qtmac",
            "assistance_given_by": organisation,
            "reporting_organisation": organisation,
            "assistance_date": before(days_ago),
            "assistance_type": "rehabilitation",
            "amount": 12_000_000,
            "currency": "vnd",
            **place(number),
            "local_partners": ["commune_health_center"],
            "notes": "Tập đi ba tháng",
            "verification_date": before(days_ago),
            "verification_full_name": "Lê Thị Ví Dụ",
        },
        points={"assistance_point": at(number)},
    )
    return Draft("victim_assistance", answers).but(**values)


def education(
    number: int = 1,
    *,
    organisation: str = "npa_renew",
    first: int = RENEW,
    days_ago: int = 3,
    **values: Any,
) -> Draft:
    """A risk education activity at a school (form 4)."""
    answers = Answers(
        values={
            "mre_id": f"MRE-409-{first + number:06d}",
            "managing_organisation": "qtmac",
            "reporting_organisation": organisation,
            "local_partner": "Trường Tiểu học Mẫu",
            "start_date": before(days_ago + 1),
            "end_date": before(days_ago),
            **place(number),
            "participants_men": 4,
            "participants_women": 11,
            "participants_boys": 63,
            "participants_girls": 58,
            "participants_ethnic": 70,
            "participants_pwd": 2,
            "first_time_participants": 90,
            "informants_total": 3,
            "target_population": ["primary_school", "teachers"],
            "campaign_level": "school",
            "activity_types": ["presentation", "leaflets_images_comics"],
            "verification_date": before(days_ago),
            "verification_full_name": "Lê Thị Ví Dụ",
            "verification_position": "Quản lý chương trình",
        },
        points={"activity_point": at(number)},
    )
    return Draft("eore", answers).but(**values)


def survey_task(
    number: int = 1,
    *,
    organisation: str = "npa_renew",
    first: int = RENEW,
    days_ago: int = 3,
    **values: Any,
) -> Draft:
    """A completed cluster munition survey (form 6)."""
    answers = Answers(
        values={
            "cmrs_id": f"TS-409-{first + number:06d}",
            "internal_id": f"TS{number:04d}",
            "managing_organisation": organisation,
            "reporting_organisation": organisation,
            "reporting_team": "TS 2",
            "team_leader": "Trần Văn Mẫu",
            "start_date": before(days_ago + 20),
            "end_date": before(days_ago),
            "activity_type": "technical_survey",
            "status": "completed",
            "survey_method": "method_v5",
            **place(number),
            "survey_boxes": f"TS-409-{first + number:06d}.zip",
            "surveyed_area_total": 250_000,
            "verification_date": before(days_ago),
            "verification_full_name": "Lê Thị Ví Dụ",
        },
        points={"survey_point": at(number)},
        rows={"found_items": [item(number, depth=5.0, disposal="destroyed_in_situ")]},
    )
    return Draft("cmrs", answers).but(**values)


def eod_task(
    number: int = 1,
    *,
    organisation: str = "npa_renew",
    first: int = RENEW,
    days_ago: int = 3,
    **values: Any,
) -> Draft:
    """An EOD spot task from call to disposal (form 7); sections B and C a day later each."""
    answers = Answers(
        values={
            "eod_id": f"HR-EOD-409-{first + number:06d}",
            "internal_id": f"EOD-{number:04d}",
            "managing_organisation": "qtmac",
            "reporting_organisation": organisation,
            "tasking_date": before(days_ago + 2),
            "activity_type": "eod",
            "status": "closed",
            "information_source": "hotline",
            "land_use": "agricultural",
            "beneficiaries": "individual",
            "disposal_priority": "high",
            "informant_name": "Hồ Văn Mẫu",
            "informant_age": 52,
            "informant_phone": "0900000033",
            "informant_address": "Nhà số 7, Thôn Mẫu",
            "informant_gender": "male",
            **place(number),
            "informant_saw_item": "yes",
            "item_visible_now": "yes",
            "item_description": "Một quả, gỉ, dài chừng 50 cm",
            "responding_organisation": organisation,
            "responding_team": "EOD 1",
            "responding_team_leader": "Trần Văn Mẫu",
            "respond_date": before(days_ago + 1),
            "end_date": before(days_ago),
            "disposal_team": "EOD 1",
            "disposal_team_leader": "Trần Văn Mẫu",
            "disposal_date": before(days_ago),
            "verification_date": before(days_ago),
            "verification_full_name": "Lê Thị Ví Dụ",
        },
        points={"point_coordinates": at(number), "disposal_place": at(number)},
        rows={"found_items": [item(number, quantity=1, disposal="moved_and_destroyed")]},
    )
    return Draft("eod_spot", answers).but(**values)


def progress(
    number: int = 1,
    *,
    organisation: str = "npa_renew",
    first: int = RENEW,
    days_ago: int = 3,
    **values: Any,
) -> Draft:
    """A month of clearance on the ground of the `number`th area."""
    answers = Answers(
        values={
            "progress_id": f"HR-CLP-409-{first + number:06d}",
            "internal_id": f"BAC-{number:04d}",
            "clearance_id": f"HR-CLC-409-{first + number:06d}",
            "cha_ids": f"HAZ-409-{first + number:06d}",
            "managing_organisation": organisation,
            "reporting_organisation": organisation,
            "reporting_team": "BAC 3",
            "team_leader": "Trần Văn Mẫu",
            "start_date": before(days_ago + 29),
            "end_date": before(days_ago),
            **place(number),
            "method": ["battle_area_clearance"],
            "clearance_depth": 30.0,
            "cleared_area": round(area_m2(field_of(number)) / 3),
            "man_hours": 960.0,
            "verification_date": before(days_ago),
            "verification_full_name": "Lê Thị Ví Dụ",
        },
        rows={"found_items": [item(number, depth=12.0, disposal="destroyed_in_situ")]},
    )
    return Draft("clearance_progress", answers).but(**values)


# Every form that came after areas and releases, by its form id.
MAKERS: dict[str, Callable[..., Draft]] = {
    "accident": accident,
    "victim": victim,
    "victim_assistance": assistance,
    "eore": education,
    "cmrs": survey_task,
    "eod_spot": eod_task,
    "clearance_progress": progress,
}


def before(days: int) -> str:
    """The date so many days ago."""
    return (clock.today() - dt.timedelta(days=days)).isoformat()


def place(number: int) -> dict[str, str]:
    """Commune and village of the `number`th ground."""
    return {"commune": commune_of(field_of(number)), "village": "Thôn Mẫu"}


def at(number: int) -> list[float]:
    """The middle of the `number`th ground, longitude and latitude."""
    middle = field_of(number).centroid
    return [round(middle.x, 6), round(middle.y, 6)]


def row(values: dict[str, Any], position: list[float] | None = None) -> dict[str, Any]:
    """A row of a repeat."""
    return {
        "values": values,
        "points": {"position": position} if position else {},
        "polygons": {},
    }


def item(number: int, **values: Any) -> dict[str, Any]:
    """Items found in the middle of the `number`th ground."""
    return row(BOMBLET | values, at(number))
