"""The forms beyond areas and releases: offered, taken in, checked, and shown at the desk."""

from __future__ import annotations

import pytest
from django.urls import reverse

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.projection import LAND_RELEASE
from datlanh.intake.models import FormVersion, Payload, Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.kernel.errors import DomainError
from datlanh.register.models import Record, Version
from support.drafts import MAKERS, before, eod_task
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


def test_an_eod_task_is_opened_and_closed_without_a_choice(cast, monkeypatch):
    """Both reports carry one tasking date; the status is that of the day each was verified."""
    projector = PROJECTORS.get("eod_task", LAND_RELEASE)
    monkeypatch.setitem(PROJECTORS, "eod_task", projector)
    people = ("informant_name", "informant_phone", "responding_team_leader")
    unnamed = dict.fromkeys((*people, "disposal_team_leader", "verification_full_name"))
    later = (
        "responding_organisation responding_team respond_date end_date disposal_team disposal_date"
    )
    opened = eod_task(1).but(
        **unnamed,
        **dict.fromkeys(later.split()),
        status="open",
        verification_date=before(5),
    )
    opened.answers.points.clear()
    opened.answers.rows.clear()
    closed = eod_task(1).but(**unnamed)
    first, second = (
        verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
        for draft in (opened, closed)
    )
    record_id = approved(first, by=cast["kiemtra2"]).record_id
    approved(second, by=cast["kiemtra2"], record_id=record_id)
    version = Version.objects.filter(record_id=record_id, known_to=None).latest("true_from")
    assert version.values["reported_status"] == "closed"
    assert version.sources["status"] == [second.pk, closed.answers.values["verification_date"]]
    assert version.sources["response_period"] == [second.pk, closed.answers.values["respond_date"]]
    assert version.sources["disposal"] == [second.pk, closed.answers.values["disposal_date"]]
