"""The person store: what is personal in a report, each bundle sealed with a key of its own.

Everything else in the house holds a reference (`kernel.sealed`) and nothing more. A person is
erased by destroying the key: the sealed row and every old backup of it stay shut. Keys are
wrapped by the master key, which is not in the database.

Beside the persons stand the *marking keys*, one for each record that reports name. Two reports
that say the same about one person carry the same mark (an HMAC), so the fold need not open
them; without the key, which is erased with the person, a mark tells nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction

from datlanh.audit.rows import write
from datlanh.audit.services import record as audit_record
from datlanh.kernel import clock
from datlanh.kernel.actor import Actor
from datlanh.kernel.canonical import canonical_json
from datlanh.register.models import Person, PersonKey

NONCE = 12  # bytes, as AES-GCM wants


@dataclass(frozen=True)
class Sealed:
    """One thing to keep: `purpose` says why ("verifier", "payload"), `content` is plain JSON."""

    purpose: str
    content: Any


def _master() -> AESGCM:
    return AESGCM(hashlib.sha256(settings.PERSON_MASTER_KEY.encode()).digest())


def _shut(box: AESGCM, plain: bytes, bound_to: uuid.UUID) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + box.encrypt(nonce, plain, bound_to.bytes)


def _open(box: AESGCM, shut: bytes, bound_to: uuid.UUID) -> bytes:
    return box.decrypt(shut[:NONCE], shut[NONCE:], bound_to.bytes)


_KEEP = """
with kept as (
  insert into register_person (id, organisation_id, purpose, sealed, kept_at)
  select id, %s, purpose, sealed, %s
    from unnest(%s::uuid[], %s::text[], %s::bytea[]) as n (id, purpose, sealed)
)
insert into register_personkey (person_id, wrapped)
select id, wrapped from unnest(%s::uuid[], %s::bytea[]) as n (id, wrapped)
"""


def persons_keep(items: Sequence[Sealed], *, organisation_id: int) -> list[uuid.UUID]:
    """Seal each item with a new key; the references come back in the same order."""
    master = _master()
    refs = [uuid.uuid4() for _ in items]
    keys = [AESGCM.generate_key(256) for _ in items]
    sealed = [
        _shut(AESGCM(key), json.dumps(item.content, ensure_ascii=False).encode(), ref)
        for item, key, ref in zip(items, keys, refs, strict=True)
    ]
    wrapped = [_shut(master, key, ref) for key, ref in zip(keys, refs, strict=True)]
    # Both tables in one statement: both or neither.
    purposes = [item.purpose for item in items]
    write(_KEEP, [organisation_id, clock.now(), refs, purposes, sealed, refs, wrapped])
    return refs


def persons_read(refs: Iterable[uuid.UUID | str], *, by: Actor, why: str) -> dict[str, Any]:
    """The contents by reference (text), for those `by` may see; the reading is audited.

    Who may see is the database's own row policy, set by `accounts.acting`. An erased or
    invisible person is simply absent. One event for each purpose says who was read.
    """
    wanted = {uuid.UUID(str(r)) for r in refs}
    people = {p.id: p for p in Person.objects.filter(pk__in=wanted).exclude(purpose=MARK)}
    found: dict[str, Any] = {}
    told: dict[str, list[str]] = defaultdict(list)
    master = _master()
    for key in PersonKey.objects.filter(person_id__in=people):
        person = people[key.person_id]
        try:
            box = AESGCM(_open(master, bytes(key.wrapped), person.id))
            found[str(person.id)] = json.loads(_open(box, bytes(person.sealed), person.id))
        except InvalidTag:
            continue  # sealed under another master key: as good as erased
        told[person.purpose].append(str(person.id))
    for purpose, read in sorted(told.items()):
        after = {"purpose": purpose, "persons": sorted(read)}
        audit_record("person.read", f"person:{why}", by=by, after=after)
    return found


# ── Marks ───────────────────────────────────────────────────────────────────────────────────

MARK = "mark"  # the purpose of the rows that stand for marking keys; nothing is sealed in them
MARK_DIGITS = 32  # hex
_SUBJECTS = uuid.UUID("0b9a8a57-3f0c-5a77-9d53-6f1f5f7c9a10")

_MARK_KEY = "select wrapped from register_personkey where person_id = %s"
_MARK_KEEP = """
with kept as (
  insert into register_person (id, organisation_id, purpose, sealed, kept_at)
  values (%s, %s, %s, ''::bytea, %s) on conflict do nothing
)
insert into register_personkey (person_id, wrapped) values (%s, %s) on conflict do nothing
"""


def mark_id(subject: str) -> uuid.UUID:
    """Where the marking key of a record stands, by the id reports name it with."""
    return uuid.uuid5(_SUBJECTS, subject)


def marker_of(subject: str, *, organisation_id: int) -> Callable[[str, Any], str]:
    """What marks answers about one record: the same answer to the same question, the same mark.

    The key is made where there is none. Of two reports that make it at one moment one key is
    kept; the other's marks equal nothing, and its answers then count as different.
    """
    ref, master = mark_id(subject), _master()
    with connection.cursor() as cursor:
        cursor.execute(_MARK_KEY, [ref])
        found = cursor.fetchone()
    try:
        key = _open(master, bytes(found[0]), ref) if found else None
    except InvalidTag:
        key = os.urandom(32)  # kept under another master key: for this report alone
    if key is None:
        key = AESGCM.generate_key(256)
        wrapped = _shut(master, key, ref)
        write(_MARK_KEEP, [ref, organisation_id, MARK, clock.now(), ref, wrapped])

    def mark(question: str, answer: Any) -> str:
        told = canonical_json([question, answer]).encode()
        return hmac.new(key, told, hashlib.sha256).hexdigest()[:MARK_DIGITS]

    return mark


# ── Erasing ─────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def persons_erase(refs: Iterable[uuid.UUID], *, by: Actor, reason: str) -> int:
    """Destroy the keys of some persons, those the database lets be seen. How many there were.

    Each has an event of its own: by it the next backup knows which keys to drop.
    """
    keys = PersonKey.objects.filter(person_id__in=set(refs))
    gone = sorted(keys.values_list("person_id", flat=True))
    keys.filter(person_id__in=gone).delete()
    for ref in gone:
        audit_record("person.erase", f"person:{ref}", by=by, note=reason)
    return len(gone)


def person_erase(ref: uuid.UUID, *, by: Actor, reason: str) -> bool:
    """Destroy one person's key. True when there was one."""
    return bool(persons_erase([ref], by=by, reason=reason))
