"""Splitting an area on its page: proposed by one person, confirmed by another."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datlanh.hazards.models import HazardousArea
from datlanh.intake.models import Division
from datlanh.register.models import Link, Record
from support.divisions import divided, halves_of, part, waiting
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, release

pytestmark = pytest.mark.django_db
AREA = "HAZ-409-600001"


@pytest.fixture
def cast():
    cast = demo_cast()
    approved(waiting(cha(1, days_ago=60), cast), by=cast["kiemtra2"])
    return cast


@pytest.fixture
def halves(cast):
    return [
        waiting(part(1, 700000 + 100 * n, half), cast).pk for n, half in enumerate(halves_of(1))
    ]


def posted(client, name, **said):
    return client.post(reverse(f"web:{name}", args=(AREA,)), said, follow=True).content.decode()


def test_two_persons_split_an_area(cast, halves):
    first, second = signed_in(cast["kiemtra2"]), signed_in(cast["kiemtra1"], "vi")
    assert "Split or merge" in page(first, "area", AREA)
    offered = page(first, "area_divide", AREA)
    assert "HAZ-409-700001" in offered
    assert "HAZ-409-700101" in offered
    assert "Give the reason" in posted(first, "area_divide_propose", report=halves)
    told = posted(first, "area_divide_propose", report=halves, note="đường mới cắt ngang")
    assert "a second person confirms it" in told
    assert "Take it back" in told
    assert "second person" in posted(first, "area_divide_answer", answer="confirm")
    seen = page(second, "area_divide", AREA)
    assert "đường mới cắt ngang" in seen
    assert "Xác nhận" in seen
    done = posted(second, "area_divide_answer", answer="confirm")
    assert "các khu vực mới đã vào sổ đăng ký" in done
    assert "Đã chia thành các khu vực con" in done
    assert 'href="/areas/HAZ-409-700101/"' in done
    assert HazardousArea.objects.filter(state="cha").count() == 2
    assert "neither split nor merged" in page(first, "area_divide", AREA)


def test_without_new_reports_the_page_says_what_is_needed(cast):
    assert "Enter one for each part" in page(signed_in(cast["kiemtra2"]), "area_divide", AREA)
    assert page(signed_in(cast["renew"]), "area_divide", AREA, status=403) is not None


def test_a_proposal_is_declined(cast, halves):
    first, second = signed_in(cast["kiemtra2"]), signed_in(cast["kiemtra1"])
    posted(first, "area_divide_propose", report=halves, note="x")
    assert "nothing was changed" in posted(second, "area_divide_answer", answer="decline")
    assert Division.objects.get().outcome == "declined"
    assert "Nothing is proposed" in posted(second, "area_divide_answer", answer="decline")


def test_at_the_desk_a_late_report_about_the_old_area_asks_for_a_choice(cast, halves):
    divided(cast, [HazardousArea.objects.get(local_id=AREA).pk], halves)
    late = waiting(cha(1, days_ago=30).but(land_use="development"), cast)
    client = signed_in(cast["kiemtra2"])
    record = HazardousArea.objects.get(local_id=AREA).pk
    query = {"record": str(record)}
    desk = client.get(reverse("web:review_report", args=[late.receipt]), query).content.decode()
    assert "into the history of the old area" in desk
    address = reverse("web:review_approve", args=[late.receipt])
    assert client.post(address, query).status_code == 422
    assert client.post(address, query | {"history": "1"}).status_code == 302


def test_a_late_report_about_the_old_area_asks_which_part_is_meant(cast, halves):
    parent = Record.objects.get(local_id=AREA)
    divided(cast, [parent.pk], halves)
    late = waiting(release(1, days_ago=20).but(cha_ids=AREA), cast)
    client = signed_in(cast["kiemtra2"])
    shown = page(client, "review_report", late.receipt)
    assert "Which of the new areas is meant?" in shown
    assert "into the history of the old area" in shown
    parts = [f'name="link" value="release_area:{Record.id_from(pk)}"' for pk in halves]
    assert [shown.count(one) for one in parts] == [1, 1]
    address = reverse("web:review_approve", args=[late.receipt])
    sent = {"record": "new", "seen": f"{late.state}.{late.revision}"}
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "Choose the new areas" in refused.content.decode()
    meant = Record.id_from(halves[1])
    assert client.post(address, sent | {"link": f"release_area:{meant}"}).status_code == 302

    assert Link.objects.filter(b=meant, relation="release_area", holds=True).exists()
