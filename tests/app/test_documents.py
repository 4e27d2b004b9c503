"""Papers: figures of a moment, the same again, confirmed by their code and by nothing else."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from django.db import ProgrammingError, transaction

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.scope import EVERYTHING, NotAllowedError
from datlanh.audit.models import Event
from datlanh.hazards.selectors import AreaFilter
from datlanh.intake import files
from datlanh.kernel.coordinates import VN2000_10615, WGS84_DECIMAL, turning_points
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import number
from datlanh.register.models import Record
from datlanh.register.selectors import AsOf, asof
from datlanh.reporting.documents.figures import area_figures
from datlanh.reporting.documents.ground import LAYERS, things_in
from datlanh.reporting.documents.mapsheet import Wish, map_sheet
from datlanh.reporting.documents.models import IssuedDocument
from datlanh.reporting.documents.selectors import document_confirm, documents_of
from datlanh.reporting.documents.services import (
    document_again,
    document_file,
    document_issue,
)
from support.reports import (
    approved,
    cha,
    demo_cast,
    field_of,
    let_through,
    received,
    release,
    verified,
)

pytestmark = pytest.mark.django_db

PEOPLE = {"men": 12, "women": 15, "boys": 3, "girls": 4}
AT = "https://datlanh.example/confirm/"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path) -> None:
    settings.FILES_ROOT = tmp_path


@pytest.fixture
def cast():
    return demo_cast()


def entered(cast, draft):
    report = received(draft, by=cast["renew.hientruong"])
    report = let_through(verified(report, by=cast["renew"]))
    return approved(report, by=cast["kiemtra2"])


@pytest.fixture
def area(cast) -> Record:
    found = entered(cast, cha(1))
    entered(cast, release(1))
    return Record.objects.get(pk=found.record_id)


def issued(cast, area, *, kind="handover", moment: AsOf | None = None, by="kiemtra2", **more):
    with acting(cast[by]):
        return document_issue(
            record=area,
            kind=kind,
            moment=moment or asof(),
            people=more.get("people", PEOPLE),
            confirm_at=AT,
            by=cast[by],
        )


def read(pdf: bytes) -> str:
    """The words of a PDF, in one line of plain spaces."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in pages).replace("\u00a0", " "))


def test_a_certificate_says_what_the_ledger_says_in_both_languages(cast, area) -> None:
    document = issued(cast, area)
    figures = area_figures(area, document.on, document.known)
    assert figures is not None
    vi, en = read(document_file(document, "vi")), read(document_file(document, "en"))
    for word in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BIÊN BẢN BÀN GIAO ĐẤT ĐÃ GIẢI PHÓNG",
        f"Số: {document.numbered}",
        area.local_id,
        document.code_shown,
        "không có nghĩa là «an toàn»",
        "Phụ nữ",
    ):
        assert word in vi, word
    for word in ("HANDOVER CERTIFICATE OF RELEASED LAND", "does not mean “safe”", "Women"):
        assert word in en, word
    assert number(round(figures.ledger.cleared_m2), "vi") in vi
    assert number(round(figures.ledger.cleared_m2), "en") in en
    for system, at in ((WGS84_DECIMAL, 0), (VN2000_10615, 0)):
        for row in turning_points(field_of(1), system, "vi"):
            assert row.cells[at] in vi
    event = Event.objects.get(action="document.issue")
    assert event.after["sha256_vi"] == document.sha256_vi


def test_the_completion_report_lists_releases_and_items(cast, area) -> None:
    document = issued(cast, area, kind="completion", people={})
    text = read(document_file(document, "vi"))
    assert "BÁO CÁO HOÀN THÀNH GIẢI PHÓNG ĐẤT" in text
    assert Record.objects.get(kind="land_release").local_id in text
    assert "GIÁM ĐỐC TRUNG TÂM" in text
    assert "Người tham gia" not in text


def test_a_paper_made_again_is_the_same_to_the_byte_whatever_came_later(cast, area) -> None:
    document = issued(cast, area)
    first = document_file(document, "vi")
    assert document_confirm(document.code_shown).stands
    entered(cast, release(1, first=600900))
    assert document_again(document, "vi") == first
    files.path_of(document.sha256_vi).unlink()
    assert document_file(document, "vi") == first


def test_a_later_decision_about_the_area_shows_on_the_confirming_page(cast, area) -> None:
    document = issued(cast, area)
    entered(cast, cha(2))
    assert document_confirm(document.code).stands
    entered(cast, release(1, first=600900))
    told = document_confirm(document.code.lower())
    assert told is not None
    assert not told.stands
    assert documents_of(area) == [(document, False)]
    assert told.area_id == area.local_id
    assert told.released_m2 == pytest.approx(document.released_m2)


@pytest.mark.parametrize("code", ["", "2222-2222-2222", "x" * 500, "7KQ2", "';--", "\x00" * 12])
def test_a_forged_code_is_confirmed_by_nobody(cast, area, code: str) -> None:
    issued(cast, area)
    assert document_confirm(code) is None


def test_numbers_run_within_kind_and_year_and_papers_are_never_changed(cast, area) -> None:
    one, two = issued(cast, area), issued(cast, area)
    other = issued(cast, area, kind="completion")
    assert (one.number, two.number, other.number) == (1, 2, 1)
    assert one.code != two.code
    with pytest.raises(ProgrammingError), transaction.atomic():
        IssuedDocument.objects.filter(pk=one.pk).update(number=7)


def test_who_may_not_issue_issues_nothing(cast, area) -> None:
    with pytest.raises(NotAllowedError):
        issued(cast, area, by="renew")
    for wrong in ({"men": -1}, {"dogs": 1}):
        with pytest.raises(DomainError):
            issued(cast, area, people=wrong)
    with pytest.raises(DomainError):
        issued(cast, area, kind="poem")
    assert not IssuedDocument.objects.exists()


def test_land_that_nobody_released_is_not_handed_over(cast) -> None:
    found = entered(cast, cha(3))
    with pytest.raises(DomainError):
        issued(cast, Record.objects.get(pk=found.record_id))


def test_a_printed_map_shows_what_lies_there_at_that_time(cast, area) -> None:
    at = field_of(1).centroid
    with acting(SYSTEM):
        now = map_sheet(Wish(at.x, at.y), scope=EVERYTHING, filter=AreaFilter())
        same = map_sheet(Wish(at.x, at.y), scope=EVERYTHING, filter=AreaFilter())
        before = map_sheet(Wish(at.x, at.y), scope=EVERYTHING, filter=AreaFilter(known=1))
    assert now == same
    text = read(now)
    for word in ("Tỷ lệ 1:25.000", area.local_id, "Chú giải".upper(), "Ngày thông tin", "106°15′"):
        assert word in text, word
    assert "«Không ghi nhận nguy hiểm» không có nghĩa là «an toàn»." in text
    assert area.local_id not in read(before)


def test_ground_found_hazardous_again_is_not_hidden_by_its_old_release(cast) -> None:
    entered(cast, release(5, days_ago=200))
    entered(cast, cha(5))
    entered(cast, release(6, days_ago=3))
    entered(cast, cha(6, days_ago=40))
    at = field_of(5).centroid
    frame = Wish(at.x, at.y).frame
    with acting(SYSTEM):
        things = things_in(
            frame, EVERYTHING, AreaFilter(), moment=asof(), layers=LAYERS, language="vi"
        )
    low = {t.label for t in things if t.beneath}
    assert low == {"HR-CLC-409-600005"}
