"""A small form with bundles of every kind of answer, and reports on it full of secrets.

It is mapped on the kind `hazardous_area`, so that its reports can be approved.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from openpyxl import Workbook

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.intake.services.forms import form_publish
from datlanh.kernel import clock
from datlanh.kernel.mapping import Answers
from support.reports import Draft

VI, EN = "label::Tiếng Việt (vi)", "label::English (en)"
FORM = "small_victim"
SETTINGS = {
    "form_id": FORM,
    "form_title": "Nạn nhân thử",
    "version": "2026112501",
    "datlanh::record_kind": "hazardous_area",
    "datlanh::id_question": "victim_id",
    "datlanh::prefixes": "HAZ",
    "datlanh::date": "interview_date",
    "datlanh::clear_question": "clear",
}


def asked(
    kind: str, name: str, attribute: str = "", person: str = "", **more: str
) -> dict[str, str]:
    """One row of the survey."""
    row = {"type": kind, "name": name, VI: f"Nhãn {name}", EN: f"Label {name}"}
    named = {"register::attribute": attribute, "register::person": person}
    return row | {k: v for k, v in named.items() if v} | more


SURVEY = [
    {
        "type": "begin group",
        "name": "about",
        "datlanh::section": "about",
        VI: "Người",
        EN: "Person",
    },
    asked("text", "victim_id", **{"register::kind": "id"}),
    asked("date", "interview_date", "interview_date"),
    asked("select_one gender", "gender", "gender"),
    asked("text", "full_name", "full_name", "victim", **{"register::kind": "person"}),
    asked("date", "date_of_birth", "date_of_birth", "victim"),
    asked("integer", "family_members", "family_members", "victim"),
    asked("decimal", "income", "income", "victim"),
    asked("select_one marital", "marital_status", "marital_status", "victim"),
    asked("select_multiple injuries", "injuries", "injuries", "victim"),
    asked("geopoint", "home", "home", "victim"),
    asked("text", "needs", "", "victim"),
    asked("text", "contact_phone", "contact_phone", "contact"),
    asked("text", "signed_by", "signed_by", **{"register::kind": "person"}),
    asked("select_one consent", "consent_authorities", "consent_authorities"),
    asked("select_one consent", "consent_ngos", "consent_ngos"),
    asked("select_multiple clear", "clear"),
    {"type": "end group"},
]
CHOICES = [
    *(("gender", k) for k in ("male", "female")),
    *(("marital", k) for k in ("qqsingle", "qqmarried")),
    *(("injuries", k) for k in ("qqburns", "qqspine", "qqeye")),
    *(("consent", k) for k in ("yes", "no")),
    ("clear", "gender"),
]


def workbook(survey: list[dict[str, str]] = SURVEY, **settings: str) -> bytes:
    """The form as a workbook."""
    made = Workbook()
    choices = [{"list_name": n, "name": k, VI: f"Lựa {k}", EN: f"Option {k}"} for n, k in CHOICES]
    sheets = {"survey": survey, "choices": choices, "settings": [SETTINGS | settings]}
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        headers = list(dict.fromkeys(h for row in rows for h in row))
        for name in ("register::kind", "register::attribute"):
            if title == "survey" and name not in headers:
                headers.append(name)
        sheet.append(headers)
        for row in rows:
            sheet.append([row.get(h) for h in headers])
    made.remove(made.worksheets[0])
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def form_published(by: User) -> None:
    """Publish the small form."""
    with acting(by):
        form_publish(workbook=workbook(), by=by)


SECRETS: dict[str, Any] = {
    "full_name": "Qqhoàng Thị Kín",
    "date_of_birth": "1961-07-13",
    "family_members": 77131,
    "income": 66137.25,
    "marital_status": "qqmarried",
    "injuries": ["qqburns", "qqspine"],
    "needs": "Qqxe lăn và tiền học",
    "contact_phone": "0977131313",
    "signed_by": "Qqtrần Văn Ký",
}
HOME = [107.131377, 16.771313]


def victim(number: int = 1, *, days_ago: int = 5, home: Any = HOME, **values: Any) -> Draft:
    """One visit to one person; None leaves an answer out."""
    on = clock.today() - dt.timedelta(days=days_ago)
    told = {
        "victim_id": f"HAZ-409-{600000 + number:06d}",
        "interview_date": on.isoformat(),
        "gender": "female",
        **SECRETS,
        **values,
    }
    points = {"home": home} if home else {}
    return Draft(FORM, Answers({k: v for k, v in told.items() if v is not None}, points))


def canaries(draft: Draft) -> set[str]:
    """Texts of a draft that may stand in the person store and nowhere else."""
    found: set[str] = set()
    for key in SECRETS:
        value = draft.answers.values.get(key)
        found |= set(
            map(str, value if isinstance(value, list) else [] if value is None else [value])
        )
    for lon, lat in draft.answers.points.values():
        found |= {str(lon), str(lat)}
    return found
