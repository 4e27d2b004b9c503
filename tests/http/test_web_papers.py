"""Papers on pages: issued by the right person, fetched as a file, confirmed by anybody."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from datlanh.accounts.acting import acting
from datlanh.intake.services.lifecycle import area_move
from datlanh.kernel import clock
from datlanh.kernel.text import day, number
from datlanh.reporting.documents.models import IssuedDocument
from datlanh.web.papers import confirming
from support.pages import signed_in
from support.reports import (
    approved,
    cha,
    demo_cast,
    let_through,
    received,
    release,
    verified,
)

pytestmark = pytest.mark.django_db

AREA, RELEASE = "HAZ-409-600001", "HR-CLC-409-600001"


@pytest.fixture(autouse=True)
def _own_files_and_counts(settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def cast():
    found = demo_cast()
    for draft in (cha(1), release(1)):
        entered(found, draft)
    return found


def entered(cast, draft):
    report = received(draft, by=cast["renew.hientruong"])
    return approved(let_through(verified(report, by=cast["renew"])), by=cast["kiemtra2"])


def words(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in pages))


def issue(cast, who="kiemtra2", **more):
    path = reverse("web:document_issue", args=[AREA])
    sends = {"kind": "handover", "men": "3", "women": "4", **more}
    return signed_in(cast[who]).post(path, sends)


def test_a_paper_goes_from_the_area_s_page_to_a_file_to_the_confirming_page(cast) -> None:
    answer = issue(cast)
    assert answer.status_code == 302
    document = IssuedDocument.objects.get()
    assert document.people == {"men": 3, "women": 4, "boys": 0, "girls": 0}
    client = signed_in(cast["renew"])
    for path in (reverse("web:area", args=[AREA]), reverse("web:release", args=[RELEASE])):
        assert document.numbered in client.get(path).content.decode()
    page = client.get(reverse("web:area_documents", args=[AREA])).content.decode()
    assert document.numbered in page
    assert 'name="men"' not in page
    file = client.get(reverse("web:document_file", args=[document.pk, "vi"]))
    assert file["Content-Type"] == "application/pdf"
    text = words(file.content)
    assert document.code_shown in text
    assert f"http://testserver/confirm/{document.code_shown}" in text
    told = Client().get(reverse("web:confirm_code", args=[document.code_shown]))
    said = told.content.decode()
    assert told.status_code == 200
    assert AREA in said
    assert day(document.issued_on) in said
    assert number(round(document.released_m2), "vi") in said
    assert "no-store" in told["Cache-Control"]


def test_the_confirming_page_says_nothing_else(cast) -> None:
    issue(cast)
    document = IssuedDocument.objects.get()
    said = Client().get(reverse("web:confirm_code", args=[document.code])).content.decode()
    secret = (
        document.numbered,
        cast["kiemtra2"].full_name,
        "NPA",
        "Thôn Mẫu",
        document.sha256_vi,
        "600001</a>",
    )
    assert [s for s in secret if s in said] == []


def test_a_code_typed_by_hand_finds_its_page(cast) -> None:
    issue(cast)
    code = IssuedDocument.objects.get().code_shown
    answer = Client().get(reverse("web:confirm"), {"code": f" {code.lower()} "})
    assert answer["Location"] == reverse("web:confirm_code", args=[code.replace("-", "")])
    wrong = Client().get(reverse("web:confirm"), {"code": "<script>"})
    assert wrong.status_code == 200
    assert "<script>&" not in wrong.content.decode()
    assert "&lt;script&gt;" in wrong.content.decode()


def test_an_unknown_code_gets_a_calm_page_and_many_get_a_pause(cast, monkeypatch) -> None:
    monkeypatch.setattr(confirming, "ASKS", 3)
    path = reverse("web:confirm_code", args=["2222-2222-2222"])
    answers = [Client().get(path) for _ in range(4)]
    assert [a.status_code for a in answers] == [404, 404, 404, 429]
    assert "chưa cấp giấy nào có mã này" in answers[0].content.decode()
    assert answers[3]["Retry-After"]
    assert Client().get(path, HTTP_X_FORWARDED_FOR="198.51.100.7").status_code in (404, 429)


def test_a_later_decision_shows_on_the_page_and_the_paper_stays(cast) -> None:
    issue(cast)
    document = IssuedDocument.objects.get()
    before = signed_in(cast["renew"]).get(reverse("web:document_file", args=[document.pk, "en"]))
    entered(cast, release(1, first=600900))
    said = Client().get(reverse("web:confirm_code", args=[document.code])).content.decode()
    assert "một quyết định sau đó đã thay đổi khu vực này" in said
    after = signed_in(cast["renew"]).get(reverse("web:document_file", args=[document.pk, "en"]))
    assert after.content == before.content


def test_a_step_of_the_area_shows_on_the_page_of_its_paper(cast) -> None:
    """Land that was opened again must not be trusted for an old certificate's sake."""
    issue(cast)
    document = IssuedDocument.objects.get()
    path = reverse("web:confirm_code", args=[document.code])
    changed = "một quyết định sau đó đã thay đổi khu vực này"
    assert changed not in Client().get(path).content.decode()
    with acting(cast["kiemtra2"]):
        area_move(local_id=AREA, step="start", seen="cha", on=clock.today(), by=cast["kiemtra2"])
    assert changed in Client().get(path).content.decode()


def test_what_cannot_be_issued_is_refused_with_a_sentence(cast) -> None:
    entered(cast, cha(2))
    path = reverse("web:document_issue", args=["HAZ-409-600002"])
    answer = signed_in(cast["kiemtra2"]).post(path, {"kind": "handover"}, follow=True)
    assert "No land of the area was released" in answer.content.decode()
    assert issue(cast, men="ba").status_code == 302
    assert issue(cast, who="renew").status_code == 403
    assert not IssuedDocument.objects.exists()


def test_the_map_is_printed_as_chosen(cast) -> None:
    client = signed_in(cast["renew"])
    page = client.get(reverse("web:map_print"), {"lon": "107.02", "lat": "16.8", "status": "open"})
    assert 'value="107.02"' in page.content.decode()
    assert '<input type="hidden" name="status" value="open">' in page.content.decode()
    asked = {
        "lon": "107.0255",
        "lat": "16.8015",
        "scale": "50000",
        "paper": "A3",
        "turn": "upright",
    }
    asked |= {"language": "en", "title": "Hải Lăng, week 47", "system": "utm48"}
    sheet = client.get(reverse("web:map_sheet"), asked)
    assert sheet["Content-Type"] == "application/pdf"
    text = words(sheet.content)
    for word in ("Scale 1:50,000", "Hải Lăng, week 47", AREA, "UTM zone 48N"):
        assert word in text, word
    box = pypdf.PdfReader(io.BytesIO(sheet.content)).pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (297, 420)


@pytest.mark.parametrize("wrong", ["nan", "inf", "north", "0", "1e9"])
def test_a_map_of_nowhere_is_refused(cast, wrong: str) -> None:
    answer = signed_in(cast["renew"]).get(reverse("web:map_sheet"), {"lon": wrong, "lat": "16.8"})
    assert answer.status_code == 400


def test_a_map_shows_an_operator_its_own_and_no_other(cast) -> None:
    at = {"lon": "107.0255", "lat": "16.8015"}
    own = signed_in(cast["renew"]).get(reverse("web:map_sheet"), at)
    other = signed_in(cast["mag"]).get(reverse("web:map_sheet"), at)
    assert AREA in words(own.content)
    assert AREA not in words(other.content)
