"""The Friday copy: a whole backup on a removable disk that leaves the house.

Source: the centre's procedure asks for a copy of all data on a removable disk every Friday.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from datlanh.config import archive
from datlanh.config.archive import BackupError, Manifest
from datlanh.config.backup import Server, backup_make

PLACES = ("/media/", "/run/media/", "/mnt/")
KEPT = 8  # copies on one disk
SPARE = 1.2  # times what the last backup took


@dataclass(frozen=True)
class Copied:
    """One copy, and what became of older ones."""

    folder: Path
    manifest: Manifest
    dropped: int


def removable_disks(mounts: Path = Path("/proc/mounts")) -> list[Path]:
    """Where removable disks are mounted now."""
    found = []
    for line in mounts.read_text(encoding="utf-8").splitlines():
        place = line.split()[1].replace("\\040", " ")
        if place.startswith(PLACES):
            found.append(Path(place))
    return sorted(set(found))


def friday_copy(
    server: Server, disk: Path, *, files: Path, master: str, say: Callable[[str], None]
) -> Copied:
    """A new backup straight onto the disk, read back and compared; old ones beyond eight go.

    Raises:
        BackupError: the disk is not there, is full, or what was written cannot be read back.
    """
    if not disk.is_dir():
        raise BackupError(f"{disk} is not there. Plug the disk in, and name where it is mounted.")
    root = disk / "datlanh"
    before = archive.complete(root)
    _has_room(disk, before, files)
    say(f"· writing to {root} …")
    folder = backup_make(server, root=root, files=files, master=master)
    say("· reading back what was written …")
    problems = archive.verify(
        folder, pg_restore=server.path("pg_restore"), environment=server.environment
    )
    if problems:
        raise BackupError(f"{folder} cannot be relied on: {'; '.join(problems[:5])}. Take another.")
    gone = archive.complete(root)[:-KEPT]
    for old in gone:
        shutil.rmtree(old)
    return Copied(folder, Manifest.read(folder), len(gone))


def _has_room(disk: Path, before: list[Path], files: Path) -> None:
    wanted = sum(f.stat().st_size for f in files.rglob("*") if f.is_file()) if not before else 0
    if before:
        last = Manifest.read(before[-1])
        wanted = last.dump_bytes
    free = shutil.disk_usage(disk).free
    if free < wanted * SPARE:
        raise BackupError(
            f"{disk} has {free / 1e9:.1f} GB free, some {wanted * SPARE / 1e9:.1f} are needed."
        )
