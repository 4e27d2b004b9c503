"""Where the database is: `DATABASE_URL`, or the private cluster that `./run` keeps in `var/`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

ENGINE = "django.contrib.gis.db.backends.postgis"


def parsed(url: str) -> dict[str, Any]:
    """A Django database entry from `postgis://user:password@host:port/name?host=/socket/dir`."""
    parts = urlsplit(url)
    query = {k: v[-1] for k, v in parse_qs(parts.query).items()}
    return {
        "ENGINE": ENGINE,
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": query.get("port", str(parts.port or "")),
    }


def urls(var: Path) -> dict[str, str]:
    """The addresses by name, from the environment or from the cluster's own note in `var/`."""
    found: dict[str, str] = {}
    note = var / "database.env"
    if "DATABASE_URL" not in os.environ and note.exists():
        found = dict(line.split("=", 1) for line in note.read_text().splitlines() if "=" in line)
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"):
        if value := os.environ.get(name):
            found[name] = value
    return found


def databases(var: Path, *, pool_size: int, statement_timeout_ms: int) -> dict[str, dict[str, Any]]:
    """`default` is the application's role; `owner` runs migrations and nothing else.

    With one address only (`DATABASE_URL`), both use its login and step into their role.
    """
    found = urls(var)
    app_url = found.get("DATABASE_URL", "postgis://datlanh_app@localhost/datlanh")
    owner_url = found.get("DATABASE_OWNER_URL")
    app, owner = parsed(app_url), parsed(owner_url or app_url)
    # Compiling a query takes longer than the longest of ours runs.
    settings = [f"-c statement_timeout={statement_timeout_ms}", "-c jit=off"]
    # Disks without heads: an index that fits is worth its random reads.
    settings.append("-c random_page_cost=1.1")
    # Starting helpers takes longer than a page; the cores are for the other readers.
    settings.append("-c max_parallel_workers_per_gather=0")
    if owner_url is None:
        settings.append("-c role=datlanh_app")
        owner["OPTIONS"] = {"options": "-c role=datlanh_owner"}
    app["OPTIONS"] = {
        "options": " ".join(settings),
        "pool": {"min_size": 1, "max_size": pool_size, "timeout": 10},
        "prepare_threshold": 5,  # for cursors of psycopg's own: Django's never prepare
    }
    owner["TEST"] = {"MIRROR": "default"}
    return {"default": app, "owner": owner}
