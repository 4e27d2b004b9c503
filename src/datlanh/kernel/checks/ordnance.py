"""Items found: how many, of what kind, how deep, and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from shapely.geometry import Point

from datlanh.kernel import geometry
from datlanh.kernel.checks.evidence import outside
from datlanh.kernel.checks.parts import (
    AREA_FORMS,
    EOD,
    GEOCHECK,
    ITEM_FORMS,
    ITEMS,
    LAND_RELEASE,
    PROGRESS,
    SOP,
    amount,
    count,
    empty,
    items,
    place,
    whole,
)
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

CLASS_CM = {"d7cm": 7.0, "d30cm": 30.0, "d3m": 300.0, "d5m": 500.0}  # form 8, 3.2 (p. 39)

SMALL_ARMS = "small_arms"  # as the catalogue names the category
OTHER = "other"  # the choice for a model the list does not have


def quantity(view: ReportView, facts: Facts) -> Iterator[Hit]:
    repeat, found = items(view)
    for row, item in enumerate(found):
        if f"{repeat}/{row + 1}/quantity" in view.problems:
            continue
        count = amount(item.get("quantity"))
        if count is None or count < 1:
            shown = Text("trống", "empty") if count is None else count
            yield Hit(f"{repeat}.quantity", {"number": row + 1, "quantity": shown}, row)


def model_unknown(view: ReportView, facts: Facts) -> Iterator[Hit]:
    repeat, found = items(view)
    for row, item in enumerate(found):
        model, other = item.get("model"), item.get("model_other")
        if not empty(other):
            yield Hit(f"{repeat}.model_other", {"number": row + 1, "model": str(other)}, row)
        elif model == OTHER:
            unnamed = Text("khác, không ghi tên", "other, not named")
            yield Hit(f"{repeat}.model_other", {"number": row + 1, "model": unnamed}, row)
        elif not empty(model) and not facts.ordnance_known(str(model)):
            yield Hit(f"{repeat}.model", {"number": row + 1, "model": str(model)}, row)


def cleared_depth_cm(view: ReportView) -> float | None:
    """The depth cleared: the figure in cm, else the upper bound of the class chosen."""
    depth = amount(view.answers.get("clearance_depth"))
    return (
        depth if depth is not None else CLASS_CM.get(str(view.answers.get("clearance_depth_class")))
    )


def too_deep(view: ReportView, facts: Facts) -> Iterator[Hit]:
    cleared = cleared_depth_cm(view)
    if cleared is None:
        return
    limit = cleared + facts.setting("item_depth_tolerance_cm")
    repeat, found = items(view)
    for row, item in enumerate(found):
        depth = amount(item.get("depth"))
        if depth is not None and depth > limit:
            values = {"number": row + 1, "depth": depth, "cleared": cleared}
            yield Hit(f"{repeat}.depth", values, row)


def item_outside(view: ReportView, facts: Facts) -> Iterator[Hit]:
    yield from outside(view, facts, ITEMS)


def negative_depth(view: ReportView, facts: Facts) -> Iterator[Hit]:
    repeat, found = items(view)
    limit = facts.setting("item_depth_cm")
    for row, item in enumerate(found):
        depth = amount(item.get("depth"))
        if depth is not None and not 0 <= depth <= limit:
            severity = Severity.BLOCK if depth < 0 else None
            values = {"number": row + 1, "depth": depth, "limit": limit}
            yield Hit(f"{repeat}.depth", values, row, severity=severity)


def many(view: ReportView, facts: Facts) -> Iterator[Hit]:
    repeat, found = items(view)
    limit = facts.setting("item_quantity_many")
    for row, item in enumerate(found):
        if item.get("category") != SMALL_ARMS and count(item.get("quantity")) > limit:
            values = {"number": row + 1, "quantity": count(item["quantity"]), "limit": limit}
            yield Hit(f"{repeat}.quantity", values, row)


def _same(item: Mapping[str, Any]) -> tuple[Any, ...]:
    at = item.get("position")
    point = (round(at.x, 5), round(at.y, 5)) if isinstance(at, Point) else None
    said = (item.get(k) for k in ("model", "model_other", "category", "depth", "geolink"))
    return (*said, point)


def item_twice(view: ReportView, facts: Facts) -> Iterator[Hit]:
    repeat, found = items(view)
    seen = Counter(_same(i) for i in found)
    first: dict[tuple[Any, ...], int] = {}
    for row, item in enumerate(found):
        key = _same(item)
        if seen[key] > 1 and key in first:
            total = sum(count(i.get("quantity")) for i in found if _same(i) == key)
            values = {"number": row + 1, "first": first[key] + 1, "total": total}
            yield Hit(f"{repeat}.model", values, row)
        first.setdefault(key, row)


def small_arms(view: ReportView, facts: Facts) -> Iterator[Hit]:
    repeat, found = items(view)
    small = sum(count(i.get("quantity")) for i in found if i.get("category") == SMALL_ARMS)
    if small:
        every = sum(count(i.get("quantity")) for i in found)
        yield Hit(repeat, {"small": small, "others": every - small})


def item_far(view: ReportView, facts: Facts) -> Iterator[Hit]:
    """Items far from the spot of the task; the place of disposal may be elsewhere."""
    spot, (repeat, found) = place(view), items(view)
    limit = facts.setting("item_distance_m")
    for row, item in enumerate(found):
        at = item.get("position")
        if spot is None or not isinstance(at, Point) or not geometry.on_globe(at):
            continue
        metres = geometry.distance_m(at, spot)
        if metres > limit:
            values = {"number": row + 1, "metres": whole(metres), "limit": limit}
            yield Hit(f"{repeat}.position", values, row, at)


RULES = (
    Rule(
        key="item_quantity",
        severity=Severity.BLOCK,
        title=Text("Số lượng vật nổ từ 1 trở lên", "Items are counted from 1"),
        message=Text(
            "Vật nổ thứ {number}: số lượng là {quantity}.",
            "Item number {number}: the quantity is {quantity}.",
        ),
        advice=Text(
            "Ghi số lượng đếm được; nếu không tìm thấy thì xóa dòng này.",
            "Enter the number counted; if none was found, delete the row.",
        ),
        source=f"{SOP}, §6.1 (p. 10)",
        forms=ITEM_FORMS,
        look=quantity,
    ),
    Rule(
        key="item_model_unknown",
        severity=Severity.WARN,
        title=Text("Loại vật nổ có trong danh mục", "The model is in the catalogue"),
        message=Text(
            "Vật nổ thứ {number}: loại «{model}» chưa có trong danh mục.",
            "Item number {number}: the model “{model}” is not in the catalogue.",
        ),
        advice=Text(
            "Chọn loại trong danh mục; nếu là loại mới, gửi thông tin cho bộ phận cơ sở dữ liệu để "
            "bổ sung.",
            "Choose a model of the catalogue; if it is new, send its details to the database unit "
            "to be added.",
        ),
        source=f"{SOP} (vi), App. 01 §3 (p. 18)",
        forms=ITEM_FORMS,
        look=model_unknown,
    ),
    Rule(
        key="item_too_deep",
        severity=Severity.WARN,
        title=Text(
            "Vật nổ không sâu hơn độ sâu rà phá", "No item lies deeper than the clearance depth"
        ),
        message=Text(
            "Vật nổ thứ {number} ở độ sâu {depth} cm, độ sâu rà phá là {cleared} cm.",
            "Item number {number} was {depth} cm deep, the clearance depth is {cleared} cm.",
        ),
        advice=Text(
            "Kiểm tra đơn vị (cm) và hai độ sâu; nếu đúng, độ sâu rà phá của khu vực cần xem lại.",
            "Check the unit (cm) and both depths; if they are right, the clearance depth of the "
            "area needs another look.",
        ),
        source=f"{SOP}, definitions (p. 3); App. 01 §3 (p. 18)",
        forms=LAND_RELEASE | PROGRESS,
        look=too_deep,
        settings=("item_depth_tolerance_cm",),
    ),
    Rule(
        key="item_outside",
        severity=Severity.BLOCK,
        title=Text("Vật nổ nằm trong khoanh vùng", "Items lie in the polygon"),
        message=Text(
            "Vật nổ {point} nằm ngoài khoanh vùng {metres} m.",
            "Item {point} lies {metres} m outside the polygon.",
        ),
        advice=Text(
            "Kiểm tra tọa độ của vật nổ và các điểm khoanh vùng.",
            "Check the item's coordinates and the polygon points.",
        ),
        source=f"{SOP}, §6.1 (p. 10); App. 01 §2.4 (p. 18)",
        forms=AREA_FORMS,
        look=item_outside,
        settings=("inside_tolerance_m",),
    ),
    Rule(
        key="item_depth",
        severity=Severity.WARN,
        title=Text("Độ sâu vật nổ hợp lý", "The depth of an item is plausible"),
        message=Text(
            "Vật nổ thứ {number}: độ sâu {depth} cm (giới hạn 0–{limit} cm).",
            "Item number {number}: a depth of {depth} cm (limits 0–{limit} cm).",
        ),
        advice=Text(
            "Ghi độ sâu bằng cm, đo đến mặt trên của vật nổ; vật nổ trên mặt đất ghi 0.",
            "Give the depth in cm down to the top of the item; an item on the surface has 0.",
        ),
        source=f"{SOP}, definitions (p. 3); App. 01 §3 (p. 18)",
        forms=ITEM_FORMS,
        look=negative_depth,
        settings=("item_depth_cm",),
    ),
    Rule(
        key="item_many",
        severity=Severity.WARN,
        title=Text("Số lượng vật nổ hợp lý", "The quantity of items is plausible"),
        message=Text(
            "Vật nổ thứ {number}: số lượng {quantity}, nhiều hơn {limit}.",
            "Item number {number}: a quantity of {quantity}, more than {limit}.",
        ),
        advice=Text(
            "Kiểm tra số lượng; đạn súng bộ binh ghi ở nhóm riêng. Nếu đúng, ghi rõ trong ghi chú.",
            "Check the number; small arms ammunition has its own category. If it is right, say so "
            "in the notes.",
        ),
        source=f"{SOP}, §6.2 (p. 10): data that are not reasonable",
        forms=ITEM_FORMS,
        look=many,
        settings=("item_quantity_many",),
    ),
    Rule(
        key="item_twice",
        severity=Severity.WARN,
        title=Text("Không có vật nổ ghi hai lần", "No item is written twice"),
        message=Text(
            "Vật nổ thứ {number} giống hệt vật nổ thứ {first}.",
            "Item number {number} is the same as item number {first}.",
        ),
        advice=Text(
            "Nếu là một vật nổ, xóa một dòng; nếu là nhiều vật nổ cùng loại, gộp thành một dòng "
            "với số lượng {total}.",
            "If it is one item, delete one row; if there are several of a kind, make one row with "
            "the quantity {total}.",
        ),
        source=f"{GEOCHECK} (duplicate devices)",
        forms=ITEM_FORMS,
        look=item_twice,
    ),
    Rule(
        key="small_arms_apart",
        severity=Severity.INFO,
        title=Text("Đạn súng bộ binh tính riêng", "Small arms ammunition is counted apart"),
        message=Text(
            "{small} viên đạn súng bộ binh được tính riêng, không cộng vào {others} vật nổ khác.",
            "{small} rounds of small arms ammunition are counted apart from the {others} other "
            "item(s).",
        ),
        advice=Text(
            "Không cần sửa; kiểm tra nhóm của từng dòng nếu con số không đúng.",
            "Nothing to correct; check the category of each row if the figure looks wrong.",
        ),
        source="IMAS 05.10: ordnance by category",
        forms=ITEM_FORMS,
        look=small_arms,
    ),
    Rule(
        key="item_far",
        severity=Severity.WARN,
        title=Text("Vật nổ ở gần điểm xử lý", "Items lie near the spot of the task"),
        message=Text(
            "Vật nổ thứ {number} cách điểm xử lý {metres} m (giới hạn {limit} m).",
            "Item number {number} lies {metres} m from the spot of the task (limit {limit} m).",
        ),
        advice=Text(
            "Kiểm tra hai tọa độ; nơi khác thì báo cáo bằng một nhiệm vụ khác.",
            "Check both coordinates; another place is another task.",
        ),
        source=f"{SOP}, App. 01 §2.4 (p. 18)",
        forms=EOD,
        look=item_far,
        settings=("item_distance_m",),
    ),
)
