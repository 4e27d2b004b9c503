"""Keeping the ledger: after each decision for what it touched, or all of it anew."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.db import models

from datlanh.audit.rows import together, write
from datlanh.hazards.ledger.endings import area_endings
from datlanh.hazards.ledger.lines import (
    Columns,
    Endings,
    Neighbourhood,
    days_changed,
    neighbourhood_now,
    neighbourhoods,
    whole_rows,
)
from datlanh.hazards.ledger.models import AreaLedger, ReleaseLedger
from datlanh.hazards.ledger.versions import KINDS, Same, versions_around
from datlanh.kernel.ledger_time import ALWAYS, Days
from datlanh.register.bulk import row_put, rows_copy, rows_read
from datlanh.register.canonical import of_columns
from datlanh.register.models import Record

MODELS: tuple[type[models.Model], ...] = (AreaLedger, ReleaseLedger)
BATCH = 300


def ledger_refresh(
    *, seq: int, record_ids: Collection[UUID], endings: Endings = area_endings
) -> int:
    """Compute anew what decision `seq` may have changed: these records and all they touch.

    Call it when the versions are written, under the decision lock; then nothing else changes
    meanwhile, and no further lock is needed. Returns how many rows begin.
    """
    if not record_ids:
        return 0
    same: Same = {}
    changed = versions_around(record_ids, seq, same)
    if not changed:
        return 0
    affected, around = neighbourhood_now(changed, endings, same)
    days = days_changed(changed, around, seq)
    standing = {model: _standing(model, affected) for model in MODELS}
    begun = 0
    with together():
        for record in sorted(affected):
            begun += _put(record, around, days[record], standing, seq)
    return begun


def _standing(
    model: type[models.Model], records: Collection[UUID]
) -> dict[str, dict[str, Columns]]:
    """The open rows of records by their first day, in canonical form."""
    found: dict[str, dict[str, Columns]] = defaultdict(dict)
    for row in rows_read(model, "record_id", list(records)):
        if row["known_to"] is None:
            found[row["record_id"]][row["true_from"]] = row
    return found


def _put(
    record: UUID,
    around: Neighbourhood,
    days: Days,
    standing: dict[type[models.Model], dict[str, dict[str, Columns]]],
    seq: int,
) -> int:
    """Write the difference for one record, whose ledger is as it was outside some days."""
    model = around.ledger_model(record)
    rows = standing[model].get(str(record), {}) if model else {}
    if any(row["known_from"] == seq for row in rows.values()):
        days = ALWAYS  # the second change of one decision: what the first one touched is unknown
    days = whole_rows(days, [_days_of(row) for row in rows.values()])
    wanted = around.lines(record, days=days)
    begun = 0
    for table in MODELS:
        have = standing[table].get(str(record), {})
        if table is model:
            have = {k: row for k, row in have.items() if days.has(dt.date.fromisoformat(k))}
        news = wanted if table is model else []
        keys = {line["true_from"].isoformat(): line for line in news}
        same = {
            start
            for start, line in keys.items()
            if start in have and _equal(table, have[start], line)
        }
        if gone := [start for start in have if start not in same]:
            name = table._meta.db_table
            write(_FORGET.format(table=name), [record, gone, seq])
            write(_CLOSE.format(table=name), [seq, record, gone])
        for start, line in keys.items():
            if start not in same:
                row_put(table, line | {"known_from": seq, "known_to": None})
                begun += 1
    return begun


def _days_of(row: Columns) -> tuple[dt.date, dt.date | None]:
    end = row["true_to"]
    return dt.date.fromisoformat(row["true_from"]), dt.date.fromisoformat(end) if end else None


# Two changes of one decision: what it said first was never known.
_FORGET = """
delete from {table}
 where record_id = %s and true_from = any(%s::date[]) and known_to is null and known_from = %s
"""
_CLOSE = """
update {table} set known_to = %s
 where record_id = %s and known_to is null and true_from = any(%s::date[])
"""


def _equal(model: type[models.Model], row: Columns, line: Columns) -> bool:
    wanted = of_columns(model, line | {"known_from": row["known_from"], "known_to": None})
    return wanted == row


def ledgers_stand() -> bool:
    """Whether there is any ledger."""
    return any(model._default_manager.exists() for model in MODELS)


def ledgers_clear() -> None:
    """Throw all of it away."""
    for model in MODELS:
        model._default_manager.all()._raw_delete("default")


def ledgers_rebuild(*, endings: Endings = area_endings) -> int:
    """Write the whole ledger anew from the versions that stand; the tables are empty."""
    count = 0
    for _, rows in ledgers_replayed(endings=endings):
        for model, wanted in rows.items():
            rows_copy(model, wanted)
            count += len(wanted)
    return count


def ledgers_replayed(
    *, endings: Endings = area_endings
) -> Iterator[tuple[Sequence[UUID], dict[type[models.Model], list[Columns]]]]:
    """Every row there must be, some records at a time."""
    # By creation: what was entered together lies near each other, and is read once.
    ids = list(
        Record.objects.filter(kind__in=KINDS).order_by("created_seq").values_list("pk", flat=True)
    )
    for batch, around in neighbourhoods(ids, BATCH, endings):
        found: dict[type[models.Model], list[Columns]] = defaultdict(list)
        for record in batch:
            model = around.ledger_model(record)
            if model is not None:
                found[model] += around.replayed(record)
        yield batch, found
