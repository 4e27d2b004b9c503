"""The machine dies: how much is lost, and how long until somebody is served again.

A register is filled, the log handed on, and a mark written ten times a second. The database is
killed with -9 and its folder never looked at again: what comes back comes from the repository.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import place
from bench.measure import clocked, header, line


def main(argv: list[str]) -> None:
    """Lose the machine some times; say what was lost and how long it took."""
    parser = argparse.ArgumentParser(prog="python -m bench recovery", description=__doc__)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=75, help="of marks before the machine dies")
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args(argv)
    header(f"Recovery, {options.reports} reports")
    place.stand_in("recovery")
    from bench.filling import inputs
    from datlanh.accounts.acting import SYSTEM, acting
    from datlanh.intake.services.rebuilding import register_rebuild

    inputs(options.reports // 3, updates=2)
    with acting(SYSTEM, via="command"):
        register_rebuild(by=SYSTEM)
    with place.here() as connection:
        connection.execute("create table bench_mark (at timestamptz)")
        row = connection.execute("select pg_database_size(current_database())").fetchone()
    print(f"  {'size of the database':<44} {row[0] / 1e6:.0f} MB")  # type: ignore[index]
    lost, restored, served, verified = [], [], [], []
    for _ in range(options.runs):
        found = _once(options.seconds)
        for kept, value in zip((lost, restored, served, verified), found, strict=True):
            kept.append(value)
    line("work lost with the machine", lost, "s", 1)
    line("until the database answers", restored, "s", 1)
    line("until a page is served", served, "s", 1)
    line("register and trail verified", verified, "s", 1)


def _once(seconds: int) -> tuple[float, float, float, float]:
    address = {name: os.environ.pop(name, "") for name in place.NAMES}
    try:
        return _lose(seconds)
    finally:
        os.environ.update({name: value for name, value in address.items() if value})


def _lose(seconds: int) -> tuple[float, float, float, float]:
    from datlanh.config import cluster, wal
    from datlanh.config.scratch import scratch_cluster

    var, folder = place.VAR, Path(tempfile.mkdtemp(prefix="datlanh-log-"))
    folder.chmod(0o755)  # the database's user has to pass; what is inside is closed
    from django.db import connections

    connections.close_all()
    wal.prepare(var, folder)
    cluster.tool("restart", var)
    wal.begin(var)
    wal.base(var, full=True)
    last = _marks(seconds)
    _kill(var)
    began = time.perf_counter()
    try:
        with scratch_cluster(var) as scratch:
            wal.restore_into(var, scratch.data)
            scratch.start(fast=False)
            answered = time.perf_counter() - began
            server = scratch.server("datlanh_recovery")
            with server.connect() as there:
                row = there.execute("select max(at) from bench_mark").fetchone()
            _serve(server.url)
            served = time.perf_counter() - began
            with clocked() as checked:
                _verify(server.url)
            gone = (last - row[0]).total_seconds() if row and row[0] else float(seconds)
            return gone, answered, served, checked[0]
    finally:
        shutil.rmtree(var / "wal", ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        cluster.tool("start", var)


def _marks(seconds: int) -> dt.datetime:
    """A mark every tenth of a second; the last one that was promised to be kept."""
    until, last = time.monotonic() + seconds, dt.datetime.now(dt.UTC)
    with place.admin("datlanh_recovery") as connection:
        while time.monotonic() < until:
            row = connection.execute(
                "insert into bench_mark values (clock_timestamp()) returning at"
            ).fetchone()
            last = row[0] if row else last
            time.sleep(0.1)
    return last


def _kill(var: Path) -> None:
    """The server of this bench's folder, and no other."""
    data = var / "pg"
    pid = int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    if Path(f"/proc/{pid}/cwd").resolve() == data:
        os.kill(pid, signal.SIGKILL)


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "DATLANH_STATEMENT_TIMEOUT_MS": "0"}


def _serve(url: str) -> None:
    """As `./run` serves, until the first page answers."""
    from bench.server import serving

    os.environ["DATABASE_URL"] = url
    try:
        with serving():
            pass
    finally:
        os.environ.pop("DATABASE_URL", None)


def _verify(url: str) -> None:
    for words in (["register", "verify"], ["audit", "verify", "--restored"]):
        subprocess.run(
            [sys.executable, "-m", "datlanh.config.cli", *words],
            cwd=place.ROOT, env=_environment(url), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
