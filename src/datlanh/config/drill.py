"""The restore drill: the newest backup is brought to life in a scratch cluster and questioned.

A backup that was never restored is a hope. Each night the register in it is verified, the audit
trail held against the heads outside, counts and areas compared with the living, every attachment
opened. No job, no message and no page runs there.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datlanh.config import archive, wal
from datlanh.config.archive import BackupError, Manifest
from datlanh.config.backup import Connection, Server, wanted_files
from datlanh.config.environment import ROOT
from datlanh.config.restore import backup_restore
from datlanh.config.scratch import scratch_cluster

NAMED = 10  # missing files that are told by name

# Both sides of the same question: the register as known after one decision.
_AREAS = """
select count(*), coalesce(round(sum(area_m2)), 0) from register_version
 where known_from <= %(seq)s and (known_to is null or known_to > %(seq)s)
"""
_DECISIONS = "select count(*) from register_decision where seq <= %(seq)s"
_SEALS = "select count(*) from audit_seal where number <= %(seal)s"
_UNRECEIVED = """
select count(*) from audit_event e join audit_seal s on s.event_id = e.id
 where e.action = 'report.receive'
   and not exists (select from intake_report r where r.id::text = e.subject_id)
"""
_FILES = """
select a.sha256, a.name, r.receipt from intake_attachment a
  join intake_report r on r.id = a.report_id where a.sha256 = any(%s) order by r.receipt, a.name
"""


@dataclass
class Drilled:
    """What a drill found. `problems` is empty when all is well."""

    source: str  # wal, dump
    label: str
    made_at: str = ""  # up to when the backup knows; ISO 8601, UTC
    lag_s: float = 0  # between the drill's beginning and that moment
    restored_s: float = 0  # until the database answered
    verified_s: float = 0
    decisions: int = 0
    versions: int = 0
    area_m2: int = 0
    files: int = 0
    database_bytes: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether the backup can be relied on."""
        return not self.problems


@dataclass(frozen=True)
class Ground:
    """What a drill compares with."""

    var: Path
    live: Server
    backups: Path
    files: Path
    heads: Path
    master: str


def drill(ground: Ground) -> Drilled:
    """Restore what is newest, question it, throw it away.

    Raises:
        BackupError: there is nothing to restore.
    """
    if wal.is_on(ground.var):
        return _of_wal(ground)
    folders = archive.complete(ground.backups)
    if not folders:
        raise BackupError(
            f"There is no backup in {ground.backups} yet: `datlanh backup`, or `datlanh wal on`."
        )
    return _of_dump(ground, folders[-1])


def _of_wal(ground: Ground) -> Drilled:
    found = wal.repository(ground.var)
    done = Drilled("wal", found.bases[-1].label if found.bases else "")
    began, asked = time.monotonic(), dt.datetime.now(dt.UTC)
    try:
        with scratch_cluster(ground.var) as scratch:
            wal.restore_into(ground.var, scratch.data)
            scratch.start()
            done.restored_s = time.monotonic() - began
            with scratch.server(ground.live.name).connect() as there:
                _question(ground, scratch.server(ground.live.name), there, done)
                wanted = wanted_files(there)
                wrong = wal.files_wrong(
                    wal.folder_of(ground.var) / "files", wanted, secret=wal.backup_key(ground.var)
                )
                _files(there, wanted, wrong, done)
                done.made_at = _latest(there)
    except BackupError as refusal:
        done.problems.append(str(refusal))
    if done.made_at:
        done.lag_s = (asked - dt.datetime.fromisoformat(done.made_at)).total_seconds()
    return done


def _of_dump(ground: Ground, folder: Path) -> Drilled:
    done = Drilled("dump", folder.name, made_at=Manifest.read(folder).made_at)
    began = time.monotonic()
    done.lag_s = (dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(done.made_at)).total_seconds()
    try:
        with scratch_cluster(ground.var) as scratch:
            scratch.make()
            scratch.start()
            # Its own files stand for the live ones: nothing has to be copied.
            restored = backup_restore(
                folder, scratch.server(), files=folder / archive.FILES,
                master=ground.master, migrate=_brought_up,
            )  # fmt: skip
            done.restored_s = time.monotonic() - began
            with scratch.server().connect() as there:
                _question(ground, scratch.server(), there, done)
                _files(there, wanted_files(there), restored.missing_files, done)
    except BackupError as refusal:
        done.problems.append(str(refusal))
    return done


def _brought_up(server: Server) -> None:
    # Here and not above: it imports Django's settings, which a drill needs nowhere else.
    from datlanh.config.servers import migrate_in_child

    migrate_in_child(server)


def _question(ground: Ground, server: Server, there: Connection, done: Drilled) -> None:
    began = time.monotonic()
    done.database_bytes = int(_one(there, "select pg_database_size(current_database())"))
    marks = {
        "seq": _one(there, "select coalesce(max(seq), 0) from register_decision"),
        "seal": _one(there, "select coalesce(max(number), 0) from audit_seal"),
    }
    there.rollback()
    with ground.live.connect() as here:
        for name, query in (("decisions", _DECISIONS), ("sealed events", _SEALS)):
            _same(name, _row(there, query, marks), _row(here, query, marks), done)
        areas = _row(there, _AREAS, marks)
        _same("versions and their square metres", areas, _row(here, _AREAS, marks), done)
    done.decisions, done.versions, done.area_m2 = int(marks["seq"]), int(areas[0]), int(areas[1])
    if lost := _one(there, _UNRECEIVED):
        done.problems.append(f"{lost} reports that were received are missing")
    there.rollback()
    environment = {
        **os.environ,
        "DATABASE_URL": server.url,
        "DATLANH_STATEMENT_TIMEOUT_MS": "0",
        "DATLANH_PERSON_KEY": ground.master,
    }
    environment.pop("DATABASE_OWNER_URL", None)
    heads = ["--heads", str(ground.heads)] if any(ground.heads.glob("*.heads")) else []
    for words in (["register", "verify"], ["audit", "verify", "--restored", *heads]):
        told = subprocess.run(
            [sys.executable, "-m", "datlanh.config.cli", *words],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if told.returncode:
            said = (told.stdout + told.stderr).strip()[-500:]
            done.problems.append(f"{' '.join(words[:2])}: {said}")
    done.verified_s = time.monotonic() - began


def _same(name: str, there: tuple[Any, ...], here: tuple[Any, ...], done: Drilled) -> None:
    if there != here:
        shown = (", ".join(map(str, row)) for row in (there, here))
        done.problems.append("{}: {} in the backup, {} in the register".format(name, *shown))


def _files(there: Connection, wanted: set[str], wrong: list[str], done: Drilled) -> None:
    done.files = len(wanted)
    named = there.execute(_FILES, [wrong]).fetchall() if wrong else []
    done.problems += [
        f"the file {name} of {receipt} is missing or damaged ({total[:12]}…)"
        for total, name, receipt in named[:NAMED]
    ]
    if len(named) > NAMED:
        done.problems.append(f"and {len(named) - NAMED} more files")


def _latest(there: Connection) -> str:
    """The newest moment the restored database knows of."""
    found = _one(
        there,
        "select greatest(pg_last_xact_replay_timestamp(), max(written_at),"
        " (select max(sealed_at) from audit_seal)) from audit_event",
    )
    return found.isoformat(timespec="seconds") if found else ""


def _one(connection: Connection, query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _row(connection: Connection, query: str, values: dict[str, Any]) -> tuple[Any, ...]:
    return connection.execute(query.encode(), values).fetchone() or ()
