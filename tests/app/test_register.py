"""The register through its front door: decisions in, versions out, rebuild equal to live."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.hazards.models import HazardousArea, LandRelease, OrdnanceItem
from datlanh.intake.models import Payload, Report
from datlanh.intake.selectors.explaining import record_explain, version_at
from datlanh.intake.services.approving import SameDateError
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import (
    report_reassign,
    step_confirm,
    step_propose,
    value_choose,
)
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, TransitionError
from datlanh.organisations.models import RunningNumber
from datlanh.register.models import Decision, Person, Record, Version
from support.reports import approved, cha, demo_cast, received, release, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return demo_cast()


def entered(draft, cast, **more) -> Report:
    report = received(draft, by=cast["renew.hientruong"])
    report = verified(report, by=cast["renew"])
    return approved(report, by=cast["kiemtra2"], **more)


def two_persons(report, step, cast) -> Report:
    with acting(cast["kiemtra2"]):
        step_propose(id=report.pk, step=step, by=cast["kiemtra2"], note="nhập nhầm")
    with acting(cast["kiemtra1"]):
        return step_confirm(id=report.pk, by=cast["kiemtra1"], confirm=True)


def assert_equal_to_its_replay() -> None:
    with acting(SYSTEM):
        verdict = register_verify()
    assert verdict.differences == []
    assert verdict.derived == []


def test_a_report_travels_to_a_typed_row_with_items(cast):
    report = entered(cha(1), cast)
    area = HazardousArea.objects.get(local_id="HAZ-409-600001")
    assert area.record_id == report.record_id
    assert (area.public_status, area.clearance_priority) == ("open", "medium")
    assert area.area_m2 == pytest.approx(area.area_reported_m2, abs=1)
    assert OrdnanceItem.objects.get(record_id=area.pk).quantity == 3
    assert_equal_to_its_replay()


def test_a_record_id_derives_from_the_report_whose_approval_created_it(cast):
    report = entered(cha(1), cast)
    decision = Decision.objects.get(report_id=report.pk, kind="approved")
    assert report.record_id == Record.id_from(report.pk) == decision.record_id


def test_an_update_repeats_the_id_and_changes_what_it_says_only(cast):
    first = entered(cha(1, days_ago=30), cast)
    update = cha(1, days_ago=2).but(
        status="worked_on", land_use="residential_area", slope=None, survey_method=None
    )
    entered(update, cast, record_id=first.record_id)
    area = HazardousArea.objects.get(pk=first.record_id)
    assert (area.public_status, area.land_use) == ("ongoing", "residential_area")
    assert area.survey_method == "method_v5"  # an empty answer never erases
    assert area.reports == 2
    assert_equal_to_its_replay()


def test_what_we_knew_then_stays_askable(cast):
    first = entered(cha(1, days_ago=30), cast)
    known_then = Decision.objects.order_by("-seq").first().seq
    entered(cha(1, days_ago=60).but(land_use="development"), cast, record_id=first.record_id)
    record = Record.objects.get(pk=first.record_id)
    past = clock.today() - dt.timedelta(days=45)
    assert version_at(record, on=past, known=known_then) is None
    assert version_at(record, on=past).values["land_use"] == "development"
    assert version_at(record, on=clock.today()).values["land_use"] == "agricultural"


def test_a_correction_takes_the_place_of_what_it_corrects(cast):
    first = entered(cha(1, days_ago=30), cast)
    fixed = cha(1, days_ago=40).but(land_use="development", correction_of=first.receipt)
    second = entered(fixed, cast, record_id=first.record_id)
    area = HazardousArea.objects.get(pk=first.record_id)
    assert (area.land_use, area.reports) == ("development", 1)
    (newest,) = Version.objects.filter(record=area.pk, known_to=None, true_to=None)
    assert {source[0] for source in newest.sources.values()} == {second.pk}
    assert_equal_to_its_replay()


def test_a_correction_of_an_undecided_correction_hides_the_whole_chain(cast):
    first = entered(cha(1, days_ago=30), cast)
    between = received(
        cha(1, days_ago=29).but(correction_of=first.receipt), by=cast["renew.hientruong"]
    )
    last = cha(1, days_ago=28).but(land_use="development", correction_of=between.receipt)
    entered(last, cast, record_id=first.record_id)
    area = HazardousArea.objects.get(pk=first.record_id)
    assert (area.land_use, area.reports) == ("development", 1)
    assert_equal_to_its_replay()


def test_revoking_a_correction_lets_its_predecessor_live_again(cast):
    first = entered(cha(1, days_ago=30), cast)
    fixed = cha(1, days_ago=40).but(land_use="development", correction_of=first.receipt)
    second = entered(fixed, cast, record_id=first.record_id)
    two_persons(second, "revoke", cast)
    area = HazardousArea.objects.get(pk=first.record_id)
    assert area.land_use == "agricultural"
    assert_equal_to_its_replay()


def test_a_withdrawn_report_never_counted(cast):
    report = entered(cha(1), cast)
    two_persons(report, "withdraw", cast)
    assert not HazardousArea.objects.filter(pk=report.record_id).exists()
    assert not Record.objects.get(pk=report.record_id).is_live
    assert_equal_to_its_replay()


def test_an_id_is_never_used_twice(cast):
    report = entered(cha(1), cast)
    two_persons(report, "withdraw", cast)
    again = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    with pytest.raises(ConflictError, match="600001"):
        approved(again, by=cast["kiemtra2"])


def test_two_truths_of_one_date_stop_until_somebody_chooses(cast):
    first = entered(cha(1, days_ago=9), cast)
    other = received(cha(1, days_ago=9).but(land_use="development"), by=cast["renew.hientruong"])
    other = verified(other, by=cast["renew"])
    with pytest.raises(SameDateError) as refusal:
        approved(other, by=cast["kiemtra2"], record_id=first.record_id)
    assert "land_use" in {c.atom for c in refusal.value.conflicts}
    choices = {c.atom: first.pk for c in refusal.value.conflicts}
    approved(other, by=cast["kiemtra2"], record_id=first.record_id, choices=choices)
    assert HazardousArea.objects.get(pk=first.record_id).land_use == "agricultural"
    assert_equal_to_its_replay()


def test_a_choice_can_be_made_again(cast):
    first = entered(cha(1, days_ago=9), cast)
    other = received(cha(1, days_ago=9).but(land_use="development"), by=cast["renew.hientruong"])
    other = verified(other, by=cast["renew"])
    with pytest.raises(SameDateError) as refusal:
        approved(other, by=cast["kiemtra2"], record_id=first.record_id)
    choices = {c.atom: first.pk for c in refusal.value.conflicts}
    approved(other, by=cast["kiemtra2"], record_id=first.record_id, choices=choices)
    with acting(cast["kiemtra2"]):
        value_choose(
            record_id=first.record_id,
            atom="land_use",
            on=other.date_of_information,
            report_id=other.pk,
            by=cast["kiemtra2"],
            note="theo biên bản",
        )
    assert HazardousArea.objects.get(pk=first.record_id).land_use == "development"
    assert_equal_to_its_replay()


def test_a_reassigned_report_leaves_one_record_and_joins_the_other(cast):
    one, two = entered(cha(1, days_ago=30), cast), entered(cha(2, days_ago=30), cast)
    extra = entered(cha(1, days_ago=5).but(land_use="development"), cast, record_id=one.record_id)
    with acting(cast["kiemtra2"]):
        report_reassign(
            id=extra.pk, record_id=two.record_id, by=cast["kiemtra2"], note="nhầm khu vực"
        )
    assert HazardousArea.objects.get(pk=one.record_id).land_use == "agricultural"
    assert HazardousArea.objects.get(pk=two.record_id).land_use == "development"
    assert_equal_to_its_replay()


def test_an_explicit_clear_empties_an_attribute(cast):
    first = entered(cha(1, days_ago=30), cast)
    clearing = cha(1, days_ago=2).but(beneficiaries=None, clear_answers=["beneficiaries"])
    entered(clearing, cast, record_id=first.record_id)
    assert HazardousArea.objects.get(pk=first.record_id).beneficiaries == ""
    assert_equal_to_its_replay()


def test_a_replaced_list_takes_its_rows_with_it(cast):
    first = entered(cha(1, days_ago=30), cast)
    draft = cha(1, days_ago=2)
    rows = [
        {**r, "values": {**r["values"], "quantity": 8}} for r in draft.answers.rows["found_items"]
    ]
    second = entered(draft.but(found_items=rows), cast, record_id=first.record_id)
    assert list(OrdnanceItem.objects.values_list("report_id", "quantity")) == [(second.pk, 8)]
    two_persons(second, "withdraw", cast)
    assert list(OrdnanceItem.objects.values_list("report_id", "quantity")) == [(first.pk, 3)]
    assert_equal_to_its_replay()


def test_a_land_release_enters_with_its_areas(cast):
    report = entered(release(1), cast)
    row = LandRelease.objects.get(pk=report.record_id)
    assert row.cleared_area_m2 == pytest.approx(row.area_m2, abs=1)
    assert row.methods == ["battle_area_clearance"]
    assert_equal_to_its_replay()


def test_the_rebuilt_register_equals_the_live_one_byte_for_byte(cast):
    first = entered(cha(1, days_ago=30), cast)
    entered(cha(1, days_ago=60).but(land_use="development"), cast, record_id=first.record_id)
    entered(release(1), cast)
    with acting(SYSTEM):
        register_rebuild(by=SYSTEM)
    assert_equal_to_its_replay()
    assert HazardousArea.objects.get(pk=first.record_id).land_use == "agricultural"


def test_verification_names_what_was_tampered_with(cast):
    report = entered(cha(1), cast)
    HazardousArea.objects.filter(pk=report.record_id).update(public_status="closed")
    with acting(SYSTEM):
        verdict = register_verify()
    assert [(d.local_id, d.table) for d in verdict.differences] == [
        ("HAZ-409-600001", "hazardousarea")
    ]


def test_names_stand_in_the_person_store_only(cast):
    report = entered(cha(1), cast)
    with acting(SYSTEM):
        kept = [str(Payload.objects.get(report=report).answers)]
    kept += [str(v.values) for v in Version.objects.all()]
    with connection.cursor() as cursor:
        cursor.execute("select values::text from register_claim")
        kept += [r[0] for r in cursor.fetchall()]
    assert not any("Trần Văn Mẫu" in text for text in kept)
    with acting(cast["kiemtra2"]):
        assert Person.objects.exists()


def test_explain_names_the_report_behind_each_value(cast):
    first = entered(cha(1, days_ago=30), cast)
    second = entered(
        cha(1, days_ago=2).but(land_use="development", survey_method=None),
        cast,
        record_id=first.record_id,
    )
    lines = {line.attribute: line for line in record_explain(Record.objects.get())}
    assert lines["land_use"].receipt == second.receipt
    assert lines["survey_method"].receipt == first.receipt


# ── Who may decide ──────────────────────────────────────────────────────────────────────────


def test_nobody_of_the_reporting_organisation_decides(cast):
    report = verified(
        received(cha(1, organisation="military", first=100000), by=cast["quandoi"]),
        by=cast["quandoi"],
    )
    with pytest.raises(TransitionError, match="organisation"):
        approved(report, by=cast["kiemtra1"])  # seconded by the military


def test_the_database_refuses_what_the_workflow_would(cast):
    report = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    for who in (cast["renew"], cast["renew.hientruong"]):
        with pytest.raises(DatabaseError, match=r"organisation|his own"), transaction.atomic():
            Decision.objects.create(
                seq=10_000,
                at=clock.now(),
                kind="approved",
                report_id=report.pk,
                by_id=who.pk,
                by_name=who.full_name,
                by_organisation_id=who.organisation_id,
            )


@pytest.mark.parametrize("table", ["register_decision", "intake_payload", "audit_event"])
def test_append_only_tables_refuse_to_be_changed(cast, table):
    entered(cha(1), cast)
    with (
        pytest.raises(DatabaseError, match=r"append-only|permission denied"),
        acting(SYSTEM),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))


def test_evidence_cannot_be_edited(cast):
    report = received(cha(1), by=cast["renew.hientruong"])
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(author=cast["mag"])


def test_payloads_and_persons_are_empty_without_an_actor(cast):
    received(cha(1), by=cast["renew.hientruong"])
    assert not Payload.objects.exists()
    assert not Person.objects.exists()
    with acting(cast["mag"]):
        assert not Payload.objects.exists()
    with acting(cast["renew"]):
        assert Payload.objects.exists()


def test_the_number_of_a_refused_report_is_void(cast):
    report = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    two_persons(report, "refuse", cast)
    number = RunningNumber.objects.get(local_id="HAZ-409-600001")
    assert (number.state, number.reason) == ("void", "nhập nhầm")


def test_refusing_an_update_leaves_the_record_its_number(cast):
    first = entered(cha(1, days_ago=30), cast)
    update = verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"])
    two_persons(update, "refuse", cast)
    assert RunningNumber.objects.get(local_id="HAZ-409-600001").state == "used"
    assert HazardousArea.objects.get(pk=first.record_id).reports == 1
