"""Links between records: proposed for what records share, confirmed by a person, told as of."""

from __future__ import annotations

from typing import Any

import pytest
from shapely.affinity import translate

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.intake.models import Report
from datlanh.intake.selectors.link_proposals import (
    links_waiting,
    proposals_of_record,
    subjects_load,
)
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.linking import links_decide
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.kernel.errors import DomainError, TransitionError
from datlanh.kernel.links import Pair
from datlanh.register.models import Decision, Link, Record
from support.kinds import FILES, accident, assistance, eod, progress, survey, victim
from support.reports import approved, cha, demo_cast, field_of, received, release, verified

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


@pytest.fixture
def enter(cast) -> Any:
    """Makes a record: sent, verified, approved."""

    def make(draft: Any, **more: Any) -> Record:
        files = FILES["survey_task"] if draft.form == "cmrs" else None
        report = received(draft, by=cast["renew.hientruong"], files=files)
        report = approved(verified(report, by=cast["renew"]), by=cast["kiemtra2"], **more)
        return Record.objects.get(pk=report.record_id)

    return make


def proposed(record: Record, who: User) -> dict[tuple[str, str], Any]:
    """What is proposed beside a record: (relation, the other's id) → proposal."""
    found = proposals_of_record(record, who)
    return {(p.relation.key, p.other(record.pk).local_id): p for p in found}


def decide(step: str, *pairs: Pair, by: User, note: str = "") -> list[Decision]:
    with acting(by, via="web"):
        return links_decide(step=step, pairs=pairs, by=by, note=note)


def assert_equal_after_rebuild() -> None:
    with acting(SYSTEM):
        assert register_verify().differences == []
        before = sorted(Link.objects.values_list("a", "b", "relation", "holds", "known_from"))
        register_rebuild(by=SYSTEM)
        after = sorted(Link.objects.values_list("a", "b", "relation", "holds", "known_from"))
        assert after == before
        assert register_verify().differences == []


def words(proposal: Any) -> str:
    return " · ".join(text.en for text in proposal.why.told)


# --- what is proposed ------------------------------------------------------------------------


def test_an_id_inside_an_id_is_proposed_on_both_records(enter, cast):
    who = cast["kiemtra2"]
    aid, hurt = enter(assistance(1)), enter(victim(1))
    assert proposed(aid, who).keys() == {("assistance_victim", "VIC-409-600001-01")}
    assert proposed(hurt, who).keys() == {("assistance_victim", "VA-409-600001-01-01")}
    inc = enter(accident(1))  # the accident comes last, and finds its victim there
    assert proposed(inc, who).keys() == {("victim_accident", "VIC-409-600001-01")}
    both = proposed(hurt, who)
    assert both.keys() == {
        ("assistance_victim", "VA-409-600001-01-01"),
        ("victim_accident", "INC-409-600001"),
    }
    assert words(both["victim_accident", "INC-409-600001"]) == "the id holds its number"


def test_the_second_victim_is_not_the_first_ones_assistance(enter, cast):
    enter(victim(1, 1))
    second = enter(victim(1, 2))
    enter(assistance(1, 1))
    assert proposed(second, cast["kiemtra2"]) == {}


def test_what_a_form_names_is_proposed_with_what_is_measured(enter, cast):
    who = cast["kiemtra2"]
    area = enter(cha(1))
    done = enter(release(1, cha_ids="haz-409-600001; HAZ-409-600099"))
    step = enter(progress(1, cha_ids="HAZ-409-600001", clearance_id="HR-CLC-409-600001"))
    look = enter(survey(1, cha_ids="HAZ-409-600001"))
    found = proposed(area, who)
    assert found.keys() == {
        ("release_area", done.local_id),
        ("progress_area", step.local_id),
        ("survey_area", look.local_id),
    }
    named = found["release_area", done.local_id]
    assert named.why.is_named
    assert words(named) == "named in a report · 100.0\u00a0% of the ground is shared"
    assert proposed(done, who).keys() == {
        ("release_area", area.local_id),
        ("progress_release", step.local_id),
    }


