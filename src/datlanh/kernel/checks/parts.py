"""What the checks share: which question of which form holds what, and how it is called.

A hit names a question of a repeat as "found_items.depth", with the row's index from 0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry import MultiPolygon, Point, Polygon

from datlanh.kernel import geometry
from datlanh.kernel.rules import Facts, ReportView
from datlanh.kernel.text import Text

CHA = frozenset({"cha"})
LAND_RELEASE = frozenset({"land_release"})
AREA_FORMS = CHA | LAND_RELEASE

POLYGON = "polygon_points"
POCKETS = "uncleared_pockets"
POCKET = "pocket_outline"
POINT = "coordinates"
EVIDENCE = "evidence_points"
ITEMS = "found_items"

SOP = "SOP 2021"
SOP_IDS = f"{SOP}, App. 01 §1 (pp. 14–17)"
SOP_QUALITY = f"{SOP}, §6.1 (p. 10)"
GEOCHECK = "GICHD geocheck"


@dataclass(frozen=True)
class Expected:
    """One form: its id, and what must and what should be answered.

    A report that updates a record may leave out what has not changed: an empty answer never
    erases. So `new` and `should` count only for a record the register does not know yet.
    """

    id: str
    prefixes: tuple[str, ...]
    must: tuple[str, ...]
    new: tuple[str, ...]
    should: tuple[str, ...]
    in_order: tuple[tuple[str, str], ...]  # (earlier, later), both may be the same day
    dated_by: str  # dates the report as a whole


FORMS: Mapping[str, Expected] = {
    "cha": Expected(
        id="cha_id",
        prefixes=("HAZ",),
        must=("cha_id", "organisation", "commune", "information_manager_date"),
        new=("identification_date", "status"),
        should=("survey_organisation", "area_size", "coordinates", "survey_method", "land_use"),
        in_order=(
            ("identification_date", "assessment_date"),
            ("identification_date", "operations_manager_date"),
            ("identification_date", "information_manager_date"),
            ("operations_manager_date", "information_manager_date"),
        ),
        dated_by="information_manager_date",
    ),
    "land_release": Expected(
        id="lr_id",
        prefixes=("HR-CLC", "HR-CLS"),
        must=("lr_id", "reporting_organisation", "commune", "end_date"),
        new=("start_date", "release_type", "status", "cleared_area"),
        should=("reporting_team", "method", "clearance_depth"),
        in_order=(
            ("start_date", "end_date"),
            ("end_date", "operations_manager_date"),
            ("end_date", "reported_by_date"),
        ),
        dated_by="end_date",
    ),
}

LABELS: Mapping[str, Text] = {
    "accessibility_percentage": Text("Phần trăm tiếp cận", "Percentage of accessibility"),
    "area_size": Text("Diện tích khu vực", "Area size"),
    "assessment_date": Text("Ngày đánh giá", "Assessment date"),
    "assessment_score": Text("Điểm đánh giá", "Assessment score"),
    "category": Text("Nhóm vật nổ", "Category"),
    "cha_id": Text("Mã khu vực KĐNH", "CHA id"),
    "clearance_depth": Text("Độ sâu rà phá", "Clearance depth"),
    "cleared_area": Text("Diện tích thực rà", "Cleared area"),
    "commune": Text("Xã", "Commune"),
    "coordinates": Text("Tọa độ điểm tham chiếu", "Coordinates of the reference point"),
    "depth": Text("Độ sâu", "Depth"),
    "end_date": Text("Ngày kết thúc", "End date"),
    "evidence_kind": Text("Loại bằng chứng", "Kind of evidence"),
    "evidence_points": Text("Điểm bằng chứng", "Evidence points"),
    "fadeout_area": Text("Diện tích rà mở rộng", "Fade-out area"),
    "found_items": Text("Vật nổ tìm thấy", "Items found"),
    "geolink": Text("Geolink", "Geolink"),
    "identification_date": Text("Ngày xác định khu vực", "Identification date"),
    "information_manager_date": Text(
        "Ngày quản lý thông tin xác nhận", "Date verified by information management"
    ),
    "internal_id": Text("Mã nội bộ", "Internal id"),
    "land_use": Text("Mục đích sử dụng đất", "Land use"),
    "lr_id": Text("Mã nhiệm vụ", "Land release id"),
    "method": Text("Phương pháp", "Method"),
    "model": Text("Tên vật nổ", "Model"),
    "organisation": Text("Tổ chức", "Organisation"),
    "operations_manager_date": Text(
        "Ngày quản lý hoạt động xác nhận", "Date verified by operations"
    ),
    "pocket_area": Text("Diện tích phần chưa rà", "Area of an uncleared pocket"),
    "pocket_outline": Text("Ranh giới phần chưa rà", "Outline of an uncleared pocket"),
    "point_id": Text("Mã điểm", "Point id"),
    "polygon_points": Text("Điểm khoanh vùng", "Polygon points"),
    "position": Text("Tọa độ", "Position"),
    "qc_sampling_area": Text("Diện tích kiểm soát chất lượng", "Area of QC sampling"),
    "qc_sampling_depth": Text("Độ sâu kiểm soát chất lượng", "Depth of QC sampling"),
    "quantity": Text("Số lượng", "Quantity"),
    "release_completion": Text("Hoàn thành giải phóng (%)", "Release completion (%)"),
    "release_type": Text("Loại hình giải phóng đất", "Type of land release"),
    "reported_by_date": Text("Ngày báo cáo", "Date of the reporter"),
    "reporting_organisation": Text("Tổ chức báo cáo", "Reporting organisation"),
    "reporting_team": Text("Đội báo cáo", "Reporting team"),
    "start_date": Text("Ngày bắt đầu", "Start date"),
    "status": Text("Tình trạng", "Status"),
    "surface_clearance_area": Text("Diện tích rà quan sát", "Surface clearance area"),
    "survey_method": Text("Phương pháp khảo sát", "Survey method"),
    "survey_organisation": Text("Tổ chức khảo sát", "Survey organisation"),
    "uncleared_area": Text("Diện tích không rà phá được", "Uncleared area"),
    "uncleared_pockets": Text("Các phần chưa rà", "Uncleared pockets"),
}


def label(key: str) -> Text:
    """How a question is called in a sentence; the key itself where it has no name here."""
    return LABELS.get(key.rpartition(".")[2], Text(key, key))


def is_new(view: ReportView, facts: Facts) -> bool:
    """Whether the report is the first about its record."""
    return not (view.record_id and facts.record_exists(view.record_id))


def empty(value: Any) -> bool:
    """Whether an answer says nothing. Zero says something."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def amount(value: Any) -> float | None:
    """A number, or None where the answer is none (text that is no number is a problem)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def whole(value: float) -> int | float:
    """A figure for a sentence: rounded to units from 100 up, else to two decimals."""
    return round(value) if abs(value) >= 100 else round(value, 2)


def outline(view: ReportView) -> Polygon | MultiPolygon | None:
    """The measurable polygons as one geometry, None without one."""
    polygons = geometry.usable(view.polygons.get(POLYGON, ()))
    return geometry.as_one(polygons) if polygons else None


def drawn(view: ReportView) -> Iterator[tuple[str, int | None, Polygon]]:
    """Every polygon of the report as (question, row, polygon), readable or not."""
    for polygon in view.polygons.get(POLYGON, ()):
        yield POLYGON, None, polygon
    for row, pocket in pockets(view):
        yield f"{POCKETS}.{POCKET}", row, pocket


def pockets(view: ReportView) -> Iterator[tuple[int, Polygon]]:
    """Every uncleared pocket with the index of its row."""
    for row, answers in enumerate(view.rows.get(POCKETS, ())):
        for polygon in answers.get(POCKET) or ():
            yield row, polygon


def placed(view: ReportView) -> Iterator[tuple[str, int | None, Point]]:
    """Every single point of the report as (question, row, point)."""
    for key, point in view.points.items():
        yield key, None, point
    for repeat in (EVIDENCE, ITEMS):
        for row, answers in enumerate(view.rows.get(repeat, ())):
            if isinstance(answers.get("position"), Point):
                yield f"{repeat}.position", row, answers["position"]


def dated(view: ReportView) -> Iterator[tuple[str, int | None, dt.date]]:
    """Every date of the report as (question, row, date)."""
    for key, value in view.answers.items():
        if isinstance(value, dt.date):
            yield key, None, value
    for repeat, rows in view.rows.items():
        for row, answers in enumerate(rows):
            for key, value in answers.items():
                if isinstance(value, dt.date):
                    yield f"{repeat}.{key}", row, value


def misplaced(point: Point, facts: Facts) -> bool:
    """Whether the point lies in the province only with its axes exchanged."""
    return not facts.in_province(point) and facts.in_province(Point(point.y, point.x))


def first(polygon: Polygon) -> Point:
    """The first point of the outer ring."""
    return Point(polygon.exterior.coords[0])
