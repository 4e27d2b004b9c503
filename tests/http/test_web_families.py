"""Ids of accidents, victims and assistance as links, and none that leads nowhere."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from datlanh.intake.models import Report
from support.drafts import accident, assistance, victim
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, release, verified

pytestmark = pytest.mark.django_db

ACCIDENT, VICTIM, HELP = "INC-409-600001", "VIC-409-600001-02", "VA-409-600001-02-01"


@pytest.fixture
def cast():
    return demo_cast()


def entered(draft, cast, phone="renew.hientruong", officer="renew", **more) -> Report:
    report = verified(received(draft, by=cast[phone]), by=cast[officer])
    return approved(report, by=cast["kiemtra2"], **more)


def link(slug: str, local_id: str) -> str:
    return f'<a class="id" href="{reverse("web:record", args=[slug, local_id])}">{local_id}</a>'


def dead_links(client: Client, html: str) -> list[str]:
    """Links to records and reports that open for nobody like this reader."""
    main = html[html.index("<main") :]
    found = set(re.findall(r'href="(/(?:records|reports|areas|releases)/[^"?#]+)', main))
    return sorted(h for h in found if client.get(h).status_code == 404)


def test_a_family_is_linked_up_and_down(cast):
    for draft in (accident(1), victim(1), assistance(1)):
        entered(draft, cast)
    reader = signed_in(cast["kiemtra2"])
    assert link("victims", VICTIM) in page(reader, "record", "accidents", ACCIDENT)
    assert link("assistance", HELP) in page(reader, "record", "accidents", ACCIDENT)
    of_victim = page(reader, "record", "victims", VICTIM)
    assert link("accidents", ACCIDENT) in of_victim
    assert link("assistance", HELP) in of_victim
    of_help = page(reader, "record", "assistance", HELP)
    assert link("accidents", ACCIDENT) in of_help
    assert link("victims", VICTIM) in of_help
    for slug in ("victims", "assistance"):
        assert dead_links(reader, page(reader, "records", slug)) == []


def test_the_page_of_a_report_links_what_it_names(cast):
    entered(accident(1), cast)
    entered(cha(1), cast)
    of_victim, of_land = entered(victim(1), cast), entered(release(2), cast)
    reader = signed_in(cast["kiemtra2"])
    html = page(reader, "report", of_victim.receipt)
    assert link("accidents", ACCIDENT) in html
    assert link("victims", VICTIM) in html
    html = page(reader, "report", of_land.receipt)
    named = set(re.findall(r'href="/areas/([^/"]+)/"', html))
    assert named <= {"HAZ-409-600001"}
    assert dead_links(reader, html) == []


def test_parts_of_another_operator_are_no_dead_links(cast):
    """The number is of the accident's owner; who reports the victim may be somebody else."""
    entered(accident(1), cast)
    own = entered(victim(1, organisation="crs"), cast, phone="crs.hientruong", officer="crs")
    operator = signed_in(cast["crs"])
    html = page(operator, "record", "victims", VICTIM)
    assert f'<span class="id">{ACCIDENT}</span>' in html
    assert dead_links(operator, html) == []
    html = page(operator, "report", own.receipt)
    assert f'<span class="id">{ACCIDENT}</span>' in html
    assert dead_links(operator, html) == []
    owner = signed_in(cast["renew"])
    html = page(owner, "record", "accidents", ACCIDENT)
    assert link("victims", VICTIM) not in html
    assert dead_links(owner, html) == []


def test_a_report_of_another_operator_about_ones_own_record_is_plain_text(cast):
    first = entered(cha(1, days_ago=9), cast)
    other = entered(
        cha(1, organisation="mag", days_ago=2),
        cast,
        phone="mag.hientruong",
        officer="mag",
        record_id=first.record_id,
    )
    operator = signed_in(cast["renew"])
    html = page(operator, "area", "HAZ-409-600001")
    assert f'<span class="id">{other.receipt}</span>' in html
    assert reverse("web:report", args=[first.receipt]) in html
    assert dead_links(operator, html) == []
