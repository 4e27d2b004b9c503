"""A backup comes back as it was, or the restore says why not; on scratch databases."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from datlanh.config import archive, cluster, personkeys
from datlanh.config.archive import BackupError, Manifest
from datlanh.config.backup import Server, backup_make, row_counts
from datlanh.config.databases import urls
from datlanh.config.environment import ROOT
from datlanh.config.restore import Restored, backup_restore
from datlanh.kernel import clock

MASTER = "the master key of a test"
PERSONS = [uuid.UUID(int=n) for n in (1, 2, 3)]
TABLES = """
create extension if not exists postgis;
create table place (id int primary key, name text, outline geometry(Polygon, 4326));
insert into place values (1, 'Đông Hà', st_geomfromtext('POLYGON((0 0,0 1,1 1,0 0))', 4326));
create table intake_attachment (id int primary key, sha256 text);
create table register_person (id uuid primary key, sealed bytea);
create table register_personkey (person_id uuid primary key, wrapped bytea);
create table audit_event (id bigserial primary key, action text, subject_id text);
alter table register_person enable row level security;
alter table register_person force row level security;
create policy nobody on register_person using (false);
alter table register_person owner to datlanh_owner;
"""


@dataclass
class House:
    """A small installation: a database, its attachments, its backups."""

    server: Server
    files: Path
    root: Path

    def sql(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self.server.connect() as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def attach(self, content: bytes) -> Path:
        name = hashlib.sha256(content).hexdigest()
        path = self.files / name[:2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.sql(
            "insert into intake_attachment select coalesce(max(id), 0) + 1, %s"
            " from intake_attachment",
            name,
        )
        return path

    def backup(self, name: str = "") -> Path:
        made = backup_make(self.server, root=self.root, files=self.files, master=MASTER)
        return made.rename(self.root / name) if name else made

    def restore(self, folder: Path, *, into: str | None = None, replace: bool = False) -> Restored:
        target = self.server.with_database(into) if into else self.server
        return backup_restore(
            folder, target, files=self.files, master=MASTER, migrate=lambda _: None, replace=replace
        )

    def erase(self, person: uuid.UUID) -> None:
        self.sql("delete from register_personkey where person_id = %s", person)
        self.sql(
            "insert into audit_event (action, subject_id) values ('person.erase', %s)", str(person)
        )

    def keys(self) -> set[uuid.UUID]:
        rows = self.sql("select person_id from register_personkey")
        return {uuid.UUID(str(row[0])) for row in rows}


@pytest.fixture(scope="module")
def pattern() -> Iterator[Server]:
    """A scratch database to copy, made once: creating PostGIS takes longer than a copy."""
    var = Path(os.environ.get("DATLANH_VAR", ROOT / "var"))
    programs = cluster.client_folder(var)
    environment = cluster.client_environment(programs)
    admin = Server(urls(var)["DATABASE_ADMIN_URL"], programs, environment)
    server = admin.with_database(f"datlanh_scratch_{uuid.uuid4().hex[:10]}")
    with admin.with_database("postgres").connect(autocommit=True) as connection:
        connection.execute(f'create database "{server.name}"'.encode())
        with server.connect() as inside:
            inside.execute(TABLES.encode())
            for person in PERSONS:
                inside.execute("insert into register_person values (%s, 'sealed')", [person])
                inside.execute(
                    "insert into register_personkey values (%s, %s)", [person, person.bytes]
                )
        yield server
        for (left,) in connection.execute(
            "select datname from pg_database where datname like %s", [f"{server.name}%"]
        ).fetchall():
            connection.execute(f'drop database "{left}" with (force)'.encode())


@pytest.fixture
def house(pattern: Server, tmp_path: Path) -> House:
    server = pattern.with_database(f"{pattern.name}_{uuid.uuid4().hex[:6]}")
    with pattern.with_database("postgres").connect(autocommit=True) as connection:
        connection.execute(f'create database "{server.name}" template "{pattern.name}"'.encode())
    made = House(server, tmp_path / "files", tmp_path / "backups")
    made.files.mkdir()
    return made


def test_a_backup_comes_back_whole(house: House) -> None:
    photo = house.attach(b"photo")
    folder = house.backup()
    house.sql("drop table place cascade")
    photo.unlink()

    done = house.restore(folder, replace=True)

    assert house.sql("select name, st_area(outline) from place") == [("Đông Hà", 0.5)]
    assert photo.read_bytes() == b"photo"
    assert house.keys() == set(PERSONS)
    assert (done.keys, done.persons, done.files, done.missing_files) == (3, 3, 1, [])
    assert done.kept_as is not None


def test_rows_hidden_from_every_user_are_in_the_backup(house: House) -> None:
    assert Manifest.read(house.backup()).rows["register_person"] == 3


def test_a_login_that_sees_only_some_rows_is_refused(house: House) -> None:
    bound = Server(house.server.url.replace("datlanh_admin", "datlanh_owner"))
    with pytest.raises(BackupError, match="DATABASE_BACKUP_URL"):
        backup_make(bound, root=house.root, files=house.files, master=MASTER)
    assert archive.complete(house.root) == []


def test_a_dump_holds_no_persons_key(house: House) -> None:
    folder = house.backup()
    dump = house.server.path("pg_restore")
    text = subprocess.run(
        [dump, "--file=-", str(folder / archive.DUMP)],
        env=house.server.environment, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert b"COPY public.register_person " in text
    assert b"COPY public.register_personkey " not in text


def test_an_erased_person_stays_erased_in_the_oldest_backup(house: House) -> None:
    oldest = house.backup("1-oldest")
    house.erase(PERSONS[1])
    house.backup()

    done = house.restore(oldest, replace=True)

    assert house.keys() == {PERSONS[0], PERSONS[2]}
    assert (done.keys, done.persons) == (2, 3)


def test_a_backup_of_an_emptied_database_keeps_the_keys_of_older_backups(house: House) -> None:
    older = house.backup("1-older")
    house.sql("truncate register_person, register_personkey")
    house.backup()

    assert house.restore(older, replace=True).keys == 3


def test_two_backups_of_one_second_stand_beside_each_other_in_order(
    house: House,
) -> None:
    with clock.frozen(dt.datetime(2026, 3, 1, 5, tzinfo=dt.UTC)):
        first, second = house.backup(), house.backup()
    assert first != second
    assert archive.complete(house.root) == [first, second]


def test_keys_of_another_installation_are_never_overwritten(house: House) -> None:
    house.backup()
    before = (house.root / personkeys.NAME).read_bytes()
    with pytest.raises(BackupError, match="another person key"):
        backup_make(house.server, root=house.root, files=house.files, master="another")
    assert (house.root / personkeys.NAME).read_bytes() == before


def test_the_keys_file_is_for_its_owner_only_and_holds_wrapped_keys(house: House) -> None:
    house.backup()
    path = house.root / personkeys.NAME
    assert path.stat().st_mode & 0o077 == 0
    assert base64.b64encode(PERSONS[0].bytes).decode() in path.read_text()
    assert MASTER not in path.read_text()


def test_a_database_that_holds_something_is_not_overwritten_unasked(house: House) -> None:
    folder = house.backup()
    house.sql("update place set name = 'later'")
    with pytest.raises(BackupError, match="--replace"):
        house.restore(folder)
    assert house.sql("select name from place") == [("later",)]


def test_a_restore_beside_leaves_the_database_alone(house: House) -> None:
    folder = house.backup()
    house.sql("update place set name = 'later'")
    beside = f"{house.server.name}_beside"

    done = house.restore(folder, into=beside)

    assert done.kept_as is None
    with house.server.with_database(beside).connect() as connection:
        assert connection.execute("select name from place").fetchall() == [("Đông Hà",)]
    assert house.sql("select name from place") == [("later",)]


def test_a_replaced_database_is_kept_under_another_name(house: House) -> None:
    folder = house.backup()
    house.sql("update place set name = 'later'")

    kept = house.restore(folder, replace=True).kept_as

    assert kept is not None
    with house.server.with_database(kept).connect() as connection:
        assert connection.execute("select name from place").fetchall() == [("later",)]


def test_a_database_in_use_is_swapped_all_the_same(house: House) -> None:
    folder = house.backup()
    with house.server.connect() as visitor:
        visitor.execute("select 1")
        house.restore(folder, replace=True)
        with pytest.raises(psycopg.OperationalError):
            visitor.execute("select 1")
    assert house.sql("select count(*) from place") == [(1,)]


def test_a_restore_that_was_cut_off_is_begun_anew(house: House) -> None:
    folder = house.backup()
    with house.server.with_database("postgres").connect(autocommit=True) as connection:
        connection.execute(f'create database "{house.server.name}_restoring"'.encode())
    assert house.restore(folder, replace=True).rows > 0


def test_a_failed_migration_leaves_the_old_database_in_place(house: House) -> None:
    folder = house.backup()
    house.sql("update place set name = 'later'")

    def fails(_: Server) -> None:
        raise BackupError("no")

    with pytest.raises(BackupError):
        backup_restore(
            folder, house.server, files=house.files, master=MASTER, migrate=fails, replace=True
        )
    assert house.sql("select name from place") == [("later",)]


@pytest.mark.parametrize("part", [archive.DUMP, "attachment"])
def test_a_damaged_backup_is_not_restored(house: House, part: str) -> None:
    photo = house.attach(b"photo")
    folder = house.backup()
    name = photo.relative_to(house.files)
    target = folder / part if part == archive.DUMP else folder / archive.FILES / name
    content = bytearray(target.read_bytes())
    content[len(content) // 2] ^= 1
    target.write_bytes(content)
    with pytest.raises(BackupError, match="damaged"):
        house.restore(folder, replace=True)
    assert house.sql("select name from place") == [("Đông Hà",)]


def test_counts_that_differ_from_the_manifest_stop_the_restore(house: House) -> None:
    folder = house.backup()
    path = folder / archive.MANIFEST
    manifest = json.loads(path.read_text())
    manifest["rows"]["place"] = 2
    path.write_text(json.dumps(manifest))
    with pytest.raises(BackupError, match="place: 1 instead of 2"):
        house.restore(folder, replace=True)


def test_an_unfinished_folder_is_no_backup(house: House) -> None:
    folder = house.backup()
    (folder / archive.MANIFEST).unlink()
    with pytest.raises(BackupError, match="no complete backup"):
        house.restore(folder)
    assert archive.complete(house.root) == []


def test_a_cut_off_backup_is_cleared_away_by_the_next(house: House) -> None:
    left = house.root / ".2026-01-01-000000.partial"
    left.mkdir(parents=True)
    (left / archive.DUMP).write_bytes(b"half")
    house.backup()
    assert not left.exists()


def test_unchanged_attachments_share_their_space_with_the_last_backup(house: House) -> None:
    photo = house.attach(b"photo")
    first = house.backup("1-first")
    house.attach(b"second photo")
    second = house.backup()
    name = photo.relative_to(house.files)
    assert (first / archive.FILES / name).stat().st_ino == (
        second / archive.FILES / name
    ).stat().st_ino
    assert (second / archive.FILES / name).stat().st_ino != photo.stat().st_ino
    assert Manifest.read(second).files == 2


def test_a_damaged_attachment_is_refused_not_backed_up(house: House) -> None:
    house.attach(b"photo").write_bytes(b"phot0")
    with pytest.raises(BackupError, match="is damaged"):
        house.backup()


def test_an_attachment_missing_on_disk_is_named_in_manifest_and_restore(house: House) -> None:
    photo = house.attach(b"photo")
    photo.unlink()
    folder = house.backup()
    assert Manifest.read(folder).missing_files == [photo.name]
    assert house.restore(folder, replace=True).missing_files == [photo.name]


def test_two_backups_at_once_do_not_fight(house: House) -> None:
    house.root.mkdir()
    from datlanh.config.backup import one_at_a_time

    with one_at_a_time(house.root), pytest.raises(BackupError, match="Another backup"):
        house.backup()


def test_a_good_backup_verifies_and_every_table_is_counted(house: House) -> None:
    house.attach(b"photo")
    folder = house.backup()
    found = archive.verify(
        folder, pg_restore=house.server.path("pg_restore"), environment=house.server.environment
    )
    assert found == []
    with house.server.connect() as connection:
        assert Manifest.read(folder).rows == row_counts(connection)
    assert (
        shutil.which("sha256sum") is None
        or not subprocess.run(
            ["sha256sum", "--quiet", "-c", archive.SUMS], cwd=folder, check=False
        ).returncode
    )
