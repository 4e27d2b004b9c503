"""The persons' keys beside the backups: one current file, so that erasing reaches old backups.

A dump holds sealed persons and no key. `persons.keys` holds the keys, wrapped by the master
key, which is in neither. A person who was erased loses the key in this file with the next
backup; from then on no backup, however old, can show the person.

The file only ever loses a key that the audit trail says was erased: a backup of an emptied
or half-restored database cannot make the older backups unreadable.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from datlanh.config.archive import BackupError

NAME = "persons.keys"
TABLE = "register_personkey"


def fingerprint(master: str) -> str:
    """Twelve hex digits that tell one master key from another, and nothing about either."""
    return hashlib.sha256(f"datlanh person key\0{master}".encode()).hexdigest()[:12]


def read(path: Path, *, master: str) -> dict[UUID, bytes]:
    """The wrapped keys by person; none when there is no file yet.

    Raises:
        BackupError: the keys are of an installation with another master key.
    """
    if not path.exists():
        return {}
    first, *lines = path.read_text(encoding="ascii").splitlines()
    if first.rsplit(" ", 1)[-1] != master:
        raise BackupError(
            f"{path} belongs to an installation with another person key"
            f" ({first.rsplit(' ', 1)[-1]}, here {master}). Restore var/secrets/person_key, or"
            " choose another folder for backups."
        )
    pairs = (line.split(" ", 1) for line in lines)
    return {UUID(person): base64.b64decode(wrapped) for person, wrapped in pairs}


def write(path: Path, keys: dict[UUID, bytes], *, master: str) -> None:
    """Replace the file, all or nothing; only its owner can read it."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as output:
        output.write(f"datlanh persons.keys of master key {master}\n")
        for person in sorted(keys):
            output.write(f"{person} {base64.b64encode(keys[person]).decode()}\n")
        output.flush()
        os.fsync(output.fileno())
    half.replace(path)


def current(
    connection: psycopg.Connection[tuple[Any, ...]], kept: dict[UUID, bytes]
) -> dict[UUID, bytes]:
    """The keys of now: the database's, and those kept before that nobody has erased since."""
    if not has_table(connection, TABLE):
        return kept
    rows = connection.execute(f"select person_id, wrapped from {TABLE}").fetchall()  # noqa: S608
    found = {UUID(str(person)): bytes(wrapped) for person, wrapped in rows}
    absent = kept.keys() - found.keys()
    erased = _erased(connection) if absent else set()
    return found | {person: kept[person] for person in absent if str(person) not in erased}


def _erased(connection: psycopg.Connection[tuple[Any, ...]]) -> set[str]:
    if not has_table(connection, "audit_event"):
        return set()
    rows = connection.execute(
        "select distinct subject_id from audit_event where action = 'person.erase'"
    ).fetchall()
    return {str(row[0]) for row in rows}


def load(connection: psycopg.Connection[tuple[Any, ...]], keys: dict[UUID, bytes]) -> int:
    """Put the keys of the restored persons into the database; answer how many there were."""
    if not has_table(connection, TABLE):
        return 0
    rows = connection.execute("select id from register_person").fetchall()
    wanted = [UUID(str(row[0])) for row in rows]
    pairs = [(person, keys[person]) for person in wanted if person in keys]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into {TABLE} (person_id, wrapped) values (%s, %s)"  # noqa: S608
            " on conflict (person_id) do nothing",
            pairs,
        )
    return len(pairs)


def has_table(connection: psycopg.Connection[tuple[Any, ...]], name: str) -> bool:
    """Whether the table exists, in this version of the schema."""
    row = connection.execute("select to_regclass(%s) is not null", [f"public.{name}"]).fetchone()
    return bool(row and row[0])
