"""`datlanh backup`: database and attachments of one moment, complete or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

import datlanh
from datlanh.config import archive, personkeys
from datlanh.config.archive import BackupError, Manifest
from datlanh.config.databases import parsed
from datlanh.kernel import clock

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Server:
    """A database, a login that sees all of it, and the client programs that speak to it."""

    url: str
    programs: Path | None = None  # the folder of pg_dump; None: on the PATH
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def with_database(self, name: str) -> Server:
        """The same login on another database of the server."""
        before, _, after = self.url.partition("?")
        base = before.rsplit("/", 1)[0]
        return replace(self, url=f"{base}/{name}" + (f"?{after}" if after else ""))

    @property
    def name(self) -> str:
        """The database's name."""
        return str(parsed(self.url)["NAME"])

    def connect(self, *, autocommit: bool = False) -> Connection:
        """A connection of its own, outside Django.

        Raises:
            BackupError: the server refuses.
        """
        entry = parsed(self.url)
        try:
            return psycopg.connect(
                host=entry["HOST"] or None,
                port=entry["PORT"] or None,
                user=entry["USER"] or None,
                password=entry["PASSWORD"] or None,
                dbname=entry["NAME"],
                autocommit=autocommit,
            )
        except psycopg.OperationalError as refusal:
            raise BackupError(
                f"The database {entry['NAME']} cannot be reached: {refusal}"
            ) from None

    def client(self, program: str, *words: str) -> None:
        """Run pg_dump or pg_restore on the database; the password never stands in a command.

        Raises:
            BackupError: it failed; with its own words.
        """
        entry = parsed(self.url)
        environment = dict(self.environment)
        for variable, key in (("PGHOST", "HOST"), ("PGPORT", "PORT"), ("PGUSER", "USER"),
                              ("PGPASSWORD", "PASSWORD")):  # fmt: skip
            if entry[key]:
                environment[variable] = entry[key]
        command = [self.path(program), f"--dbname={entry['NAME']}", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BackupError(f"{program} failed: {done.stderr.strip()[-2000:]}")

    def path(self, program: str) -> str:
        """Where a client program is."""
        return str(self.programs / program) if self.programs else program


@contextlib.contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Two backups into one folder would fight over `persons.keys`.

    Raises:
        BackupError: another one is at work.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup into {root} is at work.") from None
        yield


def backup_make(server: Server, *, root: Path, files: Path, master: str) -> Path:
    """Write one backup below `root` and answer its folder.

    Args:
        server: with a login that row-level security does not bind.
        files: the live attachments.
        master: the master key; only its fingerprint is written.

    Raises:
        BackupError: nothing was left behind but what was there before.
    """
    with one_at_a_time(root):
        for left in root.glob(".*.partial"):  # of a backup that was cut off
            shutil.rmtree(left)
        whole = _unused(root)
        half = root / f".{whole.name}.partial"
        half.mkdir(mode=0o700)
        try:
            _fill(server, half, root=root, files=files, master=master)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
        archive.flush(half)
        half.rename(whole)
        return whole


def _unused(root: Path) -> Path:
    """A folder named after the province's time; `-02` and so on within one second, in order."""
    name = clock.now().astimezone(clock.PROVINCE).strftime("%Y-%m-%d-%H%M%S")
    names = itertools.chain([name], (f"{name}-{nth:02}" for nth in itertools.count(2)))
    return next(root / each for each in names if not (root / each).exists())


def _fill(server: Server, half: Path, *, root: Path, files: Path, master: str) -> None:
    mark = personkeys.fingerprint(master)
    keys = root / personkeys.NAME
    kept = personkeys.read(keys, master=mark)
    with server.connect() as connection:
        _begin_snapshot(connection)
        snapshot = _one(connection, "select pg_export_snapshot()")
        server.client(
            "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={half / archive.DUMP}",
            f"--exclude-table-data=public.{personkeys.TABLE}",
        )  # fmt: skip
        facts = _facts(connection)
        wanted = wanted_files(connection)
        now = personkeys.current(connection, kept)
    # After the database: a file that a row speaks of was on disk before the row.
    count, total = archive.copy_files(
        files, half, before=next(reversed(archive.complete(root)), None)
    )
    Manifest(
        made_at=clock.now().isoformat(timespec="seconds"),
        datlanh=datlanh.__version__,
        database=server.name,
        person_key=mark,
        dump_sha256=archive.sha256_of(half / archive.DUMP),
        dump_bytes=(half / archive.DUMP).stat().st_size,
        files=count,
        file_bytes=total,
        missing_files=sorted(wanted - set(archive.read_sums(half).values())),
        **facts,
    ).write(half)
    # Before the backup gets its name, so that none is ever without its keys.
    personkeys.write(keys, now, master=mark)


def _begin_snapshot(connection: Connection) -> None:
    connection.execute("set transaction isolation level repeatable read, read only")
    bound = "select not (rolsuper or rolbypassrls) from pg_roles where rolname = current_user"
    if _one(connection, bound):
        raise BackupError(
            "This login sees only the rows of one user. Name one that sees all in"
            " DATABASE_BACKUP_URL (docs/operations.md, chapter Backups)."
        )


def _facts(connection: Connection) -> dict[str, Any]:
    migrations = []
    if personkeys.has_table(connection, "django_migrations"):
        migrations = connection.execute(
            "select app, max(name) from django_migrations group by app order by app"
        ).fetchall()
    return {
        "postgresql": _one(connection, "show server_version"),
        "postgis": _one(connection, "select extversion from pg_extension where extname='postgis'")
        or "",
        "rows": row_counts(connection),
        "migrations": dict(migrations),
    }


def row_counts(connection: Connection) -> dict[str, int]:
    """Rows by table of the project's own tables, counted one by one."""
    tables = connection.execute(
        "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace"
        " and c.relkind in ('r', 'p') and not c.relispartition and not exists (select from"
        " pg_depend d where d.objid = c.oid and d.deptype = 'e') order by 1"
    ).fetchall()
    counted = {}
    for (name,) in tables:
        row = connection.execute(
            sql.SQL("select count(*) from public.{}").format(sql.Identifier(name))
        ).fetchone()
        counted[str(name)] = int(row[0]) if row else 0
    return counted


def wanted_files(connection: Connection) -> set[str]:
    """The sums of all attachments the database speaks of."""
    if not personkeys.has_table(connection, "intake_attachment"):
        return set()
    rows = connection.execute("select distinct sha256 from intake_attachment").fetchall()
    return {str(row[0]) for row in rows}


def _one(connection: Connection, query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None
