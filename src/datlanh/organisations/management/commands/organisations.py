"""`datlanh organisations seed`: the organisations of the procedure and their number ranges."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from datlanh.audit.services import via
from datlanh.organisations.services import organisations_seed


class Command(BaseCommand):
    help = "Seed the organisations of the procedure with their ranges of running numbers."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["seed"])

    def handle(self, *args: Any, **options: Any) -> None:
        token = via.set("command")
        try:
            found = organisations_seed()
        finally:
            via.reset(token)
        self.stdout.write(f"{len(found)} organisations: {', '.join(sorted(found))}")
