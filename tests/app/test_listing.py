"""Lists of every kind: now and then alike, in order, found by their filters, within the scope."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.scope import EVERYTHING, NOTHING, Scope
from datlanh.education.selectors import SESSIONS
from datlanh.hazards.models import OrdnanceItem
from datlanh.hazards.selectors.work import EOD_TASKS, PROGRESS, SURVEYS
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.rebuilding import register_rebuild
from datlanh.organisations.models import Organisation
from datlanh.people.selectors import ACCIDENTS, ASSISTANCES, VICTIMS
from datlanh.register.listing import (
    SORTS,
    Column,
    ListFilter,
    Turn,
    fetched,
    further_values,
    list_page,
    pieces_found,
    rows,
)
from datlanh.register.listing.pages import columns_of
from datlanh.register.models import Version
from datlanh.register.projection import Current
from datlanh.register.selectors import asof
from support.kinds import FILES, MAKERS, accident, assistance, day, education, eod, piece, victim
from support.reports import approved, cha, demo_cast, let_through, received, verified

pytestmark = pytest.mark.django_db

LISTINGS = (ACCIDENTS, VICTIMS, ASSISTANCES, SESSIONS, SURVEYS, EOD_TASKS, PROGRESS)
KINDS = [listing.kind for listing in LISTINGS]


@pytest.fixture
def cast():
    return demo_cast()


def enter(draft, cast, *, files=None, sender="renew.hientruong", officer="renew", **more):
    report = verified(received(draft, by=cast[sender], files=files), by=cast[officer])
    return approved(let_through(report), by=cast["kiemtra2"], **more)


@pytest.fixture
def one_of_each(cast):
    """One record of every kind, and another operator's EOD task."""
    for kind, make in MAKERS.items():
        enter(make(1), cast, files=FILES.get(kind))
    theirs = eod(2, first=500000, reporting_organisation="mag", status="open")
    enter(theirs, cast, sender="mag.hientruong", officer="mag")
    return cast


def listed(filter, **more):
    return [r.local_id for r in list_page(EVERYTHING, filter, Turn("id")).rows]


# ── One source beside the other ─────────────────────────────────────────────────────────────


NASTY = [
    None, "", "x", "male", "x" * 500, "ệ" * 300, 0, -1, 1, 34, 131, 3.5, 2**31, 10**40, -0.0, 1e30,
    True, False, [], ["b", "a", "B", "é"], [1, None], {"person": "p"}, "2026-02-03", "03/02/2026",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["text", "key", "keys", "day", "number", "count"])
@pytest.mark.parametrize("among", [(), ("male", "a")])
def test_a_column_reads_in_sql_what_it_reads_in_python(kind, among):
    column = Column("it", kind, among=among, largest=130)
    for value in [*NASTY, "nothing said"]:
        values = {} if value == "nothing said" else {"it": value}
        with connection.cursor() as cursor:
            text = f"select {column.sql()} from (select %s::jsonb as values) v"  # noqa: S608
            cursor.execute(text, [json.dumps(values)])
            (got,) = cursor.fetchone()
        assert got == column.read(values), value


@pytest.mark.parametrize("listing", LISTINGS, ids=KINDS)
def test_typed_rows_equal_the_versions_of_now(one_of_each, listing):
    moment = asof()
    columns = columns_of(listing)
    now = fetched(rows(EVERYTHING, ListFilter(listing)), columns)
    then = fetched(rows(EVERYTHING, ListFilter(listing), moment), columns)
    assert sorted(now, key=str) == sorted(then, key=str) != []


@pytest.mark.parametrize("listing", LISTINGS, ids=KINDS)
def test_what_a_form_asks_arrives_in_every_column(one_of_each, listing):
    row = list_page(EVERYTHING, ListFilter(listing)).rows[0]
    empty = {n for n, v in row.values.items() if v in (None, "", [])}
    not_asked = {"site_marked_dangerous", "local_partners", "informants_total"}
    assert empty <= not_asked


