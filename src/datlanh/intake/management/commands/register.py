"""`datlanh register verify|rebuild|ledger|explain ID`."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.selectors.explaining import record_explain
from datlanh.intake.services.comparing import register_verify
from datlanh.intake.services.rebuilding import ledger_complete, register_rebuild
from datlanh.kernel.ids import spellings
from datlanh.kernel.text import day
from datlanh.register.models import Record

SHOWN = 20


class Command(BaseCommand):
    """The register against its inputs."""

    help = "Verify the register against reports and decisions, rebuild it, or explain a record."

    def add_arguments(self, parser: CommandParser) -> None:
        """verify | rebuild | ledger | explain ID."""
        parser.add_argument("step", choices=["verify", "rebuild", "ledger", "explain"])
        parser.add_argument("id", nargs="?")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one step; verification ends with an error when anything differs."""
        with acting(SYSTEM, via="command"):
            getattr(self, options["step"])(options["id"])

    def verify(self, _: str | None) -> None:
        """Compare, and fail loudly."""
        began = time.monotonic()
        verdict = register_verify()
        took = time.monotonic() - began
        for d in verdict.differences[:SHOWN]:
            self.stdout.write(
                f"{d.local_id} {d.table}\n  live     {d.live}\n  expected {d.expected}"
            )
        if verdict.derived:
            self.stdout.write(
                f"{len(verdict.derived)} derived value(s) come from another engine or gazetteer"
            )
        if not verdict.equal:
            raise CommandError(f"{len(verdict.differences)} difference(s)")
        self.stdout.write(
            f"equal: {verdict.records} records, {verdict.versions} versions, "
            f"{verdict.links} links, {verdict.ledger_rows} ledger rows ({took:.1f} s)"
        )

    def rebuild(self, _: str | None) -> None:
        """Fold everything anew."""
        began = time.monotonic()
        count = register_rebuild(by=SYSTEM)
        self.stdout.write(f"{count} records folded anew ({time.monotonic() - began:.1f} s)")

    def ledger(self, _: str | None) -> None:
        """Compute the ledger where a register from before has none."""
        began = time.monotonic()
        if rows := ledger_complete(by=SYSTEM):
            self.stdout.write(f"{rows} rows of the ledger ({time.monotonic() - began:.1f} s)")

    def explain(self, local_id: str | None) -> None:
        """Each value of a record: who reported it, when true, when known."""
        record = Record.objects.filter(local_id__in=spellings(local_id or "")).first()
        if record is None:
            raise CommandError(f"no record {local_id!r}")
        self.stdout.write(f"{record.local_id} ({record.kind}), decision {record.created_seq}")
        for line in record_explain(record):
            self.stdout.write(
                f"  {line.attribute} = {line.value}\n"
                f"      {line.receipt}, true since {day(line.true_since)}, "
                f"known since {day(line.known_on)} (decision {line.known_seq})"
            )
