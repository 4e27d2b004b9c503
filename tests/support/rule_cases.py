"""Reports about areas under each rule: one it objects to and one it lets pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from shapely.affinity import translate
from shapely.geometry import Point, Polygon, box

from datlanh.kernel.checks import RULES
from datlanh.kernel.geometry import area_m2, swapped
from datlanh.kernel.rules import KnownReport, ReportView, Severity
from support.facts import EAST, OPERATOR, WEST, FakeFacts
from support.views import FIELD, MIDDLE, POCKET, cha, release

BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO
AREA = area_m2(FIELD)
OCTOBER = dt.date(2026, 10, 20)


@dataclass(frozen=True)
class Case:
    """One report under one rule: the severities of its findings, () when it passes."""

    rule: str
    view: ReportView
    finds: tuple[Severity, ...] = ()
    facts: FakeFacts | None = None
    says: str = ""  # a piece of the English sentence


def fails(
    rule: str,
    view: ReportView,
    *finds: Severity,
    facts: FakeFacts | None = None,
    says: str = "",
) -> Case:
    return Case(rule, view, finds or (RULES[rule].severity,), facts, says)


def passes(rule: str, view: ReportView, facts: FakeFacts | None = None) -> Case:
    return Case(rule, view, (), facts)


def items(*rows: dict[str, object]) -> list[dict[str, object]]:
    full = {"quantity": 1, "model": "blu_26", "depth": 5.0, "geolink": "EV001"}
    return [{**full, **row} for row in rows]


def evidence(*rows: dict[str, object]) -> list[dict[str, object]]:
    full = {"point_id": "EV001", "evidence_kind": "direct", "position": MIDDLE}
    return [{**full, **row} for row in rows]


CLOUDY = FakeFacts(outlines={replace(WEST, approximate=True): box(106, 16, 107, 18), EAST: FIELD})
KNOWN = FakeFacts(records=frozenset({"HAZ-409-600001"}))
EARLIER = KnownReport("R-0007", OCTOBER, "approved")
BOW_TIE = [(107.2, 16.7), (107.205, 16.705), (107.205, 16.7), (107.2, 16.705)]
SPIKE = [(107.2, 16.7), (107.205, 16.7), (107.205, 16.705), (107.205, 16.709), (107.205, 16.705)]
HAIR = [(107.2, 16.7), (107.205, 16.7), (107.208, 16.703), (107.205, 16.700004), (107.205, 16.705)]
FAR = [(107.2, 16.7), (107.202, 16.7), (107.222, 16.702), (107.2, 16.702)]
HAIRLINE = box(107.2, 16.7, 107.205, 16.700005)
STRADDLING = box(106.996, 16.7, 107.002, 16.702)

AREA_CASES: tuple[Case, ...] = (
    fails("polygon_spike", cha(polygon=HAIR), says="point 3"),
    passes("polygon_spike", cha()),
    fails("polygon_thin", cha(polygon=HAIRLINE)),
    passes("polygon_thin", cha()),
    fails("polygon_far_point", cha(polygon=FAR), says="point 3"),
    passes("polygon_far_point", cha()),
    fails("place_mistyped", cha(point=Point(7.2, 16.7)), says="“10” is missing"),
    fails("place_mistyped", cha(point=Point(107.2, -16.7)), says="hemisphere"),
    passes("place_mistyped", cha(point=Point(16.7, 107.2))),
    passes("place_mistyped", cha()),
    fails("area_on_area", cha(), facts=FakeFacts(areas=(("HAZ-409-600009", FIELD),))),
    passes("area_on_area", cha(), FakeFacts(areas=(("HAZ-409-600009", HAIRLINE),))),
    passes("area_on_area", cha()),
    fails("answer_unreadable", cha(problems=("area_size",)), says="“Area size”"),
    fails("answer_unreadable", cha(problems=("found_items/2/depth",)), says="“Depth”"),
    passes("answer_unreadable", cha()),
    fails("answer_mandatory", cha(commune=""), says="“Commune”"),
    fails("answer_mandatory", cha(cha_id=None, status=[]), BLOCK, BLOCK),
    fails("answer_mandatory", release(cleared_area=None)),
    passes("answer_mandatory", release(cleared_area=0)),
    passes("answer_mandatory", cha(identification_date=None, problems=("identification_date",))),
    passes("answer_mandatory", cha(status=None), KNOWN),
    fails("answer_mandatory", cha(commune=None), facts=KNOWN),
    fails("answer_expected", cha(land_use=None)),
    passes("answer_expected", cha(land_use=None), KNOWN),
    fails("answer_expected", cha(points={}), says="reference point"),
    passes("answer_expected", cha()),
    fails("form_unknown", cha(form_known=False), says="cannot be read"),
    fails("form_unknown", cha(form="eod_spot", form_known=False)),
    passes("form_unknown", cha()),
    fails("form_retired", cha(form_retired=True), says="retired"),
    passes("form_retired", cha()),
    fails("file_refused", cha(refused_files=("trang.html",)), says="“trang.html”"),
    passes("file_refused", cha()),
    fails("edit_unknown", cha(edit_of_unknown=True)),
    passes("edit_unknown", cha()),
    fails("instance_twice", cha(twins=("BC-2026-000007",)), says="BC-2026-000007"),
    passes("instance_twice", cha()),
    fails("correction_unknown", cha(correction_of="BC-2026-9"), says="“BC-2026-9”"),
    passes("correction_unknown", cha(correction_of="BC-2026-000009", supersedes=True)),
    fails("village_missing", cha(village=None)),
    passes("village_missing", cha()),
    fails("percent_range", cha(accessibility_percentage=101)),
    fails("percent_range", release(release_completion=-1)),
    passes("percent_range", cha(accessibility_percentage=0)),
    fails("amount_negative", cha(area_size=-5.0)),
    passes("amount_negative", release(uncleared_area=0)),
    fails("suspension_reason", release(status="suspended")),
    passes(
        "suspension_reason",
        release(status="suspended", suspension_cancellation_reasons="Lũ lụt"),
    ),
    fails("completion_percent", release(release_completion=80)),
    passes("completion_percent", release(status="suspended", release_completion=80)),
    fails("id_pattern", cha(record_id="haz-409-6OOO01"), says="haz-409"),
    fails("id_pattern", cha(record_id="HAZ-409-60001")),
    passes("id_pattern", cha()),
    fails("id_province", cha(record_id="HAZ-410-600001"), says="409"),
    passes("id_province", cha(record_id="HAZ 410 600001")),
    fails("id_prefix", cha(record_id="HR-CLC-409-600001")),
    fails("id_prefix", release(status="suspended"), says="takes HR-CLS"),
    passes("id_prefix", release(record_id="HR-CLS-409-600007", status="suspended")),
    fails("id_range", cha(record_id="HAZ-409-500001"), says="600000–699999"),
    fails(
        "id_range",
        cha(record_id="HAZ-409-500001"),
        WARN,
        facts=FakeFacts(records=frozenset({"HAZ-409-500001"})),
    ),
    passes("id_range", cha(record_id="HAZ-409-699999")),
    passes(
        "id_range",
        cha(record_id="HAZ-409-500001"),
        FakeFacts(operators=(replace(OPERATOR, range_first=None),)),
    ),
    fails("id_undecided_twice", cha(), facts=FakeFacts(undecided=(EARLIER,)), says="R-0007"),
    passes("id_undecided_twice", cha()),
    fails("id_updates", cha(), facts=FakeFacts(records=frozenset({"HAZ-409-600001"}))),
    passes("id_updates", cha()),
    fails("cha_ids_unknown", release(cha_ids="HAZ-409-600001 HAZ-409-600009"), facts=KNOWN),
    passes("cha_ids_unknown", release(cha_ids="HAZ-409-600001"), KNOWN),
    fails("shape_id_differs", release(internal_id="LR-7", shape_id="LR-8")),
    passes("shape_id_differs", release(internal_id="LR-7", shape_id="LR-7 ")),
    fails("date_future", cha(assessment_date=dt.date(2026, 11, 24)), says="24/11/2026"),
    passes("date_future", cha(assessment_date=dt.date(2026, 11, 23))),
    fails("date_future", cha(rows={"photos": [{"taken": dt.date(2027, 1, 1)}]}), says="taken"),
    fails("date_order", release(start_date=OCTOBER), says="20/10/2026"),
    fails("date_order", cha(identification_date=OCTOBER), BLOCK, BLOCK, BLOCK),
    passes("date_order", release(start_date=dt.date(2026, 10, 1))),
    passes("date_order", release(start_date=None)),
    fails("date_before_known", cha(), facts=FakeFacts(approved=(EARLIER,)), says="20/10/2026"),
    passes("date_before_known", cha(supersedes=True), FakeFacts(approved=(EARLIER,))),
    passes("date_before_known", cha(date_of_information=OCTOBER), FakeFacts(approved=(EARLIER,))),
    fails("axes_swapped", cha(point=Point(16.7, 107.2))),
    fails("axes_swapped", cha(polygon=swapped(FIELD)), says="“Polygon points”"),
    fails("axes_swapped", cha(evidence_points=evidence({"position": Point(16.7, 107.2)}))),
    passes("axes_swapped", cha(point=Point(100.0, 10.0))),
    fails("outside_province", cha(point=Point(105.9, 16.7)), says="105.9"),
    fails("outside_province", cha(polygon=translate(FIELD, yoff=1.2985))),
    passes("outside_province", cha(point=Point(16.7, 107.2))),
    fails("commune_unknown", cha(commune="00000")),
    passes("commune_unknown", cha()),
    fails("commune_differs", cha(commune="19001"), says="xã Bãi Đông"),
    fails("commune_differs", cha(commune="19001"), WARN, facts=CLOUDY),
    fails("commune_differs", cha(commune="19002", polygon=STRADDLING), INFO),
    fails("commune_differs", cha(commune="19001", polygons=())),
    passes("commune_differs", cha()),
    passes("commune_differs", cha(commune="19001", polygon=STRADDLING)),
    fails("reference_far", cha(point=Point(107.25, 16.7)), says="limit 1,000 m"),
    passes("reference_far", cha(point=Point(107.209, 16.7))),
    passes("reference_far", cha(point=Point(16.7, 107.2))),
    fails("polygon_missing", cha(polygons=())),
    passes("polygon_missing", cha(polygons=()), KNOWN),
    passes("polygon_missing", cha(polygons=(), problems=("polygon_points",))),
    fails("polygon_points", cha(polygon=[(107.2, 16.7), (107.3, 16.7), (107.2, 16.7)])),
    passes("polygon_points", cha(polygon=[(107.2, 16.7), (107.3, 16.7), (107.2, 16.8)])),
    fails("polygon_invalid", cha(polygon=BOW_TIE), says="crosses itself"),
    fails("polygon_invalid", cha(polygon=SPIKE), says="spike"),
    fails("polygon_invalid", cha(polygon=[(107, 16), (107.1, 16.1), (107.2, 16.2)]), says="line"),
    fails("polygon_invalid", cha(polygon=[(107, 16), (107, 95), (108, 95)]), says="90°"),
    passes("polygon_invalid", cha(polygon=swapped(FIELD))),
    passes("polygon_invalid", cha(polygon=[(107.2, 16.7), (107.3, 16.7), (107.2, 16.7)])),
    fails(
        "polygon_repeated_point",
        cha(polygon=[(107.2, 16.7), (107.21, 16.7), (107.21, 16.7), (107.2, 16.71)]),
        says="point number 3",
    ),
    passes("polygon_repeated_point", cha(polygon=[*FIELD.exterior.coords, (107.205, 16.7)][:-1])),
    fails("polygon_gap", cha(polygon=box(107.2, 16.7, 107.25, 16.71)), says="5,000 m"),
    passes("polygon_gap", cha(polygon=box(107.2, 16.7, 107.24, 16.71))),
    fails("polygon_single", release(polygons=(FIELD, translate(FIELD, 0.01)))),
    passes("polygon_single", cha(polygons=(FIELD, translate(FIELD, 0.01)))),
    passes(
        "polygon_single",
        release(polygons=(FIELD, translate(FIELD, 0.01))),
        FakeFacts(exceptions=frozenset({("FR-HR-CLC-409-600007", "polygon_single")})),
    ),
    fails("polygon_parts_overlap", cha(polygons=(FIELD, translate(FIELD, 0.0049)))),
    passes("polygon_parts_overlap", cha(polygons=(FIELD, translate(FIELD, 0.00499)))),
    fails(
        "pocket_outside",
        release(uncleared_pockets=[{"pocket_outline": [translate(POCKET, 0.0035)]}]),
        says="pocket 1",
    ),
    passes("pocket_outside", release()),
    passes("pocket_outside", release(uncleared_pockets=[{"pocket_outline": [Polygon(BOW_TIE)]}])),
    passes(
        "pocket_outside",  # the common edge was rounded to five decimals
        release(uncleared_pockets=[{"pocket_outline": [translate(POCKET, 0.003004)]}]),
    ),
    fails("area_units", cha(area_size=round(AREA / 1e4, 1)), says="hectares"),
    fails("area_units", cha(area_size=AREA / 1e3), says="thousands mark"),
    fails("area_units", cha(area_size=AREA * 1e4), says="10,000 times too large"),
    fails("area_units", release(cleared_area=0.6 * AREA / 1e4), says="hectares"),
    passes("area_units", cha(area_size=AREA * 2)),
    fails("area_differs", cha(area_size=AREA * 1.06), WARN, says="6 %"),
    fails("area_differs", cha(area_size=AREA * 0.79), BLOCK),
    passes("area_differs", cha(area_size=AREA * 1.049)),
    passes("area_differs", cha(area_size=AREA / 1e4)),  # told by area_units
    passes(
        "area_differs",  # 11 m × 11 m: five decimals explain a fifth of it
        cha(polygon=box(107.2, 16.7, 107.2001, 16.7001), area_size=140),
    ),
    fails("cleared_too_large", release(cleared_area=AREA * 1.02), WARN),
    fails("cleared_too_large", release(cleared_area=AREA * 1.3), BLOCK),
    passes("cleared_too_large", release(cleared_area=AREA + 1000)),
    fails("uncleared_differs", release(uncleared_area=20000)),
    passes("uncleared_differs", release(uncleared_pockets=[])),
    fails("pockets_missing", release(uncleared_pockets=[])),
    passes("pockets_missing", release(uncleared_pockets=[], uncleared_area=0)),
    fails("evidence_id", cha(evidence_points=evidence({"point_id": "E1"}))),
    passes("evidence_id", cha()),
    fails("evidence_id_twice", cha(evidence_points=evidence({}, {"point_id": " ev001"}))),
    passes("evidence_id_twice", cha(evidence_points=evidence({}, {"point_id": "EV002"}))),
    fails(
        "evidence_outside",
        cha(evidence_points=evidence({"position": Point(107.206, 16.702)})),
        says="EV001",
    ),
    passes("evidence_outside", cha(evidence_points=evidence({"position": Point(107.2, 16.7)}))),
    passes(
        "evidence_outside",  # told by axes_swapped
        cha(evidence_points=evidence({"position": Point(16.7, 107.2)})),
    ),
    passes(
        "evidence_outside",
        cha(evidence_points=evidence({"position": Point(16.702, 17.2)}), polygons=()),
    ),
    passes(
        "evidence_outside",
        cha(evidence_points=evidence({"position": Point(107.205005, 16.702)})),
    ),
    fails("evidence_direct", cha(evidence_points=[], found_items=[])),
    fails(
        "evidence_direct",
        cha(evidence_points=evidence({"evidence_kind": "indirect"}), found_items=[]),
    ),
    passes("evidence_direct", cha(evidence_points=[], found_items=[]), KNOWN),
    passes("evidence_direct", cha(evidence_points=[])),
    fails("evidence_without_item", cha(found_items=[])),
    passes("evidence_without_item", cha()),
    fails("item_link_unknown", cha(found_items=items({"geolink": "EV009"}))),
    passes("item_link_unknown", cha(rows={"found_items": items({"geolink": "EV009"})})),
    fails("item_nowhere", cha(found_items=items({"geolink": ""}))),
    passes("item_nowhere", release()),
    fails("item_quantity", cha(found_items=items({"quantity": 0}))),
    fails("item_quantity", cha(found_items=items({"quantity": None})), says="empty"),
    passes(
        "item_quantity",
        cha(found_items=items({"quantity": None}), problems=("found_items/1/quantity",)),
    ),
    fails("item_model_unknown", cha(found_items=items({"model": "blu_99"})), says="blu_99"),
    fails("item_model_unknown", cha(found_items=items({"model_other": "Đạn lạ"})), says="Đạn lạ"),
    fails("item_model_unknown", cha(found_items=items({"model": "other"})), says="not named"),
    passes("item_model_unknown", cha()),
    fails("item_too_deep", release(found_items=items({"depth": 36.0})), says="36 cm"),
    fails(
        "item_too_deep",
        release(
            clearance_depth=None,
            clearance_depth_class="d7cm",
            found_items=items({"depth": 13.0}),
        ),
    ),
    passes("item_too_deep", release(found_items=items({"depth": 35.0}))),
    passes("item_too_deep", release(clearance_depth=None, found_items=items({"depth": 99.0}))),
    fails("item_outside", release(found_items=items({"position": Point(107.21, 16.7)}))),
    passes("item_outside", release(found_items=items({"position": Point(107.205, 16.7)}))),
)
