"""`datlanh persons erase RECORD-ID --reason TEXT`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.intake.services.erasing import Erasure, erasure_of, persons_of_record_erase
from datlanh.kernel.actor import Actor
from datlanh.kernel.errors import DomainError
from datlanh.register.models import Record


class Command(BaseCommand):
    """The people of the register."""

    help = "Erase the people of a record: names, addresses, health, in every report about it."

    def add_arguments(self, parser: CommandParser) -> None:
        """erase RECORD-ID --reason TEXT [--by ACCOUNT] [--yes]."""
        parts = parser.add_subparsers(dest="what", required=True)
        erase = parts.add_parser("erase", help="destroy the keys; nothing brings them back")
        erase.add_argument("record", help="the record's id, such as VIC-409-600001-01")
        erase.add_argument("--reason", required=True, help="why; name nobody in it")
        erase.add_argument("--by", help="the account in whose name (default: the system)")
        erase.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show what will go, ask, erase."""
        by = self._actor(options["by"])
        local_id = options["record"].strip().upper()
        try:
            with acting(by, via="command"):
                reach = erasure_of(local_id, by=by)
            self._tell(reach)
            if not options["yes"] and input("Erase for good? [yes/no] ").strip() != "yes":
                raise CommandError("nothing was erased")
            with acting(by, via="command"):
                done = persons_of_record_erase(local_id=local_id, by=by, reason=options["reason"])
        except Record.DoesNotExist:
            raise CommandError(f"no report about {local_id}, or not for this account") from None
        except DomainError as refusal:
            raise CommandError(refusal.say("en")) from refusal
        self.stdout.write(
            f"{done.persons} sealed rows of {len(done.receipts)} reports are erased.\n"
            "Older backups lose them with the next `datlanh backup`."
        )

    def _actor(self, username: str | None) -> Actor:
        if username is None:
            return SYSTEM
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"no account {username!r}")
        return user

    def _tell(self, reach: Erasure) -> None:
        self.stdout.write(f"{reach.local_id}: {reach.persons} sealed rows")
        self.stdout.write("  " + ", ".join(reach.receipts))
        if reach.beside:
            self.stdout.write("  not touched, erase by themselves: " + ", ".join(reach.beside))
