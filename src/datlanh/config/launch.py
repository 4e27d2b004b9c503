"""`./run`: the private database, everything set up, then the server and its jobs."""

from __future__ import annotations

import argparse
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, NoReturn

from datlanh.config import cluster, freshness
from datlanh.config.environment import ROOT, number, text
from datlanh.config.steps import StepError, die_with_parent, say, step

PORTS_TRIED = 50
ANSWER_WITHIN_S = 60
STOP_WITHIN_S = 15
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0  # before a worker that ended is started again
DATABASE_EVERY_S = 2.0


def main(argv: list[str] | None = None) -> int:
    """Set up, serve until Ctrl-C, stop what was started. Answers the exit code."""
    options = _options(argv)
    var = Path(text("DATLANH_VAR", str(ROOT / "var"))).resolve()
    var.mkdir(parents=True, exist_ok=True)
    # Also SIGINT: a shell that starts this in the background has it ignored.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _interrupt)
    # Compiled modules halve the time of a second start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    was_killed = bool(_noted(var))
    try:
        with only_one(var) as note:
            if note is None:
                return _already_running(var)
            with awake_database(var):
                set_up(var, demo=options.demo)
                if not options.prepare:
                    if was_killed:
                        wait_for_port(options.host, options.port)
                    serve(host=options.host, port=options.port, var=var, note=note)
    except StepError as refusal:
        say(f"✗ {refusal}")
        return 1
    except KeyboardInterrupt:
        say("\n✓ stopped · đã dừng")
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run", description="Sets up all that Đất Lành needs and serves it."
    )
    parser.add_argument("--demo", action="store_true", help="also fill a sample province")
    parser.add_argument("--host", default=text("DATLANH_HOST", "127.0.0.1"), help="%(default)s")
    parser.add_argument(
        "--port",
        type=int,
        default=number("DATLANH_PORT", 8000),
        help="the port to try first (%(default)s); a used one is passed over",
    )
    parser.add_argument("--prepare", action="store_true", help="set up, then stop without serving")
    return parser.parse_args(argv)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def only_one(var: Path) -> Iterator[IO[str] | None]:
    """The note of the one start that may run on this `var`; None when another holds it.

    The lock is the kernel's and ends with the process: a note left by a crash locks nobody out.
    """
    with (var / "run.lock").open("a+", encoding="utf-8") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        write_note(note, address="")
        yield note
        note.truncate(0)


def write_note(note: IO[str], *, address: str) -> None:
    """Tell a second start who is running, and where."""
    note.seek(0)
    note.truncate()
    json.dump({"process": os.getpid(), "address": address}, note)
    note.flush()


