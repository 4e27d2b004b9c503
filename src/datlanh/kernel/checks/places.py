"""Places: axes, province, commune, and whether the reference point belongs to the area."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import shapely
from shapely.geometry import Point, Polygon

from datlanh.kernel import geometry
from datlanh.kernel.checks.parts import (
    ALL,
    AREA_FORMS,
    ASSISTANCE,
    POINT,
    SOP,
    drawn,
    empty,
    first,
    label,
    misplaced,
    outline,
    place,
    placed,
    whole,
)
from datlanh.kernel.coordinates.repairs import proposals
from datlanh.kernel.rules import CommuneRef, Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

UTM_ZONE = 6.0  # degrees of longitude


def swapped(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for key, row, point in placed(view):
        if misplaced(point, facts):
            yield Hit(key, {"question": label(key)}, row, Point(point.y, point.x))
    for key, row, polygon in drawn(view):
        if not polygon.is_empty and misplaced(first(polygon), facts):
            at = first(polygon)
            yield Hit(key, {"question": label(key)}, row, Point(at.y, at.x))


def outside_province(view: ReportView, facts: Facts) -> Iterator[Hit]:
    places = [(key, row, [point]) for key, row, point in placed(view)]
    places += [(key, row, _extremes(p)) for key, row, p in drawn(view) if not p.is_empty]
    for key, row, points in places:
        far = next((p for p in points if not facts.in_province(p)), None)
        if far is None or misplaced(far, facts) or slipped(far, facts):
            continue
        if proposals(points[0], facts.in_province):
            continue  # told by place_mistyped
        values = {"question": label(key), "lon": round(far.x, 5), "lat": round(far.y, 5)}
        # Help may be given in a hospital of another province.
        severity = Severity.WARN if view.form in ASSISTANCE else None
        yield Hit(key, values, row, far if geometry.on_globe(far) else None, severity)


def slipped(point: Point, facts: Facts) -> Point | None:
    """Where the point lies when its UTM coordinates are read in the next zone, if in here."""
    if facts.in_province(point):
        return None
    moved = (Point(point.x + step, point.y) for step in (-UTM_ZONE, UTM_ZONE))
    return next((p for p in moved if facts.in_province(p)), None)


def zone_slip(view: ReportView, facts: Facts) -> Iterator[Hit]:
    ends = [(key, row, point) for key, row, point in placed(view)]
    ends += [(key, row, first(p)) for key, row, p in drawn(view) if not p.is_empty]
    for key, row, point in ends:
        if not misplaced(point, facts) and (there := slipped(point, facts)):
            values = {"question": label(key), "lon": round(there.x, 5), "lat": round(there.y, 5)}
            yield Hit(key, values, row, there)


def asked(view: ReportView) -> Iterator[Point]:
    """Every point the rules of this module ask `in_province` about, to be asked at once."""
    yield from (point for _, _, point in placed(view))
    for _, _, polygon in drawn(view):
        if not polygon.is_empty:
            yield from (first(polygon), *_extremes(polygon))


def _extremes(polygon: Polygon) -> list[Point]:
    """The western, southern, eastern and northern ends: enough to see who leaves a province."""
    ring = shapely.get_coordinates(polygon.exterior)
    ends = {int(i) for i in (*ring.argmin(axis=0), *ring.argmax(axis=0))}
    return [Point(ring[i]) for i in sorted(ends)]


def commune_unknown(view: ReportView, facts: Facts) -> Iterator[Hit]:
    code = view.answers.get("commune")
    if not empty(code) and _named(view, facts) is None:
        yield Hit("commune", {"code": str(code)})


def commune_differs(view: ReportView, facts: Facts) -> Iterator[Hit]:
    named, at = _named(view, facts), _middle(view)
    if named is None or at is None:
        return
    found = []
    for day in _days(view, facts):
        if around := facts.commune_at(at, day):
            if around.code == named.code:
                return
            found.append(around)
    if not found:
        return
    severity = Severity.BLOCK
    if named.approximate or found[0].approximate:
        severity = Severity.WARN
    if _touches(view, facts, named):
        severity = Severity.INFO
    yield Hit("commune", {"named": named.name, "found": found[0].name}, None, at, severity)


def reference_far(view: ReportView, facts: Facts) -> Iterator[Hit]:
    point, area = view.points.get(POINT), outline(view)
    if point is None or area is None or not geometry.on_globe(point) or misplaced(point, facts):
        return
    metres = geometry.distance_m(point, area)
    limit = facts.setting("reference_distance_m")
    if metres > limit:
        yield Hit(POINT, {"metres": whole(metres), "limit": limit}, None, point)


def _days(view: ReportView, facts: Facts) -> tuple[dt.date | None, ...]:
    """The day of the information, and today: old reports are often typed with today's list."""
    return (view.date_of_information, facts.today())


def _named(view: ReportView, facts: Facts) -> CommuneRef | None:
    code = view.answers.get("commune")
    if empty(code):
        return None
    return next((c for d in _days(view, facts) if (c := facts.commune(str(code), d))), None)


def _middle(view: ReportView) -> Point | None:
    """A point inside the area; without an area the reference point."""
    area = outline(view)
    point = area.representative_point() if area is not None else place(view)
    return point if point is not None and geometry.on_globe(point) else None


