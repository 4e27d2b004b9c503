"""The forms beyond areas and releases: offered, taken in, checked, and shown at the desk."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.models import FormVersion, Payload, Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.kernel.errors import DomainError
from datlanh.register.models import Record
from support.drafts import MAKERS
from support.pages import page, signed_in
from support.reports import approved, demo_cast, received, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return demo_cast()


def test_a_fresh_start_publishes_every_form():
    published = FormVersion.objects.filter(retired_at=None)
    assert set(published.values_list("form", flat=True)) == {"cha", "land_release", *MAKERS}


@pytest.mark.parametrize("form", MAKERS)
def test_a_report_is_taken_in_checked_and_opens_at_the_desk(form, cast):
    draft = MAKERS[form](1)
    report = received(draft, by=cast["renew.hientruong"])
    assert report.checked_at is not None
    assert report.date_of_information is not None
    assert report.commune_code == draft.answers.values["commune"]
    with acting(SYSTEM):
        answers = Payload.objects.get(report=report).answers
    assert answers["problems"] == {}
    assert "Ví Dụ" not in str(answers)
    officer = signed_in(cast["renew"])
    assert report.record_local_id in page(officer, "report", report.receipt)
    assert draft.answers.values["village"] in page(officer, "report_correct", report.receipt)
    verified(report, by=cast["renew"])
    html = page(signed_in(cast["kiemtra2"]), "review_report", report.receipt)
    assert report.record_local_id in html


@pytest.mark.parametrize("form", MAKERS)
def test_a_kind_the_register_does_not_hold_yet_is_refused_calmly(form, cast, monkeypatch):
    report = verified(received(MAKERS[form](1), by=cast["renew.hientruong"]), by=cast["renew"])
    assert report.form_version is not None
    monkeypatch.delitem(PROJECTORS, report.form_version.record_kind, raising=False)
    with pytest.raises(DomainError) as refused:
        approved(report, by=cast["kiemtra2"])
    assert refused.value.code == "no_kind"

    client = signed_in(cast["kiemtra2"])
    seen = f"{report.state}.{report.revision}"
    answer = client.post(
        reverse("web:review_approve", args=[report.receipt]), {"seen": seen, "record": "new"}
    )
    assert answer.status_code < 500
    assert Report.objects.get(pk=report.pk).state == "verified"
    assert not Record.objects.filter(local_id=report.record_local_id).exists()
