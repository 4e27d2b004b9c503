"""What is done so that nothing is lost, told to the audit trail, where pages read its age."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.audit.services import record, via
from datlanh.config.archive import BackupError
from datlanh.config.drill import Drilled, Ground
from datlanh.config.servers import server_for_backup


def kept(action: str, subject: str, after: dict[str, Any]) -> None:
    """One event about a backup, a copy, a drill."""
    with acting(SYSTEM, via=via.get() or "command"):
        record(action, subject, by=SYSTEM, after=after)


def backups_folder() -> Path:
    """Where backups go when no folder is named."""
    return Path(settings.BACKUPS)


def ground_here() -> Ground:
    """This installation, for a drill."""
    return Ground(
        var=Path(settings.VAR),
        live=server_for_backup(),
        backups=backups_folder(),
        files=Path(settings.FILES_ROOT),
        heads=Path(settings.AUDIT_HEADS),
        master=settings.PERSON_MASTER_KEY,
    )


def drill_kept(done: Drilled) -> None:
    """The result, for the home page of administrators."""
    kept(
        "drill.pass" if done.passed else "drill.fail",
        f"backup:{done.label}",
        {
            "source": done.source,
            "made_at": done.made_at,
            "lag_s": round(done.lag_s),
            "restored_s": round(done.restored_s, 1),
            "verified_s": round(done.verified_s, 1),
            "decisions": done.decisions,
            "versions": done.versions,
            "area_m2": done.area_m2,
            "files": done.files,
            "database_bytes": done.database_bytes,
            "problems": [problem[:300] for problem in done.problems[:12]],
        },
    )


@contextmanager
def nobody_serves(var: Path) -> Iterator[None]:
    """While the cluster is restarted or put back, no `./run` works on it.

    Raises:
        BackupError: one does.
    """
    with (var / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError("Stop ./run first: the database is restarted.") from None
        yield
