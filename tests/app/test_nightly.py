"""The nightly run: what it finds in the register, and that it remembers since when."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Point, Polygon

from datlanh.accounts.models import User
from datlanh.audit.models import Event
from datlanh.intake.models import NightlyRun, RecordFinding
from datlanh.intake.selectors.collating import Period, sheet_of
from datlanh.intake.selectors.paging import Cursor
from datlanh.intake.selectors.worklist import (
    WorkFilter,
    findings_seen,
    work_counts,
    work_list,
    work_told,
)
from datlanh.intake.services.nightly import register_check
from datlanh.intake.services.settings import severity_set, threshold_set
from datlanh.kernel import clock
from datlanh.kernel.actor import SYSTEM
from datlanh.organisations.models import Organisation
from datlanh.places.models import AdminUnit, Level, OutlineSource
from datlanh.register.models import Record, Version
from support.reports import approved, cha, demo_cast, let_through, received, release, verified

pytestmark = pytest.mark.django_db
NUMBER = itertools.count(10_000)
DAY = dt.date(2026, 10, 1)
HERE = (107.1, 16.75)  # Quảng Trị, far from every corner


@pytest.fixture
def cast() -> dict[str, User]:
    return demo_cast()


def stands(
    local_id: str,
    kind: str,
    values: dict[str, Any],
    *,
    at: tuple[float, float] | None = None,
    outline: tuple[float, float, float] | None = None,
    on: dt.date = DAY,
    organisation: str = "npa_renew",
) -> Record:
    """A record with what the register says of it, as the fold would have left it."""
    owner = Organisation.objects.get(key=organisation)
    seq = next(NUMBER)
    record = Record.objects.create(
        id=uuid.uuid4(), kind=kind, local_id=local_id, organisation_id=owner.pk, created_seq=seq
    )
    shape = None
    if outline:
        x, y, side = outline
        ring = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
        shape = MultiPolygon(Polygon(ring), srid=4326)
    Version.objects.create(
        record=record,
        kind=kind,
        organisation_id=owner.pk,
        true_from=on,
        known_from=seq,
        fingerprint="x",
        values=values,
        position=Point(*at, srid=4326) if at else None,
        outline=shape,
        area_m2=1_000_000.0 * (outline[2] / 0.01) ** 2 if outline else None,
    )
    return record


def says(record: Record, values: dict[str, Any]) -> None:
    Version.objects.filter(record=record).update(values=values)


def found(record: Record, rule: str) -> list[str]:
    """The keys of what is open about a record by a rule."""
    open_ones = RecordFinding.objects.filter(record_id=record.pk, rule=rule, resolved_at=None)
    return sorted(open_ones.values_list("key", flat=True))


def run() -> NightlyRun:
    return register_check(by=SYSTEM)


def values_of(record: Record, rule: str) -> dict[str, Any]:
    return RecordFinding.objects.get(record_id=record.pk, rule=rule, resolved_at=None).values


def test_a_finding_has_a_first_day_a_last_day_and_an_end():
    accident = stands("INC-409-600001", "accident", {"persons_involved": 2}, at=HERE)
    stands("VIC-409-600001-01", "victim", {"killed_or_injured": "killed"})
    first = run()
    assert found(accident, "victims_differ") == [""]
    kept = RecordFinding.objects.get(record_id=accident.pk, rule="victims_differ")
    again = run()
    assert (again.appeared, again.resolved, again.found) == (0, 0, first.found)
    kept.refresh_from_db()
    assert kept.first_seen_at == first.began_at
    assert kept.last_seen_at == again.began_at
    stands("VIC-409-600001-02", "victim", {"killed_or_injured": "injured"})
    third = run()
    kept.refresh_from_db()
    assert kept.resolved_at == third.began_at
    says(accident, {"persons_involved": 3})
    run()
    assert RecordFinding.objects.filter(record_id=accident.pk, rule="victims_differ").count() == 2
    assert Event.objects.filter(action="register.check").count() == 4


def test_incomplete_records_say_what_they_lack():
    whole = {
        "organisation": "npa_renew",
        "commune_code": "19001",
        "survey_date": "2026-10-02",
        "accident_date": "2026-10-01",
        "accident_activity_type": "agriculture",
        "impact": ["human"],
        "persons_involved": 1,
    }
    complete = stands("INC-409-600001", "accident", whole, at=HERE)
    lacking = stands("INC-409-600002", "accident", {**whole, "impact": []})
    run()
    assert found(complete, "record_incomplete") == []
    assert values_of(lacking, "record_incomplete")["missing"]["en"] == (
        "Impact of the accident, Accident point"
    )


def test_duplicates_are_near_in_place_and_time():
    one = stands("MRE-409-600001", "risk_education", {}, at=HERE)
    near = (HERE[0] + 0.0002, HERE[1])  # some 21 m
    two = stands("MRE-409-600002", "risk_education", {}, at=near, on=DAY + dt.timedelta(14))
    late = stands("MRE-409-600003", "risk_education", {}, at=HERE, on=DAY - dt.timedelta(15))
    other = stands("INC-409-600001", "accident", {}, at=HERE)
    run()
    assert found(one, "record_near") == ["MRE-409-600002"]
    assert found(two, "record_near") == ["MRE-409-600001"]
    assert found(late, "record_near") == found(other, "record_near") == []
    assert values_of(one, "record_near")["days"] == 14


def test_victims_are_compared_by_what_is_open_only():
    alike = {"gender": "male", "age_at_accident": 34, "killed_or_injured": "injured"}
    one = stands("VIC-409-600001-01", "victim", alike)
    stands("VIC-409-600001-02", "victim", alike)
    other = stands("VIC-409-600002-01", "victim", alike)
    run()
    assert found(one, "victim_alike") == ["VIC-409-600001-02"]
    assert found(other, "victim_alike") == []


def test_families_are_whole():
    victim = stands("VIC-409-600009-01", "victim", {})
    help_ = stands("VA-409-600009-01-01", "victim_assistance", {})
    area = stands("HAZ-409-600001", "hazardous_area", {}, outline=(*HERE, 0.01))
    release = stands(
        "HR-CLC-409-600001", "land_release", {"cha_ids": "HAZ-409-600001 HAZ-409-600002"}
    )
    lost = stands("HR-CLP-409-600001", "clearance_progress", {"clearance_id": "HR-CLC-409-600009"})
    run()
    assert found(victim, "family_missing") == ["INC-409-600009"]
    assert found(help_, "family_missing") == []
    assert found(release, "family_missing") == ["HAZ-409-600002"]
    assert found(lost, "family_missing") == ["HR-CLC-409-600009"]
    assert found(area, "family_missing") == []


def test_progress_comes_to_the_completion_or_the_difference_is_told():
    said = {"reported_status": "completed", "cleared_area_m2": 100_000.0}
    release = stands("HR-CLC-409-600001", "land_release", said)
    for number, area in ((1, 40_000.0), (2, 70_000.0)):
        values = {"clearance_id": "HR-CLC-409-600001", "cleared_area_m2": area}
        stands(f"HR-CLP-409-60000{number}", "clearance_progress", values)
    run()
    told = values_of(release, "progress_differs")
    assert (told["total"], told["difference"], told["count"]) == (110_000, 10_000, 2)
    said["cleared_area_m2"] = 109_000.0
    says(release, said)
    run()
    assert found(release, "progress_differs") == []


def test_states_that_contradict_the_releases():
    closed = stands("HAZ-409-600001", "hazardous_area", {"reported_status": "closed"})
    opened = stands("HAZ-409-600002", "hazardous_area", {"reported_status": "open"})
    said = {"reported_status": "completed", "cha_ids": "HAZ-409-600002"}
    stands("HR-CLC-409-600001", "land_release", said)
    run()
    assert found(closed, "area_closed_unreleased") == [""]
    assert found(opened, "area_open_released") == ["HR-CLC-409-600001"]
    assert found(opened, "area_closed_unreleased") == []


def test_dates_of_several_reports_follow_each_other():
    values = {"tasking_date": "2026-10-05", "respond_date": "2026-10-01"}
    task = stands("HR-EOD-409-600001", "eod_task", values, at=HERE)
    run()
    assert found(task, "dates_disorder") == ["tasking_date:respond_date"]


def test_figures_far_from_all_others_are_told():
    for number in range(60):
        said = {"participants_men": 10 + number % 7}
        stands(f"MRE-409-61{number:04d}", "risk_education", said)
    odd = stands("MRE-409-620001", "risk_education", {"participants_men": 4000})
    run()
    assert found(odd, "number_outlier") == []  # one of 61 lifts the usual itself
    for number in range(60, 200):
        stands(f"MRE-409-61{number:04d}", "risk_education", {"participants_men": 12})
    run()
    assert found(odd, "number_outlier") == ["participants_men"]


def test_areas_on_top_of_each_other_and_outside():
    said = {"area_reported_m2": 500_000}
    one = stands("HAZ-409-600001", "hazardous_area", said, outline=(*HERE, 0.01))
    two = stands("HAZ-409-600002", "hazardous_area", {}, outline=(HERE[0] + 0.005, HERE[1], 0.01))
    edge = stands("HAZ-409-600003", "hazardous_area", {}, outline=(HERE[0] - 0.01, HERE[1], 0.01))
    far = stands("HR-EOD-409-600001", "eod_task", {}, at=(104.0, 10.0))
    run()
    assert found(one, "areas_overlap") == ["HAZ-409-600002"]
    assert found(two, "areas_overlap") == ["HAZ-409-600001"]
    assert values_of(one, "areas_overlap")["percent"] == pytest.approx(50, abs=0.1)
    assert found(edge, "areas_overlap") == []
    assert found(far, "place_outside_province") == [""]
    assert found(one, "place_outside_province") == []
    assert found(one, "area_measured_differs") == [""]


def test_a_place_outside_its_commune(cast):
    report = approved(
        verified(received(cha(1), by=cast["renew.hientruong"]), by=cast["renew"]),
        by=cast["kiemtra2"],
    )
    record = Record.objects.get(pk=report.record_id)
    communes = AdminUnit.objects.filter(level=Level.COMMUNE, code=report.commune_code)
    communes.update(outline_source=OutlineSource.OFFICIAL)
    run()
    assert found(record, "place_outside_commune") == []
    elsewhere = Version.objects.filter(record=record)
    elsewhere.update(position=Point(106.3, 17.9, srid=4326), outline=None)
    run()
    assert found(record, "place_outside_commune") == [""]
    communes.update(
        outline_source=OutlineSource.APPROXIMATE
    )  # a cell around a centroid proves nothing
    run()
    assert found(record, "place_outside_commune") == []


def test_settings_of_the_centre_hold_at_night(cast):
    one = stands("MRE-409-600001", "risk_education", {}, at=HERE)
    stands("MRE-409-600002", "risk_education", {}, at=(HERE[0] + 0.001, HERE[1]))
    run()
    assert found(one, "record_near") == []
    threshold_set(name="duplicate_distance_m", value=200, note="Thử", by=cast["csdl"])
    assert run().under > 0
    assert found(one, "record_near") == ["MRE-409-600002"]
    severity_set(rule="record_near", form="eore", severity="off", note="Thử", by=cast["csdl"])
    run()
    assert found(one, "record_near") == []


def test_the_work_list_stays_within_the_scope(cast):
    own = stands("HAZ-409-500001", "hazardous_area", {}, outline=(*HERE, 0.01), organisation="mag")
    stands("HAZ-409-600001", "hazardous_area", {}, outline=(*HERE, 0.01))
    run()
    mag, centre = cast["mag"], cast["kiemtra2"]
    assert {f.local_id for f in findings_seen(mag)} == {"HAZ-409-500001"}
    assert {f.local_id for f in findings_seen(centre)} >= {"HAZ-409-500001", "HAZ-409-600001"}
    wanted = WorkFilter(rule="areas_overlap")
    (told,) = work_told(mag, work_list(mag, wanted, Cursor(), size=50).rows)
    assert told.finding.record_id == own.pk
    assert "•••" in told.what.en  # the other organisation's area is not named
    assert "HAZ-409-600001" not in told.what.en
    seen = work_told(centre, work_list(centre, wanted, Cursor(), size=50).rows)
    assert any("HAZ-409-600001" in w.what.en for w in seen)
    assert [c.key for c in work_counts(mag)] == ["mag"]


def test_the_work_list_is_narrowed_by_group_kind_and_month():
    who = demo_cast()["kiemtra2"]
    stands("HAZ-409-600001", "hazardous_area", {"reported_status": "closed"})
    run()

    def rules(**wanted: Any) -> set[str]:
        page = work_list(who, WorkFilter(**wanted), Cursor(), size=50)
        return {f.rule for f in page.rows}

    assert rules(group="inconsistent") == {"area_closed_unreleased"}
    assert rules(group="duplicate") == set()
    assert rules(kind="hazardous_area") == {"area_closed_unreleased", "record_incomplete"}
    assert rules(month=f"{clock.today():%Y-%m}") == rules()
    assert rules(month="2020-01") == rules(severity="block") == rules(resolved=True) == set()
    assert rules(text="600001") == rules()


def test_the_sheet_adds_up(cast):
    sender, officer, centre = cast["renew.hientruong"], cast["renew"], cast["kiemtra2"]
    approved(verified(received(cha(1), by=sender), by=officer), by=centre)
    verified(received(cha(2), by=sender), by=officer)
    received(cha(3).but(land_use=None), by=sender)
    sheet = sheet_of(officer, "npa_renew", Period.read(f"{clock.today():%Y-%m}"))
    line = next(x for x in sheet.lines if x.form == "cha")
    assert (line.sent, line.approved, line.waiting, line.returned) == (3, 1, 2, 0)
    assert line.findings >= 1
    assert sheet.total.sent == 3
    parts = ("approved", "returned", "waiting", "replaced", "gone")
    assert sum(getattr(sheet.total, p) for p in parts) == sheet.total.sent
    with pytest.raises(Organisation.DoesNotExist):
        sheet_of(cast["mag"], "npa_renew", sheet.period)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-02", dt.date(2026, 2, 1), dt.date(2026, 2, 28)),
        ("2026-Q4", dt.date(2026, 10, 1), dt.date(2026, 12, 31)),
        ("2024-Q1", dt.date(2024, 1, 1), dt.date(2024, 3, 31)),
    ],
)
def test_a_period_is_a_month_or_a_quarter(text, first, last):
    period = Period.read(text)
    assert (period.first, period.last) == (first, last)
    assert Period.read("rubbish").last < clock.today()


def test_releases_that_contradict_themselves_are_found_with_their_place(cast):
    report = received(
        release(1, polygon_status="cancelled", cleared_area=990_000), by=cast["renew.hientruong"]
    )
    report = approved(let_through(verified(report, by=cast["renew"])), by=cast["kiemtra2"])
    run()
    record = Record.objects.get(pk=report.record_id)
    assert found(record, "release_class_contradicts") == [""]
    assert found(record, "released_more_than_drawn") == [""]
    kept = RecordFinding.objects.get(record_id=record.pk, rule="release_class_contradicts")
    assert kept.at is not None


def test_land_released_before_its_area_and_more_than_there_was_is_found(cast):
    early = approved(
        let_through(
            verified(
                received(
                    release(1, days_ago=30, cleared_area=900_000), by=cast["renew.hientruong"]
                ),
                by=cast["renew"],
            )
        ),
        by=cast["kiemtra2"],
    )
    for draft in (cha(1), cha(2), release(2, cleared_area=900_000)):
        report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
        approved(let_through(report), by=cast["kiemtra2"])
    run()
    one, two = Record.objects.filter(kind="hazardous_area").order_by("local_id")
    first = Record.objects.get(pk=early.record_id)
    assert found(one, "released_before_area") == [first.local_id]
    assert found(two, "released_more_than_area") == [""]


def test_an_area_at_work_of_which_nothing_is_heard_is_found(cast):
    for number, days in ((1, 40), (2, 20)):
        draft = cha(number, days_ago=days, status="worked_on")
        report = verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])
        approved(let_through(report), by=cast["kiemtra2"])
    run()
    open_ones = RecordFinding.objects.filter(rule="area_stalled", resolved_at=None)
    assert list(open_ones.values_list("local_id", flat=True)) == ["HAZ-409-600001"]
