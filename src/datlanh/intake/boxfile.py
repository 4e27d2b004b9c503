"""The zipped shapefile of survey boxes (SOP 2021, App. 01 §2.1): read, or said what is wrong.

Pure of the file's bytes: the same file gives the same boxes for ever. Nothing in a file makes it
raise; what cannot be used is a problem with its number and an example.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyproj.exceptions import CRSError, ProjError

from datlanh.intake.boxsystems import SYSTEMS, System, declared
from datlanh.kernel import geometry, grid
from datlanh.kernel.boxes import BoxFile, BoxProblem, BoxRow, plain

MAX_MEMBERS = 64
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 400  # tables of short words in wide columns pack by some 100
SMALL = 1024 * 1024  # no bomb is this small
MAX_BOXES = 50_000
PARTS = ("shp", "shx", "dbf", "prj", "cpg")
ENCODINGS = ("utf-8", "cp1258", "latin-1")

# What operators call the columns, without marks and case.
COLUMNS = {
    "own": ("box id", "boxid", "box", "id", "ma o", "mao", "grid id", "gridid", "name", "ten o"),
    "result": (
        "result",
        "results",
        "ket qua",
        "ketqua",
        "kq",
        "colour",
        "color",
        "mau",
        "box result",
        "status",
    ),
    "on": ("date", "ngay", "survey date", "ngay ks", "searched on"),
    "items": ("items", "so luong", "soluong", "quantity", "qty", "cm", "no items", "found"),
}


class _UnreadableError(Exception):
    """Why a file gives no boxes at all; the key of a sentence."""


def read_boxes(content: bytes) -> BoxFile:
    """The boxes in a zip, and everything that is doubtful about them."""
    try:
        with TemporaryDirectory() as folder:
            layers = _unpacked(content, Path(folder))
            found = [_layer(path) for path in layers]
    except _UnreadableError as error:
        return BoxFile(problems=(BoxProblem("unreadable", 1, str(error)),))
    rows: list[BoxRow] = []
    problems: list[BoxProblem] = []
    for layer_rows, layer_problems in found:
        rows += layer_rows
        problems += layer_problems
    rows, doubled = _once(rows)
    return BoxFile(tuple(rows), tuple(problems + doubled))


def _unpacked(content: bytes, folder: Path) -> list[Path]:
    """The layers of the zip, written under names of ours. Raises _UnreadableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = [
                m for m in packed.infolist() if not m.is_dir() and "__MACOSX" not in m.filename
            ]
            _refuse_bombs(members)
            by_stem: dict[str, dict[str, zipfile.ZipInfo]] = {}
            for member in members:
                stem, _, ending = member.filename.rpartition(".")
                if ending.lower() in PARTS:
                    by_stem.setdefault(stem.lower(), {})[ending.lower()] = member
            layers = []
            for number, parts in enumerate(p for _, p in sorted(by_stem.items()) if "shp" in p):
                for ending, member in parts.items():
                    (folder / f"layer{number}.{ending}").write_bytes(packed.read(member))
                layers.append(folder / f"layer{number}.shp")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError) as error:
        raise _UnreadableError("no_zip") from error
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise _UnreadableError("no_zip") from error
    if not layers:
        raise _UnreadableError("no_layer")
    return layers


def _refuse_bombs(members: Sequence[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
        raise _UnreadableError("too_large")
    for member in members:
        if member.file_size > SMALL and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            raise _UnreadableError("too_large")


def _layer(path: Path) -> tuple[list[BoxRow], list[BoxProblem]]:
    shapes, table = _read(path)
    problems: list[BoxProblem] = []
    usable = np.array(
        [
            s is not None and s.geom_type in ("Polygon", "MultiPolygon") and not s.is_empty
            for s in shapes
        ],
        dtype=bool,
    )
    if lost := int((~usable).sum()):
        problems.append(BoxProblem("no_shape", lost, f"{int(np.argmin(usable)) + 1}"))
    if not usable.any():
        return [], problems
    system, told = _system(path, shapes[usable])
    problems += told
    if system is None:
        return [], problems
    placed = _placed(shapes[usable], system)
    rows, off = _rows(placed, {k: v[usable] for k, v in table.items()}, np.flatnonzero(usable))
    return rows, problems + off


def _read(path: Path) -> tuple[Any, dict[str, Any]]:
    """Shapes and the columns that mean something, by our names. Raises _UnreadableError."""
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True, "OGR_ORGANIZE_POLYGONS": "DEFAULT"})
    first: tuple[str | None, ...] = (None,) if path.with_suffix(".cpg").exists() else ()
    for encoding in (*first, *ENCODINGS):
        try:
            meta, _, shapes, columns = pyogrio.raw.read(
                path, encoding=encoding, force_2d=True, max_features=MAX_BOXES + 1
            )
            texts = [[_text(v) for v in column] for column in columns]
        except UnicodeError:
            continue
        except (LookupError, ValueError) as error:
            if encoding is None:
                continue  # a .cpg that names nothing known
            raise _UnreadableError("no_layer") from error
        except Exception as error:  # whatever GDAL says of a broken file
            raise _UnreadableError("no_layer") from error
        break
    else:
        raise _UnreadableError("no_layer")
    if shapes is None or len(shapes) > MAX_BOXES:
        raise _UnreadableError("too_large" if shapes is not None else "no_layer")
    names = {plain(name): at for at, name in enumerate(meta["fields"])}
    table = {}
    for key, spellings in COLUMNS.items():
        at = next((names[s] for s in spellings if s in names), None)
        if at is not None:
            table[key] = np.array(texts[at], dtype=object)
    return _shapes(shapes), table


