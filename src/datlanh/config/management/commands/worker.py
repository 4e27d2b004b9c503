"""`datlanh worker`: the job queue, and beside it the sealer of the audit trail."""

from __future__ import annotations

import logging
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections

from datlanh.audit.heads import HeadsError
from datlanh.audit.sealing import seal_all

EVERY_S = 1.0
AFTER_TROUBLE_S = 5.0
log = logging.getLogger("datlanh.sealer")


class Command(BaseCommand):
    help = "Does the jobs, two at a time, and seals the audit trail every second."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`[--concurrency N]`."""
        parser.add_argument("--concurrency", type=int, default=2)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Until a signal ends it; what is sealed then stays sealed."""
        ended = threading.Event()
        sealer = threading.Thread(target=seal_on, args=(ended,), name="sealer", daemon=True)
        sealer.start()
        try:
            call_command("procrastinate", "worker", concurrency=options["concurrency"])
        finally:
            ended.set()
            sealer.join(timeout=10)


def seal_on(ended: threading.Event) -> None:
    """Seal about every second until `ended`; trouble is told once, and tried again."""
    told = ""
    while not ended.is_set():
        wait = EVERY_S
        try:
            seal_all()
            told = ""
        except (HeadsError, OSError, DatabaseError) as trouble:
            wait = AFTER_TROUBLE_S
            if str(trouble) != told:
                told = str(trouble)
                log.error("the audit trail: %s", told)
            connections["default"].close()
        ended.wait(wait)
    connections["default"].close()
