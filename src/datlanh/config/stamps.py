"""Notes of what was done for which inputs, one small file each in `var/stamps`."""

from __future__ import annotations

import os
from pathlib import Path


class Stamps:
    """A step is skipped while its note holds the same inputs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def holds(self, name: str, value: str) -> bool:
        """Whether `name` was done for this `value`."""
        path = self.folder / name
        return path.exists() and path.read_text() == value

    def put(self, name: str, value: str) -> None:
        """Note it, all or nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self.folder / f".{name}.{os.getpid()}"
        half.write_text(value)
        half.replace(self.folder / name)

    def drop(self, name: str) -> None:
        """Forget it: the next start does it again."""
        (self.folder / name).unlink(missing_ok=True)
