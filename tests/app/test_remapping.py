"""A mapping corrected: two persons, all reports read anew, and what was known before stays."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import NotAllowedError, scope_for
from datlanh.hazards.models import HazardousArea, OrdnanceItem
from datlanh.intake.models import FormProposal, FormRevision, Report
from datlanh.intake.selectors.corrections import correction_of
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.values import version_of
from datlanh.intake.services.approving import SameDateError
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.deciding import report_reassign, step_confirm, step_propose
from datlanh.intake.services.following import mapping_follow
from datlanh.intake.services.forms import form_publish
from datlanh.intake.services.proposing import form_propose
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.intake.services.remapping import mapping_confirm
from datlanh.kernel import clock
from datlanh.kernel.errors import ConflictError, DomainError, TransitionError
from datlanh.register.models import Decision, Record, Row, Version
from datlanh.register.selectors import asof, decision_newest, rows_known
from datlanh.reporting.selectors.items import figures_items
from support.kinds import day
from support.remaps import confirmed, corrected, proposed, remapped
from support.reports import approved, cha, demo_cast, form_of, received, verified

pytestmark = pytest.mark.django_db

# What slope said was kept as the kind of soil, and nobody noticed.
OTHER_NAME = {"slope": {"register::attribute": "steepness"}}
OTHER_QUANTITY = {"quantity": {"register::attribute": "pieces"}}


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


def assert_equal_and_rebuilt() -> None:
    with acting(SYSTEM):
        verdict = register_verify()
        assert verdict.differences == []
        assert verdict.derived == []
        register_rebuild(by=SYSTEM)
        assert register_verify().differences == []


def values_at(report: Report, known: int) -> dict:
    record = Record.objects.get(pk=report.record_id)
    version = version_of(record, clock.today(), known)
    assert version is not None
    return version.values


def test_a_correction_reads_every_approved_report_anew_and_keeps_what_was_known(cast):
    one, two = entered(cha(1), cast), entered(cha(2), cast)
    before = decision_newest()
    done = remapped(cast, "cha", OTHER_NAME)
    assert (done.reports, done.records, done.revision.revision) == (2, 2, 2)
    for report in (one, two):
        now = values_at(report, decision_newest())
        assert (now["steepness"], "slope" in now) == ("flat", False)
        assert values_at(report, before)["slope"] == "flat"
    decision = Decision.objects.get(kind="remapped")
    assert (decision.by_id, decision.second_id) == (cast["csdl"].pk, cast["kiemtra1"].pk)
    assert done.revision.decision == decision.seq
    assert_equal_and_rebuilt()
    assert values_at(one, before)["slope"] == "flat"


def test_columns_follow_and_reports_approved_later_are_read_with_the_correction(cast):
    early = entered(cha(1), cast)
    waiting = verified(received(cha(2), by=cast["renew.hientruong"]), by=cast["renew"])
    remapped(
        cast,
        "cha",
        {
            "area_type": {"register::attribute": "kind_told"},
            "land_use": {"register::attribute": "use_told", "register::group": ""},
            "land_use_comment": {"register::attribute": "", "register::group": ""},
        },
    )
    late = approved(waiting, by=cast["kiemtra2"])
    for report in (early, late):
        assert HazardousArea.objects.get(pk=report.record_id).land_use == ""
        assert values_at(report, decision_newest())["use_told"] == "agricultural"
    assert_equal_and_rebuilt()


def test_list_rows_have_a_history(cast):
    report = entered(cha(1), cast)
    before = decision_newest()
    remapped(cast, "cha", OTHER_QUANTITY)
    assert OrdnanceItem.objects.get(report_id=report.pk).quantity == 1
    told = Row.objects.filter(report_id=report.pk, list="ordnance_items").order_by("known_from")
    assert [("quantity" in r.values, "pieces" in r.values) for r in told] == [
        (True, False),
        (False, True),
    ]
    assert rows_known(before).get(report_id=report.pk, list="ordnance_items").values["quantity"]
    with acting(cast["csdl"]):
        scope = scope_for(cast["csdl"], Permission.RECORD_READ)
        figures = [figures_items(scope, asof(known=k), "organisation") for k in (before, None)]
    assert [f.survey.total() for f in figures] == [3, 1]
    assert_equal_and_rebuilt()


def test_rows_of_a_combined_list_change_though_the_version_does_not(cast):
    first = entered(cha(1, days_ago=9), cast)
    remapped(cast, "cha", {"found_items": {"register::mode": "combine"}})
    entered(cha(1, days_ago=3), cast, record_id=first.record_id)
    versions = Version.objects.filter(record_id=first.record_id, known_to=None).count()
    remapped(
        cast,
        "cha",
        {"found_items": {"register::mode": "combine"}} | OTHER_QUANTITY,
    )
    assert Version.objects.filter(record_id=first.record_id, known_to=None).count() == versions
    quantities = OrdnanceItem.objects.filter(record_id=first.record_id)
    assert sorted(quantities.values_list("quantity", flat=True)) == [1, 1]
    assert_equal_and_rebuilt()


def test_a_correction_can_be_corrected_and_taken_back(cast):
    report = entered(cha(1), cast)
    seqs = [decision_newest()]
    for change in (OTHER_NAME | OTHER_QUANTITY, OTHER_QUANTITY, {}):
        remapped(cast, "cha", change)
        seqs.append(decision_newest())
    named = [("slope" in v, "steepness" in v) for v in (values_at(report, s) for s in seqs)]
    assert named == [(True, False), (False, True), (True, False), (True, False)]
    assert form_of("cha").mapping_revision == 4
    assert_equal_and_rebuilt()


def test_dates_of_information_and_headers_follow(cast):
    report = entered(cha(1, days_ago=5), cast)
    waiting = received(cha(2, days_ago=5), by=cast["renew.hientruong"])

    def edit(book):
        book.settings[0]["datlanh::date"] = "operations_manager_date"

    remapped(cast, "cha", edit=edit)
    assert mapping_follow(form_version_id=form_of("cha").pk) == 2
    for one in (report, waiting):
        one.refresh_from_db()
        assert one.date_of_information.isoformat() == day(6)
    starts = Version.objects.filter(record_id=report.record_id, known_to=None)
    assert day(6) in {v.true_from.isoformat() for v in starts}
    assert_equal_and_rebuilt()


def test_withdrawn_and_moved_reports_are_read_anew_too(cast):
    one, two = entered(cha(1, days_ago=30), cast), entered(cha(2, days_ago=30), cast)
    extra = entered(cha(1, days_ago=5), cast, record_id=one.record_id)
    gone = entered(cha(3), cast)
    two_persons(gone, "revoke", cast)
    remapped(cast, "cha", OTHER_NAME | OTHER_QUANTITY)
    again = approved(Report.objects.get(pk=gone.pk), by=cast["kiemtra2"], record_id=gone.record_id)
    assert values_at(again, decision_newest())["steepness"] == "flat"
    assert_equal_and_rebuilt()
    with acting(cast["kiemtra2"]):
        report_reassign(
            id=extra.pk, record_id=two.record_id, by=cast["kiemtra2"], note="nhầm khu vực"
        )
    assert_equal_and_rebuilt()


# ── Choices ─────────────────────────────────────────────────────────────────────────────────


def disputed(cast) -> tuple[Report, Report]:
    first = entered(cha(1, days_ago=9), cast)
    other = received(cha(1, days_ago=9).but(land_use="development"), by=cast["renew.hientruong"])
    other = verified(other, by=cast["renew"])
    with pytest.raises(SameDateError) as refusal:
        approved(other, by=cast["kiemtra2"], record_id=first.record_id)
    choices = {c.atom: first.pk for c in refusal.value.conflicts}
    return first, approved(other, by=cast["kiemtra2"], record_id=first.record_id, choices=choices)


def test_a_choice_goes_with_its_atom(cast):
    first, _ = disputed(cast)
    group = {"register::group": "use"}
    remapped(cast, "cha", {"land_use": group, "land_use_comment": group})
    assert values_at(first, decision_newest())["land_use"] == "agricultural"
    carried = Decision.objects.filter(kind="chosen", data__atom="use").get()
    former = Decision.objects.get(seq=carried.data["carried"])
    assert (carried.by_id, former.data["atom"]) == (former.by_id, "land_use")
    assert_equal_and_rebuilt()
    remapped(cast, "cha", {})
    assert values_at(first, decision_newest())["land_use"] == "agricultural"
    assert_equal_and_rebuilt()


def test_a_choice_that_would_be_lost_stops_the_correction_and_is_named(cast):
    first, _ = disputed(cast)
    proposal = proposed(
        cast, corrected("cha", {"land_use_comment": {"register::group": "remarks"}})
    )
    with pytest.raises(DomainError, match="HAZ-409-600001"):
        confirmed(cast, proposal)
    assert form_of("cha").mapping_revision == 1
    assert values_at(first, decision_newest())["land_use"] == "agricultural"
    assert_equal_and_rebuilt()


# ── Who may, and what may differ ────────────────────────────────────────────────────────────


def test_it_takes_two_persons_who_may(cast):
    entered(cha(1), cast)
    proposal = proposed(cast, corrected("cha", OTHER_NAME))
    for who, error in (("csdl", TransitionError), ("renew", NotAllowedError)):
        with pytest.raises(error):
            confirmed(cast, proposal, who)
    with acting(cast["csdl"]), pytest.raises(TransitionError):
        mapping_confirm(id=proposal.pk, by=cast["kiemtra1"], seen="0.0")
    confirmed(cast, proposal)
    with pytest.raises(TransitionError):
        confirmed(cast, proposal)
    proposal.refresh_from_db()
    assert (proposal.outcome, proposal.closed_by) == (FormProposal.CORRECTED, cast["kiemtra1"])


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("slope", {"relevant": "${area_type} = 'cha'"}),
        ("slope", {"label::English (en)": "Steepness"}),
        ("slope", {"required": "yes"}),
        ("internal_id", {"register::kind": "text"}),
        ("village", {"register::person": "contact"}),
    ],
)
def test_nothing_but_the_mapping_may_differ(cast, name, cells):
    workbook = corrected("cha", OTHER_QUANTITY | {name: cells})
    with acting(cast["csdl"]), pytest.raises(ConflictError):
        form_propose(workbook=workbook, by=cast["csdl"])


def test_id_question_prefixes_and_kind_stay(cast):
    for name, value in (
        ("datlanh::prefixes", "HAZ SHA"),
        ("datlanh::id_question", "internal_id"),
        ("datlanh::record_kind", "land_release"),
    ):

        def edit(book, name=name, value=value):
            book.settings[0][name] = value

        workbook = corrected("cha", OTHER_NAME, edit)
        with acting(cast["csdl"]), pytest.raises(ConflictError, match=name):
            form_propose(workbook=workbook, by=cast["csdl"])


def test_an_attribute_of_another_sort_is_refused(cast):
    entered(cha(1), cast)
    with pytest.raises(DomainError):
        proposed(
            cast,
            corrected(
                "cha",
                {
                    "reference_point_description": {"register::attribute": "outline"},
                    "polygon_points": {"register::attribute": ""},
                },
            ),
        )


def test_a_report_left_without_a_date_stops_it(cast):
    report = entered(cha(1).but(operations_manager_date=None), cast)

    def edit(book):
        book.settings[0]["datlanh::date"] = "operations_manager_date"

    with pytest.raises(DomainError, match=report.receipt):
        confirmed(cast, proposed(cast, corrected("cha", edit=edit)))
    assert_equal_and_rebuilt()


def test_the_workbook_in_force_is_no_correction_and_may_be_published_again(cast):
    workbook = corrected("cha", OTHER_NAME)
    confirmed(cast, proposed(cast, workbook))
    with acting(cast["csdl"]), pytest.raises(ConflictError):
        form_propose(workbook=workbook, by=cast["csdl"])
    version, is_new = form_publish(workbook=workbook, by=None)
    assert (version, is_new) == (form_of("cha"), False)
    assert mapping_of(version.pk).question("slope").attribute == "steepness"
    assert mapping_of(version.pk, 1).question("slope").attribute == "slope"


def test_revisions_are_never_changed(cast):
    remapped(cast, "cha", OTHER_NAME)
    with pytest.raises(DatabaseError), transaction.atomic():
        FormRevision.objects.update(reason="khác")


def test_the_page_is_shown_what_changes_before_anybody_confirms(cast):
    report = entered(cha(1), cast)
    entered(cha(2), cast)
    received(cha(3), by=cast["renew.hientruong"])
    proposal = proposed(cast, corrected("cha", OTHER_NAME | OTHER_QUANTITY))
    with acting(cast["kiemtra1"]):
        shown = correction_of(proposal, cast["kiemtra1"])
    assert (shown.reports, shown.records, shown.waiting, shown.looked_at) == (2, 2, 1, 2)
    effects = next(e for e in shown.sample if e.record.pk == report.record_id).effects
    told = [(e.before and e.before.en, e.after and e.after.en) for e in effects]
    assert told == [("Flat (0°)", None), (None, "Flat (0°)"), ("1 rows", "1 rows, read otherwise")]
    assert FormRevision.objects.count() == 0
