"""Who is acting, told to the database: the one door that requests, jobs and streams share.

Row-level security reads these settings of the transaction; without them the narrow person and
payload tables are empty. After the transaction PostgreSQL returns them as '' (not null).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connection, transaction

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.audit.services import origin as audit_origin
from datlanh.audit.services import via as audit_via
from datlanh.kernel.actor import SYSTEM, Actor, SystemActor

__all__ = ["SYSTEM", "SystemActor", "acting"]

NAMES = (
    "datlanh.actor",  # account id, "0" for the system
    "datlanh.scope",  # whose payloads: "all", "3,7" or ""
    "datlanh.persons",  # whose personal data: the same
    "datlanh.via",  # web, openrosa, command, job
    "datlanh.origin",  # address or device, where it is known
)

# One round trip: each old value is read before the new one is set.
_SWAP = """
with old as materialized (
  select name, wanted, place, coalesce(current_setting(name, true), '') as former
  from unnest(%s::text[], %s::text[]) with ordinality as n (name, wanted, place)
)
select former, set_config(name, wanted, true) from old order by place
"""


@contextlib.contextmanager
def acting(actor: Actor, *, via: str = "", origin: str = "") -> Iterator[None]:
    """Open a transaction in which `actor` acts; nested, the outer one returns on the way out.

    `via` names the door (web, openrosa, command, job), `origin` the address or phone behind it;
    both reach the audit trail; left empty, the outer ones stay.
    """
    via, origin = via or audit_via.get(), origin or audit_origin.get()
    token, origin_token = audit_via.set(via), audit_origin.set(origin)
    nested = connection.in_atomic_block
    try:
        with transaction.atomic():
            former = _swap(
                [
                    str(actor.id or 0),
                    scope_for(actor, Permission.REPORT_READ).setting(),
                    scope_for(actor, Permission.PERSON_READ).setting(),
                    via,
                    origin,
                ]
            )
            yield
            # After an error, or at the end of the transaction, the database goes back itself.
            if nested and not connection.needs_rollback:
                _swap(former)
    finally:
        audit_origin.reset(origin_token)
        audit_via.reset(token)


def _swap(values: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_SWAP, [list(NAMES), values])
        return [former for former, _ in cursor.fetchall()]
