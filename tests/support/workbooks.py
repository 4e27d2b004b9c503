"""Revisions of the house's own workbooks, made cell by cell as a person would.

workbook = revised("cha", version="2099010101", drop=["slope"], set={"depth": {"type": "text"}})
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import openpyxl
from django.conf import settings

VI, EN = "label::Tiếng Việt (vi)", "label::English (en)"
Row = dict[str, str]


@dataclass
class Book:
    """A workbook as rows that may be changed."""

    survey: list[Row] = field(default_factory=list)
    choices: list[Row] = field(default_factory=list)
    settings: list[Row] = field(default_factory=list)
    headers: dict[str, list[str]] = field(default_factory=dict)

    def place(self, name: str) -> int:
        """Where the first row of that name stands in the survey."""
        return next(i for i, r in enumerate(self.survey) if r.get("name") == name)

    def row(self, name: str) -> Row:
        """That row."""
        return self.survey[self.place(name)]

    def save(self) -> bytes:
        """The workbook as a file."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for sheet in ("survey", "choices", "settings"):
            rows: list[Row] = getattr(self, sheet)
            headers = list(dict.fromkeys([*self.headers[sheet], *(k for r in rows for k in r)]))
            page = book.create_sheet(sheet)
            page.append(headers)
            for row in rows:
                page.append([row.get(h) for h in headers])
        kept = io.BytesIO()
        book.save(kept)
        return kept.getvalue()


@lru_cache(maxsize=16)
def _read(form: str) -> dict[str, tuple[list[str], list[Row]]]:
    book = openpyxl.load_workbook(settings.FORMS_ROOT / f"{form}.xlsx", read_only=True)
    found = {}
    for name in ("survey", "choices", "settings"):
        lines = book[name].iter_rows(values_only=True)
        headers = [str(h) for h in next(lines)]
        found[name] = (
            headers,
            [
                {h: str(c) for h, c in zip(headers, line, strict=False) if c is not None}
                for line in lines
            ],
        )
    return found


def book_of(form: str) -> Book:
    """The workbook of the house, ready to be changed."""
    read = _read(form)
    rows: dict[str, Any] = {name: [dict(r) for r in found[1]] for name, found in read.items()}
    return Book(**rows, headers={name: list(found[0]) for name, found in read.items()})


def question(name: str, type_: str = "text", **cells: str) -> Row:
    """A row of the survey with labels in both languages."""
    label = cells.pop("label", f"Câu hỏi {name}")
    return {"type": type_, "name": name, VI: label, EN: f"Question {name}", **cells}


def revised(
    form: str,
    *,
    version: str,
    drop: Collection[str] = (),
    add: Iterable[Row] = (),
    after: str = "",
    change: Mapping[str, Mapping[str, str]] | None = None,
    edit: Callable[[Book], None] | None = None,
) -> bytes:
    """A new version: rows dropped, rows added (`after` one, else at the end of the first group)."""
    book = book_of(form)
    book.settings[0]["version"] = version
    gone = {book.row(name).get("register::attribute") for name in drop}
    book.survey = [r for r in book.survey if r.get("name") not in set(drop)]
    # What is asked no more cannot be emptied either.
    clearing = "clear_answers"
    book.choices = [r for r in book.choices if r["list_name"] != clearing or r["name"] not in gone]
    for name, cells in (change or {}).items():
        book.row(name).update(cells)
    if rows := list(add):
        place = book.place(after or "internal_id") + 1
        book.survey[place:place] = rows
    if edit:
        edit(book)
    return book.save()
