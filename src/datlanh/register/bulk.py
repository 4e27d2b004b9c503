"""Many rows at once by COPY: some ten times as fast as inserts built by the ORM."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.gis.db.models import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb

Write = Callable[[Any], Any]


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
