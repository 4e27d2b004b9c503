"""`datlanh accounts seed | add-user | demo`."""

from __future__ import annotations

import getpass
import secrets
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.demo import DEMO_PASSWORD
from datlanh.accounts.roles import ROLES
from datlanh.accounts.services import (
    accounts_seed,
    demo_accounts_seed,
    grant_give,
    user_add,
)
from datlanh.kernel.errors import DomainError
from datlanh.organisations.models import Organisation
from datlanh.organisations.selectors import organisation_by_key


class Command(BaseCommand):
    help = "Seed the roles, make an account, or make the demonstration's accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="what", required=True)
        parts.add_parser("seed", help="write the table of roles to the database")
        parts.add_parser("demo", help="make the demonstration's accounts")
        add = parts.add_parser("add-user", help="make an account and give it a role")
        add.add_argument("username")
        add.add_argument("--name", required=True, help="full name")
        add.add_argument("--organisation", required=True, help="key of the home organisation")
        add.add_argument("--role", required=True, choices=[r.key for r in ROLES])
        add.add_argument(
            "--within", help="key of the organisation the role holds in (default: the home)"
        )
        add.add_argument("--province", action="store_true", help="the whole province")
        add.add_argument("--language", choices=["vi", "en"], default="vi")
        add.add_argument(
            "--ask-password", action="store_true", help="read it from the terminal or stdin"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting(SYSTEM, via="command"):
                lines = getattr(self, options["what"].replace("-", "_"))(options)
        except DomainError as refusal:
            raise CommandError(refusal.say("en")) from refusal
        self.stdout.write("\n".join(lines))

    def seed(self, options: dict[str, Any]) -> list[str]:
        return [f"{key}: {len(role.permissions)}" for key, role in accounts_seed().items()]

    def demo(self, options: dict[str, Any]) -> list[str]:
        users = demo_accounts_seed()
        return [*(f"{u.username}: {u.full_name}" for u in users), f"password: {DEMO_PASSWORD}"]

    def add_user(self, options: dict[str, Any]) -> list[str]:
        home = self._organisation(options["organisation"])
        where = self._organisation(options["within"]) if options["within"] else home
        password = _asked() if options["ask_password"] else secrets.token_urlsafe(12)
        user = user_add(
            username=options["username"],
            full_name=options["name"],
            organisation=home,
            language=options["language"],
            password=password,
            by=SYSTEM,
        )
        accounts_seed()
        organisation = None if options["province"] else where
        grant_give(user=user, role=options["role"], organisation=organisation, by=SYSTEM)
        shown = [] if options["ask_password"] else [f"password (shown once): {password}"]
        return [f"{user.username}: {options['role']}", *shown]

    def _organisation(self, key: str) -> Organisation:
        organisation = organisation_by_key(key)
        if organisation is None:
            raise CommandError(f"No organisation {key!r}. Run: datlanh organisations seed")
        return organisation


def _asked() -> str:
    return getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