def test_ground_and_nearness_are_proposed_and_nothing_far(enter, cast):
    who, field = cast["kiemtra2"], field_of(1)
    area = enter(cha(1))
    east = field.bounds[2]
    at = field.centroid
    near = translate(at, east - at.x + 0.003)  # some 320 m beyond the edge
    far = translate(at, east - at.x + 0.006)
    hit = enter(accident(1).at(accident_point=near))
    enter(accident(2).at(accident_point=far))
    spot = enter(eod(1))
    enter(eod(2).at(point_coordinates=near))  # further than 100 m
    part = translate(field, 0.0014)  # somewhat more than half of it is the area's
    half = enter(release(1, lr_id="HR-CLC-409-600003").at(polygon_points=part))
    found = proposed(area, who)
    assert found.keys() == {
        ("accident_area", hit.local_id),
        ("eod_area", spot.local_id),
        ("release_area", half.local_id),
    }
    assert not any(p.why.is_named for p in found.values())
    assert 300 < found["accident_area", hit.local_id].why.distance_m < 340
    assert words(found["eod_area", spot.local_id]) == "inside the area"
    assert 0.53 < found["release_area", half.local_id].why.share < 0.54


def test_a_survey_is_proposed_for_an_area_of_its_days_only(enter, cast):
    early = cha(1, days_ago=200)
    area, late = enter(early), enter(cha(2))
    look = enter(survey(2, cha_ids=None))
    assert proposed(look, cast["kiemtra2"]).keys() == {("survey_area", late.local_id)}
    assert proposed(area, cast["kiemtra2"]) == {}


# --- what is decided -------------------------------------------------------------------------


def test_a_confirmed_link_is_a_decision_and_is_proposed_no_more(enter, cast):
    who = cast["kiemtra2"]
    hurt, inc = enter(victim(1)), enter(accident(1))
    (proposal,) = proposals_of_record(inc, who)
    (decision,) = decide("link", proposal.pair, by=who)
    assert (decision.kind, decision.record_id) == ("linked", hurt.pk)
    assert decision.data == {
        "relation": "victim_accident",
        "other": str(inc.pk),
        "named": True,
    }
    link = Link.objects.get()
    assert (link.a_id, link.b_id, link.holds, link.known_from) == (
        *(hurt.pk, inc.pk, True),
        decision.seq,
    )
    assert proposals_of_record(inc, who) == proposals_of_record(hurt, who) == []
    assert links_waiting(who).proposals == []
    assert_equal_after_rebuild()


def test_what_was_found_unrelated_is_not_proposed_again_and_may_be_linked_later(enter, cast):
    who = cast["kiemtra2"]
    enter(victim(1))
    inc = enter(accident(1))
    (proposal,) = proposals_of_record(inc, who)
    decide("part", proposal.pair, by=who)
    assert proposals_of_record(inc, who) == []
    with pytest.raises(TransitionError):
        decide("part", proposal.pair, by=who)
    decide("link", proposal.pair, by=who)
    with pytest.raises(TransitionError, match=r"lý do|reason"):
        decide("unlink", proposal.pair, by=who)
    decide("unlink", proposal.pair, by=who, note="nhầm số")
    spans = Link.objects.order_by("known_from").values_list("holds", "known_to")
    last = Decision.objects.latest("seq").seq
    assert list(spans) == [(False, last - 1), (True, last), (False, None)]
    assert_equal_after_rebuild()


def test_of_several_links_all_are_made_or_none(enter, cast):
    who = cast["kiemtra2"]
    one, two, inc = enter(victim(1, 1)), enter(victim(1, 2)), enter(accident(1))
    pairs = [p.pair for p in proposals_of_record(inc, who)]
    wrong = Pair("eod_area", one.pk, inc.pk)
    with pytest.raises(DomainError):
        decide("link", *pairs, wrong, by=who)
    assert Link.objects.count() == 0
    made = decide("link", *pairs, by=who)
    assert [d.seq for d in made] == [made[0].seq, made[0].seq + 1]
    assert {d.record_id for d in made} == {one.pk, two.pk}


