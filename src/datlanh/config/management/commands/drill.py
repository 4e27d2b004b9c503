"""`datlanh drill`: restore the newest backup into a scratch cluster and question it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from datlanh.config.archive import BackupError
from datlanh.config.care import drill_kept, ground_here
from datlanh.config.drill import Drilled, drill


class Command(BaseCommand):
    help = "Restores the newest backup into a scratch cluster, verifies it, throws it away."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Ends with an error when the backup cannot be relied on."""
        try:
            done = drill(ground_here())
        except BackupError as refusal:
            raise CommandError(str(refusal)) from None
        drill_kept(done)
        for problem in done.problems:
            self.stderr.write(f"✗ {problem}")
        if not done.passed:
            raise CommandError(f"{done.source} {done.label} cannot be relied on")
        self.stdout.write(told(done))


def told(done: Drilled) -> str:
    """The result in words."""
    return (
        f"✓ {done.source} {done.label}: up to {done.made_at}"
        f" ({done.lag_s:.0f} s before the drill)\n"
        f"  restored in {done.restored_s:.1f} s, verified in {done.verified_s:.1f} s,"
        f" {done.database_bytes / 1e6:.0f} MB\n"
        f"  {done.decisions} decisions, {done.versions} versions with"
        f" {done.area_m2 / 1e4:.1f} ha, {done.files} attachments"
    )
