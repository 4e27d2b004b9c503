"""`datlanh backup [FOLDER]`, `datlanh backup verify FOLDER`, `datlanh backup friday [DISK]`."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from datlanh.config import archive, personkeys
from datlanh.config.archive import BackupError, Manifest
from datlanh.config.backup import backup_make
from datlanh.config.care import backups_folder, kept
from datlanh.config.friday import friday_copy, removable_disks
from datlanh.config.servers import server_for_backup


class Command(BaseCommand):
    help = "Backs up database and attachments into FOLDER/<date>; `verify` checks one."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`[verify | friday] [FOLDER]`."""
        parser.add_argument("words", nargs="*", metavar="[verify | friday] FOLDER")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Back up, or verify."""
        words: list[str] = options["words"]
        try:
            if words[:1] == ["verify"]:
                self._verify([Path(word).resolve() for word in words[1:]])
            elif words[:1] == ["friday"]:
                self._friday([Path(word).resolve() for word in words[1:2]])
            elif len(words) <= 1:
                self._make(Path(words[0]).resolve() if words else backups_folder())
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
        kept("backup.make", f"backup:{folder.name}", _facts(found))

    def _friday(self, named: list[Path]) -> None:
        """The weekly copy on a removable disk: asked for, written, read back, kept in the trail."""
        disk = named[0] if named else self._choose()
        server = server_for_backup()
        done = friday_copy(
            server, disk, files=Path(settings.FILES_ROOT), master=settings.PERSON_MASTER_KEY,
            say=self.stdout.write,
        )  # fmt: skip
        facts = {"disk": disk.name, **_facts(done.manifest)}
        kept("backup.copy", f"backup:{done.folder.name}", facts)
        self._warn(done.manifest)
        older = f" {done.dropped} older copies were removed." if done.dropped else ""
        self.stdout.write(
            f"✓ {done.folder}: {sum(done.manifest.rows.values())} rows,"
            f" {done.manifest.files} attachments, written and read back.{older}\n"
            f"  Now: umount {disk}, take the disk out of the house, note the date on it.\n"
            "  It holds the whole register: lock it away. Names open only with the person key,\n"
            "  which is not on it."
        )

    def _choose(self) -> Path:
        disks = removable_disks()
        if not disks:
            raise BackupError(
                "No removable disk is mounted. Plug it in and wait a moment, or name where it is"
                " mounted: datlanh backup friday /media/…"
            )
        for nth, disk in enumerate(disks, 1):
            free = shutil.disk_usage(disk).free / 1e9
            self.stdout.write(f"  {nth}  {disk}  ({free:.1f} GB free)")
        said = input(f"Which disk? [1-{len(disks)}] ").strip()
        if not said.isdigit() or not 1 <= int(said) <= len(disks):
            raise BackupError("No disk was chosen; nothing was written.")
        return disks[int(said) - 1]

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


def _facts(manifest: Manifest) -> dict[str, int]:
    return {
        "rows": sum(manifest.rows.values()),
        "bytes": manifest.dump_bytes,
        "files": manifest.files,
        "missing": len(manifest.missing_files),
    }