def test_the_register_of_all_kinds_is_the_fold_of_its_reports(one_of_each):
    with acting(SYSTEM):
        register_rebuild(by=SYSTEM)
        assert register_verify().equal
    assert all(listing.model.objects.exists() for listing in LISTINGS)


def test_lists_of_the_past_show_what_was_then(cast):
    first = enter(victim(1, days_ago=30, killed_or_injured="injured"), cast)
    enter(victim(1, days_ago=2, killed_or_injured="killed"), cast, record_id=first.record_id)
    killed = ListFilter(VICTIMS).narrowed(killed_or_injured="killed")
    assert len(list_page(EVERYTHING, killed).rows) == 1
    then = replace(killed, as_of=dt.date.fromisoformat(day(10)))
    assert list_page(EVERYTHING, then).rows == []
    then = replace(then, chosen={"killed_or_injured": ("injured",)})
    assert len(list_page(EVERYTHING, then).rows) == 1
    assert list_page(EVERYTHING, replace(killed, known=0)).rows == []


def test_every_projector_has_its_listing_or_a_list_of_its_own():
    assert {*KINDS, "hazardous_area", "land_release"} == set(PROJECTORS)


# ── Columns of the kinds ────────────────────────────────────────────────────────────────────


def test_a_victim_stands_in_an_age_group_and_names_the_accident(cast):
    for of, age in enumerate((17, 18, None), 1):
        enter(victim(1, of, age_at_accident=age), cast)
    found = list_page(EVERYTHING, ListFilter(VICTIMS), Turn("id")).rows
    assert [r.values["age_group"] for r in found] == ["child", "adult", "unknown"]
    assert {r.values["accident"] for r in found} == {"INC-409-600001"}


def test_assistance_names_its_victim_and_a_session_sums_its_turns(cast):
    enter(assistance(1, 2, 3), cast)
    enter(education(1), cast)
    none = {f"participants_{who}": None for who in ("men", "women", "boys", "girls", "under_6")}
    enter(education(2, **none), cast)
    (helped,) = list_page(EVERYTHING, ListFilter(ASSISTANCES)).rows
    assert helped.values["victim"] == "VIC-409-600001-02"
    turns = [
        r.values["turns"] for r in list_page(EVERYTHING, ListFilter(SESSIONS), Turn("id")).rows
    ]
    assert turns == [45, None]


def test_no_answer_about_a_person_stands_in_a_typed_row(one_of_each):
    for listing in LISTINGS:
        for row in listing.model.objects.all():
            told = str(vars(row))
            assert "Hồ Văn Thử" not in told
            assert "Lê Thị Ví Dụ" not in told
            assert "Trần Văn Mẫu" not in told


@pytest.mark.parametrize(
    ("model", "column", "value"),
    [
        ("accident", "persons_involved", -1),
        ("victim", "age_at_accident", -1),
        ("victim", "age_at_accident", 131),
        ("victim", "gender", "m"),
        ("victim", "killed_or_injured", "dead"),
        ("victim_assistance", "amount", -5),
        ("risk_education", "participants_men", -1),
        ("risk_education", "first_time_participants", -1),
        ("survey_task", "surveyed_area_m2", -1.0),
        ("eod_task", "reported_status", "done"),
        ("eod_task", "disposal_priority", "1"),
        ("clearance_progress", "man_hours", -1.0),
    ],
)
def test_the_database_refuses_what_cannot_be(cast, model, column, value):
    enter(MAKERS[model](1), cast, files=FILES.get(model))
    with pytest.raises(IntegrityError), transaction.atomic():
        PROJECTORS[model].row_model.objects.update(**{column: value})


# ── Filters ─────────────────────────────────────────────────────────────────────────────────


