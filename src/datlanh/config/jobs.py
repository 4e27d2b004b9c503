"""What is done by itself so that nothing is lost: attachments copied, base backups, the drill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from datlanh.config import archive, wal
from datlanh.config.care import backups_folder
from datlanh.config.environment import ROOT
from datlanh.kernel import clock

__all__ = ["care_nightly", "copy_files"]


@app.periodic(cron="*/5 * * * *")
@app.task(name="config.copy_files", queue="care", lock="config.care")
def copy_files(timestamp: int) -> None:
    """New attachments to where the log goes. Twice is once."""
    var = Path(settings.VAR)
    if wal.is_on(var):
        target = wal.folder_of(var) / "files"
        wal.files_copy(Path(settings.FILES_ROOT), target, secret=wal.backup_key(var))


# 19:30 UTC is half past two at night in the province. In processes of their own: memory goes back.
@app.periodic(cron="30 19 * * *")
@app.task(name="config.care_nightly", queue="care", lock="config.care")
def care_nightly(timestamp: int) -> None:
    """A base backup (a full one on Sundays), then the restore drill, where there is a backup."""
    is_on = wal.is_on(Path(settings.VAR))
    if is_on:
        full = ["--full"] if clock.today().weekday() == 6 else []
        _datlanh("wal", "base", *full)
    if is_on or archive.complete(backups_folder()):
        _datlanh("drill")


def _datlanh(*words: str) -> None:
    """One command of ours. What it found is in the trail; a failure is in the worker's log too."""
    command = [sys.executable, "-m", "datlanh.config.cli", *words]
    subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=words[0] != "drill")