def _shapes(wkb: Any) -> Any:
    return np.array(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\x00", "").strip()


def _system(path: Path, shapes: Any) -> tuple[System | None, list[BoxProblem]]:
    """The system the file declares, or the one under which most boxes lie on the grid."""
    prj = path.with_suffix(".prj")
    text = (
        prj.read_bytes().decode("utf-8", "replace").strip("\ufeff\x00 \r\n") if prj.exists() else ""
    )
    if text:
        try:
            system = declared(text)
        except (CRSError, ProjError):
            system = None
        if system is not None:
            return system, []
    fits = [(int(_on_grid(shapes, s).sum()), -at, s) for at, s in enumerate(SYSTEMS)]
    count, _, best = max(fits, key=lambda f: f[:2])
    kind = "system_guessed" if not text else "system_unknown"
    if count:
        return best, [BoxProblem(kind, count, best.name)]
    near = next((s for s in SYSTEMS if _is_near(shapes, s)), None)
    if near is None:
        return None, [BoxProblem("nowhere", len(shapes))]
    return near, [BoxProblem(kind, 0, near.name)]


def _placed(shapes: Any, system: System) -> Any:
    """Shapes in UTM metres; what is nowhere becomes infinite and is told by `_rows`."""
    transform: Any = shapely.transform
    return transform(shapes, system.to_utm, interleaved=False)


def _on_grid(shapes: Any, system: System) -> Any:
    return np.array([grid.box_of_utm(s) is not None for s in _placed(shapes[:2000], system)])


def _is_near(shapes: Any, system: System) -> bool:
    """Whether the shapes lie in or near Viet Nam under a system."""
    west, south, east, north = shapely.total_bounds(_placed(shapes, system))
    return bool(200_000 < west <= east < 1_200_000 and 800_000 < south <= north < 2_700_000)


def _rows(
    placed: Any, table: dict[str, Any], numbers: Any
) -> tuple[list[BoxRow], list[BoxProblem]]:
    rows: list[BoxRow] = []
    off: list[BoxRow] = []
    lost = 0
    for at, shape in enumerate(placed):
        if not np.isfinite(shapely.get_coordinates(shape)).all():
            lost += 1
            continue
        box = grid.box_of_utm(shape)
        row = BoxRow(
            box=box.id if box else "",
            result=_cell(table, "result", at)[:40],
            own_id=_cell(table, "own", at)[:40],
            on=_day(_cell(table, "on", at)),
            items=_number(_cell(table, "items", at)),
            number=int(numbers[at]) + 1,
            shape=None if box else _ground(shape),
        )
        if box is None and row.shape is None:
            lost += 1
            continue
        rows.append(row)
        if box is None:
            off.append(row)
    problems = [BoxProblem("nowhere", lost)] if lost else []
    if off:
        centre = shapely.from_wkb(off[0].shape or b"").centroid
        name = off[0].own_id or str(off[0].number)
        problems.append(BoxProblem("off_grid", len(off), name, (centre.x, centre.y)))
    return rows, problems


def _ground(shape: Any) -> bytes | None:
    """An off-grid shape as WKB, lon/lat; None where it encloses nothing."""
    there = grid.from_utm(shape)
    usable = geometry.usable(shapely.get_parts(there))
    return geometry.normal_wkb(geometry.as_one(usable)) if usable else None


def _cell(table: dict[str, Any], key: str, at: int) -> str:
    return str(table[key][at]) if key in table else ""


def _day(text: str) -> str:
    """An ISO date, whichever way around it was written; empty where it is none."""
    parts = [p for p in text[:10].replace("/", "-").replace(".", "-").split("-") if p]
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts):
        return ""
    year, month, day = (int(p) for p in (parts if len(parts[0]) == 4 else parts[::-1]))
    try:
        return str(np.datetime64(f"{year:04d}-{month:02d}-{day:02d}"))
    except ValueError:
        return ""


def _number(text: str) -> int:
    return min(int(text), 10_000) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _once(rows: Sequence[BoxRow]) -> tuple[list[BoxRow], list[BoxProblem]]:
    """Boxes given twice: the same again goes, a different result stays and is told."""
    seen: dict[str, set[str]] = {}
    kept: list[BoxRow] = []
    again: list[BoxRow] = []
    for row in rows:
        results = seen.setdefault(row.box, set()) if row.box else set()
        written = plain(row.result)
        if row.box and results:
            again.append(row)
        if written not in results:
            kept.append(row)
        results.add(written)
    return kept, [BoxProblem("doubled", len(again), again[0].box)] if again else []
