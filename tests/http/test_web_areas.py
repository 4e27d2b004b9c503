"""Lists, records, map, figures and search as pages: scopes, filters, two times, both languages."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html as parser

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.audit.models import Event
from datlanh.hazards.models import EvidencePoint, HazardousArea, LandRelease, OrdnanceItem
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.kernel import clock
from datlanh.register.models import Decision
from datlanh.web.figures.strip import figures_strip
from support.pages import page, signed_in
from support.reports import approved, cha, demo_cast, received, release, verified

pytestmark = pytest.mark.django_db

PAGES = ("areas", "releases", "map", "statistics")
AREA, RELEASE = "HAZ-409-600001", "HR-CLC-409-600002"


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


def enter(draft, cast, **more):
    report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
    return approved(report, by=cast["kiemtra2"], **more)


@pytest.fixture
def register(cast):
    """One area told twice and one release, both of NPA/RENEW."""
    first = enter(cha(1, days_ago=30), cast)
    changed = cha(1, days_ago=3).but(status="worked_on", land_use="development")
    enter(changed, cast, record_id=first.record_id)
    enter(release(2), cast)
    return cast


def listed(client, **query: str) -> str:
    """The list of areas narrowed by `query`."""
    return client.get(reverse("web:areas"), query).content.decode()


def links(html: str, begin: str) -> list[str]:
    found = parser.fromstring(html).xpath("//a/@href")
    return [h for h in found if h.startswith(begin)]


def text(html: str) -> str:
    return " ".join(parser.fromstring(html).text_content().split())


# ── Who sees what ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [*PAGES, "search"])
def test_a_page_asks_to_sign_in(client, name):
    answer = client.get(reverse(f"web:{name}"))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_figures_are_not_for_field_users(cast):
    page(signed_in(cast["renew.hientruong"]), "statistics", status=403)


def test_records_of_another_operator_are_absent_everywhere(register):
    other, own = signed_in(register["mag"]), signed_in(register["renew.hientruong"])
    area, released = HazardousArea.objects.get(), LandRelease.objects.get()
    for client, status in ((other, 404), (own, 200)):
        page(client, "area", AREA, status=status)
        page(client, "area", AREA, status=status, on="2026-01-01")
        page(client, "release", RELEASE, status=status)
        page(client, "map_card", "area", area.pk, status=status)
        page(client, "map_card", "release", released.pk, status=status)
        page(client, "map_card", "point", f"i{OrdnanceItem.objects.first().pk}", status=status)
        page(client, "map_card", "point", f"e{EvidencePoint.objects.first().pk}", status=status)
    assert AREA in page(own, "areas")
    assert AREA not in page(other, "areas")
    assert AREA not in page(other, "areas", on=str(clock.today() - dt.timedelta(days=5)))
    assert RELEASE not in page(other, "releases")
    assert AREA not in page(other, "search", q="600001")
    assert ">0<" in page(other, "statistics").replace("</span>", "<").replace("0 <", "0<")


def test_an_area_is_no_release_and_nonsense_is_absent(register):
    client = signed_in(register["giamdoc"])
    page(client, "release", AREA, status=404)
    page(client, "area", "HAZ-409-999999", status=404)
    page(client, "map_card", "area", "1", status=404)
    page(client, "map_card", "tank", "1", status=404)
    page(client, "map_card", "point", "z9", status=404)


@pytest.mark.parametrize("name", PAGES)
def test_a_date_that_is_none_is_refused_calmly(cast, name):
    client = signed_in(cast["giamdoc"])
    assert "31-31-31" in page(client, name, status=400, on="31-31-31")


# ── Lists ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_stand_empty_full_and_in_the_past(cast, name, language):
    client = signed_in(cast["giamdoc"], language)
    page(client, name)
    enter(cha(1), cast)
    enter(release(2), cast)
    page(client, name)
    html = page(client, name, on=str(clock.today() - dt.timedelta(days=90)))
    assert ("Đang xem quá khứ" if language == "vi" else "Looking at the past") in html


def test_filters_stand_in_the_address_and_come_off_one_by_one(register):
    client = signed_in(register["giamdoc"])
    assert AREA in listed(client, status="ongoing", priority="medium", q="TS-0001")
    assert AREA not in listed(client, status="open")
    assert AREA not in listed(client, organisation="mag")
    assert AREA in listed(client, category="cluster_munition")
    assert AREA not in listed(client, category="mortar")
    html = listed(client, status="open", organisation="mag", sort="area")
    assert "?organisation=mag&sort=area" in links(html, "?")
    assert "?status=open&sort=area" in links(html, "?")


def test_the_list_and_the_map_share_their_filter(register):
    client = signed_in(register["giamdoc"])
    html = listed(client, status="ongoing", organisation="npa_renew")
    (to_map,) = links(html, "/map/?")
    html = client.get(to_map).content.decode()
    # The same as a list, for who has no WebGL.
    assert to_map.replace("/map/", "/areas/") in links(html, "/areas/?")


def test_a_list_of_the_past_shows_what_was_then(register):
    client = signed_in(register["giamdoc"])
    then = str(clock.today() - dt.timedelta(days=10))
    assert "Ongoing" in text(page(client, "areas")).split("Newest information")[-1]
    html = listed(client, on=then)
    assert f"/areas/{AREA}/?on={then}" in html
    assert AREA in listed(client, on=then, status="open")
    assert AREA not in listed(client, on=then, status="ongoing")
    assert AREA not in listed(client, known="0")


def test_a_page_turns_by_its_keys(cast):
    client = signed_in(cast["giamdoc"])
    enter(cha(1), cast)
    html = page(client, "areas", after="2100-01-01~HAZ")
    assert AREA in html
    assert AREA not in page(client, "areas", after="2000-01-01~HAZ")
    assert AREA in page(client, "areas", after="nonsense", sort="sideways")


def test_a_list_asks_as_many_questions_for_one_row_as_for_many(cast):
    client = signed_in(cast["giamdoc"])

    def asked(name):
        page(client, name)
        with CaptureQueriesContext(connection) as seen:
            page(client, name)
        return len(seen)

    enter(cha(1), cast)
    enter(release(11), cast)
    before = {name: asked(name) for name in ("areas", "releases", "statistics")}
    for n in (2, 3, 4):
        enter(cha(n), cast)
        enter(release(10 + n), cast)
    assert {name: asked(name) for name in before} == before


# ── One record ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_record_says_who_reported_each_value_and_since_when(register, language):
    html = page(signed_in(register["kiemtra2"], language), "area", AREA)
    receipts = re.findall(r"BC-\d{4}-\d{6}", html)
    assert len(set(receipts)) == 2
    facts = parser.fromstring(html).xpath("//details[@class='fact']")
    said = {" ".join(f.text_content().split()) for f in facts}
    newest, oldest = max(receipts), min(receipts)
    use = "Xây dựng hạ tầng" if language == "vi" else "Development"
    assert any(s.startswith(use) and newest in s and "NPA/RENEW" in s for s in said)
    assert any("Thôn Mẫu" in s for s in said)
    assert oldest in html


def test_the_history_keeps_what_was_withdrawn_and_says_so(register):
    cast = register
    wrong = enter(
        cha(1, days_ago=1).but(status="closed"),
        cast,
        record_id=HazardousArea.objects.get().pk,
    )
    with acting(cast["kiemtra2"]):
        step_propose(id=wrong.pk, step="withdraw", by=cast["kiemtra2"], note="Nhầm khu vực")
    with acting(cast["kiemtra1"]):
        step_confirm(id=wrong.pk, by=cast["kiemtra1"], confirm=True)
    html = page(signed_in(cast["giamdoc"], "vi"), "area", AREA)
    gone = parser.fromstring(html).xpath("//tr[@class='gone']")
    assert any(wrong.receipt in row.text_content() for row in gone)
    assert "Thu hồi" in html
    assert "Nhầm khu vực" in html
    assert cast["kiemtra1"].full_name in html


def test_a_record_as_known_before_a_decision(register):
    client = signed_in(register["giamdoc"])
    first = Decision.objects.filter(kind="approved").order_by("seq").first()
    html = page(client, "area", AREA, known=str(first.seq))
    assert "Ongoing" not in html.split("pane-main")[1].split("History")[0]
    assert html.count('class="st approved"') == 1
    html = page(client, "area", AREA, known=str(first.seq - 1))
    assert "Nothing was known" in html
    html = page(client, "area", AREA, on=str(clock.today() - dt.timedelta(days=10)))
    assert "as it was" in html


def test_a_record_nobody_vouches_for_any_more_keeps_its_page(cast):
    report = enter(cha(1), cast)
    with acting(cast["kiemtra2"]):
        step_propose(id=report.pk, step="withdraw", by=cast["kiemtra2"], note="Trùng")
    with acting(cast["kiemtra1"]):
        step_confirm(id=report.pk, by=cast["kiemtra1"], confirm=True)
    client = signed_in(cast["giamdoc"])
    html = page(client, "area", AREA)
    assert "No report about this record counts any more" in html
    assert "Trùng" in html
    assert AREA not in page(client, "areas")


def test_names_stay_hidden_until_asked_for_and_the_reading_is_kept(register):
    who = register["kiemtra2"]
    client = signed_in(who)
    html = page(client, "area", AREA)
    assert "sealed" in html
    assert "Trần Văn Mẫu" not in html
    reads = Event.objects.filter(action="person.read", subject_id=AREA)
    assert not reads.exists()
    assert "Trần Văn Mẫu" in page(client, "area", AREA, persons="1")
    assert reads.get().actor_name == who.full_name
    director = page(signed_in(register["giamdoc"]), "area", AREA, persons="1")
    assert "Trần Văn Mẫu" not in director


def test_the_place_is_told_with_its_names_before_the_merger(register):
    html = text(page(signed_in(register["giamdoc"], "vi"), "area", AREA))
    assert re.search(r"Thôn Mẫu, Xã .+ \(trước 01/07/2025: .*Huyện .+\)", html)


def test_a_release_shows_its_areas_and_its_ordnance(register):
    html = text(page(signed_in(register["giamdoc"]), "release", RELEASE))
    row = LandRelease.objects.get()
    assert f"{round(row.cleared_area_m2):,}" in html
    assert "3 pieces" in html


# ── Figures and search ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", ["organisation", "commune", "month"])
def test_every_number_of_the_figures_opens_a_list_of_that_many(register, by):
    enter(cha(5), register)
    client = signed_in(register["giamdoc"])
    html = page(client, "statistics", by=by)
    tree = parser.fromstring(html)
    seen = 0
    for place in ("areas", "released"):
        for link in tree.xpath(f"//section[@id='{place}']//table//td//a[starts-with(@href,'/')]"):
            rows = parser.fromstring(client.get(link.get("href")).content.decode())
            assert len(rows.xpath("//tbody/tr")) == int(link.text_content())
            seen += 1
    assert seen >= 8


def test_an_address_of_figures_gives_the_same_later(register):
    client = signed_in(register["giamdoc"])
    (known,) = set(re.findall(r"known=(\d+)", page(client, "statistics")))
    today = str(clock.today())

    def tables():
        html = page(client, "statistics", on=today, known=known)
        return [
            text(parser.tostring(t, encoding="unicode"))
            for t in parser.fromstring(html).xpath("//table")
        ]

    before = tables()
    enter(cha(5), register)
    assert tables() == before
    assert "2" in text(page(client, "statistics"))


def test_the_strip_of_the_home_page_leads_to_the_same_records(register):
    assert figures_strip(register["renew.hientruong"]) is None
    strip = figures_strip(register["giamdoc"])
    assert [(s, n) for s, n, _, _ in strip.states] == [
        ("open", 0),
        ("ongoing", 1),
        ("suspended", 0),
        ("closed", 0),
    ]
    assert len(strip.bars) == 12
    assert strip.released_m2 == LandRelease.objects.get().cleared_area_m2
    client = signed_in(register["giamdoc"])
    (bar,) = [b for b in strip.bars if b.href]
    assert RELEASE in client.get(bar.href).content.decode()


def test_search_finds_records_receipts_and_places(register):
    client = signed_in(register["kiemtra2"])
    report = HazardousArea.objects.get()
    assert AREA in page(client, "search", q="TS-0001")
    assert AREA in page(client, "search", q="6000")
    answer = client.get(reverse("web:search"), {"q": "haz 409 600001"})
    assert (answer.status_code, answer["Location"]) == (302, f"/areas/{AREA}/")
    answer = client.get(reverse("web:search"), {"q": "clc409600002"})
    assert answer["Location"] == f"/releases/{RELEASE}/"
    assert "BC-" in page(client, "search", q="BC-20")
    assert f"commune={report.commune.code}" in page(client, "search", q=report.commune.name_vi)
    assert "Nothing found" in page(client, "search", q="qqqq")
    page(client, "search")
