"""Decisions: numbered under one lock, as the last step before a transaction's effects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from datlanh.audit.rows import row_insert
from datlanh.kernel import clock
from datlanh.kernel.actor import Actor
from datlanh.kernel.fold import Choice
from datlanh.register.models import Decision, Record

DECISION_LOCK = 0x0DA7_1A17  # any fixed number: the one queue in which decisions are numbered


def decision_add(
    *,
    kind: str,
    by: Actor,
    report_id: int | None = None,
    record_id: UUID | None = None,
    second: Actor | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
) -> Decision:
    """Number and keep one decision: as late as possible, since all others wait meanwhile.

    The lock is held to the end of the transaction, so numbers follow commits and have no
    gaps, and `at` never runs backwards.
    """
    if by.id is None or by.organisation_id is None:
        raise ValueError("a decision is a person's")
    with connection.cursor() as cursor:
        # Two statements: the second has to see what was kept while the first one waited.
        cursor.execute("select pg_advisory_xact_lock(%s)", [DECISION_LOCK])
        cursor.execute("select seq, at from register_decision order by seq desc limit 1")
        newest = cursor.fetchone()
    now = clock.now()
    decision = Decision(
        seq=newest[0] + 1 if newest else 1,
        at=max(newest[1], now) if newest else now,
        kind=kind,
        report_id=report_id,
        record_id=record_id,
        by_id=by.id,
        by_name=by.full_name,
        by_organisation_id=by.organisation_id,
        second_id=second.id if second else None,
        second_name=second.full_name if second else "",
        note=note,
        data=data or {},
    )
    row_insert(decision)
    return decision


def records_lock(ids: Iterable[UUID]) -> list[Record]:
    """Lock records, always in id order, so that two refolds cannot wait for each other.

    Their keys stay free: whoever holds the decision lock writes ledger rows about records that
    another, who waits for that lock, has locked here.
    """
    found = Record.objects.select_for_update(no_key=True).filter(pk__in=set(ids))
    return list(found.order_by("pk"))


def choice_from(data: dict[str, Any]) -> Choice:
    """The choice a decision of kind "chosen" keeps in its data."""
    return Choice(data["atom"], dt.date.fromisoformat(data["on"]), int(data["report"]))


def choices_of(record_id: UUID) -> tuple[Choice, ...]:
    """The choices made between values of one date, in order."""
    made = Decision.objects.filter(record_id=record_id, kind="chosen").order_by("seq")
    return tuple(choice_from(data) for data in made.values_list("data", flat=True))
