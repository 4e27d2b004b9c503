"""The ledger balances, and does not depend on how the same facts are told."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import fields, replace

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely import affinity
from shapely.geometry import LineString, MultiPolygon, Polygon, box
from shapely.ops import split

from datlanh.kernel import geometry
from datlanh.kernel.ledger import DEPTH_COLUMN, Balance, Ground, balance
from datlanh.kernel.ledger import release_balance as balance_of_release
from datlanh.kernel.ledger_cut import (
    CANCELLED,
    CLASSES,
    CLEARED,
    DEPTHS,
    REDUCED,
    Release,
    Site,
    contradicts_itself,
    release_class,
)
from datlanh.kernel.ledger_time import Area, Held, Outline, area_ledger, release_ledger

QUICK = settings(max_examples=100, deadline=None)
SLOW = settings(max_examples=40, deadline=None)
DAY = dt.date(2026, 3, 1)
LON, LAT = 107.2, 16.7
STEP = 0.001  # some 107 m
TOLERANCE_M2 = 1.0
PARTS = [f"{kind}_m2" for kind in CLASSES]
BALANCED = [*PARTS, "remaining_m2", "outline_m2", "surface_m2", *DEPTH_COLUMN.values()]


def field(x: float, y: float, width: float = 4, height: float = 4) -> Polygon:
    """A rectangle on a grid of some hundred metres."""
    return box(LON + x * STEP, LAT + y * STEP, LON + (x + width) * STEP, LAT + (y + height) * STEP)


def m2(shape) -> float:
    return geometry.area_m2(shape)


@st.composite
def blobs(draw: st.DrawFn, spread: float = 6) -> Polygon:
    """A star-shaped piece of ground of some hundred metres."""
    x, y = draw(st.floats(0, spread)), draw(st.floats(0, spread))
    count = draw(st.integers(4, 9))
    radii = draw(st.lists(st.floats(0.6, 3.0), min_size=count, max_size=count))
    return Polygon(
        [
            (
                LON + STEP * (x + r * math.cos(2 * math.pi * i / count)),
                LAT + STEP * (y + r * math.sin(2 * math.pi * i / count)),
            )
            for i, r in enumerate(radii)
        ]
    )


@st.composite
def releases(draw: st.DrawFn, most: int = 5) -> list[Release]:
    found = []
    for number in range(draw(st.integers(0, most))):
        kind = draw(st.sampled_from(CLASSES))
        pockets = draw(st.lists(blobs(), max_size=1))
        found.append(
            Release(
                f"HR-CLC-409-{number:06d}",
                DAY + dt.timedelta(days=draw(st.integers(0, 20))),
                draw(blobs()),
                tuple(affinity.scale(p, 0.3, 0.3) for p in pockets),
                kind,
                draw(st.sampled_from(DEPTHS)) if kind == CLEARED else "",
                surface_m2=draw(st.sampled_from([0.0, 0.0, 9000.0, 1e9])) if kind == CLEARED else 0,
            )
        )
    return found


def of(outline, some, **more) -> Balance:
    return balance(Site(outline), some, begins=DAY, **more)


def release_balance(release, others, areas):
    site = Site(release.outline) if release.outline is not None else None
    return balance_of_release(site, release, others, areas)


def total(found) -> Balance:
    some = list(found)
    return Balance(**{f.name: sum(getattr(b, f.name) for b in some) for f in fields(Balance)})


def same(a: Balance, b: Balance, names: list[str] = BALANCED) -> None:
    for name in names:
        x, y = getattr(a, name), getattr(b, name)
        assert abs(x - y) <= max(TOLERANCE_M2, 1e-6 * max(x, y)), (name, x, y)


@QUICK
@given(blobs(), releases())
def test_every_square_metre_has_one_class(outline, some) -> None:
    found = of(outline, some)
    assert sum(getattr(found, p) for p in PARTS) + found.remaining_m2 == pytest.approx(
        found.outline_m2, abs=0.01
    )
    depths = sum(getattr(found, c) for c in DEPTH_COLUMN.values())
    assert depths + found.surface_m2 == pytest.approx(found.cleared_m2, abs=0.01)
    assert found.outline_m2 == pytest.approx(m2(outline), abs=0.01)
    apart = (found.uncleared_m2, found.suspended_m2, found.unclassified_m2, found.earlier_m2)
    assert max(apart) <= found.remaining_m2 + 0.01


@QUICK
@given(blobs(), releases())
def test_cleared_is_the_union_of_what_was_cleared(outline, some) -> None:
    """The classes against plain unions, computed another way."""
    plane = geometry.plane_for(outline)
    ground = geometry.to_plane(outline, plane)

    def under(kinds):
        shapes = []
        for r in some:
            if r.kind in kinds:
                shape = geometry.to_plane(r.outline, plane)
                for p in r.pockets:
                    shape = shape.difference(geometry.to_plane(p, plane))
                shapes.append(shape)
        return ground.intersection(shapely.union_all(shapes)).area if shapes else 0.0

    found = of(outline, some)
    assert found.cleared_m2 == pytest.approx(under({CLEARED}), abs=0.01)
    with_reduced = under({CLEARED, REDUCED})
    assert found.cleared_m2 + found.reduced_m2 == pytest.approx(with_reduced, abs=0.01)
    everything = under(set(CLASSES))
    assert found.outline_m2 - found.remaining_m2 == pytest.approx(everything, abs=0.01)


@QUICK
@given(blobs(), releases(), st.randoms())
def test_order_and_duplicates_make_no_difference(outline, some, random) -> None:
    other = [*some, *(replace(r, id=f"{r.id}-AGAIN") for r in some)]
    random.shuffle(other)
    assert of(outline, sorted(some, key=lambda r: r.id, reverse=True)) == of(outline, some)
    same(of(outline, other), of(outline, some))


@QUICK
@given(blobs(), releases(), st.floats(0, math.pi))
def test_a_release_in_two_halves_is_the_same(outline, some, angle) -> None:
    halves = []
    for r in some:
        c = r.outline.centroid
        dx, dy = math.cos(angle), math.sin(angle)
        line = LineString([(c.x - dx, c.y - dy), (c.x + dx, c.y + dy)])
        parts = list(split(r.outline, line).geoms)
        halves += [replace(r, id=f"{r.id}-{i}", outline=p) for i, p in enumerate(parts)]
    names = [n for n in BALANCED if n not in DEPTH_COLUMN.values() and n != "surface_m2"]
    same(of(outline, halves), of(outline, some), [*names, "uncleared_m2"])


@QUICK
@given(blobs(), releases(), st.floats(0, math.pi))
def test_an_area_in_parts_adds_up_to_the_whole(outline, some, angle) -> None:
    c = outline.centroid
    line = LineString(
        [
            (c.x - math.cos(angle), c.y - math.sin(angle)),
            (c.x + math.cos(angle), c.y + math.sin(angle)),
        ]
    )
    parts = list(split(outline, line).geoms)
    same(total(of(p, some) for p in parts), of(outline, some))


@QUICK
@given(blobs(), releases(), st.integers(0, 8))
def test_where_a_ring_begins_and_runs_makes_no_difference(outline, some, by) -> None:
    def turned(shape):
        ring = list(shape.exterior.coords)[:-1]
        ring = ring[by % len(ring) :] + ring[: by % len(ring)]
        return Polygon(ring[::-1])

    other = [
        replace(r, outline=turned(r.outline), pockets=tuple(map(turned, r.pockets))) for r in some
    ]
    same(of(turned(outline), other), of(outline, some))


@QUICK
@given(blobs(), releases())
def test_going_through_utm_and_back_makes_no_difference(outline, some) -> None:
    there = Transformer.from_crs(4326, 32648, always_xy=True)

    def moved(shape):
        out = shapely.transform(shape, there.transform, interleaved=False)
        return shapely.transform(
            out, lambda x, y: there.transform(x, y, direction="INVERSE"), interleaved=False
        )

    other = [
        replace(r, outline=moved(r.outline), pockets=tuple(map(moved, r.pockets))) for r in some
    ]
    same(of(moved(outline), other), of(outline, some))


@SLOW
@given(st.lists(blobs(), min_size=1, max_size=4), releases())
def test_the_provinces_union_is_the_sum_of_what_is_each_ones_own(outlines, some) -> None:
    plane = geometry.plane_for(*outlines)
    union = geometry.union_area_m2(outlines, plane)
    found = [of(o, some, before=outlines[:i]) for i, o in enumerate(outlines)]
    assert sum(b.own_m2 for b in found) == pytest.approx(union, abs=TOLERANCE_M2)
    whole = of(shapely.union_all(outlines), some)
    for name in (*PARTS, "remaining_m2"):
        assert sum(getattr(b, f"own_{name}") for b in found) == pytest.approx(
            getattr(whole, name), abs=TOLERANCE_M2
        )


@SLOW
@given(releases(), st.lists(blobs(), max_size=3))
def test_what_releases_are_credited_with_is_the_union_of_released_land(some, outlines) -> None:
    areas = [Ground(o, DAY) for o in outlines]
    found = [release_balance(r, [o for o in some if o is not r], areas) for r in some]
    plane = geometry.Plane(107.0, 16.5)
    net = []
    for r in some:
        shape = geometry.to_plane(r.outline, plane)
        for p in r.pockets:
            shape = shape.difference(geometry.to_plane(p, plane))
        net.append(shape)
    union = float(shapely.union_all(net).area) if net else 0.0
    assert sum(b.credited_m2 for b in found) == pytest.approx(union, abs=TOLERANCE_M2)
    assert sum(b.net_m2 for b in found) == pytest.approx(sum(n.area for n in net), abs=TOLERANCE_M2)
    for b in found:
        where = b.inside_m2 + b.fadeout_m2 + b.elsewhere_m2 + b.earlier_m2
        assert where == pytest.approx(b.credited_m2, abs=TOLERANCE_M2)
        assert not (b.fadeout_m2 > TOLERANCE_M2 and b.elsewhere_m2 > TOLERANCE_M2)
    inside = geometry.to_plane(shapely.union_all(outlines), plane) if outlines else Polygon()
    expected = float(shapely.union_all(net).intersection(inside).area) if net else 0.0
    # What overlaps an area by less than the tolerance is not on it.
    assert sum(b.inside_m2 for b in found) == pytest.approx(expected, abs=5 * TOLERANCE_M2)


def held(what, start=DAY, end=None) -> Held:
    return Held(start, end, what)


def area(shape, id="HAZ-409-600001", start=DAY, **more) -> Area:
    return Area(id, (held(Outline(shape, reported_m2=1.0), start),), **more)


@SLOW
@given(blobs(), releases(), st.randoms())
def test_a_late_report_ends_in_the_same_ledger(outline, some, random) -> None:
    """Whatever came in last, the days on which it was so are the same."""
    a = area(outline)
    versions = [(held(r, r.since),) for r in some]
    first = area_ledger(a, versions, ())
    random.shuffle(versions)
    again = area_ledger(a, versions, ())
    assert [(s.start, s.end, s.balance, s.moved_by) for s in again] == [
        (s.start, s.end, s.balance, s.moved_by) for s in first
    ]
    assert [s.start for s in first[1:]] == [s.end for s in first[:-1]]
    same(first[-1].balance, of(outline, some))


def test_pockets_fade_out_and_ground_elsewhere_stand_apart() -> None:
    outline, ground, hole = field(0, 0), field(2, 0), field(2, 1, 1, 1)
    r = Release("R1", DAY, ground, (hole,), depth="d30cm")
    found = of(outline, [r])
    assert found.cleared_30cm_m2 == pytest.approx(
        m2(field(2, 0, 2, 4)) - m2(hole), abs=TOLERANCE_M2
    )
    assert found.uncleared_m2 == pytest.approx(m2(hole), abs=TOLERANCE_M2)
    on_area = release_balance(r, (), [Ground(outline, DAY)])
    assert on_area.fadeout_m2 == pytest.approx(m2(field(4, 0, 2, 4)), abs=TOLERANCE_M2)
    assert on_area.elsewhere_m2 == 0
    assert on_area.pockets_m2 == pytest.approx(m2(hole), abs=TOLERANCE_M2)
    alone = release_balance(r, (), [Ground(field(20, 20), DAY)])
    assert alone.elsewhere_m2 == pytest.approx(m2(ground) - m2(hole), abs=TOLERANCE_M2)
    assert alone.fadeout_m2 == 0


def test_the_deeper_clearance_has_the_ground_and_surface_search_comes_last() -> None:
    outline = field(0, 0)
    shallow = Release("R1", DAY, field(0, 0, 3, 4), depth="d30cm")
    deep = Release("R2", DAY, field(2, 0, 2, 4), depth="d3m")
    seen = Release("R0", DAY, outline, surface_m2=1e9)
    reduced = Release("A", DAY, outline, kind=REDUCED)
    found = of(outline, [seen, shallow, deep])
    assert found.cleared_3m_m2 == pytest.approx(m2(field(2, 0, 2, 4)), abs=TOLERANCE_M2)
    assert found.cleared_30cm_m2 == pytest.approx(m2(field(0, 0, 2, 4)), abs=TOLERANCE_M2)
    assert found.surface_m2 == pytest.approx(0, abs=TOLERANCE_M2)
    assert of(outline, [reduced, seen]).surface_m2 == pytest.approx(m2(outline), abs=TOLERANCE_M2)


def test_surface_search_is_what_was_not_cleared_deeper() -> None:
    outline, size = field(0, 0), m2(field(0, 0))
    part = Release("R1", DAY, outline, cleared_m2=0.75 * size, surface_m2=0.25 * size)
    assert of(outline, [part]).surface_m2 == pytest.approx(size / 4, abs=TOLERANCE_M2)
    both = replace(part, cleared_m2=size, surface_m2=size)
    assert of(outline, [both]).surface_m2 == pytest.approx(0, abs=TOLERANCE_M2)


def test_the_depth_of_a_report_is_that_of_its_largest_polygon() -> None:
    ground = MultiPolygon([field(0, 0, 1, 1), field(2, 0, 2, 4)])
    found = of(field(0, 0), [Release("R1", DAY, ground, depth="d3m")])
    assert found.cleared_3m_m2 == pytest.approx(m2(field(2, 0, 2, 4)), abs=TOLERANCE_M2)
    assert found.cleared_unsaid_m2 == pytest.approx(m2(field(0, 0, 1, 1)), abs=TOLERANCE_M2)


def test_what_released_nothing_leaves_the_land_remaining() -> None:
    outline = field(0, 0)
    some = [
        Release("R1", DAY, field(0, 0, 1, 4), is_complete=False),
        Release("R2", DAY, field(1, 0, 1, 4), kind=""),
        Release("R3", DAY - dt.timedelta(days=1), field(2, 0, 1, 4)),
    ]
    found = of(outline, some)
    assert found.remaining_m2 == pytest.approx(found.outline_m2)
    strip = m2(field(0, 0, 1, 4))
    for name in ("suspended_m2", "unclassified_m2", "earlier_m2"):
        assert getattr(found, name) == pytest.approx(strip, abs=TOLERANCE_M2), name


def test_a_release_without_a_drawing_moves_no_balance() -> None:
    r = Release("R1", DAY, None, cleared_m2=5000, names=frozenset({"HAZ-1"}))
    found = of(field(0, 0), [r], name="HAZ-1")
    assert (found.unlocated_m2, found.cleared_m2) == (5000, 0)
    assert of(field(0, 0), [r], name="HAZ-2").unlocated_m2 == 0
    assert release_balance(r, (), ()).unlocated_m2 == 5000


def test_pockets_that_are_said_and_not_drawn_are_told() -> None:
    r = Release("R1", DAY, field(0, 0), uncleared_m2=900, cleared_m2=8000)
    found = of(field(0, 0, 2, 4), [r])
    assert found.undrawn_m2 == pytest.approx(450, abs=TOLERANCE_M2)
    assert found.stated_m2 == pytest.approx(4000, abs=TOLERANCE_M2)


def test_a_re_survey_is_a_line_of_its_own() -> None:
    later = DAY + dt.timedelta(days=10)
    a = Area(
        "HAZ-1",
        (
            held(Outline(field(0, 0)), DAY, later),
            held(Outline(field(1, 0, 4, 4)), later),
        ),
    )
    r = held(Release("R1", DAY + dt.timedelta(days=5), field(0, 0, 2, 4)), DAY)
    first, second = area_ledger(a, [(r,)], ())
    assert first.adjustments == ()
    (step,) = second.adjustments
    assert step.on == later
    assert step.gained_m2 == pytest.approx(m2(field(4, 0, 1, 4)), abs=TOLERANCE_M2)
    assert step.lost_m2 == pytest.approx(m2(field(0, 0, 1, 4)), abs=TOLERANCE_M2)
    assert second.initial_m2 + step.net_m2 == pytest.approx(second.balance.outline_m2, abs=1)
    assert second.balance.cleared_m2 == pytest.approx(m2(field(1, 0, 1, 4)), abs=TOLERANCE_M2)
    assert "HAZ-1" in second.moved_by


def test_an_area_counts_until_the_day_it_is_told() -> None:
    end = DAY + dt.timedelta(days=10)
    a = area(field(0, 0), until=end)
    (only,) = area_ledger(a, (), ())
    assert (only.start, only.end) == (DAY, end)
    after = held(Release("R1", end, field(0, 0)), end)
    (of_release,) = release_ledger((after,), (), [a])
    assert of_release.balance.elsewhere_m2 == pytest.approx(m2(field(0, 0)), abs=TOLERANCE_M2)
    assert area_ledger(area(field(0, 0), until=DAY), (), ()) == []


def test_releases_count_from_the_day_of_identification() -> None:
    identified = DAY - dt.timedelta(days=9)
    a = Area("HAZ-1", (held(Outline(field(0, 0), identified)),))
    early = DAY - dt.timedelta(days=5)
    (found,) = area_ledger(a, [(held(Release("R1", early, field(0, 0)), early),)], ())
    assert found.balance.remaining_m2 == pytest.approx(0, abs=0.1)


def test_what_lies_elsewhere_makes_no_stretch() -> None:
    far = held(Release("R9", DAY, field(40, 40)), DAY + dt.timedelta(days=3))
    (only,) = area_ledger(area(field(0, 0)), [(far,)], [area(field(60, 0), "HAZ-0")])
    assert only.moved_by == ("HAZ-409-600001",)


@pytest.mark.parametrize(
    ("said", "after", "methods", "kind", "contradictory"),
    [
        ("cleared", "post_clearance", ["battle_area_clearance"], CLEARED, False),
        ("", "post_clearance", [], CLEARED, False),
        ("", "post_technical_survey", [], REDUCED, False),
        ("", "", ["mine_clearance"], CLEARED, False),
        ("", "", [], "", False),
        ("cancelled", "", [], CANCELLED, False),
        ("cancelled", "post_clearance", [], CANCELLED, True),
        ("cancelled", "", ["battle_area_clearance"], CANCELLED, True),
        ("reduced", "post_technical_survey", ["battle_area_clearance"], REDUCED, False),
        ("reduced", "post_clearance", [], REDUCED, True),
        ("cleared", "post_technical_survey", [], CLEARED, True),
    ],
)
def test_the_class_of_a_release(said, after, methods, kind, contradictory) -> None:
    assert release_class(said, after, methods) == kind
    assert contradicts_itself(said, after, methods) is contradictory
