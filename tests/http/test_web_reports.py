"""The report pages: who sees what, correction and verification, files, devices and forms."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse

from datlanh.accounts.acting import acting
from datlanh.accounts.models import Device, User
from datlanh.accounts.selectors import device_by_secret
from datlanh.audit.models import Event
from datlanh.intake.models import Payload, Report
from datlanh.intake.services.verifying import report_return
from datlanh.kernel import clock
from support.pages import page, signed_in, typed
from support.reports import cha, demo_cast, received, release, sent, verified

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


# --- who sees what -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["home", "reports", "review", "devices", "forms"])
def test_a_page_asks_to_sign_in(client, name):
    answer = client.get(reverse(f"web:{name}"))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("renew.hientruong", "review"),
        ("giamdoc", "review"),
        ("renew.hientruong", "devices"),
        ("kiemtra2", "devices"),
    ],
)
def test_a_page_without_the_permission_is_refused(cast, who, name):
    assert "403" not in page(signed_in(cast[who]), name, status=403)


def test_reports_of_another_organisation_are_absent(cast):
    report = received(cha(1), by=cast["renew.hientruong"], files={"a.jpg": JPEG})
    other = signed_in(cast["mag"])
    assert report.receipt not in page(other, "reports")
    page(other, "report", report.receipt, status=404)
    page(other, "report_correct", report.receipt, status=404)
    page(other, "review_report", report.receipt, status=404)
    page(other, "report_file", report.receipt, report.attachments.get().pk, status=404)
    page(signed_in(cast["kiemtra2"]), "report", report.receipt)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "who", ["giamdoc", "kiemtra1", "kiemtra2", "csdl", "renew", "mag", "renew.hientruong"]
)
def test_everybody_has_a_home_page_empty_and_full(cast, who, language):
    client = signed_in(cast[who], language)
    page(client, "home")
    verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    returned = verified(received(cha(2), by=cast["renew.hientruong"]), by=cast["renew"])
    with clock.frozen(clock.now() - dt.timedelta(days=6)), acting(cast["kiemtra2"]):
        report_return(id=returned.pk, by=cast["kiemtra2"], note="Thiếu ảnh hiện trường.")
    html = page(client, "home")
    if who != "mag":
        assert "Thiếu ảnh hiện trường." in html
        assert ("quá hạn" if language == "vi" else "overdue") in html


# --- the list ----------------------------------------------------------------------------


def test_the_list_is_narrowed_by_its_address_and_says_so(cast):
    mine = received(cha(1), by=cast["renew.hientruong"])
    other = received(release(2, organisation="mag", first=500000), by=cast["mag.hientruong"])
    late = received(cha(3, days_ago=80), by=cast["renew.hientruong"])
    client = signed_in(cast["kiemtra2"])

    def seen(**query: str) -> set[str]:
        html = page(client, "reports", **query)
        return {r.receipt for r in (mine, other, late) if r.receipt in html}

    month = f"{clock.local_date(mine.received_at):%Y-%m}"
    assert seen() == {mine.receipt, other.receipt, late.receipt}
    assert seen(form="land_release") == {other.receipt}
    assert seen(organisation="mag") == {other.receipt}
    assert seen(late="late") == {late.receipt}
    assert seen(late="open") == {late.receipt}
    assert seen(late="overdue") == set()
    assert seen(month=month) == {mine.receipt, other.receipt, late.receipt}
    assert seen(month="2020-01") == set()
    assert seen(q="haz-409-600001") == {mine.receipt}
    assert seen(q=other.receipt.lower()) == {other.receipt}
    assert seen(state="approved") == set()
    assert seen(state="nonsense", month="nonsense") == {mine.receipt, other.receipt, late.receipt}
    html = page(client, "reports", organisation="mag", state="received")
    assert "Organisation: MAG" in html
    assert "State: Received" in html


def test_pages_go_by_key_in_both_directions(cast, monkeypatch):
    monkeypatch.setattr("datlanh.web.reports.lists.SIZE", 2)
    receipts = [received(cha(n), by=cast["renew.hientruong"]).receipt for n in range(1, 6)]
    client = signed_in(cast["kiemtra2"])

    def shown(html: str) -> list[str]:
        return list(dict.fromkeys(re.findall(r"BC-\d{4}-\d{6}", html)))

    first = page(client, "reports")
    assert shown(first) == [receipts[4], receipts[3]]
    second = client.get("/reports/" + re.search(r'rel="next"[^>]*href="([^"]+)"', first)[1])
    assert shown(second.content.decode()) == [receipts[2], receipts[1]]
    back = re.search(r'rel="prev"[^>]*href="([^"]+)"', second.content.decode())[1]
    assert shown(client.get("/reports/" + back).content.decode()) == [receipts[4], receipts[3]]


def test_the_list_asks_the_database_no_more_for_more_reports(cast, django_assert_max_num_queries):
    client = signed_in(cast["kiemtra2"])
    for number in range(1, 7):
        received(cha(number), by=cast["renew.hientruong"])
    with django_assert_max_num_queries(16):
        page(client, "reports")
    for number in range(7, 13):
        received(cha(number), by=cast["renew.hientruong"])
    with django_assert_max_num_queries(16):
        page(client, "reports")


# --- one report --------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("draft", [cha, release])
def test_a_report_shows_its_answers_as_labels_in_both_languages(cast, draft, language):
    report = received(draft(1), by=cast["renew.hientruong"])
    html = page(signed_in(cast["renew"], language), "report", report.receipt)
    assert report.receipt in html
    assert "NPA/RENEW" in html
    assert "battle_area_clearance" not in html
    assert "agricultural" not in html
    label = {"cha": ("Nông nghiệp", "Agricultural"), "land_release": ("Hoàn thành", "ompleted")}
    assert label[report.form][language == "en"] in html


def test_names_are_read_by_those_who_may_and_every_reading_is_kept(cast):
    report = received(cha(1), by=cast["renew.hientruong"])
    assert "Trần Văn Mẫu" in page(signed_in(cast["renew"]), "report", report.receipt)
    assert Event.objects.filter(action="person.read", subject_id=report.receipt).count() == 1
    hidden = page(signed_in(cast["giamdoc"]), "report", report.receipt)
    assert "Trần Văn Mẫu" not in hidden
    assert "0900000001" not in hidden
    assert "•••" in hidden
    assert Event.objects.filter(action="person.read").count() == 1


def test_a_finding_is_told_with_advice_and_place(cast):
    report = received(cha(1, area_size=10.6), by=cast["renew.hientruong"])
    html = page(signed_in(cast["renew"], "vi"), "report", report.receipt)
    assert "có vẻ là héc-ta" in html
    assert "Ghi diện tích bằng mét vuông" in html


def test_a_report_of_an_unknown_form_is_kept_and_shown_calmly(cast):
    from datlanh.intake.services.checking import report_check
    from datlanh.intake.services.receiving import report_receive

    by = cast["renew.hientruong"]
    xml = sent(cha(1)).replace(b'id="cha"', b'id="who_knows"')
    with acting(by):
        report = report_receive(xml=xml, by=by, organisation=by.organisation, channel="web").report
        report_check(report)
    client = signed_in(cast["kiemtra2"])
    assert "not published here" in page(client, "report", report.receipt)
    assert "who_knows" in page(client, "reports")
    assert "who_knows" in page(client, "review_report", report.receipt)
    page(signed_in(cast["renew"]), "report_correct", report.receipt, status=422)


def test_a_file_is_only_ever_a_download(cast):
    files = {"ảnh hiện trường.jpg": JPEG, "so-do.pdf": b"%PDF-1.7 x"}
    report = received(cha(1), by=cast["renew.hientruong"], files=files)
    client = signed_in(cast["renew"])
    for attachment in report.attachments.all():
        answer = client.get(reverse("web:report_file", args=[report.receipt, attachment.pk]))
        assert b"".join(answer.streaming_content) == files[attachment.name]
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
    attachment.media_type = "text/html"
    attachment.save()
    answer = client.get(reverse("web:report_file", args=[report.receipt, attachment.pk]))
    assert b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/octet-stream"


def test_a_file_lost_from_disk_is_absent_and_not_an_error(cast):
    from datlanh.intake.files import path_of

    report = received(cha(1), by=cast["renew.hientruong"], files={"a.jpg": JPEG})
    attachment = report.attachments.get()
    path_of(attachment.sha256).unlink()
    page(signed_in(cast["renew"]), "report_file", report.receipt, attachment.pk, status=404)


# --- correction and verification ---------------------------------------------------------


def test_a_report_verified_as_it_stands_keeps_its_only_revision(cast):
    report = received(cha(1), by=cast["renew.hientruong"])
    client = signed_in(cast["renew"])
    answer = client.post(
        reverse("web:report_verify", args=[report.receipt]), {"seen": "received.0"}
    )
    assert answer.status_code == 302
    report.refresh_from_db()
    assert (report.state, report.revision) == ("verified", 0)


def test_the_untouched_form_changes_not_one_digit(cast):
    for draft in (cha(1), release(2)):
        report = received(draft, by=cast["renew.hientruong"])
        client = signed_in(cast["renew"])
        sent = typed(page(client, "report_correct", report.receipt)) | {"do": "verify"}
        answer = client.post(reverse("web:report_correct", args=[report.receipt]), sent)
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        report.refresh_from_db()
        assert (report.state, report.revision) == ("verified", 0)


def test_checking_keeps_nothing_and_verifying_keeps_both(cast):
    report = received(cha(1, area_size=10.6), by=cast["renew.hientruong"])
    client = signed_in(cast["renew"])
    address = reverse("web:report_correct", args=[report.receipt])
    html = page(client, "report_correct", report.receipt)
    assert "hectares" in html
    sent = typed(html) | {"q.area_size": "106171", "q.village": "Thôn Mới", "do": "check"}
    checked = client.post(address, sent)
    assert checked.status_code == 200
    assert "nothing found" in checked.content.decode()
    assert "Thôn Mới" in checked.content.decode()
    report.refresh_from_db()
    assert (report.state, report.revision, report.blocks) == ("received", 0, 1)

    assert client.post(address, sent | {"do": "verify"}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.revision, report.blocks) == ("verified", 1, 0)
    with acting(cast["renew"]):
        first, second = Payload.objects.filter(report=report).order_by("revision")
    assert first.answers["values"]["area_size"] == 10.6
    assert second.answers["values"]["area_size"] == 106171
    assert second.answers["values"]["team_leader"] == first.answers["values"]["team_leader"]
    shown = page(client, "report", report.receipt)
    assert "<s>10.6" in shown
    assert "<s>Thôn Mẫu" in shown


def test_rows_come_and_go_and_the_polygon_is_typed_as_turning_points(cast):
    report = received(cha(1), by=cast["renew.hientruong"])
    client = signed_in(cast["renew"])
    address = reverse("web:report_correct", args=[report.receipt])
    sent = typed(page(client, "report_correct", report.receipt))
    assert sent["q.polygon_points"].startswith("SP 107.0")
    more = client.post(address, sent | {"do": "add:found_items"}).content.decode()
    sent = typed(more)
    assert sent["n.found_items"] == "2"
    sent |= {
        "r.found_items.1.quantity": "2",
        "r.found_items.1.category": "mortar",
        "r.found_items.1.position": "107.0255, 16.8012",
        "q.polygon_points": "SP 107.024 16.8\nTP1: 107.027 16.8\n107,027 16,803\n107.024 16.803",
    }
    fewer = client.post(address, sent | {"do": "drop:found_items:0"}).content.decode()
    sent = typed(fewer) | {"do": "verify"}
    assert sent["r.found_items.0.category"] == "mortar"
    assert client.post(address, sent).status_code == 302
    with acting(cast["renew"]):
        answers = Payload.objects.get(report=report, revision=1).answers
    (row,) = answers["rows"]["found_items"]
    assert row["values"] == {"quantity": 2, "category": "mortar"}
    assert row["points"] == {"position": [107.0255, 16.8012]}
    assert answers["polygons"]["polygon_points"][0] == [
        [107.024, 16.8],
        [107.027, 16.8],
        [107.027, 16.803],
        [107.024, 16.803],
        [107.024, 16.8],
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("q.area_size", "ten"),
        ("q.identification_date", "soon"),
        ("q.coordinates", "16.8"),
        ("q.polygon_points", "SP 107 16\nTP1 107.1 16"),
        ("q.land_use", "castle"),
        ("q.vegetation_type", "castle"),
        ("r.found_items.0.depth", "deep"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_nothing_is_kept(cast, name, text):
    report = received(cha(1), by=cast["renew.hientruong"])
    client = signed_in(cast["renew"])
    address = reverse("web:report_correct", args=[report.receipt])
    sent = typed(page(client, "report_correct", report.receipt)) | {name: text, "do": "verify"}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    assert "cannot be read" in answer.content.decode()
    report.refresh_from_db()
    assert (report.state, report.revision) == ("received", 0)


def test_an_answer_that_arrived_unreadable_can_be_put_right(cast):
    from dataclasses import replace

    draft = cha(1, area_size=None)
    draft = replace(draft, answers=replace(draft.answers, problems={"area_size": "10 ha"}))
    report = received(draft, by=cast["renew.hientruong"])
    client = signed_in(cast["renew"])
    assert "10 ha" in page(client, "report", report.receipt)
    address = reverse("web:report_correct", args=[report.receipt])
    sent = typed(page(client, "report_correct", report.receipt))
    assert client.post(address, sent | {"do": "verify"}).status_code == 422
    assert client.post(address, sent | {"q.area_size": "106171", "do": "verify"}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.blocks) == ("verified", 0)


def test_somebody_elses_verification_in_between_is_told_calmly(cast):
    report = received(cha(1), by=cast["renew.hientruong"])
    client = signed_in(cast["renew"])
    sent = typed(page(client, "report_correct", report.receipt)) | {"do": "verify"}
    returned = verified(report, by=cast["renew"])
    with acting(cast["kiemtra2"]):
        report_return(id=returned.pk, by=cast["kiemtra2"], note="Xem lại.")
    answer = client.post(reverse("web:report_correct", args=[report.receipt]), sent)
    assert answer.status_code == 422
    assert "Somebody has just changed this report" in answer.content.decode()


def test_a_report_past_verification_is_not_corrected(cast):
    report = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    client = signed_in(cast["renew"])
    page(client, "report_correct", report.receipt, status=409)
    page(signed_in(cast["renew.hientruong"]), "report_correct", report.receipt, status=403)


def test_a_field_user_does_not_verify(cast):
    report = received(cha(1), by=cast["renew.hientruong"])
    client = signed_in(cast["renew.hientruong"])
    assert client.post(reverse("web:report_verify", args=[report.receipt])).status_code == 403
    assert Report.objects.get(pk=report.pk).state == "received"


# --- phones ------------------------------------------------------------------------------


def test_a_phone_is_added_its_code_shown_once_and_shut_out(cast):
    client = signed_in(cast["renew"])
    carrier = cast["renew.hientruong"]
    answer = client.post(
        reverse("web:device_add"), {"user": carrier.pk, "name": "RENEW NTS 1, tablet 2"}
    )
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    secret = re.search(r"/key/([\w-]+)", html)[1]
    device = device_by_secret(secret)
    assert device is not None
    assert device.name == "RENEW NTS 1, tablet 2"
    qr = re.search(r'<svg[^>]*class="qr".*?</svg>', html, re.DOTALL)[0]
    assert "style=" not in qr  # the pages' policy allows no inline style
    assert secret not in page(client, "devices")
    other = signed_in(cast["mag"])
    assert "RENEW NTS 1" not in page(other, "devices")
    revoke = reverse("web:device_revoke", args=[device.pk])
    assert other.post(revoke).status_code == 404
    assert client.post(revoke).status_code == 302
    assert device_by_secret(secret) is None
    assert "shut out" in page(client, "devices")


def test_a_phone_is_not_given_to_somebody_elses_people(cast):
    answer = signed_in(cast["renew"]).post(
        reverse("web:device_add"), {"user": cast["mag.hientruong"].pk, "name": "x"}
    )
    assert answer.status_code == 422
    assert not Device.objects.exists()


# --- forms -------------------------------------------------------------------------------


def workbook(settings) -> bytes:
    return (settings.FORMS_ROOT / "cha.xlsx").read_bytes()


def test_forms_are_listed_and_downloaded_as_published(cast, settings):
    client = signed_in(cast["renew.hientruong"])
    html = page(client, "forms")
    address = re.search(r'href="(/forms/cha/[^"]+\.xlsx)"', html)[1]
    answer = client.get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.startswith(b"PK")
    assert 'name="workbook"' not in html
    assert client.get("/forms/cha/0.xlsx").status_code == 404
