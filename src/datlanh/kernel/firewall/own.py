"""What can be wrong with a drawing by itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import shapely
from shapely.geometry import MultiPoint, Point, Polygon

from datlanh.kernel import geometry
from datlanh.kernel.firewall import rings
from datlanh.kernel.firewall.findings import (
    SLIVER_WIDTH_M,
    Problem,
    Repair,
    mean_width_m,
    repair_of,
)
from datlanh.kernel.rules import Severity
from datlanh.kernel.text import Text, filled

Drawing = tuple[Polygon, ...]

NOTHING = Text("Không có khoanh vùng nào.", "Nothing is drawn.")
INVALID = Text("Phần {part}: {reason}.", "Part {part}: {reason}.")
SPLIT = Text("Tách tại chỗ cắt nhau: {count} phần", "Divide it where it crosses: {count} part(s)")
REORDERED = Text(
    "Giữ mọi điểm, sắp lại thứ tự để ranh giới không tự cắt",
    "Keep every point, in an order in which the boundary does not cross itself",
)
SPIKED = Text(
    "Phần {part}: gai nhọn tại điểm {numbers}; ranh giới đi ra rồi quay lại gần như theo đường cũ.",
    "Part {part}: a spike at point {numbers}; the boundary runs out and back nearly the same way.",
)
UNSPIKED = Text("Bỏ điểm {numbers}", "Leave out point {numbers}")
REPEATED = Text(
    "Phần {part}: điểm {numbers} trùng với một điểm trước đó.",
    "Part {part}: point {numbers} repeats an earlier one.",
)
SLIVER = Text(
    "Phần {part} rộng trung bình {width} m: không phải là một khu vực.",
    "Part {part} is {width} m wide on the average: it is no area.",
)
UNSLIVERED = Text("Bỏ phần {part}", "Leave out part {part}")
FAR = Text(
    "Phần {part}: điểm {number} cách các điểm khác {metres} m.",
    "Part {part}: point {number} lies {metres} m from all others.",
)
DIGIT = Text(
    "Sửa một chữ số của điểm {number}: {before} thành {after}",
    "Change one digit of point {number}: {before} to {after}",
)
PARTS = Text(
    "Phần {one} và phần {other} chồng lên nhau {area} m².",
    "Part {one} and part {other} overlap by {area} m².",
)
JOINED = Text("Gộp hai phần thành một", "Join the two parts into one")


def own_problems(drawn: Drawing) -> Iterator[Problem]:
    """Every problem of the drawing alone, part by part."""
    if not drawn or all(p.is_empty for p in drawn):
        yield Problem("nothing", Severity.BLOCK, NOTHING)
        return
    for part, polygon in enumerate(drawn, 1):
        reason = geometry.invalid_reason(polygon)
        if reason is not None:
            yield _invalid(drawn, part, *reason)
        if polygon.is_empty or not geometry.on_globe(polygon):
            continue
        yield from _points(drawn, part)
        if reason is None:
            yield from _thin(drawn, part)
    yield from _parts(drawn)


def _invalid(drawn: Drawing, part: int, reason: Text, at: Point) -> Problem:
    polygon = drawn[part - 1]
    where = at if not at.is_empty and geometry.on_globe(at) else None
    repairs = []
    if not polygon.is_empty and geometry.on_globe(polygon):
        if reason in geometry.CROSSINGS.values() and (other := rings.uncrossed(polygon)):
            repairs.append(_put("order", part, REORDERED, drawn, [other]))
        pieces = mended(polygon)
        if pieces:
            said = filled(SPLIT, count=len(pieces))
            repairs.append(_put("valid", part, said, drawn, pieces))
    said = filled(INVALID, part=part, reason=reason)
    return Problem("invalid", Severity.BLOCK, said, where, part, None, _given(repairs))


def mended(polygon: Polygon) -> list[Polygon]:
    """The areas a broken ring encloses, measurable ones only; empty where there are none."""
    valid = shapely.make_valid(polygon, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(valid))
    return geometry.usable(p for p in parts if isinstance(p, Polygon) and not p.is_empty)


def _points(drawn: Drawing, part: int) -> Iterator[Problem]:
    """Points that stand twice, stand out, or stand far off."""
    polygon = drawn[part - 1]
    again = geometry.repeated_pairs(polygon)
    if again and geometry.distinct_pairs(polygon) >= 3:
        numbers = [n for n, _ in again]
        said = filled(REPEATED, part=part, numbers=_listed(numbers))
        left = rings.without(polygon, [n - 1 for n in numbers])
        yield Problem(
            "repeated",
            Severity.WARN,
            said,
            MultiPoint([p for _, p in again]),
            part,
            None,
            _given([_left_out("repeated", part, numbers, drawn, left)]),
        )
    pairs = geometry.open_ring(polygon.exterior.coords)
    if found := rings.spikes(polygon):
        numbers = [i + 1 for i in found]
        yield Problem(
            "spike",
            Severity.WARN,
            filled(SPIKED, part=part, numbers=_listed(numbers)),
            MultiPoint([pairs[i] for i in found]),
            part,
            None,
            _given([_left_out("spike", part, numbers, drawn, rings.without_spikes(polygon))]),
        )
    for index, metres in rings.far_points(polygon):
        yield _far(drawn, part, index, metres)


def _far(drawn: Drawing, part: int, index: int, metres: float) -> Problem:
    polygon = drawn[part - 1]
    pairs = geometry.open_ring(polygon.exterior.coords)
    number = index + 1
    repairs = []
    if other := rings.one_digit(polygon, index):
        moved = Polygon([other if i == index else p for i, p in enumerate(pairs)])
        said = filled(DIGIT, number=number, before=_degrees(pairs[index]), after=_degrees(other))
        repairs.append(_put(f"digit-{number}", part, said, drawn, [moved]))
    left = rings.without(polygon, [index])
    repairs.append(_left_out(f"far-{number}", part, [number], drawn, left))
    said = filled(FAR, part=part, number=number, metres=round(metres))
    where = Point(pairs[index])
    return Problem(f"far-{number}", Severity.WARN, said, where, part, None, _given(repairs))


def _thin(drawn: Drawing, part: int) -> Iterator[Problem]:
    polygon = drawn[part - 1]
    plane = geometry.plane_for(polygon)
    width = mean_width_m(geometry.to_plane(polygon, plane))
    if width < SLIVER_WIDTH_M:
        said = filled(SLIVER, part=part, width=round(width, 2))
        rest = [p for i, p in enumerate(drawn, 1) if i != part]
        repair = repair_of(f"sliver-{part}", filled(UNSLIVERED, part=part), drawn, rest)
        size = geometry.area_m2(polygon, plane)
        yield Problem("sliver", Severity.WARN, said, polygon, part, size, _given([repair]))


def _parts(drawn: Drawing) -> Iterator[Problem]:
    whole = [(n, p) for n, p in enumerate(drawn, 1) if geometry.invalid_reason(p) is None]
    for (one, a), (other, b) in combinations(whole, 2):
        size = geometry.overlap_m2(a, b)
        if size <= geometry.AREA_TOLERANCE_M2:
            continue
        said = filled(PARTS, one=one, other=other, area=round(size))
        joined = [p for n, p in enumerate(drawn, 1) if n not in (one, other)]
        union = geometry.as_one([a, b])
        joined += [union] if isinstance(union, Polygon) else list(union.geoms)
        repair = repair_of(f"join-{one}-{other}", JOINED, drawn, joined)
        where = a.intersection(b)
        yield Problem(f"parts-{other}", Severity.WARN, said, where, one, size, _given([repair]))


def _left_out(
    key: str, part: int, numbers: list[int], drawn: Drawing, left: Polygon | None
) -> Repair | None:
    if left is None:
        return None
    return _put(key, part, filled(UNSPIKED, numbers=_listed(numbers)), drawn, [left])


def _put(key: str, part: int, said: Text, drawn: Drawing, pieces: list[Polygon]) -> Repair | None:
    """The drawing with one part replaced."""
    after = [*drawn[: part - 1], *pieces, *drawn[part:]]
    return repair_of(f"{key}.{part}", said, drawn, after)


def _given(repairs: list[Repair | None]) -> tuple[Repair, ...]:
    return tuple(r for r in repairs if r is not None)


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(str(n) for n in numbers[:5])
    return f"{shown} …" if len(numbers) > 5 else shown


def _degrees(pair: tuple[float, float]) -> str:
    return f"{pair[1]:.6f}, {pair[0]:.6f}"
