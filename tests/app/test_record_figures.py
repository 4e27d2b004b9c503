"""Figures of the new kinds against numbers counted by hand, and equal to the lists they open."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from django.http import QueryDict

from datlanh.accounts.acting import acting
from datlanh.accounts.scope import EVERYTHING, NOTHING, Scope
from datlanh.education.selectors import SESSIONS
from datlanh.hazards.selectors import AreaFilter, ReleaseFilter
from datlanh.hazards.selectors.work import EOD_TASKS, PROGRESS, SURVEYS
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.organisations.models import Organisation
from datlanh.people.selectors import ACCIDENTS, ASSISTANCES, VICTIMS
from datlanh.register.listing import ListFilter, Turn, list_page, pieces_found
from datlanh.register.selectors import asof
from datlanh.reporting.selectors import BY, narrowed
from datlanh.reporting.selectors.records import (
    figures_activities,
    figures_pieces,
    figures_records,
    pieces,
)
from datlanh.web.figures import records as shown
from support.kinds import (
    FILES,
    MAKERS,
    accident,
    assistance,
    day,
    education,
    eod,
    piece,
    progress,
    victim,
)
from support.reports import approved, cha, demo_cast, let_through, received, release, verified

pytestmark = pytest.mark.django_db

FIGURES = {
    "accident": (ACCIDENTS, shown.ACCIDENTS),
    "victim": (VICTIMS, shown.VICTIMS),
    "victim_assistance": (ASSISTANCES, shown.ASSISTANCE),
    "risk_education": (SESSIONS, shown.EDUCATION),
    "survey_task": (SURVEYS, shown.SURVEYS),
    "eod_task": (EOD_TASKS, shown.EOD),
    "clearance_progress": (PROGRESS, shown.PROGRESS),
}
GROUPS = {
    "accident": "accident_activity_type",
    "victim": "activity_at_time",
    "victim_assistance": "assistance_type",
    "risk_education": "campaign_level",
}


@pytest.fixture
def cast():
    return demo_cast()


def enter(draft, cast, *, files=None, sender="renew.hientruong", officer="renew", **more):
    report = verified(received(draft, by=cast[sender], files=files), by=cast[officer])
    return approved(let_through(report), by=cast["kiemtra2"], **more)


def mags(draft, cast):
    theirs = draft.but(reporting_organisation="mag")
    return enter(theirs, cast, sender="mag.hientruong", officer="mag")


@pytest.fixture
def small_province(cast):
    """Two operators, two months, what is said and what is not."""
    enter(accident(1, days_ago=40, persons_involved=3), cast)
    enter(accident(2, accident_activity_type=None, persons_involved=None), cast)
    enter(victim(1, 1, days_ago=40, killed_or_injured="killed", age_at_accident=9), cast)
    enter(victim(1, 2, days_ago=40, gender="female", age_at_accident=None), cast)
    enter(victim(1, 3, gender=None, killed_or_injured=None, activity_at_time=None), cast)
    enter(assistance(1, 2, 1), cast)
    enter(assistance(1, 2, 2, assistance_type="loan_capital"), cast)
    enter(assistance(1, 2, 3, days_ago=50), cast)
    enter(assistance(1, 3, 1, assistance_type=None), cast)
    enter(education(1), cast)
    enter(education(2, days_ago=45, campaign_level=None, participants_men=None), cast)
    mags(education(3, first=500000, campaign_level="school"), cast)
    enter(MAKERS["survey_task"](1), cast, files=FILES["survey_task"])
    enter(eod(1), cast)
    enter(eod(2, days_ago=45, respond_date=day(38), verification_date=day(38)), cast)
    not_yet = {"respond_date": None, "disposal_date": None, "end_date": None, "status": "open"}
    mags(eod(3, first=500000, found_items=[], verification_date=None, **not_yet), cast)
    enter(progress(1), cast)
    return cast


def totals(kind, by="organisation", **filter):
    listing, measures = FIGURES[kind]
    figure = figures_records(EVERYTHING, asof(), by, ListFilter(listing, **filter), measures)
    return figure.totals


def table(kind, by):
    listing, measures = FIGURES[kind]
    figure = figures_records(EVERYTHING, asof(), by, ListFilter(listing), measures)
    return {line.group.key: line.values for line in figure.lines}


# ── Counted by hand ─────────────────────────────────────────────────────────────────────────


def test_accidents_and_victims_by_outcome_sex_and_age(small_province):
    assert totals("accident") == {"number": 2, "persons_involved": 3}
    assert totals("victim") == {
        "number": 3,
        "killed_or_injured_killed": 1,
        "killed_or_injured_injured": 1,
        "killed_or_injured_-": 1,
        "gender_male": 1,
        "gender_female": 1,
        "gender_unknown": 0,
        "gender_-": 1,
        "age_group_child": 1,
        "age_group_adult": 1,
        "age_group_unknown": 1,
    }
    by_activity = table("victim", "activity_at_time")
    assert {k: v["number"] for k, v in by_activity.items()} == {"farming": 2, "-": 1}
    assert {k: v["number"] for k, v in table("accident", "month").items()} == {
        day(41)[:7]: 1,
        day(6)[:7]: 1,
    }


def test_a_person_helped_twice_counts_once(small_province):
    assert totals("victim_assistance") == {"number": 4, "different_victim": 2}
    by_type = table("victim_assistance", "assistance_type")
    got = {k: (v["number"], v["different_victim"]) for k, v in by_type.items()}
    # One person stands in two lines, and once in the total.
    assert got == {"cash": (2, 1), "loan_capital": (1, 1), "-": (1, 1)}


def test_turns_are_the_sum_of_their_cells_and_of_which_is_never_added(small_province):
    got = totals("risk_education")
    assert got["number"] == 3
    cells = ("men", "women", "boys", "girls", "under_6")
    assert got["turns"] == sum(got[f"participants_{c}"] for c in cells) == 45 + 33 + 45
    assert got["participants_ethnic"] == 90
    assert got["participants_pwd"] == 6
    assert got["first_time_participants"] == 60
    assert table("risk_education", "organisation")["mag"]["turns"] == 45
    asides = {m.key for m in shown.EDUCATION if m.aside}
    assert asides == {"participants_ethnic", "participants_pwd", "first_time_participants"}


def test_eod_tasks_by_state_with_the_median_response(small_province):
    got = totals("eod_task")
    assert (got["number"], got["reported_status_open"], got["reported_status_closed"]) == (3, 1, 2)
    assert got["median_response_days"] == 4.5  # 2 and 7 days; one was not answered
    assert table("eod_task", "organisation")["mag"]["median_response_days"] is None


def test_surveys_and_progress(small_province):
    assert totals("survey_task") == {"number": 1, "surveyed_area_m2": 40000}
    assert totals("clearance_progress") == {
        "number": 1,
        "cleared_area_m2": 12000,
        "man_hours": 640,
    }


def test_pieces_are_counted_by_activity_and_small_arms_apart(small_province):
    cast = small_province
    enter(cha(11), cast)
    enter(release(12), cast)
    found = figures_pieces(EVERYTHING, asof(), "organisation", ListFilter(EOD_TASKS))
    assert found.totals == Counter(mortar=2, small_arms=80)
    assert pieces(found.totals) == 2
    works = {
        "survey_task": ListFilter(SURVEYS),
        "eod_task": ListFilter(EOD_TASKS),
        "clearance_progress": ListFilter(PROGRESS),
    }
    got = figures_activities(EVERYTHING, asof(), AreaFilter(), ReleaseFilter(), works)
    assert got == {
        "survey": Counter(cluster_munition=3),
        "clearance": Counter(cluster_munition=3),
        "survey_task": Counter(cluster_munition=3),
        "eod_task": Counter(mortar=2, small_arms=80),
        "clearance_progress": Counter(cluster_munition=5),
    }
    with pytest.raises(ValueError, match="nothing is found"):
        figures_pieces(EVERYTHING, asof(), "month", ListFilter(VICTIMS))


def test_nothing_gives_figures_of_nothing(cast):
    for listing, measures in FIGURES.values():
        figure = figures_records(EVERYTHING, asof(), "month", ListFilter(listing), measures)
        assert figure.lines == []
        assert not any(figure.totals.values())


def test_a_figure_stays_within_its_scope(small_province):
    mag = Scope(organisation_ids=frozenset({Organisation.objects.get(key="mag").pk}))
    for scope, number in ((mag, 1), (NOTHING, 0)):
        listing, measures = FIGURES["eod_task"]
        figure = figures_records(scope, asof(), "organisation", ListFilter(listing), measures)
        assert figure.totals["number"] == number
    assert figures_pieces(mag, asof(), "month", ListFilter(EOD_TASKS)).totals == Counter()


# ── Issued again ────────────────────────────────────────────────────────────────────────────


def everything(moment):
    told = []
    for listing, measures in FIGURES.values():
        for by in BY:
            figure = figures_records(EVERYTHING, moment, by, ListFilter(listing), measures)
            told.append((figure.lines, figure.totals))
            if listing.found:
                told.append(figures_pieces(EVERYTHING, moment, by, ListFilter(listing)))
    return told


def withdraw(report, cast):
    with acting(cast["kiemtra2"]):
        step_propose(id=report.pk, step="withdraw", by=cast["kiemtra2"], note="nhập nhầm")
    with acting(cast["kiemtra1"]):
        step_confirm(id=report.pk, by=cast["kiemtra1"], confirm=True)


def test_a_past_figure_is_issued_again_unchanged(small_province):
    cast, moment = small_province, asof()
    before = everything(moment)
    record = VICTIMS.model.objects.get(local_id="VIC-409-600001-02")
    enter(victim(1, 2, days_ago=1, killed_or_injured="killed"), cast, record_id=record.pk)
    withdraw(enter(education(9), cast), cast)
    more = enter(education(8), cast)
    assert everything(asof(moment.on, moment.known)) == before
    assert everything(asof()) != before
    withdraw(more, cast)
    assert totals("risk_education")["number"] == 3


# ── Each number opens its records ───────────────────────────────────────────────────────────


@pytest.fixture(params=["now", "past"])
def moment(request, small_province):
    """Now (the list reads typed rows) and a past that later decisions changed."""
    moment = asof()
    if request.param == "past":
        record = EOD_TASKS.model.objects.get(local_id="HR-EOD-409-600001")
        again = eod(1, days_ago=3, status="open", found_items=[piece(9, "rocket")])
        enter(again, small_province, record_id=record.pk)
        enter(victim(2), small_province)
    return moment


def reopened(filter, moment):
    """The records that the filter's own address lists."""
    address = QueryDict(filter.query(as_of=moment.on, known=moment.known))
    again = ListFilter.from_query(filter.listing, address)
    return again, list_page(EVERYTHING, again, Turn("id")).rows


