"""`datlanh restore`: a backup becomes a database beside the old one; then the names are swapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from psycopg import sql

from datlanh.config import archive, personkeys
from datlanh.config.archive import BackupError, Manifest
from datlanh.config.backup import Connection, Server, row_counts, wanted_files
from datlanh.kernel import clock

ROLES = ("datlanh_owner", "datlanh_app", "datlanh_reader")
OWNER = ROLES[0]


@dataclass(frozen=True)
class Restored:
    """What a restore did, for the person who asked for it."""

    database: str
    made_at: str
    rows: int
    tables: int
    keys: int
    persons: int
    files: int  # copied; those that were on disk already are not counted
    missing_files: list[str]
    kept_as: str | None  # the name the old database has now


def backup_restore(
    folder: Path,
    server: Server,
    *,
    files: Path,
    master: str,
    migrate: Callable[[Server], None],
    replace: bool = False,
    with_persons: bool = True,
) -> Restored:
    """Bring a backup back under the name of `server`'s database.

    The old database is untouched until the new one is complete, checked and migrated; then
    both are renamed in one transaction.

    Args:
        server: with a login that may create databases, on the database to be restored.
        migrate: brings the restored database up to this version.
        replace: whether a database that holds tables may be set aside.
        with_persons: False leaves the persons' keys out, when the master key is lost for good.

    Raises:
        BackupError: the backup is damaged, the database is in use, or counts differ; the old
            database stands as it was.
    """
    manifest = _sound(folder, server)
    mark = personkeys.fingerprint(master)
    store = folder.parent / personkeys.NAME
    keys = personkeys.read(store, master=mark) if with_persons else {}
    maintenance = server.with_database("postgres")
    fresh = server.with_database(f"{server.name}_restoring")
    with maintenance.connect(autocommit=True) as connection:
        exists = _exists(connection, server.name)
        if exists and not replace and not _is_empty(server):
            raise BackupError(
                f"The database {server.name} is not empty. Add --replace to set it aside, or"
                " restore beside it with --into NAME."
            )
        _make(connection, fresh.name)
    fresh.client("pg_restore", "--exit-on-error", "--jobs=2", str(folder / archive.DUMP))
    with fresh.connect() as connection:
        _check_counts(manifest, row_counts(connection))
        loaded = personkeys.load(connection, keys)
        persons = manifest.rows.get("register_person", 0)
        wanted = wanted_files(connection)
    copied = archive.put_back(folder, files)
    present = set(archive.read_sums(folder).values())
    missing = sorted(total for total in wanted - present if not _on_disk(files, total))
    migrate(fresh)
    kept_as = _swap(maintenance, fresh.name, server.name, exists=exists)
    return Restored(
        database=server.name, made_at=manifest.made_at, rows=sum(manifest.rows.values()),
        tables=len(manifest.rows), keys=loaded, persons=persons, files=copied,
        missing_files=missing, kept_as=kept_as,
    )  # fmt: skip


def _sound(folder: Path, server: Server) -> Manifest:
    manifest = Manifest.read(folder)
    problems = archive.verify(
        folder, pg_restore=server.path("pg_restore"), environment=server.environment
    )
    if problems:
        shown = "; ".join(problems[:10])
        raise BackupError(f"{folder} is damaged and was not restored: {shown}.")
    return manifest


def _exists(connection: Connection, name: str) -> bool:
    return bool(
        connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
    )


def _is_empty(server: Server) -> bool:
    with server.connect() as connection:
        return not row_counts(connection)


def _make(connection: Connection, name: str) -> None:
    for role in ROLES:
        if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
            connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
    # Of a restore that was cut off; the name is used for nothing else.
    target = sql.Identifier(name)
    connection.execute(sql.SQL("drop database if exists {} with (force)").format(target))
    connection.execute(
        sql.SQL("create database {} owner {} template template0").format(
            target, sql.Identifier(OWNER)
        )
    )


def _check_counts(manifest: Manifest, found: dict[str, int]) -> None:
    expected = {**manifest.rows}
    if personkeys.TABLE in expected:
        expected[personkeys.TABLE] = 0  # its rows are not in the dump
    wrong = [
        f"{table}: {found.get(table, 0)} instead of {rows}"
        for table, rows in expected.items()
        if found.get(table) != rows
    ]
    if wrong:
        raise BackupError(
            f"The restored database is not what the manifest says: {'; '.join(wrong)}"
        )


def _on_disk(files: Path, total: str) -> bool:
    return any(files.rglob(f"{total}*"))


def _swap(maintenance: Server, fresh: str, name: str, *, exists: bool) -> str | None:
    aside = f"{name}_before_{clock.now():%Y%m%d_%H%M%S}" if exists else None
    with maintenance.connect(autocommit=True) as connection:
        if aside:
            connection.execute(
                sql.SQL("alter database {} allow_connections false").format(sql.Identifier(name))
            )
        try:
            for each in (fresh, name):
                connection.execute(
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
                    " where datname = %s and pid <> pg_backend_pid()",
                    [each],
                )
            with connection.transaction():
                if aside:
                    _rename(connection, name, aside)
                _rename(connection, fresh, name)
        finally:
            if aside:
                now = aside if _exists(connection, aside) else name
                connection.execute(
                    sql.SQL("alter database {} allow_connections true").format(sql.Identifier(now))
                )
    return aside


def _rename(connection: Connection, old: str, new: str) -> None:
    connection.execute(
        sql.SQL("alter database {} rename to {}").format(sql.Identifier(old), sql.Identifier(new))
    )
