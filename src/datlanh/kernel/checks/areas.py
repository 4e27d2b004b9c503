"""Areas: what was reported against what the polygon measures.

Coordinates are written dd.ddddd, so each boundary point is uncertain by up to 0.8 m; a
difference within perimeter × 0.6 m says nothing and is never a finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from datlanh.kernel import geometry
from datlanh.kernel.checks.parts import (
    AREA_FORMS,
    CHA,
    LAND_RELEASE,
    POCKETS,
    SOP,
    amount,
    label,
    outline,
    pockets,
    whole,
)
from datlanh.kernel.rules import Facts, Hit, ReportView, Rule, Severity
from datlanh.kernel.text import Text

ACCURATE = f"{SOP}, §6.1 (p. 10): accurate areas; thresholds set by the centre"

# reported ÷ computed, when one unit was taken for another; m² is asked for.
UNITS = (
    (1e-4, Text("héc-ta (nhỏ hơn 10.000 lần)", "hectares (10,000 times too small)")),
    (1e-6, Text("km² (nhỏ hơn 1.000.000 lần)", "km² (1,000,000 times too small)")),
    (
        1e-3,
        Text(
            "số có dấu chấm hàng nghìn bị đọc thành dấu thập phân (nhỏ hơn 1.000 lần)",
            "a number whose thousands mark was read as a decimal mark (1,000 times too small)",
        ),
    ),
    (1e4, Text("đổi từ héc-ta hai lần (lớn hơn 10.000 lần)", "10,000 times too large")),
    (1e6, Text("đổi từ km² hai lần (lớn hơn 1.000.000 lần)", "1,000,000 times too large")),
)
REPORTED = {"cha": "area_size", "land_release": "cleared_area"}


def _compared(view: ReportView, facts: Facts) -> tuple[float, float, float] | None:
    """(reported, computed, what rounded coordinates explain), m²; None when not comparable."""
    reported, area = amount(view.answers.get(REPORTED[view.form])), outline(view)
    if reported is None or reported <= 0 or area is None:
        return None
    plane = geometry.plane_for(area)
    per_metre = facts.setting("area_tolerance_per_perimeter_m")
    rounding = max(geometry.perimeter_m(area, plane) * per_metre, geometry.AREA_TOLERANCE_M2)
    return reported, geometry.area_m2(area, plane), rounding


def _unit(view: ReportView, reported: float, computed: float, margin: float) -> Text | None:
    # Less may be cleared than the polygon holds: land release gets room downwards.
    low = 1 - margin if view.form == "cha" else 0.5
    ratio = reported / computed
    return next((text for f, text in UNITS if low <= ratio / f <= 1 + margin), None)


def units(view: ReportView, facts: Facts) -> Iterator[Hit]:
    figures = _compared(view, facts)
    if figures is None:
        return
    reported, computed, _ = figures
    unit = _unit(view, reported, computed, facts.setting("area_block"))
    if unit:
        key = REPORTED[view.form]
        figures_m2 = {"reported": whole(reported), "computed": whole(computed)}
        yield Hit(key, {"question": label(key), "unit": unit, **figures_m2})


def area_differs(view: ReportView, facts: Facts) -> Iterator[Hit]:
    figures = _compared(view, facts)
    if figures is None:
        return
    reported, computed, rounding = figures
    block, warn = facts.setting("area_block"), facts.setting("area_warn")
    difference = abs(reported - computed)
    if difference <= max(warn * computed, rounding):
        return
    if _unit(view, reported, computed, block):
        return  # told by area_units
    severity = Severity.BLOCK if difference > block * computed else Severity.WARN
    yield Hit("area_size", _figures(reported, computed, difference), severity=severity)


def cleared_too_large(view: ReportView, facts: Facts) -> Iterator[Hit]:
    figures = _compared(view, facts)
    if figures is None:
        return
    reported, computed, rounding = figures
    block = facts.setting("area_block")
    excess = reported - computed
    if excess <= rounding or _unit(view, reported, computed, block):
        return
    severity = Severity.BLOCK if excess > block * computed else Severity.WARN
    yield Hit("cleared_area", _figures(reported, computed, excess), severity=severity)


def _figures(reported: float, computed: float, difference: float) -> dict[str, float]:
    return {
        "reported": whole(reported),
        "computed": whole(computed),
        "difference": whole(difference),
        "percent": round(100 * difference / computed, 1),
    }


def uncleared_differs(view: ReportView, facts: Facts) -> Iterator[Hit]:
    reported = amount(view.answers.get("uncleared_area"))
    drawn = geometry.usable(p for _, p in pockets(view))
    if reported is None or not drawn:
        return
    whole_area = geometry.as_one(drawn)
    computed = geometry.area_m2(whole_area)
    per_metre = facts.setting("area_tolerance_per_perimeter_m")
    rounding = geometry.perimeter_m(whole_area) * per_metre
    difference = abs(reported - computed)
    if difference > max(facts.setting("area_warn") * computed, rounding):
        yield Hit("uncleared_area", _figures(reported, computed, difference))


def pockets_missing(view: ReportView, facts: Facts) -> Iterator[Hit]:
    reported = amount(view.answers.get("uncleared_area"))
    if reported and reported > 0 and not any(True for _ in pockets(view)):
        yield Hit(POCKETS, {"reported": whole(reported)})


RULES = (
    Rule(
        key="area_units",
        severity=Severity.BLOCK,
        title=Text("Diện tích ghi bằng m²", "The area is given in m²"),
        message=Text(
            "«{question}» ghi {reported}, khoanh vùng đo được {computed} m²: có vẻ là {unit}.",
            "“{question}” says {reported}, the polygon measures {computed} m²: it looks like "
            "{unit}.",
        ),
        advice=Text(
            "Ghi diện tích bằng mét vuông, không có dấu phân cách hàng nghìn (1 ha = 10000 m²).",
            "Enter the area in square metres without thousands marks (1 ha = 10000 m²).",
        ),
        source=f"{SOP}, App. 01 §3 (p. 18)",
        forms=AREA_FORMS,
        look=units,
        settings=("area_block", "area_tolerance_per_perimeter_m"),
    ),
    Rule(
        key="area_differs",
        severity=Severity.WARN,
        title=Text("Diện tích ghi khớp với khoanh vùng", "The area reported fits the polygon"),
        message=Text(
            "Diện tích ghi {reported} m², khoanh vùng đo được {computed} m²: lệch {difference} m² "
            "({percent} %).",
            "The area reported is {reported} m², the polygon measures {computed} m²: a difference "
            "of {difference} m² ({percent} %).",
        ),
        advice=Text(
            "Kiểm tra các điểm khoanh vùng trước, rồi sửa diện tích; có thể lấy diện tích đo được.",
            "Check the polygon points first, then correct the area; the measured area may be used.",
        ),
        source=ACCURATE,
        forms=CHA,
        look=area_differs,
        settings=("area_warn", "area_block", "area_tolerance_per_perimeter_m"),
    ),
    Rule(
        key="cleared_too_large",
        severity=Severity.WARN,
        title=Text(
            "Diện tích thực rà không lớn hơn khoanh vùng",
            "The cleared area is not larger than the polygon",
        ),
        message=Text(
            "Diện tích thực rà {reported} m² lớn hơn khoanh vùng ({computed} m²) {difference} m² "
            "({percent} %).",
            "The cleared area of {reported} m² is {difference} m² ({percent} %) larger than the "
            "polygon ({computed} m²).",
        ),
        advice=Text(
            "Khoanh vùng phải bao gồm toàn bộ phần đã rà; phần rà mở rộng ghi ở mục 3.6.",
            "The polygon must hold all that was cleared; fade-out goes into 3.6.",
        ),
        source=f"{SOP}, App. 01 §2.3 (p. 17)",
        forms=LAND_RELEASE,
        look=cleared_too_large,
        settings=("area_block", "area_tolerance_per_perimeter_m"),
    ),
    Rule(
        key="uncleared_differs",
        severity=Severity.WARN,
        title=Text(
            "Diện tích không rà được khớp với các phần đã khoanh",
            "The uncleared area fits the pockets drawn",
        ),
        message=Text(
            "Diện tích không rà được ghi {reported} m², các phần đã khoanh đo được {computed} m²: "
            "lệch {difference} m² ({percent} %).",
            "The uncleared area is given as {reported} m², the pockets drawn measure {computed} "
            "m²: a difference of {difference} m² ({percent} %).",
        ),
        advice=Text(
            "Khoanh đủ mọi phần chưa rà, hoặc sửa diện tích ở mục 3.5.",
            "Draw every uncleared pocket, or correct the area in 3.5.",
        ),
        source=f"{SOP}, App. 01 §2.3 (p. 18)",
        forms=LAND_RELEASE,
        look=uncleared_differs,
        settings=("area_warn", "area_tolerance_per_perimeter_m"),
    ),
    Rule(
        key="pockets_missing",
        severity=Severity.WARN,
        title=Text("Phần chưa rà có khoanh vùng", "Uncleared area is drawn"),
        message=Text(
            "Ghi {reported} m² không rà được nhưng chưa khoanh phần nào.",
            "{reported} m² could not be cleared, but no pocket is drawn.",
        ),
        advice=Text(
            "Khoanh từng phần chưa rà, để người dân và đội đến sau biết chỗ còn nguy hiểm.",
            "Draw each uncleared pocket, so that people and later teams know where danger remains.",
        ),
        source=f"{SOP}, App. 01 §2.3 (p. 18)",
        forms=LAND_RELEASE,
        look=pockets_missing,
    ),
)