def middle(values):
    values = sorted(values)
    half = len(values) // 2
    if not values:
        return None
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def counted(measure, rows):
    """What a list says to a measure."""
    if measure.key == "number" or measure.narrow:
        return len(rows)
    if measure.key.startswith("different_"):
        return len({r.values[measure.key.removeprefix("different_")] for r in rows})
    if measure.key.startswith("median_"):
        said = (r.values[measure.key.removeprefix("median_")] for r in rows)
        return middle(v for v in said if v is not None)
    return sum(r.values[measure.key] or 0 for r in rows)


@pytest.mark.parametrize("kind", list(FIGURES))
def test_the_list_behind_a_figure_equals_it(moment, kind):
    listing, measures = FIGURES[kind]
    seen = 0
    for by in (*BY, *([GROUPS[kind]] if kind in GROUPS else [])):
        figure = figures_records(EVERYTHING, moment, by, ListFilter(listing), measures)
        assert figure.lines
        for line in figure.lines:
            every = ListFilter(listing)
            own = (
                narrowed(every, by, line.group.key)
                if by in BY
                else every.narrowed(**{by: line.group.key})
            )
            for measure in measures:
                _, rows = reopened(own.narrowed(**measure.narrow), moment)
                assert counted(measure, rows) == line.values[measure.key], (by, measure.key)
                seen += 1
        for measure in measures:
            _, rows = reopened(ListFilter(listing).narrowed(**measure.narrow), moment)
            assert counted(measure, rows) == figure.totals[measure.key]
    assert seen


@pytest.mark.parametrize("kind", ["survey_task", "eod_task", "clearance_progress"])
def test_the_list_behind_pieces_holds_those_pieces(moment, kind):
    listing, _ = FIGURES[kind]
    for by in BY:
        figure = figures_pieces(EVERYTHING, moment, by, ListFilter(listing))
        assert figure.lines
        for group, found in figure.lines:
            for category, number in found.items():
                own = replace(narrowed(ListFilter(listing), by, group.key), category=category)
                again, rows = reopened(own, moment)
                ids = [r.record_id for r in rows]
                assert sum(pieces_found(EVERYTHING, again, ids).values()) == number
