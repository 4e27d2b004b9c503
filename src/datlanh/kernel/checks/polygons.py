"""Polygons: there, readable as an area, and drawn as one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import shapely
from shapely.geometry import Polygon

from datlanh.kernel import geometry
from datlanh.kernel.checks.parts import (
    AREA_FORMS,
    GEOCHECK,
    LAND_RELEASE,
    POCKETS,
    POLYGON,
    SOP,
    drawn,
    first,
    is_new,
    label,
    misplaced,
    outline,
    pockets,
    whole,
)
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

NO_REPAIR = Text("Không sửa tự động được: vẽ lại.", "It cannot be repaired by machine: redraw it.")


def missing(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if view.polygons.get(POLYGON) or POLYGON in view.problems:
        return
    if is_new(view, facts):
        yield Hit(POLYGON)


def too_few(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, row, polygon in drawn(view):
        count = geometry.distinct_pairs(polygon) if not polygon.is_empty else 0
        if count < 3:
            yield Hit(key, {"question": label(key), "count": count}, row)


def invalid(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, row, polygon in drawn(view):
        reason = geometry.invalid_reason(polygon)
        # Too few points and exchanged axes are told by their own rules.
        if reason is None or reason[0] is geometry.TOO_FEW_POINTS:
            continue
        if reason[0] is geometry.NOT_ON_GLOBE and misplaced(first(polygon), facts):
            continue
        text, at = reason
        place = {"lon": round(at.x, 5), "lat": round(at.y, 5)}
        values = {"question": label(key), "reason": text, "repair": repair(polygon), **place}
        yield Hit(key, values, row, at if geometry.on_globe(at) else None)


def repair(polygon: Polygon) -> Text:
    """What a repair of the drawing would come to, as a proposal; nobody's drawing is changed."""
    if not geometry.on_globe(first(polygon)):
        return NO_REPAIR
    mended = shapely.make_valid(polygon)
    parts = shapely.get_parts(shapely.get_parts(mended))
    usable = geometry.usable(p for p in parts if isinstance(p, Polygon))
    if not usable:
        return NO_REPAIR
    area = round(sum(geometry.area_m2(p) for p in usable))
    dotted = f"{area:,}".replace(",", ".")
    return Text(
        f"Nếu sửa tự động sẽ được {len(usable)} phần, {dotted} m².",
        f"A repair by machine would give {len(usable)} part(s), {area:,} m².",
    )


