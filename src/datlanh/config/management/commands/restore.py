"""`datlanh restore FOLDER [--into NAME] [--replace]`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from datlanh.config.archive import BackupError
from datlanh.config.restore import Restored, backup_restore
from datlanh.config.servers import migrate_in_child, server_for_backup


class Command(BaseCommand):
    help = "Restores a backup made by `datlanh backup`, and brings it up to this version."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder of one backup, and where it goes."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--into", metavar="NAME", help="another database, beside this one")
        parser.add_argument("--replace", action="store_true", help="set the present database aside")
        parser.add_argument(
            "--without-persons",
            action="store_true",
            help="when the person key is lost for good: names and telephones stay shut",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore, then say what was done."""
        server = server_for_backup()
        if options["into"]:
            server = server.with_database(options["into"])
        connections.close_all()
        try:
            done = backup_restore(
                options["folder"].resolve(),
                server,
                files=Path(settings.FILES_ROOT),
                master=settings.PERSON_MASTER_KEY,
                migrate=migrate_in_child,
                replace=options["replace"],
                with_persons=not options["without_persons"],
            )
        except BackupError as refusal:
            raise CommandError(str(refusal)) from None
        self._tell(done)

    def _tell(self, done: Restored) -> None:
        self.stdout.write(
            f"✓ {done.database} is the backup of {done.made_at}: {done.rows} rows in"
            f" {done.tables} tables as counted then, {done.files} attachments copied back,\n"
            f"  keys for {done.keys} of {done.persons} persons (the others were erased, or their"
            " keys are lost)"
        )
        for total in done.missing_files:
            self.stderr.write(f"✗ attachment {total} is missing: neither in the backup nor on disk")
        if done.kept_as:
            self.stdout.write(
                f"  The database of before is kept as {done.kept_as}. When you need it no more:\n"
                f"  drop database {done.kept_as};"
            )
        self.stdout.write("  Compare the register with its reports: datlanh register verify")
