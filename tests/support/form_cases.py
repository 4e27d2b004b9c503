"""Every rule has a report it objects to and one it lets pass: the forms beside the areas."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from shapely.affinity import translate
from shapely.geometry import Point, box

from datlanh.kernel.boxes import BoxProblem
from datlanh.kernel.rules import BoxesSeen, KnownRecord, LikeReport, Severity
from support.facts import FakeFacts
from support.rule_cases import AREA, KNOWN, OCTOBER, Case, evidence, fails, passes
from support.views import (
    FIELD,
    MIDDLE,
    accident,
    assistance,
    cha,
    education,
    eod,
    progress,
    release,
    survey,
    victim,
)

BLOCK, WARN = Severity.BLOCK, Severity.WARN

ACCIDENT = KnownRecord(
    "INC-409-600003",
    "accident",
    dt.date(2026, 10, 2),
    {"accident_date": "2026-10-01", "persons_involved": 2},
)
VICTIMS = tuple(
    KnownRecord(f"VIC-409-600003-0{n}", "victim", OCTOBER, {"killed_or_injured": outcome})
    for n, outcome in ((1, "killed"), (2, "injured"), (3, "injured"))
)
FAMILY = FakeFacts(known=(ACCIDENT, *VICTIMS[:2]))
CLEARANCE = KnownRecord(
    "HR-CLC-409-600007",
    "land_release",
    dt.date(2026, 9, 15),
    {"reported_status": "completed", "end_date": "2026-09-15", "cha_ids": "HAZ-409-600001"},
)


def month(number: int, area: float, first: str, last: str, team: str = "bac_1") -> KnownRecord:
    said = {"clearance_id": "HR-CLC-409-600007", "cleared_area_m2": area, "reporting_team": team}
    said |= {"start_date": first, "end_date": last}
    return KnownRecord(f"HR-CLP-409-60000{number}", "clearance_progress", OCTOBER, said)


AUGUST = month(1, 100_000, "2026-08-01", "2026-08-31")
SEPTEMBER = month(2, 110_000, "2026-09-01", "2026-09-30")
SAME_DAY = LikeReport("BC-2026-000009", "HR-EOD-409-600009", "eod_1", "Thôn Bãi", MIDDLE)


def deep(depth: float) -> list[dict[str, object]]:
    return [{"quantity": 1, "model": "blu_26", "depth": depth, "position": MIDDLE}]


FORM_CASES: tuple[Case, ...] = (
    fails(
        "id_alias",
        education(mre_id="HR-MRE-409-600004", record_id="HR-MRE-409-600004"),
        says="is MRE-409-600004",
    ),
    passes("id_prefix", education(record_id="HR-MRE-409-600004")),
    fails("id_alias", survey(cmrs_id="TS-409-1234", record_id="TS-409-001234"), says="TS-409-001"),
    passes("id_alias", education()),
    passes("id_pattern", survey(cmrs_id="TS-409-1234", record_id="TS-409-001234")),
    passes("id_range", victim(record_id="VIC-409-100003-01")),
    passes("id_range", assistance(record_id="VA-409-100003-01-01")),
    fails("id_range", accident(record_id="INC-409-100003")),
    fails("answer_mandatory", eod(tasking_date=None), says="Tasking date"),
    fails("answer_expected", progress(cha_ids=None), says="CHA ids"),
    passes("answer_expected", victim()),  # the name is sealed: answered all the same
    fails("answer_expected", victim(full_name=None), says="full_name"),
    fails("cha_ids_unknown", progress(), says="HAZ-409-600001"),
    passes("cha_ids_unknown", progress(), KNOWN),
    fails("date_order", eod(respond_date=dt.date(2026, 10, 1)), says="01/10/2026"),
    fails("date_order", accident(accident_date=dt.date(2026, 10, 3))),
    fails("zone_slip", eod(point=Point(113.2, 16.7)), says="107.2"),
    fails("zone_slip", cha(polygon=translate(FIELD, -6))),
    passes("zone_slip", eod(point=Point(104.9, 16.7))),
    passes("outside_province", eod(point=Point(113.2, 16.7))),
    fails("outside_province", assistance(points={"assistance_point": Point(108.2, 16.07)}), WARN),
    fails("parent_unknown", victim(), says="INC-409-600003"),
    fails("parent_unknown", assistance(), says="VIC-409-600003-02"),
    passes("parent_unknown", victim(), FAMILY),
    passes("parent_unknown", assistance(), FAMILY),
    fails("victim_count_differs", accident(), facts=FakeFacts(known=VICTIMS), says="of 3 (1"),
    passes("victim_count_differs", accident(), FAMILY),
    passes("victim_count_differs", accident(), FakeFacts()),
    fails("victim_listed_apart", accident(victim_list=[{"victim_id": "VIC-409-600004-01"}])),
    fails("victim_listed_apart", accident(victim_list=[{"victim_id": "VIC-409-600003-01"}] * 2)),
    passes("victim_listed_apart", accident()),
    fails("victim_list_differs", accident(persons_involved=1), says="list has 2"),
    passes("victim_list_differs", accident()),
    fails("victim_beyond_count", victim(record_id="VIC-409-600003-03"), facts=FAMILY),
    passes("victim_beyond_count", victim(), FAMILY),
    fails("before_accident", victim(date_of_information=dt.date(2026, 9, 30)), facts=FAMILY),
    passes("before_accident", assistance(), FAMILY),
    fails("accident_cause_missing", accident(ordnance_types=[])),
    passes("accident_cause_missing", accident(ordnance_identified="no", ordnance_types=[])),
    fails("accident_nobody", accident(persons_involved=0)),
    passes("accident_nobody", accident(impact=["animal"], persons_involved=0)),
    fails("accident_surveyed_late", accident(accident_date=dt.date(2026, 7, 1)), says="93 days"),
    passes("accident_surveyed_late", accident()),
    fails("age_implausible", victim(age_at_accident=1992), says="1,992"),
    passes("age_implausible", victim(age_at_accident=0)),
    fails(
        "age_differs",
        victim(date_of_birth=dt.date(1980, 1, 1)),
        facts=FAMILY,
        says="it was 46",
    ),
    passes("age_differs", victim(date_of_birth=dt.date(1991, 10, 2)), FAMILY),
    passes("age_differs", victim(), FAMILY),  # sealed, and not to be opened
    fails("outcome_contradicts", victim(killed_or_injured="killed"), says="Victim still alive"),
    fails("outcome_contradicts", victim(death_location={"person": "x"}), says="Place of death"),
    passes("outcome_contradicts", victim()),
    passes("outcome_contradicts", victim(killed_or_injured=None)),
    fails("injuries_missing", victim(injuries=None)),
    passes("injuries_missing", victim(injuries=None, injuries_comment={"person": "x"})),
    fails("activity_and_age", victim(age_at_accident=4), says="from 6"),
    passes("activity_and_age", victim(age_at_accident=4, activity_at_time="playing")),
    fails("occupation_and_age", victim(age_at_accident=9, occupation_before="worker")),
    fails("occupation_and_age", victim(age_at_accident=40, occupation_before="pupil")),
    passes("occupation_and_age", victim(age_at_accident=None)),
    fails("currency_missing", assistance(currency=None)),
    passes("currency_missing", assistance(amount=None, currency=None)),
    fails("amount_odd", assistance(amount=500), says="500 VND"),
    passes("amount_odd", assistance(amount=500, currency="usd")),
    fails(
        "participants_none",
        education(
            participants_men=0, participants_women=0, participants_boys=0, participants_girls=0
        ),
    ),
    passes(
        "participants_none",
        education(
            participants_men=None,
            participants_women=None,
            participants_boys=None,
            participants_girls=None,
            activity_types=["loudspeaker"],
        ),
    ),
    passes("participants_none", education()),
    fails("participants_part", education(participants_ethnic=89), says="(88)"),
    fails("participants_part", education(first_time_participants=89), says="First-time"),
    passes("participants_part", education(participants_ethnic=88)),
    fails("participants_many", education(participants_men=600), says="685"),
    fails("participants_many", education(campaign_level="household_visit"), says="30"),
    passes("participants_many", education()),
    fails(
        "pupils_missing",
        education(target_population=["primary_school"], participants_boys=0, participants_girls=0),
    ),
    passes("pupils_missing", education(target_population=["primary_school"])),
    fails("informants_many", education(informants_total=89)),
    passes("informants_many", education()),
    fails("education_long", education(start_date=dt.date(2026, 8, 1)), says="66 days"),
    passes("education_long", education(start_date=None)),
    fails("boxes_file_name", survey(survey_boxes="o khao sat.rar"), says="o khao sat.rar"),
    fails("boxes_file_name", survey(survey_boxes="TS-409-600006.zip")),
    passes("boxes_file_name", survey()),
    passes("boxes_file_name", survey(survey_boxes=None)),
    *(
        case
        for rule, kind, example in (
            ("boxes_unreadable", "unreadable", "no_zip"),
            ("boxes_shapeless", "no_shape", ""),
            ("boxes_off_grid", "off_grid", "B0001"),
            ("boxes_doubled", "doubled", "E715N1856-0712"),
            ("boxes_result_unknown", "result_unknown", "violet"),
            ("boxes_system", "system_guessed", "UTM 48N"),
        )
        for case in (
            fails(rule, survey(boxes=BoxesSeen(3, (BoxProblem(kind, 2, example),)))),
            passes(rule, survey(boxes=BoxesSeen(3))),
            passes(rule, survey()),
        )
    ),
    fails("boxes_area", survey(surveyed_area_total=250_000.0, boxes=BoxesSeen(7)), says="7 box"),
    passes("boxes_area", survey(surveyed_area_total=250_000.0, boxes=BoxesSeen(100))),
    passes("boxes_area", survey(boxes=BoxesSeen(0))),
    passes("boxes_area", survey()),
    fails("survey_unfinished", survey(status="ongoing")),
    passes("survey_unfinished", survey()),
    fails("survey_area", survey(surveyed_area_total=10.0)),
    fails("survey_area", survey(surveyed_area_total=2e7)),
    passes("survey_area", survey()),
    fails("survey_pace", survey(surveyed_area_total=1_000_000.0), says="boxes a day"),
    passes("survey_pace", survey()),
    fails("eod_closed_unanswered", eod(respond_date=None)),
    passes("eod_closed_unanswered", eod(status="open", respond_date=None)),
    passes(
        "eod_closed_unanswered",
        eod(respond_date=None),
        FakeFacts(
            known=(KnownRecord("HR-EOD-409-600006", "eod_task", OCTOBER, {"respond_date": "x"}),)
        ),
    ),
    fails("eod_closed_empty", eod(found_items=[])),
    passes("eod_closed_empty", eod(found_items=[], reason_not_destroyed="Không tìm thấy")),
    passes(
        "eod_closed_empty",
        eod(found_items=[]),
        FakeFacts(records=frozenset({"HR-EOD-409-600006"})),
    ),
    fails("eod_not_destroyed", eod(disposal_date=None)),
    fails("eod_not_destroyed", eod(found_items=[{"quantity": 1, "disposal": "left_in_place"}])),
    passes("eod_not_destroyed", eod()),
    passes("eod_not_destroyed", eod(disposal_date=None, reason_not_destroyed="Chờ xe")),
    fails("eod_open_disposed", eod(status="open"), says="07/10/2026"),
    passes("eod_open_disposed", eod()),
    fails("eod_slow", eod(tasking_date=dt.date(2026, 9, 1)), says="35 days"),
    passes("eod_slow", eod(respond_date=None)),
    fails("eod_cleared_large", eod(cleared_area=20_000.0)),
    passes("eod_cleared_large", eod()),
    fails(
        "disposal_far",
        eod(points={"point_coordinates": MIDDLE, "disposal_place": Point(106.5, 17.4)}),
    ),
    passes(
        "disposal_far",
        eod(points={"point_coordinates": MIDDLE, "disposal_place": Point(107.21, 16.71)}),
    ),
    fails("item_far", eod(point=Point(107.21, 16.7025)), says="limit 200 m"),
    passes("item_far", eod(point=Point(107.2035, 16.7025))),
    fails("item_depth", eod(found_items=deep(-1)), BLOCK),
    fails("item_depth", eod(found_items=deep(1500))),
    passes("item_depth", eod(found_items=deep(500))),
    fails("item_many", eod(found_items=[{"quantity": 600, "model": "p_37mm"}]), says="600"),
    passes("item_many", eod(found_items=[{"quantity": 9000, "category": "small_arms"}])),
    fails("item_twice", eod(found_items=deep(5.0) * 2), says="item number 1"),
    passes("item_twice", eod(found_items=deep(5.0) + deep(6.0))),
    fails(
        "small_arms_apart",
        eod(found_items=[*deep(5.0), {"quantity": 361, "category": "small_arms"}]),
        says="361 rounds",
    ),
    passes("small_arms_apart", eod()),
    fails("progress_month", progress(start_date=dt.date(2026, 8, 20)), BLOCK, says="20/08/2026"),
    fails("progress_month", progress(start_date=dt.date(2026, 8, 31)), WARN),
    passes("progress_month", progress()),
    fails("progress_area", progress(cleared_area=700_000.0)),
    passes("progress_area", progress()),
    fails("progress_hours", progress(man_hours=0)),
    passes("progress_hours", progress(man_hours=None)),
    fails("progress_clearance_unknown", progress(cha_ids=None)),
    passes("progress_clearance_unknown", progress()),
    passes("progress_clearance_unknown", progress(cha_ids=None), FakeFacts(known=(CLEARANCE,))),
    fails("progress_after_completion", progress(), facts=FakeFacts(known=(CLEARANCE,))),
    passes(
        "progress_after_completion",
        progress(end_date=dt.date(2026, 9, 15)),
        FakeFacts(known=(CLEARANCE,)),
    ),
    fails("progress_twice", progress(), facts=FakeFacts(known=(SEPTEMBER,))),
    passes("progress_twice", progress(), FakeFacts(known=(AUGUST,))),
    passes("progress_twice", progress(reporting_team="bac_2"), FakeFacts(known=(SEPTEMBER,))),
    fails(
        "progress_sum_differs",
        release(cleared_area=280_000),
        facts=FakeFacts(known=(AUGUST, SEPTEMBER)),
        says="210,000",
    ),
    passes(
        "progress_sum_differs",
        release(cleared_area=212_000),
        FakeFacts(known=(AUGUST, SEPTEMBER)),
    ),
    passes("progress_sum_differs", release()),
    fails("report_like_another", eod(), facts=FakeFacts(like=(SAME_DAY,)), says="600009"),
    passes(
        "report_like_another",
        eod(),
        FakeFacts(like=(replace(SAME_DAY, team="eod_2"),)),
    ),
    passes(
        "report_like_another",
        eod(point=Point(107.203, 16.7025)),
        FakeFacts(like=(SAME_DAY,)),
    ),
    fails("report_like_another", eod(points={}), facts=FakeFacts(like=(SAME_DAY,))),
    passes(  # the other one with latitude and longitude exchanged: no distance to measure
        "report_like_another",
        eod(),
        FakeFacts(like=(replace(SAME_DAY, village="Thôn Gò", at=Point(16.781, 106.968)),)),
    ),
    passes("report_like_another", eod(supersedes=True), FakeFacts(like=(SAME_DAY,))),
    fails("polygon_twice", cha(polygons=(FIELD, FIELD))),
    passes("polygon_twice", cha(polygons=(FIELD, translate(FIELD, 0.01)))),
    fails("evidence_point_twice", cha(evidence_points=evidence({}, {"point_id": "EV002"}))),
    passes("evidence_point_twice", cha()),
    fails(
        "cleared_before",
        release(),
        facts=FakeFacts(released=(("HR-CLC-409-500001", AREA / 2),)),
        says="(50",
    ),
    passes("cleared_before", release(), FakeFacts(released=(("HR-CLC-409-500001", 10.0),))),
    fails("choice_unlisted", eod(unlisted=(("land_use", None, "garden"),)), says="garden"),
    passes("choice_unlisted", eod(unlisted=(("found_items.model", 0, "blu_99"),))),
    fails("other_unnamed", eod(land_use="other"), says="Land use"),
    fails("other_unnamed", education(target_population=["farmer", "other"])),
    passes("other_unnamed", eod(land_use="other", land_use_comment="Nghĩa trang")),
    fails("telephone_in_text", eod(item_description="Gọi 0905 123 456 khi đến")),
    passes("telephone_in_text", eod(item_description="Đạn 105 mm, 20.000 m² ruộng")),
    fails("report_late", eod(received_on=dt.date(2026, 11, 20)), says="10/11/2026"),
    passes("report_late", eod(received_on=dt.date(2026, 11, 10))),
    fails("cha_limit", cha(polygon=box(107.2, 16.7, 107.24, 16.74))),
    passes("cha_limit", cha()),
    fails("closed_unreleased", cha(status="closed")),
    passes("closed_unreleased", cha(status="closed"), FakeFacts(known=(CLEARANCE,))),
    fails("release_kind", release(release_type="post_technical_survey", polygon_status="cleared")),
    passes("release_kind", release(polygon_status="cleared")),
    fails("release_method", release(method=[])),
    passes("release_method", release()),
    fails("release_long", release(start_date=dt.date(2023, 1, 1))),
    passes("release_long", release()),
)
