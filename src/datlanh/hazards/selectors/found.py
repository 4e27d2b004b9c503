"""Ordnance of one category in the rows of a list."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from datlanh.accounts.scope import Scope
from datlanh.hazards.selectors.filters import RecordFilter
from datlanh.hazards.selectors.queries import rows
from datlanh.register.listing.terms import ROW_KNOWN

ITEMS = "coalesce(t.lists->'ordnance_items', '[]')"
# As the projection reads them: no category is "unknown", no quantity is one.
CATEGORY = "coalesce(nullif(w.values->>'category', ''), 'unknown')"
QUANTITY = "greatest(coalesce((w.values->>'quantity')::int, 1), 1)"

_SUM = f"""
select x.record_id, sum({QUANTITY}) from ({{inner}}) x join register_row w
    on w.list = 'ordnance_items' and w.report_id = x.report_id
   and {ROW_KNOWN}
 where {CATEGORY} = %(category)s group by 1"""  # noqa: S608 - our own names only


def items_found(scope: Scope, filter: RecordFilter, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Pieces of `filter.category` by record, for some records of a list."""
    if not ids or not filter.category:
        return {}
    found = rows(scope, filter, filter.asof)
    columns = f"t.record_id, jsonb_array_elements_text({ITEMS})::bigint as report_id"
    text = found.select(columns, "and t.record_id = any(%(ids)s)", _SUM)
    with connection.cursor() as cursor:
        cursor.execute(text, found.params | {"ids": list(ids)})
        return dict(cursor.fetchall())
