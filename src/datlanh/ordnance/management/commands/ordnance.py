"""`datlanh ordnance seed`: the catalogue of explosive ordnance."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from datlanh.ordnance.services import catalogue_seed


class Command(BaseCommand):
    """Load the catalogue the project carries."""

    help = "Load the catalogue of explosive ordnance."

    def add_arguments(self, parser: CommandParser) -> None:
        """One step for now: seed."""
        parser.add_argument("step", choices=["seed"])

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how many models there are."""
        count = catalogue_seed()
        if options["verbosity"]:
            self.stdout.write(f"{count} models")
