"""Drawings as the firewall sees them: hairs, points far off, places mistyped, ground of others."""

from __future__ import annotations

from collections.abc import Iterator

import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import geometry
from datlanh.kernel.checks.parts import (
    ALL,
    AREA_FORMS,
    CHA,
    GEOCHECK,
    SOP,
    drawn,
    first,
    label,
    misplaced,
    outline,
    placed,
    whole,
)
from datlanh.kernel.checks.places import slipped
from datlanh.kernel.coordinates.repairs import proposals
from datlanh.kernel.firewall.findings import SLIVER_WIDTH_M, mean_width_m
from datlanh.kernel.firewall.rings import far_points, spikes
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

PAGE = Text(
    "Xem đề xuất sửa ở trang «Khoanh vùng» của báo cáo.",
    "The report's page “The drawing” proposes a repair.",
)


def spiky(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, row, polygon in drawn(view):
        found = spikes(polygon) if not polygon.is_empty else []
        if found:
            pairs = geometry.open_ring(polygon.exterior.coords)
            numbers = ", ".join(str(i + 1) for i in found[:5])
            values = {"question": label(key), "numbers": numbers}
            yield Hit(key, values, row, Point(pairs[found[0]]))


def thin(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, row, polygon in drawn(view):
        if geometry.invalid_reason(polygon) is not None:
            continue
        width = mean_width_m(geometry.to_plane(polygon, geometry.plane_for(polygon)))
        if width < SLIVER_WIDTH_M:
            values = {"question": label(key), "width": round(width, 2)}
            yield Hit(key, values, row, polygon.representative_point())


def far(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, row, polygon in drawn(view):
        pairs = geometry.open_ring(polygon.exterior.coords)
        for index, metres in far_points(polygon):
            values = {"question": label(key), "number": index + 1, "metres": whole(metres)}
            yield Hit(key, values, row, Point(pairs[index]))


def mistyped(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """Places that one mistake more than exchanged axes and zones explains."""
    places: list[tuple[str, int | None, Point]] = list(placed(view))
    places += [(key, row, first(p)) for key, row, p in drawn(view) if not p.is_empty]
    for key, row, point in places:
        if facts.in_province(point) or misplaced(point, facts) or slipped(point, facts):
            continue
        found = proposals(point, facts.in_province)
        if found:
            at: Point = found[0].geometry
            values = {"question": label(key), "mistake": found[0].said}
            values |= {"lon": round(at.x, 5), "lat": round(at.y, 5)}  # type: ignore[dict-item]
            yield Hit(key, values, row, at)


def on_others(view: ReportView, facts: Facts) -> Iterator[Hit]:
    area = outline(view)
    if area is None:
        return
    plane = geometry.plane_for(area)
    per_metre = facts.setting("area_tolerance_per_perimeter_m")
    for local_id, piece in facts.areas_under(view):
        flat = geometry.to_plane(piece, plane)
        # What rounded coordinates explain along the common boundary is no overlap.
        if flat.area <= max(geometry.AREA_TOLERANCE_M2, flat.length / 2 * per_metre):
            continue
        at = _largest(piece).representative_point()
        yield Hit("polygon_points", {"other": local_id, "area": whole(flat.area)}, None, at)


def _largest(piece: BaseGeometry) -> Polygon:
    parts = [p for p in shapely.get_parts(piece) if isinstance(p, Polygon)]
    return max(parts, key=lambda p: p.area)


RULES = (
    Rule(
        key="polygon_spike",
        severity=Severity.WARN,
        title=Text("Ranh giới không có gai nhọn", "The boundary has no spikes"),
        message=Text(
            "«{question}»: gai nhọn tại điểm {numbers}.",
            "“{question}”: a spike at point {numbers}.",
        ),
        advice=PAGE,
        source=GEOCHECK,
        forms=AREA_FORMS,
        look=spiky,
    ),
    Rule(
        key="polygon_thin",
        severity=Severity.WARN,
        title=Text("Khoanh vùng không phải là một dải mảnh", "The polygon is no sliver"),
        message=Text(
            "«{question}» rộng trung bình {width} m.",
            "“{question}” is {width} m wide on the average.",
        ),
        advice=PAGE,
        source=GEOCHECK,
        forms=AREA_FORMS,
        look=thin,
    ),
    Rule(
        key="polygon_far_point",
        severity=Severity.WARN,
        title=Text("Không có điểm lạc xa", "No point lies far off"),
        message=Text(
            "«{question}»: điểm {number} cách các điểm khác {metres} m.",
            "“{question}”: point {number} lies {metres} m from all others.",
        ),
        advice=Text(
            "Tìm chữ số gõ sai. Xem đề xuất sửa ở trang «Khoanh vùng» của báo cáo.",
            "Look for a mistyped digit. The report's page “The drawing” proposes a repair.",
        ),
        source=GEOCHECK,
        forms=AREA_FORMS,
        look=far,
    ),
    Rule(
        key="place_mistyped",
        severity=Severity.BLOCK,
        title=Text("Tọa độ gõ đúng", "Coordinates are typed rightly"),
        message=Text(
            "«{question}» nằm ngoài tỉnh; có lẽ {mistake}: sửa lại thì nằm tại kinh độ {lon}, vĩ "
            "độ {lat}.",
            "“{question}” lies outside the province; probably {mistake}: put right it lies at "
            "longitude {lon}, latitude {lat}.",
        ),
        advice=Text(
            "So với tờ giấy gốc rồi sửa; xem vị trí đề xuất trên bản đồ.",
            "Compare with the paper and correct it; the proposed place is shown on the map.",
        ),
        source=f"{SOP}, App. 01 §2.4 (p. 18)",
        forms=ALL,
        look=mistyped,
    ),
    Rule(
        key="area_on_area",
        severity=Severity.WARN,
        title=Text("Không chồng lên khu vực khác", "It does not lie on other areas"),
        message=Text(
            "Khoanh vùng chồng lên khu vực {other}: {area} m².",
            "The polygon overlaps the area {other} by {area} m².",
        ),
        advice=Text(
            "Thống nhất ranh giới với tổ chức kia; phần chồng lên có ở trang «Khoanh vùng».",
            "Agree on the boundary with the other operator; the page “The drawing” shows the "
            "piece.",
        ),
        source=f"{SOP}, §6.1 (p. 10)",
        forms=CHA,
        look=on_others,
        settings=("area_tolerance_per_perimeter_m",),
    ),
)
