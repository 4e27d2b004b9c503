"""The four kinds of file. Each is written as its rows come, so a million take no more memory.

A CSV is made by the database itself; only there a cell could be taken for a formula, so only
there one is marked as text. In a workbook a string is a string.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import xlsxwriter
from django.db import connection
from pyogrio import raw

from datlanh.exchange.tables import Column, dictionary, said
from datlanh.register.listing.sources import Rows

STEP = 2_000  # rows at a time
SHEET_ROWS = 1_000_000  # a worksheet takes 1,048,576
# What a spreadsheet may take for a formula when a cell begins with it (OWASP).
FORMULA = r"^([-=+@\t\r\n])"
MARKED = "$$'\\1$$"
BOM = "\ufeff"  # without it a spreadsheet reads UTF-8 as something else

Told = Callable[[int], None]


@dataclass(frozen=True)
class Job:
    """What a writer needs: the rows, their columns, and the words around them."""

    rows: Rows
    columns: list[Column]
    about: list[tuple[str, str]]
    language: str
    title: str
    told: Told


def csv_zip(job: Job, path: Path) -> int:
    """`data.csv`, `columns.csv` and `about.txt` in one archive; keys as the register has them."""
    columns = ", ".join(f"{safe(c)} as {c.name}" for c in job.columns)
    query = job.rows.select(columns, "order by t.local_id")
    done = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("data.csv", "w", force_zip64=True) as file:
            file.write(BOM.encode())
            statement = f"copy ({query}) to stdout with (format csv, header)"
            with connection.cursor() as cursor, cursor.copy(statement, job.rows.params) as copy:
                for piece in copy:  # the server sends a row at a time, the head first
                    file.write(piece)
                    done += 1
                    if done % STEP == 0:
                        job.told(done - 1)
        archive.writestr("columns.csv", BOM + _table(dictionary(job.columns)))
        archive.writestr("about.txt", "\n".join(f"{k}: {v}" for k, v in job.about) + "\n")
    return done - 1


def safe(column: Column) -> str:
    """The column in SQL, with an apostrophe before what could be read as a formula."""
    if column.is_number or column.kind == "date":
        return column.sql
    return f"regexp_replace({column.sql}, '{FORMULA}', {MARKED})"


def _table(rows: Iterator[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def xlsx(job: Job, path: Path) -> int:
    """A workbook: the records in words, what each column is, and what the file is of."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        done = 0
        sheet = None
        for rows in _pieces(job):
            for row in rows:
                if done % SHEET_ROWS == 0:
                    sheet = _sheet(book, job, 1 + done // SHEET_ROWS, head)
                line = 1 + done % SHEET_ROWS
                for at, (column, value) in enumerate(zip(job.columns, row, strict=True)):
                    _cell(sheet, line, at, said(column, value, job.language), day)
                done += 1
            job.told(done)
        if not done:
            _sheet(book, job, 1, head)
        _words(book, "Columns" if job.language == "en" else "Cột", dictionary(job.columns), head)
        _words(book, "About" if job.language == "en" else "Giới thiệu", iter(job.about), head)
    return done


def _sheet(book: Any, job: Job, number: int, head: Any) -> Any:
    sheet = book.add_worksheet(job.title[:24] + (f" {number}" if number > 1 else ""))
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, len(job.columns), 15)
    for at, column in enumerate(job.columns):
        unit = f" ({column.unit})" if column.unit else ""
        sheet.write_string(0, at, column.label.say(job.language) + unit, head)
    return sheet


def _cell(sheet: Any, row: int, at: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | float | Decimal):
        sheet.write_number(row, at, float(value))
    elif hasattr(value, "isoformat"):
        sheet.write_datetime(row, at, value, day)
    else:
        sheet.write_string(row, at, str(value)[:32_767])


def _words(book: Any, name: str, rows: Iterator[Sequence[str]], head: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 6, 26)
    for line, row in enumerate(rows):
        for at, word in enumerate(row):
            sheet.write_string(line, at, word, head if line == 0 else None)


def geojson(job: Job, path: Path) -> int:
    """One FeatureCollection (RFC 7946): outline, or the point where there is none."""
    done = 0
    about = {"about": dict(job.about), "columns": list(dictionary(job.columns))[1:]}
    with path.open("w", encoding="utf-8") as file:
        begin = json.dumps({"type": "FeatureCollection", **about}, ensure_ascii=False)
        file.write(begin[:-1] + ', "features": [')
        for rows in _pieces(job, "st_asgeojson(coalesce(w.outline, w.position), 7)"):
            for row in rows:
                values = zip(job.columns, row[:-1], strict=True)
                said_ = {c.name: _plain(v) for c, v in values if v not in (None, "")}
                properties = json.dumps(said_, ensure_ascii=False)
                file.write(
                    (",\n" if done else "\n")
                    + f'{{"type": "Feature", "id": {json.dumps(row[0])}, '
                    + f'"geometry": {row[-1] or "null"}, "properties": {properties}}}'
                )
                done += 1
            job.told(done)
        file.write("\n]}\n")
    return done


def gpkg(job: Job, path: Path) -> int:
    """A GeoPackage: the layer of the records, and tables `columns` and `about`."""
    done, layer = 0, job.title
    for rows in _pieces(job, "st_asbinary(coalesce(w.outline, w.position))"):
        _layer_put(path, layer, job.columns, rows, append=done > 0)
        done += len(rows)
        job.told(done)
    if not done:
        _layer_put(path, layer, job.columns, [], append=False)
    _plain_put(path, "columns", list(dictionary(job.columns)))
    _plain_put(path, "about", [("name", "text"), *job.about])
    return done


def _layer_put(
    path: Path, layer: str, columns: list[Column], rows: list[Any], *, append: bool
) -> None:
    fields = [_array(c, [row[i] for row in rows]) for i, c in enumerate(columns)]
    shapes = np.array([bytes(row[-1]) if row[-1] else None for row in rows], dtype=object)
    raw.write(
        str(path),
        shapes,
        fields,
        np.array([c.name for c in columns], dtype=object),
        layer=layer,
        driver="GPKG",
        geometry_type="Unknown",
        crs="EPSG:4326",
        append=append,
    )


def _array(column: Column, values: list[Any]) -> Any:
    if column.is_number:
        return np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
    if column.kind == "date":
        return np.array(values, dtype="datetime64[D]")
    return np.array([None if v in (None, "") else str(v) for v in values], dtype=object)


def _plain_put(path: Path, layer: str, rows: list[Sequence[str]]) -> None:
    heads, *lines = rows
    fields = [np.array([line[i] for line in lines], dtype=object) for i in range(len(heads))]
    names = np.array(heads, dtype=object)
    # GDAL takes a layer of a file that is there for one more of it only when told to append.
    raw.write(str(path), None, fields, names, layer=layer, driver="GPKG", append=True)


def _pieces(job: Job, *more: str) -> Iterator[list[Any]]:
    """The rows in order of their ids, some at a time, from a cursor of the server."""
    columns = ", ".join([*(f"{c.sql} as {c.name}" for c in job.columns), *more])
    with connection.chunked_cursor() as cursor:
        cursor.execute(job.rows.select(columns, "order by t.local_id"), job.rows.params)
        while rows := cursor.fetchmany(STEP):
            yield rows


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


WRITERS: dict[str, Callable[[Job, Path], int]] = {
    "csv": csv_zip,
    "xlsx": xlsx,
    "geojson": geojson,
    "gpkg": gpkg,
}

__all__ = ["WRITERS", "Job", "safe"]
