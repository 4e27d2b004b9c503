"""Point in time: base backups and the log of every change (WAL), by pgBackRest (ADR 46).

Only for the private cluster, and only when somebody turned it on: `var/wal/pgbackrest.conf` says
where to. `tools/cluster` reads from that file's presence that the log is to be handed on.
Attachments lie beside the repository, each sealed under its SHA-256.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from datlanh.config import cluster
from datlanh.config.archive import BackupError, named_sum, walk
from datlanh.config.environment import kept_secret
from datlanh.config.steps import StepError

STANZA = "datlanh"
DAYS = 14
SEALED = ".sealed"
NONCE = 12  # bytes, as AES-GCM wants

NO_PROGRAM = (
    "pgbackrest is missing. Install it with the system's package manager:"
    "  sudo apt-get install -y pgbackrest"
)


@dataclass(frozen=True)
class Base:
    """One base backup in the repository."""

    label: str
    kind: str  # full, diff, incr
    ended_at: dt.datetime
    bytes: int  # of the database
    kept_bytes: int  # what it adds to the repository


@dataclass(frozen=True)
class Repository:
    """What the repository holds."""

    path: str
    bases: tuple[Base, ...]
    newest_log: str  # name of the last WAL segment


def conf_of(var: Path) -> Path:
    """Where the settings of pgBackRest stand."""
    return var / "wal" / "pgbackrest.conf"


def is_on(var: Path) -> bool:
    """Whether the private cluster hands its log on."""
    return cluster.is_private() and conf_of(var).exists()


def folder_of(var: Path) -> Path:
    """The folder that repository and attachments lie in."""
    note = var / "wal" / "folder"
    return Path(note.read_text(encoding="utf-8").strip())


def has_program() -> bool:
    """Whether pgBackRest is installed."""
    return shutil.which("pgbackrest") is not None


def backup_key(var: Path) -> str:
    """Seals the repository and the attachments beside it; in no backup."""
    return os.environ.get("DATLANH_BACKUP_KEY") or kept_secret(var / "secrets" / "backup_key")


def run(var: Path, verb: str, *words: str) -> str:
    """One command of pgBackRest, as the cluster's user.

    Raises:
        BackupError: it is not installed, or failed; with its own words.
    """
    if not has_program():
        raise BackupError(NO_PROGRAM)
    try:
        return cluster.own(
            var, "pgbackrest", f"--config={conf_of(var)}", f"--stanza={STANZA}",
            "--log-level-console=warn", *words, verb,
        )  # fmt: skip
    except StepError as refusal:
        raise BackupError(str(refusal)) from None


# ── Turning it on ───────────────────────────────────────────────────────────────────────────


def prepare(var: Path, folder: Path, *, days: int = DAYS, s3: dict[str, str] | None = None) -> None:
    """Write the settings. The cluster hands its log on from its next start.

    Args:
        folder: where repository and attachments go; on another disk than the cluster.
        days: from so long ago one can restore.
        s3: options of an S3-compatible store for the repository; attachments stay in `folder`.

    Raises:
        BackupError: no private cluster, no pgBackRest, or the folder cannot be used.
    """
    if not cluster.is_private():
        raise BackupError(
            "DATABASE_URL names a server: its own administrator archives its WAL."
            " `datlanh doctor` says whether it does."
        )
    if not has_program():
        raise BackupError(NO_PROGRAM)
    try:
        for path in (var / "wal", var / "wal" / "log", var / "wal" / "lock"):
            cluster.folder(var, path)
        folder.mkdir(parents=True, exist_ok=True)
        cluster.folder(var, folder / "repository")
        (folder / "files").mkdir(mode=0o700, exist_ok=True)
        _can_enter(var, folder)
        lines = _settings(var, folder, days=days, s3=s3 or {})
        cluster.own(var, "tee", conf_of(var), feed="\n".join(lines) + "\n")
        cluster.own(var, "chmod", "600", conf_of(var))
        cluster.own(var, "tee", var / "wal" / "folder", feed=f"{folder}\n")
    except StepError as refusal:
        raise BackupError(str(refusal)) from None


def _can_enter(var: Path, folder: Path) -> None:
    trial = folder / "repository" / ".trial"  # asking for the right is not the same as having it
    try:
        cluster.own(var, "touch", trial)
        cluster.own(var, "rm", trial)
    except StepError:
        raise BackupError(
            f"The user the database runs as cannot enter {folder}: a folder above is closed to it"
            " (chmod o+x), or the disk is read-only."
        ) from None


def _settings(var: Path, folder: Path, *, days: int, s3: dict[str, str]) -> Iterator[str]:
    entry = cluster.admin_entry(var)
    yield "[global]"
    if s3:
        yield "repo1-type=s3"
        yield "repo1-path=/datlanh"
        yield "repo1-s3-uri-style=path"
        yield from (f"repo1-s3-{name}={value}" for name, value in sorted(s3.items()) if value)
    else:
        yield f"repo1-path={folder / 'repository'}"
    yield "repo1-cipher-type=aes-256-cbc"
    yield f"repo1-cipher-pass={backup_key(var)}"
    yield "repo1-retention-full-type=time"
    yield f"repo1-retention-full={days}"
    yield "repo1-bundle=y"
    yield "start-fast=y"
    yield "compress-type=zst"
    yield "process-max=2"
    yield f"log-path={var / 'wal' / 'log'}"
    yield f"lock-path={var / 'wal' / 'lock'}"
    yield f"[{STANZA}]"
    yield f"pg1-path={var / 'pg'}"
    yield f"pg1-socket-path={entry['HOST']}"
    yield f"pg1-port={entry['PORT']}"
    yield f"pg1-user={entry['USER']}"
    yield "pg1-database=postgres"


def begin(var: Path) -> None:
    """The repository's first entry, and a check that the log arrives in it."""
    run(var, "stanza-create")
    run(var, "check")


