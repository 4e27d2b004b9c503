"""`datlanh forms publish FOLDER`: compile and publish the XLSForms of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datlanh.intake.services.forms import forms_publish_folder
from datlanh.kernel.errors import DomainError


class Command(BaseCommand):
    """Publish forms."""

    help = "Publish every XLSForm of a folder; unchanged ones are left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        """publish FOLDER."""
        parser.add_argument("step", choices=["publish"])
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish and say what is new."""
        try:
            done = forms_publish_folder(options["folder"])
        except DomainError as error:
            raise CommandError(f"{error.say('vi')}\n{error.say('en')}") from error
        if options["verbosity"]:
            for version, is_new in done:
                self.stdout.write(f"{version} {'published' if is_new else 'unchanged'}")
