"""`datlanh wal on FOLDER | base | files | status | restore`: back to any moment (ADR 46)."""

from __future__ import annotations

import datetime as dt
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from datlanh.config import cluster, wal
from datlanh.config.archive import BackupError
from datlanh.config.care import kept, nobody_serves
from datlanh.config.putback import put_back
from datlanh.config.steps import StepError
from datlanh.kernel import clock

S3 = ("bucket", "endpoint", "region", "key", "key-secret")


class Command(BaseCommand):
    help = "Base backups and the log of every change, to restore any moment."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """on FOLDER [--days N] | base [--full] | files | status | restore [--to MOMENT]."""
        parts = parser.add_subparsers(dest="what", required=True)
        on = parts.add_parser("on", help="hand the log on to FOLDER from now on")
        on.add_argument("folder", type=Path, help="on another disk than the database")
        on.add_argument("--days", type=int, default=wal.DAYS, help="to restore from (%(default)s)")
        base = parts.add_parser("base", help="a base backup: what changed since the last full one")
        base.add_argument("--full", action="store_true", help="all of it")
        parts.add_parser("files", help="copy new attachments")
        parts.add_parser("status", help="what there is to restore from")
        restore = parts.add_parser("restore", help="put the database back to a moment")
        restore.add_argument("--to", help="'2026-11-25 10:30' in the province; default: latest")
        restore.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run one of them."""
        try:
            getattr(self, options["what"])(Path(settings.VAR), options)
        except (BackupError, StepError) as refusal:
            raise CommandError(str(refusal)) from None

    def on(self, var: Path, options: dict[str, Any]) -> None:
        folder = options["folder"].resolve()
        s3 = {name: os.environ.get(_variable(name), "") for name in S3}
        with nobody_serves(var):
            connections.close_all()
            wal.prepare(var, folder, days=options["days"], s3=s3 if s3["bucket"] else None)
            cluster.tool("restart", var)
            wal.begin(var)
            self.base(var, {"full": True})
        if folder.stat().st_dev == var.stat().st_dev:
            self.stderr.write("! the folder is on the same disk as the database")
        self.stdout.write(
            f"  from now on every change goes to {folder}, at the latest after a minute\n"
            f"  sealed with {var / 'secrets' / 'backup_key'}: keep a copy of it elsewhere"
        )

    def base(self, var: Path, options: dict[str, Any]) -> None:
        _is_on(var)
        wal.base(var, full=options["full"])
        copied = self._files(var)
        newest = wal.repository(var).bases[-1]
        kept("wal.base", f"backup:{newest.label}", {"kind": newest.kind, "bytes": newest.bytes})
        self.stdout.write(
            f"✓ {newest.label} ({newest.kind}): {newest.bytes / 1e6:.1f} MB, stored as"
            f" {newest.kept_bytes / 1e6:.1f} MB; {copied} new attachments"
        )

    def files(self, var: Path, options: dict[str, Any]) -> None:
        _is_on(var)
        self.stdout.write(f"✓ {self._files(var)} new attachments")

    def _files(self, var: Path) -> int:
        target = wal.folder_of(var) / "files"
        return wal.files_copy(Path(settings.FILES_ROOT), target, secret=wal.backup_key(var))

    def status(self, var: Path, options: dict[str, Any]) -> None:
        _is_on(var)
        found = wal.repository(var)
        self.stdout.write(f"{found.path}, log up to {found.newest_log}")
        for each in found.bases:
            ended = each.ended_at.astimezone(clock.PROVINCE)
            self.stdout.write(
                f"  {each.label}  {each.kind}  {ended:%d/%m/%Y %H:%M}  {each.bytes / 1e6:.1f} MB"
            )

    def restore(self, var: Path, options: dict[str, Any]) -> None:
        _is_on(var)
        to = _moment(options["to"]) if options["to"] else None
        when = f"{to.astimezone(clock.PROVINCE):%d/%m/%Y %H:%M:%S}" if to else "the latest moment"
        if not options["yes"]:
            asked = f"Put the database back to {when}? What came later is set aside. [yes/no] "
            if input(asked).strip() != "yes":
                raise CommandError("nothing was changed")
        with nobody_serves(var):
            connections.close_all()
            done = put_back(var, to=to, files=Path(settings.FILES_ROOT))
        kept("wal.restore", "backup:wal", {"to": when, "erased_again": done.erased})
        self.stdout.write(
            f"✓ put back to {when} in {done.seconds:.1f} s; the database of before is in"
            f" {done.aside}\n  {done.files} attachments put back,"
            f" {done.erased} erased persons erased again"
        )
        for total in done.missing:
            self.stderr.write(f"✗ attachment {total} stands in the database but not on disk")
        self.stdout.write(
            "  next: ./datlanh register verify\n"
            "        ./datlanh audit accept --reason …   (the heads know more than the database)\n"
            "        ./datlanh wal base --full"
        )


def _variable(name: str) -> str:
    return f"DATLANH_WAL_S3_{name.replace('-', '_').upper()}"


def _is_on(var: Path) -> None:
    if not wal.is_on(var):
        raise BackupError("The log is not handed on: `datlanh wal on FOLDER` (docs/operations.md).")


def _moment(text: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BackupError(f"{text!r} is no moment: 2026-11-25 10:30") from None
    return at if at.tzinfo else at.replace(tzinfo=clock.PROVINCE)
