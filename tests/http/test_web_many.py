"""Approving many reports by one act: what may go, what stops, and what became of each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from datlanh.accounts.models import User
from datlanh.audit.models import Event
from datlanh.intake.models import Batch, Report
from datlanh.register.models import Decision
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


@pytest.fixture
def waiting(cast) -> Any:
    def make(draft: Any, sender: str = "renew.hientruong", officer: str = "renew") -> Report:
        return verified(received(draft, by=cast[sender]), by=cast[officer])

    return make


def ticks(html: str) -> dict[str, str]:
    """Receipt → what the box sends."""
    return {v.partition("|")[0]: v for v in re.findall(r'name="report" value="([^"]+)"', html)}


def approve(client, values: Any, **more: Any) -> Any:
    return client.post(reverse("web:review_many_approve"), {"report": list(values), **more})


def state(report: Report) -> str:
    return Report.objects.get(pk=report.pk).state


def test_only_what_nothing_was_found_about_is_ticked(cast, waiting):
    clean, blocked = waiting(cha(1)), waiting(cha(2, area_size=10.6))
    html = page(signed_in(cast["kiemtra2"]), "review_many")
    assert set(ticks(html)) == {clean.receipt}
    assert blocked.receipt not in html


def test_one_act_makes_a_decision_for_each(cast, waiting):
    reports = [waiting(cha(n)) for n in (1, 2, 3)]
    client = signed_in(cast["kiemtra2"])
    answer = approve(client, ticks(page(client, "review_many")).values(), note="Đợt tháng 11")
    batch = Batch.objects.get(step="approve")
    assert answer.url == reverse("web:review_many_done", args=[batch.pk])
    assert [state(r) for r in reports] == ["approved"] * 3
    made = Decision.objects.filter(kind="approved").order_by("seq")
    assert [d.report_id for d in made] == [r.pk for r in reports]
    assert {d.data["batch"] for d in made} == {batch.pk}
    assert {d.note for d in made} == {"Đợt tháng 11"}
    html = page(client, "review_many_done", batch.pk)
    assert "3 reports are approved." in html
    assert all(r.receipt in html for r in reports)
    assert Event.objects.get(action="batch.approve").after == {"done": 3}


def test_the_same_date_stops_one_and_not_the_others(cast, waiting):
    first = waiting(cha(1, days_ago=5))
    stands = approved(first, by=cast["kiemtra2"])
    differs = waiting(cha(1, days_ago=5, vegetation_density="high"))
    free = waiting(cha(2))
    client = signed_in(cast["kiemtra2"])
    html = page(client, "review_many")
    assert differs.receipt not in ticks(html)
    # As if it had come in between the list and the press of the key.
    forged = f"{differs.receipt}|verified.0.{stands.record_id}"
    answer = approve(client, [forged, *ticks(html).values()])
    shown = client.get(answer.url).content.decode()
    assert (state(differs), state(free)) == ("verified", "approved")
    assert "look at this report by itself" in shown or "choose at the desk" in shown
    assert shown.index("Left out") < shown.index(differs.receipt)


def test_two_reports_on_one_ground_do_not_both_become_new_records(cast, waiting):
    one = waiting(cha(1))
    twin = cha(1, organisation="mag", first=500000, internal_id="MAG-1", shape_id="MAG-1")
    other = waiting(twin, "mag.hientruong", "mag")
    client = signed_in(cast["kiemtra2"])
    found = ticks(page(client, "review_many"))
    approve(client, [found[r.receipt] for r in (one, other) if r.receipt in found])
    assert sorted((state(one), state(other))) != ["approved", "approved"]


def test_what_changed_since_it_was_ticked_is_left_out(cast, waiting):
    report, other = waiting(cha(1)), waiting(cha(2))
    client = signed_in(cast["kiemtra2"])
    values = ticks(page(client, "review_many")).values()
    approved(report, by=cast["csdl"])
    answer = approve(client, values)
    assert state(other) == "approved"
    assert "Left out" in client.get(answer.url).content.decode()


def test_nothing_ticked_is_said_and_nothing_done(cast, waiting):
    report = waiting(cha(1))
    client = signed_in(cast["kiemtra2"])
    answer = approve(client, [])
    assert answer.status_code == 422
    assert "Choose at least one report." in answer.content.decode()
    assert state(report) == "verified"


def test_nobody_approves_their_own_together(cast):
    own = verified(received(cha(1), by=cast["csdl"]), by=cast["csdl"])
    client = signed_in(cast["csdl"])
    html = page(client, "review_many")
    assert own.receipt not in html
    approve(client, [f"{own.receipt}|verified.0.new"])
    assert state(own) == "verified"


def test_an_empty_queue_says_so(cast):
    html = page(signed_in(cast["kiemtra2"]), "review_many")
    assert "No clean report waits for your decision." in html
