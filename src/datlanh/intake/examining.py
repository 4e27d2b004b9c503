"""A file of areas before the firewall: every feature accounted for, none changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from pyproj import CRS, Transformer
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.kernel import firewall, geometry
from datlanh.kernel.coordinates import SYSTEMS, from_metres
from datlanh.kernel.firewall import Examination
from datlanh.kernel.overlaps import pairs_across
from datlanh.kernel.text import Text

# What a feature is, in the order in which it is asked.
NULL, EMPTY, OTHER = "null", "empty", "other"
BROKEN, DOUBTFUL, SOUND = "broken", "doubtful", "sound"
FATES = {
    NULL: Text("không có hình", "no geometry"),
    EMPTY: Text("hình rỗng", "an empty geometry"),
    OTHER: Text("không phải vùng (điểm, đường)", "no area (point or line)"),
    BROKEN: Text("hình không hợp lệ", "invalid"),
    DOUBTFUL: Text("hợp lệ, có nghi vấn", "valid, doubtful"),
    SOUND: Text("hợp lệ", "sound"),
}


@dataclass(frozen=True)
class Feature:
    """One feature of a file: its number from 1, what became of it, and what was found."""

    number: int
    fate: str
    examined: Examination | None = None

    @property
    def is_mendable(self) -> bool:
        """Whether a repair is proposed for everything that makes it invalid."""
        problems = self.examined.problems if self.examined else ()
        broken = [p for p in problems if p.key == "invalid"]
        return bool(broken) and all(p.repairs for p in broken)


@dataclass
class Account:
    """Every feature of a file."""

    features: list[Feature] = field(default_factory=list)
    overlapping: int = 0  # pairs of valid areas that share more than 1 m²
    common_m2: float = 0.0

    @property
    def fates(self) -> Counter[str]:
        """How many features met which fate; they add up to all."""
        return Counter(f.fate for f in self.features)

    @property
    def problems(self) -> Counter[str]:
        """How many features have which kind of problem."""
        return Counter(
            kind
            for f in self.features
            if f.examined and f.fate not in (NULL, EMPTY)
            for kind in {p.key.partition("-")[0] for p in f.examined.problems}
        )

    @property
    def mendable(self) -> int:
        """Invalid features for which a repair is proposed."""
        return sum(f.is_mendable for f in self.features)


def file_examined(path: Path) -> Account:
    """Examine every feature of a GeoJSON, GeoPackage or shapefile (any that GDAL reads)."""
    return features_examined(_read(path))


def features_examined(shapes: Iterable[BaseGeometry | None]) -> Account:
    """The same for geometries at hand, lon/lat WGS 84."""
    account = Account()
    whole: list[Any] = []
    for number, shape in enumerate(shapes, 1):
        feature = _examined(number, shape)
        account.features.append(feature)
        if feature.fate in (DOUBTFUL, SOUND) and shape is not None and geometry.on_globe(shape):
            whole.append(shape)
    if whole:
        outlines = np.array(whole, dtype=object)
        box = shapely.box(*shapely.total_bounds(outlines))
        flat = geometry.many_to_plane(outlines, geometry.plane_for(box))
        _, _, common = pairs_across(flat)
        account.overlapping, account.common_m2 = len(common), float(common.sum())
    return account


def _examined(number: int, shape: BaseGeometry | None) -> Feature:
    if shape is None or shape.is_empty:
        return Feature(number, NULL if shape is None else EMPTY, firewall.examine([]))
    parts = [shape] if isinstance(shape, Polygon) else []
    if isinstance(shape, MultiPolygon):
        parts = list(shape.geoms)
    if not parts:
        return Feature(number, OTHER)
    examined = firewall.examine(parts)
    if any(p.key == "invalid" for p in examined.problems) or not shape.is_valid:
        return Feature(number, BROKEN, examined)
    return Feature(number, DOUBTFUL if examined.problems else SOUND, examined)


def _read(path: Path) -> Iterator[BaseGeometry | None]:
    meta, _fids, wkbs, _fields = pyogrio.raw.read(path, columns=[])
    shapes: Any = shapely.from_wkb(wkbs)
    move = _to_wgs84(meta["crs"])
    for shape in shapes:
        yield shape if shape is None or move is None else shapely.transform(shape, move)


def _to_wgs84(crs: str | None) -> Any:
    """What brings coordinates of a file to WGS 84; VN-2000 only by EPSG:6960."""
    if crs is None or CRS(crs).to_epsg() in (None, 4326, 4979):
        return None
    code = CRS(crs).to_epsg()
    ours = next((s.key for s in SYSTEMS.values() if s.epsg == code and s.vn2000), "")
    if ours:
        return lambda pairs: [_pair(northing, easting, ours) for easting, northing in pairs]
    other = Transformer.from_crs(crs, 4326, always_xy=True)
    return lambda pairs: np.column_stack(other.transform(pairs[:, 0], pairs[:, 1]))


def _pair(northing: float, easting: float, system: str) -> tuple[float, float]:
    at = from_metres(northing, easting, system)
    return at.x, at.y