def test_an_approval_makes_the_links_that_are_ticked(enter, cast):
    inc = enter(accident(1))
    report = received(victim(1), by=cast["renew.hientruong"])
    report = verified(report, by=cast["renew"])
    pair = Pair("victim_accident", Record.id_from(report.pk), inc.pk)
    report = approved(report, by=cast["kiemtra2"], links=[pair, pair])
    newest = Decision.objects.latest("seq")
    assert (newest.kind, newest.report_id) == ("linked", report.pk)
    assert newest.seq == Decision.objects.get(kind="approved", report_id=report.pk).seq + 1
    assert Link.objects.get(holds=True).a_id == report.record_id
    # Again with an update: it stands already, and nobody is told off for it.
    update = verified(
        received(victim(1, days_ago=2), by=cast["renew.hientruong"]), by=cast["renew"]
    )
    approved(update, by=cast["kiemtra2"], record_id=report.record_id, links=[pair])
    assert Link.objects.count() == 1
    assert_equal_after_rebuild()


def test_an_approval_with_an_impossible_link_is_none(enter, cast):
    area = enter(cha(1))
    report = verified(received(victim(1), by=cast["renew.hientruong"]), by=cast["renew"])
    pair = Pair("victim_accident", Record.id_from(report.pk), area.pk)
    with pytest.raises(DomainError):
        approved(report, by=cast["kiemtra2"], links=[pair])
    assert Report.objects.get(pk=report.pk).state == "verified"


def test_who_reported_or_is_of_the_service_does_not_decide_the_link(cast):
    """kiemtra1 is seconded by the military, whose accident it is."""
    sender = cast["quandoi"]
    drafts = [
        d.but(reporting_organisation="military")
        for d in (accident(1, first=100000), victim(1, first=100000))
    ]
    for draft in drafts:
        report = verified(received(draft, by=sender), by=sender)
        approved(report, by=cast["kiemtra2"])
    inc = Record.objects.get(kind="accident")
    (proposal,) = proposals_of_record(inc, cast["kiemtra2"])
    with pytest.raises(TransitionError, match=r"tổ chức|organisation"):
        decide("link", proposal.pair, by=cast["kiemtra1"])
    with pytest.raises(Record.DoesNotExist):
        decide("link", proposal.pair, by=sender)  # may not approve at all
    decide("link", proposal.pair, by=cast["kiemtra2"])


def test_the_work_list_shows_each_pair_once_under_its_newer_record(enter, cast, monkeypatch):
    who = cast["kiemtra2"]
    enter(victim(1, 1))
    enter(victim(1, 2))
    enter(accident(1))
    enter(assistance(1, 1))
    monkeypatch.setattr("datlanh.intake.selectors.link_proposals.WINDOW", 1)
    monkeypatch.setattr("datlanh.intake.selectors.link_proposals.STEPS", 2)
    pages, after = [], None
    for _ in range(9):
        found = links_waiting(who, after)
        pages.append([(p.a.local_id, p.b.local_id) for p in found.proposals])
        after = found.after
        if after is None:
            break
    assert [pair for part in pages for pair in part] == [
        ("VA-409-600001-01-01", "VIC-409-600001-01"),
        ("VIC-409-600001-01", "INC-409-600001"),
        ("VIC-409-600001-02", "INC-409-600001"),
    ]
    assert links_waiting(cast["renew"]).proposals == []


def test_a_record_is_read_as_links_see_it(enter):
    area = enter(cha(1))
    subject = subjects_load([area.pk])[area.pk]
    assert subject.local_id == "HAZ-409-600001"
    assert subject.outline is not None
    assert subject.day("identification_date") is not None
