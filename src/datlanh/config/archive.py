"""One backup on disk: a folder that is complete or absent, and says itself what it holds.

backups/
  persons.keys            the keys of all persons, of now; see `personkeys`
  2026-11-23-163500/
    manifest.json         counts, sizes, versions, sums
    database.dump         pg_dump's custom format
    files.sha256          `sha256sum -c files.sha256` reads it too
    files/…               attachments; unchanged ones share their disk space with the last backup
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

DUMP, MANIFEST, SUMS, FILES = "database.dump", "manifest.json", "files.sha256", "files"
FORMAT = 1


class BackupError(Exception):
    """A backup or a restore that cannot go on; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, written last. Sizes are bytes; `rows` are counted, not estimated."""

    made_at: str  # ISO 8601, UTC
    datlanh: str
    postgresql: str
    postgis: str
    database: str
    person_key: str  # fingerprint of the master key that opens persons.keys
    dump_sha256: str
    dump_bytes: int
    files: int
    file_bytes: int
    rows: dict[str, int]
    migrations: dict[str, str]  # app → last applied
    missing_files: list[str] = field(default_factory=list)  # known to the database, not on disk
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Put it into a backup's folder."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """The manifest of a backup.

        Raises:
            BackupError: none there, or of a later format than this version knows.
        """
        path = folder / MANIFEST
        if not path.exists():
            raise BackupError(f"{folder} is no complete backup: it has no {MANIFEST}.")
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.get("format", 0) > FORMAT:
            raise BackupError(f"{folder} was made by a newer version; update Đất Lành first.")
        return cls(**found)


def complete(root: Path) -> list[Path]:
    """The complete backups below `root`, oldest first."""
    return sorted(path.parent for path in root.glob(f"[0-9]*/{MANIFEST}"))


def sha256_of(path: Path) -> str:
    """The sum of a file's content, read in pieces."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def walk(root: Path) -> Iterator[Path]:
    """The files below `root`, relative, in order; what is still being written is left out."""
    for folder, names, files in os.walk(root):
        names.sort()
        for name in sorted(files):
            if not name.startswith("."):
                yield (Path(folder) / name).relative_to(root)


def read_sums(folder: Path) -> dict[str, str]:
    """Sum by relative path of the files in a backup."""
    path = folder / SUMS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {
        name.removeprefix(f"{FILES}/"): total for total, name in (x.split("  ", 1) for x in lines)
    }


def named_sum(path: Path) -> str | None:
    """The SHA-256 that a content-addressed file carries as its name, if it does."""
    stem = path.name.split(".", 1)[0]
    return stem if len(stem) == 64 and set(stem) <= set("0123456789abcdef") else None


def copy_files(live: Path, target: Path, *, before: Path | None) -> tuple[int, int]:
    """Bring the attachments into a backup: copied when new, linked to the last backup when not.

    Every copy is read back and compared with its sum; a file whose name is its sum and whose
    content is not is an error, for a backup of damage is none.

    Returns:
        How many files, and their bytes.

    Raises:
        BackupError: a file on disk does not match the sum in its name.
    """
    known = read_sums(before) if before else {}
    count = total = 0
    (target / FILES).mkdir()
    with (target / SUMS).open("w", encoding="utf-8") as sums:
        for name in walk(live):
            new = target / FILES / name
            new.parent.mkdir(parents=True, exist_ok=True)
            digest = _linked(known, before, name, live, new) or _copied(live / name, new)
            sums.write(f"{digest}  {FILES}/{name}\n")
            count, total = count + 1, total + new.stat().st_size
    return count, total


def _linked(
    known: dict[str, str], before: Path | None, name: Path, live: Path, new: Path
) -> str | None:
    digest = known.get(str(name))
    if before is None or digest is None or named_sum(name) != digest:
        return None
    old = before / FILES / name
    try:
        if old.stat().st_size != (live / name).stat().st_size:
            return None
        os.link(old, new)
    except OSError:  # another disk, or a file system without links: copy instead
        return None
    return digest


def _copied(live: Path, new: Path) -> str:
    shutil.copyfile(live, new)
    digest = sha256_of(new)
    named = named_sum(live)
    if named is not None and named != digest:
        raise BackupError(f"{live} is damaged: its content is not what its name says.")
    if named is None and sha256_of(live) != digest:
        raise BackupError(f"{live} changed while it was copied.")
    return digest


def verify(folder: Path, *, pg_restore: str, environment: dict[str, str]) -> list[str]:
    """Everything that is wrong with a backup, in words; an empty list is a good backup."""
    manifest = Manifest.read(folder)
    dump = folder / DUMP
    if not dump.exists():
        return [f"{DUMP} is missing"]
    problems = []
    if sha256_of(dump) != manifest.dump_sha256:
        problems.append(f"{DUMP} was changed or damaged")
    elif subprocess.run(
        [pg_restore, "--list", str(dump)], env=environment, capture_output=True, check=False
    ).returncode:
        problems.append(f"{DUMP} cannot be read by pg_restore")
    sums = read_sums(folder)
    if len(sums) != manifest.files:
        problems.append(f"{SUMS} names {len(sums)} files, the manifest {manifest.files}")
    for name, expected in sums.items():
        path = folder / FILES / name
        if not path.exists():
            problems.append(f"attachment {name} is missing")
        elif sha256_of(path) != expected:
            problems.append(f"attachment {name} was changed or damaged")
    return problems


def put_back(folder: Path, live: Path) -> int:
    """Copy the attachments that are absent or damaged on disk; answer how many were needed."""
    copied = 0
    for name, expected in read_sums(folder).items():
        target = live / name
        if target.exists() and sha256_of(target) == expected:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copyfile(folder / FILES / name, half)
        half.replace(target)
        copied += 1
    return copied


def flush(folder: Path) -> None:
    """Have the disk really hold what was written, before the backup gets its name."""
    for path in [folder / name for name in (DUMP, MANIFEST, SUMS)] + [folder, folder.parent]:
        handle = os.open(path, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some file systems refuse this for folders
                os.fsync(handle)
        finally:
            os.close(handle)
