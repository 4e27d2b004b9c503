"""Reading bombing records: a CSV as published, also compressed, with what is dirty in it."""

from __future__ import annotations

import csv
import gzip
import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.text import Text

YEARS = range(1940, 1980)
# The first name that the file has. THOR writes its own, some copies shorter ones.
COLUMNS = {
    "lat": ("lat", "latitude", "tgtlatdd_ddd_wgs84"),
    "lon": ("lon", "long", "lng", "longitude", "tgtlonddd_ddd_wgs84"),
    "year": ("year", "msndate"),
    "month": ("month", "msndate"),
}
DATE = re.compile(r"^\s*(\d{4})(?:-(\d{1,2}))?")

NOT_STRIKES = Text(
    "Tệp «{file}» không phải danh sách ném bom (CSV có cột year hoặc MSNDATE, lat, lon).",
    "“{file}” is no list of bombing records (CSV with columns year or MSNDATE, lat, lon).",
)


@dataclass
class Strikes:
    """What is read on the way: rows come one at a time, the counts are whole at the end."""

    path: Path
    unreadable: int = 0
    digest: str = field(default="", init=False)

    def __iter__(self) -> Iterator[tuple[int, int | None, float, float]]:
        """(year, month, longitude, latitude) of every record that has a year and a position.

        Raises:
            UnreadableError: not such a file.
        """
        try:
            with _opened(self.path) as text:
                yield from self._rows(text)
            with self.path.open("rb") as raw:
                self.digest = hashlib.file_digest(raw, "sha256").hexdigest()
        except (OSError, EOFError, csv.Error) as error:
            raise UnreadableError(NOT_STRIKES, file=self.path.name) from error

    def _rows(self, text: IO[str]) -> Iterator[tuple[int, int | None, float, float]]:
        table = csv.reader(text)
        heads = [name.strip().lower() for name in next(table, [])]
        at = {
            key: next((heads.index(n) for n in names if n in heads), None)
            for key, names in COLUMNS.items()
        }
        lat, lon, year, month = at["lat"], at["lon"], at["year"], at["month"]
        if lat is None or lon is None or year is None:
            raise UnreadableError(NOT_STRIKES, file=self.path.name)
        for cells in table:
            try:
                when = _when(cells[year], cells[month] if month is not None else "")
                x, y = float(cells[lon]), float(cells[lat])
            except (IndexError, ValueError):
                self.unreadable += 1
                continue
            if when is None or not (math.isfinite(x) and math.isfinite(y)) or not (x or y):
                self.unreadable += 1
                continue
            yield (*when, x, y)


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
    opened = gzip.open if packed else open
    return opened(path, "rt", encoding="utf-8-sig", errors="replace", newline="")


def _when(year: str, month: str) -> tuple[int, int | None] | None:
    """Year and month from "1968" and "5", or from a date in both; None without a likely year."""
    found = DATE.match(year)
    if not found or int(found[1]) not in YEARS:
        return None
    said = found[2] or month.strip()
    number = int(said) if said.isdigit() and len(said) <= 2 else 0
    return int(found[1]), number if 1 <= number <= 12 else None
