"""Rows by their columns: one in a kept statement, many by COPY, without models in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb

from datlanh.audit.rows import write
from datlanh.register.canonical import plain

Columns = dict[str, Any]
Write = Callable[[Any], Any]


def row_put(model: type[models.Model], row: Columns, *, key: str = "") -> None:
    """Insert one row given by its columns; with `key`, in the place of the row of equal key.

    Goes with the other statements of `audit.rows.together`, if it stands among them.
    """
    fields, text = _put(model, tuple(row), key)
    write(text, [_write(f)(row[f.attname]) for f in fields])


@lru_cache(maxsize=64)
def _put(
    model: type[models.Model], names: tuple[str, ...], key: str
) -> tuple[list[models.Field[Any, Any]], str]:
    fields = [f for f in model._meta.concrete_fields if f.attname in names]
    quoted = [connection.ops.quote_name(f.column or "") for f in fields]
    marks = ", ".join("%s" for _ in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    text = f"insert into {table} ({', '.join(quoted)}) values ({marks})"  # noqa: S608
    if key:
        news = ", ".join(f"{name} = excluded.{name}" for name in quoted)
        text += f" on conflict ({connection.ops.quote_name(key)}) do update set {news}"
    return fields, text


def rows_copy(model: type[models.Model], rows: Iterable[models.Model | Mapping[str, Any]]) -> None:
    """Insert unsaved rows of one model, given as instances or as their columns by name.

    Numbers that the database draws are left to it; a column not named gets its default.
    """
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    columns = [(f.attname, _write(f), f.get_default()) for f in fields]
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(f.column) for f in fields if f.column),
    )
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for row in rows:
            said = vars(row) if isinstance(row, models.Model) else row
            copy.write_row([write(said.get(name, default)) for name, write, default in columns])


def rows_read(model: type[models.Model], key: str, values: Sequence[Any]) -> Iterator[Columns]:
    """Rows whose column `key` is among `values`, in the form of `canonical.of_columns`.

    Nothing is made of a row but its columns: no model, no geometry object.
    """
    fields = [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]
    columns = [_column(f) for f in fields]
    reads = [(f.attname, _read(f)) for f in fields]
    statement = sql.SQL("select {} from {} where {} = any(%s)").format(
        sql.SQL(", ").join(columns),
        sql.Identifier(model._meta.db_table),
        sql.Identifier(key),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(values)])
        for row in cursor.fetchall():
            yield {
                name: value if value is None else read(value)
                for (name, read), value in zip(reads, row, strict=True)
            }


def _column(field: models.Field[Any, Any]) -> sql.Composable:
    column = sql.Identifier(field.column or "")
    if isinstance(field, GeometryField):
        return sql.SQL("encode(st_asbinary({}, 'NDR'), 'hex')").format(column)
    return column


def _read(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """How what psycopg gives becomes canonical; None is told before."""
    if isinstance(field, models.JSONField):
        return _json
    return _as_it_is if isinstance(field, GeometryField) else plain


def _json(value: Any) -> Any:
    # Django leaves JSON to its fields, so here it is still text.
    return json.loads(value, parse_float=_number) if isinstance(value, str) else plain(value)


def _number(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() else number


def _write(field: models.Field[Any, Any]) -> Write:
    """How a column's value becomes one that psycopg can write."""
    if isinstance(field, models.JSONField):
        return Jsonb
    return _Shapes() if isinstance(field, GeometryField) else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


class _Shapes:
    """Geometry, or its WKB, as the text that PostGIS reads; versions often share one outline."""

    def __init__(self) -> None:
        self.last: tuple[Any, str | None] = (None, None)

    def __call__(self, shape: GEOSGeometry | bytes | None) -> str | None:
        if shape is not self.last[0]:
            self.last = (shape, None if shape is None else _ewkb(shape))
        return self.last[1]


def _ewkb(shape: GEOSGeometry | bytes) -> str:
    """The hex text of little-endian WKB with the SRID put in."""
    if isinstance(shape, GEOSGeometry):
        return str(shape.hexewkb.decode())
    wkb = shape
    kind = int.from_bytes(wkb[1:5], "little") | HAS_SRID
    return (wkb[:1] + kind.to_bytes(4, "little") + WGS84 + wkb[5:]).hex()


HAS_SRID = 0x20000000
WGS84 = (4326).to_bytes(4, "little")
