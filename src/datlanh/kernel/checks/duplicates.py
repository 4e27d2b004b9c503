"""Reports and shapes that say a thing twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from shapely.geometry import Point

from datlanh.kernel import geometry
from datlanh.kernel.checks.parts import (
    ALL,
    AREA_FORMS,
    EVIDENCE,
    FORMS,
    GEOCHECK,
    ITEM_FORMS,
    LAND_RELEASE,
    POLYGON,
    SOP,
    VICTIM,
    outline,
    place,
    whole,
)
from datlanh.kernel.rules import Facts, Hit, LikeReport, ReportView, Rule, Severity
from datlanh.kernel.text import Text

DUPLICATES = f"{SOP}, §6.2 (p. 10): duplicate data"


def like_another(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if view.supersedes or view.date_of_information is None:
        return
    limit = facts.setting("duplicate_distance_m")
    same = [o for o in facts.reports_like(view) if _same_place(view, o, limit)]
    if same:
        shown = ", ".join(f"{o.receipt} ({o.record_id})" for o in same[:3])
        values = {"count": len(same), "others": shown, "date": view.date_of_information}
        yield Hit(FORMS[view.form].id, values)


def _same_place(view: ReportView, other: LikeReport, limit: float) -> bool:
    team = str(view.answers.get(FORMS[view.form].team) or "").strip().casefold()
    if team and other.team and team != other.team.strip().casefold():
        return False
    here = place(view)
    if here is not None and other.at is not None and geometry.on_globe(other.at):
        return geometry.distance_m(here, other.at) <= limit
    village = str(view.answers.get("village") or "").strip().casefold()
    return bool(village) and village == other.village.strip().casefold()


def polygon_twice(view: ReportView, facts: Facts) -> Iterator[Hit]:
    shapes = [p for p in view.polygons.get(POLYGON, ()) if not p.is_empty]
    for (i, a), (j, b) in combinations(enumerate(shapes, 1), 2):
        if a.normalize().equals_exact(b.normalize(), 1e-9):
            yield Hit(POLYGON, {"one": i, "other": j}, None, Point(a.exterior.coords[0]))


def point_twice(view: ReportView, facts: Facts) -> Iterator[Hit]:
    seen: dict[tuple[float, float], int] = {}
    for row, point in enumerate(view.rows.get(EVIDENCE, ())):
        at = point.get("position")
        if not isinstance(at, Point) or at.is_empty:
            continue
        key = (round(at.x, 5), round(at.y, 5))
        if key in seen:
            values = {"number": row + 1, "first": seen[key] + 1}
            yield Hit(f"{EVIDENCE}.position", values, row, at)
        seen.setdefault(key, row)


def cleared_before(view: ReportView, facts: Facts) -> Iterator[Hit]:
    area = outline(view)
    if area is None:
        return
    share = facts.setting("cleared_again")
    whole_area = geometry.area_m2(area)
    for local_id, common in facts.cleared_under(view):
        if local_id != view.record_id and whole_area and common > share * whole_area:
            percent = round(100 * common / whole_area, 1)
            yield Hit(POLYGON, {"id": local_id, "common": whole(common), "percent": percent})


RULES = (
    Rule(
        key="report_like_another",
        severity=Severity.WARN,
        title=Text(
            "Không trùng với báo cáo khác cùng nơi, cùng ngày",
            "No other report of the same place and day",
        ),
        message=Text(
            "Ngày {date}, tại cùng nơi, đã có {count} báo cáo khác: {others}.",
            "For {date} and the same place there is/are {count} other report(s): {others}.",
        ),
        advice=Text(
            "Nếu là một hoạt động được gửi với hai mã, rút lại một báo cáo; nếu là hai hoạt động, "
            "không cần sửa.",
            "If one activity was sent under two ids, withdraw one report; if they are two, nothing "
            "needs to be changed.",
        ),
        source=DUPLICATES,
        forms=ALL - VICTIM,
        look=like_another,
        settings=("duplicate_distance_m",),
    ),
    Rule(
        key="polygon_twice",
        severity=Severity.BLOCK,
        title=Text("Không có khoanh vùng lặp lại", "No polygon stands twice"),
        message=Text(
            "Phần {one} và phần {other} là cùng một khoanh vùng.",
            "Part {one} and part {other} are the same polygon.",
        ),
        advice=Text("Xóa phần {other}.", "Delete part {other}."),
        source=f"{GEOCHECK} (duplicate polygons)",
        forms=AREA_FORMS,
        look=polygon_twice,
    ),
    Rule(
        key="evidence_point_twice",
        severity=Severity.WARN,
        title=Text("Không có điểm bằng chứng lặp lại", "No evidence point stands twice"),
        message=Text(
            "Điểm bằng chứng thứ {number} có cùng tọa độ với điểm thứ {first}.",
            "Evidence point number {number} has the coordinates of number {first}.",
        ),
        advice=Text(
            "Xóa một điểm; nhiều vật nổ trong một chỗ rất hẹp dùng chung một điểm.",
            "Delete one of the two; many items in a very small place share one point.",
        ),
        source=f"{GEOCHECK} (duplicate points); {SOP}, definitions (p. 3)",
        forms=ITEM_FORMS,
        look=point_twice,
    ),
    Rule(
        key="cleared_before",
        severity=Severity.WARN,
        title=Text("Đất chưa được giải phóng trước đó", "The land was not released before"),
        message=Text(
            "{common} m² ({percent} %) của khoanh vùng đã được giải phóng trong {id}.",
            "{common} m² ({percent} %) of the polygon were released by {id} already.",
        ),
        advice=Text(
            "Kiểm tra báo cáo trùng; nếu phải rà lại, ghi lý do trong phần bổ sung.",
            "Look for a report sent twice; if the land was cleared again, give the reason in the "
            "notes.",
        ),
        source="IMAS 07.11: each square metre is released once",
        forms=LAND_RELEASE,
        look=cleared_before,
        settings=("cleared_again",),
    ),
)
