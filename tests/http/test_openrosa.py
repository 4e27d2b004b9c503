"""ODK Collect and KoboCollect work unchanged: forms out, reports in, each refusal one sentence."""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import json
import re
import uuid
import xml.etree.ElementTree as ET
import zlib
from io import BytesIO

import pytest
from django.db import OperationalError, connections
from django.http import UnreadablePostError
from django.test import Client, RequestFactory

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.services import device_revoke
from datlanh.api.openrosa.submission import read_body, whole
from datlanh.audit.models import Event
from datlanh.delivery.qr import collect_settings, collect_settings_qr
from datlanh.intake import files
from datlanh.intake.instance import MAX_BYTES
from datlanh.intake.models import Attachment, FormVersion, Payload, RefusedFile, Report
from datlanh.intake.services import attaching
from datlanh.intake.services.checking import report_recheck
from datlanh.intake.services.verifying import report_return
from datlanh.kernel import clock
from support.drafts import MAKERS
from support.phones import JPEG, PNG, message_of, phone_of, receipt_of
from support.reports import cha, demo_cast, sent, verified

pytestmark = pytest.mark.django_db

FORMS = {"cha", "land_release", *MAKERS}
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"


def listed(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    assert root.tag == f"{LIST}xforms"
    return [{e.tag.removeprefix(LIST): e.text or "" for e in form} for form in root]


def instance() -> str:
    return f"uuid:{uuid.uuid4()}"


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


# Forms -----------------------------------------------------------------------------------------


def test_the_list_leads_to_forms_and_files_of_the_promised_digests():
    phone = phone_of()
    forms = {f["formID"]: f for f in listed(phone.get("formList"))}
    assert set(forms) == FORMS
    for form in forms.values():
        got = phone.client.get(form["downloadUrl"])
        assert got["Content-Type"] == "text/xml; charset=utf-8"
        assert form["hash"] == f"md5:{md5(got.content)}"
        assert form["downloadUrl"].startswith(f"http://testserver/key/{phone.secret}/forms/")
        manifest = ET.fromstring(phone.client.get(form["manifestUrl"]).content)
        assert manifest.tag == f"{MANIFEST}manifest"
        (media,) = manifest
        name, digest, address = (e.text for e in media)
        content = phone.client.get(address).content
        assert name == "communes.csv"
        assert digest == f"md5:{md5(content)}"


def test_every_answer_bears_the_headers_of_openrosa():
    phone = phone_of()
    for answer in (phone.get("formList"), phone.head(), phone.send(b"<")):
        assert answer["X-OpenRosa-Version"] == "1.0"
        assert int(answer["X-OpenRosa-Accept-Content-Length"]) > 1_000_000
        assert answer["Date"].endswith("GMT")


def test_titles_follow_the_language_that_is_asked_for():
    names = {
        language: {f["name"] for f in listed(phone_of(language=language).get("formList"))}
        for language in ("vi", "en", "")
    }
    assert names["vi"] == names[""]
    assert names["vi"] != names["en"]


def test_the_list_can_be_of_one_form_or_of_all_versions():
    phone = phone_of()
    assert [f["formID"] for f in listed(phone.get("formList?formID=cha"))] == ["cha"]
    FormVersion.objects.filter(form="cha").update(retired_at=clock.now())
    assert {f["formID"] for f in listed(phone.get("formList"))} == FORMS - {"cha"}
    everything = listed(phone.get("formList?listAllVersions=true"))
    assert {f["formID"] for f in everything} == FORMS
    (old,) = [f for f in everything if f["formID"] == "cha"]
    assert phone.client.get(old["downloadUrl"]).status_code == 200


def test_head_tells_where_and_how_much_without_content():
    answer = phone_of().head()
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Location"].startswith("http://testserver/key/")
    assert answer["Location"].endswith("/submission")


# Reports ---------------------------------------------------------------------------------------


def test_a_report_gets_a_receipt_a_state_and_a_job():
    phone = phone_of()
    answer = phone.send(sent(cha(1)), {"anh.jpg": JPEG})
    assert answer.status_code == 201
    report = Report.objects.get(receipt=receipt_of(answer))
    assert (report.state, report.channel, report.device) == ("received", "openrosa", phone.device)
    assert report.author == phone.device.user
    assert report.record_local_id == "HAZ-409-600001"
    assert report.form_version is not None
    assert Attachment.objects.get(report=report).media_type == "image/jpeg"
    with connections["default"].cursor() as cursor:
        cursor.execute("select task_name, args from procrastinate_jobs")
        jobs = [(name, json.loads(a) if isinstance(a, str) else a) for name, a in cursor.fetchall()]
    assert jobs == [("intake.check_report", {"report_id": report.pk})]


def test_the_check_can_run_at_once(settings):
    settings.CHECK_INLINE = True
    answer = phone_of().send(sent(cha(1, status=None)))
    report = Report.objects.get(receipt=receipt_of(answer))
    assert report.checked_at is not None
    assert report.blocks > 0
    assert report.findings.filter(rule="answer_mandatory").exists()


def test_the_same_instance_twice_is_one_report():
    phone, xml = phone_of(), sent(cha(1))
    first, second = phone.send(xml), phone.send(xml)
    assert (first.status_code, second.status_code) == (201, 202)
    assert receipt_of(first) == receipt_of(second)
    assert Report.objects.count() == 1


def test_attachments_may_come_in_several_parts_of_one_instance():
    phone, xml = phone_of(), sent(cha(1))
    first = phone.send(xml, {"a.jpg": JPEG}, **{"*isIncomplete*": "yes"})
    second = phone.send(xml, {"b.png": PNG, "a.jpg": JPEG})
    assert (first.status_code, second.status_code) == (201, 202)
    report = Report.objects.get()
    assert sorted(report.attachments.values_list("name", flat=True)) == ["a.jpg", "b.png"]
    assert all(files.is_intact(a.sha256) for a in report.attachments.all())
    assert Event.objects.filter(action="report.attach").count() == 1


def test_a_report_may_come_as_a_plain_body_or_as_a_field():
    phone = phone_of()
    plain = phone.client.post(phone.url("submission"), sent(cha(1)), content_type="text/xml")
    field = phone.client.post(
        phone.url("submission"), {"xml_submission_file": sent(cha(2)).decode()}
    )
    assert (plain.status_code, field.status_code) == (201, 201)


def test_a_chunked_body_is_read_though_nobody_knows_its_length(rf):
    xml = sent(cha(1))
    body = (
        b'--b\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n'
        b"Content-Type: text/xml\r\n\r\n" + xml + b"\r\n--b--\r\n"
    )
    request = rf.post("/x", b"-", content_type="multipart/form-data; boundary=b")
    request.META |= {
        "CONTENT_LENGTH": "",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": io.BytesIO(body),
    }
    with whole(request):
        assert read_body(request) == (xml, [])


def test_an_unknown_form_version_is_kept_and_flagged():
    phone = phone_of(language="en")
    xml = sent(cha(1)).replace(b'version="2026', b'version="1999')
    answer = phone.send(xml)
    assert answer.status_code == 201
    assert "kept and flagged" in message_of(answer)
    report = Report.objects.get(receipt=receipt_of(answer))
    assert report.form_version is None
    report_recheck(report_id=report.pk)
    assert list(report.findings.values_list("rule", flat=True)) == ["form_unknown"]
    with acting(SYSTEM):
        assert Payload.objects.get(report=report).original is not None


def test_a_retired_form_version_is_kept_and_flagged():
    phone = phone_of(language="vi")
    xml = sent(cha(1))
    FormVersion.objects.filter(form="cha").update(retired_at=clock.now())
    answer = phone.send(xml)
    assert answer.status_code == 201
    assert "đã ngừng dùng" in message_of(answer)
    report = Report.objects.get()
    report_recheck(report_id=report.pk)
    assert report.findings.filter(rule="form_retired").exists()


def test_a_failed_rule_never_refuses_a_report():
    far = cha(1).but(cha_id="xxx", commune="99999", area_size=-5)
    answer = phone_of().send(sent(far))
    assert answer.status_code == 201
    report = Report.objects.get()
    report_recheck(report_id=report.pk)
    report.refresh_from_db()
    assert report.blocks >= 3


def test_wrong_coordinates_are_kept_and_flagged():
    xml = sent(cha(1))
    corner = cha(1).answers.points["coordinates"]
    broken = xml.replace(f"{corner[1]} {corner[0]}".encode(), b"916.8 1070.2", 1)
    assert broken != xml
    answer = phone_of().send(broken)
    assert answer.status_code == 201
    report_recheck(report_id=Report.objects.get().pk)
    assert Report.objects.get().findings.filter(rule="answer_unreadable").exists()


WILD = {
    "area_size": ["1e999", "NaN", "-0", "9" * 400, "١٢٣", "0x10"],
    "identification_date": ["9999-12-31", "0001-01-01", "31/02/2026", "9" * 50],
    "information_manager_date": ["9999-12-31", "0001-01-01"],
    "cha_id": ["x" * 5000, "'; drop table x; --", "HAZ-409-\u202e1", "🦆"],
    "commune": ["x" * 300, "🦆"],
    "village": ["y" * 100_000, "a\u0085b"],
    "coordinates": ["1e999 1e999 0 0", "nan nan 0 0", "91 181", "107.1 16.8 0 0"],
    "polygon_points": ["16.8 107.0 0 0", "x;y;z", "0 0 0 0;" * 5000, "nan nan;nan nan;nan nan"],
}


@pytest.mark.parametrize(("question", "text"), [(q, t) for q, ts in WILD.items() for t in ts])
def test_wild_answers_are_kept_and_checked_without_a_failure(question, text):
    xml = sent(cha(1)).decode()
    broken = re.sub(f"<{question}>[^<]*</{question}>", f"<{question}>{text}</{question}>", xml)
    assert broken != xml
    answer = phone_of().send(broken.encode())
    assert answer.status_code == 201, message_of(answer)
    report = Report.objects.get()
    report_recheck(report_id=report.pk)
    report.refresh_from_db()
    assert report.checked_at is not None


# Attachments -----------------------------------------------------------------------------------

HOSTILE = {
    "trang.html": b"<html><script>alert(1)</script></html>",
    "hinh.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "anh.jpg": b"MZ\x90\x00\x03" + b"\x00" * 200,
    "run.sh": b"#!/bin/sh\nrm -rf /\n",
    "ban-do.kml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><kml></kml>",
    "ung-dung.zip": b"PK\x03\x04....AndroidManifest.xml",
    "lieu.csv": b"\x7fELF\x02\x01\x01\x00",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_wrong_kind_of_file_is_refused_and_the_report_kept(name):
    vi, en = phone_of(language="vi"), phone_of(language="en")
    xml = sent(cha(1))
    first = vi.send(xml, {name: HOSTILE[name], "tot.jpg": JPEG})
    second = en.send(xml, {name: HOSTILE[name]})
    assert (first.status_code, second.status_code) == (201, 202)
    assert f"Không nhận tệp «{name}»" in message_of(first)
    assert f"The file “{name}” was not kept" in message_of(second)
    assert message_of(second).startswith("This report was received before")
    report = Report.objects.get()
    assert list(report.attachments.values_list("name", flat=True)) == ["tot.jpg"]
    assert RefusedFile.objects.get(report=report).reason == "kind"
    report_recheck(report_id=report.pk)
    assert report.findings.filter(rule="file_refused").count() == 1


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.jpeg", JPEG, "image/jpeg"),
        ("a", PNG, "image/png"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20, "image/heic"),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("a.pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.zip", b"PK\x03\x04\x14\x00", "application/zip"),
        ("a.rar", b"Rar!\x1a\x07\x00", "application/vnd.rar"),
        ("a.csv", "mã,tên\n1,Gio Linh\n".encode(), "text/csv"),
        (
            "a.xlsx",
            b"PK\x03\x04\x14\x00[Content_Types].xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("a.geojson", b'{"type": "FeatureCollection"}', "application/geo+json"),
        (
            "a.kml",
            b'<?xml version="1.0"?><kml xmlns="x"></kml>',
            "application/vnd.google-earth.kml+xml",
        ),
    ],
)
def test_photos_documents_and_maps_are_kept_by_their_content(name, content, kind):
    answer = phone_of().send(sent(cha(1)), {name: content})
    assert answer.status_code == 201
    assert Attachment.objects.get().media_type == kind


def test_a_file_that_is_too_large_is_refused_alone(monkeypatch):
    monkeypatch.setattr(attaching, "MAX_ATTACHMENT_BYTES", 500)
    answer = phone_of(language="en").send(sent(cha(1)), {"a.jpg": JPEG})
    assert answer.status_code == 201
    assert "larger than" in message_of(answer)
    assert RefusedFile.objects.get().reason == "size"


def test_empty_files_and_wild_names_do_no_harm():
    files_sent = {"trong.jpg": b"", "x" * 300 + ".jpg": JPEG}
    answer = phone_of().send(sent(cha(1)), files_sent)
    assert answer.status_code == 201
    name = Attachment.objects.get().name
    assert len(name) <= 120
    assert name.endswith(".jpg")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.jpg", "a.jpg"),
        (".htaccess", "htaccess"),
        ("a\r\nb\x00.jpg", "ab.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("", "file"),
    ],
)
def test_names_lose_folders_and_control_characters(given, kept):
    assert attaching.clean_name(given) == kept


