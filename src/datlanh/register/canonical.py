"""The canonical form of stored rows: what makes two registers equal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry
from django.db import models

_AS_IT_IS = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:
    """One column's value as JSON would carry it; geometry as hex WKB without SRID."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        return {k: plain(v) for k, v in value.items()}
    if kind is list or kind is tuple:
        return [plain(v) for v in value]
    if kind is float:
        return int(value) if value.is_integer() else value
    return _text(value)


def _text(value: Any) -> Any:
    if isinstance(value, GEOSGeometry):
        return bytes(value.wkb).hex()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def of_columns(model: type[models.Model], said: Mapping[str, Any]) -> dict[str, Any]:
    """A row's columns by name, without a number that the database drew."""
    return {name: plain(said.get(name, default)) for name, default in _columns(model)}


@cache
def _columns(model: type[models.Model]) -> list[tuple[str, Any]]:
    fields = model._meta.concrete_fields
    return [(f.attname, f.get_default()) for f in fields if not isinstance(f, models.AutoField)]


DERIVED = frozenset({"area_m2", "commune_id", "derived_by"})
