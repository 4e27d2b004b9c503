"""Names, codes and lineage out of the package `vietnamadminunits`, its errors put right."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.metadata
import importlib.util
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from datlanh.places import rules

PACKAGE = "vietnamadminunits"
OLD_PROVINCES = ("44", "45")
ISLAND_DISTRICT = "471"  # Cồn Cỏ was a district without communes

Key = tuple[str, str, dt.date]  # level, code, valid_from
Box = tuple[float, float, float, float]  # west, south, east, north, degrees


@dataclass(frozen=True)
class Unit:
    """A unit as the source tells it; `position` and `extent` in degrees, longitude first."""

    key: Key
    kind: str
    name: str
    valid_to: dt.date | None
    parent: Key | None
    position: tuple[float, float] | None
    extent: Box | None
    area_km2: float | None


@dataclass(frozen=True)
class Gazetteer:
    """All units of the province, then and now, and what became of each."""

    source: str
    units: dict[Key, Unit]
    lineage: dict[Key, Key]  # old commune (and the island district, and provinces) → new unit


# What the package (1.0.4) has wrong, as facts. Its lineage of these provinces is right: all 265
# pairs agree with Resolution 1680/NQ-UBTVQH15 (a test compares).
#
# Positions that are not the commune's: the geocoder answered with its district, or, for Trung Hóa,
# with its neighbour Thượng Hóa.
OLD_POSITION_UNKNOWN = frozenset({"18919", "18943", "19009", "19063", "19123"})
# Tân Gianh is put 3.7 km outside itself; longitude, latitude of a point inside.
NEW_POSITIONS: Mapping[str, tuple[float, float]] = {"19051": (106.3077, 17.7873)}
# Two areas are missing; km², as the state map of 2025 declares them.
NEW_AREAS_KM2: Mapping[str, float] = {"19147": 1095.78, "19159": 35.72}


def _folder() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{PACKAGE} is not installed: run ./run once.")
    return Path(spec.origin).parent / "data"


def _rows(table: str, codes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Rows of `table` in these provinces. The file is read itself: the package's own module loads
    the whole country's parsers first."""
    marks = ",".join("?" * len(codes))
    uri = f"file:{_folder() / 'dataset.db'}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as db:
        db.row_factory = sqlite3.Row
        sql = f"select * from {table} where provinceCode in ({marks})"  # noqa: S608 - constants
        return [dict(row) for row in db.execute(sql, codes)]


def _box(bounds: str) -> Box:
    """`s,w – n,e` as the package writes it."""
    south_west, north_east = bounds.split(" – ")
    south, west = map(float, south_west.split(","))
    north, east = map(float, north_east.split(","))
    return west, south, east, north


def _unit(
    level: str,
    code: str,
    full_name: str,
    *,
    old: bool,
    parent: Key | None,
    position: tuple[float, float] | None = None,
    extent: Box | None = None,
    area_km2: float | None = None,
) -> Unit:
    kind, name = rules.kind_and_name(full_name)
    begins, ends = (rules.OLD_UNITS_FROM, rules.MERGER) if old else (rules.MERGER, None)
    return Unit((level, code, begins), kind, name, ends, parent, position, extent, area_km2)


def _old_units(rows: list[dict[str, Any]]) -> dict[Key, Unit]:
    units: dict[Key, Unit] = {}
    for row in rows:
        place = (row["provinceLon"], row["provinceLat"])
        province = _unit(
            "province", row["provinceCode"], row["province"], old=True, parent=None, position=place
        )
        district = _unit(
            "district",
            row["districtCode"],
            row["district"],
            old=True,
            parent=province.key,
            position=(row["districtLon"], row["districtLat"]),
            extent=_box(row["districtBounds"]),
        )
        units |= {province.key: province, district.key: district}
        if not row["wardCode"]:
            continue
        known = row["wardCode"] not in OLD_POSITION_UNKNOWN
        commune = _unit(
            "commune",
            row["wardCode"],
            row["ward"],
            old=True,
            parent=district.key,
            position=(row["wardLon"], row["wardLat"]) if known else None,
            extent=_box(row["wardBounds"]) if known else None,
        )
        units[commune.key] = commune
    return units


def _new_units(rows: list[dict[str, Any]]) -> dict[Key, Unit]:
    units: dict[Key, Unit] = {}
    for row in rows:
        province = _unit(
            "province",
            row["provinceCode"],
            row["province"],
            old=False,
            parent=None,
            position=(row["provinceLon"], row["provinceLat"]),
        )
        code = row["wardCode"]
        commune = _unit(
            "commune",
            code,
            row["ward"],
            old=False,
            parent=province.key,
            position=NEW_POSITIONS.get(code, (row["wardLon"], row["wardLat"])),
            area_km2=NEW_AREAS_KM2.get(code, row["wardAreaKm2"]),
        )
        units |= {province.key: province, commune.key: commune}
    return units


def _lineage(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> dict[Key, Key]:
    """Old → new by the package's own converter table."""
    with (_folder() / "converter_2025.json").open(encoding="utf-8") as file:
        pairs = json.load(file)["DICT_PROVINCE_WARD_NO_DIVIDED"]["tinhquangtri"]
    code_of = {row["wardKey"]: row["wardCode"] for row in new}
    went_to = {name: code_of[into] for into, names in pairs.items() for name in names}
    lineage: dict[Key, Key] = {}
    for row in old:
        name = f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"
        level = "commune" if row["wardCode"] else "district"
        code = row["wardCode"] or row["districtCode"]
        target = ("commune", went_to[name], rules.MERGER)
        lineage[level, code, rules.OLD_UNITS_FROM] = target
    today = ("province", rules.PROVINCE_CODE, rules.MERGER)
    lineage |= {("province", code, rules.OLD_UNITS_FROM): today for code in OLD_PROVINCES}
    return lineage


def load() -> Gazetteer:
    """The gazetteer of today's Quảng Trị and of the two provinces it was made of."""
    old = _rows("admin_units_legacy", OLD_PROVINCES)
    new = _rows("admin_units", (rules.PROVINCE_CODE,))
    return Gazetteer(
        source=f"{PACKAGE} {importlib.metadata.version(PACKAGE)}",
        units=_old_units(old) | _new_units(new),
        lineage=_lineage(old, new),
    )