# Refusals --------------------------------------------------------------------------------------


def deep(levels: int) -> bytes:
    return b'<cha id="cha">' + b"<a>" * levels + b"</a>" * levels + b"</cha>"


HOSTILE_XML = {
    "broken": (b"<cha", 400),
    "empty": (b"", 400),
    "dtd": (b'<!DOCTYPE x SYSTEM "http://x/y"><cha id="cha"/>', 400),
    "entities": (b'<!DOCTYPE x [<!ENTITY a "b">]><cha id="cha">&a;</cha>', 400),
    "not text": (b"\xff\xfe\x00\x01", 400),
    "deep": (deep(40), 400),
    "very deep": (deep(5000), 400),
    "many": (b'<cha id="cha">' + b"<a/>" * 25_000 + b"</cha>", 400),
    "large": (b'<cha id="cha">' + b"x" * MAX_BYTES + b"</cha>", 413),
    "no form": (b"<cha/>", 400),
    "no instance": (b'<cha id="cha"/>', 400),
    "long instance": (
        b'<cha id="cha"><meta><instanceID>' + b"x" * 500 + b"</instanceID></meta></cha>",
        400,
    ),
}


@pytest.mark.parametrize("case", HOSTILE_XML)
def test_hostile_xml_is_refused_in_one_sentence_of_either_language(case):
    xml, status = HOSTILE_XML[case]
    said = {}
    for language in ("vi", "en"):
        answer = phone_of(language=language).send(xml)
        assert answer.status_code == status
        assert answer["Content-Language"] == language
        said[language] = message_of(answer)
        assert "\n" not in said[language]
    assert said["vi"] != said["en"]
    assert Report.objects.count() == 0


