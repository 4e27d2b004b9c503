"""The register as it stands, once for the whole run, and how a finding is told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from datlanh.intake.models import FormVersion
from datlanh.kernel.mapping import FormMapping


@dataclass(frozen=True)
class Found:
    """One finding about a record. `key` tells two of one rule apart."""

    record_id: UUID
    rule: str
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    at: tuple[float, float] | None = None


@dataclass(frozen=True)
class Head:
    """What is kept of a record beside its findings."""

    local_id: str
    kind: str
    organisation_id: int
    commune_code: str


_NOW = (
    "drop table if exists nightly_now",
    """
    create temporary table nightly_now on commit drop as
    select v.record_id, r.local_id, v.kind, r.organisation_id, v.true_from, v.values,
           v.outline, v.position, v.area_m2
      from register_version v join register_record r on r.id = v.record_id
     where v.known_to is null and v.true_to is null and r.is_live
    """,
    "create unique index on nightly_now (record_id)",
    "create index on nightly_now (local_id)",
    "create index on nightly_now (kind)",
    "create index on nightly_now using gist (position)",
    "create index on nightly_now using gist (outline)",
    "analyze nightly_now",
)


@contextlib.contextmanager
def register_now() -> Iterator[int]:
    """The table of what holds now, for this transaction; yields how many records it has."""
    with connection.cursor() as cursor:
        for statement in _NOW:
            cursor.execute(statement)
        cursor.execute("select count(*) from nightly_now")
        count = cursor.fetchone()[0]
    yield int(count)


def rows(sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """What a question to the register of now answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def heads_of(ids: set[UUID]) -> dict[UUID, Head]:
    """Id, kind, organisation and commune of records."""
    found = rows(
        "select record_id, local_id, kind, organisation_id, coalesce(values->>'commune_code', '')"
        " from nightly_now where record_id = any(%s)",
        [list(ids)],
    )
    return {record: Head(*head) for record, *head in found}


def mappings_now() -> dict[str, FormMapping]:
    """The current mapping of each kind of record."""
    current = FormVersion.objects.filter(retired_at=None).only("mapping_json")
    return {m.record_kind: m for m in (v.mapping for v in current)}
