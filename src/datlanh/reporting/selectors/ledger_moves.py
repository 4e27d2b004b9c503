"""What moved the ledger between two pairs of times: which decision, or which day, moved which m².

From (true₁, known₁) first to (true₁, known₂), decision by decision: what became known about the
same day. Then to (true₂, known₂), day by day: what happened. The lines add up to the difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors import AreaFilter
from datlanh.intake.models import Report
from datlanh.register.listing import terms
from datlanh.register.models import Decision, Record
from datlanh.register.selectors import AsOf
from datlanh.reporting.selectors.ledger import FLOWS

LINES = 400  # shown; the sums are of all


@dataclass(frozen=True)
class Move:
    """One line: an area's ledger moved by a decision (`seq`), or on a day (`on`)."""

    local_id: str
    deltas: Mapping[str, float]
    seq: int = 0
    decision: Decision | None = None
    receipt: str = ""  # the report decided about
    about: str = ""  # the record that report is about
    on: dt.date | None = None
    moved_by: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> float:
        """A difference by its column, for templates."""
        if name in FLOWS:
            return self.deltas[name]
        raise AttributeError(name)

    @property
    def resurveyed_m2(self) -> float:
        """What re-survey moved."""
        return self.deltas["outline_m2"] - self.deltas["initial_m2"]


@dataclass(frozen=True)
class Moves:
    """All lines in order, and their sum."""

    before: AsOf
    after: AsOf
    lines: list[Move] = field(default_factory=list)
    sums: Mapping[str, float] = field(default_factory=dict)
    count: int = 0

    @property
    def total(self) -> Move:
        """The sum as a line."""
        return Move("", self.sums)


def ledger_moves(
    scope: Scope,
    before: AsOf,
    after: AsOf,
    filter: AreaFilter | None = None,
    record_id: UUID | None = None,
) -> Moves:
    """The lines that lead from one moment's ledger to another's, of all areas or of one."""
    within, params = _within(scope, filter or AreaFilter(), record_id)
    params |= {"t1": before.on, "t2": after.on, "k1": before.known, "k2": after.known}
    params |= {"ts": 1 if after.on >= before.on else -1}
    params |= {"ks": 1 if after.known >= before.known else -1}
    with connection.cursor() as cursor:
        cursor.execute(_MOVES.format(within=within), params)
        found = cursor.fetchall()
    found = [row for row in found if any(abs(v) > 0.005 for v in row[4:])]
    sums = {name: float(sum(row[4 + i] for row in found)) for i, name in enumerate(FLOWS)}
    shown = found[:LINES]
    return Moves(before, after, _lines(shown, scope), sums, len(found))


_SUMS = ", ".join(f"sum(m.sign * l.{name})" for name in FLOWS)
_MOVES = f"""
select l.record_id, m.seq, null::date, null::text[], {_SUMS}
  from hazards_arealedger l left join hazards_hazardousarea t on t.record_id = l.record_id
 cross join lateral (values (l.known_from, %(ks)s), (l.known_to, -%(ks)s)) as m (seq, sign)
 where l.true_from <= %(t1)s and (l.true_to is null or l.true_to > %(t1)s)
   and m.seq > least(%(k1)s, %(k2)s) and m.seq <= greatest(%(k1)s, %(k2)s) {{within}}
 group by 1, 2
union all
select l.record_id, null, m.day, max(m.by), {_SUMS}
  from hazards_arealedger l left join hazards_hazardousarea t on t.record_id = l.record_id
 cross join lateral (values (l.true_from, %(ts)s, l.moved_by), (l.true_to, -%(ts)s, null))
    as m (day, sign, by)
 where l.known_from <= %(k2)s and (l.known_to is null or l.known_to > %(k2)s)
   and m.day > least(%(t1)s, %(t2)s) and m.day <= greatest(%(t1)s, %(t2)s) {{within}}
 group by 1, 3
 order by 2, 3, 1
"""  # noqa: S608 - our own names


def _within(scope: Scope, filter: AreaFilter, record_id: UUID | None) -> tuple[str, dict[str, Any]]:
    params: dict[str, Any] = {}
    wanted = [terms.within(scope, params).replace("t.organisation_id", "l.organisation_id")]
    if filter.organisations:
        own = terms.of_organisations(filter.organisations, params)
        wanted.append(own.replace("t.organisation_id", "l.organisation_id"))
    if filter.communes:
        wanted.append(terms.in_communes(filter.communes, params))
    if record_id is not None:
        params["record"] = record_id
        wanted.append("l.record_id = %(record)s")
    return "".join(f" and {term}" for term in wanted if term), params


def _lines(found: list[tuple[Any, ...]], scope: Scope) -> list[Move]:
    """The lines in words. What others did moves land, but who it was is told within the scope."""
    moving = {i for row in found for i in row[3] or ()}
    visible = Record.objects.filter(scope.q("organisation_id"), local_id__in=moving)
    told = set(visible.values_list("local_id", flat=True))
    records = dict(
        Record.objects.filter(pk__in={row[0] for row in found}).values_list("pk", "local_id")
    )
    decisions = Decision.objects.in_bulk([row[1] for row in found if row[1]])
    about = {d.report_id for d in decisions.values() if d.report_id}
    reports = {
        pk: (receipt, local_id)
        for pk, receipt, local_id in Report.objects.filter(scope.q(), pk__in=about).values_list(
            "pk", "receipt", "record_local_id"
        )
    }
    lines = []
    for record, seq, on, moved_by, *values in found:
        decision = decisions.get(seq) if seq else None
        receipt, local_id = reports.get(decision.report_id or 0, ("", "")) if decision else ("", "")
        lines.append(
            Move(
                local_id=records.get(record, ""),
                deltas=dict(zip(FLOWS, map(float, values), strict=True)),
                seq=seq or 0,
                decision=decision,
                receipt=receipt,
                about=local_id,
                on=on,
                moved_by=tuple(i for i in moved_by or () if i in told),
            )
        )
    return lines