def repeated(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, row, polygon in drawn(view):
        again = geometry.repeated_pairs(polygon)
        if again and geometry.distinct_pairs(polygon) >= 3:
            numbers = ", ".join(str(n) for n, _ in again[:5])
            left = geometry.distinct_pairs(polygon)
            values = {"question": label(key), "numbers": numbers, "left": left}
            yield Hit(key, values, row, again[0][1])


def gaps(view: ReportView, facts: Facts) -> Iterator[Hit]:
    limit = facts.setting("point_gap_m")
    for key, row, polygon in drawn(view):
        metres, at = geometry.longest_gap_m(polygon) if not polygon.is_empty else (0.0, None)
        if metres > limit:
            values = {"question": label(key), "metres": whole(metres), "limit": limit}
            yield Hit(key, values, row, at)


def several(view: ReportView, facts: Facts) -> Iterator[Hit]:
    count = len(view.polygons.get(POLYGON, ()))
    if count > 1 and not facts.exception_granted(view.report_id, "polygon_single"):
        yield Hit(POLYGON, {"count": count})


def parts_overlap(view: ReportView, facts: Facts) -> Iterator[Hit]:
    parts = geometry.usable(view.polygons.get(POLYGON, ()))
    limit = facts.setting("part_overlap")
    for (i, a), (j, b) in combinations(enumerate(parts, 1), 2):
        common = geometry.overlap_m2(a, b)
        if common > limit * min(geometry.area_m2(a), geometry.area_m2(b)):
            values = {"one": i, "other": j, "area": whole(common)}
            yield Hit(POLYGON, values, None, a.intersection(b).representative_point())


def pockets_outside(view: ReportView, facts: Facts) -> Iterator[Hit]:
    area = outline(view)
    if area is None:
        return
    plane = geometry.plane_for(area)
    for row, pocket in pockets(view):
        if not geometry.usable([pocket]):
            continue
        outside = geometry.outside_m2(pocket, area, plane)
        rounding = geometry.perimeter_m(pocket, plane) * facts.setting(
            "area_tolerance_per_perimeter_m"
        )
        if outside > max(rounding, geometry.AREA_TOLERANCE_M2):
            at = pocket.difference(area).representative_point()
            values = {"number": row + 1, "outside": whole(outside)}
            yield Hit(f"{POCKETS}.pocket_outline", values, row, at)


RULES = (
    Rule(
        key="polygon_missing",
        severity=Severity.BLOCK,
        title=Text("Có khoanh vùng", "There is a polygon"),
        message=Text("Báo cáo không có điểm khoanh vùng.", "The report has no polygon."),
        advice=Text(
            "Nhập các điểm khoanh vùng (SP, TP1, TP2 …) hoặc vẽ khu vực trên bản đồ.",
            "Enter the polygon points (SP, TP1, TP2 …) or draw the area on the map.",
        ),
        source=f"{SOP}, App. 01 §2.2–2.3 (p. 17)",
        forms=AREA_FORMS,
        look=missing,
    ),
    Rule(
        key="polygon_points",
        severity=Severity.BLOCK,
        title=Text("Ít nhất 3 điểm khác nhau", "At least 3 different points"),
        message=Text(
            "«{question}» chỉ có {count} điểm khác nhau.",
            "“{question}” has only {count} different point(s).",
        ),
        advice=Text(
            "Nhập đủ các điểm ngoặt; một khu vực cần ít nhất 3 điểm.",
            "Enter all turning points; an area needs at least 3.",
        ),
        source=GEOCHECK,
        forms=AREA_FORMS,
        look=too_few,
    ),
    Rule(
        key="polygon_invalid",
        severity=Severity.BLOCK,
        title=Text("Khoanh vùng hợp lệ", "The polygon is valid"),
        message=Text(
            "«{question}» không hợp lệ: {reason} (kinh độ {lon}, vĩ độ {lat}).",
            "“{question}” is not valid: {reason} (longitude {lon}, latitude {lat}).",
        ),
        advice=Text(
            "Kiểm tra thứ tự các điểm quanh chỗ đó: phải đi một vòng theo ranh giới. {repair}",
            "Check the order of the points around that place: they must follow the boundary once "
            "round. {repair}",
        ),
        source=GEOCHECK,
        forms=AREA_FORMS,
        look=invalid,
    ),
    Rule(
        key="polygon_repeated_point",
        severity=Severity.WARN,
        title=Text("Không có điểm lặp lại", "No point stands twice"),
        message=Text(
            "«{question}»: điểm thứ {numbers} trùng với một điểm trước đó.",
            "“{question}”: point number {numbers} repeats an earlier point.",
        ),
        advice=Text(
            "Xóa điểm thứ {numbers} (còn {left} điểm), hoặc sửa tọa độ nếu đó là điểm khác.",
            "Delete point number {numbers} ({left} points are left), or correct its coordinates if "
            "it is another one.",
        ),
        source=f"{GEOCHECK}; {SOP}, definitions (p. 3)",
        forms=AREA_FORMS,
        look=repeated,
    ),
    Rule(
        key="polygon_gap",
        severity=Severity.WARN,
        title=Text("Các điểm liền nhau không quá xa", "Consecutive points are not far apart"),
        message=Text(
            "«{question}»: hai điểm liền nhau cách nhau {metres} m (giới hạn {limit} m).",
            "“{question}”: two consecutive points are {metres} m apart (limit {limit} m).",
        ),
        advice=Text(
            "Tìm điểm gõ sai chữ số; nếu đúng, ghi rõ trong phần ghi chú.",
            "Look for a mistyped digit; if it is right, say so in the notes.",
        ),
        source=f"{GEOCHECK} (5,000 m)",
        forms=AREA_FORMS,
        look=gaps,
        settings=("point_gap_m",),
    ),
    Rule(
        key="polygon_single",
        severity=Severity.BLOCK,
        title=Text(
            "Một báo cáo giải phóng đất có một khoanh vùng", "One polygon per land release report"
        ),
        message=Text(
            "Báo cáo có {count} khoanh vùng; chỉ được một.",
            "The report has {count} polygons; only one is allowed.",
        ),
        advice=Text(
            "Vẽ một ranh giới ngoài cùng, kể cả phần chưa rà; phần chưa rà khoanh riêng. Trường "
            "hợp đặc biệt, xin ngoại lệ của trung tâm.",
            "Draw one outer boundary including what could not be cleared, and the uncleared "
            "pockets apart. In a special case ask the centre for an exception.",
        ),
        source=f"{SOP}, App. 01 §2.3 (p. 17); §6.1 (p. 10)",
        forms=LAND_RELEASE,
        look=several,
    ),
    Rule(
        key="polygon_parts_overlap",
        severity=Severity.WARN,
        title=Text("Các phần không chồng lên nhau", "The parts do not overlap"),
        message=Text(
            "Phần {one} và phần {other} chồng lên nhau {area} m².",
            "Part {one} and part {other} overlap by {area} m².",
        ),
        advice=Text(
            "Sửa ranh giới chung, hoặc xóa phần được nhập hai lần.",
            "Correct the common boundary, or delete the part that was entered twice.",
        ),
        source=f"{GEOCHECK} (0.9 %)",
        forms=AREA_FORMS,
        look=parts_overlap,
        settings=("part_overlap",),
    ),
    Rule(
        key="pocket_outside",
        severity=Severity.BLOCK,
        title=Text("Phần chưa rà nằm trong khoanh vùng", "Uncleared pockets lie in the polygon"),
        message=Text(
            "Phần chưa rà số {number} có {outside} m² nằm ngoài khoanh vùng.",
            "Uncleared pocket {number} has {outside} m² outside the polygon.",
        ),
        advice=Text(
            "Khoanh vùng phải là ranh giới ngoài cùng, bao gồm cả phần chưa rà; sửa một trong hai.",
            "The polygon is the outer boundary including what was not cleared; correct one of the "
            "two.",
        ),
        source=f"{SOP}, App. 01 §2.3 (p. 17)",
        forms=LAND_RELEASE,
        look=pockets_outside,
        settings=("area_tolerance_per_perimeter_m",),
    ),
)
