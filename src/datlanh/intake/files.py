"""Attachments on disk, each under its own SHA-256: written once, whole, and never changed."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from datlanh.kernel.errors import TryLaterError
from datlanh.kernel.text import Text

DISK_FULL = Text(
    "Máy chủ hết chỗ lưu. Báo cáo chưa được nhận; hãy giữ lại trên máy và gửi lại sau.",
    "The server's disk is full. The report was not taken: keep it and send it again later.",
)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


@dataclass(frozen=True)
class StoredFile:
    """A file in the store."""

    sha256: str
    size: int


def path_of(sha256: str) -> Path:
    """Where the content with that digest lies."""
    return Path(settings.FILES_ROOT) / sha256[:2] / sha256[2:4] / sha256


def file_keep(chunks: Iterable[bytes]) -> StoredFile:
    """Keep content durably (synced to disk) and return its digest. Keeping twice is once.

    Raises TryLaterError when the disk has no room: nothing is kept then.
    """
    root = Path(settings.FILES_ROOT)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=root, prefix=".new-", delete=False) as target:
            temporary = Path(target.name)
            seen, size = hashlib.sha256(), 0
            for chunk in chunks:
                target.write(chunk)
                seen.update(chunk)
                size += len(chunk)
            target.flush()
            os.fsync(target.fileno())
        final = path_of(seen.hexdigest())
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(final)
        _sync_folder(final.parent)
    except OSError as error:
        if "temporary" in locals():
            temporary.unlink(missing_ok=True)
        if error.errno in NO_ROOM:
            raise TryLaterError(DISK_FULL, code="disk_full") from error
        raise
    return StoredFile(seen.hexdigest(), size)


def is_intact(sha256: str) -> bool:
    """Whether the stored content still has its digest."""
    path = path_of(sha256)
    if not path.exists():
        return False
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest() == sha256


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
