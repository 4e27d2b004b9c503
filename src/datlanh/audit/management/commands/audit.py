"""`datlanh audit seal|verify|head|key|accept`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from datlanh.audit import heads
from datlanh.audit.heads import HeadsError
from datlanh.audit.sealing import heads_folder, put_back_accept, seal_all
from datlanh.audit.services import via
from datlanh.audit.verifying import audit_verify, told
from datlanh.kernel.actor import SYSTEM


class Command(BaseCommand):
    help = "Seal the audit trail, verify it against the heads outside, or show the newest head."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """seal | verify [--heads DIR] [--key HEX] [--head N:LINK] | head | key | accept."""
        parts = parser.add_subparsers(dest="what", required=True)
        parts.add_parser("seal", help="chain what is committed and hand out a head, now")
        verify = parts.add_parser("verify", help="compute the chain anew and compare")
        verify.add_argument("--heads", type=Path, help="a folder of heads (default: our own)")
        verify.add_argument("--key", help="the public key they must be signed with (64 hex digits)")
        verify.add_argument(
            "--head", action="append", default=[], metavar="NUMBER:LINK", help="a printed head"
        )
        verify.add_argument(
            "--restored", action="store_true", help="a backup, which may end before the heads do"
        )
        parts.add_parser("head", help="show the newest head, to write down or print")
        parts.add_parser("key", help="show the public key")
        accept = parts.add_parser("accept", help="a backup was restored: let heads go on from it")
        accept.add_argument("--reason", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one of them; verification ends with an error when anything was altered."""
        token = via.set("command")
        try:
            getattr(self, options["what"])(options)
        except (HeadsError, OSError) as refusal:
            raise CommandError(str(refusal)) from None
        finally:
            via.reset(token)

    def seal(self, options: dict[str, Any]) -> None:
        done = seal_all()
        where = f", head {done.head.number} in {heads_folder()}" if done.head else ""
        self.stdout.write(f"{done.events} events sealed{where}")

    def verify(self, options: dict[str, Any]) -> None:
        began = time.monotonic()
        folder = options["heads"] or heads_folder()
        if options["heads"] and not heads.files(folder):
            raise HeadsError(f"There are no heads in {folder}.")
        ours = heads.private_key(settings.AUDIT_KEY).public_key()
        key = heads.public_key(options["key"]) if options["key"] else ours
        verdict = audit_verify(
            heads.read(folder),
            key=key,
            paper=_paper(options["head"]),
            restored=options["restored"],
        )
        self.stdout.write("\n".join(told(verdict)))
        took = time.monotonic() - began
        if not verdict.sound:
            raise CommandError(f"the audit trail is not what it was: {verdict.count} flaw(s)")
        self.stdout.write(
            f"sound: {verdict.seals} sealed events, {verdict.heads} heads from {folder}"
            f" ({took:.1f} s)"
        )

    def head(self, options: dict[str, Any]) -> None:
        newest = heads.newest(heads_folder())
        if newest is None:
            raise HeadsError(f"There are no heads in {heads_folder()} yet.")
        self.stdout.write(
            f"number    {newest.number}\nlink      {newest.link}\nat        {newest.at}\n"
            f"key       {newest.key}\nsignature {newest.signature}"
        )

    def key(self, options: dict[str, Any]) -> None:
        key = heads.private_key(settings.AUDIT_KEY).public_key()
        self.stdout.write(heads.public_text(key))

    def accept(self, options: dict[str, Any]) -> None:
        head = put_back_accept(reason=options["reason"], by=SYSTEM)
        self.stdout.write(f"Heads go on from number {head.number}; what was lost stays told.")


def _paper(given: list[str]) -> list[tuple[int, str]]:
    found = []
    for each in given:
        number, _, link = each.partition(":")
        if not number.isdigit() or len(link) < heads.KEY_DIGITS:
            raise HeadsError(f"{each!r}: NUMBER:LINK, with at least 16 digits of the link.")
        found.append((int(number), link))
    return found