def test_a_request_larger_than_the_house_takes_is_not_even_read(settings):
    settings.SUBMISSION_MAX_BYTES = 1024 * 1024
    answer = phone_of(language="en").send(b"<" * (2 * 1024 * 1024))
    assert answer.status_code == 413
    assert message_of(answer).startswith("What was sent is larger than 1 MB")


@pytest.mark.parametrize("body", [b"", b"--b\r\nnonsense", b"--b--\r\n"])
def test_a_broken_envelope_is_refused(body):
    phone = phone_of(language="en")
    answer = phone.client.post(
        phone.url("submission"),
        body,
        content_type="multipart/form-data; boundary=b",
        headers=phone.headers,
    )
    assert answer.status_code == 400
    assert message_of(answer)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_full_disk_asks_to_send_again_later_and_keeps_nothing(monkeypatch, language):
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(files.os, "fsync", full)
    answer = phone_of(language=language).send(sent(cha(1)), {"a.jpg": JPEG})
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert ("gửi lại sau" if language == "vi" else "send it again later") in message_of(answer)
    assert Report.objects.count() == 0
    assert not [p for p in files.path_of("ab").parents[2].rglob("*") if p.is_file()]


def test_a_disk_that_is_full_while_the_parts_arrive_says_the_same(monkeypatch, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", full)
    answer = phone_of(language="en").send(sent(cha(1)), {"a.jpg": JPEG})
    assert answer.status_code == 503
    assert "disk is full" in message_of(answer)


def test_a_database_that_is_away_asks_to_send_again_later(monkeypatch):
    def away(**_: object) -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr("datlanh.api.openrosa.submission.report_receive", away)
    answer = phone_of(language="en").send(sent(cha(1)))
    assert answer.status_code == 503
    assert "send it again later" in message_of(answer)


# Who may ---------------------------------------------------------------------------------------


def test_a_secret_nobody_has_is_an_address_that_is_not_there():
    nowhere = Client().get("/nowhere/at/all", headers={"Accept": "text/plain"})
    for page in ("formList", "submission", "reports", "forms/cha.xml"):
        answer = Client().get(f"/key/{'x' * 32}/{page}", headers={"Accept": "text/plain"})
        assert answer.status_code == 404
        assert answer.content == nowhere.content
        assert "X-OpenRosa-Version" not in answer


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "bị thu hồi"), ("en", "may no longer send")]
)
def test_a_revoked_phone_is_told_so(language, words):
    phone = phone_of(language=language)
    device_revoke(device=phone.device, by=SYSTEM)
    answer = phone.get("formList")
    assert answer.status_code == 403
    assert words in message_of(answer)
    assert Report.objects.count() == 0


