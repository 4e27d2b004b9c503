"""Refolds of many records planned from what their reports will say, before that is kept.

Nothing is written and nothing is locked. A plan rests on the ground it was given; whoever applies
it holds the records, and compares the ground with what stands then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from datlanh.kernel.fold import Choice, Span
from datlanh.kernel.fold import Claim as FoldClaim
from datlanh.register.models import Claim, Decision, Record
from datlanh.register.projection import ListRow, Projector
from datlanh.register.selectors import rows_known
from datlanh.register.services.decisions import choice_from
from datlanh.register.services.folding import Plan, Said, Told, plan_made
from datlanh.register.services.rereading import Reread

AT_ONCE = 200  # records whose claims are in memory at once


@dataclass(frozen=True)
class Ground:
    """What stands of a record beside its claims: choices, open versions, state."""

    choices: tuple[Choice, ...] = ()
    spans: tuple[Span, ...] = ()
    state: str = ""


@dataclass(frozen=True)
class Foresee:
    """A record to plan for; the choices may hold some that are not kept yet."""

    record: Record
    projector: Projector
    counting: frozenset[int]
    ground: Ground


def grounds_of(records: Collection[UUID]) -> dict[UUID, Ground]:
    """What stands of many records now."""
    choices: dict[UUID, list[Choice]] = defaultdict(list)
    spans: dict[UUID, list[Span]] = defaultdict(list)
    made = Decision.objects.filter(kind="chosen", record_id__in=records).order_by("seq")
    for record, data in made.values_list("record_id", "data"):
        if record is not None:
            choices[record].append(choice_from(data))
    with connection.cursor() as cursor:
        cursor.execute(_SPANS, [list(records)])
        for record, start, end, mark in cursor.fetchall():
            spans[record].append(Span(start, end, mark))
        cursor.execute(_STATES, [list(records)])
        states = dict(cursor.fetchall())
    return {
        pk: Ground(tuple(choices[pk]), tuple(spans[pk]), states.get(pk) or "") for pk in records
    }


_SPANS = """
select record_id, true_from, true_to, fingerprint from register_version
 where record_id = any(%s) and known_to is null order by record_id, true_from
"""
_STATES = """
select record_id, state from register_state
 where record_id = any(%s) and known_to is null and true_to is null
"""


def plans_foreseen(wanted: Sequence[Foresee], anew: Mapping[int, Reread]) -> Iterator[Plan]:
    """Plan each record with what the reports in `anew` will say in place of what they say."""
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        tables = _Foreseen(some, anew)
        for one in some:
            told = Told(
                one.counting,
                tables.claims(one),
                one.ground.choices,
                one.ground.spans,
                one.ground.state,
            )
            yield plan_made(one.record, told, one.projector, tables, reread=True)


class _Foreseen:
    """Claims and list rows of some records as they will be."""

    def __init__(self, some: Sequence[Foresee], anew: Mapping[int, Reread]) -> None:
        reports = {pk for one in some for pk in one.counting}
        self.anew = {pk: anew[pk] for pk in reports & anew.keys()}
        others = reports - anew.keys()
        self.stored: dict[int, list[Claim]] = defaultdict(list)
        for claim in Claim.objects.filter(report_id__in=others):
            self.stored[claim.report_id].append(claim)
        self.lists: dict[int, list[tuple[str, ListRow]]] = defaultdict(list)
        for row in rows_known().filter(report_id__in=others).order_by("report_id", "number"):
            kept = ListRow(row.report_id, row.number, row.values, row.shape)
            self.lists[row.report_id].append((row.list, kept))

    def _said(self, report: int) -> Sequence[Any]:
        return self.anew[report].claims if report in self.anew else self.stored[report]

    def claims(self, one: Foresee) -> list[FoldClaim]:
        """The claims that count for a record."""
        return [
            FoldClaim(pk, claim.on, claim.atoms, tuple(claim.lists))
            for pk in one.counting
            for claim in self._said(pk)
        ]

    def said(self, record_id: UUID, reports: Collection[int]) -> Said:
        """The values of some reports by atom."""
        return {
            (pk, atom): value
            for pk in reports
            for claim in self._said(pk)
            for atom, value in claim.values.items()
        }

    def rows(self, record_id: UUID, reports: Collection[int]) -> Iterable[tuple[str, ListRow]]:
        """The list rows of some reports, in their order, each with its list."""
        for pk in sorted(reports):
            if pk not in self.anew:
                yield from self.lists[pk]
                continue
            for row in sorted(self.anew[pk].rows, key=lambda r: r.number):
                yield row.list, ListRow(pk, row.number, row.values, row.shape)
