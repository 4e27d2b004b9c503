"""Items found: how many, of what kind, how deep, and where."""

from __future__ import annotations

from collections.abc import Iterator

from datlanh.kernel.checks.evidence import outside
from datlanh.kernel.checks.parts import AREA_FORMS, ITEMS, LAND_RELEASE, SOP, amount, empty
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

CLASS_CM = {"d7cm": 7.0, "d30cm": 30.0, "d3m": 300.0, "d5m": 500.0}  # form 8, 3.2 (p. 39)

OTHER = "other"  # the choice for a model the list does not have


def quantity(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for row, item in enumerate(view.rows.get(ITEMS, ())):
        if f"{ITEMS}/{row + 1}/quantity" in view.problems:
            continue
        count = amount(item.get("quantity"))
        if count is None or count < 1:
            shown = Text("trống", "empty") if count is None else count
            yield Hit(f"{ITEMS}.quantity", {"number": row + 1, "quantity": shown}, row)


def model_unknown(view: ReportView, facts: Facts) -> Iterator[Hit]:
    for row, item in enumerate(view.rows.get(ITEMS, ())):
        model, other = item.get("model"), item.get("model_other")
        if not empty(other):
            yield Hit(f"{ITEMS}.model_other", {"number": row + 1, "model": str(other)}, row)
        elif model == OTHER:
            unnamed = Text("khác, không ghi tên", "other, not named")
            yield Hit(f"{ITEMS}.model_other", {"number": row + 1, "model": unnamed}, row)
        elif not empty(model) and not facts.ordnance_known(str(model)):
            yield Hit(f"{ITEMS}.model", {"number": row + 1, "model": str(model)}, row)


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
    for row, item in enumerate(view.rows.get(ITEMS, ())):
        depth = amount(item.get("depth"))
        if depth is not None and depth > limit:
            values = {"number": row + 1, "depth": depth, "cleared": cleared}
            yield Hit(f"{ITEMS}.depth", values, row)


def item_outside(view: ReportView, facts: Facts) -> Iterator[Hit]:
    yield from outside(view, facts, ITEMS)


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
        forms=AREA_FORMS,
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
        forms=AREA_FORMS,
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
        forms=LAND_RELEASE,
        look=too_deep,
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
    ),
)
