"""An installation of its own, started as `./run` starts it and started again when it ends.

What systemd does for `./run` (Restart=on-failure) does `House` here; everything else is ./run's.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class House:
    """`python -m datlanh.config.launch` on a `var/` and a port, kept up until `close`."""

    def __init__(self, var: Path, port: int) -> None:
        self.var, self.port = var, port
        self.starts = 0
        self.log = (var / "launch.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self._thread.join(60)
        self.log.close()

    def _keep(self) -> None:
        words = [sys.executable, "-m", "datlanh.config.launch", "--port", str(self.port)]
        environment = {
            **os.environ, "DATLANH_VAR": str(self.var), "DATLANH_SECOND_STEP": "0",
            "PYTHONPATH": str(ROOT / "src"),
        }  # fmt: skip
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL", "DATLANH_FAST"):
            environment.pop(name, None)
        while not self._closing.is_set():
            self.starts += 1
            self.process = subprocess.Popen(
                words, cwd=ROOT, env=environment, stdout=self.log, stderr=self.log
            )
            self.process.wait()
            self._closing.wait(1)

    def answers(self, within_s: float) -> bool:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                connection.request("GET", "/accounts/login/")
                if connection.getresponse().status == 200:
                    return True
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.2)
        return False

    # What can be killed: only what this house started, found by its parents.

    def postmaster(self) -> int | None:
        """The server of this house's folder. A note left by a killed one may carry a number that
        somebody else's process has by now: where it works tells."""
        data = self.var / "pg"
        try:
            pid = int((data / "postmaster.pid").read_text().splitlines()[0])
            return pid if Path(f"/proc/{pid}/cwd").resolve(strict=True) == data else None
        except (OSError, ValueError, IndexError):
            return None

    def targets(self) -> Iterator[tuple[str, int]]:
        """Every process of the house with the word for it."""
        launcher = self.process.pid if self.process and self.process.poll() is None else None
        if launcher:
            yield "launcher", launcher
            for pid in children(launcher):
                said = command_of(pid)
                if "granian" in said:
                    yield "web server", pid
                    yield from (("web worker", each) for each in children(pid))
                elif "worker" in said:
                    yield "job worker", pid
        if database := self.postmaster():
            yield "database", database
            for pid in children(database):
                said = command_of(pid)
                if "datlanh_app" in said:
                    yield "database session", pid
                elif "checkpointer" in said or "walwriter" in said:
                    yield "database writer", pid


def children(pid: int) -> list[int]:
    """The processes that one started."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(each) for each in task.read_text().split()]
        except OSError:
            continue
    return found


def command_of(pid: int) -> str:
    """What a process was started as; "" when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def kill_held(house: House, kind: str, pid: int) -> bool:
    """Kill that process of the house, and no other that came to bear its number meanwhile."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if (kind, pid) not in house.targets():
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
    return True
