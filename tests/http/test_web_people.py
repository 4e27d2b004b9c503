"""People on pages: sealed, opened with every reading kept, and erased."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.services import grant_give, user_add
from datlanh.audit.models import Event
from datlanh.organisations.models import Organisation
from support.pages import page, signed_in
from support.persons import canaries, form_published, victim
from support.reports import approved, demo_cast, received, verified

pytestmark = pytest.mark.django_db
RECORD = "HAZ-409-600001"
SHOWN = (
    "Qqhoàng Thị Kín",
    "13/07/1961",
    "Option qqburns, Option qqspine",
    "107.13138",
    "0977131313",
)


@pytest.fixture
def cast() -> dict[str, Any]:
    people = demo_cast()
    form_published(people["csdl"])
    return people


def entered(cast, draft, **more):
    report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    return approved(report, by=cast["kiemtra2"], **more)


def partner(cast, home: str) -> Any:
    """Somebody of another organisation who may read this one's records and persons."""
    user = user_add(
        username=f"ban.{home}",
        full_name="Quách Thị Bạn",
        organisation=Organisation.objects.get(key=home),
        by=SYSTEM,
    )
    renew = Organisation.objects.get(key="npa_renew")
    grant_give(user=user, role="operator_information_officer", organisation=renew, by=SYSTEM)
    return user


def test_a_sheet_shows_people_to_those_who_may_and_a_calm_word_to_others(cast):
    report = received(victim(date_of_birth="qq không nhớ"), by=cast["renew.hientruong"])
    html = page(signed_in(cast["renew"]), "report", report.receipt)
    for word in ("Qqhoàng Thị Kín", "Option qqburns", "107.13138", "qq không nhớ"):
        assert word in html
    hidden = page(signed_in(cast["giamdoc"]), "report", report.receipt)
    assert not [w for w in canaries(victim()) | {"không nhớ", "107.13138"} if w in hidden]
    assert "sealed" in hidden


def test_a_record_shows_each_visit_in_order_once_asked(cast):
    first = entered(cast, victim(days_ago=9))
    entered(cast, victim(days_ago=3, full_name="Qqsau", home=None), record_id=first.record_id)
    who = signed_in(cast["kiemtra2"])
    html = page(who, "area", RECORD)
    assert not [w for w in canaries(victim()) if w in html]
    assert not Event.objects.filter(action="person.read", subject_id=RECORD).exists()
    html = page(who, "area", RECORD, persons="1")
    for word in SHOWN:
        assert word in html
    people = html[html.index('id="people"') :]
    assert people.index("Qqhoàng Thị Kín") < people.index("Qqsau")
    events = Event.objects.filter(action="person.read", subject_id=RECORD)
    assert {e.after["purpose"] for e in events} == {"victim", "contact", "verifier"}
    masked = page(signed_in(cast["giamdoc"]), "area", RECORD, persons="1")
    assert not [w for w in canaries(victim()) if w in masked]


@pytest.mark.parametrize(
    ("home", "consent", "sees"),
    [
        ("mag", {"consent_ngos": "yes"}, True),
        ("mag", {"consent_authorities": "yes", "consent_ngos": "no"}, False),
        ("mag", {}, False),
        ("military", {"consent_authorities": "yes"}, True),
        ("military", {"consent_ngos": "yes"}, False),
    ],
)
def test_another_organisation_sees_a_person_as_far_as_consent_reaches(cast, home, consent, sees):
    report = entered(cast, victim(**consent))
    client = signed_in(partner(cast, home))
    assert ("Qqhoàng" in page(client, "report", report.receipt)) is sees
    assert ("Qqhoàng" in page(client, "area", RECORD, persons="1")) is sees
    assert Event.objects.filter(action="person.read").exists() is sees


def test_consent_taken_back_holds_for_earlier_visits_too(cast):
    first = entered(cast, victim(days_ago=9, consent_ngos="yes"))
    entered(cast, victim(days_ago=3, consent_ngos="no"), record_id=first.record_id)
    client = signed_in(partner(cast, "mag"))
    assert "Qqhoàng" not in page(client, "report", first.receipt)
    assert "Qqhoàng" not in page(client, "area", RECORD, persons="1")


def test_people_are_corrected_on_the_page_and_sealed_anew(cast):
    report = received(victim(), by=cast["renew.hientruong"])
    client = signed_in(cast["renew"])
    html = page(client, "report_correct", report.receipt)
    assert 'value="Qqhoàng Thị Kín"' in html
    assert "107.131377" in html
    from support.pages import typed

    sent = typed(html) | {"q.full_name": "Qqtên Sửa", "q.home": "107.2 16.7", "do": "verify"}
    done = client.post(reverse("web:report_correct", args=[report.receipt]), sent)
    assert done.status_code in (204, 302)
    html = page(client, "report", report.receipt)
    for word in ("Qqtên Sửa", "107.20000", "Option qqspine", "Qqxe lăn"):
        assert word in html


def test_the_page_erases_with_a_reason_and_says_what_is_gone(cast):
    report = entered(cast, victim())
    client = signed_in(cast["csdl"])
    assert "Erase these people" in page(client, "area", RECORD)
    html = page(client, "persons_erase", RECORD)
    assert report.receipt in html
    address = reverse("web:persons_erase", args=[RECORD])
    assert client.post(address, {"reason": " "}).status_code == 422
    assert "Qqhoàng" in page(client, "area", RECORD, persons="1")
    assert client.post(address, {"reason": "Theo đơn của gia đình"}).status_code == 302
    assert "Nothing personal" in page(client, "persons_erase", RECORD)
    html = page(client, "area", RECORD, persons="1")
    assert "(erased)" in html
    assert not [w for w in canaries(victim()) if w in html]
    html = page(client, "report", report.receipt)
    assert "(erased)" in html
    with acting(cast["kiemtra2"]):
        assert signed_in(cast["kiemtra2"]).get(address).status_code == 403
