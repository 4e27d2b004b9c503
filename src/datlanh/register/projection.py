"""How a domain turns what a record is into its typed row. The register only knows this port."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry
from django.db import models


@dataclass(frozen=True)
class ListRow:
    """A row of a report's list: `values` as folded, `shape` in lon/lat WGS 84.

    Where many rows are made at once, `shape` may be WKB, which nobody parses before it is kept.
    """

    report_id: int
    number: int
    values: Mapping[str, Any]
    shape: GEOSGeometry | bytes | None = None


@dataclass(frozen=True)
class Current:
    """A record as it stands: everything a typed row may be made of; shapes as in `ListRow`."""

    record_id: UUID
    local_id: str
    organisation_id: int
    true_from: dt.date
    seq: int
    values: Mapping[str, Any]
    reports: int = 1
    state: str = ""  # by its steps; "" while none was taken
    outline: GEOSGeometry | bytes | None = None
    position: GEOSGeometry | bytes | None = None
    area_m2: float | None = None
    lists: Mapping[str, Sequence[ListRow]] = field(default_factory=dict)


class Projector(Protocol):
    """One domain's projection of one kind of record. Pure but for `derived`."""

    kind: str
    row_model: type[models.Model]
    child_models: tuple[type[models.Model], ...]

    def row(self, current: Current) -> dict[str, Any]:
        """The typed row's own columns, without those every row has; from values, not lists."""

    def children(self, current: Current) -> dict[type[models.Model], list[dict[str, Any]]]:
        """Child rows by model; each dict names `report_id` and `number`."""

    def derived(self, current: Current) -> dict[str, Any]:
        """Columns that an engine or the gazetteer computes; compared apart in `verify`."""
