"""Reading a GeoJSON file of unit outlines: what is in it, or why it is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, shape

from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.text import Text
from datlanh.places.cells import multi

MAX_BYTES = 256 * 1024 * 1024
VIETNAM = (100.0, 5.0, 120.0, 25.0)  # west, south, east, north, degrees, the sea included
# What the open sources call the code and the name: thanglequoc, dvhcvn, GSO extracts.
CODES = ("code", "level3_id", "level2_id", "level1_id", "ma_xa", "ma_huyen", "ma_tinh")
NAMES = ("fullName", "name", "level3_name", "level2_name", "level1_name", "ten_xa", "ten_huyen")

NOT_GEOJSON = Text(
    "Tệp «{file}» không phải GeoJSON loại FeatureCollection có đối tượng.",
    "“{file}” is not a GeoJSON FeatureCollection with features.",
)
TOO_LARGE = Text("Tệp «{file}» quá lớn (trên 256 MB).", "“{file}” is too large (over 256 MB).")
OTHER_SYSTEM = Text(
    "Tệp dùng hệ tọa độ «{system}»; cần kinh độ, vĩ độ WGS 84 (EPSG:4326).",
    "The file is in “{system}”; longitude and latitude of WGS 84 (EPSG:4326) are needed.",
)
NOT_DEGREES = Text(
    "Đối tượng «{name}» nằm ngoài Việt Nam: tọa độ phải là kinh độ, vĩ độ (độ), kinh độ trước.",
    "“{name}” lies outside Viet Nam: coordinates must be longitude, latitude in degrees.",
)
NO_AREA = Text(
    "Đối tượng «{name}» không có vùng (polygon) đọc được.", "“{name}” has no readable polygon."
)
NO_CODE = Text(
    "Đối tượng số {row} không có mã đơn vị (code) hoặc tên (name).",
    "Feature {row} has no unit code (code) or name (name).",
)


@dataclass(frozen=True)
class Drawn:
    """One outline as the file gives it; `repaired` if it crossed itself."""

    code: str
    name: str
    outline: MultiPolygon
    repaired: bool


def read(path: Path) -> list[Drawn]:
    """The outlines in the file.

    Raises:
        UnreadableError: not GeoJSON, too large, another coordinate system, outside Viet Nam,
            a feature without polygon, code or name.
    """
    collection = _collection(path)
    _refuse_other_systems(collection)
    return [_drawn(row, feature) for row, feature in enumerate(collection["features"], 1)]


def overlap_m2(drawn: Iterable[Drawn]) -> float:
    """Ground that more than one of these outlines claims, square metres (to a per mille)."""
    outlines = [d.outline for d in drawn]
    tree = shapely.STRtree(outlines)
    left, right = tree.query(outlines, predicate="intersects")
    degrees2 = sum(
        shapely.area(outlines[a].intersection(outlines[b]))
        for a, b in zip(left, right, strict=True)
        if a < b
    )
    return float(degrees2) * 110_650 * 106_400  # metres per degree at 17° north


def _collection(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableError(TOO_LARGE, file=path.name)
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableError(NOT_GEOJSON, file=path.name) from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        raise UnreadableError(NOT_GEOJSON, file=path.name)
    if not features:
        raise UnreadableError(NOT_GEOJSON, file=path.name)
    return dict(found)


def _refuse_other_systems(collection: dict[str, Any]) -> None:
    """GeoJSON is WGS 84 since RFC 7946; older files may say otherwise."""
    crs = collection.get("crs")
    if not crs:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name", "?")) if isinstance(properties, dict) else "?"
    if not name.endswith(("CRS84", ":4326")):
        raise UnreadableError(OTHER_SYSTEM, system=name)


def _first(properties: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        if properties.get(name) not in (None, ""):
            return " ".join(str(properties[name]).split())
    return ""


def _drawn(row: int, feature: dict[str, Any]) -> Drawn:
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    code, name = _first(properties, CODES), _first(properties, NAMES)
    level = next((c[:6] for c in CODES if c.startswith("level") and properties.get(c)), "")
    if level and properties.get(f"{level}_name"):  # dvhcvn carries the names of all levels
        name = _first(properties, (f"{level}_name",))
    if not code or not name:
        raise UnreadableError(NO_CODE, row=row)
    try:
        geometry = shape(feature["geometry"])
    except (KeyError, TypeError, ValueError, AttributeError, ShapelyError) as error:
        raise UnreadableError(NO_AREA, name=name) from error
    valid = bool(geometry.is_valid)
    outline = multi(geometry) if geometry.geom_type in ("Polygon", "MultiPolygon") else None
    if outline is None:
        raise UnreadableError(NO_AREA, name=name)
    west, south, east, north = outline.bounds
    if west < VIETNAM[0] or south < VIETNAM[1] or east > VIETNAM[2] or north > VIETNAM[3]:
        raise UnreadableError(NOT_DEGREES, name=name)
    return Drawn(code, name, outline, repaired=not valid)
