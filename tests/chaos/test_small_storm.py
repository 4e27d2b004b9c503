"""A quarter of a minute of what `python -m chaos` does for ten: web and job processes killed.

The database of the suite is everybody's here, so its sessions are ended instead of killed.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from chaos.__main__ import cast, free_port, judge, settle, storm
from chaos.house import ROOT, House, children, command_of
from chaos.people import Promises
from conftest import _admin
from datlanh.config.databases import urls
from datlanh.config.launch import server_command, stop

SECONDS = 10


class SmallHouse(House):
    """Web server and job worker on a database of the test's own, each started again at once."""

    def __init__(self, var: Path, port: int, environment: dict[str, str]) -> None:
        super().__init__(var, port)
        self.environment = environment
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def _keep(self) -> None:
        commands = {
            "web server": server_command("127.0.0.1", self.port),
            "job worker": [
                sys.executable,
                "-m",
                "datlanh.config.cli",
                "worker",
                "--dead-after",
                "3",
            ],
        }
        while not self._closing.is_set():
            for kind, words in commands.items():
                running = self.running.get(kind)
                if running is None or running.poll() is not None:
                    if running is not None:
                        stop(running)  # and those it left behind
                    self.starts += 1
                    self.running[kind] = subprocess.Popen(
                        words, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log,
                        start_new_session=True,
                    )  # fmt: skip
            self._closing.wait(0.2)
        for each in self.running.values():
            stop(each)

    def targets(self) -> Iterator[tuple[str, int]]:
        for kind, process in list(self.running.items()):
            if process.poll() is None:
                yield kind, process.pid
                if kind == "web server":
                    yield from (("web worker", pid) for pid in children(process.pid))


@pytest.fixture
def environment(fresh_db, tmp_path, settings) -> dict[str, str]:
    settings.AUDIT_HEADS = tmp_path / "heads"
    admin = urls(Path(django_settings.VAR))["DATABASE_URL"]
    before, _, after = admin.partition("?")
    return {
        **os.environ,
        "DATABASE_URL": f"{before.rsplit('/', 1)[0]}/{fresh_db}?{after}",
        "DATLANH_FILES": str(settings.FILES_ROOT),
        "DATLANH_AUDIT_HEADS": str(tmp_path / "heads"),
        "DATLANH_SECOND_STEP": "0",
        "DATLANH_DEBUG": "1",  # pages without gathered static files
        "PYTHONPATH": str(ROOT / "src"),
    }


def test_nothing_is_lost_and_nothing_doubled_while_processes_are_killed(
    environment, fresh_db, tmp_path, capfd
) -> None:
    reports, secrets, sessions = cast(300)
    house = SmallHouse(tmp_path, free_port(), environment)
    house.open()
    quiet = threading.Event()

    def end_sessions() -> None:
        while not quiet.wait(4):
            with _admin() as admin:
                admin.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = %s and application_name not like 'pytest%%'"
                    " order by random() limit 2",
                    [fresh_db],
                )

    ending = threading.Thread(target=end_sessions, daemon=True)
    try:
        assert house.answers(40), (tmp_path / "launch.log").read_text()[-2000:]
        ending.start()
        told, dice = Promises(), random.Random(4711)
        options = argparse.Namespace(port=house.port, seconds=SECONDS, every=2.5, pause=0.1)
        killed, _down = storm(
            house, options, dice=dice, told=told, reports=reports, secrets=secrets,
            sessions=sessions,
        )  # fmt: skip
        quiet.set()
        settled = settle(house)
        assert judge(environment, told, settled) == []
    finally:
        quiet.set()
        house.close()
    assert sum(killed.values()) >= 2
    assert len(told.receipts) > 5
    assert told.verified
    assert all(not command_of(each.pid) for each in house.running.values())
