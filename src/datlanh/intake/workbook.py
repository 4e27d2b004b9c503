"""XLSForm workbooks as plain rows of text, within limits."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.text import Text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED_BYTES = 60 * 1024 * 1024  # a workbook is a zip archive: a small one may unpack large
MAX_ROWS = 20_000
MAX_COLUMNS = 200  # one cell far to the right would fill every row up to it
SHEETS = ("survey", "choices", "settings")

TOO_LARGE = Text(
    "Tệp biểu mẫu quá lớn (tối đa 5 MB, 20.000 dòng, 200 cột).",
    "The form workbook is too large (at most 5 MB, 20,000 rows and 200 columns).",
)
NOT_A_WORKBOOK = Text(
    "Tệp này không phải là bảng tính Excel (.xlsx) đọc được.",
    "This file is not a readable Excel workbook (.xlsx).",
)
SHEET_MISSING = Text("Thiếu trang tính “{sheet}”.", "The sheet “{sheet}” is missing.")

Row = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its headers, and rows as header → text with `number` as Excel counts them."""

    headers: tuple[str, ...]
    rows: list[tuple[int, Row]] = field(default_factory=list)


def read_workbook(data: bytes) -> dict[str, Sheet]:
    """The sheets survey, choices and settings; empty cells and empty rows left out.

    Raises:
        UnreadableError: not a workbook, too large (also once unpacked), or a sheet missing.
    """
    from openpyxl import load_workbook  # seldom needed, and slow to load

    _check_size(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        missing = [name for name in SHEETS if name not in book.sheetnames]
        if missing:
            raise UnreadableError(SHEET_MISSING, sheet=missing[0])
        return {name: _read_sheet(book[name]) for name in SHEETS}
    except UnreadableError:
        raise
    except Exception as error:  # openpyxl lets whatever a broken archive causes come through
        raise UnreadableError(NOT_A_WORKBOOK) from error


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise UnreadableError(TOO_LARGE)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableError(NOT_A_WORKBOOK) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise UnreadableError(TOO_LARGE)


def _read_sheet(sheet: Worksheet) -> Sheet:
    lines = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
    headers = tuple(_text(cell) for cell in next(lines, ()))
    if any(headers[MAX_COLUMNS:]):
        raise UnreadableError(TOO_LARGE)
    read = Sheet(headers)
    for number, line in enumerate(lines, start=2):
        if number > MAX_ROWS:
            raise UnreadableError(TOO_LARGE)
        cells = {h: _text(c) for h, c in zip(headers, line, strict=False) if h and _text(c)}
        if cells:
            read.rows.append((number, cells))
    return read


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # Excel keeps the version 2026112301 as a float
    return str(cell).strip()
