"""Where a bench runs: a private cluster of its own, with fsync, and a database per bench.

The cluster stays in `$DATLANH_BENCH_VAR` (default: datlanh-bench in the temp folder) between
runs; `python -m bench.place drop` stops it and removes everything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(
    os.environ.get("DATLANH_BENCH_VAR") or Path(tempfile.gettempdir()) / "datlanh-bench"
).resolve()
BASE = "datlanh"  # migrated and seeded, with the demonstration's accounts; benches clone it
NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")


def stand_in(name: str, *, keep: bool = False) -> None:
    """Let this process work on the database `datlanh_<name>`, a fresh clone of the base.

    With `keep` a database that is there already stays as it is, if its tables are of today.
    """
    for key in (*NAMES, "DATLANH_FAST"):
        os.environ.pop(key, None)
    os.environ["DATLANH_VAR"] = str(VAR)
    os.environ["DATLANH_STATEMENT_TIMEOUT_MS"] = "0"
    os.environ["DATLANH_SECOND_STEP"] = "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datlanh.config.settings")
    VAR.mkdir(parents=True, exist_ok=True)
    _let_go()
    _run(str(ROOT / "tools" / "cluster"), "start")
    _base()
    database = f"datlanh_{name}"
    with admin() as connection:
        there = connection.execute("select 1 from pg_database where datname = %s", [database])
        if there.fetchone() is None or not (keep and _is_current(database)):
            connection.execute(f'drop database if exists "{database}" with (force)')
            connection.execute(
                f'create database "{database}" template {BASE} owner datlanh_owner'
                " strategy file_copy"
            )
    for key, url in urls().items():
        os.environ[key] = urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
    import django

    django.setup()


def _let_go() -> None:
    """Close what an earlier `stand_in` of this process opened: the database may be dropped."""
    if "django.db" in sys.modules:
        from django.db import connection

        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def urls() -> dict[str, str]:
    """The addresses of the cluster's own note."""
    lines = (VAR / "database.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def admin(database: str = "postgres") -> psycopg.Connection:
    """A connection past all row policies, for filling and for floors."""
    return psycopg.connect(**parameters(database), autocommit=True)


def here() -> psycopg.Connection:
    """The same, on this bench's own database."""
    return psycopg.connect(**parameters(), autocommit=True)


def parameters(database: str = "") -> dict[str, Any]:
    """What psycopg connects with as the cluster's admin; without a name to this bench's own."""
    parts = urlsplit(urls()["DATABASE_ADMIN_URL"])
    settings = dict(pair.split("=", 1) for pair in parts.query.split("&"))
    return {
        "host": settings["host"],
        "port": settings["port"],
        "user": parts.username,
        "dbname": database or urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/"),
    }


def _base() -> None:
    """Tables, seeds and static files of the present code, as every start looks after them."""
    _run(sys.executable, "-m", "datlanh.config.setup")
    _run(sys.executable, "-m", "bench.place", "accounts")


def _is_current(database: str) -> bool:
    """Whether a kept database has the tables of the present code."""
    query = "select count(*) from django_migrations"
    with admin(BASE) as base, admin(database) as kept:
        return base.execute(query).fetchone() == kept.execute(query).fetchone()


def _run(*command: str) -> None:
    done = subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def main() -> None:
    """`accounts` seeds the demonstration's people; `drop` takes the cluster away."""
    if sys.argv[1:] == ["accounts"]:
        import django

        django.setup()
        from datlanh.accounts.services import demo_accounts_seed

        demo_accounts_seed()
    if sys.argv[1:] == ["drop"]:
        os.environ["DATLANH_VAR"] = str(VAR)
        _run(str(ROOT / "tools" / "cluster"), "stop")
        shutil.rmtree(VAR)


if __name__ == "__main__":
    main()
