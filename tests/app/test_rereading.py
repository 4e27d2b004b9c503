"""A report that came before its form version was published is read when it is."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.conf import settings

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.models import Payload, Report
from datlanh.intake.services.checking import report_check
from datlanh.intake.services.forms import form_publish
from datlanh.intake.services.receiving import report_receive
from support.reports import cha, demo_cast, sent

pytestmark = pytest.mark.django_db

LATER = "2099010101"


def later_workbook() -> bytes:
    book = openpyxl.load_workbook(settings.FORMS_ROOT / "cha.xlsx")
    sheet = book["settings"]
    header = [cell.value for cell in sheet[1]]
    sheet.cell(row=2, column=header.index("version") + 1).value = LATER
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_a_report_waits_for_its_form_and_is_read_with_it():
    cast = demo_cast()
    by = cast["renew.hientruong"]
    draft = cha(1)
    xml = sent(draft)
    current = xml.split(b'version="')[1].split(b'"')[0]
    xml = xml.replace(b'version="' + current, b'version="' + LATER.encode(), 1)
    if LATER.encode() not in xml:
        pytest.fail("the submission carries no version")
    with acting(by, via="openrosa"):
        report = report_receive(
            xml=xml, by=by, organisation=by.organisation, channel="openrosa"
        ).report
        report_check(report)
    assert (report.form_version, report.record_local_id, report.blocks) == (None, "", 1)

    with acting(cast["csdl"]):
        form_publish(workbook=later_workbook(), by=cast["csdl"])

    report = Report.objects.get(pk=report.pk)
    assert report.form_version is not None
    assert (report.record_local_id, report.blocks) == ("HAZ-409-600001", 0)
    with acting(SYSTEM):
        revisions = {p.revision: p.answers for p in Payload.objects.filter(report=report)}
    assert revisions[0]["values"] == {}
    assert revisions[1]["values"]["cha_id"] == "HAZ-409-600001"
    assert "Trần Văn Mẫu" not in str(revisions[1])
