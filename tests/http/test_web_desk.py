"""Around a decision: the next report at once, threads, assignment, kept queues, pairs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from datlanh.accounts.models import User
from datlanh.audit.models import Event
from datlanh.intake.models import Remark, Report, SavedQueue
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, field_of, received, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


@pytest.fixture
def waiting(cast) -> Any:
    def make(draft: Any, sender: str = "renew.hientruong", officer: str = "renew") -> Report:
        return verified(received(draft, by=cast[sender]), by=cast[officer])

    return make


def post(client, name: str, report: Report, query: str = "", **sent: Any) -> Any:
    return client.post(reverse(f"web:{name}", args=[report.receipt]) + query, sent)


def swap(client, name: str, report: Report, query: str = "", **sent: Any) -> Any:
    address = reverse(f"web:{name}", args=[report.receipt]) + query
    return client.post(address, {"swap": "1", **sent}, headers={"HX-Request": "true"})


# --- the next report --------------------------------------------------------------------


def test_the_next_report_comes_in_the_answer_to_the_decision(cast, waiting):
    first, second = waiting(cha(1)), waiting(cha(2))
    client = signed_in(cast["kiemtra2"])
    answer = swap(client, "review_approve", first, "?findings=clean", record="new")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#desk", "outerHTML")
    following = reverse("web:review_report", args=[second.receipt]) + "?findings=clean"
    assert answer["HX-Push-Url"] == following
    assert "<html" not in html
    assert f"{first.receipt} is approved." in html
    assert reverse("web:review_approve", args=[second.receipt]) in html
    # What was chosen for the last is no choice for this one.
    assert 'value="new" form="approve-form" checked' in html


def test_the_last_decision_leads_to_the_empty_queue(cast, waiting):
    answer = swap(signed_in(cast["kiemtra2"]), "review_approve", waiting(cha(1)), record="new")
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == reverse("web:review")


def test_a_refused_decision_leaves_the_report_where_it_is(cast, waiting):
    report = waiting(cha(1))
    answer = swap(signed_in(cast["kiemtra2"]), "review_return", report, note="")
    assert answer.status_code == 422
    assert "HX-Retarget" not in answer


# --- the thread --------------------------------------------------------------------------


def test_a_return_begins_the_thread_and_the_operator_answers(cast, waiting):
    report = waiting(cha(1))
    centre, operator = signed_in(cast["kiemtra2"]), signed_in(cast["renew"])
    post(centre, "review_return", report, note="Thiếu ảnh hiện trường.")
    assert report.receipt in page(operator, "home")
    html = page(operator, "report", report.receipt)
    assert html.count("Thiếu ảnh hiện trường.") >= 2  # the notice, and the thread
    assert "New in discussions" not in page(operator, "home")
    answer = post(operator, "report_remark", report, text="Ảnh gửi ngày mai.", back="report")
    assert answer.url == reverse("web:report", args=[report.receipt])
    home = page(centre, "home")
    assert "New in discussions" in home
    assert "Ảnh gửi ngày mai." in page(centre, "report", report.receipt)
    assert "New in discussions" not in page(centre, "home")
    assert [r.kind for r in Remark.objects.order_by("pk")] == ["return", "comment"]


def test_the_audit_trail_names_an_entry_and_not_its_words(cast, waiting):
    report = waiting(cha(1))
    post(signed_in(cast["kiemtra2"]), "report_remark", report, text="Gọi cho bà Xuân Tứ")
    event = Event.objects.get(action="report.remark")
    assert "Xuân" not in f"{event.after}{event.note}"


def test_no_third_organisation_reads_or_writes_it(cast, waiting):
    report = waiting(cha(1))
    post(signed_in(cast["kiemtra2"]), "report_remark", report, text="Chỉ cho RENEW")
    other = signed_in(cast["mag"])
    assert post(other, "report_remark", report, text="Tôi cũng đọc").status_code == 404
    assert "New in discussions" not in page(other, "home")
    assert "New in discussions" in page(signed_in(cast["renew"]), "home")


def test_what_was_said_is_not_changed(cast, waiting):
    report = waiting(cha(1))
    post(signed_in(cast["kiemtra2"]), "report_remark", report, text="Đã xem")
    with pytest.raises((DatabaseError, InternalError)), transaction.atomic():
        Remark.objects.update(text="khác")


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_an_empty_or_endless_remark_is_refused(cast, waiting, text):
    report = waiting(cha(1))
    answer = swap(signed_in(cast["kiemtra2"]), "report_remark", report, text=text)
    assert answer.status_code == 422
    assert Remark.objects.count() == 0


# --- assignment ---------------------------------------------------------------------------


def test_both_see_who_looks_at_a_report_and_nothing_is_locked(cast, waiting):
    report = waiting(cha(1))
    first, second = signed_in(cast["kiemtra2"]), signed_in(cast["csdl"])
    answer = swap(first, "review_assign", report, to="csdl")
    assert cast["csdl"].full_name in answer.content.decode()
    assert "You look at this" in page(second, "review_report", report.receipt)
    assert "Assigned to me" in page(second, "home")
    assert report.receipt in page(second, "review", assigned="me")
    assert "No report fits these filters." in page(second, "review", assigned="none")
    # Another may decide all the same.
    assert post(first, "review_approve", report, seen="verified.0", record="new").status_code == 302
    assert "Assigned to me" not in page(second, "home")


def test_a_report_is_given_back(cast, waiting):
    report = waiting(cha(1))
    client = signed_in(cast["kiemtra2"])
    post(client, "review_assign", report, to="kiemtra2")
    post(client, "review_assign", report, to="")
    assert "Nobody has taken it" in page(client, "review_report", report.receipt)
    assert list(
        Event.objects.filter(action__endswith="assign")
        .order_by("pk")
        .values_list("action", flat=True)
    ) == ["report.assign", "report.unassign"]


@pytest.mark.parametrize("to", ["mag", "giamdoc", "renew.hientruong", "nobody"])
def test_it_is_given_to_nobody_who_may_not_work_on_it(cast, waiting, to):
    answer = swap(signed_in(cast["kiemtra2"]), "review_assign", waiting(cha(1)), to=to)
    assert answer.status_code == 422


# --- kept queues --------------------------------------------------------------------------


def keep(client, **sent: Any) -> Any:
    return client.post(reverse("web:review_queue_keep"), sent)


def test_a_queue_is_kept_shared_and_forgotten(cast, waiting):
    waiting(cha(1))
    mine, colleague, outside = (signed_in(cast[n]) for n in ("kiemtra2", "csdl", "renew"))
    query = "findings=clean&form=cha&after=7&nonsense=1"
    answer = keep(mine, name="Sạch, mẫu 5", query=query, shared="1")
    assert answer.url == reverse("web:review") + "?findings=clean&form=cha"
    html = page(mine, "review", findings="clean", form="cha")
    assert "Sạch, mẫu 5" in html
    assert re.search(r'class="chip"[^>]*>Findings: none', html)
    same_office = cast["kiemtra2"].organisation_id == cast["csdl"].organisation_id
    assert ("Sạch, mẫu 5" in page(colleague, "review")) == same_office
    assert "Sạch, mẫu 5" not in page(outside, "review")
    kept = SavedQueue.objects.get()
    forget = reverse("web:review_queue_forget", args=[kept.pk])
    assert colleague.post(forget).status_code == 404
    assert mine.post(forget).status_code == 302
    assert not SavedQueue.objects.exists()


def test_a_queue_of_ones_own_is_nobody_elses(cast, waiting):
    waiting(cha(1))
    keep(signed_in(cast["kiemtra2"]), name="Của riêng tôi", query="mine=1")
    assert "Của riêng tôi" not in page(signed_in(cast["csdl"]), "review")


def test_a_queue_needs_a_name(cast):
    client = signed_in(cast["kiemtra2"])
    keep(client, name="  ", query="mine=1")
    assert "Give the queue a name." in page(client, "review")


# --- two reports, two outlines ---------------------------------------------------------------


def test_two_reports_about_one_place_stand_side_by_side(cast, waiting):
    approved(waiting(cha(1)), by=cast["kiemtra2"])
    stands = Report.objects.get()
    report = waiting(cha(1, days_ago=2, clearance_priority="high").at(polygon_points=field_of(2)))
    client = signed_in(cast["kiemtra2"])
    html = page(client, "review_beside", report.receipt)
    assert stands.receipt in html
    assert 'class="changed"' in html
    assert '"role": "lost"' in html
    by_hand = page(client, "review_beside", report.receipt, **{"with": stands.receipt.lower()})
    assert 'class="changed"' in by_hand
    nobody = page(client, "review_beside", report.receipt, **{"with": "BC-2000-000001"})
    assert "is within your reach" in nobody


def test_another_organisations_report_is_not_compared_with(cast, waiting):
    mine = waiting(cha(1))
    theirs = waiting(cha(2, organisation="mag", first=500000), "mag.hientruong", "mag")
    html = page(signed_in(cast["renew"]), "review_beside", mine.receipt, **{"with": theirs.receipt})
    assert "is within your reach" in html


def test_the_map_shows_what_changed_in_the_outline(cast, waiting):
    approved(waiting(cha(1, days_ago=9)), by=cast["kiemtra2"])
    report = waiting(cha(1).at(polygon_points=field_of(1).buffer(-0.0003, join_style=2)))
    html = page(signed_in(cast["kiemtra2"]), "review_report", report.receipt)
    assert '"role": "lost"' in html
    assert '"role": "gained"' not in html
    assert "no longer in it" in html
    same = waiting(cha(1, days_ago=1))
    assert '"role": "lost"' not in page(signed_in(cast["kiemtra2"]), "review_report", same.receipt)
