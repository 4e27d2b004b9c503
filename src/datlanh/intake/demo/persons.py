"""Forms 1 to 3 filled in. Names are drawn, telephones cannot be dialled: nobody is meant."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any

from datlanh.intake.demo import people
from datlanh.intake.demo.answers import Draft
from datlanh.intake.demo.book import Book
from datlanh.intake.demo.ground import Spot
from datlanh.kernel.ids import RecordId
from datlanh.kernel.mapping import Answers

ADULT = 18


@dataclass(frozen=True)
class Person:
    """Somebody hurt, as far as figures need it. `consent`: given by, to authorities, to NGOs."""

    gender: str
    age: int
    fate: str
    activity: str
    occupation: str
    consent: tuple[str, str, str] = ("victim", "yes", "yes")
    ethnicity: str = "kinh"


@dataclass(frozen=True)
class Help:
    """One assistance: so many days after the accident, of what kind, by whom, how much (dong)."""

    person: int
    days: int
    type: str
    by: str
    amount: int


@dataclass(frozen=True)
class Accident:
    """One accident with those it hurt."""

    local_id: str
    by: str
    spot: Spot
    happened: dt.date
    surveyed: dt.date
    cause: str
    activity: str
    area: str
    people: tuple[Person, ...]
    animals: bool = False

    def person_id(self, number: int) -> str:
        """The id of its `number`th victim."""
        record = RecordId.parse(self.local_id)
        return str(RecordId("VIC", record.province, record.number, f"{number:02d}"))


def accident(book: Book, rng: Random, of: Accident) -> Draft:
    """Form 1."""
    model = book.finds.models[of.cause]
    values = {
        "accident_id": of.local_id,
        "managing_organisation": "qtmac",
        "survey_date": of.surveyed.isoformat(),
        "reporting_organisation": of.by,
        "surveyor": people.name(rng),
        "surveyor_position": "Cán bộ thông tin",
        "surveyor_phone": people.telephone(rng),
        "accident_date": of.happened.isoformat(),
        **of.spot.place,
        "reference_point_description": rng.choice(
            ("Cách đường bê tông của thôn 150 m", "Cuối đường vào rẫy", "Bên bờ suối, gần cầu tràn")
        ),
        "accident_area_type": of.area,
        "accident_activity_type": of.activity,
        "site_marked_dangerous": "no",
        "impact": ["animal"] if of.animals else ["human"],
        "persons_involved": len(of.people),
        "site_checked_after": "yes",
        "site_cleared_before": rng.choice(("no", "no", "unknown")),
        "ordnance_identified": "yes",
        "verification_date": of.surveyed.isoformat(),
        "verification_full_name": people.name(rng),
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "ordnance_types": [
            {
                "values": {
                    "category": model.category,
                    "sub_category": model.sub_category,
                    "model": model.key,
                }
            }
        ]
    }
    if of.people:
        rows["victim_list"] = [
            {"values": {"victim_id": of.person_id(n), "killed_or_injured": p.fate}}
            for n, p in enumerate(of.people, 1)
        ]
    return Draft("accident", Answers(values, {"accident_point": of.spot.pair}, {}, rows))


def victim(rng: Random, of: Accident, number: int, on: dt.date) -> Draft:
    """Form 2, as told some days after the accident."""
    person = of.people[number - 1]
    family = rng.choice(people.FAMILY)
    birth_year = of.happened.year - person.age - 1
    values = {
        "managing_organisation": "qtmac",
        "reporting_organisation": of.by,
        **of.spot.place,
        "victim_id": of.person_id(number),
        "full_name": people.named(rng, person.gender, family),
        # A day late in the year before keeps age and birth date together.
        "date_of_birth": dt.date(birth_year, 12, rng.randint(1, 28)).isoformat(),
        "age_at_accident": person.age,
        "family_members": rng.randint(3, 7),
        "gender": person.gender,
        "marital_status": "married" if person.age > ADULT else "single",
        "ethnicity": person.ethnicity,
        "education": "primary_school" if person.age < ADULT else "secondary_school",
        "economic_state_before": rng.choice(("poor", "near_poor", "near_poor")),
        "occupation_before": person.occupation,
        "address_province": "Quảng Trị",
        "address_commune": of.spot.commune.code,
        "address_village": of.spot.village,
        "address_line": f"Nhà số {rng.randint(1, 60)}",
        "contact_person": people.named(rng, "male", family),
        "contact_phone": people.telephone(rng),
        "activity_at_time": person.activity,
        "killed_or_injured": person.fate,
        **_harm(rng, person),
        "area_entry_frequency": rng.choice(("daily", "weekly", "several_times")),
        "saw_ordnance": "yes_touched" if person.activity in TOUCHING else "no",
        "received_risk_education": rng.choice(("yes", "no", "no")),
        "aware_area_dangerous": "no",
        **_consent(person),
        "verification_date": on.isoformat(),
        "verification_full_name": people.name(rng),
    }
    points = {"address_point": of.spot.near(rng, 200)}
    return Draft("victim", Answers({k: v for k, v in values.items() if v is not None}, points))


TOUCHING = {"tampering", "playing", "searching_war_scrap", "dismantling"}


def _harm(rng: Random, person: Person) -> dict[str, Any]:
    if person.fate == "killed":
        return {
            "death_location": rng.choice(("on_site", "during_transport")),
            "still_alive": "deceased",
            "family_received_assistance": "no",
        }
    return {
        "injuries": rng.choice(
            (["multi_fragment_wounds", "hearing_impact"], ["fractures", "burns"], ["facial_wounds"])
        ),
        "loss_amputation_left": rng.choice((["foot_toes"], ["hand_finger"], None)),
        "injuries_comment": "Nhiều mảnh nhỏ, đã phẫu thuật tại bệnh viện tỉnh",
        "still_alive": "alive",
        "current_occupation": person.occupation,
        "economic_state_after": "poor",
        "still_in_school": "yes" if person.occupation == "pupil" else None,
        "family_received_assistance": "no",
        "needs_assessment": rng.choice(
            ("Cần phục hồi chức năng", "Cần hỗ trợ sinh kế cho gia đình", "Cần chi phí tái khám")
        ),
    }


def _consent(person: Person) -> dict[str, Any]:
    by, authorities, ngos = person.consent
    agreed = "yes" in (authorities, ngos)
    return {
        "consent_given_by": by,
        "consent_authorities": authorities,
        "consent_ngos": ngos,
        "consent_purposes": ["assistance", "referral", "reporting"] if agreed else None,
    }


def visit(rng: Random, of: Accident, number: int, on: dt.date) -> Draft:
    """Form 2 again, months later: only what is new."""
    values = {
        "managing_organisation": "qtmac",
        "reporting_organisation": of.by,
        **of.spot.place,
        "victim_id": of.person_id(number),
        "current_occupation": "trader",
        "economic_state_after": "near_poor",
        "family_received_assistance": "yes",
        "needs_assessment": "Đã hồi phục, cần vốn mở rộng quầy hàng",
        "verification_date": on.isoformat(),
        "verification_full_name": people.name(rng),
    }
    return Draft("victim", Answers(values))


PARTNERS = {
    "trauma_care": ["provincial_health_department"],
    "rehabilitation": ["commune_health_center"],
    "livelihoods_development": ["commune_farmer_union"],
    "house_construction_repair": ["commune_women_union"],
    "scholarship": ["commune_women_union"],
}


def assistance(rng: Random, of: Accident, help_: Help, time: int, on: dt.date) -> Draft:
    """Form 3: the `time`th help to one victim or the family left behind."""
    suffix = of.person_id(help_.person).removeprefix("VIC")
    values = {
        "assistance_id": f"VA{suffix}-{time:02d}",
        "managing_organisation": "qtmac",
        "assistance_given_by": help_.by,
        "reporting_organisation": help_.by,
        "assistance_date": on.isoformat(),
        "assistance_type": help_.type,
        "amount": help_.amount,
        "currency": "vnd",
        **of.spot.place,
        "local_partners": PARTNERS.get(help_.type),
        "notes": "Trao tại nhà",
        "verification_date": on.isoformat(),
        "verification_full_name": people.name(rng),
    }
    said = {k: v for k, v in values.items() if v is not None}
    return Draft("victim_assistance", Answers(said, {"assistance_point": of.spot.near(rng, 200)}))
