"""The canonical form of stored rows: what makes two registers equal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry
from django.db import models

from datlanh.register.models import Claim, Record, Row, Version
from datlanh.register.services import NewClaim, NewRow

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


def of_record(record: Record) -> dict[str, Any]:
    """A record's own row."""
    return of_columns(Record, vars(record))


def of_version(said: Mapping[str, Any]) -> dict[str, Any]:
    """A version's columns without what an engine derived."""
    found = of_columns(Version, said)
    return {k: v for k, v in found.items() if k not in DERIVED}


def of_claim(claim: Claim | NewClaim) -> dict[str, Any]:
    """A claim, stored or computed."""
    return {
        "part": claim.part,
        "on": claim.on.isoformat(),
        "atoms": plain(claim.atoms),
        "values": plain(claim.values),
        "lists": plain(claim.lists),
    }


def of_row(row: Row | NewRow) -> dict[str, Any]:
    """A list row, stored or computed."""
    shape = row.shape
    if isinstance(shape, GEOSGeometry):
        shape = bytes(shape.wkb)
    return {
        "list": row.list,
        "number": row.number,
        "values": plain(row.values),
        "shape": shape.hex() if shape else None,
    }
