"""`datlanh doctor`: what would be lost if the machine died now, and what does not work."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from datlanh.audit import heads
from datlanh.audit.models import Event
from datlanh.audit.selectors import event_newest, sealing_now
from datlanh.config import cluster, wal
from datlanh.kernel import clock

GOOD, BAD, NOTE = "✓", "✗", "·"
Line = tuple[str, str]
FREE_GB = 5


class Command(BaseCommand):
    help = "Looks at database, log, backups, drill, audit trail and disk; says what is wrong."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """One line each; an error where something needs a person."""
        found = [line for look in LOOKS for line in look()]
        for mark, said in found:
            self.stdout.write(f"{mark} {said}")
        bad = sum(mark == BAD for mark, _said in found)
        if bad:
            raise CommandError(f"{bad} thing(s) need somebody")


def _database() -> Iterator[Line]:
    with connection.cursor() as cursor:
        cursor.execute("show server_version")
        version = cursor.fetchone()[0]
        cursor.execute("show fsync")
        fsync = cursor.fetchone()[0]
        cursor.execute("show data_checksums")
        sums = cursor.fetchone()[0]
    where = "the private cluster" if cluster.is_private() else "a server of your own"
    yield GOOD, f"PostgreSQL {version}, {where}"
    if fsync != "on":
        yield BAD, "fsync is off: a power cut loses the database"
    if sums != "on":
        yield NOTE, "no data checksums: a damaged disk is noticed late"


def _log() -> Iterator[Line]:
    """Can one go back to any moment, or only to the last dump?"""
    with connection.cursor() as cursor:
        cursor.execute("select setting from pg_settings where name = 'archive_mode'")
        found = cursor.fetchone()
        mode = found[0] if found else "off"
        cursor.execute(
            "select archived_count, failed_count, last_archived_time, last_failed_time"
            " from pg_stat_archiver"
        )
        count, failed, archived_at, failed_at = cursor.fetchone()
    if mode == "off":
        how = (
            "`datlanh wal on FOLDER`"
            if cluster.is_private()
            else "this server gives no WAL: ask its administrator to archive it"
        )
        yield BAD, f"no point in time: what came after the last backup would be lost ({how})"
        return
    if failed_at and (archived_at is None or failed_at > archived_at):
        yield BAD, f"the log is not taken: {failed} failures, the last at {_when(failed_at)}"
    else:
        yield GOOD, f"the log is handed on: {count} pieces, the last at {_when(archived_at)}"
    if wal.is_on(Path(settings.VAR)) and not wal.has_program():
        yield BAD, wal.NO_PROGRAM


def _backups() -> Iterator[Line]:
    yield _aged("backup", event_newest("backup.make", "wal.base"), 2)
    yield _aged("copy on a removable disk", event_newest("backup.copy"), 8)
    last = event_newest("drill.pass", "drill.fail")
    mark, said = _aged("restore drill", last, 2)
    if last is not None and last.action == "drill.fail":
        problems = (last.after or {}).get("problems", [])
        mark, said = BAD, f"{said}: failed: {'; '.join(problems[:3])}"
    yield mark, said


def _aged(name: str, event: Event | None, days: int) -> Line:
    if event is None:
        return BAD, f"{name}: never"
    age = clock.now() - event.at
    return (BAD if age > dt.timedelta(days=days) else GOOD), f"{name}: {_when(event.at)}"


def _trail() -> Iterator[Line]:
    now, head = sealing_now(), heads.newest(Path(settings.AUDIT_HEADS))
    waited = clock.now() - now.waiting_since if now.waiting_since else dt.timedelta()
    mark = BAD if waited > dt.timedelta(minutes=1) else GOOD
    yield mark, f"audit trail: sealed up to {now.number}, {now.waiting} waiting"
    known = head.number if head else 0
    mark = BAD if now.number - known > 1000 or (now.number and not known) else GOOD
    yield mark, f"known outside up to {known}, in {settings.AUDIT_HEADS}"
    if Path(settings.AUDIT_HEADS).is_relative_to(settings.VAR):
        yield NOTE, "the heads lie on this machine: point DATLANH_AUDIT_HEADS elsewhere"


def _disk() -> Iterator[Line]:
    free = shutil.disk_usage(settings.VAR).free / 1e9
    yield (BAD if free < FREE_GB else GOOD), f"{free:.1f} GB free in {settings.VAR}"


def _when(at: dt.datetime | None) -> str:
    return f"{at.astimezone(clock.PROVINCE):%d/%m/%Y %H:%M}" if at else "never"


LOOKS = (_database, _log, _backups, _trail, _disk)
