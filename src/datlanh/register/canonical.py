"""The canonical form of stored rows: what makes two registers equal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import models

from datlanh.register.models import Claim, Record, Row, Version
from datlanh.register.services import NewClaim, NewRow


def plain(value: Any) -> Any:
    """One column's value as JSON would carry it; geometry as hex WKB without SRID."""
    if isinstance(value, GEOSGeometry):
        return bytes(value.wkb).hex()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def columns(row: models.Model, *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A row's columns by name, without its own number and `without`."""
    return {
        f.attname: plain(getattr(row, f.attname))
        for f in row._meta.concrete_fields
        if f.name not in without and not isinstance(f, models.BigAutoField)
    }


DERIVED = frozenset({"area_m2", "commune", "derived_by"})


def of_record(record: Record) -> dict[str, Any]:
    """A record's own row."""
    return columns(record) | {"id": str(record.pk)}


def of_version(version: Version) -> dict[str, Any]:
    """A version without what an engine derived."""
    return columns(version, without=DERIVED) | {"record_id": str(version.record_id)}


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
