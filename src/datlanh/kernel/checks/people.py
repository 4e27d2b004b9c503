"""Accidents, victims and help: ages, injuries and causes that fit each other.

Names, birth dates and health stand in the person store. What is sealed can be asked here only
whether it was answered; `Facts.years_to` opens a date where that is allowed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from datlanh.kernel.checks.families import accident_of
from datlanh.kernel.checks.parts import (
    ACCIDENT,
    ASSISTANCE,
    SOP,
    SOP_QUALITY,
    VICTIM,
    amount,
    day,
    empty,
    label,
)
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

REASONABLE = f"{SOP}, §6.2 (p. 10): data that are not reasonable"
OLDEST = 110
# From which age a person does this: younger is worth a look, not wrong.
YOUNGEST = {
    "demining_task": 18,
    "hunting_fishing": 6,
    "farming": 6,
    "tending_livestock": 5,
    "searching_war_scrap": 6,
    "dismantling": 8,
    "clearing_vegetation": 6,
    "collecting_water_wood": 5,
    "household_work": 5,
}
INJURIES = ("injuries", "loss_amputation_right", "loss_amputation_left", "amputation_unknown_side")
LIVING = ("current_occupation", "still_in_school")


def causes(view: ReportView, facts: Facts) -> Iterator[Hit]:
    named = bool(view.rows.get("ordnance_types"))
    if view.answers.get("ordnance_identified") == "yes" and not named:
        yield Hit("ordnance_types")


def nobody(view: ReportView, facts: Facts) -> Iterator[Hit]:
    persons = amount(view.answers.get("persons_involved"))
    harmed = view.answers.get("impact") or ()
    if "human" in harmed and persons == 0:
        yield Hit("persons_involved")


def age(view: ReportView, facts: Facts) -> Iterator[Hit]:
    years = amount(view.answers.get("age_at_accident"))
    if years is not None and years > OLDEST:
        yield Hit("age_at_accident", {"age": int(years), "limit": OLDEST})


def age_differs(view: ReportView, facts: Facts) -> Iterator[Hit]:
    said, born = amount(view.answers.get("age_at_accident")), view.answers.get("date_of_birth")
    accident = facts.record_of(accident_of(view)) if accident_of(view) else None
    when = str(accident.values.get("accident_date") or "") if accident else ""
    if said is None or empty(born) or not when or accident is None:
        return
    computed = facts.years_to(born, dt.date.fromisoformat(when))
    # Only the year of birth is often known: a year more or less says nothing.
    if computed is not None and abs(computed - said) > 1:
        values = {"said": int(said), "computed": computed, "id": accident.local_id}
        yield Hit("age_at_accident", values)


def contradicts(view: ReportView, facts: Facts) -> Iterator[Hit]:
    outcome = view.answers.get("killed_or_injured")
    if outcome == "killed":
        wrong = [k for k in LIVING if not empty(view.answers.get(k))]
        wrong += ["still_alive"] if view.answers.get("still_alive") == "alive" else []
        said = Text("tử vong", "killed")
    elif outcome == "injured":
        wrong = ["death_location"] if not empty(view.answers.get("death_location")) else []
        said = Text("bị thương", "injured")
    else:
        return
    for key in wrong:
        yield Hit(key, {"question": label(key), "outcome": said})


def unhurt(view: ReportView, facts: Facts) -> Iterator[Hit]:
    told = any(not empty(view.answers.get(k)) for k in (*INJURIES, "injuries_comment"))
    if view.answers.get("killed_or_injured") == "injured" and not told:
        yield Hit("injuries")


def activity_and_age(view: ReportView, facts: Facts) -> Iterator[Hit]:
    years = amount(view.answers.get("age_at_accident"))
    youngest = YOUNGEST.get(str(view.answers.get("activity_at_time")))
    if years is not None and youngest is not None and years < youngest:
        yield Hit("activity_at_time", {"age": int(years), "youngest": youngest})


def pupil_and_age(view: ReportView, facts: Facts) -> Iterator[Hit]:
    years = amount(view.answers.get("age_at_accident"))
    if years is None:
        return
    work = view.answers.get("occupation_before")
    grown = work in ("military", "civil_servant", "deminer", "worker") and years < 15
    if grown or (work == "pupil" and years > 25):
        yield Hit("occupation_before", {"age": int(years)})


def no_currency(view: ReportView, facts: Facts) -> Iterator[Hit]:
    money = amount(view.answers.get("amount"))
    if money and empty(view.answers.get("currency")):
        yield Hit("currency", {"amount": money})


def odd_amount(view: ReportView, facts: Facts) -> Iterator[Hit]:
    money = amount(view.answers.get("amount"))
    currency = str(view.answers.get("currency") or "").strip().upper()
    low, high = facts.setting("assistance_vnd_low"), facts.setting("assistance_vnd_high")
    if money and currency == "VND" and not low <= money <= high:
        yield Hit("amount", {"amount": money, "low": low, "high": high})


def late_survey(view: ReportView, facts: Facts) -> Iterator[Hit]:
    happened, surveyed = day(view, "accident_date"), day(view, "survey_date")
    limit = facts.setting("accident_survey_days")
    if happened and surveyed and (surveyed - happened).days > limit:
        days = (surveyed - happened).days
        yield Hit("survey_date", {"days": days, "limit": limit})


RULES = (
    Rule(
        key="accident_cause_missing",
        severity=Severity.WARN,
        title=Text("Có loại vật nổ gây tai nạn", "The ordnance that caused it is named"),
        message=Text(
            "Đã xác định được vật nổ gây tai nạn nhưng không ghi loại nào.",
            "The ordnance is said to be identified, but no type is given.",
        ),
        advice=Text(
            "Ghi loại vật nổ ở mục 3.3, hoặc sửa câu trả lời ở mục 3.9.",
            "Give the type in 3.3, or correct the answer to 3.9.",
        ),
        source=f"{SOP}, App. 02 form 1, 3.3 and 3.9 (p. 20)",
        forms=ACCIDENT,
        look=causes,
    ),
    Rule(
        key="accident_nobody",
        severity=Severity.WARN,
        title=Text("Tai nạn ảnh hưởng đến người thì có nạn nhân", "Harm to people has its victims"),
        message=Text(
            "Ảnh hưởng là «con người» nhưng số nạn nhân là 0.",
            "The impact is “human”, but the number of persons involved is 0.",
        ),
        advice=Text(
            "Ghi số nạn nhân ở mục 3.6, hoặc sửa ảnh hưởng ở mục 3.5.",
            "Give the number of persons in 3.6, or correct the impact in 3.5.",
        ),
        source=f"{SOP}, App. 02 form 1, 3.5–3.6 (p. 20)",
        forms=ACCIDENT,
        look=nobody,
    ),
    Rule(
        key="accident_surveyed_late",
        severity=Severity.INFO,
        title=Text("Tai nạn được điều tra sớm", "The accident was surveyed soon"),
        message=Text(
            "Điều tra sau tai nạn {days} ngày (thông thường trong {limit} ngày).",
            "The survey came {days} days after the accident (usually within {limit}).",
        ),
        advice=Text(
            "Kiểm tra hai ngày; nếu đúng thì không cần sửa.",
            "Check both dates; if they are right, nothing needs to be changed.",
        ),
        source="IMAS 10.60: an accident is investigated at once",
        forms=ACCIDENT,
        look=late_survey,
        settings=("accident_survey_days",),
    ),
    Rule(
        key="age_implausible",
        severity=Severity.BLOCK,
        title=Text("Tuổi hợp lý", "The age is possible"),
        message=Text(
            "Tuổi khi bị tai nạn là {age}, lớn hơn {limit}.",
            "The age at the time of the accident is {age}, more than {limit}.",
        ),
        advice=Text(
            "Ghi tuổi tròn năm, không ghi năm sinh.", "Give whole years, not the year of birth."
        ),
        source=REASONABLE,
        forms=VICTIM,
        look=age,
    ),
    Rule(
        key="age_differs",
        severity=Severity.WARN,
        title=Text("Tuổi khớp với ngày sinh", "The age fits the date of birth"),
        message=Text(
            "Tuổi ghi {said}, nhưng theo ngày sinh thì tại thời điểm tai nạn {id} là {computed} "
            "tuổi.",
            "The age is given as {said}; by the date of birth it was {computed} at the accident "
            "{id}.",
        ),
        advice=Text(
            "Kiểm tra ngày sinh, tuổi và ngày tai nạn.",
            "Check the date of birth, the age and the date of the accident.",
        ),
        source=SOP_QUALITY,
        forms=VICTIM,
        look=age_differs,
    ),
    Rule(
        key="outcome_contradicts",
        severity=Severity.WARN,
        title=Text("Hậu quả khớp với các mục khác", "The outcome fits the other answers"),
        message=Text(
            "Nạn nhân {outcome}, nhưng mục «{question}» có câu trả lời trái với điều đó.",
            "The victim was {outcome}, but “{question}” is answered against it.",
        ),
        advice=Text(
            "Kiểm tra mục 3.2; nếu nạn nhân mất sau đó, ghi tử vong và địa điểm tử vong.",
            "Check 3.2; if the victim died later, enter killed and the place of death.",
        ),
        source=f"{SOP}, App. 02 form 2, 3.2–3.4 and 4 (pp. 23–25)",
        forms=VICTIM,
        look=contradicts,
    ),
    Rule(
        key="injuries_missing",
        severity=Severity.WARN,
        title=Text("Người bị thương có ghi thương tích", "An injured person's injuries are told"),
        message=Text(
            "Nạn nhân bị thương nhưng không ghi thương tích nào.",
            "The victim was injured, but no injury is given.",
        ),
        advice=Text(
            "Đánh dấu thương tích ở mục 3.3, hoặc ghi «chưa xác định».",
            "Mark the injuries in 3.3, or “not specified”.",
        ),
        source=f"{SOP}, App. 02 form 2, 3.3 (p. 23)",
        forms=VICTIM,
        look=unhurt,
    ),
    Rule(
        key="activity_and_age",
        severity=Severity.INFO,
        title=Text("Hoạt động hợp với tuổi", "The activity fits the age"),
        message=Text(
            "Nạn nhân {age} tuổi; hoạt động này thường từ {youngest} tuổi.",
            "The victim was {age}; this activity is usual from {youngest} years of age.",
        ),
        advice=Text("Kiểm tra tuổi và hoạt động.", "Check the age and the activity."),
        source=REASONABLE,
        forms=VICTIM,
        look=activity_and_age,
    ),
    Rule(
        key="occupation_and_age",
        severity=Severity.INFO,
        title=Text("Nghề nghiệp hợp với tuổi", "The occupation fits the age"),
        message=Text(
            "Nghề nghiệp trước tai nạn không hợp với tuổi {age}.",
            "The occupation before the accident does not fit the age of {age}.",
        ),
        advice=Text("Kiểm tra tuổi và nghề nghiệp.", "Check the age and the occupation."),
        source=REASONABLE,
        forms=VICTIM,
        look=pupil_and_age,
    ),
    Rule(
        key="currency_missing",
        severity=Severity.WARN,
        title=Text("Số tiền có đơn vị", "An amount has its currency"),
        message=Text(
            "Ghi số tiền {amount} nhưng không ghi đơn vị tiền.",
            "The amount is {amount}, without a currency.",
        ),
        advice=Text("Ghi VND hoặc USD ở mục 1.7.", "Enter VND or USD in 1.7."),
        source=f"{SOP}, App. 02 form 3, 1.6–1.7 (p. 26)",
        forms=ASSISTANCE,
        look=no_currency,
    ),
    Rule(
        key="amount_odd",
        severity=Severity.WARN,
        title=Text("Số tiền hợp lý", "The amount is plausible"),
        message=Text(
            "Số tiền {amount} đồng nằm ngoài khoảng {low}–{high}.",
            "The amount of {amount} VND lies outside {low}–{high}.",
        ),
        advice=Text(
            "Ghi số tiền bằng đồng, không bằng nghìn hay triệu đồng.",
            "Enter the amount in dong, not in thousands or millions.",
        ),
        source=REASONABLE,
        forms=ASSISTANCE,
        look=odd_amount,
        settings=("assistance_vnd_low", "assistance_vnd_high"),
    ),
)
