"""Reports without fault, as rules see them, for tests to spoil one answer at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from shapely.geometry import Point, Polygon, box

from datlanh.kernel.geometry import area_m2
from datlanh.kernel.rules import ReportView

Rows = dict[str, list[Mapping[str, Any]]]

FIELD = box(107.200, 16.700, 107.205, 16.705)  # some 29 ha, in the eastern commune
POCKET = box(107.201, 16.701, 107.202, 16.702)
MIDDLE = Point(107.2025, 16.7025)


def cha(**changes: Any) -> ReportView:
    """A confirmed hazardous area; see `spoiled` for what changes may name."""
    answers = {
        "cha_id": "HAZ-409-600001",
        "identification_date": dt.date(2026, 10, 1),
        "assessment_date": dt.date(2026, 10, 5),
        "operations_manager_date": dt.date(2026, 10, 6),
        "information_manager_date": dt.date(2026, 10, 7),
        "status": "open",
        "organisation": "npa",
        "survey_organisation": "npa",
        "survey_method": "method_v3",
        "land_use": "agricultural",
        "commune": "19002",
        "village": "Thôn Bãi",
        "area_size": round(area_m2(FIELD)),
        "accessibility_percentage": 100,
    }
    rows: Rows = {
        "evidence_points": [
            {"point_id": "EV001", "evidence_kind": "direct", "position": MIDDLE},
        ],
        "found_items": [
            {"quantity": 3, "model": "blu_26", "depth": 5.0, "geolink": "EV001"},
        ],
    }
    base = ReportView(
        form="cha",
        report_id="FR-HAZ-409-600001",
        record_id="HAZ-409-600001",
        organisation="npa",
        answers=answers,
        points={"coordinates": Point(107.2, 16.7)},
        polygons={"polygon_points": [FIELD]},
        rows=rows,
        date_of_information=dt.date(2026, 10, 7),
        received_on=dt.date(2026, 10, 8),
    )
    return spoiled(base, **changes)


def release(**changes: Any) -> ReportView:
    """A completed land release with one uncleared pocket."""
    answers = {
        "lr_id": "HR-CLC-409-600007",
        "start_date": dt.date(2026, 9, 1),
        "end_date": dt.date(2026, 10, 1),
        "operations_manager_date": dt.date(2026, 10, 2),
        "reported_by_date": dt.date(2026, 10, 2),
        "release_type": "post_clearance",
        "status": "completed",
        "reporting_organisation": "npa",
        "reporting_team": "bac_1",
        "method": ["battle_area_clearance"],
        "clearance_depth": 30.0,
        "commune": "19002",
        "village": "Thôn Bãi",
        "cleared_area": round(area_m2(FIELD) - area_m2(POCKET)),
        "uncleared_area": round(area_m2(POCKET)),
        "release_completion": 100,
    }
    rows: Rows = {
        "evidence_points": [],
        "found_items": [
            {"quantity": 1, "model": "blu_26", "depth": 12.0, "position": MIDDLE},
        ],
        "uncleared_pockets": [{"pocket_outline": [POCKET]}],
    }
    base = ReportView(
        form="land_release",
        report_id="FR-HR-CLC-409-600007",
        record_id="HR-CLC-409-600007",
        organisation="npa",
        answers=answers,
        points={"coordinates": Point(107.2, 16.7)},
        polygons={"polygon_points": [FIELD]},
        rows=rows,
        date_of_information=dt.date(2026, 10, 1),
        received_on=dt.date(2026, 10, 3),
    )
    return spoiled(base, **changes)


def spoiled(view: ReportView, **changes: Any) -> ReportView:
    """The report with other answers, or other fields of `ReportView`.

    `polygon=` one ring or Polygon, `polygons=` several, `point=` the reference point,
    `record_id=` sets the report id along; a name of a repeat sets its rows.
    """
    values = dict(vars(view))
    values["answers"], values["rows"] = dict(view.answers), dict(view.rows)
    for name, value in changes.items():
        match name:
            case "polygon":
                values["polygons"] = {"polygon_points": [Polygon(value)]}
            case "polygons":
                values["polygons"] = {"polygon_points": list(value)}
            case "point":
                values["points"] = {"coordinates": value}
            case "record_id":
                values |= {"record_id": value, "report_id": f"FR-{value}" if value else ""}
            case _ if name in values:
                values[name] = value
            case _ if name in view.rows:
                values["rows"][name] = value
            case _:
                values["answers"][name] = value
    return ReportView(**values)
