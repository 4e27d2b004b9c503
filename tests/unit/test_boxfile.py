"""Shapefiles of survey boxes as operators send them: every fault is told, none raises."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from datlanh.intake import boxfile
from datlanh.intake.boxfile import read_boxes
from datlanh.intake.boxsystems import SYSTEMS
from datlanh.kernel import grid
from datlanh.kernel.boxes import DEFAULT_TABLE, BoxFile
from datlanh.kernel.grid import Box

HOME = Box(715 * 20, 1856 * 20)
NINE = [HOME.moved(c, r) for c in range(3) for r in range(3)]
LONLAT = [grid.polygon_of(b) for b in NINE]


def zipped(
    shapes: list[Any],
    columns: dict[str, list[Any]] | None = None,
    *,
    crs: str | None = "EPSG:4326",
    leave: tuple[str, ...] = (),
    encoding: str | None = None,
    prefix: str = "",
    kind: str = "Polygon",
) -> bytes:
    columns = columns if columns is not None else {"result": ["red"] * len(shapes)}
    out = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        path = Path(folder) / "boxes.shp"
        pyogrio.raw.write(
            path,
            geometry=np.array(shapely.to_wkb(shapes), dtype=object),
            field_data=[np.array(v, dtype=object) for v in columns.values()],
            fields=list(columns),
            geometry_type=kind,
            crs=crs or "EPSG:4326",
            driver="ESRI Shapefile",
            encoding=encoding,
        )
        for part in sorted(Path(folder).iterdir()):
            ending = part.suffix.lstrip(".")
            if ending not in leave and not (crs is None and ending == "prj"):
                packed.writestr(prefix + part.name, part.read_bytes())
    return out.getvalue()


def ids(found: BoxFile) -> set[str]:
    return {r.box for r in found.rows}


def kinds(found: BoxFile) -> list[str]:
    return [p.kind for p in found.problems]


def moved(shapes: list[Any], crs: str) -> list[Any]:
    there = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    return [shapely.transform(s, there.transform, interleaved=False) for s in shapes]


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32648", "EPSG:9212", "EPSG:9211", "EPSG:3405"])
def test_a_declared_system_is_read(crs: str) -> None:
    found = read_boxes(zipped(moved(LONLAT, crs), crs=crs))

    assert ids(found) == {b.id for b in NINE}
    assert kinds(found) == []


@pytest.mark.parametrize(
    ("crs", "name"),
    [
        ("EPSG:4326", "WGS 84"),
        ("EPSG:32648", "UTM 48N"),
        ("EPSG:9212", SYSTEMS[2].name),
        ("EPSG:9211", SYSTEMS[3].name),
        ("EPSG:3405", SYSTEMS[4].name),
    ],
)
def test_a_system_nobody_declared_is_guessed_and_said(crs: str, name: str) -> None:
    packed = zipped(moved(LONLAT, crs), crs=crs, leave=("prj",))
    found = read_boxes(packed)

    assert ids(found) == {b.id for b in NINE}
    assert [(p.kind, p.count, p.example) for p in found.problems] == [("system_guessed", 9, name)]


def test_rounded_degrees_still_find_the_grid() -> None:
    rounded = [shapely.transform(s, lambda c: np.round(c, 5)) for s in LONLAT]

    assert ids(read_boxes(zipped(rounded))) == {b.id for b in NINE}


def test_columns_are_found_by_what_they_are_called() -> None:
    columns = {
        "Ma_O": ["A1", "A2"],
        "Ket_Qua": ["Đỏ", "Xanh lá"],
        "Ngay": ["05/10/2026", "2026-10-06"],
        "So_Luong": [3, 0],
    }
    one, two = read_boxes(zipped(LONLAT[:2], columns, encoding="UTF-8")).rows

    assert one.values() == {
        "box": NINE[0].id,
        "result": "Đỏ",
        "own_id": "A1",
        "searched_on": "2026-10-05",
        "items": 3,
    }
    assert (two.result, two.on, two.items) == ("Xanh lá", "2026-10-06", 0)
    known = DEFAULT_TABLE.of(one.result)
    assert known is not None
    assert known.key == "red"


@pytest.mark.parametrize(("encoding", "word"), [("UTF-8", "Đỏ"), ("ISO-8859-1", "Red")])
def test_text_without_a_stated_encoding_is_read(encoding: str, word: str) -> None:
    packed = zipped(LONLAT[:1], {"ket_qua": [word]}, encoding=encoding, leave=("cpg",))

    assert DEFAULT_TABLE.of(read_boxes(packed).rows[0].result) == DEFAULT_TABLE.by_key("red")


def test_boxes_off_the_grid_are_kept_as_they_are_and_told() -> None:
    west, south, _, _ = HOME.bounds
    off = grid.from_utm(shapely.box(west + 20, south + 20, west + 70, south + 70))
    found = read_boxes(zipped([LONLAT[0], off]))

    assert [bool(r.box) for r in found.rows] == [True, False]
    assert found.rows[1].shape is not None
    (problem,) = found.problems
    assert (problem.kind, problem.count) == ("off_grid", 1)
    assert problem.at is not None


def test_a_box_given_twice_counts_once_unless_its_results_differ() -> None:
    shapes = [LONLAT[0], LONLAT[0], LONLAT[1], LONLAT[1]]
    found = read_boxes(zipped(shapes, {"result": ["red", "Red ", "red", "green"]}))

    assert [(r.box, r.result) for r in found.rows] == [
        (NINE[0].id, "red"),
        (NINE[1].id, "red"),
        (NINE[1].id, "green"),
    ]
    assert [(p.kind, p.count) for p in found.problems] == [("doubled", 2)]


@pytest.mark.parametrize("leave", [("shx",), ("dbf",), ("shx", "dbf", "prj", "cpg")])
def test_a_layer_without_its_side_files_gives_its_boxes(leave: tuple[str, ...]) -> None:
    assert ids(read_boxes(zipped(LONLAT, leave=leave))) == {b.id for b in NINE}


def test_folders_and_capitals_in_a_zip_do_not_matter() -> None:
    packed = zipped(LONLAT, prefix="Khảo sát/TS 1/")

    assert len(read_boxes(packed).rows) == 9


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no_zip"),
        (b"PK\x03\x04" + b"\0" * 40, "no_zip"),
        (zipped(LONLAT)[:300], "no_zip"),
        (zipped(LONLAT, leave=("shp",)), "no_layer"),
    ],
)
def test_what_is_no_shapefile_is_told(content: bytes, why: str) -> None:
    found = read_boxes(content)

    assert found.rows == ()
    assert [(p.kind, p.example) for p in found.problems] == [("unreadable", why)]


def test_a_layer_of_points_has_no_boxes() -> None:
    found = read_boxes(zipped([shapely.Point(107, 16.7)], {"result": ["red"]}, kind="Point"))

    assert found.rows == ()
    assert kinds(found) == ["no_shape"]


def test_ground_far_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read_boxes(zipped([shapely.box(9e6, 9e6, 9e6 + 50, 9e6 + 50)], leave=("prj",)))

    assert found.rows == ()
    assert kinds(found) == ["nowhere"]


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("boxes.shp", b"\0" * 30_000_000)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as packed:
        for number in range(boxfile.MAX_MEMBERS + 1):
            packed.writestr(f"{number}.shp", b"")

    for content in (out.getvalue(), many.getvalue()):
        assert [p.example for p in read_boxes(content).problems] == ["too_large"]


def test_more_boxes_than_a_survey_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxfile, "MAX_BOXES", 5)

    assert [p.example for p in read_boxes(zipped(LONLAT)).problems] == ["too_large"]


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # GDAL tells what it mends
def test_a_damaged_file_never_raises(data: st.DataObject) -> None:
    parts = zipfile.ZipFile(io.BytesIO(zipped(LONLAT, {"result": ["red"] * 9})))
    hurt = data.draw(st.sampled_from(["shp", "shx", "dbf", "prj", "cpg"]))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in parts.namelist():
            content = bytearray(parts.read(name))
            if name.endswith(hurt):
                for _ in range(data.draw(st.integers(1, 8))):
                    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(
                        st.integers(0, 255)
                    )
                content = content[: data.draw(st.integers(1, len(content)))]
            packed.writestr(name, bytes(content))

    found = read_boxes(out.getvalue())

    assert found == read_boxes(out.getvalue())
