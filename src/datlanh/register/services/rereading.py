"""Reports read anew: their claims and list rows replaced, and many records refolded at once.

All is prepared before the decision is numbered, as `folding` does for one record. What is left
under the lock are a handful of statements, however many records there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models

from datlanh.register import canonical
from datlanh.register.bulk import Columns, rows_copy, rows_read
from datlanh.register.models import Claim, Row, Version
from datlanh.register.services.claims import NewClaim, NewRow, claim_row, list_row
from datlanh.register.services.folding import Plan

# Known bounds of list rows until the decision has its number; nobody else sees them.
PENDING = 2**62


@dataclass(frozen=True)
class Reread:
    """What an approved report says under another mapping."""

    report_id: int
    record_id: UUID
    claims: Sequence[NewClaim]
    rows: Sequence[NewRow]


@dataclass(frozen=True)
class Change:
    """What keeping a report's new reading takes; `said` is None where its claims stay."""

    report_id: int
    record_id: UUID
    said: Sequence[Columns] | None
    closing: Sequence[Columns] = ()
    opening: Sequence[Columns] = ()


def claims_compared(some: Sequence[Reread]) -> list[Change]:
    """How what reports say now differs from what is kept of them; nothing is written."""
    claims = _stored(Claim, some)
    rows = _stored(Row, some)
    found: list[Change] = []
    for one in some:
        wanted = [claim_row(one.report_id, one.record_id, c) for c in one.claims]
        kept = {c["part"]: c for c in claims[one.report_id]}
        said = None if _plain(Claim, wanted, "part") == kept else wanted
        closing, opening = _rows_changed(one, rows[one.report_id])
        if said is not None or closing or opening:
            found.append(Change(one.report_id, one.record_id, said, closing, opening))
    return found


def claims_change(changes: Iterable[Change]) -> None:
    """Put what reports say now in the place of what they said. Their records are locked.

    List rows change when `rows_settle` gives them the decision.
    """
    changes = list(changes)
    anew = [c for c in changes if c.said is not None]
    Claim.objects.filter(report_id__in=[c.report_id for c in anew]).delete()
    rows_copy(Claim, [row for c in anew for row in c.said or ()])
    _rows_close([row for c in changes for row in c.closing])
    rows_copy(Row, [row for c in changes for row in c.opening])


def _stored(model: type[models.Model], some: Sequence[Reread]) -> defaultdict[int, list[Columns]]:
    """What stands of those reports now, in canonical form."""
    found: defaultdict[int, list[Columns]] = defaultdict(list)
    for row in rows_read(model, "report_id", [one.report_id for one in some]):
        if row.get("known_to") is None:
            found[row["report_id"]].append(row)
    return found


def _plain(model: type[models.Model], rows: Sequence[Columns], key: str) -> dict[Any, Columns]:
    return {row[key]: canonical.of_columns(model, row) for row in rows}


def _rows_changed(one: Reread, have: Sequence[Columns]) -> tuple[list[Columns], list[Columns]]:
    """The rows that end and those that begin; a row that reads as before stays."""
    stands = {(r["list"], r["number"]): r for r in have}
    wants = {(r.list, r.number): list_row(one.report_id, one.record_id, r) for r in one.rows}
    same = {
        key
        for key, row in wants.items()
        if key in stands and _content(canonical.of_columns(Row, row)) == _content(stands[key])
    }
    ending = [row for key, row in stands.items() if key not in same]
    begun = [row | {"known_from": PENDING} for key, row in wants.items() if key not in same]
    return ending, begun


def _content(row: Columns) -> tuple[Any, Any]:
    return row["values"], row["shape"]


def _rows_close(rows: Sequence[Columns]) -> None:
    if not rows:
        return
    keys = ([r[name] for r in rows] for name in ("report_id", "list", "number"))
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_ROWS, [PENDING, *keys])


_CLOSE_ROWS = """
update register_row r set known_to = %s
  from unnest(%s::bigint[], %s::text[], %s::int[]) as w(report_id, list, number)
 where r.report_id = w.report_id and r.list = w.list and r.number = w.number
   and r.known_to is null
"""


def rows_settle(reports: Sequence[int], *, seq: int) -> None:
    """Give the list rows that changed the decision they are known from, or until."""
    for name in ("known_to", "known_from"):
        Row.objects.filter(report_id__in=reports, **{name: PENDING}).update(**{name: seq})


def refold_apply_many(plans: Sequence[Plan], *, seq: int) -> None:
    """Write many plans as known from decision `seq`: table by table, not record by record."""
    _versions_write(plans, seq)
    _liveness_write(plans)
    typed: dict[type[models.Model], list[Columns]] = defaultdict(list)
    anew: dict[type[models.Model], list[UUID]] = defaultdict(list)
    for plan in plans:
        record, model = plan.record, plan.projector.row_model
        common = {"record_id": record.pk}
        anew[model].append(record.pk)
        if plan.typed is None:
            for child in plan.projector.child_models:
                anew[child].append(record.pk)
            continue
        if any(v["true_to"] is None for v in plan.opening):
            plan.typed["known_seq"] = seq
        typed[model].append(common | plan.typed)
        for child, rows in plan.children.items():
            anew[child].append(record.pk)
            owner = common | {"organisation_id": record.organisation_id}
            typed[child] += [owner | row for row in rows]
    for model, ids in anew.items():
        model._default_manager.filter(record_id__in=ids)._raw_delete("default")
    for model, rows in typed.items():
        rows_copy(model, rows)


def _versions_write(plans: Sequence[Plan], seq: int) -> None:
    ending = [(plan.record.pk, span.start) for plan in plans for span in plan.change.close]
    if ending:
        records, starts = zip(*ending, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_CLOSE, [seq, list(records), list(starts)])
    rows_copy(Version, [v | {"known_from": seq} for plan in plans for v in plan.opening])


_CLOSE = """
update register_version v set known_to = %s
  from unnest(%s::uuid[], %s::date[]) as w(record_id, true_from)
 where v.record_id = w.record_id and v.true_from = w.true_from and v.known_to is null
"""


def _liveness_write(plans: Sequence[Plan]) -> None:
    for plan in plans:
        if plan.record.is_live != (plan.typed is not None):
            plan.record.is_live = plan.typed is not None
            plan.record.save(update_fields=["is_live"])
