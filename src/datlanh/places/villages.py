"""Reading a CSV list of villages: `commune_code,commune,village[,source]`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from datlanh.kernel.errors import UnreadableError
from datlanh.kernel.text import Text
from datlanh.places.models import AdminUnit
from datlanh.places.rules import search_key

MAX_BYTES = 8 * 1024 * 1024
COLUMNS = {
    "commune_code": ("commune_code", "ma_xa", "code"),
    "commune": ("commune", "xa", "ten_xa"),
    "village": ("village", "name", "thon", "ten_thon"),
    "source": ("source", "nguon"),
}

NOT_A_LIST = Text(
    "Tệp «{file}» không phải danh sách thôn bản (CSV UTF-8 có cột commune_code, village).",
    "“{file}” is not a list of villages (UTF-8 CSV with columns commune_code, village).",
)
UNKNOWN_CODE = Text(
    "Dòng {line}: không có xã nào hiện nay mang mã «{unit_code}».",
    "Line {line}: no commune of today has code “{unit_code}”.",
)
OTHER_COMMUNE = Text(
    "Dòng {line}: mã {unit_code} nay là {now}, không phải «{name}». Mã này trước 01/07/2025 thuộc "
    "{before}: hãy ghi xã hiện nay.",
    "Line {line}: code {unit_code} is {now} today, not “{name}”. Before 01/07/2025 it belonged to "
    "{before}: give the commune of today.",
)
NO_NAME = Text("Dòng {line}: thiếu tên thôn bản.", "Line {line}: the village has no name.")


@dataclass(frozen=True)
class VillageRow:
    """One village of the list, its commune resolved."""

    commune: AdminUnit
    name: str
    source: str


def read(path: Path, current: Iterable[AdminUnit], former: Iterable[AdminUnit]) -> list[VillageRow]:
    """The villages in the file, repeated ones once.

    Where the file names the commune too, code and name must be one commune of today: codes were
    reused, and an old list read by code alone would land in the wrong place.

    Raises:
        UnreadableError: naming the first line that does not fit.
    """
    today = {unit.code: unit for unit in current}
    before = {unit.code: unit for unit in former}
    rows: dict[tuple[str, str], VillageRow] = {}
    for line, cells in _table(path):
        code, said = cells["commune_code"], cells["commune"]
        commune = today.get(code)
        if commune is None:
            raise UnreadableError(UNKNOWN_CODE, line=line, unit_code=code)
        if said and search_key(said) not in commune.search_text.split():
            old = before[code].full_name if code in before else "—"
            now = commune.full_name
            raise UnreadableError(
                OTHER_COMMUNE, line=line, unit_code=code, now=now, name=said, before=old
            )
        if not cells["village"]:
            raise UnreadableError(NO_NAME, line=line)
        name = cells["village"][:120]
        rows.setdefault((code, name), VillageRow(commune, name, cells["source"][:120]))
    if not rows:
        raise UnreadableError(NOT_A_LIST, file=path.name)
    return list(rows.values())


def _table(path: Path) -> list[tuple[int, dict[str, str]]]:
    refusal = UnreadableError(NOT_A_LIST, file=path.name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise refusal
        text = path.read_text(encoding="utf-8-sig")
        head = text.partition("\n")[0]
        delimiter = max(",;\t", key=head.count)
        table = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise refusal from error
    header = [cell.strip().lower() for cell in table[0]] if table else []
    at = {
        key: next((header.index(n) for n in names if n in header), None)
        for key, names in COLUMNS.items()
    }
    if at["commune_code"] is None or at["village"] is None:
        raise refusal
    return [
        (line, {key: _cell(row, column) for key, column in at.items()})
        for line, row in enumerate(table[1:], 2)
        if any(cell.strip() for cell in row)
    ]


def _cell(row: list[str], column: int | None) -> str:
    return " ".join(row[column].split()) if column is not None and column < len(row) else ""
