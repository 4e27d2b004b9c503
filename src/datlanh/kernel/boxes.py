"""What a searched box may come to: the table of results, as the centre keeps it.

A report keeps the result as it was written. What it counts as is looked up when it is read, so a
changed table says something else about the same boxes and the register stays what it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from datlanh.kernel.text import Text


class Role(StrEnum):
    """What a result does to the outline of an area."""

    POSITIVE = "positive"  # the area is drawn around it
    JOINS = "joins"  # belongs to the area when it lies beside a positive one
    OTHER = "other"  # shown; draws nothing
    NEGATIVE = "negative"  # searched and empty
    UNKNOWN = "unknown"  # not searched


# The drawings a box may have: a hue of the field and a sign in it, so that it is read without hue.
MARKS = ("red", "yellow", "blue", "green", "grey")


@dataclass(frozen=True)
class Result:
    """One result: how it is called, drawn and counted, and how reports write it."""

    key: str
    label: Text
    mark: str  # one of MARKS
    role: Role
    written: tuple[str, ...] = ()


def plain(written: Any) -> str:
    """A written result without marks, case and spaces around: `Đỏ ` is `do`."""
    text = unicodedata.normalize("NFD", str(written if written is not None else ""))
    text = "".join(c for c in text if unicodedata.category(c) != "Mn")
    return re.sub(r"[\s_-]+", " ", text.replace("đ", "d").replace("Đ", "D")).strip().lower()


@dataclass(frozen=True)
class ResultTable:
    """The results of boxes in their order, with their spellings."""

    results: tuple[Result, ...]

    def of(self, written: Any) -> Result | None:
        """The result somebody wrote; None where the table does not know it."""
        return self._spelt().get(plain(written))

    def by_key(self, key: str) -> Result | None:
        """The result of that key."""
        return next((r for r in self.results if r.key == key), None)

    def counted(self, written: Iterable[Any]) -> dict[str, int]:
        """How many boxes came to what, in the table's order; "" for what it does not know."""
        counts = {r.key: 0 for r in self.results} | {"": 0}
        for one in written:
            found = self.of(one)
            counts[found.key if found else ""] += 1
        return counts

    def _spelt(self) -> Mapping[str, Result]:
        kept: dict[str, Result] | None = vars(self).get("spelt")
        if kept is None:
            kept = vars(self)["spelt"] = {
                plain(name): r
                for r in reversed(self.results)
                for name in (*r.written, r.label.vi, r.label.en, r.key)
            }
        return kept

    def to_json(self) -> list[dict[str, Any]]:
        """Plain JSON, inverse of `from_json`."""
        return [asdict(r) for r in self.results]

    @classmethod
    def from_json(cls, data: Iterable[Mapping[str, Any]]) -> ResultTable:
        """The table as it was kept."""
        return cls(
            tuple(
                Result(
                    **{
                        **r,
                        "label": Text(r["label"]["vi"], r["label"]["en"]),
                        "role": Role(r["role"]),
                        "written": tuple(r["written"]),
                    }
                )
                for r in data
            )
        )


@dataclass(frozen=True)
class BoxRow:
    """One box of a file: its id, or its own shape (WKB, lon/lat) where it is not on the grid."""

    box: str
    result: str = ""  # as written
    own_id: str = ""  # the operator's name for it
    on: str = ""  # ISO date
    items: int = 0
    number: int = 0  # in the file, from 1
    shape: bytes | None = None

    def values(self) -> dict[str, Any]:
        """What the register keeps of it, empty answers left out."""
        said = {
            "box": self.box,
            "result": self.result,
            "own_id": self.own_id,
            "searched_on": self.on,
            "items": self.items,
        }
        return {k: v for k, v in said.items() if v}


@dataclass(frozen=True)
class BoxProblem:
    """Something doubtful about the boxes of a report: how often, and one example."""

    kind: str
    count: int = 1
    example: str = ""
    at: tuple[float, float] | None = None  # lon, lat


@dataclass(frozen=True)
class BoxFile:
    """What a file of boxes gave."""

    rows: tuple[BoxRow, ...] = ()
    problems: tuple[BoxProblem, ...] = ()


# The colours of cluster munition survey in Laos and Viet Nam (practice; the procedure of 2021 does
# not give any). What operators write in shapefiles stands beside each.
DEFAULT_TABLE = ResultTable(
    (
        Result(
            "red",
            Text("Đỏ: có bom chùm", "Red: cluster munition found"),
            "red",
            Role.POSITIVE,
            ("red", "đỏ", "r", "cm", "cmr", "cm found", "positive", "bom chùm"),
        ),
        Result(
            "yellow",
            Text("Vàng: chỉ có mảnh bom chùm", "Yellow: only parts of cluster munitions"),
            "yellow",
            Role.JOINS,
            ("yellow", "vàng", "y", "fragment", "fragments", "parts", "mảnh"),
        ),
        Result(
            "blue",
            Text("Xanh dương: vật nổ khác", "Blue: other explosive ordnance"),
            "blue",
            Role.OTHER,
            ("blue", "xanh dương", "xanh da trời", "b", "uxo", "other uxo", "vật nổ khác"),
        ),
        Result(
            "green",
            Text("Xanh lá: đã tìm, không có gì", "Green: searched, nothing found"),
            "green",
            Role.NEGATIVE,
            ("green", "xanh lá", "xanh", "g", "clear", "negative", "nothing", "không"),
        ),
        Result(
            "grey",
            Text("Xám: chưa tìm được", "Grey: not searched"),
            "grey",
            Role.UNKNOWN,
            ("grey", "gray", "xám", "white", "trắng", "not searched", "inaccessible", "chưa tìm"),
        ),
    )
)