def _touches(view: ReportView, facts: Facts, named: CommuneRef) -> bool:
    """Whether some corner of the area lies in the commune that was named."""
    area = outline(view)
    if area is None:
        return False
    corners = [Point(p) for part in _parts(area) for p in part.exterior.coords]
    return any(
        c.code == named.code
        for p in corners
        if (c := facts.commune_at(p, view.date_of_information))
    )


def _parts(area: object) -> list[Polygon]:
    return [area] if isinstance(area, Polygon) else list(getattr(area, "geoms", ()))


RULES = (
    Rule(
        key="axes_swapped",
        severity=Severity.BLOCK,
        title=Text("Kinh độ và vĩ độ không bị đảo", "Longitude and latitude are not exchanged"),
        message=Text(
            "«{question}»: kinh độ và vĩ độ bị đảo; đổi lại thì nằm trong tỉnh.",
            "“{question}”: longitude and latitude are exchanged; the other way round the place "
            "lies in the province.",
        ),
        advice=Text(
            "Đổi chỗ hai số: kinh độ khoảng 105–108, vĩ độ khoảng 16–18.",
            "Exchange the two numbers: longitude is some 105–108, latitude some 16–18.",
        ),
        source=f"{SOP}, App. 02 form 5 (p. 31): longitude, latitude",
        forms=ALL,
        look=swapped,
    ),
    Rule(
        key="zone_slip",
        severity=Severity.BLOCK,
        title=Text("Đúng múi chiếu UTM", "The UTM zone is the right one"),
        message=Text(
            "«{question}» lệch đúng một múi UTM (6°); đọc ở múi 48 thì nằm tại kinh độ {lon}, vĩ "
            "độ {lat}.",
            "“{question}” is off by one UTM zone (6°); read in zone 48 it lies at longitude {lon}, "
            "latitude {lat}.",
        ),
        advice=Text(
            "Đổi tọa độ UTM lại với múi 48N (EPSG:32648).",
            "Convert the UTM coordinates again with zone 48N (EPSG:32648).",
        ),
        source=f"{SOP}, definitions (p. 2): WGS 84, UTM",
        forms=ALL,
        look=zone_slip,
    ),
    Rule(
        key="outside_province",
        severity=Severity.BLOCK,
        title=Text("Nằm trong tỉnh", "Everything lies in the province"),
        message=Text(
            "«{question}» có điểm nằm ngoài tỉnh (kinh độ {lon}, vĩ độ {lat}).",
            "“{question}” has a point outside the province (longitude {lon}, latitude {lat}).",
        ),
        advice=Text(
            "Kiểm tra tọa độ; tọa độ VN-2000 hoặc UTM phải đổi sang độ thập phân WGS 84.",
            "Check the coordinates; VN-2000 or UTM coordinates must be given as WGS 84 decimal "
            "degrees.",
        ),
        source=f"{SOP}, App. 01 §2.4 (p. 18)",
        forms=ALL,
        look=outside_province,
    ),
    Rule(
        key="commune_unknown",
        severity=Severity.BLOCK,
        title=Text("Xã có trong danh mục", "The commune is in the gazetteer"),
        message=Text(
            "Không có xã nào mang mã «{code}».", "There is no commune with the code “{code}”."
        ),
        advice=Text(
            "Chọn xã trong danh sách; sau ngày 01/07/2025 nhiều xã đã sáp nhập và đổi mã.",
            "Choose the commune from the list; on 01/07/2025 many communes were merged and given "
            "other codes.",
        ),
        source=f"{SOP}, §6.1 (p. 10)",
        forms=ALL,
        look=commune_unknown,
    ),
    Rule(
        key="commune_differs",
        severity=Severity.BLOCK,
        title=Text("Xã khớp với vị trí", "The commune fits the place"),
        message=Text(
            "Báo cáo ghi {named}, nhưng điểm giữa khu vực nằm ở {found}.",
            "The report says {named}, but the middle of the area lies in {found}.",
        ),
        advice=Text(
            "Kiểm tra cả hai; nếu khu vực nằm trên nhiều xã, ghi xã có phần diện tích lớn nhất.",
            "Check both; across several communes take the one with the largest share.",
        ),
        source=f"{SOP}, §6.1 (p. 10), App. 01 §2.2–2.3 (pp. 17–18)",
        forms=ALL,
        look=commune_differs,
    ),
    Rule(
        key="reference_far",
        severity=Severity.WARN,
        title=Text("Điểm tham chiếu ở gần khu vực", "The reference point is near the area"),
        message=Text(
            "Điểm tham chiếu cách khu vực {metres} m (giới hạn {limit} m).",
            "The reference point lies {metres} m from the area (limit {limit} m).",
        ),
        advice=Text(
            "Kiểm tra tọa độ điểm tham chiếu và các điểm khoanh vùng.",
            "Check the coordinates of the reference point and the polygon points.",
        ),
        source=f"{SOP}, App. 01 §2.4 (p. 18)",
        forms=AREA_FORMS,
        look=reference_far,
        settings=("reference_distance_m",),
    ),
)
