"""The person store: names and telephones, each sealed with a key of its own.

Everything else in the house holds a reference (`{"person": "<uuid>"}`) and nothing more. A
person is erased by destroying the key: the sealed row and every old backup of it stay shut.
Keys are wrapped by the master key, which is not in the database.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from datlanh.audit.rows import write
from datlanh.audit.services import record as audit_record
from datlanh.kernel import clock
from datlanh.kernel.actor import Actor
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
    invisible person is simply absent.
    """
    wanted = {uuid.UUID(str(r)) for r in refs}
    people = {p.id: bytes(p.sealed) for p in Person.objects.filter(pk__in=wanted)}
    found: dict[str, Any] = {}
    master = _master()
    for key in PersonKey.objects.filter(person_id__in=people):
        try:
            box = AESGCM(_open(master, bytes(key.wrapped), key.person_id))
            found[str(key.person_id)] = json.loads(_open(box, people[key.person_id], key.person_id))
        except InvalidTag:
            continue  # sealed under another master key: as good as erased
    if found:
        audit_record("person.read", f"person:{why}", by=by, after={"persons": sorted(found)})
    return found


@transaction.atomic
def person_erase(ref: uuid.UUID, *, by: Actor, reason: str) -> bool:
    """Destroy a person's key. True when there was one."""
    gone, _ = PersonKey.objects.filter(person_id=ref).delete()
    audit_record("person.erase", f"person:{ref}", by=by, note=reason)
    return bool(gone)
