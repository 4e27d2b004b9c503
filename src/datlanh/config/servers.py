"""Which server and which login backups use, and the client programs that fit it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from datlanh.config import cluster
from datlanh.config.archive import BackupError
from datlanh.config.backup import Server
from datlanh.config.databases import urls
from datlanh.config.environment import ROOT, text


def server_for_backup() -> Server:
    """The database with the login for backups: `DATABASE_BACKUP_URL`, or the administrator's.

    Raises:
        BackupError: no such login is named.
    """
    var = Path(settings.VAR)
    url = text("DATABASE_BACKUP_URL", "") or urls(var).get("DATABASE_ADMIN_URL")
    if not url:
        raise BackupError(
            "Backups need a login that sees all rows: set DATABASE_BACKUP_URL"
            " (docs/operations.md, chapter Backups)."
        )
    programs = cluster.client_folder(var)
    return Server(url, programs, cluster.client_environment(programs))


def migrate_in_child(server: Server) -> None:
    """Bring another database than the configured one up to this version's tables.

    Raises:
        BackupError: a migration failed.
    """
    login = server.with_database(server.name).url
    # The administrator steps into the owner's role, so that new tables belong to the owner.
    environment = {**os.environ, "DATABASE_URL": login, "DATLANH_STATEMENT_TIMEOUT_MS": "0"}
    environment.pop("DATABASE_OWNER_URL", None)
    migrate = ["migrate", "--database", "owner", "--no-input", "--skip-checks", "--verbosity", "0"]
    # A register from before there was a ledger has none to restore.
    for words in (migrate, ["register", "ledger"]):
        done = subprocess.run(
            [sys.executable, "-m", "datlanh.config.cli", *words],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise BackupError(f"The restored database could not be migrated: {done.stderr[-2000:]}")
