"""Lists and pages of every kind of record: scopes, filters, columns, two times, both languages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html as parser

from datlanh.audit.models import Event
from datlanh.kernel import clock
from datlanh.register.models import Record
from datlanh.web.records.kinds import BY_KIND, KINDS
from support.kinds import FILES, MAKERS, accident, assistance, eod, piece, progress, victim
from support.pages import page, signed_in
from support.reports import approved, demo_cast, received, release, verified

pytestmark = pytest.mark.django_db

SLUGS = [kind.slug for kind in KINDS]


@pytest.fixture
def cast():
    return demo_cast()


def enter(draft, cast, *, files=None, **more):
    report = received(draft, by=cast["renew.hientruong"], files=files)
    return approved(verified(report, by=cast["renew"]), by=cast["kiemtra2"], **more)


@pytest.fixture
def one_of_each(cast):
    for kind, make in MAKERS.items():
        enter(make(1), cast, files=FILES.get(kind))
    return cast


def text(html):
    return " ".join(parser.fromstring(html).text_content().split())


def links(html, begin):
    return [h for h in parser.fromstring(html).xpath("//a/@href") if h.startswith(begin)]


def ids_of(kind):
    return list(Record.objects.filter(kind=kind).values_list("local_id", flat=True))


# ── Who sees what ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("slug", SLUGS)
def test_a_list_asks_to_sign_in(client, slug):
    assert client.get(reverse("web:records", args=(slug,))).status_code == 302


def test_records_of_another_operator_are_absent_everywhere(one_of_each):
    other, own = signed_in(one_of_each["mag"]), signed_in(one_of_each["renew"])
    for record in Record.objects.all():
        slug = BY_KIND[record.kind].slug
        for client, status in ((other, 404), (own, 200)):
            page(client, "record", slug, record.local_id, status=status)
            page(client, "record", slug, record.local_id, status=status, on="2026-01-01")
        assert record.local_id in page(own, "records", slug)
        assert record.local_id not in page(other, "records", slug)
        assert f"/{record.local_id}/" not in page(other, "search", q=record.local_id)


def test_a_kind_that_is_none_and_a_record_of_another_kind_are_absent(one_of_each):
    client = signed_in(one_of_each["giamdoc"])
    page(client, "records", "tanks", status=404)
    page(client, "record", "tanks", "INC-409-600001", status=404)
    page(client, "record", "eod", "INC-409-600001", status=404)
    page(client, "record", "eod", "HR-EOD-409-999999", status=404)
    page(client, "area", "HR-EOD-409-600001", status=404)
    assert "31-31-31" in page(client, "records", "eod", status=400, on="31-31-31")


# ── Lists ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_stand_empty_full_and_in_the_past(cast, language):
    client = signed_in(cast["giamdoc"], language)
    for kind in KINDS:
        assert kind.teaches.say(language).split(".")[0] in text(page(client, "records", kind.slug))
    for kind, make in MAKERS.items():
        enter(make(1), cast, files=FILES.get(kind))
    for kind in KINDS:
        html = page(client, "records", kind.slug)
        (local_id,) = ids_of(kind.listing.kind)
        assert f"/records/{kind.slug}/{local_id}/" in html
        assert kind.title.say(language) in html
        then = str(clock.today() - dt.timedelta(days=90))
        html = page(client, "records", kind.slug, on=then)
        assert ("Đang xem quá khứ" if language == "vi" else "Looking at the past") in html
        assert local_id not in html
        page(client, "record", kind.slug, local_id)
        page(client, "record", kind.slug, local_id, on=then)


def test_every_kind_is_a_tab_of_one_place_in_the_navigation(one_of_each):
    client = signed_in(one_of_each["giamdoc"])
    html = page(client, "records", "eod")
    for href in ("/areas/", "/releases/", *(f"/records/{s}/" for s in SLUGS)):
        assert href in links(html, href)
    current = parser.fromstring(html).xpath("//nav[@class='nav']/ul//a[@aria-current]")
    assert [a.get("href") for a in current] == ["/areas/"]
    assert "/records/victims/?on=2026-01-01" in links(
        page(client, "areas", on="2026-01-01"), "/records/"
    )


def test_filters_stand_in_the_address_and_come_off_one_by_one(one_of_each):
    client = signed_in(one_of_each["giamdoc"])

    def has(**query):
        return "HR-EOD-409-600001" in page(client, "records", "eod", **query)

    assert has(reported_status="closed", organisation="npa_renew", q="EOD-0001")
    assert has(category="small_arms")
    assert has(**{"x.item_visible_now": "-"})
    assert not has(reported_status="open")
    assert not has(organisation="mag")
    assert not has(category="projectile")
    assert not has(**{"x.item_visible_now": "yes"})
    html = page(
        client,
        "records",
        "eod",
        reported_status="closed",
        organisation="mag",
        columns="beneficiaries",
    )
    assert "?organisation=mag&columns=beneficiaries" in links(html, "?")
    assert "?reported_status=closed&columns=beneficiaries" in links(html, "?")


def test_any_question_of_the_form_in_force_can_stand_as_a_column(cast):
    enter(eod(1, item_description="Rỉ, dài 30 cm"), cast)
    client = signed_in(cast["giamdoc"])
    assert "Rỉ, dài 30 cm" not in page(client, "records", "eod")
    html = page(client, "records", "eod", columns="item_description,activity_type,nonsense")
    assert "Rỉ, dài 30 cm" in html
    heads = [" ".join(h.text_content().split()) for h in parser.fromstring(html).xpath("//th")]
    assert any("description" in h.lower() for h in heads)
    chosen = parser.fromstring(html).xpath("//input[@name='columns'][@checked]/@value")
    assert sorted(chosen) == ["activity_type", "item_description"]


def test_no_personal_question_is_offered_as_a_column_or_shown_in_one(one_of_each):
    client = signed_in(one_of_each["kiemtra2"])
    html = page(client, "records", "victims", columns="full_name,contact_phone")
    offered = parser.fromstring(html).xpath("//input[@name='columns']/@value")
    assert "full_name" not in offered
    assert "contact_phone" not in offered
    # Not even whether it was answered can be asked.
    html = page(client, "records", "victims", **{"x.full_name": "-", "x.contact_phone": "x"})
    assert "VIC-409-600001-01" in html
    assert parser.fromstring(html).xpath("//a[@class='chip']") == []
    assert "Hồ Văn Thử" not in html


def test_a_short_list_has_its_sums_and_counts_what_it_found(cast):
    enter(accident(1, persons_involved=3), cast)
    enter(accident(2, persons_involved=None), cast)
    client = signed_in(cast["giamdoc"])
    foot = parser.fromstring(page(client, "records", "accidents")).xpath("//tfoot//td")
    assert [f.text_content() for f in foot][:4] == ["2 records", "", "", "3"]
    enter(eod(3, found_items=[piece(4, "mortar"), piece(5, "mortar")]), cast)
    cells = parser.fromstring(page(client, "records", "eod", category="mortar")).xpath("//td")
    assert "9" in [c.text_content().strip() for c in cells]


def test_a_page_turns_by_its_keys_and_forgives_nonsense(cast):
    client = signed_in(cast["giamdoc"])
    enter(accident(1), cast)
    assert "INC-409-600001" in page(client, "records", "accidents", after="2100-01-01~INC")
    assert "INC-409-600001" not in page(client, "records", "accidents", after="2000-01-01~INC")
    assert "INC-409-600001" in page(
        client, "records", "accidents", after="nonsense", sort="sideways"
    )


def test_a_list_asks_as_many_questions_for_one_row_as_for_many(cast):
    client = signed_in(cast["giamdoc"])

    def asked(slug, **query):
        page(client, "records", slug, **query)
        with CaptureQueriesContext(connection) as seen:
            page(client, "records", slug, **query)
        return len(seen)

    def all_asked():
        more = {"columns": "item_description", "category": "mortar"}
        return asked("eod", **more), asked("victims"), asked("accidents")

    for make in (accident, victim, eod):
        enter(make(1), cast)
    before = all_asked()
    for n in (2, 3, 4):
        for make in (accident, victim, eod):
            enter(make(n), cast)
    assert all_asked() == before


# ── One record ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_record_tells_its_facts_with_their_report_its_lists_and_its_life(one_of_each, language):
    client = signed_in(one_of_each["kiemtra2"], language)
    for record in Record.objects.all():
        kind = BY_KIND[record.kind]
        html = page(client, "record", kind.slug, record.local_id)
        assert parser.fromstring(html).xpath("//details[@class='fact']")
        assert "BC-" in html
        assert kind.one.say(language) in html
    html = text(page(client, "record", "eod", "HR-EOD-409-600001"))
    assert ("Đường dây nóng" if language == "vi" else "Hotline") in html
    told = "1 và 40 viên đạn" if language == "vi" else "1and 40 small arms cartridges"
    assert told.replace(" ", "") in html.replace(" ", "")


def test_records_lead_to_each_other_where_they_stand(cast):
    enter(victim(1, 2), cast)
    client = signed_in(cast["giamdoc"])
    html = page(client, "records", "victims")
    assert "INC-409-600001" in html
    assert links(html, "/records/accidents/INC") == []  # nobody reported the accident
    enter(accident(1), cast)
    enter(assistance(1, 2), cast)
    html = page(client, "records", "victims")
    assert links(html, "/records/accidents/INC") == ["/records/accidents/INC-409-600001/"]
    html = page(client, "record", "accidents", "INC-409-600001")
    (to_victims,) = links(html, "/records/victims/?q=")
    assert "VIC-409-600001-02" in client.get(to_victims).content.decode()
    html = page(client, "record", "victims", "VIC-409-600001-02")
    (to_help,) = links(html, "/records/assistance/?q=")
    assert "VA-409-600001-02-01" in client.get(to_help).content.decode()
    enter(release(2), cast)
    enter(progress(2), cast)
    html = page(client, "records", "progress")
    assert "/releases/HR-CLC-409-600002/" in links(html, "/releases/")


def test_names_stay_hidden_until_asked_for_and_the_reading_is_kept(one_of_each):
    who = one_of_each["kiemtra2"]
    client = signed_in(who)
    html = page(client, "record", "accidents", "INC-409-600001")
    assert "Trần Văn Mẫu" not in html
    reads = Event.objects.filter(action="person.read", subject_id="INC-409-600001")
    assert not reads.exists()
    html = page(client, "record", "accidents", "INC-409-600001", persons="1")
    assert "Trần Văn Mẫu" in html
    assert {read.actor_name for read in reads} == {who.full_name}  # an event for each purpose


def test_a_record_as_it_was_shows_what_was_true_then(cast):
    first = enter(victim(1, days_ago=30, killed_or_injured="injured"), cast)
    enter(victim(1, days_ago=2, killed_or_injured="killed"), cast, record_id=first.record_id)
    client = signed_in(cast["giamdoc"])

    def told(**query):
        html = page(client, "record", "victims", "VIC-409-600001-01", **query)
        return text(html).split("Newest information")[0]

    assert "Killed" in told()
    then = told(on=str(clock.today() - dt.timedelta(days=10)))
    assert "Injured" in then
    assert "Killed" not in then
    assert "Nothing was known" in page(client, "record", "victims", "VIC-409-600001-01", known="0")


def test_search_finds_the_new_ids_and_opens_a_whole_one(one_of_each):
    client = signed_in(one_of_each["kiemtra2"])
    html = page(client, "search", q="6000")
    for record in Record.objects.all():
        assert record.local_id in html
    for said, address in (
        ("eod 409 600001", "/records/eod/HR-EOD-409-600001/"),
        ("VIC-409-600001-01", "/records/victims/VIC-409-600001-01/"),
        ("FR-HR-MRE-409-600001", "/records/education/MRE-409-600001/"),
    ):
        answer = client.get(reverse("web:search"), {"q": said})
        assert (answer.status_code, answer["Location"]) == (302, address)


# ── Figures ─────────────────────────────────────────────────────────────────────────────────

FIGURES = ("figures_work", "figures_education", "figures_people")


def test_figures_are_not_for_field_users(cast):
    for name in FIGURES:
        page(signed_in(cast["renew.hientruong"]), name, status=403)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_of_figures_stand_empty_full_and_in_the_past(cast, language):
    client = signed_in(cast["giamdoc"], language)
    for name in FIGURES:
        html = page(client, name)
        assert parser.fromstring(html).xpath("//div[@class='empty']")
        assert not parser.fromstring(html).xpath("//section//table")
    for kind, make in MAKERS.items():
        enter(make(1), cast, files=FILES.get(kind))
    for name in FIGURES:
        html = page(client, name)
        assert parser.fromstring(html).xpath("//section//table")
        assert page(client, name, month="2001-01", by="month")
        html = page(client, name, on="2001-01-01")
        assert not parser.fromstring(html).xpath("//section//table")
        page(client, name, status=400, on="31-31-31")


@pytest.mark.parametrize("by", ["organisation", "commune", "month"])
def test_every_number_of_the_figures_opens_a_list_of_that_many(one_of_each, by):
    enter(eod(2, status="open"), one_of_each)
    enter(victim(1, 2, gender="female"), one_of_each)
    client = signed_in(one_of_each["giamdoc"])
    counts = ("number", "reported_status", "killed_or_injured", "gender", "age_group")
    seen, opened = 0, {}
    for name in FIGURES:
        for link in parser.fromstring(page(client, name, by=by)).xpath("//a[@data-measure]"):
            href = link.get("href")
            if href not in opened:
                opened[href] = parser.fromstring(client.get(href).content.decode())
            listed = opened[href]
            number = link.text_content().replace(",", "")
            if link.get("data-measure").startswith(counts):
                assert len(listed.xpath("//tbody/tr")) == int(number)
            else:  # a sum or pieces: told by the list, or by its foot
                cells = [c.text_content().strip().replace(",", "") for c in listed.xpath("//td")]
                assert cells
            seen += 1
    assert seen > 40


def test_of_which_is_said_and_persons_stand_apart_from_turns(one_of_each):
    html = text(page(signed_in(one_of_each["giamdoc"], "vi"), "figures_education"))
    assert "trong đó: Dân tộc thiểu số" in html
    assert "trong đó: Người khuyết tật" in html
    assert "riêng: Người tham gia lần đầu (không phải lượt)" in html
    assert "Lượt người" in html


def test_the_pages_of_figures_keep_filters_and_times(one_of_each):
    client = signed_in(one_of_each["giamdoc"])
    html = page(client, "statistics", organisation="npa_renew", on="2026-01-01")
    (to_people,) = links(html, "/figures/people/")
    html = client.get(to_people).content.decode()
    assert "Looking at the past" in html
    assert "NPA/RENEW" in html
