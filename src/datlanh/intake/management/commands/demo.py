"""`datlanh demo [--full]`: a sample province, reported and decided as a real one would be."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.demo.year import FULL_AREAS, QUICK_AREAS, already_there, tell_year
from datlanh.intake.models import Report
from datlanh.intake.services.comparing import register_verify
from datlanh.register.models import Decision, Record

TELL_EVERY_S = 2.0


class Command(BaseCommand):
    """Fills an empty system; a filled one stays as it is."""

    help = "Fill an empty system with an invented year of reports and decisions."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much of it."""
        parser.add_argument("--full", action="store_true", help=f"{FULL_AREAS} areas, 615 km²")
        parser.add_argument("--areas", type=int, default=QUICK_AREAS, help="%(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        """Tell the year, then verify the register."""
        with acting(SYSTEM, via="command"):
            if already_there():
                self.stdout.write("Reports are here already; nothing was added.")
                return
        began = time.monotonic()
        told = tell_year(
            areas=FULL_AREAS if options["full"] else options["areas"],
            told=self._progress(began) if options["verbosity"] else lambda _: None,
        )
        took = time.monotonic() - began
        with acting(SYSTEM, via="command"):
            verdict = register_verify()
            if not verdict.equal:
                raise CommandError(f"{len(verdict.differences)} difference(s): run register verify")
            self.stdout.write("")
            self.stdout.write(
                f"{told.areas} areas of {told.m2 / 1e6:.1f} km², {Report.objects.count()} reports, "
                f"{Decision.objects.count()} decisions, {Record.objects.count()} records "
                f"({took:.0f} s); the register verifies: {verdict.versions} versions"
            )
        self.stdout.write(", ".join(f"{n} {what}" for what, n in told.steps.most_common()))

    def _progress(self, began: float) -> Any:
        count, last = 0, 0.0

        def told(_: str) -> None:
            nonlocal count, last
            count += 1
            if (now := time.monotonic()) - last > TELL_EVERY_S:
                last = now
                self.stdout.write(f"\r{count} steps, {now - began:.0f} s ", ending="")
                self.stdout.flush()

        return told
