"""Evidence points: their ids, where they lie, and that an area rests on some."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from shapely.geometry import Point

from datlanh.kernel import geometry
from datlanh.kernel.checks.parts import (
    AREA_FORMS,
    CHA,
    EVIDENCE,
    ITEM_FORMS,
    ITEMS,
    SOP,
    empty,
    is_new,
    outline,
    whole,
)
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

EVIDENCE_ID = re.compile("EV[0-9]{3}")
DIRECT = frozenset({"direct", "direct_evidence"})


def point_id(row: object) -> str:
    """A point id as it is compared: without blanks, upper case."""
    return str(row or "").strip().upper()


def badly_named(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for row, point in enumerate(view.rows.get(EVIDENCE, ())):
        written = str(point.get("point_id") or "")
        if not EVIDENCE_ID.fullmatch(written):
            yield Hit(f"{EVIDENCE}.point_id", {"number": row + 1, "id": written or "–"}, row)


def named_twice(view: ReportView, facts: Facts) -> Iterator[Hit]:
    ids = [point_id(p.get("point_id")) for p in view.rows.get(EVIDENCE, ())]
    counts = Counter(i for i in ids if i)
    for name, count in counts.items():
        if count > 1:
            last = len(ids) - 1 - ids[::-1].index(name)
            free = next(f"EV{n:03d}" for n in range(1, 1000) if f"EV{n:03d}" not in counts)
            values = {"id": name, "count": count, "proposal": free}
            yield Hit(f"{EVIDENCE}.point_id", values, last)


def outside(view: ReportView, facts: Facts, repeat: str) -> Iterator[Hit]:
    """Points of a repeat that lie outside the polygon; on its edge is inside."""
    area = outline(view)
    if area is None:
        return
    tolerance = facts.setting("inside_tolerance_m")
    for row, answers in enumerate(view.rows.get(repeat, ())):
        point = answers.get("position")
        if not isinstance(point, Point) or not geometry.on_globe(point) or area.covers(point):
            continue
        metres = geometry.distance_m(point, area)
        if metres > tolerance:
            name = point_id(answers.get("point_id") or answers.get("geolink")) or f"{row + 1}"
            yield Hit(f"{repeat}.position", {"point": name, "metres": whole(metres)}, row, point)


def evidence_outside(view: ReportView, facts: Facts) -> Iterator[Hit]:
    yield from outside(view, facts, EVIDENCE)


def none_direct(view: ReportView, facts: Facts) -> Iterator[Hit]:
    points = view.rows.get(EVIDENCE, ())
    direct = any(p.get("evidence_kind") in DIRECT for p in points)
    if is_new(view, facts) and not direct and not view.rows.get(ITEMS):
        yield Hit(EVIDENCE, {"count": len(points)})


def without_item(view: ReportView, facts: Facts) -> Iterator[Hit]:
    linked = {point_id(i.get("geolink")) for i in view.rows.get(ITEMS, ())}
    for row, point in enumerate(view.rows.get(EVIDENCE, ())):
        name = point_id(point.get("point_id"))
        if point.get("evidence_kind") in DIRECT and name and name not in linked:
            yield Hit(f"{EVIDENCE}.point_id", {"id": name}, row)


def link_unknown(view: ReportView, facts: Facts) -> Iterator[Hit]:
    if EVIDENCE not in view.rows:  # this form version has no such table to link to
        return
    known = {point_id(p.get("point_id")) for p in view.rows[EVIDENCE]}
    for row, item in enumerate(view.rows.get(ITEMS, ())):
        link = point_id(item.get("geolink"))
        if link and link not in known:
            yield Hit(f"{ITEMS}.geolink", {"number": row + 1, "id": link}, row)


def item_nowhere(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for row, item in enumerate(view.rows.get(ITEMS, ())):
        if empty(item.get("position")) and empty(item.get("geolink")):
            yield Hit(f"{ITEMS}.geolink", {"number": row + 1}, row)


POINT_IDS = f"{SOP}, App. 01 §2.4 (p. 18)"

RULES = (
    Rule(
        key="evidence_id",
        severity=Severity.WARN,
        title=Text("Mã điểm bằng chứng dạng EV###", "Evidence points are named EV###"),
        message=Text(
            "Điểm bằng chứng thứ {number} mang mã «{id}».",
            "Evidence point number {number} has the id “{id}”.",
        ),
        advice=Text(
            "Đặt mã EV và ba chữ số, ví dụ EV001.", "Name it EV and three digits, such as EV001."
        ),
        source=POINT_IDS,
        forms=ITEM_FORMS,
        look=badly_named,
    ),
    Rule(
        key="evidence_id_twice",
        severity=Severity.BLOCK,
        title=Text("Mã điểm bằng chứng không trùng", "Each evidence point has its own id"),
        message=Text(
            "Mã {id} dùng cho {count} điểm bằng chứng.", "{count} evidence points are named {id}."
        ),
        advice=Text(
            "Đổi mã của điểm sau thành {proposal}, rồi sửa Geolink của vật nổ cho khớp.",
            "Give the later point the id {proposal}, then adapt the Geolink of its items.",
        ),
        source="GICHD geocheck (duplicate point id)",
        forms=ITEM_FORMS,
        look=named_twice,
    ),
    Rule(
        key="evidence_outside",
        severity=Severity.BLOCK,
        title=Text("Điểm bằng chứng nằm trong khoanh vùng", "Evidence lies in the polygon"),
        message=Text(
            "Điểm bằng chứng {point} nằm ngoài khoanh vùng {metres} m.",
            "Evidence point {point} lies {metres} m outside the polygon.",
        ),
        advice=Text(
            "Kiểm tra tọa độ của điểm; nếu đúng, mở rộng khoanh vùng để bao gồm điểm đó.",
            "Check the point's coordinates; if they are right, widen the polygon to hold it.",
        ),
        source=POINT_IDS,
        forms=AREA_FORMS,
        look=evidence_outside,
        settings=("inside_tolerance_m",),
    ),
    Rule(
        key="evidence_direct",
        severity=Severity.WARN,
        title=Text(
            "Khu vực khẳng định nguy hiểm có bằng chứng trực tiếp", "A CHA rests on direct evidence"
        ),
        message=Text(
            "Không có bằng chứng trực tiếp hay vật nổ nào (có {count} điểm bằng chứng).",
            "There is no direct evidence and no item found ({count} evidence point(s) given).",
        ),
        advice=Text(
            "Ghi ít nhất một điểm bằng chứng trực tiếp hoặc một vật nổ tìm thấy; không có thì đây "
            "mới là khu vực nghi ngờ.",
            "Give at least one direct evidence point or one item found; without them the area is "
            "suspected, not confirmed.",
        ),
        source="IMAS 07.11, 08.20: confirmed by direct evidence",
        forms=CHA,
        look=none_direct,
    ),
    Rule(
        key="evidence_without_item",
        severity=Severity.INFO,
        title=Text("Điểm bằng chứng có vật nổ kèm theo", "Evidence points have their items"),
        message=Text(
            "Không có vật nổ nào gắn với điểm bằng chứng trực tiếp {id}.",
            "No item is linked to the direct evidence point {id}.",
        ),
        advice=Text(
            "Ghi vật nổ tìm thấy ở đó với Geolink {id}, hoặc để trống nếu không phải vật nổ.",
            "Report the item found there with the Geolink {id}; leave it if there was none.",
        ),
        source=POINT_IDS,
        forms=ITEM_FORMS,
        look=without_item,
    ),
    Rule(
        key="item_link_unknown",
        severity=Severity.WARN,
        title=Text("Geolink của vật nổ có thật", "An item's Geolink exists"),
        message=Text(
            "Vật nổ thứ {number} gắn với {id}, nhưng báo cáo không có điểm bằng chứng này.",
            "Item number {number} is linked to {id}, which is no evidence point of this report.",
        ),
        advice=Text(
            "Sửa Geolink, hoặc thêm điểm bằng chứng đó.",
            "Correct the Geolink, or add that evidence point.",
        ),
        source=POINT_IDS,
        forms=ITEM_FORMS,
        look=link_unknown,
    ),
    Rule(
        key="item_nowhere",
        severity=Severity.WARN,
        title=Text("Vật nổ có vị trí", "An item has a place"),
        message=Text(
            "Vật nổ thứ {number} không có tọa độ và không có Geolink.",
            "Item number {number} has neither coordinates nor a Geolink.",
        ),
        advice=Text(
            "Ghi tọa độ của vật nổ hoặc mã điểm bằng chứng (EV###) nơi tìm thấy.",
            "Give its coordinates or the id of the evidence point (EV###) where it was found.",
        ),
        source=POINT_IDS,
        forms=ITEM_FORMS,
        look=item_nowhere,
    ),
)
