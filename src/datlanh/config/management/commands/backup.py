"""`datlanh backup [FOLDER]` and `datlanh backup verify FOLDER`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from datlanh.config import archive, personkeys
from datlanh.config.archive import BackupError, Manifest
from datlanh.config.backup import backup_make
from datlanh.config.servers import server_for_backup


class Command(BaseCommand):
    help = "Backs up database and attachments into FOLDER/<date>; `verify` checks one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`[verify] [FOLDER]`."""
        parser.add_argument("words", nargs="*", metavar="[verify] FOLDER")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Back up, or verify."""
        words: list[str] = options["words"]
        try:
            if words[:1] == ["verify"]:
                self._verify([Path(word).resolve() for word in words[1:]])
            elif len(words) <= 1:
                self._make(Path(words[0]).resolve() if words else Path(settings.VAR) / "backups")
            else:
                raise CommandError("One folder at a time: datlanh backup FOLDER")
        except BackupError as refusal:
            raise CommandError(str(refusal)) from None

    def _make(self, root: Path) -> None:
        server = server_for_backup()
        master = settings.PERSON_MASTER_KEY
        folder = backup_make(server, root=root, files=Path(settings.FILES_ROOT), master=master)
        found = Manifest.read(folder)
        self.stdout.write(
            f"✓ {folder}\n  {sum(found.rows.values())} rows in {len(found.rows)} tables,"
            f" {found.dump_bytes / 1e6:.1f} MB; {found.files} attachments,"
            f" {found.file_bytes / 1e6:.1f} MB\n"
            f"  Names and telephones open only with {root / personkeys.NAME} and the person key\n"
            f"  {settings.VAR / 'secrets' / 'person_key'}: keep a copy of the key elsewhere."
        )
        self._warn(found)

    def _verify(self, folders: list[Path]) -> None:
        if not folders:
            raise CommandError("Which backup? datlanh backup verify FOLDER")
        server = server_for_backup()
        for folder in folders:
            found = archive.verify(
                folder, pg_restore=server.path("pg_restore"), environment=server.environment
            )
            if found:
                raise CommandError(f"{folder} is damaged:\n" + "\n".join(found))
            manifest = Manifest.read(folder)
            self.stdout.write(
                f"✓ {folder} is whole: {sum(manifest.rows.values())} rows,"
                f" {manifest.files} attachments, made {manifest.made_at}"
            )
            self._warn(manifest)

    def _warn(self, manifest: Manifest) -> None:
        for total in manifest.missing_files:
            self.stderr.write(f"✗ attachment {total} stands in the database but not on disk")