def test_records_are_found_by_id_number_place_and_operator(one_of_each):
    both = ["HR-EOD-409-500002", "HR-EOD-409-600001"]
    for text in ("HR-EOD-409-6", "eod 409 600001", "600001", "6000", "EOD-0001", "FR-HR-EOD-409-6"):
        assert listed(ListFilter(EOD_TASKS, text=text)) == both[1:], text
    assert listed(ListFilter(EOD_TASKS, text="HR-EOD")) == both
    assert listed(ListFilter(EOD_TASKS, text="Thôn Mẫu")) == both
    assert listed(ListFilter(EOD_TASKS, text="100%")) == []
    assert listed(ListFilter(SESSIONS, text="HR-MRE-409-600001")) == ["MRE-409-600001"]
    assert listed(ListFilter(VICTIMS, text="vic 409 600001")) == ["VIC-409-600001-01"]
    assert listed(ListFilter(EOD_TASKS, organisations=("mag",))) == both[:1]
    commune = EOD_TASKS.model.objects.first().commune.code
    assert listed(ListFilter(EOD_TASKS, communes=(commune,))) == both
    assert listed(ListFilter(EOD_TASKS, communes=("-",))) == []


@pytest.mark.parametrize("past", [False, True], ids=["now", "past"])
def test_records_are_found_by_what_was_chosen(one_of_each, past):
    moment = asof()
    if past:
        enter(eod(1, days_ago=1), one_of_each, record_id=_record("HR-EOD-409-600001"))

    def found(listing, **more):
        wanted = ListFilter(listing, **more)
        return listed(replace(wanted, as_of=moment.on, known=moment.known) if past else wanted)

    assert found(EOD_TASKS, chosen={"reported_status": ("open",)}) == ["HR-EOD-409-500002"]
    assert len(found(EOD_TASKS, chosen={"reported_status": ("open", "closed")})) == 2
    assert found(EOD_TASKS, chosen={"reported_status": ("-",)}) == []
    assert found(SESSIONS, chosen={"activity_types": ("meetings", "radio")}) == ["MRE-409-600001"]
    assert found(SESSIONS, chosen={"activity_types": ("radio",)}) == []
    assert found(SESSIONS, chosen={"activity_types": ("radio", "-")}) == []
    assert found(EOD_TASKS, category="small_arms") == ["HR-EOD-409-500002", "HR-EOD-409-600001"]
    assert found(EOD_TASKS, category="projectile") == []
    assert found(ACCIDENTS, category="cluster_munition") == ["INC-409-600001"]
    assert found(EOD_TASKS, further={"information_source": ("hotline",)}) != []
    assert found(SURVEYS, further={"activity_type": ("technical_survey",)}) == ["TS-409-600001"]
    assert found(SURVEYS, further={"activity_type": ("eod",)}) == []
    assert found(SURVEYS, further={"no_such_thing": ("-",)}) == ["TS-409-600001"]
    assert found(ACCIDENTS, further={"impact": ("human", "animal")}) == ["INC-409-600001"]


def _record(local_id):
    return EOD_TASKS.model.objects.get(local_id=local_id).pk


def test_months_are_those_of_the_kinds_own_day(cast):
    enter(accident(1, days_ago=40), cast)
    enter(accident(2, days_ago=5, accident_date=None), cast)
    month = day(41)[:7]
    assert listed(ListFilter(ACCIDENTS, month=month)) == ["INC-409-600001"]
    assert listed(ListFilter(ACCIDENTS, month="-")) == ["INC-409-600002"]
    assert listed(ListFilter(ACCIDENTS, month="2001-01")) == []


def test_pieces_of_a_category_are_counted_by_record(cast):
    rows = [piece(2, "mortar"), piece(5, "mortar"), piece(7, "projectile")]
    enter(eod(1, found_items=rows), cast)
    wanted = ListFilter(EOD_TASKS, category="mortar")
    ids = [r.record_id for r in list_page(EVERYTHING, wanted).rows]
    assert list(pieces_found(EVERYTHING, wanted, ids).values()) == [7]
    enter(accident(1), cast)
    wanted = ListFilter(ACCIDENTS, category="cluster_munition")
    ids = [r.record_id for r in list_page(EVERYTHING, wanted).rows]
    assert list(pieces_found(EVERYTHING, wanted, ids).values()) == [1]


