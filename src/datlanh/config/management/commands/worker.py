"""`datlanh worker`: the job queue; beside it the sealer of the audit trail."""

from __future__ import annotations

import logging
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections
from procrastinate import sql
from procrastinate.contrib.django import app
from procrastinate.exceptions import ProcrastinateException

from datlanh.audit.heads import HeadsError
from datlanh.audit.sealing import seal_all
from datlanh.kernel import clock

EVERY_S = 1.0
TAKE_BACK_EVERY_S, DEAD_AFTER_S = 10.0, 30
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
        keeper = threading.Thread(target=take_back_on, args=(ended,), name="keeper", daemon=True)
        keeper.start()
        try:
            call_command("procrastinate", "worker", concurrency=options["concurrency"])
        finally:
            ended.set()
            for thread in (sealer, keeper):
                thread.join(timeout=10)


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


def take_back_on(ended: threading.Event) -> None:
    """Now and again give back to the queue what a worker that was killed had in hand."""
    while not ended.is_set():
        try:
            if count := jobs_take_back():
                log.warning("%d jobs of a worker that was cut off are done again", count)
        except (DatabaseError, ProcrastinateException) as trouble:
            log.error("jobs that were cut off: %s", trouble)
            connections["default"].close()
        ended.wait(TAKE_BACK_EVERY_S)
    connections["default"].close()


def jobs_take_back() -> int:
    """Queue again what no living worker does; jobs are made so that twice is once."""
    connector = app.connector.get_sync_connector()
    stalled = connector.execute_query_all(
        sql.queries["select_stalled_jobs_by_heartbeat"],
        queue=None,
        task_name=None,
        seconds_since_heartbeat=DEAD_AFTER_S,
    )
    for job in stalled:
        app.job_manager.retry_job_by_id(job["id"], retry_at=clock.now())
    return len(stalled)
