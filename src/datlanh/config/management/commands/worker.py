"""`datlanh worker`: the job queue; beside it the sealer of the audit trail."""

from __future__ import annotations

import logging
import threading
from argparse import ArgumentParser
from typing import Any, cast

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connections
from procrastinate import sql
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ProcrastinateException
from procrastinate.manager import JobManager

from datlanh.audit.heads import HeadsError
from datlanh.audit.sealing import seal_all
from datlanh.kernel import clock

EVERY_S = 1.0
DEAD_AFTER_S = 20.0
AFTER_TROUBLE_S = 5.0
log = logging.getLogger("datlanh.sealer")


class Command(BaseCommand):
    help = "Does the jobs, two at a time, and seals the audit trail every second."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`[--concurrency N] [--dead-after SECONDS]`."""
        parser.add_argument("--concurrency", type=int, default=2)
        parser.add_argument(
            "--dead-after", type=float, default=DEAD_AFTER_S, metavar="SECONDS",
            help="without a sign of life a worker's jobs are given to another (%(default)s)",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Until a signal ends it; what is sealed then stays sealed."""
        ended = threading.Event()
        sealer = threading.Thread(target=seal_on, args=(ended,), name="sealer", daemon=True)
        sealer.start()
        # Its own connector: the worker puts another one in the app's place.
        connector = cast(DjangoConnector, app.connector)
        mine = (ended, JobManager(connector), options["dead_after"])
        keeper = threading.Thread(target=take_back_on, args=mine, name="keeper", daemon=True)
        keeper.start()
        try:
            with app.replace_connector(connector.get_worker_connector()):
                app.run_worker(
                    concurrency=options["concurrency"],
                    update_heartbeat_interval=options["dead_after"] / 4,
                    stalled_worker_timeout=options["dead_after"],
                )
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


def take_back_on(ended: threading.Event, manager: JobManager, dead_after: float) -> None:
    """Now and again give back to the queue what a worker that was killed had in hand."""
    while not ended.is_set():
        try:
            if count := jobs_take_back(manager, dead_after):
                log.warning("%d jobs of a worker that was cut off are done again", count)
        except (DatabaseError, ProcrastinateException) as trouble:
            log.error("jobs that were cut off: %s", trouble)
            connections["default"].close()
        ended.wait(dead_after / 2)
    connections["default"].close()


def jobs_take_back(manager: JobManager, dead_after: float) -> int:
    """Queue again what no living worker does; jobs are made so that twice is once."""
    connector = manager.connector.get_sync_connector()
    stalled = connector.execute_query_all(
        sql.queries["select_stalled_jobs_by_heartbeat"],
        queue=None,
        task_name=None,
        seconds_since_heartbeat=dead_after,
    )
    for job in stalled:
        manager.retry_job_by_id(job["id"], retry_at=clock.now())
    return len(stalled)
