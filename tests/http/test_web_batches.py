"""Choosing many reports, proposing their withdrawal, and answering as the second person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from datlanh.accounts.models import User
from datlanh.intake.batching import seen_in_batch
from datlanh.intake.models import Batch, Report
from datlanh.kernel import clock
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


@pytest.fixture
def entered(cast) -> Any:
    def make(
        draft: Any, sender: str = "renew.hientruong", officer: str = "renew", **more
    ) -> Report:
        ready = verified(received(draft, by=cast[sender]), by=cast[officer])
        return approved(ready, by=cast["kiemtra2"], **more)

    return make


def post(client, name: str, *args: object, query: str = "", **sent: Any) -> Any:
    return client.post(reverse(f"web:{name}", args=args) + query, sent)


def value(report: Report) -> str:
    report.refresh_from_db()
    return f"{report.receipt}|{seen_in_batch(report)}"


def proposed(client, *reports: Report, note: str = "GPS của đội lệch 40 m", **more: Any) -> Batch:
    ticked = [value(r) for r in reports]
    answer = post(client, "batch_propose", report=ticked, note=note, **more)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Batch.objects.latest("pk")


def boxes(html: str, name: str) -> set[str]:
    return set(re.findall(rf'name="{name}" value="(BC-\d{{4}}-\d{{6}})', html))


def test_the_list_offers_ticking_to_those_who_withdraw_only(cast, entered):
    report = entered(cha(1))
    waiting = verified(received(cha(2), by=cast["renew.hientruong"]), by=cast["renew"])
    html = page(signed_in(cast["kiemtra2"]), "reports", choose="1")
    assert boxes(html, "report") == {report.receipt}
    assert waiting.receipt in html
    for who in ("renew", "renew.hientruong"):
        html = page(signed_in(cast[who]), "reports", choose="1")
        assert boxes(html, "report") == set()
        assert "Choose many" not in html


def test_reports_are_narrowed_by_sender_version_and_date(cast, entered):
    ours = entered(cha(1, days_ago=9))
    theirs = entered(cha(2, organisation="mag", first=500000), "mag.hientruong", "mag")
    client = signed_in(cast["kiemtra2"])

    def seen(**query: str) -> set[str]:
        return set(re.findall(r"BC-\d{4}-\d{6}", page(client, "reports", **query)))

    assert seen(sender="mag.hientruong") == {theirs.receipt}
    assert seen(version=ours.version) == {ours.receipt, theirs.receipt}
    assert seen(version="1") == set()
    day = (clock.today() - (clock.today() - ours.date_of_information)).isoformat()
    assert seen(until=day) == {ours.receipt}
    assert seen(since=day) == {ours.receipt, theirs.receipt}
    assert seen(since="no day") == {ours.receipt, theirs.receipt}


def test_all_that_fit_the_filters_are_taken(cast, entered):
    ours, second = entered(cha(1)), entered(cha(2))
    entered(cha(3, organisation="mag", first=500000), "mag.hientruong", "mag")
    client = signed_in(cast["kiemtra2"])
    answer = post(client, "batch_new", query="?organisation=npa_renew&choose=1", what="all")
    assert boxes(answer.content.decode(), "report") == {ours.receipt, second.receipt}
    nothing = post(client, "batch_new", what="ticked")
    assert "Choose at least one report." in nothing.content.decode()


def test_what_is_corrected_or_impossible_stands_apart(cast, entered):
    wrong = entered(cha(1, days_ago=9))
    right = entered(cha(1, days_ago=9, correction_of=wrong.receipt), record_id=wrong.record_id)
    waiting = verified(received(cha(2), by=cast["renew.hientruong"]), by=cast["renew"])
    good = entered(cha(3))
    client = signed_in(cast["kiemtra2"])
    ticked = [r.receipt for r in (wrong, right, waiting, good)]
    html = post(client, "batch_new", report=ticked).content.decode()
    assert boxes(html, "report") == {right.receipt, good.receipt}
    assert (
        html.index("Corrected since") < html.index("Not possible") < html.index("To be withdrawn")
    )
    assert boxes(html, "despite") == {wrong.receipt}
    assert "Corrected since: look at each" in html
    assert "is not possible: the state is" in html
    # Sent as if it were free, it is left out; ticked by itself, it goes along.
    assert set(proposed(client, wrong, good).members.values_list("result", flat=True)) == {
        "left_out",
        "waiting",
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_second_person_confirms_and_reads_what_became_of_each(cast, entered, language):
    first, second = entered(cha(1)), entered(cha(2))
    batch = proposed(signed_in(cast["kiemtra2"]), first, second)
    other = signed_in(cast["kiemtra1"], language)
    assert f"/batches/{batch.pk}" in page(other, "batches")
    assert "/batches/" in page(other, "home")
    assert f"/batches/{batch.pk}" in page(other, "report", first.receipt)
    html = page(other, "batch", batch.pk)
    assert "GPS của đội lệch 40 m" in html
    answer = post(other, "batch_confirm", batch.pk, answer="confirm")
    assert answer.status_code == 302
    html = page(other, "batch", batch.pk)
    said = {"vi": "2 báo cáo đã được thu hồi.", "en": "2 reports are withdrawn."}
    assert said[language] in html
    assert set(Report.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert 'name="answer"' not in html


def test_the_proposer_does_not_confirm_and_may_take_it_back(cast, entered):
    client = signed_in(cast["kiemtra2"])
    batch = proposed(client, entered(cha(1)))
    html = page(client, "batch", batch.pk)
    assert "It waits for a second person." in html
    assert 'value="confirm"' not in html
    refused = post(client, "batch_confirm", batch.pk, answer="confirm")
    assert refused.status_code == 422
    assert "This step needs a second person to confirm." in refused.content.decode()
    assert post(client, "batch_confirm", batch.pk, answer="decline").status_code == 302
    again = post(client, "batch_confirm", batch.pk, answer="decline")
    assert (again.status_code, "Nothing is proposed." in again.content.decode()) == (422, True)


def test_without_a_reason_the_choice_stays(cast, entered):
    report = entered(cha(1))
    client = signed_in(cast["kiemtra2"])
    answer = post(client, "batch_propose", report=[value(report)], note=" ")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Give the reason." in html
    assert boxes(html, "report") == {report.receipt}


def test_a_report_left_out_leads_to_itself(cast, entered):
    wrong, other = entered(cha(1, days_ago=9)), entered(cha(2))
    batch = proposed(signed_in(cast["kiemtra2"]), wrong, other)
    right = entered(cha(1, days_ago=9, correction_of=wrong.receipt), record_id=wrong.record_id)
    client = signed_in(cast["kiemtra1"])
    post(client, "batch_confirm", batch.pk, answer="confirm")
    html = page(client, "batch", batch.pk)
    assert "1 was left out." in html
    assert right.receipt in html
    assert f"/reports/{wrong.receipt}?step=withdraw" in html
