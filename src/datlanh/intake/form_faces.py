"""A form as its workbook says it, cell by cell: what two versions are compared by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from datlanh.intake.workbook import Row, read_workbook
from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.text import Text

MAX_QUESTIONS = 1500
MAX_DEPTH = 12  # groups within groups; the compiler walks them by recursion

TOO_MANY = Text(
    "Biểu mẫu có quá nhiều câu hỏi hoặc nhóm lồng nhau quá sâu "
    "(tối đa {questions} dòng, {depth} lớp).",
    "The form has too many questions, or groups nested too deep "
    "(at most {questions} rows, {depth} levels).",
)
NO_LABEL = Text("", "")


@dataclass(frozen=True)
class Item:
    """A question, group or repeat. `key` tells it from the others: "found_items/quantity".

    `cells` are all its other cells, as written; `register::date` also where it is inherited.
    `inside` is the way to it, group by group.
    """

    key: str
    name: str
    type: str  # "text", "select_one status", "group", "repeat"
    label: Text
    inside: tuple[str, ...]
    row: int
    cells: Mapping[str, str] = field(default_factory=dict)

    def cell(self, header: str) -> str:
        """A cell's text, "" when empty."""
        return self.cells.get(header, "")

    @property
    def list_name(self) -> str:
        """The choice list it asks from, or ""."""
        kind, _space, name = self.type.partition(" ")
        return name if kind in ("select_one", "select_multiple") else ""

    @property
    def is_question(self) -> bool:
        """Whether it asks something, rather than hold others."""
        return self.type not in ("group", "repeat", "note")


@dataclass(frozen=True)
class Face:
    """One workbook: settings, items in order, and choice lists."""

    settings: Mapping[str, str]
    items: Mapping[str, Item]
    choices: Mapping[str, Mapping[str, Text]]

    @property
    def questions(self) -> Iterator[Item]:
        """Its questions, those of repeats too."""
        return (i for i in self.items.values() if i.is_question)


@lru_cache(maxsize=16)
def face_of(workbook: bytes) -> Face:
    """The face of a workbook.

    Raises:
        UnreadableError: no workbook, too large, or more than any form has.
    """
    sheets = read_workbook(workbook)
    settings = sheets["settings"].rows
    choices: dict[str, dict[str, Text]] = {}
    for _, row in sheets["choices"].rows:
        choices.setdefault(row.get("list_name", ""), {})[row.get("name", "")] = label_of(row)
    items = {item.key: item for item in _items(sheets["survey"].rows)}
    return Face(settings[0][1] if settings else {}, items, choices)


def _items(rows: list[tuple[int, Row]]) -> Iterator[Item]:
    levels: list[tuple[str, str, str]] = []  # kind, name, date of each open group
    if len(rows) > MAX_QUESTIONS:
        raise UnreadableError(TOO_MANY, questions=MAX_QUESTIONS, depth=MAX_DEPTH)
    for number, row in rows:
        words = row.get("type", "").replace("_group", " group").replace("_repeat", " repeat")
        match words.split():
            case ["begin", "group" | "repeat" as kind]:
                item = _item(number, row, kind, levels)
                yield item
                levels.append((kind, item.name, item.cell("register::date")))
                if len(levels) > MAX_DEPTH:
                    raise UnreadableError(TOO_MANY, questions=MAX_QUESTIONS, depth=MAX_DEPTH)
            case ["end", "group" | "repeat"]:
                levels = levels[:-1]
            case [*some] if some:
                yield _item(number, row, " ".join(some), levels)


def _item(number: int, row: Row, type_: str, levels: list[tuple[str, str, str]]) -> Item:
    name = row.get("name", "")
    repeat = next((n for kind, n, _ in levels if kind == "repeat"), "")
    left = ("type", "name")
    cells = {h: v for h, v in row.items() if h not in left and not h.startswith("label")}
    date = row.get("register::date") or next((d for _, _, d in reversed(levels) if d), "")
    if date:
        cells["register::date"] = date
    inside = tuple(n for _, n, _ in levels)
    key = f"{repeat}/{name}" if repeat else name
    return Item(key, name, type_, label_of(row), inside, number, cells)


def label_of(row: Mapping[str, str]) -> Text:
    """The label of a row in both languages; "" where it has none."""
    said = {"vi": "", "en": ""}
    for header, text in row.items():
        for language in said:
            if header.startswith("label::") and header.endswith(f"({language})"):
                said[language] = text
    return Text(said["vi"], said["en"]) if any(said.values()) else NO_LABEL
