"""Deadlines, reminders and the scorecard, as people open them."""

from __future__ import annotations

import base64
import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html as parser

from datlanh.accounts.demo import DEMO_PASSWORD
from datlanh.accounts.models import User
from datlanh.intake.models import Exemption, Expectation, Reminder, Report
from datlanh.intake.selectors.clocks import month_moved
from datlanh.intake.services.clocks import clocks_remind
from datlanh.kernel import clock
from datlanh.kernel.actor import SYSTEM
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, verified

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 10, 1)
TOKEN = base64.b64encode(f"renew.hientruong:{DEMO_PASSWORD}".encode()).decode()


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


def at(day: str):
    on = dt.date.fromisoformat(day)
    return clock.frozen(clock.local_midnight(on) + dt.timedelta(hours=9))


def late_report(cast: dict[str, User]) -> Report:
    with at("2026-11-12"):
        return received(cha(1, days_ago=20), by=cast["renew.hientruong"])


def test_the_manager_exempts_a_month_and_lateness_says_so_everywhere(cast):
    report = late_report(cast)
    client = signed_in(cast["csdl"])
    sends = {"organisation": "npa_renew", "month": "2026-10", "form": "cha", "reason": ""}
    with at("2026-11-20"):
        assert client.post(reverse("web:exemption"), sends).status_code == 422
        answer = client.post(reverse("web:exemption"), {**sends, "reason": "Lũ lụt"})
        assert answer.status_code == 302
        officer = signed_in(cast["renew"])
        for told in (
            page(officer, "reports"),
            page(officer, "report", report.receipt),
        ):
            assert "late, exempted" in told
        sheet = page(officer, "sheet", period="2026-11")
        assert '<td class="n" data-label="Trễ hạn / Late">1</td>' in sheet
        assert '<td class="n" data-label="trong đó được miễn / of these exempted">1</td>' in sheet
        told = page(officer, "clocks", month="2026-10")
        assert "Lũ lụt" in told
        assert cast["csdl"].full_name in told
        assert 'action="/quality/clocks/exempt"' not in told
        assert "Lũ lụt" not in page(signed_in(cast["mag"]), "clocks", month="2026-10")
        phone = Client().get(
            "/openrosa/reports",
            headers={
                "Authorization": f"Basic {TOKEN}",
                "Accept": "application/json",
            },
        )
        (line,) = phone.json()["reports"]
        assert (line["late"], line["exempted"]) == (True, True)
    report = approved(verified(report, by=cast["renew"]), by=cast["kiemtra2"])
    chosen = {"report": report.receipt}
    told = client.post(reverse("web:batch_new"), chosen).content.decode()
    assert "late, exempted" in told
    report.refresh_from_db()
    assert report.is_late
    back = reverse("web:exemption_back", args=[Exemption.objects.get().pk])
    assert client.post(back, {"reason": "Nhầm"}).status_code == 302
    assert "late, exempted" not in page(signed_in(cast["renew"]), "report", report.receipt)


def test_what_is_no_day_and_who_is_not_there_are_refused(cast):
    client = signed_in(cast["csdl"])
    exemption, expectation = reverse("web:exemption"), reverse("web:expectation")
    for address, sends in (
        (exemption, {"organisation": "khong_co", "month": "2026-10", "reason": "x"}),
        (exemption, {"organisation": "mag", "month": "tháng mười", "reason": "x"}),
        (exemption, {"receipt": "BC-2026-999999", "until": "2026-11-20", "reason": "x"}),
        (expectation, {"organisation": "mag", "form": "x", "since": "2026-10", "reason": "x"}),
    ):
        assert client.post(address, sends).status_code == 422
    assert client.post(reverse("web:exemption_back", args=[9]), {"reason": "x"}).status_code == 404
    sends = {"organisation": "mag", "form": "eore", "since": "2026-10", "reason": "Kế hoạch năm"}
    assert client.post(expectation, {**sends, "expected": "yes"}).status_code == 302
    assert Expectation.objects.get().is_expected
    assert page(client, "clocks", month="vớ vẩn", organisation="khong_co")


def test_the_officer_is_reminded_at_home_and_puts_it_away(cast):
    with at("2026-09-20"):
        received(cha(1), by=cast["renew.hientruong"])
    officer = signed_in(cast["renew"])
    with at("2026-11-08"):
        clocks_remind(by=SYSTEM)
        reminder = Reminder.objects.get()
        away = reverse("web:reminder_dismiss", args=[reminder.pk])
        assert away in page(officer, "home")
        for who in ("mag", "kiemtra2", "giamdoc"):
            assert away not in page(signed_in(cast[who]), "home")
        assert signed_in(cast["mag"]).post(away).status_code == 404
        assert officer.post(away).status_code == 302
        assert away not in page(officer, "home")
    with at("2026-11-12"):
        told = page(signed_in(cast["kiemtra2"]), "home")
        assert "Overdue by operator" in told
        assert "Overdue by operator" not in page(officer, "home")


def test_every_number_of_the_scorecard_opens_a_list_that_long(cast):
    sender, officer = cast["renew.hientruong"], cast["renew"]
    with at("2026-10-05"):
        approved(verified(received(cha(1), by=sender), by=officer), by=cast["kiemtra2"])
        received(cha(2, days_ago=60), by=sender)
        received(cha(3).but(status=None), by=sender)
    client = signed_in(cast["giamdoc"])
    told = parser.fromstring(page(client, "scorecard", month="2026-10"))
    links = [a for a in told.iter("a") if a.get("href", "").startswith("/reports/?")]
    assert len(links) > 6
    for link in links:
        listed = client.get(link.get("href")).content.decode()
        assert str(len(re.findall(r"<tr data-row", listed))) == link.text_content(), link.get(
            "href"
        )


def test_the_scorecard_opens_in_both_languages_and_is_empty_without_reports(cast):
    for who in ("giamdoc", "kiemtra2", "renew", "mag"):
        for language in ("vi", "en"):
            told = page(signed_in(cast[who], language), "scorecard")
            assert told.count('<svg class="chart"') == 5
    assert month_moved(LAST, -10) == dt.date(2025, 12, 1)