def _noted(var: Path) -> dict[str, Any]:
    """What the last start noted; nothing after one that ended in order."""
    try:
        return dict(json.loads((var / "run.lock").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _already_running(var: Path) -> int:
    known = _noted(var)
    process, address = known.get("process", "?"), known.get("address")
    if address:
        say(f"✓ Already running at {address} (process {process}). Đang chạy sẵn.")
        return 0
    say(f"✗ Another ./run is setting up (process {process}). Wait for it, or stop it first.")
    return 1


@contextmanager
def awake_database(var: Path) -> Iterator[None]:
    """The private cluster for as long as the block lasts, or the server of `DATABASE_URL`."""
    if not cluster.is_private():
        say("✓ database: the server that DATABASE_URL names")
        yield
        return
    began = time.monotonic()
    with cluster.awake(var):
        say(f"✓ database ready ({time.monotonic() - began:.1f} s)")
        yield


def set_up(var: Path, *, demo: bool) -> None:
    """Migrations, seeds, forms and static files, in a process that gives its memory back."""
    began = time.monotonic()
    if freshness.is_fresh(var, demo=demo):
        say(f"✓ everything is up to date ({time.monotonic() - began:.1f} s)")
        return
    command = [sys.executable, "-m", "datlanh.config.setup", *(["--demo"] if demo else [])]
    with child(command) as setup:
        code = setup.wait()
    if code:
        raise StepError("The set-up stopped; the reason is above. Start again to go on.")


def free_port(host: str, first: int) -> int:
    """`first`, or the next port that nobody uses.

    Raises:
        StepError: none of the fifty is free.
    """
    for port in range(first, min(first + PORTS_TRIED, 65_536)):
        if _is_free(host, port):
            return port
    raise StepError(f"No free port from {first} on. Name another: ./run --port 9000")


def wait_for_port(host: str, port: int) -> None:
    """The server of a start that was killed ends by itself, and lets go of its port."""
    until = time.monotonic() + STOP_WITHIN_S
    while not _is_free(host, port) and time.monotonic() < until:
        time.sleep(0.1)


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@contextmanager
def child(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends with this one, however this one ends.

    It stands in a session of its own, so that Ctrl-C reaches the launcher alone, which then
    stops its children in order.
    """
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 (no threads here)
    )
    try:
        yield process
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask politely; after fifteen seconds end the process and those it started.

    One that was killed leaves those it started behind, on its port: they are ended too.
    """
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WITHIN_S)
    # It leads a group of its own, and while somebody is left in that, the kernel gives its number
    # to nobody else. Where a process bears it although ours was waited for, it is a stranger's.
    if process.poll() is None or not Path(f"/proc/{process.pid}").exists():
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def server_command(host: str, port: int) -> list[str]:
    """Granian with two workers of four threads: what a 2-core machine with 4 GB carries."""
    return [
        sys.executable, "-m", "granian", "datlanh.config.wsgi:application",
        "--interface", "wsgi", "--no-ws", "--host", host, "--port", str(port),
        "--workers", str(number("DATLANH_WORKERS", 2)),
        "--blocking-threads", str(number("DATLANH_THREADS", 4)),
        "--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning",
    ]  # fmt: skip


def serve(*, host: str, port: int, var: Path, note: IO[str]) -> None:
    """The server and the worker of the job queue, until one is stopped.

    Raises:
        StepError: the server does not answer, or ended by itself.
    """
    chosen = free_port(host, port)
    if chosen != port:
        say(f"· port {port} is used by another program; taking {chosen}")
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    address = f"http://{shown}:{chosen}/"
    demo = {"DATLANH_DEMO": "1"} if (var / "stamps" / "demo").exists() else {}
    with child(server_command(host, chosen), **demo) as server:
        with step("server answers"):
            wait_for_answer(server, shown, chosen)
        write_note(note, address=address)
        jobs = [sys.executable, "-m", "datlanh.config.cli", "worker"]
        with Kept(jobs, **demo) as worker:
            say(f"\n  Đất Lành: mở {address} (Ctrl-C để dừng) · open it, Ctrl-C stops\n")
            watch(server, worker, var)


class Kept:
    """A process that is started again when it ends, later and later while it keeps ending."""

    def __init__(self, command: list[str], **environment: str) -> None:
        self._command, self._environment = command, environment
        self._stack = ExitStack()
        self._process: subprocess.Popen[bytes] | None = None
        self._began, self._wait = 0.0, FIRST_WAIT_S

    def __enter__(self) -> Kept:
        self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self) -> None:
        self._stack.close()
        self._process = self._stack.enter_context(child(self._command, **self._environment))
        self._began = time.monotonic()

    def look(self) -> bool:
        """Start it again if it ended and its wait is over; True when it did."""
        if self._process is None or self._process.poll() is None:
            return False
        ran = time.monotonic() - self._began
        if ran > LONGEST_WAIT_S * 2:
            self._wait = FIRST_WAIT_S
        if ran < self._wait:
            return False
        self._wait = min(self._wait * 2, LONGEST_WAIT_S)
        self._start()
        return True


def wait_for_answer(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Until the first page comes, which also warms the workers up."""
    until = time.monotonic() + ANSWER_WITHIN_S
    while time.monotonic() < until:
        if server.poll() is not None:
            raise StepError("The server ended at once; the reason is above.")
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_WITHIN_S)
        try:
            connection.request("GET", "/")
            status = connection.getresponse().status
        except OSError:
            time.sleep(0.05)
            continue
        finally:
            connection.close()
        if status >= 500:
            say(f"✗ the first page answers with error {status}; the reason is above")
        return
    raise StepError(f"The server did not answer within {ANSWER_WITHIN_S} s.")


def watch(server: subprocess.Popen[bytes], worker: Kept, var: Path) -> None:
    """Until the server ends. A job worker or a private database that ended is started again."""
    looked = time.monotonic()
    while server.poll() is None:
        if worker.look():
            say("· the worker of the job queue ended and was started again")
        if time.monotonic() - looked > DATABASE_EVERY_S and cluster.is_private():
            looked = time.monotonic()
            if not cluster.answers(var):
                say("· the database does not answer; starting it again")
                with suppress(StepError):  # told above; tried again
                    cluster.tool("start", var)
        time.sleep(0.5)
    raise StepError("The server ended by itself; the reason is above.")


if __name__ == "__main__":
    raise SystemExit(main())
