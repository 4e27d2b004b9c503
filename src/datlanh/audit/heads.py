"""Signed heads of the chain, kept outside the database: one line of JSON each, a file a day.

A head says: so far the chain has got, this is its link, and these events lie since the head
before, each with the first digits of its digest. It is signed with Ed25519; the key is not in
the database. Who holds a copy of the lines, on another machine or on paper, can tell what was
changed, dropped or put in since, even after the whole chain was computed anew.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from datlanh.kernel.canonical import canonical_json

SUFFIX = ".heads"
KEY_DIGITS = 16


@dataclass(frozen=True)
class Mark:
    """What a head says of one event."""

    number: int
    event_id: int
    digits: str


@dataclass(frozen=True)
class Head:
    """One signed line. `marks` are the events since the head before, in order."""

    number: int
    link: str  # hex
    at: str  # ISO 8601, UTC
    first: int  # number of the first mark
    marks: tuple[Mark, ...]
    key: str  # first digits of the public key
    signature: str
    put_back: str = ""  # why the chain goes on from an earlier number: a restored backup

    def told(self) -> dict[str, Any]:
        """What is signed."""
        told: dict[str, Any] = {
            "v": 1,
            "number": self.number,
            "link": self.link,
            "at": self.at,
            "first": self.first,
            "events": [[mark.event_id, mark.digits] for mark in self.marks],
            "key": self.key,
        }
        return told | ({"put_back": self.put_back} if self.put_back else {})


class HeadsError(Exception):
    """Heads that cannot be used; the message is for the person at the terminal."""


def private_key(secret: str) -> Ed25519PrivateKey:
    """The signing key of an installation, from its kept secret."""
    seed = hashlib.sha256(f"datlanh audit key\0{secret}".encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as 64 hex digits."""
    return key.public_bytes_raw().hex()


def public_key(text: str) -> Ed25519PublicKey:
    """The key of these 64 hex digits.

    Raises:
        HeadsError: it is none.
    """
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
    except ValueError:
        raise HeadsError(f"{text!r} is no public key: 64 hex digits are wanted.") from None


def sign(
    number: int,
    link: bytes,
    marks: Sequence[Mark],
    *,
    at: dt.datetime,
    key: Ed25519PrivateKey,
    put_back: str = "",
) -> Head:
    """The head after `marks`, signed."""
    head = Head(
        number=number,
        link=link.hex(),
        at=at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        first=marks[0].number if marks else number + 1,
        marks=tuple(marks),
        key=public_text(key.public_key())[:KEY_DIGITS],
        signature="",
        put_back=put_back,
    )
    signed = key.sign(canonical_json(head.told()).encode())
    return Head(**{**head.__dict__, "signature": base64.b64encode(signed).decode()})


def is_signed(head: Head, key: Ed25519PublicKey) -> bool:
    """Whether the line is that key's."""
    try:
        key.verify(base64.b64decode(head.signature), canonical_json(head.told()).encode())
    except (InvalidSignature, ValueError):
        return False
    return True


@contextlib.contextmanager
def one_writer(folder: Path) -> Iterator[bool]:
    """False while another process appends."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def append(folder: Path, head: Head) -> Path:
    """Put a line at the end of the day's file, and have the disk hold it."""
    path = folder / f"{head.at[:10]}{SUFFIX}"
    line = json.dumps({**head.told(), "sig": head.signature}, separators=(",", ":")) + "\n"
    with path.open("ab+") as file:
        # A line that was cut off by a crash stands alone; it is no head.
        if file.seek(0, os.SEEK_END) and _last_byte(file) != b"\n":
            line = "\n" + line
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())
    return path


def _last_byte(file: Any) -> bytes:
    file.seek(-1, os.SEEK_END)
    return bytes(file.read(1))


def files(folder: Path) -> list[Path]:
    """The files of a folder in order of their days."""
    return sorted(folder.glob(f"[0-9]*{SUFFIX}"))


def read(folder: Path) -> Iterator[Head]:
    """Every head of a folder in order; a line that was cut off is passed over."""
    for path in files(folder):
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                if (head := parsed(line)) is not None:
                    yield head


def newest(folder: Path) -> Head | None:
    """The last head of a folder, without reading what stands before the last file."""
    for path in reversed(files(folder)):
        for line in reversed(path.read_text(encoding="utf-8").splitlines()):
            if (head := parsed(line)) is not None:
                return head
    return None


def parsed(line: str) -> Head | None:
    """The head of one line, None where it is not whole."""
    try:
        told = json.loads(line)
        first = int(told["first"])
        return Head(
            number=int(told["number"]),
            link=str(told["link"]),
            at=str(told["at"]),
            first=first,
            marks=tuple(
                Mark(first + i, int(event), str(digits))
                for i, (event, digits) in enumerate(told["events"])
            ),
            key=str(told["key"]),
            signature=str(told["sig"]),
            put_back=str(told.get("put_back", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None
