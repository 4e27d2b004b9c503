"""A second cluster for a while: a backup is brought to life in it, looked at, and thrown away.

Nothing but what is asked runs there: no web server, no job worker, no archiving. It listens on a
socket of its own.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from datlanh.config import cluster
from datlanh.config.archive import BackupError
from datlanh.config.backup import Server
from datlanh.config.steps import StepError

ADMIN, PORT = "datlanh_admin", "54330"
RECOVERY_S = 4 * 3600


@dataclass(frozen=True)
class Scratch:
    """The folder of a scratch cluster, made or restored, and its socket."""

    var: Path
    data: Path
    socket: Path

    def server(self, name: str = "datlanh") -> Server:
        """Its administrator's login."""
        programs = cluster.client_folder(self.var)
        url = f"postgis://{ADMIN}@/{name}?host={self.socket}&port={PORT}"
        return Server(url, programs, cluster.client_environment(programs))

    def make(self) -> None:
        """An empty cluster."""
        self._own(
            "initdb", "-D", str(self.data), "-U", ADMIN, "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--data-checksums", "--no-instructions",
        )  # fmt: skip

    def start(self, *, fast: bool = True) -> None:
        """Start it, and wait until it has recovered what it was given.

        Raises:
            BackupError: it does not come up; with the last words of its log.
        """
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self.socket), "port": PORT,
            "archive_mode": "off", "logging_collector": "off", "shared_buffers": "128MB",
            "max_connections": "100",  # recovery wants as many as the original had
            "fsync": "off" if fast else "on",
        }  # fmt: skip
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = self.socket / "log"
        try:
            self._own(
                "pg_ctl", "-D", str(self.data), "-w", "-t", str(RECOVERY_S), "-l", str(log),
                "-o", options, "start",
            )  # fmt: skip
        except BackupError as refusal:
            said = cluster.own(self.var, "tail", "-n", "15", log)
            raise BackupError(f"The restored cluster does not start: {said or refusal}") from None
        self._recovered()

    def _recovered(self) -> None:
        """Hot standby answers before the end of recovery is reached."""
        until = time.monotonic() + RECOVERY_S
        with self.server("postgres").connect(autocommit=True) as connection:
            while time.monotonic() < until:
                row = connection.execute("select pg_is_in_recovery()").fetchone()
                if row and not row[0]:
                    return
                time.sleep(0.1)
        raise BackupError("The restored cluster is still recovering.")

    def stop(self) -> None:
        """Stop it, where it runs."""
        with contextlib.suppress(BackupError):
            self._own("pg_ctl", "-D", str(self.data), "-w", "-m", "fast", "stop")

    def _own(self, program: str, *words: str) -> None:
        try:
            cluster.own(self.var, Path(cluster.tool("bin", self.var)) / program, *words)
        except StepError as refusal:
            raise BackupError(str(refusal)) from None


@contextlib.contextmanager
def scratch_cluster(var: Path) -> Iterator[Scratch]:
    """Folders for one; at the end it is stopped and nothing of it is left."""
    _sweep(var)
    mark = f"{time.time_ns() // 1000 % 10**10}"
    place = var / f"scratch-{mark}"
    # Short, for a socket's path may have 107 bytes.
    socket = Path(tempfile.gettempdir()) / f"dl-{mark}"
    made = Scratch(var, place / "pg", socket)
    try:
        cluster.folder(var, place)
        cluster.folder(var, place / "pg")
        cluster.folder(var, socket)
        yield made
    except StepError as refusal:
        raise BackupError(str(refusal)) from None
    finally:
        made.stop()
        with contextlib.suppress(StepError):
            cluster.own(var, "rm", "-rf", socket, place / "pg")
        shutil.rmtree(place, ignore_errors=True)


def _sweep(var: Path) -> None:
    """What a drill left that was cut off, a day or longer ago."""
    for old in var.glob("scratch-*"):
        if time.time() - old.stat().st_mtime > 24 * 3600:
            with contextlib.suppress(StepError):
                cluster.own(var, "rm", "-rf", old)
