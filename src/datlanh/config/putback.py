"""The private cluster as it was at a moment, in place of the one that stands."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from datlanh.config import cluster, wal
from datlanh.config.archive import BackupError
from datlanh.config.backup import Server, wanted_files
from datlanh.config.databases import urls
from datlanh.config.environment import ROOT
from datlanh.config.personkeys import TABLE, has_table
from datlanh.kernel import clock

RECOVERY_S = 4 * 3600


@dataclass(frozen=True)
class PutBack:
    """What was done."""

    aside: Path
    seconds: float
    files: int
    erased: int  # persons erased after that moment, and erased again
    missing: list[str]


def put_back(var: Path, *, to: dt.datetime | None, files: Path) -> PutBack:
    """Restore beside, check that it comes up, exchange the folders, erase again who was erased.

    Call it while nobody serves. An error before the exchange leaves everything as it was.

    Raises:
        BackupError: the moment is not in the repository, or the cluster does not come up.
    """
    began = time.monotonic()
    server = _admin(var)
    erased = _erased(server)
    fresh = var / "pg.restoring"
    aside = var / f"pg.before-{clock.now():%Y%m%d-%H%M%S}"
    cluster.own(var, "rm", "-rf", fresh)
    cluster.folder(var, fresh)
    wal.restore_into(var, fresh, to=to, starts_in=var / "pg")
    cluster.tool("stop", var)
    (var / "pg").rename(aside)
    fresh.rename(var / "pg")
    try:
        cluster.tool("start", var)
        _wait(server)
    except Exception:
        cluster.tool("stop", var)
        (var / "pg").rename(fresh)
        aside.rename(var / "pg")
        cluster.tool("start", var)
        raise
    again = _erase(server, erased)
    back = wal.files_put_back(wal.folder_of(var) / "files", files, secret=wal.backup_key(var))
    _migrate()
    with server.connect() as connection:
        missing = sorted(t for t in wanted_files(connection) if not any(files.rglob(f"{t}*")))
    return PutBack(aside, time.monotonic() - began, back, again, missing)


def _admin(var: Path) -> Server:
    programs = cluster.client_folder(var)
    return Server(urls(var)["DATABASE_ADMIN_URL"], programs, cluster.client_environment(programs))


def _wait(server: Server) -> None:
    until = time.monotonic() + RECOVERY_S
    with server.connect(autocommit=True) as connection:
        while time.monotonic() < until:
            row = connection.execute("select pg_is_in_recovery()").fetchone()
            if row and not row[0]:
                return
            time.sleep(0.1)
    raise BackupError("The database is still recovering.")


def _erased(server: Server) -> list[str]:
    """Who was erased, by the trail of the database that stands; none where it cannot be read."""
    try:
        with server.connect() as connection:
            if not has_table(connection, "audit_event"):
                return []
            rows = connection.execute(
                "select distinct subject_id from audit_event where action = 'person.erase'"
            ).fetchall()
    except BackupError:
        return []
    return [str(row[0]) for row in rows]


def _erase(server: Server, erased: list[str]) -> int:
    with server.connect() as connection:
        if not has_table(connection, TABLE):
            return 0
        gone = connection.execute(
            f"delete from {TABLE} where person_id::text = any(%s) returning person_id",  # noqa: S608
            [erased],
        ).fetchall()
        for (person,) in gone:
            connection.execute(
                "insert into audit_event (at, actor_name, action, subject_type, subject_id, note,"
                " via, origin) values (now(), 'Đất Lành', 'person.erase', 'person', %s, %s,"
                " 'command', '')",
                [str(person), "again, after the database was put back"],
            )
        return len(gone)


def _migrate() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "datlanh.config.cli", "migrate", "--database", "owner",
         "--no-input", "--skip-checks", "--verbosity", "0"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupError(f"The restored database could not be migrated: {done.stderr[-2000:]}")
