"""Long work that one worker does at a time, and of which the database tells whether it lives.

The lock is the session's: a worker that dies lets go of it, whatever it was at.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.db import connection
from procrastinate import RetryStrategy


class BusyError(Exception):
    """Another worker is at it still."""


WHILE_BUSY = RetryStrategy(max_attempts=20, wait=30, retry_exceptions=[BusyError])


@contextlib.contextmanager
def alone(kind: int, key: int) -> Iterator[None]:
    """Nobody else is at this work meanwhile. BusyError: somebody is."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [kind, key])
        if not cursor.fetchone()[0]:
            raise BusyError
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [kind, key])


def is_held(kind: int, key: int) -> bool:
    """Whether a worker is at it."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [kind, key])
        return cursor.fetchone() is not None


_HELD = """
select from pg_locks
 where locktype = 'advisory' and classid = %s and objid = %s and objsubid = 2 and granted
   and database = (select oid from pg_database where datname = current_database())
"""
