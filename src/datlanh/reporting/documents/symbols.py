"""The table of symbols printed maps are drawn with: our file, and over it a centre's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from datlanh.kernel.text import Text

OURS = Path(__file__).with_name("symbology.toml")
HATCHES = ("none", "rising", "falling", "cross", "flat", "upright", "dots")


@dataclass(frozen=True)
class Symbol:
    """How one class of things is drawn."""

    key: str
    fill: str = "none"
    hatch: str = "none"
    line: str = "#000000"
    width: float = 0.3  # mm
    dash: str = ""  # mm
    shape: str = ""  # of points: circle, diamond, dot
    size: float = 2.0  # mm


# In the order in which they are drawn, and explained.
LABELS: Mapping[str, Text] = {
    "commune": Text("Ranh giới xã, phường", "Commune boundary"),
    "area-open": Text("Khu vực khẳng định ô nhiễm, chưa xử lý", "Confirmed hazardous area, open"),
    "area-ongoing": Text("Khu vực đang rà phá", "Hazardous area, clearance ongoing"),
    "area-suspended": Text("Khu vực tạm dừng", "Hazardous area, suspended"),
    "sha-open": Text("Khu vực nghi ngờ ô nhiễm", "Suspected hazardous area"),
    "area-closed": Text("Khu vực đã đóng", "Hazardous area, closed"),
    "release-cancelled": Text("Đất loại bỏ (sau điều tra)", "Land cancelled"),
    "release-reduced": Text("Đất thu hẹp (sau khảo sát kỹ thuật)", "Land reduced"),
    "release-cleared": Text("Đất đã rà phá", "Land cleared"),
    "release-suspended": Text("Rà phá bị đình chỉ", "Clearance suspended"),
    "pocket": Text("Không rà phá được", "Not cleared"),
    "boundary": Text("Ranh giới của khu vực", "Boundary of the area"),
    "evidence": Text("Điểm bằng chứng", "Evidence point"),
    "item": Text("Vật nổ đã tìm thấy", "Explosive ordnance found"),
    "turning": Text("Điểm khoanh vùng", "Turning point"),
}


def symbols() -> Mapping[str, Symbol]:
    """The table in force. Raises ValueError for a file that is none."""
    own = getattr(settings, "SYMBOLOGY", None)
    return symbols_read(OURS, *([Path(own)] if own else []))


@lru_cache(maxsize=4)
def symbols_read(*files: Path) -> Mapping[str, Symbol]:
    """The table of those files, later ones over earlier ones."""
    found = {key: Symbol(key) for key in LABELS}
    for file in files:
        with file.open("rb") as source:
            told: Mapping[str, Mapping[str, Any]] = tomllib.load(source)
        for key, values in told.items():
            if key not in found:
                raise ValueError(f"{file.name}: no symbol is called {key}")
            found[key] = replace(found[key], **values)
            if found[key].hatch not in HATCHES:
                raise ValueError(f"{file.name}: {key} has no such hatch")
    return found
