"""Steps that reports imply, at the desk, after approving many, and on their list."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from datlanh.hazards.models import HazardousArea
from datlanh.register.models import Decision
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, release, verified

pytestmark = pytest.mark.django_db
AREA = "HAZ-409-600001"


@pytest.fixture
def cast():
    cast = demo_cast()
    approved(sent(cha(1, days_ago=60), cast), by=cast["kiemtra2"])
    return cast


def sent(draft, cast):
    return verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])


def waiting(cast, **more):
    return sent(release(1, days_ago=3).but(cha_ids=AREA, **more), cast)


def ways(html: str) -> list[tuple[str, bool]]:
    """What the boxes send, and whether they are ticked."""
    boxes = re.findall(r'<input type="checkbox" name="life" value="([^"]+)"([^>]*)>', html)
    return [(value, " checked" in rest) for value, rest in boxes]


def approve(client, report, **said):
    address = reverse("web:review_approve", args=[report.receipt])
    seen = {"record": "new", "seen": f"{report.state}.{report.revision}"}
    return client.post(address, seen | said)


def state() -> str:
    return HazardousArea.objects.get(local_id=AREA).state


def test_the_desk_ticks_the_step_and_the_approval_takes_it(cast):
    client, report = signed_in(cast["kiemtra2"]), waiting(cast)
    shown = page(client, "review_report", report.receipt)
    assert ways(shown) == [(f"{AREA}|cha|completed", True)]
    assert "its whole ground has a completed release" in shown
    assert 'data-key="t"' in shown  # within reach of the keyboard
    assert approve(client, report, life=f"{AREA}|cha|completed").status_code == 302
    assert state() == "completed"
    assert report.receipt in page(client, "area", AREA)  # by which report it came so far


def test_the_desk_says_it_in_vietnamese(cast):
    shown = page(signed_in(cast["kiemtra2"], "vi"), "review_report", waiting(cast).receipt)
    assert "toàn bộ diện tích đã có báo cáo giải phóng hoàn thành" in shown
    assert "Hoàn thành rà phá" in shown


def test_unticked_it_stays_where_it_is_and_waits_on_the_list(cast):
    client, report = signed_in(cast["kiemtra2"]), waiting(cast)
    approve(client, report)
    assert state() == "cha"
    shown = page(client, "area_steps")
    assert ways(shown) == [(f"{AREA}|cha|completed", False)]
    taken = client.post(
        reverse("web:area_steps_take"), {"life": f"{AREA}|cha|completed"}, follow=True
    )
    assert "1 step is taken." in taken.content.decode()
    assert state() == "completed"
    assert "No area waits for a step." in page(client, "area_steps")
    again = client.post(reverse("web:area_steps_take"), {"life": f"{AREA}|cha|completed"})
    assert again.status_code == 422
    assert "just changed" in again.content.decode()
    nothing = client.post(reverse("web:area_steps_take"), follow=True).content.decode()
    assert "No step is ticked." in nothing


def test_approving_many_takes_no_step_and_says_so(cast):
    report = waiting(cast)
    assert (report.blocks, report.warns) == (0, 0)
    client = signed_in(cast["kiemtra2"])
    shown = page(client, "review_many")
    assert "Steps to take" in shown
    values = re.findall(r'name="report" value="([^"]+)"', shown)
    done = client.post(reverse("web:review_many_approve"), {"report": values}, follow=True)
    said = done.content.decode()
    assert "1 area waits for a step that these reports imply; none was taken." in said
    assert not Decision.objects.filter(kind="moved").exists()


def test_a_refused_approval_keeps_what_was_ticked(cast):
    client, report = signed_in(cast["kiemtra2"]), waiting(cast)
    answer = approve(client, report, life=f"{AREA}|ongoing|completed")
    assert answer.status_code == 422
    assert "just changed" in answer.content.decode()
    assert ways(answer.content.decode()) == [(f"{AREA}|cha|completed", False)]


def test_who_moves_no_area_is_offered_no_step(cast):
    for who in ("renew", "giamdoc"):
        answer = signed_in(cast[who]).get(reverse("web:area_steps"))
        assert answer.status_code == 403
