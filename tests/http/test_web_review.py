"""The review desk: the queue, what the reviewer sees, every decision and every refusal."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from datlanh.accounts.models import User
from datlanh.hazards.models import HazardousArea
from datlanh.intake.models import Proposal, Report
from datlanh.kernel import clock
from datlanh.register.models import Decision, Record
from support.pages import page, signed_in, typed
from support.reports import approved, cha, demo_cast, field_of, received, release, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


@pytest.fixture
def waiting(cast) -> Any:
    """Makes a report that waits for a decision."""

    def make(draft: Any, sender: str = "renew.hientruong", officer: str = "renew") -> Report:
        return verified(received(draft, by=cast[sender]), by=cast[officer])

    return make


def decide(client: Client, step: str, report: Report, /, **data: Any) -> Any:
    report.refresh_from_db()
    sent = {"seen": f"{report.state}.{report.revision}"} | data
    return client.post(reverse(f"web:review_{step}", args=[report.receipt]), sent)


def state(report: Report) -> str:
    return Report.objects.get(pk=report.pk).state


# --- the queue ---------------------------------------------------------------------------


def test_the_queue_begins_with_the_oldest_and_counts(cast, waiting):
    first = waiting(cha(1))
    second = waiting(cha(2, area_size=10.6))
    received(cha(3), by=cast["renew.hientruong"])  # not verified: not the centre's yet
    html = page(signed_in(cast["kiemtra2"]), "review")
    receipts = re.findall(r"/review/(BC-\d{4}-\d{6})\"", html)
    assert receipts[:2] == [first.receipt, second.receipt]
    assert re.search(r"<b>2</b> waiting", html)
    assert re.search(r"<b>1</b> blocked", html)
    assert re.search(r"<b>1</b> clean", html)


def test_the_queue_is_narrowed(cast, waiting):
    clean, blocked = waiting(cha(1)), waiting(cha(2, area_size=10.6))
    other = waiting(release(3, organisation="mag", first=500000), "mag.hientruong", "mag")
    client = signed_in(cast["kiemtra2"])

    def seen(**query: str) -> set[str]:
        html = page(client, "review", **query)
        return set(re.findall(r"/review/(BC-\d{4}-\d{6})\?", html))

    assert seen(findings="blocked") == {blocked.receipt}
    assert seen(findings="clean") == {clean.receipt, other.receipt}
    assert seen(form="land_release") == {other.receipt}
    assert seen(organisation="mag") == {other.receipt}
    assert "No report fits these filters." in page(client, "review", organisation="crs")


def test_a_seconded_officer_sees_what_is_not_his_to_decide(cast, waiting):
    report = waiting(
        cha(1, organisation="military", first=100000), sender="quandoi", officer="quandoi"
    )
    client = signed_in(cast["kiemtra1"])
    html = page(client, "review")
    assert re.search(r"<b>0</b> I may decide", html)
    assert "No report fits these filters." in page(client, "review", mine="1")
    assert "Nobody of the reporting organisation" in page(client, "review_report", report.receipt)
    refused = decide(client, "approve", report, record="new")
    assert refused.status_code == 422
    assert state(report) == "verified"


def test_an_empty_queue_says_so(cast):
    assert "No report waits for a decision." in page(signed_in(cast["kiemtra2"]), "review")
    assert "No report waits to be verified." in page(signed_in(cast["renew"]), "review")


def test_an_information_officer_has_a_queue_to_verify(cast):
    mine = received(cha(1), by=cast["renew.hientruong"])
    received(cha(2, organisation="mag", first=500000), by=cast["mag.hientruong"])
    html = page(signed_in(cast["renew"]), "review")
    assert set(re.findall(r"/review/(BC-\d{4}-\d{6})", html)) == {mine.receipt}
    assert "Verify and send to the centre" in html
    assert "approve-form" not in html


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_desk_asks_the_database_no_more_for_a_longer_queue(
    cast, waiting, language, django_assert_max_num_queries
):
    approved(waiting(cha(1, days_ago=9)), by=cast["kiemtra2"])
    report = waiting(cha(1))
    client = signed_in(cast["kiemtra2"], language)
    with django_assert_max_num_queries(70):
        page(client, "review_report", report.receipt)
    for number in range(2, 8):
        waiting(cha(number))
    with django_assert_max_num_queries(70):
        page(client, "review_report", report.receipt)


# --- what the reviewer sees --------------------------------------------------------------


def test_the_desk_shows_only_what_would_change_and_all_on_request(cast, waiting):
    approved(waiting(cha(1, days_ago=9)), by=cast["kiemtra2"])
    report = waiting(cha(1, clearance_priority="high", area_size=105000))
    client = signed_in(cast["kiemtra2"])
    html = page(client, "review_report", report.receipt)
    diff = html[html.index('id="comparison"') :]
    diff = diff[: diff.index("</section>")]
    assert "106,171" in diff
    assert "105,000" in diff
    assert "−1,171" in diff
    assert "Agricultural" not in diff
    everything = page(client, "review_report", report.receipt, all="1")
    assert "Agricultural" in everything[everything.index('id="comparison"') :]


def test_an_older_report_shows_what_it_would_not_change(cast, waiting):
    approved(waiting(cha(1, days_ago=2)), by=cast["kiemtra2"])
    report = waiting(cha(1, days_ago=20, village="Thôn Cũ"))
    html = page(signed_in(cast["kiemtra2"]), "review_report", report.receipt)
    assert "the register knows something newer" in html
    assert "Nothing would change." in html or ">0 changes" in html


def test_candidates_come_with_their_reasons(cast, waiting):
    stands = approved(waiting(cha(1, days_ago=9)), by=cast["kiemtra2"])
    moved = waiting(cha(2, internal_id="X", shape_id="X").at(polygon_points=field_of(1)))
    html = page(signed_in(cast["kiemtra2"]), "review_report", moved.receipt)
    assert "HAZ-409-600001" in html
    assert "100.0\u00a0% of the ground is shared" in html
    assert 'value="new"' in html
    again = waiting(cha(1))
    html = page(signed_in(cast["kiemtra2"]), "review_report", again.receipt)
    assert "same id" in html
    assert "same shape id TS-0001" in html
    assert 'value="new"' not in html
    assert re.search(rf'value="{stands.record_id}"[^>]*checked', html)


def test_the_map_has_the_report_the_register_and_the_findings(cast, waiting):
    approved(waiting(cha(1, days_ago=9)), by=cast["kiemtra2"])
    report = waiting(cha(1).at(coordinates=field_of(99).centroid))
    html = page(signed_in(cast["kiemtra2"]), "review_report", report.receipt)
    text = re.search(r'<script id="report-map" type="application/json">(.*?)</script>', html)[1]
    roles = [f["properties"]["role"] for f in json.loads(text)["features"]]
    assert {"commune", "register", "reported", "evidence", "item", "finding"} <= set(roles)


def test_a_report_with_broken_drawings_still_opens(cast, waiting):
    from dataclasses import replace

    draft = cha(1)
    bow_tie = [[107.02, 16.8], [107.03, 16.81], [107.03, 16.8], [107.02, 16.81]]
    for ring in (bow_tie, [[107.02, 16.8]] * 4, [[16.8, 107.02], [16.9, 107.02], [16.9, 107.1]]):
        answers = replace(draft.answers, polygons={"polygon_points": [ring]})
        report = waiting(replace(draft, answers=answers))
        html = page(signed_in(cast["kiemtra2"]), "review_report", report.receipt)
        assert "sev block" in html
        page(signed_in(cast["renew"]), "report", report.receipt)


def test_an_undated_report_says_that_it_cannot_enter(cast, waiting):
    report = waiting(cha(1, information_manager_date=None, assessment_date=None))
    html = page(signed_in(cast["kiemtra2"]), "review_report", report.receipt)
    assert "no date of information" in html


# --- decisions ---------------------------------------------------------------------------


def test_an_approved_report_enters_the_register_and_the_next_one_opens(cast, waiting):
    first, second = waiting(cha(1)), waiting(cha(2))
    answer = decide(signed_in(cast["kiemtra2"]), "approve", first, record="new")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("web:review_report", args=[second.receipt])
    assert state(first) == "approved"
    assert HazardousArea.objects.filter(local_id="HAZ-409-600001").exists()
    last = decide(signed_in(cast["kiemtra2"]), "approve", second, record="new")
    assert last["Location"] == reverse("web:review")


def test_htmx_is_sent_on_by_a_header_and_keeps_the_filters(cast, waiting):
    first, second = waiting(cha(1)), waiting(cha(2))
    address = reverse("web:review_approve", args=[first.receipt]) + "?findings=clean"
    answer = signed_in(cast["kiemtra2"]).post(
        address, {"seen": "verified.0", "record": "new"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 204
    following = reverse("web:review_report", args=[second.receipt])
    assert answer["HX-Redirect"] == f"{following}?findings=clean"


def test_an_update_is_bound_to_the_record_that_stands(cast, waiting):
    stands = approved(waiting(cha(1, days_ago=9)), by=cast["kiemtra2"])
    report = waiting(cha(1, clearance_priority="high"))
    client = signed_in(cast["kiemtra2"])
    taken = decide(client, "approve", report, record="new")
    assert taken.status_code == 422
    assert "is in the register already" in taken.content.decode()
    assert decide(client, "approve", report, record=str(stands.record_id)).status_code == 302
    assert HazardousArea.objects.get().clearance_priority == "high"
    assert Record.objects.count() == 1


def test_blocking_findings_lock_the_approval_and_say_so(cast, waiting):
    report = waiting(cha(1, area_size=10.6))
    client = signed_in(cast["kiemtra2"])
    html = page(client, "review_report", report.receipt)
    assert re.search(r'aria-disabled="true"[^>]*>Approve', html)
    assert "1 blocking finding(s) remain." in html
    assert decide(client, "approve", report, record="new").status_code == 422
    assert state(report) == "verified"


def test_values_of_one_date_ask_for_a_choice(cast, waiting):
    stands = approved(waiting(cha(1)), by=cast["kiemtra2"])
    report = waiting(cha(1, land_use="residential_area", clearance_priority="low"))
    client = signed_in(cast["kiemtra2"])
    html = page(client, "review_report", report.receipt)
    assert 'name="choice:land_use"' in html
    assert 'name="choice:priority"' in html
    bound = {"record": str(stands.record_id)}
    asked = decide(client, "approve", report, **bound)
    assert asked.status_code == 422
    assert "Choose the right value" in asked.content.decode()
    partial = client.post(
        reverse("web:review_approve", args=[report.receipt]),
        {"seen": "verified.0"} | bound,
        headers={"HX-Request": "true"},
    )
    assert partial.status_code == 422
    assert 'hx-swap-oob="true"' in partial.content.decode()
    assert "<html" not in partial.content.decode()
    # The same people stand behind other references: they carry the same marks.
    assert set(re.findall(r'name="(choice:\w+)"', html)) == {"choice:land_use", "choice:priority"}
    chosen = {"choice:land_use": report.pk, "choice:priority": stands.pk}
    assert decide(client, "approve", report, **bound, **chosen).status_code == 302
    area = HazardousArea.objects.get()
    assert (area.land_use, area.clearance_priority) == ("residential_area", "medium")
    assert Decision.objects.filter(kind="chosen").count() == 2


def test_a_report_is_returned_with_its_reason_and_clock(cast, waiting):
    report = waiting(cha(1))
    client = signed_in(cast["kiemtra2"])
    assert decide(client, "return", report, note="  ").status_code == 422
    assert decide(client, "return", report, note="Thiếu ảnh.").status_code == 302
    html = page(signed_in(cast["renew"]), "report", report.receipt)
    assert "Thiếu ảnh." in html
    assert "3 days left" in html
    with clock.frozen(clock.now() + dt.timedelta(days=5)):
        assert "2 days overdue" in page(signed_in(cast["renew"]), "report", report.receipt)
        assert "2 days overdue" in page(signed_in(cast["kiemtra2"]), "home")


def test_without_javascript_the_address_opens_the_reason(cast, waiting):
    report = waiting(cha(1))
    html = page(signed_in(cast["kiemtra2"]), "review_report", report.receipt, step="return")
    assert re.search(r'<dialog id="dlg-return"[^>]* open', html)


def test_a_refusal_needs_a_second_person(cast, waiting):
    report = waiting(cha(1))
    first, second = signed_in(cast["kiemtra2"]), signed_in(cast["csdl"])
    assert decide(first, "propose", report, step="refuse", note="").status_code == 422
    assert decide(first, "propose", report, step="refuse", note="Trùng.").status_code == 302
    assert decide(first, "propose", report, step="refuse", note="Nữa.").status_code == 422
    html = page(first, "review_report", report.receipt)
    assert "Your own proposal waits for a second person." in html
    alone = decide(first, "confirm", report, answer="confirm")
    assert alone.status_code == 422
    assert "needs a second person" in alone.content.decode()
    assert "Trùng." in page(second, "home")
    assert report.receipt in page(second, "reports", proposal="1")
    assert decide(second, "confirm", report, answer="confirm").status_code == 302
    assert state(report) == "refused"
    assert decide(second, "confirm", report, answer="confirm").status_code == 422


def test_a_proposal_may_be_declined(cast, waiting):
    report = waiting(cha(1))
    decide(signed_in(cast["kiemtra2"]), "propose", report, step="refuse", note="Trùng.")
    answer = decide(signed_in(cast["csdl"]), "confirm", report, answer="decline", note="Không.")
    assert answer.status_code == 302
    assert state(report) == "verified"
    assert Proposal.objects.get().outcome == "declined"


@pytest.mark.parametrize(("step", "after"), [("withdraw", "withdrawn"), ("revoke", "verified")])
def test_an_approved_report_is_withdrawn_or_revoked_by_two(cast, waiting, step, after):
    report = approved(waiting(cha(1)), by=cast["kiemtra2"])
    first, second = signed_in(cast["kiemtra2"]), signed_in(cast["giamdoc"])
    assert f'id="dlg-{step}"' in page(first, "report", report.receipt)
    answer = decide(first, "propose", report, step=step, note="Gửi nhầm.", back="report")
    assert answer["Location"] == reverse("web:report", args=[report.receipt])
    html = page(second, "report", report.receipt)
    assert "Gửi nhầm." in html
    assert "web/review" not in html
    assert decide(second, "confirm", report, answer="confirm", back="report").status_code == 302
    assert state(report) == after
    assert not HazardousArea.objects.exists()


def test_an_approved_report_moves_to_another_record(cast, waiting):
    target = approved(waiting(cha(1, days_ago=9)), by=cast["kiemtra2"])
    wrong = approved(
        waiting(cha(2, shape_id="TS-0001", internal_id="TS-0001")), by=cast["kiemtra2"]
    )
    client = signed_in(cast["kiemtra2"])
    html = page(client, "report", wrong.receipt)
    assert "HAZ-409-600001" in html
    move = {"record": str(target.record_id), "back": "report"}
    assert decide(client, "reassign", wrong, **move, note="").status_code == 422
    assert decide(client, "reassign", wrong, **move, note="Cùng khu vực.").status_code == 302
    wrong.refresh_from_db()
    assert wrong.record_id == target.record_id


def test_an_exception_is_granted_by_the_database_unit_alone(cast, waiting):
    # The form's polygon has one ring, so several can only come from a correction.
    draft = release(1)
    report = received(draft, by=cast["renew.hientruong"])
    (ring,) = draft.answers.polygons["polygon_points"]
    lines = "\n\n".join(
        "\n".join(f"{x} {y}" for x, y in ring)
        for ring in (ring, [[107.03, 16.81], [107.031, 16.81], [107.031, 16.811]])
    )
    client = signed_in(cast["renew"])
    sent = typed(page(client, "report_correct", report.receipt))
    sent |= {"q.polygon_points": lines, "do": "verify"}
    assert (
        client.post(reverse("web:report_correct", args=[report.receipt]), sent).status_code == 302
    )
    report.refresh_from_db()
    assert report.blocks
    asking = {"rule": "polygon_single", "note": "Hai phần cách nhau bởi đường."}
    assert "Grant an exception" not in page(
        signed_in(cast["kiemtra2"]), "review_report", report.receipt
    )
    assert decide(signed_in(cast["kiemtra2"]), "except", report, **asking).status_code == 403
    unit = signed_in(cast["csdl"])
    assert "Grant an exception" in page(unit, "review_report", report.receipt)
    assert decide(unit, "except", report, rule="polygon_single", note="").status_code == 422
    assert decide(unit, "except", report, **asking).status_code == 302
    found = list(report.findings.values_list("rule", flat=True))
    assert "polygon_single" not in found


# --- refusals everywhere -----------------------------------------------------------------


def test_a_stale_decision_is_told_calmly(cast, waiting):
    report = waiting(cha(1))
    one, other = signed_in(cast["kiemtra2"]), signed_in(cast["csdl"])
    address = reverse("web:review_return", args=[report.receipt])
    sent = {"seen": "verified.0", "note": "Thiếu ảnh."}
    assert one.post(address, sent).status_code == 302
    late = other.post(address, sent)
    assert late.status_code == 422
    assert "Somebody has just changed this report" in late.content.decode()
    part = other.post(address, sent, headers={"HX-Request": "true"})
    assert part.status_code == 422
    assert "Look at it again" in part.content.decode()
    assert "<html" not in part.content.decode()


@pytest.mark.parametrize("step", ["approve", "return", "propose", "confirm", "except", "reassign"])
def test_decisions_are_posted_by_those_who_may(cast, waiting, step):
    report = waiting(cha(1))
    address = reverse(f"web:review_{step}", args=[report.receipt])
    assert signed_in(cast["kiemtra2"]).get(address).status_code == 405
    assert signed_in(cast["renew"]).post(address).status_code == 403
    assert Client().post(address).status_code == 302
    assert state(report) == "verified"


@pytest.mark.parametrize("step", ["approve", "return", "propose", "reassign"])
def test_an_absent_report_or_record_is_a_404(cast, waiting, step):
    client = signed_in(cast["kiemtra2"])
    sent = {"record": "0f0e7b1e-8a54-5d0c-9b61-0a3f6d7c1e42", "note": "x", "step": "eat"}
    absent = reverse(f"web:review_{step}", args=["BC-2026-999999"])
    assert client.post(absent, sent).status_code == 404
    if step in ("approve", "propose"):
        report = waiting(cha(1))
        address = reverse(f"web:review_{step}", args=[report.receipt])
        assert client.post(address, sent).status_code == 404
