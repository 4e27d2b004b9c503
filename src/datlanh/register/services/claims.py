"""What approved reports say, kept beside the record they are about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from datlanh.audit.rows import together
from datlanh.register.bulk import Columns, row_put
from datlanh.register.models import Claim, Record, Row


@dataclass(frozen=True)
class NewClaim:
    """One dated part of a report, ready for the register."""

    part: str
    on: dt.date
    values: dict[str, dict[str, Any] | None]  # atom → attributes; None clears
    atoms: dict[str, str]  # atom → digest
    lists: dict[str, str]  # combined lists this part adds to


@dataclass(frozen=True)
class NewRow:
    """One row of a report's list; `shape` as WKB bytes, lon/lat WGS 84."""

    list: str
    number: int
    values: dict[str, Any]
    shape: bytes | None = None


def claims_put(
    *,
    report_id: int,
    record: Record,
    claims: Sequence[NewClaim],
    rows: Sequence[NewRow],
    again: bool = False,
) -> None:
    """Keep what an approved report says about `record`; `again` when it was kept before.

    Its rows have a history then, and stay. The record's own row may follow within the
    transaction: the reference is checked at its end.
    """
    if again:
        Claim.objects.filter(report_id=report_id).delete()
        Row.objects.filter(report_id=report_id).update(record=record)
    with together():
        for claim in claims:
            row_put(Claim, claim_row(report_id, record.pk, claim))
        for row in () if again else rows:
            row_put(Row, list_row(report_id, record.pk, row))


def claim_row(report_id: int, record_id: UUID, claim: NewClaim) -> Columns:
    """The columns of the row that keeps a claim."""
    return {
        "report_id": report_id,
        "record_id": record_id,
        "part": claim.part,
        "on": claim.on,
        "atoms": claim.atoms,
        "values": claim.values,
        "lists": claim.lists,
    }


def list_row(report_id: int, record_id: UUID, row: NewRow) -> Columns:
    """The columns of the row that keeps a list's row; the shape as WKB."""
    return {
        "report_id": report_id,
        "record_id": record_id,
        "list": row.list,
        "number": row.number,
        "values": row.values,
        "shape": row.shape,
        "known_from": 0,
    }
