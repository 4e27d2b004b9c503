"""`datlanh checks nightly`: the rules over the whole register."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.services.nightly import register_check


class Command(BaseCommand):
    """The checks of the whole register."""

    help = "Look for incomplete, duplicate, inconsistent, unreasonable and misplaced records."

    def add_arguments(self, parser: CommandParser) -> None:
        """nightly."""
        parser.add_argument("step", choices=["nightly"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once, now; the same as the job of every night."""
        with acting(SYSTEM, via="command"):
            run = register_check(by=SYSTEM)
        took = (run.ended_at - run.began_at).total_seconds()
        self.stdout.write(
            f"{run.records} records: {run.found} findings open, {run.appeared} new, "
            f"{run.resolved} resolved ({took:.1f} s)"
        )
