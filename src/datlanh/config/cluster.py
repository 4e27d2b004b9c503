"""Holding the private cluster awake while something uses it; the last user stops it.

The cluster itself is the work of `tools/cluster`. Here stands only who needs it: every process
that uses it holds a shared lock on `var/cluster.users`. Whoever ends and finds no other holder
stops the cluster, unless somebody started it by hand (`var/cluster.keep`). The kernel drops a
lock with its process, so a killed start leaves nothing to clean up.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datlanh.config.databases import parsed
from datlanh.config.environment import ROOT
from datlanh.config.steps import StepError

TOOL = ROOT / "tools" / "cluster"


def is_private() -> bool:
    """Whether the database is the cluster in `var/`, not a server that `DATABASE_URL` names."""
    return not os.environ.get("DATABASE_URL")


def tool(verb: str, var: Path) -> str:
    """`tools/cluster VERB` for that `var/`; answers what it prints.

    Raises:
        StepError: it failed, and said why.
    """
    environment = {**os.environ, "DATLANH_VAR": str(var), "DATLANH_HELD": "1"}
    done = subprocess.run(
        [str(TOOL), verb], env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise StepError("The private database could not be used; the reason is above.")
    return done.stdout.strip()


def own(var: Path, *command: str | Path, feed: str = "") -> str:
    """Run a command as the user to whom the cluster belongs; answers what it prints.

    Raises:
        StepError: it failed; with its last words.
    """
    environment = {**os.environ, "DATLANH_VAR": str(var)}
    done = subprocess.run(
        [str(TOOL), "own", *map(str, command)],
        env=environment, input=feed, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise StepError(f"{Path(command[0]).name} failed: {said}")
    return done.stdout


def folder(var: Path, path: Path) -> None:
    """Make a folder that the cluster's user alone can enter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DATLANH_VAR": str(var)}
    done = subprocess.run(
        [str(TOOL), "folder", str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StepError(done.stderr.strip().removeprefix("✗ "))


@contextmanager
def awake(var: Path) -> Iterator[None]:
    """The cluster runs inside the block; nothing happens when `DATABASE_URL` names a server.

    Raises:
        StepError: it could not be started.
    """
    if not is_private():
        yield
        return
    var.mkdir(parents=True, exist_ok=True)
    with (var / "cluster.users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        tool("start", var)
        try:
            yield
        finally:
            _leave(users.fileno(), var)


def _leave(users: int, var: Path) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    if not (var / "cluster.keep").exists():
        tool("stop", var)


def answers(var: Path) -> bool:
    """Whether somebody listens on the private cluster's socket."""
    entry = admin_entry(var)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(5)
        try:
            door.connect(f"{entry['HOST']}/.s.PGSQL.{entry['PORT']}")
        except OSError:
            return False
    return True


def client_folder(var: Path) -> Path | None:
    """The folder of the cluster's own `pg_dump` and its like; None: take those on the PATH."""
    return Path(tool("bin", var)) if is_private() or _names_the_cluster(var) else None


def _names_the_cluster(var: Path) -> bool:
    note = var / "database.env"
    socket_of = parsed(os.environ["DATABASE_URL"])["HOST"]
    return note.exists() and bool(socket_of) and f"host={socket_of}&" in note.read_text()


def client_environment(programs: Path | None) -> dict[str, str]:
    """The environment for a client program, with the libraries of unpacked packages."""
    clean = {k: v for k, v in os.environ.items() if k not in {"PROJ_DATA", "GDAL_DATA"}}
    unpacked = next((p for p in (programs or Path()).parents if p.name == "pgroot"), None)
    if unpacked is not None:
        libraries = unpacked / "usr" / "lib" / f"{os.uname().machine}-linux-gnu"
        clean["LD_LIBRARY_PATH"] = str(libraries)
    return clean


def admin_entry(var: Path) -> dict[str, str]:
    """Where the private cluster's administrator connects to."""
    note = (var / "database.env").read_text(encoding="utf-8").splitlines()
    found = dict(line.split("=", 1) for line in note if "=" in line)
    return {key: str(value) for key, value in parsed(found["DATABASE_ADMIN_URL"]).items()}
