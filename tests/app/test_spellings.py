"""One record under two spellings of its id, and an accident's number that its victims carry."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.facts import DatabaseFacts
from datlanh.intake.models import Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.selectors.binding import binding_of
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.reports import ReportFilter
from datlanh.intake.services.checking import answers_now
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.intake.services.verifying import report_return
from datlanh.kernel.errors import ConflictError
from datlanh.organisations.models import RunningNumber
from datlanh.organisations.services import number_use
from datlanh.register.models import Record
from support.drafts import accident, education, victim
from support.reports import approved, demo_cast, received, verified

pytestmark = pytest.mark.django_db

WRITTEN, ALIAS = "MRE-409-600001", "HR-MRE-409-600001"


@pytest.fixture
def cast():
    return demo_cast()


def waiting(draft: Any, cast: Any) -> Report:
    return verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])


def standing(kind: str, local_id: str, report: Report) -> Record:
    """A record that was made some other day."""
    return Record.objects.create(
        id=uuid.uuid4(),
        kind=kind,
        local_id=local_id,
        organisation_id=report.organisation_id,
        created_seq=900_000,
    )


@pytest.mark.parametrize(("sent", "stands"), [(ALIAS, WRITTEN), (WRITTEN, ALIAS)])
def test_a_record_is_found_under_either_spelling(sent, stands, cast, monkeypatch):
    report = waiting(education(1).but(mre_id=sent), cast)
    assert (report.record_local_id, report.report_local_id) == (sent, f"FR-{sent}")
    record = standing("risk_education", stands, report)
    assert DatabaseFacts(report).record_exists(sent)

    who = cast["kiemtra2"]
    with acting(who):
        answers = answers_now(report)
    assert report.form_version is not None
    binding = binding_of(report, mapping_of(report.form_version.pk), answers, who)
    assert (binding.may_be_new, binding.proposed) == (False, record.pk)

    monkeypatch.setitem(PROJECTORS, "risk_education", object())
    with pytest.raises(ConflictError) as refused:
        approved(report, by=who)
    assert refused.value.code == "id_taken"


def test_other_undecided_reports_are_seen_under_either_spelling(cast):
    first = received(education(1), by=cast["renew.hientruong"])
    second = received(education(1).but(mre_id=ALIAS), by=cast["renew.hientruong"])
    (other,) = DatabaseFacts(second).same_instance_elsewhere(second.report_local_id)
    assert other.receipt == first.receipt
    for text in (WRITTEN, ALIAS, f"FR-{ALIAS}"):
        found = Report.objects.filter(ReportFilter(text=text).q(cast["kiemtra2"]))
        assert set(found) == {first, second}


def test_a_returned_report_comes_back_under_either_spelling(cast):
    first = waiting(education(1), cast)
    with acting(cast["kiemtra2"]):
        report_return(id=first.pk, by=cast["kiemtra2"], note="Thiếu số người.")
    second = received(education(1).but(mre_id=ALIAS), by=cast["renew.hientruong"])
    assert second.replaces_id == first.pk


def refused(report: Report, cast: Any) -> None:
    with acting(cast["kiemtra2"]):
        step_propose(id=report.pk, step="refuse", by=cast["kiemtra2"], note="Không phải tai nạn")
    with acting(cast["kiemtra1"]):
        step_confirm(id=report.pk, by=cast["kiemtra1"], confirm=True)


def test_the_number_of_a_refused_accident_is_void(cast):
    refused(waiting(accident(1), cast), cast)
    assert RunningNumber.objects.get(local_id="INC-409-600001").state == "void"


def test_a_refused_victim_leaves_the_accidents_number_alone(cast):
    refused(waiting(victim(1), cast), cast)
    assert not RunningNumber.objects.exists()


def test_a_refused_accident_leaves_its_number_to_a_victim_that_waits(cast):
    report = waiting(accident(1), cast)
    waiting(victim(1), cast)
    refused(report, cast)
    assert not RunningNumber.objects.exists()


def test_a_refused_accident_leaves_its_number_to_a_victim_in_the_register(cast):
    report = waiting(accident(1), cast)
    standing("victim", "VIC-409-600001-02", report)
    number_use(local_id="VIC-409-600001-02", organisation=report.organisation, by=SYSTEM)
    refused(report, cast)
    assert RunningNumber.objects.get().state == "used"
    assert Report.objects.get(pk=report.pk).state == "refused"


def test_the_number_of_a_refused_alias_is_voided_once(cast):
    refused(waiting(education(1).but(mre_id=ALIAS), cast), cast)
    number = RunningNumber.objects.get()
    assert (number.local_id, number.state) == (WRITTEN, "void")
