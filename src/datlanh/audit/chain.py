"""What one event's seal is computed from. Plain functions; the database has no part in it.

A digest is taken over an event's content, a link over the link before and the digest. Whoever
changes, drops, adds or moves an event changes every link from there on. The functions of the
database are not used, for whoever can change rows can change them as well.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import NamedTuple

VERSION = 1
FIRST = bytes(32)  # the link before the first
MARK_DIGITS = 16  # hex digits of a digest that leave the house with each event


class Row(NamedTuple):
    """One event as it stands in the database; JSON as PostgreSQL writes it (jsonb as text)."""

    id: int
    at: dt.datetime
    written_at: dt.datetime
    actor_id: int | None
    actor_name: str
    action: str
    subject_type: str
    subject_id: str
    before: str | None
    after: str | None
    note: str
    via: str
    origin: str


COLUMNS = ", ".join(
    f"e.{name}::text" if name in {"before", "after"} else f"e.{name}" for name in Row._fields
)


def digest_of(row: Row) -> bytes:
    """SHA-256 of an event's content."""
    told = [VERSION, row.id, _instant(row.at), _instant(row.written_at), *row[3:]]
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).digest()


def link_of(before: bytes, number: int, event_id: int, digest: bytes) -> bytes:
    """SHA-256 over the link before, the place in the chain, and the event's digest."""
    return hashlib.sha256(b"%s%d:%d:%s" % (before, number, event_id, digest)).digest()


def mark_of(digest: bytes) -> str:
    """The first digits of a digest, as heads carry them for each event."""
    return digest.hex()[:MARK_DIGITS]


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")