def base(var: Path, *, full: bool = False) -> None:
    """A base backup: what changed since the last full one, or all of it."""
    run(var, "backup", f"--type={'full' if full else 'diff'}")


def repository(var: Path) -> Repository:
    """What there is to restore from.

    Raises:
        BackupError: it cannot be read.
    """
    told: list[dict[str, Any]] = json.loads(run(var, "info", "--output=json") or "[]")
    stanza = told[0] if told else {}
    bases = tuple(
        Base(
            label=str(each["label"]),
            kind=str(each["type"]),
            ended_at=dt.datetime.fromtimestamp(each["timestamp"]["stop"], dt.UTC),
            bytes=int(each["info"]["size"]),
            kept_bytes=int(each["info"]["repository"]["delta"]),
        )
        for each in stanza.get("backup", [])
    )
    logs = [str(a.get("max") or "") for a in stanza.get("archive", [])]
    return Repository(str(folder_of(var)), bases, max(logs, default=""))


# ── Attachments ─────────────────────────────────────────────────────────────────────────────


def _box(secret: str) -> AESGCM:
    return AESGCM(hashlib.sha256(f"datlanh backup\0{secret}".encode()).digest())


def files_copy(live: Path, target: Path, *, secret: str) -> int:
    """Seal what is not there yet; how many files that were. Content is checked on the way.

    Raises:
        BackupError: a file is not what its name says.
    """
    box, copied = _box(secret), 0
    for name in walk(live):
        new = target / f"{name}{SEALED}"
        total = named_sum(name)
        if total is None or new.exists():
            continue
        content = (live / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != total:
            raise BackupError(f"{live / name} is damaged: its content is not what its name says.")
        nonce = os.urandom(NONCE)
        _write(new, nonce + box.encrypt(nonce, content, total.encode()))
        copied += 1
    return copied


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    with half.open("wb") as output:
        output.write(content)
        output.flush()
        os.fsync(output.fileno())
    half.replace(path)


def file_open(path: Path, *, secret: str) -> bytes | None:
    """The content of one sealed file; None where it is missing or damaged."""
    total = named_sum(path)
    try:
        shut = path.read_bytes()
        content = _box(secret).decrypt(shut[:NONCE], shut[NONCE:], (total or "").encode())
    except (OSError, InvalidTag, ValueError):
        return None
    return content if hashlib.sha256(content).hexdigest() == total else None


def files_wrong(target: Path, wanted: Iterable[str], *, secret: str) -> list[str]:
    """Which of the wanted sums have no whole sealed file."""
    there = {named_sum(name): name for name in walk(target) if name.name.endswith(SEALED)}
    return sorted(
        total
        for total in wanted
        if total not in there or file_open(target / there[total], secret=secret) is None
    )


def files_put_back(target: Path, live: Path, *, secret: str) -> int:
    """Open what the live folder lacks; how many files that were."""
    back = 0
    for name in walk(target):
        if not name.name.endswith(SEALED):
            continue
        new = live / str(name).removesuffix(SEALED)
        if new.exists() or (content := file_open(target / name, secret=secret)) is None:
            continue
        _write(new, content)
        back += 1
    return back


# ── Restoring ───────────────────────────────────────────────────────────────────────────────


def restore_into(
    var: Path, data: Path, *, to: dt.datetime | None = None, starts_in: Path | None = None
) -> None:
    """Write a cluster's folder as it was at `to` (None: as late as the log goes), not started.

    `starts_in` is where the folder is moved before it starts; it fetches the log to there.

    Raises:
        BackupError: nothing to restore from; pgBackRest's own words.
    """
    words = [f"--pg1-path={data}"]
    if starts_in is not None:
        fetch = f'pgbackrest --config={conf_of(var)} --stanza={STANZA} archive-get %f "%p"'
        words.append(f"--recovery-option=restore_command={fetch}")
    if to is not None:
        at = to.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S+00")
        words += ["--type=time", f"--target={at}", "--target-action=promote"]
    run(var, "restore", *words)
