"""Printed maps measured: millimetres for metres, norths for angles, symbols from their table."""

from __future__ import annotations

import io
import math
import re

import pypdf
import pypdfium2
import pytest
from pyproj import Proj
from shapely.geometry import Point, Polygon

from datlanh.kernel.coordinates import (
    UTM48,
    VN2000_10600,
    VN2000_10615,
    from_metres,
    in_metres,
)
from datlanh.reporting.documents.drawing import Thing, north_arrow, scale_bar
from datlanh.reporting.documents.frames import PAPERS, SCALES, bar_m, frame_around, frame_at
from datlanh.reporting.documents.mapsheet import MARGIN_MM, Wish, sheet_set
from datlanh.reporting.documents.symbols import LABELS, OURS, symbols, symbols_read

AT = (107.09, 16.757)
DPI = 200


def square(frame, metres: float) -> Polygon:
    """A square of so many metres of the grid around the middle of a frame, lon/lat."""
    half = metres / 2
    corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
    return Polygon(
        [
            (p.x, p.y)
            for dx, dy in corners
            for p in [from_metres(frame.northing + dy, frame.easting + dx, frame.system)]
        ]
    )


def rendered(pdf: bytes):
    """The one page as pixels at DPI."""
    return pypdfium2.PdfDocument(pdf)[0].render(scale=DPI / 72).to_numpy()


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("paper", "upright"), [("A4", False), ("A4", True), ("A3", False)])
def test_a_known_distance_has_its_millimetres_on_the_paper(
    scale: int, paper: str, upright: bool
) -> None:
    wish = Wish(*AT, paper=paper, upright=upright, scale=scale)
    ground = 0.06 * scale  # metres: 60 mm
    things = [Thing("release-cleared", square(wish.frame, ground))]
    pdf = sheet_set(wish, wish.frame, things, [])
    pixels = rendered(pdf).astype(int)
    red, green, blue = (int(symbols()["release-cleared"].fill[i : i + 2], 16) for i in (1, 3, 5))
    close = abs(pixels[..., 2] - red) + abs(pixels[..., 1] - green) + abs(pixels[..., 0] - blue)
    other = abs(pixels[..., 0] - red) + abs(pixels[..., 1] - green) + abs(pixels[..., 2] - blue)
    filled = (close < 12) | (other < 12)
    rows, columns = filled.sum(axis=1), filled.sum(axis=0)
    per_mm = DPI / 25.4
    tall = (columns > 30 * per_mm).sum() / per_mm  # lines of the grid are no fill
    wide = [i for i, n in enumerate(columns) if n > 30 * per_mm]
    high = [i for i, n in enumerate(rows) if n > 30 * per_mm]
    assert tall > 50
    assert (wide[-1] - wide[0] + 1) / per_mm == pytest.approx(60, abs=0.5)
    assert (high[-1] - high[0] + 1) / per_mm == pytest.approx(60, abs=0.5)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_sheet_is_one_page_of_its_paper_with_all_that_must_be_said(paper: str) -> None:
    for upright in (False, True):
        wish = Wish(*AT, paper=paper, upright=upright, language="en")
        facts = [("Date of information", "25/11/2026")]
        things = [Thing(k, square(wish.frame, 500)) for k in LABELS]
        things = [t for t in things if not symbols()[t.symbol].shape]
        reader = pypdf.PdfReader(io.BytesIO(sheet_set(wish, wish.frame, things, facts)))
        assert len(reader.pages) == 1
        box = reader.pages[0].mediabox
        sides = tuple(round(float(v) / 72 * 25.4) for v in (box.width, box.height))
        assert sides == wish.sides
        text = re.sub(r"\s+", " ", reader.pages[0].extract_text())
        for word in ("Scale 1:25,000", "25/11/2026", "grid north", "does not mean “safe”"):
            assert word in text, (paper, upright, word)
        for thing in things:
            assert LABELS[thing.symbol].en in text


@pytest.mark.parametrize(
    ("system", "meridian"), [(UTM48, 105.0), (VN2000_10600, 106.0), (VN2000_10615, 106.25)]
)
@pytest.mark.parametrize("at", [(107.3, 16.7), (106.05, 17.0), (106.9, 16.4)])
def test_grid_north_lies_where_the_projection_puts_it(system, meridian, at) -> None:
    frame = frame_at(Point(*at), system, scale=25_000, width_mm=200, height_mm=200)
    plain = Proj(proj="tmerc", lat_0=0, lon_0=meridian, ellps="WGS84")
    expected = plain.get_factors(*at).meridian_convergence
    by_hand = math.degrees(
        math.atan(math.tan(math.radians(at[0] - meridian)) * math.sin(math.radians(at[1])))
    )
    assert frame.convergence_deg == pytest.approx(by_hand, abs=0.002)
    assert abs(frame.convergence_deg) == pytest.approx(abs(expected), abs=0.002)
    assert (frame.convergence_deg > 0) == (at[0] > meridian)


