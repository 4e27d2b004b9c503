"""The polygon firewall: problems with places, repairs with what they change."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from datlanh.kernel import firewall, geometry
from datlanh.kernel.coordinates import from_metres, metres
from datlanh.kernel.coordinates.repairs import datum_moves
from datlanh.kernel.firewall import Examination, Other, Problem, Surroundings, examine
from datlanh.kernel.rules import Severity

LON, LAT = 107.1, 16.75
PLANE = geometry.Plane(107.0, 17.0)


def placed(*pairs: tuple[float, float]) -> Polygon:
    """A ring given in metres from a corner in the province."""
    origin = geometry.to_plane(Point(LON, LAT), PLANE)
    flat = Polygon([(origin.x + x, origin.y + y) for x, y in pairs])
    return geometry.from_plane(flat, PLANE)  # type: ignore[no-any-return]


def square(x: float = 0, y: float = 0, side: float = 100) -> Polygon:
    return placed((x, y), (x + side, y), (x + side, y + side), (x, y + side))


def only(found: Examination, key: str) -> Problem:
    (problem,) = (p for p in found.problems if p.key == key)
    return problem


def keys(found: Examination) -> list[str]:
    return [p.key for p in found.problems]


def test_a_good_drawing_has_no_problem() -> None:
    found = examine([square()])
    assert found.problems == ()
    assert found.area_m2 == pytest.approx(10_000, abs=0.5)


def test_nothing_drawn() -> None:
    assert keys(examine([])) == ["nothing"]
    assert keys(examine([Polygon()])) == ["nothing"]


def test_points_in_the_wrong_order_are_put_in_order_or_divided() -> None:
    bow = placed((0, 0), (100, 100), (100, 0), (0, 100))
    problem = only(examine([bow]), "invalid")
    assert problem.severity is Severity.BLOCK
    assert isinstance(problem.where, Point)
    assert problem.where.distance(square().centroid) < 1e-6
    order, valid = problem.repairs
    assert order.before_m2 is None
    assert order.after_m2 == pytest.approx(10_000, abs=0.5)
    assert {tuple(p) for p in order.polygons[0].exterior.coords} == {
        tuple(p) for p in bow.exterior.coords
    }
    assert len(valid.polygons) == 2
    assert valid.after_m2 == pytest.approx(5_000, abs=0.5)


def test_a_spike_is_taken_off() -> None:
    spiky = placed((0, 0), (100, 0), (100, 50), (300, 50.2), (100, 50.4), (100, 100), (0, 100))
    problem = only(examine([spiky]), "spike")
    (repair,) = problem.repairs
    assert "4" in problem.said.en
    assert repair.after_m2 == pytest.approx(10_000, abs=0.5)
    assert repair.changed_m2 == pytest.approx(40, abs=1)
    assert repair.moved_m == pytest.approx(200, abs=1)
    assert examine(repair.polygons).problems == ()


def test_an_exact_spike_is_invalid_and_its_place_is_shown() -> None:
    spiky = placed((0, 0), (100, 0), (100, 50), (300, 50), (100, 50), (100, 100), (0, 100))
    found = examine([spiky])
    assert only(found, "invalid").where is not None
    assert only(found, "invalid").repairs[-1].after_m2 == pytest.approx(10_000, abs=0.5)


def test_a_sharp_corner_of_a_field_is_no_spike() -> None:
    wedge = placed((0, 0), (300, 10), (0, 20))
    assert "spike" not in keys(examine([wedge]))


def test_points_that_stand_twice() -> None:
    twice = placed((0, 0), (100, 0), (100, 0), (100, 100), (0, 100))
    problem = only(examine([twice]), "repeated")
    (repair,) = problem.repairs
    assert len(repair.polygons[0].exterior.coords) == 5
    assert repair.difference_m2 == pytest.approx(0)


def test_a_sliver_beside_the_area_is_left_out() -> None:
    sliver = placed((200, 0), (300, 0), (300, 0.5), (200, 0.5))
    found = examine([square(), sliver])
    (repair,) = only(found, "sliver").repairs
    assert len(repair.polygons) == 1
    assert repair.difference_m2 == pytest.approx(-50, abs=0.5)


def test_a_mistyped_digit_is_told_and_put_right() -> None:
    pairs = [
        (107.10012, 16.75034),
        (107.10212, 16.75034),
        (107.10212, 16.75234),
        (107.10012, 16.75234),
    ]
    wrong = [*pairs[:2], (107.12212, 16.75234), pairs[3]]  # 107.10212 with another second decimal
    problem = only(examine([Polygon(wrong)]), "far-3")
    digit, left_out = problem.repairs
    assert list(digit.polygons[0].exterior.coords)[2] == pytest.approx(pairs[2])
    assert len(left_out.polygons[0].exterior.coords) == 4
    assert digit.moved_m > 1000


def test_parts_of_one_drawing_that_overlap_are_joined() -> None:
    found = examine([square(), square(50)])
    problem = only(found, "parts-2")
    assert problem.piece_m2 == pytest.approx(5_000, abs=0.5)
    (repair,) = problem.repairs
    assert repair.after_m2 == pytest.approx(15_000, abs=0.5)
    assert repair.changed_m2 == pytest.approx(0, abs=0.1)


def other(outline: Polygon, clashes: bool = True) -> Surroundings:
    return Surroundings(
        others=[Other("HAZ-409-600002", "hazardous_area", outline, clashes=clashes)]
    )


def test_an_overlap_is_told_with_its_piece_and_can_be_cut_off() -> None:
    found = examine([square()], other(square(80)))
    (problem,) = found.problems
    assert problem.severity is Severity.WARN
    assert problem.piece_m2 == pytest.approx(2_000, abs=0.5)
    assert problem.where is not None
    assert geometry.area_m2(problem.where) == pytest.approx(2_000, abs=0.5)
    (cut,) = problem.repairs
    assert cut.after_m2 == pytest.approx(8_000, abs=0.5)
    assert cut.changed_m2 == pytest.approx(2_000, abs=0.5)
    assert examine(cut.polygons, other(square(80))).problems == ()


def test_what_does_not_clash_is_told_only() -> None:
    (problem,) = examine([square()], other(square(80), clashes=False)).problems
    assert problem.severity is Severity.INFO
    assert problem.repairs == ()


@pytest.mark.parametrize("offset", [99.2, 100.7])
def test_a_boundary_drawn_twice_is_laid_on_the_neighbours(offset: float) -> None:
    neighbour = placed((offset, -20), (200, -20), (200, 130), (offset, 130), (offset, 60))
    found = examine([square()], other(neighbour))
    (problem,) = found.problems
    snap = problem.repairs[0]
    assert snap.key == "snap.HAZ-409-600002"
    assert snap.moved_m < firewall.SNAP_M
    taken = snap.polygons[0]
    assert geometry.overlap_m2(taken, neighbour) < 1e-6
    assert geometry.distance_m(Point(taken.exterior.coords[0]), taken) == 0
    flat, theirs = (geometry.to_plane(p, PLANE) for p in (taken, neighbour))
    shared = flat.boundary.intersection(theirs.boundary.buffer(1e-6)).length
    assert shared == pytest.approx(100, abs=0.01)
    assert "other:HAZ-409-600002" not in keys(examine(snap.polygons, other(neighbour)))


def test_what_lies_outside_the_commune() -> None:
    around = Surroundings(commune=square(-1000, 0, 1070), commune_name="xã Đồi Tây")
    (problem,) = examine([square()], around).problems
    assert problem.piece_m2 == pytest.approx(3_000, abs=0.5)
    assert "30" in problem.said.vi
    assert problem.repairs == ()


def test_the_stated_area_can_take_the_measured_one() -> None:
    (problem,) = examine([square()], Surroundings(stated_m2=15_000)).problems
    assert problem.severity is Severity.BLOCK
    assert problem.repairs[0].stated_m2 == pytest.approx(10_000, abs=0.5)
    assert examine([square()], Surroundings(stated_m2=10_200)).problems == ()


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("utm48", "vn2000_utm48"), ("vn2000_10600", "vn2000_10615"), ("utm48", "vn2000_10615")],
)
def test_metres_read_in_the_wrong_system_are_recognised(wrong: str, right: str) -> None:
    area = square(side=150)
    numbers = [metres(Point(p), right) for p in area.exterior.coords]
    drawn = Polygon([from_metres(*n, wrong).coords[0] for n in numbers])
    around = Surroundings(expected=area, expected_name="HAZ-409-600001")
    problem = only(examine([drawn], around), "system")
    (repair,) = problem.repairs
    assert repair.moved_m > 100
    assert geometry.overlap_m2(repair.polygons[0], area) > 0.95 * 150 * 150
    assert "system" not in keys(examine([area], around))


def test_degrees_of_vn2000_given_as_wgs84_are_recognised() -> None:
    area = square(side=150)
    drawn = datum_moves(area)[1].geometry  # as VN-2000 has it
    problem = only(examine([drawn], Surroundings(expected=area, expected_name="HAZ-1")), "system")
    assert geometry.overlap_m2(problem.repairs[0].polygons[0], area) > 0.99 * 150 * 150


def test_a_drawing_with_its_axes_exchanged_is_brought_home() -> None:
    turned = geometry.swapped(square())
    around = Surroundings(inside=lambda p: box(105, 16, 108, 18).covers(p))
    problem = only(examine([turned], around), "place")
    assert [r.key for r in problem.repairs] == ["read.swapped"]
    assert problem.repairs[0].polygons[0].equals(square())


def test_coordinates_off_the_globe_break_nothing() -> None:
    found = examine([Polygon([(900, 900), (901, 900), (901, 901)])], other(square()))
    assert keys(found) == ["invalid"]
    assert found.area_m2 is None


def test_a_repair_is_found_again_by_its_key() -> None:
    found = examine([placed((0, 0), (100, 100), (100, 0), (0, 100))])
    repair = found.repair("order.1")
    assert repair is not None
    assert repair.said.vi
    assert found.repair("nothing of the kind") is None


PAIRS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=12)


@settings(max_examples=60)
@given(pairs=PAIRS, more=PAIRS)
def test_whatever_is_drawn_every_repair_can_be_measured(
    pairs: list[tuple[int, int]], more: list[tuple[int, int]]
) -> None:
    drawn = placed(*((x * 20.0, y * 20.0) for x, y in pairs))
    theirs = shapely.make_valid(placed(*((x * 20.0, y * 20.0) for x, y in more)))
    around = Surroundings(others=[Other("HAZ-409-600002", "hazardous_area", theirs)])
    found = examine([drawn], around)
    is_valid = geometry.invalid_reason(drawn) is None
    assert is_valid is ("invalid" not in keys(found))
    for problem in found.problems:
        assert "{" not in problem.said.vi + problem.said.en
        for repair in problem.repairs:
            assert repair.after_m2 > 0
            assert all(geometry.invalid_reason(p) is None for p in repair.polygons)
            assert (repair.before_m2 is None) is (found.area_m2 is None)
