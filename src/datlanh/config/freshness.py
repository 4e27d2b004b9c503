"""Whether anything changed since the last complete set-up; a second start asks only this.

Knows no Django, whose loading would take as long as the rest of the start.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import psycopg

from datlanh.config.databases import parsed, urls
from datlanh.config.environment import ROOT, text
from datlanh.config.stamps import Stamps

STAMP = "whole"
_FOLDERS = ("src/datlanh", "forms", "frontend", "requirements.txt")
_NOT_SOURCES = {"__pycache__", "node_modules", "build", "dist"}


def sources() -> str:
    """Changes with every file that a set-up may stem from: names, sizes and times."""
    total = hashlib.sha256(f"{ROOT}\0{text('DATLANH_FORMS', '')}".encode())
    for path in _files():
        state = path.stat()
        total.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return total.hexdigest()


def _files() -> list[Path]:
    found: list[Path] = []
    for name in _FOLDERS:
        path = ROOT / name
        if path.is_file():
            found.append(path)
        for folder, names, files in os.walk(path):
            names[:] = sorted(set(names) - _NOT_SOURCES)
            found += [Path(folder) / file for file in sorted(files) if not file.endswith(".mo")]
    return found


def _ask(query: str) -> str:
    found = urls(_var())
    entry = parsed(found["DATABASE_URL"])
    # With one address for all, its login steps into the application's role, as in `databases`.
    role = "" if found.get("DATABASE_OWNER_URL") else "-c role=datlanh_app"
    with psycopg.connect(
        host=entry["HOST"] or None,
        port=entry["PORT"] or None,
        user=entry["USER"] or None,
        password=entry["PASSWORD"] or None,
        dbname=entry["NAME"],
        connect_timeout=10,
        options=role,
    ) as connection:
        row = connection.execute(query.encode()).fetchone()
    return " ".join(str(value) for value in row) if row else ""


def _var() -> Path:
    return Path(text("DATLANH_VAR", str(ROOT / "var"))).resolve()


def database_identity() -> str:
    """A word that changes when the database is another one: new, dropped or restored."""
    return _ask(
        "select d.oid, min(m.applied) from pg_database d, django_migrations m"
        " where d.datname = current_database() group by d.oid"
    )


def _database_state() -> str:
    applied = _ask("select count(*), max(id) from django_migrations")
    return f"{database_identity()} {applied}"


def is_fresh(var: Path, *, demo: bool) -> bool:
    """Whether the last set-up was complete, of these sources and this very database."""
    stamps = Stamps(var / "stamps")
    if not (var / "stamps" / STAMP).exists():
        return False
    try:
        if demo and not stamps.holds("demo", database_identity()):
            return False
        return stamps.holds(STAMP, f"{_database_state()} {sources()}")
    except (psycopg.Error, KeyError):
        return False  # the set-up itself will say what is wrong


def note(stamps: Stamps, sources_then: str) -> None:
    """The set-up is complete, for the sources as they were when it began."""
    stamps.put(STAMP, f"{_database_state()} {sources_then}")
