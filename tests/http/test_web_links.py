"""Links on pages: at the desk, on both records, on the work list."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from datlanh.accounts.models import User
from datlanh.intake.models import Report
from datlanh.register.models import Decision, Link, Record
from support.kinds import accident, eod, victim
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, release, verified

pytestmark = pytest.mark.django_db
STEP = "web:links_step"


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


@pytest.fixture
def waiting(cast) -> Any:
    """Makes a report that waits for a decision."""
    return lambda draft: verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])


@pytest.fixture
def enter(cast, waiting) -> Any:
    """Makes a record."""

    def make(draft: Any) -> Record:
        report = approved(waiting(draft), by=cast["kiemtra2"])
        return Record.objects.get(pk=report.record_id)

    return make


def told(html: str) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_the_desk_ticks_what_the_report_names_and_the_approval_links_it(cast, enter, waiting):
    inc, area = enter(accident(1)), enter(cha(1))
    report = waiting(victim(1))
    client = signed_in(cast["kiemtra2"])
    html = page(client, "review_report", report.receipt)
    value = f"victim_accident:{inc.pk}"
    assert re.search(rf'name="link" value="{value}"[^>]* checked', html)
    assert 'data-key="1"' in html
    sent = {"seen": f"{report.state}.{report.revision}", "record": "new", "link": [value]}
    client.post(reverse("web:review_approve", args=[report.receipt]), sent)
    assert Link.objects.get(holds=True).b_id == inc.pk
    # Nearness alone is shown, not ticked.
    task = waiting(eod(1))
    html = page(client, "review_report", task.receipt)
    assert re.search(rf'name="link" value="eod_area:{area.pk}" form="approve-form" data-key', html)
    assert "inside the area" in told(html)


def test_the_desk_says_what_is_named_and_not_there_yet(cast, waiting):
    report = waiting(victim(1))
    html = told(page(signed_in(cast["kiemtra2"]), "review_report", report.receipt))
    assert "INC-409-600001: named by the report, not in the register yet" in html


def test_a_refused_approval_keeps_what_was_ticked(cast, enter, waiting):
    inc, report = enter(accident(1)), waiting(victim(1))
    sent = {"seen": "received.0", "record": "new"}  # changed meanwhile; the tick was taken out
    client = signed_in(cast["kiemtra2"])
    answer = client.post(reverse("web:review_approve", args=[report.receipt]), sent)
    assert answer.status_code in (409, 422)
    html = answer.content.decode()
    assert f'value="victim_accident:{inc.pk}"' in html
    assert not re.search(rf'value="victim_accident:{inc.pk}"[^>]* checked', html)


def test_a_link_stands_on_both_records_and_can_be_undone(cast, enter):
    hurt, inc = enter(victim(1)), enter(accident(1))
    client = signed_in(cast["kiemtra2"])
    html = page(client, "record", "accidents", inc.local_id)
    (key,) = re.findall(r'name="pair" value="([^"]+)" id="pair-1" checked', html)
    answer = client.post(reverse(STEP), {"pair": key, "back": str(inc.pk)}, follow=True)
    assert "1 link is made." in answer.content.decode()
    for slug, record, other in (("accidents", inc, hurt), ("victims", hurt, inc)):
        html = page(client, "record", slug, record.local_id)
        assert f'href="/records/{"victims" if other is hurt else "accidents"}/' in html
        assert "Trần Diệu Hằng, decision" in told(html)
        assert 'name="pair"' not in html
    before = Decision.objects.latest("seq").seq
    answer = client.post(reverse(STEP), {"unlink": key, "back": str(hurt.pk)})
    assert answer.status_code == 422
    assert "Give the reason." in answer.content.decode()
    client.post(reverse(STEP), {"unlink": key, "back": str(hurt.pk), "note": "nhầm số"})
    html = page(client, "record", "victims", hurt.local_id)
    assert "link undone" in html
    assert "nhầm số" in html
    past = page(client, "record", "victims", hurt.local_id, known=str(before))
    assert "link undone" not in past
    assert "INC-409-600001" in past


def test_a_link_to_a_record_without_reports_is_struck(cast, enter):
    hurt, inc = enter(victim(1)), enter(accident(1))
    client = signed_in(cast["kiemtra2"])
    client.post(reverse(STEP), {"pair": f"victim_accident:{hurt.pk}:{inc.pk}"})
    withdraw(cast, Report.objects.get(record_id=inc.pk))
    html = page(client, "record", "victims", hurt.local_id)
    assert re.search(r'<tr class="gone">.*INC-409-600001', html, re.DOTALL)
    assert "no report counts" in html


def withdraw(cast: dict[str, User], report: Report) -> None:
    for who, step, more in (
        ("kiemtra2", "propose", {"step": "withdraw", "note": "trùng"}),
        ("csdl", "confirm", {"answer": "confirm"}),
    ):
        sent = {"seen": f"{report.state}.{report.revision}"} | more
        client = signed_in(cast[who])
        client.post(reverse(f"web:review_{step}", args=[report.receipt]), sent)
    assert Report.objects.get(pk=report.pk).state == "withdrawn"


def test_another_organisations_record_is_linked_without_a_name(cast, enter):
    area = enter(cha(1))
    draft = release(1, organisation="mag", first=500000)
    theirs = verified(received(draft, by=cast["mag.hientruong"]), by=cast["mag"])
    theirs = approved(theirs, by=cast["kiemtra2"])
    key = f"release_area:{theirs.record_id}:{area.pk}"
    client = signed_in(cast["kiemtra2"])
    client.post(reverse(STEP), {"pair": key})
    assert theirs.record_local_id in page(client, "area", area.local_id)
    html = page(signed_in(cast["renew"]), "area", area.local_id)
    assert "a record of another organisation" in html
    assert theirs.record_local_id not in html
    assert 'name="pair"' not in html
    # Nor where two moments of the area's ledger are compared, by decision or by day.
    for known in ("1", "0"):
        asked = {"from_on": "2020-01-01", "from_known": known}
        told = page(client, "area_ledger", area.local_id, **asked)
        assert theirs.record_local_id in told
        hidden = page(signed_in(cast["renew"]), "area_ledger", area.local_id, **asked)
        assert theirs.record_local_id not in hidden
        assert theirs.receipt not in hidden


def test_a_link_is_made_by_id(cast, enter):
    inc, area = enter(accident(5)), enter(cha(1))
    client = signed_in(cast["kiemtra2"])
    sent = {"back": str(inc.pk), "local_id": "haz 409 600001"}
    answer = client.post(reverse(STEP), sent)
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/records/accidents/{inc.local_id}/#links")
    assert Link.objects.get().b_id == area.pk
    for wrong, said in (("HAZ-409-600009", "no record"), ("INC-409-600005", "no kind of link")):
        answer = client.post(reverse(STEP), sent | {"local_id": wrong})
        assert answer.status_code == 422
        assert said in answer.content.decode()


def test_the_work_list_takes_several_at_once_and_sets_one_apart(cast, enter):
    for person in (1, 2, 3):
        enter(victim(1, person))
    enter(accident(1))
    client = signed_in(cast["kiemtra2"])
    keys = re.findall(r'name="pair" value="([^"]+)"', page(client, "links"))
    assert len(keys) == 3
    assert client.post(reverse(STEP)).status_code == 422
    client.post(reverse(STEP), {"part": keys[0]})
    client.post(reverse(STEP), {"pair": keys[1:]})
    assert sorted(Link.objects.values_list("holds", flat=True)) == [False, True, True]
    assert "No link waits to be confirmed." in page(client, "links")
    # A second officer whose page is old is told.
    answer = client.post(reverse(STEP), {"pair": keys[1]})
    assert answer.status_code == 422


def test_what_is_no_pair_is_not_found(cast):
    client = signed_in(cast["kiemtra2"])
    for key in ("", "x", "victim_accident:1:2"):
        answer = client.post(reverse(STEP), {"part": key or "nothing:at:all"})
        assert answer.status_code == 404