def test_an_account_that_may_not_report_is_told_so():
    answer = phone_of("giamdoc", language="en").send(sent(cha(1)))
    assert answer.status_code == 403
    assert "may not send reports" in message_of(answer)


def test_an_instance_of_another_organisation_is_not_taken_over():
    xml = sent(cha(1))
    assert phone_of("renew.hientruong").send(xml).status_code == 201
    answer = phone_of("mag.hientruong", language="en").send(xml, {"a.jpg": JPEG})
    assert answer.status_code == 409
    assert Attachment.objects.count() == 0


def basic(username: str, password: str) -> dict[str, str]:
    token = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {token}"}


def test_basic_sign_in_is_a_way_in_too():
    demo_cast()
    assert Client().get("/openrosa/formList").status_code == 401
    headers = basic("Renew.hientruong", "dat-lanh-demo")
    forms = listed(Client().get("/openrosa/formList", headers=headers))
    assert forms[0]["downloadUrl"].startswith("http://testserver/openrosa/forms/")
    answer = Client().post(
        "/openrosa/submission", sent(cha(1)), content_type="text/xml", headers=headers
    )
    assert answer.status_code == 201
    assert Report.objects.get().device is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Bearer x",
        basic("renew.hientruong", "wrong")["Authorization"],
        basic("nobody", "wrong")["Authorization"],
    ],
)
def test_a_wrong_sign_in_is_asked_for_again(header):
    demo_cast()
    answer = Client().head("/openrosa/submission", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic realm=")


def test_no_session_and_no_cookie_is_made():
    answer = phone_of().send(sent(cha(1)))
    assert not answer.cookies


# What became of it -----------------------------------------------------------------------------


def test_a_phone_sees_its_receipts_and_why_one_came_back():
    phone, cast = phone_of(), demo_cast()
    answer = phone.send(sent(cha(1)))
    report = Report.objects.get(receipt=receipt_of(answer))
    verified(report, by=cast["renew"])
    with acting(cast["kiemtra2"]):
        report_return(id=report.pk, by=cast["kiemtra2"], note="Sai ranh giới phía bắc.")
    (line,) = phone.get("reports", headers={"Accept": "application/json"}).json()["reports"]
    assert line["receipt"] == report.receipt
    assert (line["state"], line["state_label"]) == ("returned", "Trả lại")
    assert line["returned_note"] == "Sai ranh giới phía bắc."
    page = phone.get("reports", headers={"Accept": "text/html"})
    assert report.receipt in page.content.decode()
    assert "Sai ranh giới phía bắc." in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    other = phone_of("mag.hientruong").get("reports", headers={"Accept": "application/json"})
    assert other.json()["reports"] == []


# The QR code -----------------------------------------------------------------------------------


def test_the_code_carries_settings_that_collect_reads():
    address = "https://datlanh.example/key/abc"
    text = collect_settings(address, "Đất Lành", "renew.hientruong")
    settings = json.loads(zlib.decompress(base64.b64decode(text)))
    assert settings["general"]["server_url"] == address
    assert settings["general"]["form_update_mode"] == "match_exactly"
    assert settings["general"]["autosend"] == "wifi_and_cellular"
    assert settings["project"]["name"] == "Đất Lành"
    assert settings["admin"] == {}
    picture = ET.fromstring(collect_settings_qr(address, "Đất Lành", "renew.hientruong"))
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert picture.get("viewBox")


def test_a_body_that_ends_before_its_length_leaves_no_report() -> None:
    """A line that breaks ends the body early: no report with half a photo."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="a.xml"\r\n'
        b"Content-Type: text/xml\r\n\r\n<data/>\r\n--x\r\n"
        b'Content-Disposition: form-data; name="p.jpg"; filename="p.jpg"\r\n\r\nhalf of it'
    )
    for missing in (0, 500):
        request = RequestFactory().post("/", content_type="multipart/form-data; boundary=x")
        request.META |= {"CONTENT_LENGTH": str(len(body) + missing), "wsgi.input": BytesIO(body)}
        with whole(request):
            if missing:
                with pytest.raises(UnreadablePostError):
                    read_body(request)
            else:
                read_body(request)
