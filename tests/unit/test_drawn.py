"""What a person drew on a page, as the form sends it."""

from __future__ import annotations

import json

import pytest

from datlanh.kernel.drawn import POINTS, line_drawn, polygons_drawn

RING = [[107.1, 16.7], [107.2, 16.7], [107.2, 16.8], [107.1, 16.7]]


def test_a_line_comes_as_rows_or_as_geojson():
    rows = line_drawn("16.7, 107.1\n16.8; 107.2")
    geojson = line_drawn('{"type": "LineString", "coordinates": [[107.1, 16.7], [107.2, 16.8]]}')

    assert rows is not None
    assert rows == geojson
    assert list(rows.coords) == [(107.1, 16.7), (107.2, 16.8)]


def test_polygons_come_one_or_many_and_are_not_judged():
    one = polygons_drawn(json.dumps({"type": "Polygon", "coordinates": [RING]}))
    many = polygons_drawn(json.dumps({"type": "MultiPolygon", "coordinates": [[RING], [RING]]}))
    bow = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]

    assert (len(one), len(many)) == (1, 2)
    assert len(polygons_drawn(json.dumps({"type": "Polygon", "coordinates": [bow]}))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "16.7, 107.1",
        "nothing here",
        "{",
        "{}",
        "[1, 2]",
        '{"type": "LineString", "coordinates": [[NaN, 1], [2, 3]]}',
        '{"type": "LineString", "coordinates": [["x", 1], [2, 3]]}',
        '{"type": "LineString", "coordinates": [[1], [2]]}',
        '{"type": "LineString", "coordinates": null}',
        '{"type": "Point", "coordinates": [1, 2]}',
        '{"type": "LineString", "coordinates": [[200, 1], [2, 3]]}',
        "1, 1\n" * (POINTS + 1),
        "[" * 5000,
        '{"type":' * 5000,
    ],
)
def test_what_is_no_line_gives_none(text):
    assert line_drawn(text) is None
    assert polygons_drawn(text) == []


def test_a_ring_of_two_points_and_a_hole_are_no_polygon():
    hole = [[107.12, 16.72], [107.15, 16.72], [107.15, 16.75], [107.12, 16.72]]

    assert polygons_drawn(json.dumps({"type": "Polygon", "coordinates": [RING[:2]]})) == []
    assert polygons_drawn(json.dumps({"type": "Polygon", "coordinates": [RING, hole]})) == []
