"""Back to any moment: the log handed on by a cluster of the test's own, and attachments with it."""

# ruff: noqa: S608 - statements of the test's own

from __future__ import annotations

import datetime as dt
import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from datlanh.config import cluster, putback, wal
from datlanh.config.archive import BackupError
from datlanh.config.friday import friday_copy, removable_disks
from datlanh.config.scratch import scratch_cluster

MISSING = os.environ.get("DATLANH_NO_PGBACKREST", "")
needs_program = pytest.mark.skipif(
    not wal.has_program(), reason=MISSING or "pgbackrest is not installed"
)
SECRET = "a backup key of a test"
PERSON = "11111111-1111-1111-1111-111111111111"
TABLES = f"""
create table intake_attachment (id int primary key, sha256 text);
create table register_personkey (person_id uuid primary key, wrapped bytea);
create table audit_event (id bigserial primary key, at timestamptz, actor_name text, action text,
  subject_type text, subject_id text, note text, via text, origin text);
insert into register_personkey values ('{PERSON}', 'x');
"""


def keep(live: Path, content: bytes) -> str:
    total = hashlib.sha256(content).hexdigest()
    path = live / total[:2] / f"{total}.jpg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return total


# ── Attachments ──────────────────────────────────────────────────────────────────────────────


def test_attachments_are_sealed_opened_and_only_copied_once(tmp_path: Path) -> None:
    live, store, back = tmp_path / "files", tmp_path / "store", tmp_path / "back"
    one, two = keep(live, b"one"), keep(live, b"two")
    assert wal.files_copy(live, store, secret=SECRET) == 2
    assert wal.files_copy(live, store, secret=SECRET) == 0
    assert all(b"one" not in p.read_bytes() for p in store.rglob("*.sealed"))
    assert wal.files_wrong(store, {one, two}, secret=SECRET) == []
    assert wal.files_wrong(store, {one}, secret="another key") == [one]
    assert wal.files_put_back(store, back, secret=SECRET) == 2
    assert (back / one[:2] / f"{one}.jpg").read_bytes() == b"one"


def test_a_missing_and_a_damaged_attachment_are_named(tmp_path: Path) -> None:
    live, store = tmp_path / "files", tmp_path / "store"
    one, two, three = (keep(live, content) for content in (b"one", b"two", b"three"))
    wal.files_copy(live, store, secret=SECRET)
    (store / one[:2] / f"{one}.jpg.sealed").unlink()
    damaged = store / two[:2] / f"{two}.jpg.sealed"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    assert wal.files_wrong(store, {one, two, three}, secret=SECRET) == sorted([one, two])


def test_a_damaged_live_file_is_not_taken_for_good(tmp_path: Path) -> None:
    live = tmp_path / "files"
    one = keep(live, b"one")
    (live / one[:2] / f"{one}.jpg").write_bytes(b"something else")
    with pytest.raises(BackupError, match="damaged"):
        wal.files_copy(live, tmp_path / "store", secret=SECRET)


# ── The cluster ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def var(tmp_path: Path, monkeypatch) -> Iterator[Path]:
    """A private cluster of the test's own."""
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATLANH_BACKUP_KEY", SECRET)
    monkeypatch.setattr(putback, "_migrate", lambda: None)
    made = tmp_path / "var"
    made.mkdir()
    cluster.tool("start", made)
    yield made
    cluster.tool("stop", made)


def asked(var: Path, *queries: str) -> list[tuple[object, ...]]:
    entry = cluster.admin_entry(var)
    with psycopg.connect(
        host=entry["HOST"],
        port=entry["PORT"],
        user=entry["USER"],
        dbname=entry["NAME"],
        autocommit=True,
    ) as connection:
        for query in queries:
            cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


@needs_program
def test_the_database_goes_back_to_a_moment_and_who_was_erased_since_stays_erased(
    var: Path, tmp_path: Path
) -> None:
    """One story in one test: each start of a cluster takes seconds."""
    live, folder = tmp_path / "files", tmp_path / "elsewhere"
    photo = keep(live, b"a photo")
    asked(var, TABLES, f"insert into intake_attachment values (1, '{photo}')")
    wal.prepare(var, folder, days=3)
    cluster.tool("restart", var)
    wal.begin(var)
    wal.base(var, full=True)
    wal.files_copy(live, folder / "files", secret=SECRET)
    found = wal.repository(var)
    assert [each.kind for each in found.bases] == ["full"]
    assert wal.is_on(var)
    assert SECRET not in "".join(
        p.read_text(errors="replace") for p in (folder / "repository").rglob("*.info")
    )

    asked(var, "insert into intake_attachment values (2, 'good')")
    time.sleep(1.1)
    moment = dt.datetime.now(dt.UTC)
    time.sleep(1.1)
    asked(
        var,
        "delete from intake_attachment where id = 2",  # the mistake
        f"delete from register_personkey where person_id = '{PERSON}'",
        "insert into audit_event (at, action, subject_type, subject_id)"
        f" values (now(), 'person.erase', 'person', '{PERSON}')",
        "select pg_switch_wal()",
    )

    # Into a scratch cluster: the latest, with the mistake in it.
    with scratch_cluster(var) as scratch:
        wal.restore_into(var, scratch.data)
        scratch.start()
        with scratch.server().connect() as there:
            assert there.execute("select max(id) from intake_attachment").fetchone() == (1,)
            assert there.execute("show archive_mode").fetchone() == ("off",)
    assert list(var.glob("scratch-*")) == []

    # In place: the moment before it. The photo was lost with the disk.
    (live / photo[:2] / f"{photo}.jpg").unlink()
    done = putback.put_back(var, to=moment, files=live)
    assert asked(var, "select array_agg(id order by id) from intake_attachment") == [([1, 2],)]
    assert asked(var, "select count(*) from register_personkey") == [(0,)]
    assert asked(var, "select note from audit_event where action = 'person.erase'") == [
        ("again, after the database was put back",)
    ]
    assert (done.files, done.erased, done.missing) == (1, 1, ["good"])
    assert done.aside.is_dir()
    assert (live / photo[:2] / f"{photo}.jpg").read_bytes() == b"a photo"

    # A moment that is not there changes nothing.
    with pytest.raises((BackupError, cluster.StepError)):
        putback.put_back(var, to=moment - dt.timedelta(days=30), files=live)
    assert asked(var, "select count(*) from intake_attachment") == [(2,)]


def test_a_server_of_ones_own_is_not_ours_to_archive(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgis://somebody@db.example/datlanh")
    with pytest.raises(BackupError, match="its own administrator"):
        wal.prepare(tmp_path / "var", tmp_path / "elsewhere")


def test_without_the_program_the_line_to_paste_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(wal, "has_program", lambda: False)
    with pytest.raises(BackupError, match="apt-get install -y pgbackrest"):
        wal.prepare(tmp_path / "var", tmp_path / "elsewhere")


# ── The Friday copy ──────────────────────────────────────────────────────────────────────────


def test_removable_disks_are_found_where_they_are_mounted(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        "/dev/sdb1 /media/lan/SAO\\040LUU ext4 rw 0 0\n"
        "/dev/sdc1 /run/media/lan/USB vfat rw 0 0\n"
        "proc /proc proc rw 0 0\n"
    )
    assert removable_disks(mounts) == [Path("/media/lan/SAO LUU"), Path("/run/media/lan/USB")]


def test_a_disk_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="Plug the disk in"):
        friday_copy(None, tmp_path / "no", files=tmp_path, master="x", say=print)  # type: ignore[arg-type]
