"""The life of an area on its page: what may come next, what is missing, how it came there."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datlanh.hazards.models import HazardousArea
from datlanh.kernel import clock
from support.drafts import accident, before
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, let_through, received, release, verified

pytestmark = pytest.mark.django_db
AREA = "HAZ-409-600001"


@pytest.fixture
def cast():
    cast = demo_cast()
    report = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    approved(report, by=cast["kiemtra2"])
    return cast


def moved(client, step, seen, **more):
    said = {"step": step, "seen": seen, "on": clock.today().isoformat()} | more
    return client.post(reverse("web:area_move", args=(AREA,)), said, follow=True)


def test_the_page_offers_the_steps_of_the_table_and_tells_those_taken(cast):
    client = signed_in(cast["kiemtra2"])
    before = page(client, "area", AREA)
    assert "No step was taken yet" in before
    assert "Begin the work" in before
    assert "No completion report (CLC)" in before  # why completing is not possible
    after = moved(client, "start", "cha", note="Đội BAC 2 vào vị trí.").content.decode()
    assert "The area is now: Ongoing." in after
    assert "Đội BAC 2 vào vị trí." in after
    assert HazardousArea.objects.get(local_id=AREA).public_status == "ongoing"
    again = moved(client, "start", "cha").content.decode()
    assert "just changed" in again


def test_a_day_that_is_none_and_a_reason_that_is_missing_are_said(cast):
    client = signed_in(cast["kiemtra2"])
    assert "is not a date" in moved(client, "start", "cha", on="").content.decode()
    moved(client, "start", "cha")
    assert "Give the reason." in moved(client, "suspend", "ongoing").content.decode()


def test_who_moves_no_area_sees_its_state_and_no_step(cast):
    for who in ("renew", "giamdoc", "renew.hientruong"):
        shown = page(signed_in(cast[who]), "area", AREA)
        assert "No step was taken yet" in shown
        assert "Begin the work" not in shown
        assert moved(signed_in(cast[who]), "start", "cha").status_code == 403
    assert moved(signed_in(cast["mag"]), "start", "cha").status_code == 403


def test_reopening_offers_the_accident_and_both_pages_tell_of_it(cast):
    cleared = received(release(1).but(cha_ids=AREA), by=cast["renew.hientruong"])
    approved(verified(cleared, by=cast["renew"]), by=cast["kiemtra2"])
    happened = received(accident(1, days_ago=0), by=cast["renew.hientruong"])
    approved(let_through(verified(happened, by=cast["renew"])), by=cast["kiemtra2"])
    client = signed_in(cast["kiemtra2"])
    moved(client, "complete", "cha", on=before(2))
    shown = page(client, "area", AREA)
    assert '<optgroup label="An accident happened"><option value="INC-409-600001">' in shown
    refused = moved(client, "reopen", "completed", cause="accident").content.decode()
    assert "Choose the accident itself" in refused
    done = moved(client, "reopen", "completed", cause="accident", because="INC-409-600001")
    assert "/records/accidents/INC-409-600001/" in done.content.decode()
    there = page(client, "record", "accidents", "INC-409-600001")
    assert "Areas reopened because of this" in there
    assert f"/areas/{AREA}/#life" in there
    in_vietnamese = page(signed_in(cast["kiemtra2"], "vi"), "record", "accidents", "INC-409-600001")
    assert "Khu vực được mở lại vì hồ sơ này" in in_vietnamese


def test_the_page_sets_ours_beside_what_imsma_would_show(cast):
    client = signed_in(cast["kiemtra2"])
    shown = page(client, "area", AREA)
    assert "land: open, task: none" in shown
    assert "differs" not in shown
    done = received(release(1, days_ago=1).but(cha_ids=AREA), by=cast["renew.hientruong"])
    approved(verified(done, by=cast["renew"]), by=cast["kiemtra2"])
    shown = page(client, "area", AREA)
    assert "land: open, task: completed" in shown  # a finished task would close land
    assert "differs" in shown
    assert "land: open, task: none" in page(client, "area", AREA, on=before(2))
    said = page(signed_in(cast["kiemtra2"], "vi"), "area", AREA)
    assert "đất: mở, nhiệm vụ: hoàn thành" in said
