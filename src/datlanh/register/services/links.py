"""Links between records: derived from decisions, and computed again from nothing else."""

from __future__ import annotations

from uuid import UUID

from datlanh.audit.rows import write
from datlanh.kernel.links import LINKED, UNLINKED, LinkSpan, Pair, link_spans
from datlanh.register.bulk import Columns, rows_copy
from datlanh.register.models import Decision, Link


def link_set(*, pair: Pair, holds: bool, seq: int) -> None:
    """Keep what decision `seq` says of a pair whose two records are locked."""
    known = [pair.a, pair.b, pair.relation]
    write(_CLOSE, [seq, *known])
    write(_OPEN, [*known, holds, seq])


_CLOSE = """
update register_link set known_to = %s
 where a_id = %s and b_id = %s and relation = %s and known_to is null
"""
_OPEN = """
insert into register_link (a_id, b_id, relation, holds, known_from) values (%s, %s, %s, %s, %s)
"""


def links_rebuild() -> int:
    """Write every link anew; the table is empty. Returns how many rows it has now."""
    spans = links_replayed()
    rows_copy(Link, [link_row(span) for span in spans])
    return len(spans)


def links_replayed() -> list[LinkSpan]:
    """Every link there must be, from decisions alone."""
    decided = Decision.objects.filter(kind__in=[LINKED, UNLINKED]).order_by("seq")
    told = decided.values_list("seq", "kind", "record_id", "data")
    return link_spans(
        (seq, Pair(data["relation"], record, UUID(data["other"])), kind == LINKED)
        for seq, kind, record, data in told.iterator()
        if record is not None
    )


def link_row(span: LinkSpan) -> Columns:
    """The columns of the row that keeps a span."""
    return {
        "relation": span.pair.relation,
        "a_id": span.pair.a,
        "b_id": span.pair.b,
        "holds": span.holds,
        "known_from": span.known_from,
        "known_to": span.known_to,
    }