def test_true_north_is_drawn_at_its_angle_on_the_other_side_of_grid_north() -> None:
    east_of_meridian = north_arrow(0.6)
    turned = re.search(
        r'rotate\((-?[\d.]+) 8\.0 22\.5\)"><path class="true-north"', east_of_meridian
    )
    assert turned is not None
    assert float(turned[1]) == -0.6  # SVG turns clockwise: true north lies to the left
    upward = re.search(r'class="grid-north" d="M8.0 ([\d.]+)V([\d.]+)"', east_of_meridian)
    assert upward is not None
    assert float(upward[2]) < float(upward[1])  # y grows downwards: the arrow points up


def test_true_north_on_the_map_is_where_the_arrow_says() -> None:
    frame = frame_at(Point(*AT), UTM48, scale=25_000, width_mm=200, height_mm=200)
    x0, y0 = frame.place(AT[0], AT[1])
    x1, y1 = frame.place(AT[0], AT[1] + 0.02)
    assert y1 < y0
    leaning = math.degrees(math.atan2(x1 - x0, y0 - y1))
    assert leaning == pytest.approx(-frame.convergence_deg, abs=0.01)


def test_the_scale_bar_is_as_long_as_its_ground() -> None:
    for scale in SCALES:
        metres = bar_m(scale, 60)
        drawn = [
            float(w)
            for w in re.findall(
                r'<rect x="[\d.]+" width="([\d.]+)"', scale_bar(metres, scale, "vi")
            )
        ]
        assert len(drawn) == 4
        assert sum(drawn) == pytest.approx(metres * 1000 / scale, abs=0.01)
        assert 20 <= sum(drawn) <= 60


def test_the_grid_meets_round_numbers_and_the_graticule_its_meridians() -> None:
    frame = frame_at(Point(*AT), VN2000_10615, scale=25_000, width_mm=250, height_mm=180)
    eastings, northings = frame.grid()
    assert frame.grid_m == 1000
    assert len(eastings) >= 6
    assert all(v % 1000 == 0 for v in (*eastings, *northings))
    found = list(frame.crossings())
    assert {axis for axis, _, _ in found} == {"lon", "lat"}
    west, _, _, north = frame.bounds
    for axis, degrees, mm in found:
        if axis == "lon":
            at = from_metres(north, west + mm * 25, VN2000_10615)
            assert at.x == pytest.approx(degrees, abs=1e-7)


def test_an_area_fits_its_map_at_a_usual_scale() -> None:
    frame = frame_at(Point(*AT), VN2000_10615, scale=25_000, width_mm=150, height_mm=140)
    for metres in (30, 400, 2_500, 30_000):
        shape = square(frame, metres)
        around = frame_around(shape, VN2000_10615, 150, 140)
        west, south, east, north = in_metres(shape, VN2000_10615).bounds
        left, bottom, right, top = around.bounds
        assert left < west
        assert right > east
        assert bottom < south
        assert top > north


def test_a_centre_s_own_symbols_take_the_place_of_ours(tmp_path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[area-open]\nfill = "#123456"\n')
    table = symbols_read(OURS, own)
    assert table["area-open"].fill == "#123456"
    assert table["area-open"].hatch == "rising"
    own2 = tmp_path / "wrong.toml"
    own2.write_text('[lava]\nfill = "#123456"\n')
    with pytest.raises(ValueError, match="lava"):
        symbols_read(OURS, own2)


def test_every_class_of_land_differs_by_more_than_its_colour() -> None:
    land = [s for k, s in symbols_read(OURS).items() if k.startswith(("area-", "release-", "sha-"))]
    assert (
        len({(s.hatch, s.dash, s.fill == "#ffffff") for s in land if s.key.startswith("area")}) == 4
    )
    assert len({s.hatch for s in land if s.key.startswith("release")}) == 4


def test_the_margin_of_a_sheet_is_one_that_printers_can_keep() -> None:
    assert MARGIN_MM >= 5