def test_a_list_stays_within_its_scope(one_of_each):
    mag = Scope(organisation_ids=frozenset({Organisation.objects.get(key="mag").pk}))
    for moment in (None, asof().known):
        wanted = ListFilter(EOD_TASKS, known=moment)
        assert [r.local_id for r in list_page(mag, wanted).rows] == ["HR-EOD-409-500002"]
        assert list_page(NOTHING, wanted).rows == []
    assert list_page(mag, ListFilter(VICTIMS)).rows == []


def test_the_filter_survives_its_address():
    wanted = ListFilter(
        VICTIMS,
        organisations=("mag",),
        communes=("19243", "-"),
        text="INC & co",
        month="2026-10",
        chosen={"gender": ("male", "-"), "age_group": ("child",)},
        further={"still_alive": ("alive",)},
        as_of=dt.date(2026, 1, 3),
        known=0,
    )
    again = ListFilter.from_query(VICTIMS, QueryDict(wanted.query()))
    assert replace(again, known=0) == wanted
    assert "gender=-" in wanted.without("gender", "male")
    assert "still_alive" not in wanted.without("x.still_alive", "alive")


def test_an_address_with_nonsense_opens_the_whole_list():
    said = QueryDict("month=13&colour=red&x.Robert';drop=1&category=mortar&gender=&x.=1")
    assert ListFilter.from_query(VICTIMS, said) == ListFilter(VICTIMS)


# ── Pages ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("past", [False, True], ids=["now", "past"])
def test_pages_in_every_order_are_whole_and_never_repeat(cast, past):
    for n in range(1, 8):
        happened = None if n in (2, 5) else day(n % 3 + 20)
        enter(accident(n, days_ago=n % 2 + 5, accident_date=happened), cast)
    moment = asof()
    enter(accident(8), cast)
    wanted = ListFilter(ACCIDENTS, as_of=None, known=moment.known if past else None)
    count = 7 if past else 8
    for sort in SORTS:
        whole = list_page(EVERYTHING, wanted, Turn(sort)).rows
        turned, page = [], list_page(EVERYTHING, wanted, Turn(sort, size=3))
        turned += page.rows
        while page.after:
            last = page
            page = list_page(EVERYTHING, wanted, Turn(sort, after=page.after, size=3))
            turned += page.rows
            back = list_page(EVERYTHING, wanted, Turn(sort, before=page.before, size=3))
            assert back.rows == last.rows
        assert turned == whole
        assert len({r.local_id for r in whole}) == count
        keys = {
            "id": lambda r: r.local_id,
            "date": lambda r: (r.true_from, r.local_id),
            "day": lambda r: (r.values["accident_date"] or dt.date.min, r.local_id),
        }[sort.removeprefix("-")]
        assert whole == sorted(whole, key=keys, reverse=sort.startswith("-"))


def test_attributes_that_are_no_columns_come_from_the_version(cast):
    enter(accident(1, site_checked_after="yes"), cast)
    moment = asof()
    (row,) = list_page(EVERYTHING, ListFilter(ACCIDENTS)).rows
    said = further_values([row.record_id], moment)[row.record_id]
    assert said["site_checked_after"] == "yes"
    assert further_values([row.record_id], replace(moment, known=0)) == {}
    assert further_values([], moment) == {}


def test_an_unreadable_key_of_a_form_yet_to_come_counts_as_not_said(cast):
    """A later form may offer what no column knows: nothing breaks, nothing is guessed."""
    enter(victim(1), cast)
    version = Version.objects.get()
    values = {**version.values, "gender": "diverse", "killed_or_injured": ["killed"]}
    row = PROJECTORS["victim"].row(replace(_current(version), values=values))
    assert (row["gender"], row["killed_or_injured"]) == ("", "")


def _current(version):
    return Current(version.record_id, "", version.organisation_id, version.true_from, 1, {})


def test_items_of_work_never_count_as_items_of_areas(cast):
    enter(cha(1), cast)
    enter(eod(11), cast)
    kinds = {"HAZ-409-600001": 1, "HR-EOD-409-600011": 2}
    got: dict[str, int] = {}
    for item in OrdnanceItem.objects.select_related("record"):
        got[item.record.local_id] = got.get(item.record.local_id, 0) + 1
    assert got == kinds
