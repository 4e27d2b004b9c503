"""The sealer: chains the events that are committed, and hands signed heads out of the database.

Writers do not wait for each other: an event is inserted with a note in `audit_unsealed`, in the
transaction of the write it tells about. The sealer takes what it finds there, about every second.
A transaction that commits late brings events with lower numbers than those already sealed; their
notes become visible with the commit and they are sealed then. So none is missed: the order of
the chain is that of sealing, not that of the numbers. A restored database brings its notes along.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from datlanh.audit import chain, heads
from datlanh.audit.chain import FIRST, Row
from datlanh.audit.heads import Head, HeadsError, Mark
from datlanh.audit.services import Who, record
from datlanh.kernel import clock

LOCK = 7_203_441  # one sealer at a time; any number that nobody else uses
AT_ONCE = 2000
MARKS_PER_HEAD = 5000

_LAST = "select number, link from audit_seal order by number desc limit 1"
_WAITING = f"""
select {chain.COLUMNS}
  from audit_unsealed u join audit_event e on e.id = u.event_id
 order by e.id limit %s
"""  # noqa: S608 - our own names
_SEAL = """
insert into audit_seal (number, event_id, digest, link, sealed_at)
select n, e, d, l, %s
  from unnest(%s::bigint[], %s::bigint[], %s::bytea[], %s::bytea[]) s (n, e, d, l)
"""
_TAKE = "delete from audit_unsealed where event_id = any(%s)"
_SINCE = (
    "select number, event_id, digest, link from audit_seal where number > %s order by 1 limit %s"
)


class BehindError(HeadsError):
    """The heads outside know more than the database: it was put back, or cut short."""


@dataclass(frozen=True)
class Sealed:
    """What one round did."""

    events: int
    head: Head | None  # the last one handed out, if any was


def seal_all(*, folder: Path | None = None) -> Sealed:
    """Seal everything committed, then hand out heads.

    Raises:
        BehindError: see `heads_append`. What was committed is sealed all the same.
        OSError: the folder cannot be written.
    """
    events = 0
    while done := seal_some():
        events += done
        if done < AT_ONCE:
            break
    return Sealed(events, heads_append(folder or heads_folder()))


@transaction.atomic
def seal_some() -> int:
    """Seal up to 2,000 events in one transaction; how many there were. 0 while another seals."""
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from audit_unsealed)")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_LAST)
        number, link = cursor.fetchone() or (0, FIRST)
        cursor.execute(_WAITING, [AT_ONCE])
        rows = [Row(*found) for found in cursor.fetchall()]
        if not rows:
            return 0
        link, numbers, digests, links = bytes(link), [], [], []
        for row in rows:
            number += 1
            digest = chain.digest_of(row)
            link = chain.link_of(link, number, row.id, digest)
            numbers.append(number)
            digests.append(digest)
            links.append(link)
        ids = [row.id for row in rows]
        cursor.execute(_SEAL, [clock.now(), numbers, ids, digests, links])
        cursor.execute(_TAKE, [ids])
        return len(rows)


def heads_folder() -> Path:
    """Where this installation hands its heads out to."""
    return Path(settings.AUDIT_HEADS)


def heads_append(folder: Path) -> Head | None:
    """Sign and append what was sealed since the last head; None when there was nothing.

    Raises:
        BehindError: the folder's last head is not this database's.
    """
    with heads.one_writer(folder) as mine:
        if not mine:
            return None
        last = heads.newest(folder)
        _same_chain(last)
        written = last
        while (head := _next_head(written.number if written else 0)) is not None:
            heads.append(folder, head)
            written = head
        return written if written is not last else None


def _same_chain(last: Head | None) -> None:
    if last is None or not last.number:
        return
    with connection.cursor() as cursor:
        cursor.execute("select link from audit_seal where number = %s", [last.number])
        found = cursor.fetchone()
    if found is None or bytes(found[0]).hex() != last.link:
        raise BehindError(
            f"The last head outside is number {last.number} of {last.at}; this database has"
            " another event there, or none. If a backup was restored, say so with"
            " `datlanh audit accept --reason …`; if not, see `datlanh audit verify`."
        )


def _next_head(after: int) -> Head | None:
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [after, MARKS_PER_HEAD])
        found = cursor.fetchall()
    if not found:
        return None
    marks = [Mark(n, event, chain.mark_of(bytes(digest))) for n, event, digest, _link in found]
    key = heads.private_key(settings.AUDIT_KEY)
    return heads.sign(found[-1][0], bytes(found[-1][3]), marks, at=clock.now(), key=key)


@transaction.atomic
def put_back_accept(*, reason: str, by: Who) -> Head:
    """Say that the database was put back to an earlier state, and let the heads go on from there.

    What the heads outside knew beyond that stays told by `datlanh audit verify` for good.

    Raises:
        HeadsError: no reason; or nothing is there to accept, since the heads fit the database.
    """
    if not reason.strip():
        raise HeadsError("Give the reason.")
    folder = heads_folder()
    with heads.one_writer(folder):
        last = heads.newest(folder)
        try:
            _same_chain(last)
        except BehindError:
            pass
        else:
            raise HeadsError("The heads fit this database; nothing is to be accepted.")
        same = _last_common(folder)
        record("audit.accept", f"heads:{same}", by=by, note=reason.strip())
        with connection.cursor() as cursor:
            cursor.execute("select link from audit_seal where number = %s", [same])
            found = cursor.fetchone()
        link = bytes(found[0]) if found else FIRST
        key = heads.private_key(settings.AUDIT_KEY)
        head = heads.sign(same, link, [], at=clock.now(), key=key, put_back=reason.strip())
        heads.append(folder, head)
        return head


def _last_common(folder: Path) -> int:
    """The highest number whose head outside is also this database's."""
    same = 0
    for head in heads.read(folder):
        with connection.cursor() as cursor:
            cursor.execute("select link from audit_seal where number = %s", [head.number])
            found = cursor.fetchone()
        if found is not None and bytes(found[0]).hex() == head.link:
            same = max(same, head.number)
    return same
