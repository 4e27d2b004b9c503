"""Faults to be planted in clean reports, each labelled with the rule that must find it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from shapely.affinity import translate
from shapely.geometry import Point, Polygon

from datlanh.kernel.checks.expected import FORMS
from datlanh.kernel.checks.parts import ALL, AREA_FORMS, ITEM_FORMS
from datlanh.kernel.geometry import swapped
from datlanh.kernel.rules import KnownRecord, KnownReport, LikeReport, ReportView
from support.facts import TODAY, FakeFacts

Change = Callable[[ReportView], dict[str, Any]]
DAY = dt.timedelta(1)


@dataclass(frozen=True)
class Fault:
    """One fault: the rule that must find it, where it can be planted, and how."""

    rule: str
    forms: frozenset[str]
    touches: frozenset[str]  # what it spoils: two faults of a report touch different things
    change: Change | None = None  # answers by question, or rows by repeat
    shape: Callable[[ReportView], dict[str, Any]] | None = None  # fields of the view
    facts: Callable[[ReportView, FakeFacts], FakeFacts] | None = None

    def plant(self, told: ReportView, facts: FakeFacts) -> tuple[ReportView, FakeFacts]:
        """The report, and the register around it, with this fault."""
        if self.change:
            said = self.change(told)
            rows = {k: v for k, v in said.items() if k in told.rows}
            answers = {**told.answers, **{k: v for k, v in said.items() if k not in rows}}
            told = replace(told, answers=answers, rows={**told.rows, **rows})
        if self.shape:
            told = replace(told, **self.shape(told))
        return told, self.facts(told, facts) if self.facts else facts


def of(rule: str, forms: frozenset[str] | str, touches: str, change: Change) -> Fault:
    return Fault(rule, _forms(forms), frozenset(touches.split()), change)


def of_shape(rule: str, forms: frozenset[str] | str, touches: str, shape: Change) -> Fault:
    return Fault(rule, _forms(forms), frozenset(touches.split()), shape=shape)


def of_facts(
    rule: str,
    forms: frozenset[str] | str,
    touches: str,
    facts: Callable[[ReportView, FakeFacts], FakeFacts],
) -> Fault:
    return Fault(rule, _forms(forms), frozenset(touches.split()), facts=facts)


def _forms(forms: frozenset[str] | str) -> frozenset[str]:
    return forms if isinstance(forms, frozenset) else frozenset(forms.split())


def first_item(told: ReportView, **changes: Any) -> dict[str, Any]:
    """The first item found, changed."""
    found = [dict(r) for r in told.rows["found_items"]]
    found[0] |= changes
    return {"found_items": found}


def main_point(told: ReportView, point: Point) -> dict[str, Any]:
    return {"points": {**told.points, FORMS[told.form].point: point}}


def at(told: ReportView) -> Point:
    return told.points[FORMS[told.form].point]


def id_as(told: ReportView, text: str) -> dict[str, Any]:
    return {FORMS[told.form].id: text}


def outline_as(polygons: list[Polygon]) -> dict[str, Any]:
    return {"polygons": {"polygon_points": polygons}}


def field_of(told: ReportView) -> Polygon:
    return told.polygons["polygon_points"][0]


def bow_tie(told: ReportView) -> Polygon:
    a, b, c, d = list(field_of(told).exterior.coords)[:4]
    return Polygon([a, c, b, d])


POINTED = frozenset(
    f for f, e in FORMS.items() if e.point and f not in ("victim", "victim_assistance")
)
LIKE_FORMS = POINTED - AREA_FORMS
BLANKS = {
    "accident": "accident_date",
    "victim": "gender",
    "victim_assistance": "assistance_type",
    "eore": "start_date",
    "cha": "status",
    "cmrs": "survey_boxes",
    "eod_spot": "status",
    "land_release": "release_type",
    "clearance_progress": "cleared_area",
}
UNUSUAL = {
    "accident": ("impact", ["volcano"]),
    "victim": ("activity_at_time", "flying"),
    "victim_assistance": ("local_partners", ["nobody"]),
    "eore": ("campaign_level", "planet"),
    "cha": ("land_use", "casino"),
    "cmrs": ("survey_method", "method_v9"),
    "eod_spot": ("land_use", "casino"),
    "land_release": ("method", ["hoping"]),
    "clearance_progress": ("method", ["hoping"]),
}

GENERIC = (
    of("answer_mandatory", ALL, "blank", lambda v: {BLANKS[v.form]: None}),
    of("answer_mandatory", ALL, "place", lambda v: {"commune": None}),
    of("choice_unlisted", ALL, "choice", lambda v: dict([UNUSUAL[v.form]])),
    of("commune_unknown", ALL, "place", lambda v: {"commune": "00000"}),
    of("date_future", ALL, "date", lambda v: {FORMS[v.form].dated_by: TODAY + DAY}),
    of("id_pattern", ALL, "id", lambda v: id_as(v, v.record_id.replace("409", "4O9", 1))),
    of("id_province", ALL, "id", lambda v: id_as(v, v.record_id.replace("409", "410", 1))),
    of("telephone_in_text", ALL, "text", lambda v: {"additional_information": "Gọi 0912 345 678"}),
    of("correction_unknown", ALL, "correction", lambda v: {"correction_of": "BC-2026-999999"}),
    of_shape("answer_unreadable", ALL, "problem", lambda v: {"problems": ("village",)}),
    of_shape("form_retired", ALL, "version", lambda v: {"form_retired": True}),
    of_shape("edit_unknown", ALL, "edit", lambda v: {"edit_of_unknown": True}),
    of_shape("instance_twice", ALL, "twin", lambda v: {"twins": ("BC-2026-000007",)}),
    of_shape("file_refused", ALL, "files", lambda v: {"refused_files": ("x.html",)}),
    of_shape("report_late", ALL, "received", lambda v: {"received_on": TODAY + 90 * DAY}),
    of_shape("axes_swapped", POINTED, "point", lambda v: main_point(v, Point(at(v).y, at(v).x))),
    of_shape("zone_slip", POINTED, "point", lambda v: main_point(v, Point(at(v).x + 6, at(v).y))),
    of_shape("outside_province", POINTED, "point", lambda v: main_point(v, Point(103.5, 12.0))),
    of_shape(
        "commune_differs",
        POINTED - AREA_FORMS,
        "point place items",
        lambda v: main_point(v, Point(106.5, 17.0)),
    ),
    of_facts(
        "id_undecided_twice",
        ALL,
        "twice",
        lambda v, f: replace(f, undecided=(KnownReport("BC-1", None, "received"),)),
    ),
    of_facts(
        "date_before_known",
        ALL,
        "known date dates",
        lambda v, f: replace(f, approved=(KnownReport("BC-1", TODAY, "approved"),)),
    ),
    of_facts(
        "report_like_another",
        LIKE_FORMS,
        "point like",
        lambda v, f: replace(f, like=(LikeReport("BC-1", "X", "", "", at(v)),)),
    ),
)

ITEMS = (
    of("item_quantity", ITEM_FORMS, "items", lambda v: first_item(v, quantity=0)),
    of("item_model_unknown", ITEM_FORMS, "items", lambda v: first_item(v, model="blu_99")),
    of("item_depth", ITEM_FORMS, "items", lambda v: first_item(v, depth=4000.0)),
    of("item_many", ITEM_FORMS, "items", lambda v: first_item(v, quantity=900)),
    of(
        "item_twice",
        ITEM_FORMS,
        "items",
        lambda v: {"found_items": [*v.rows["found_items"], *v.rows["found_items"]]},
    ),
    of(
        "item_nowhere",
        ITEM_FORMS,
        "items",
        lambda v: first_item(v, position=None, geolink=None),
    ),
    of(
        "item_link_unknown",
        ITEM_FORMS,
        "items",
        lambda v: first_item(v, geolink="EV099"),
    ),
)

AREAS = (
    of_shape("polygon_missing", AREA_FORMS, "outline area", lambda v: {"polygons": {}}),
    of_shape("polygon_invalid", AREA_FORMS, "outline area", lambda v: outline_as([bow_tie(v)])),
    of_shape(
        "axes_swapped", AREA_FORMS, "outline area", lambda v: outline_as([swapped(field_of(v))])
    ),
    of_shape(
        "polygon_twice",
        AREA_FORMS,
        "outline area",
        lambda v: outline_as([field_of(v), field_of(v)]),
    ),
    of_shape(
        "polygon_single",
        "land_release",
        "outline",
        lambda v: outline_as([field_of(v), translate(field_of(v), 0.02)]),
    ),
    of("area_units", "cha", "area", lambda v: {"area_size": v.answers["area_size"] / 1e4}),
    of("area_differs", "cha", "area", lambda v: {"area_size": v.answers["area_size"] * 1.3}),
    of("date_order", "cha", "dates", lambda v: {"identification_date": TODAY}),
    of("evidence_direct", "cha", "items", lambda v: {"evidence_points": [], "found_items": []}),
    of(
        "evidence_id",
        "cha",
        "items",
        lambda v: {"evidence_points": [{**v.rows["evidence_points"][0], "point_id": "E1"}]},
    ),
    of("closed_unreleased", "cha", "choice blank", lambda v: {"status": "closed"}),
    of("percent_range", "cha", "percent", lambda v: {"accessibility_percentage": 120}),
    of(
        "cleared_too_large",
        "land_release",
        "area",
        lambda v: {"cleared_area": v.answers["cleared_area"] * 1.5},
    ),
    of("pockets_missing", "land_release", "pockets", lambda v: {"uncleared_pockets": []}),
    of("completion_percent", "land_release", "percent", lambda v: {"release_completion": 60}),
    of("suspension_reason", "land_release", "choice id", lambda v: {"status": "suspended"}),
    of("item_too_deep", "land_release", "items", lambda v: first_item(v, depth=80.0)),
    of("date_order", "land_release", "dates", lambda v: {"start_date": TODAY}),
    of_facts(
        "cleared_before",
        "land_release",
        "outline",
        lambda v, f: replace(f, released=(("HR-CLC-409-500001", 1e5),)),
    ),
    of_facts(
        "progress_sum_differs",
        "land_release",
        "area id choice blank",
        lambda v, f: replace(
            f,
            known=(
                *f.known,
                KnownRecord(
                    "HR-CLP-409-600001",
                    "clearance_progress",
                    TODAY,
                    {"clearance_id": v.record_id, "cleared_area_m2": 1000.0},
                ),
            ),
        ),
    ),
)

PEOPLE = (
    of("date_order", "accident", "dates", lambda v: {"accident_date": TODAY}),
    of("victim_list_differs", "accident", "count", lambda v: {"persons_involved": 1}),
    of("accident_nobody", "accident", "count", lambda v: {"persons_involved": 0}),
    of("accident_cause_missing", "accident", "cause", lambda v: {"ordnance_types": []}),
    of(
        "victim_listed_apart",
        "accident",
        "victims",
        lambda v: {"victim_list": [{"victim_id": "VIC-409-699999-01"}]},
    ),
    of("other_unnamed", "accident", "choice", lambda v: {"accident_area_type": "other"}),
    of_facts(
        "parent_unknown", "victim victim_assistance", "family id", lambda v, f: replace(f, known=())
    ),
    of("age_implausible", "victim", "age", lambda v: {"age_at_accident": 1990}),
    of("activity_and_age", "victim", "age choice", lambda v: {"age_at_accident": 3}),
    of("outcome_contradicts", "victim", "outcome", lambda v: {"killed_or_injured": "killed"}),
    of("injuries_missing", "victim", "outcome", lambda v: {"injuries": None}),
    of("answer_expected", "victim", "name", lambda v: {"full_name": None}),
    of("other_unnamed", "victim", "choice age", lambda v: {"activity_at_time": "other"}),
    of_facts(
        "before_accident",
        "victim victim_assistance",
        "family id date dates",
        lambda v, f: replace(
            f, known=tuple(replace(k, values={"accident_date": "2026-11-23"}) for k in f.known)
        ),
    ),
    of("currency_missing", "victim_assistance", "money", lambda v: {"currency": None}),
    of("amount_odd", "victim_assistance", "money", lambda v: {"amount": 500}),
    of("amount_negative", "victim_assistance", "money", lambda v: {"amount": -5}),
    of(
        "other_unnamed", "victim_assistance", "choice blank", lambda v: {"assistance_type": "other"}
    ),
)

NOBODY = dict.fromkeys(
    ("participants_men", "participants_women", "participants_boys", "participants_girls"), 0
)

WORK = (
    of("participants_none", "eore", "count", lambda v: dict(NOBODY)),
    of("participants_part", "eore", "part count", lambda v: {"participants_ethnic": 900}),
    of("participants_many", "eore", "count", lambda v: {"participants_women": 2000}),
    of(
        "pupils_missing",
        "eore",
        "count choice",
        lambda v: {
            "target_population": ["primary_school"],
            "participants_boys": 0,
            "participants_girls": 0,
        },
    ),
    of("informants_many", "eore", "informants", lambda v: {"informants_total": 800}),
    of("id_alias", "eore", "id", lambda v: id_as(v, f"HR-{v.record_id}")),
    of("date_order", "eore cmrs", "dates", lambda v: {"start_date": TODAY}),
    of("boxes_file_name", "cmrs", "blank", lambda v: {"survey_boxes": "boxes.rar"}),
    of("survey_area", "cmrs", "area", lambda v: {"surveyed_area_total": 12.0}),
    of("survey_unfinished", "cmrs", "choice", lambda v: {"status": "ongoing"}),
    of("id_alias", "cmrs", "id blank", lambda v: id_as(v, "TS-409-1234")),
    of("eod_closed_unanswered", "eod_spot", "dates", lambda v: {"respond_date": None}),
    of("eod_closed_empty", "eod_spot", "items", lambda v: {"found_items": []}),
    of("eod_not_destroyed", "eod_spot", "disposal", lambda v: {"disposal_date": None}),
    of("eod_open_disposed", "eod_spot", "blank disposal", lambda v: {"status": "open"}),
    of("eod_cleared_large", "eod_spot", "area", lambda v: {"cleared_area": 90_000.0}),
    of("date_order", "eod_spot", "dates disposal", lambda v: {"tasking_date": TODAY}),
    of(
        "item_far",
        "eod_spot",
        "items point",
        lambda v: first_item(v, position=Point(at(v).x + 0.01, at(v).y)),
    ),
    of("progress_month", "clearance_progress", "dates", lambda v: {"start_date": _earlier(v)}),
    of("progress_area", "clearance_progress", "blank", lambda v: {"cleared_area": 900_000.0}),
    of("cha_ids_unknown", "clearance_progress", "areas", lambda v: {"cha_ids": "HAZ-409-600777"}),
    of("item_too_deep", "clearance_progress", "items", lambda v: first_item(v, depth=80.0)),
    of_facts(
        "progress_after_completion",
        "clearance_progress",
        "clearance",
        lambda v, f: replace(f, known=(*f.known, _completed(v))),
    ),
)


def _earlier(told: ReportView) -> dt.date:
    return told.answers["start_date"] - 40 * DAY


def _completed(told: ReportView) -> KnownRecord:
    values = {"reported_status": "completed", "end_date": "2026-01-01"}
    return KnownRecord(told.answers["clearance_id"], "land_release", TODAY, values)


FAULTS = (*GENERIC, *ITEMS, *AREAS, *PEOPLE, *WORK)
