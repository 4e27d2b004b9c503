"""Figures against numbers counted by hand; issued again; and equal to the lists they open."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from datlanh.accounts.acting import acting
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import EVERYTHING, NOTHING, Scope, scope_for
from datlanh.hazards.models import HazardousArea, LandRelease
from datlanh.hazards.selectors import (
    SORTS,
    AreaFilter,
    ReleaseFilter,
    Turn,
    area_counts,
    area_page,
    area_total,
    areas,
    items_found,
    release_page,
    rows,
)
from datlanh.intake.models import Report
from datlanh.intake.services.deciding import step_confirm, step_propose
from datlanh.kernel import clock
from datlanh.kernel.geometry import area_m2
from datlanh.organisations.models import Organisation
from datlanh.places import selectors as places
from datlanh.register.listing import fetched
from datlanh.register.models import Record, Version
from datlanh.register.selectors import asof
from datlanh.reporting.selectors import (
    BY,
    figures_areas,
    figures_items,
    figures_released,
    narrowed,
)
from support.reports import approved, cha, demo_cast, field_of, received, release, verified

pytestmark = pytest.mark.django_db

SENDERS = {
    "npa_renew": ("renew.hientruong", "renew", 600000),
    "mag": ("mag.hientruong", "mag", 500000),
}


@pytest.fixture
def cast():
    return demo_cast()


def enter(draft, cast, organisation="npa_renew", **more):
    sender, officer, _ = SENDERS[organisation]
    report = verified(received(draft, by=cast[sender]), by=cast[officer])
    return approved(report, by=cast["kiemtra2"], **more)


def area(number, cast, organisation="npa_renew", record_id=None, *, days_ago=20, **values):
    first = SENDERS[organisation][2]
    draft = cha(number, organisation=organisation, first=first, days_ago=days_ago).but(**values)
    return enter(draft, cast, organisation, record_id=record_id)


def released(number, cast, organisation="npa_renew", record_id=None, *, days_ago=10, **values):
    first = SENDERS[organisation][2]
    draft = release(number, organisation=organisation, first=first, days_ago=days_ago)
    return enter(draft.but(**values), cast, organisation, record_id=record_id)


def found(quantity, category):
    return {"values": {"quantity": quantity, "category": category}, "points": {}, "polygons": {}}


def two_persons(report, step, cast):
    with acting(cast["kiemtra2"]):
        step_propose(id=report.pk, step=step, by=cast["kiemtra2"], note="nhập nhầm")
    with acting(cast["kiemtra1"]):
        return step_confirm(id=report.pk, by=cast["kiemtra1"], confirm=True)


@pytest.fixture
def small_province(cast):
    """Four areas and three releases of two operators, with ordnance."""
    two = [found(2, "mortar"), found(5, "projectile")]
    area(1, cast, status="open", found_items=two)
    area(2, cast, status="worked_on")
    area(3, cast, "mag", status="closed", found_items=[found(7, "mortar")])
    area(4, cast, "mag", status="open")
    both = ["mechanical_clearance", "battle_area_clearance"]
    released(11, cast, method=both, clearance_depth=None, surface_clearance_area=500)
    released(12, cast, "mag", clearance_depth=None, clearance_depth_class="d3m", fadeout_area=40)
    suspended = {
        "lr_id": "HR-CLS-409-500013",
        "status": "suspended",
        "cleared_area": 1000,
        "uncleared_area": 250,
        "suspension_cancellation_reasons": "Mưa lũ",
    }
    released(13, cast, "mag", **suspended)
    return cast


def m2(*numbers):
    return pytest.approx(sum(area_m2(field_of(n)) for n in numbers), abs=0.5)


# ── Counted by hand ─────────────────────────────────────────────────────────────────────────


def test_areas_by_state_and_operator(small_province):
    figure = figures_areas(EVERYTHING, asof(), "organisation")
    got = {
        line.group.key: {s: (c.number, c.area_m2) for s, c in line.cells.items() if c.number}
        for line in figure.lines
    }
    assert got == {
        "npa_renew": {"open": (1, m2(1)), "ongoing": (1, m2(2))},
        "mag": {"open": (1, m2(4)), "ongoing": (1, m2(3))},  # an operator closes nothing
    }
    assert (figure.total.number, figure.total.area_m2) == (4, m2(1, 2, 3, 4))
    assert figure.total.area_reported_m2 == sum(round(area_m2(field_of(n))) for n in (1, 2, 3, 4))


def test_a_reported_area_without_a_drawing_counts_apart(cast):
    area(1, cast)
    Version.objects.update(outline=None, area_m2=None)  # the forms ask for one; old data have none
    total = figures_areas(EVERYTHING, asof()).total
    assert (total.number, total.area_m2, total.unlocated) == (1, 0, 1)
    assert total.unlocated_m2 == total.area_reported_m2 > 0


def test_released_land_by_method_and_depth_counts_each_report_once(small_province):
    figure = figures_released(EVERYTHING, asof(), "organisation")
    got = {
        (m.state, m.methods, m.depth): (m.cell.number, m.cell.cleared_m2) for m in figure.methods
    }
    whole = {n: round(area_m2(field_of(n))) for n in (11, 12)}
    assert got == {
        ("completed", ("battle_area_clearance", "mechanical_clearance"), ""): (1, whole[11]),
        ("completed", ("battle_area_clearance",), "d3m"): (1, whole[12]),
        ("suspended", ("battle_area_clearance",), "d30cm"): (1, 1000),
    }


def test_reported_drawn_surface_fadeout_and_uncleared_stay_apart(small_province):
    totals = figures_released(EVERYTHING, asof(), "month").totals
    done, stopped = totals["completed"], totals["suspended"]
    assert done.cleared_m2 == sum(round(area_m2(field_of(n))) for n in (11, 12))
    assert done.area_m2 == m2(11, 12)
    assert (done.surface_m2, done.fadeout_m2, done.uncleared_m2) == (500, 40, 0)
    assert (stopped.number, stopped.cleared_m2, stopped.uncleared_m2) == (1, 1000, 250)


def test_items_by_category_at_survey_and_at_clearance(small_province):
    figure = figures_items(EVERYTHING, asof(), "organisation")
    assert figure.survey == Counter(mortar=9, projectile=5, cluster_munition=6)
    assert figure.clearance == Counter(cluster_munition=9)
    by = {line.group.key: line.survey for line in figure.lines}
    assert by["npa_renew"] == Counter(mortar=2, projectile=5, cluster_munition=3)


def test_months_are_those_of_identification_and_of_the_end(small_province):
    today = clock.today()
    identified = (today - dt.timedelta(days=29)).strftime("%Y-%m")
    ended = (today - dt.timedelta(days=10)).strftime("%Y-%m")
    lines = figures_areas(EVERYTHING, asof(), "month").lines
    assert {line.group.key: line.total.number for line in lines} == {identified: 4}
    lines = figures_released(EVERYTHING, asof(), "month").lines
    assert {line.group.key: line.cells["completed"].number for line in lines} == {ended: 2}


def test_an_old_commune_counts_under_the_one_it_became(cast):
    """Reported before July 2025 under a name of then, listed under the name of now."""
    days = (clock.today() - dt.date(2025, 6, 1)).days
    field = field_of(1)
    today = places.commune_at(field.centroid, clock.today())
    old = places.origins(today)[0]
    area(1, cast, days_ago=days, commune=old.code)
    (line,) = figures_areas(EVERYTHING, asof(), "commune").lines
    assert line.group.key == places.current_of(old).code
    assert HazardousArea.objects.get().commune_id == places.current_of(old).pk


# ── Issued again ────────────────────────────────────────────────────────────────────────────


def everything(moment):
    return [
        figure(EVERYTHING, moment, by)
        for by in BY
        for figure in (figures_areas, figures_released, figures_items)
    ]


def told(figures):
    """What a figure says, without the instant it was asked at."""
    return [
        (
            f.by,
            getattr(f, "lines", None),
            getattr(f, "methods", None),
            getattr(f, "totals", None),
            getattr(f, "survey", None),
        )
        for f in figures
    ]


def test_a_past_figure_is_issued_again_unchanged(small_province):
    cast = small_province
    moment = asof()
    before = told(everything(moment))
    first = HazardousArea.objects.get(local_id="HAZ-409-600001")
    update = area(1, cast, record_id=first.pk, days_ago=2, status="closed")
    fixed = cha(2, days_ago=20).but(status="suspended")
    wrong = HazardousArea.objects.get(local_id="HAZ-409-600002")
    report = received(fixed, by=cast["renew.hientruong"])
    verified(report, by=cast["renew"])
    two_persons(update, "withdraw", cast)
    gone = LandRelease.objects.get(local_id="HR-CLC-409-600011")
    two_persons(_report_of(gone), "withdraw", cast)
    two_persons(_report_of(wrong), "revoke", cast)
    assert told(everything(asof(moment.on, moment.known))) == before
    assert told(everything(asof())) != before


def _report_of(record):
    return Report.objects.get(record_id=record.pk)


def test_a_correction_changes_now_and_leaves_then(small_province):
    cast, moment = small_province, asof()
    before = told(everything(moment))
    first = HazardousArea.objects.get(local_id="HAZ-409-600001")
    receipt = _report_of(first).receipt
    area(1, cast, record_id=first.pk, days_ago=25, status="closed", correction_of=receipt)
    now = figures_areas(EVERYTHING, asof())
    assert (now.totals["open"].number, now.totals["ongoing"].number) == (1, 3)
    assert told(everything(asof(moment.on, moment.known))) == before


def test_what_was_true_then_as_known_now(cast):
    first = area(1, cast, days_ago=60, status="open")
    area(1, cast, record_id=first.record_id, days_ago=10, status="closed")
    then = asof(clock.today() - dt.timedelta(days=30))
    assert figures_areas(EVERYTHING, then).totals["open"].number == 1
    assert figures_areas(EVERYTHING, asof()).totals["ongoing"].number == 1
    long_ago = asof(clock.today() - dt.timedelta(days=300))
    assert figures_areas(EVERYTHING, long_ago).total.number == 0


# ── Each number opens its records ───────────────────────────────────────────────────────────


def reopened(filter, moment):
    """The filter as its own address gives it back."""
    address = filter.query(as_of=moment.on, known=moment.known)
    return type(filter).from_query(QueryDict(address))


@pytest.fixture(params=["now", "past"])
def moment(request, small_province):
    """Now (the list reads typed rows) and a past that later decisions changed."""
    moment = asof()
    if request.param == "past":
        first = HazardousArea.objects.get(local_id="HAZ-409-600001")
        area(1, small_province, record_id=first.pk, days_ago=2, status="closed")
        two_persons(
            _report_of(LandRelease.objects.get(local_id="HR-CLC-409-500012")),
            "withdraw",
            small_province,
        )
    return moment


def test_the_list_behind_an_area_figure_has_its_count_and_sum(moment):
    for by in BY:
        figure = figures_areas(EVERYTHING, moment, by)
        assert figure.total.number == 4
        for line in figure.lines:
            for status, cell in line.cells.items():
                wanted = narrowed(AreaFilter(status=(status,)), by, line.group.key)
                listed = area_page(EVERYTHING, reopened(wanted, moment)).rows
                assert len(listed) == cell.number
                assert sum(r.area_m2 or 0 for r in listed) == pytest.approx(cell.area_m2)


def test_the_list_behind_a_release_figure_has_its_count_and_sum(moment):
    for by in BY:
        figure = figures_released(EVERYTHING, moment, by)
        assert sum(c.number for c in figure.totals.values()) == 3
        for line in figure.lines:
            for state, cell in line.cells.items():
                wanted = narrowed(ReleaseFilter(state=(state,)), by, line.group.key)
                listed = release_page(EVERYTHING, reopened(wanted, moment)).rows
                assert len(listed) == cell.number
                assert sum(r.cleared_area_m2 or 0 for r in listed) == cell.cleared_m2
        for m in figure.methods:
            wanted = ReleaseFilter(state=(m.state,), methods=(m.key,), depths=(m.depth_key,))
            listed = release_page(EVERYTHING, reopened(wanted, moment)).rows
            assert len(listed) == m.cell.number == 1
            assert sum(r.cleared_area_m2 or 0 for r in listed) == m.cell.cleared_m2


def test_the_list_behind_an_item_figure_holds_those_pieces(moment):
    for by in BY:
        figure = figures_items(EVERYTHING, moment, by)
        assert figure.survey["mortar"] == 9
        for line in figure.lines:
            for category in figure.categories:
                for kind, counted, page in (
                    (AreaFilter, line.survey, area_page),
                    (ReleaseFilter, line.clearance, release_page),
                ):
                    wanted = narrowed(kind(category=category), by, line.group.key)
                    again = reopened(wanted, moment)
                    ids = [r.record_id for r in page(EVERYTHING, again).rows]
                    pieces = sum(items_found(EVERYTHING, again, ids).values())
                    assert pieces == counted[category]


# ── One source beside the other, and scopes ─────────────────────────────────────────────────


def test_typed_rows_equal_the_versions_of_now(small_province):
    for wanted, page in ((AreaFilter(), area_page), (ReleaseFilter(), release_page)):
        typed = page(EVERYTHING, wanted).rows
        columns = [f for f in typed[0].__dataclass_fields__ if f != "known_seq"]
        then = fetched(rows(EVERYTHING, wanted, asof()), ", ".join(f"t.{c}" for c in columns))
        now = [tuple(getattr(r, c) for c in columns) for r in typed]
        assert sorted(now, key=str) == sorted(then, key=str)


def test_a_figure_stays_within_the_scope(small_province):
    mag = Organisation.objects.get(key="mag")
    own = Scope(organisation_ids=frozenset({mag.pk}))
    assert figures_areas(own, asof()).total.number == 2
    assert [x.group.key for x in figures_released(own, asof()).lines] == ["mag"]
    assert figures_areas(NOTHING, asof()).total.number == 0
    assert area_counts(own, AreaFilter()) == {"open": 1, "ongoing": 1, "suspended": 0, "closed": 0}
    assert area_total(own, AreaFilter())[0] == areas(own, AreaFilter()).count() == 2
    field_user = small_province["renew.hientruong"]
    assert scope_for(field_user, Permission.FIGURE_READ).nothing


def test_the_filter_survives_its_address(small_province):
    wanted = AreaFilter(
        organisations=("mag",),
        communes=("19243", "-"),
        text="TS & co",
        month="2026-10",
        category="mortar",
        as_of=clock.today() - dt.timedelta(days=3),
        known=2,
        status=("open", "closed"),
        priority=("high",),
    )
    assert AreaFilter.from_query(QueryDict(wanted.query())) == wanted


def test_a_list_is_found_by_id_number_shape_and_place(small_province):
    def ids(text):
        return {r.local_id for r in area_page(EVERYTHING, AreaFilter(text=text)).rows}

    one = {"HAZ-409-600001"}
    assert ids("haz 409 600001") == ids("600001") == ids("FR-HAZ-409-600001") == one
    assert ids("ts-0001") == one
    name = places.commune_at(field_of(1).centroid, clock.today()).name_vi
    assert one <= ids(name)
    assert ids("100%") == ids("_") == set()


# ── Pages by key ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sort", SORTS)
def test_pages_forth_and_back_show_everything_once(sort):
    made = {_typed(i, day=i % 3, size=i % 2) for i in range(7)}
    seen, turn = [], Turn(sort=sort, size=2)
    while True:
        page = area_page(EVERYTHING, AreaFilter(), turn)
        seen.append([r.local_id for r in page.rows])
        if not page.after:
            break
        turn = Turn(sort=sort, size=2, after=page.after)
    whole = [r.local_id for r in area_page(EVERYTHING, AreaFilter(), Turn(sort=sort)).rows]
    assert [i for p in seen for i in p] == whole
    assert set(whole) == made
    back = [[r.local_id for r in page.rows]]
    while page.before:
        page = area_page(EVERYTHING, AreaFilter(), Turn(sort=sort, size=2, before=page.before))
        back.insert(0, [r.local_id for r in page.rows])
    assert back == seen


class UndoneError(Exception):
    """Takes back what one example wrote."""


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    start=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12),
    later=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6),
    size=st.integers(1, 4),
    sort=st.sampled_from(SORTS),
)
def test_pages_are_whole_and_never_repeat_while_rows_come_in(start, later, size, sort):
    """Every row that was there from the beginning is seen exactly once, in its order."""
    try:
        with transaction.atomic():
            old = {_typed(i, *row) for i, row in enumerate(start)}
            pending = list(enumerate(later, len(start)))
            seen, turn = [], Turn(sort=sort, size=size)
            while True:
                page = area_page(EVERYTHING, AreaFilter(), turn)
                seen += [r.local_id for r in page.rows]
                if not page.after:
                    break
                if pending:
                    _typed(pending[0][0], *pending.pop(0)[1])
                turn = Turn(sort=sort, size=size, after=page.after)
            assert len(seen) == len(set(seen))
            assert old <= set(seen)
            raise UndoneError
    except UndoneError:
        pass


def _typed(i, day, size):
    local_id = f"HAZ-409-{(i * 7919) % 100000:06d}"
    record = Record.objects.create(
        id=Record.id_from(10_000 + i),
        kind="hazardous_area",
        local_id=local_id,
        organisation_id=Organisation.objects.get(key="mag").pk,
        created_seq=10_000 + i,
    )
    HazardousArea.objects.create(
        record=record,
        local_id=local_id,
        organisation_id=record.organisation_id,
        public_status="open",
        position=Point(107, 16.8).wkb_hex,
        true_from=dt.date(2026, 1, 1) + dt.timedelta(days=day),
        known_seq=1,
        area_m2=size * 10.0 if size else None,
    )
    return local_id
