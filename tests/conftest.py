"""Databases for tests: one migrated and seeded template, cloned for whoever needs one.

`db` (pytest-django) runs each test in a transaction that is rolled back, in a clone per
worker. `fresh_db` gives a test a clone of its own with real commits: for races and browsers.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from datlanh.config.databases import parsed, urls

DROP = sql.SQL("drop database if exists {} with (force)")
ROOT = Path(__file__).resolve().parents[1]
SEEDS = ("places", "organisations", "accounts", "ordnance")

# How long a busy machine takes to make an example says nothing about the code.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


def _admin(name: str = "postgres") -> psycopg.Connection:
    found = urls(Path(settings.VAR))
    if "DATABASE_ADMIN_URL" not in found:
        pytest.exit("No test cluster: run ./check, or `tools/cluster start` first.", returncode=4)
    entry = parsed(found["DATABASE_ADMIN_URL"])
    return psycopg.connect(
        host=entry["HOST"],
        port=entry["PORT"] or None,
        user=entry["USER"],
        password=entry["PASSWORD"] or None,
        dbname=name,
        autocommit=True,
    )


def _fingerprint() -> str:
    """Changes whenever a template made earlier would no longer be what the code expects."""
    seen = hashlib.sha256()
    kept = [
        *ROOT.glob("src/datlanh/*/migrations/*.py"),
        *ROOT.glob("src/datlanh/places/**/*.py"),
        *ROOT.glob("src/datlanh/organisations/*.py"),
        *ROOT.glob("src/datlanh/accounts/*.py"),
        *ROOT.glob("src/datlanh/ordnance/*"),
        *ROOT.glob("src/datlanh/intake/xlsform*.py"),
        *ROOT.glob("src/datlanh/kernel/mapping.py"),
        *ROOT.glob("forms/*.xlsx"),
        Path(__file__),
    ]
    for path in sorted(p for p in kept if p.is_file()):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:12]


def _point_at(name: str) -> None:
    for alias in ("default", "owner"):
        connection = connections[alias]
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
        connection.settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def _clone(template: str, name: str) -> None:
    with _admin() as admin:
        admin.execute(DROP.format(sql.Identifier(name)))
        admin.execute(
            sql.SQL("create database {} template {} owner datlanh_owner").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def _drop(name: str) -> None:
    with _admin() as admin:
        admin.execute(DROP.format(sql.Identifier(name)))


def _template(django_db_blocker) -> str:
    name = f"datlanh_template_{_fingerprint()}"
    lock = Path(settings.VAR) / "test-template.lock"
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with _admin() as admin:
            if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                return name
            for (old,) in admin.execute(
                "select datname from pg_database where datname like 'datlanh_template_%'"
            ).fetchall():
                _drop(old)
            making = f"{name}_making"
            _drop(making)
            admin.execute(
                sql.SQL("create database {} owner datlanh_owner").format(sql.Identifier(making))
            )
        with _admin(making) as inside:
            for extension in ("postgis", "pg_trgm", "unaccent", "btree_gist"):
                inside.execute(f"create extension if not exists {extension}")
            inside.execute("grant select, insert, update on spatial_ref_sys to datlanh_owner")
            inside.execute("grant create on schema public to datlanh_owner")
        with django_db_blocker.unblock():
            _point_at(making)
            call_command("migrate", database="owner", verbosity=0)
            for seed in SEEDS:
                call_command(seed, "seed", verbosity=0)
            call_command("forms", "publish", settings.FORMS_ROOT, verbosity=0)
            _point_at("postgres")
        with _admin() as admin:
            admin.execute(
                sql.SQL("alter database {} rename to {}").format(
                    sql.Identifier(making), sql.Identifier(name)
                )
            )
    return name


@pytest.fixture(scope="session")
def template(django_db_blocker) -> str:
    """The name of the migrated and seeded template database."""
    return _template(django_db_blocker)


@pytest.fixture(scope="session")
def django_db_setup(template, django_db_blocker) -> Iterator[None]:
    """A clone of the template for this worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"datlanh_test_{worker}_{os.getpid()}"
    _clone(template, name)
    with django_db_blocker.unblock():
        _point_at(name)
    yield
    with django_db_blocker.unblock():
        _point_at("postgres")
    _drop(name)


@pytest.fixture
def fresh_db(template, django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database of the test's own, with real commits. Yields its name."""
    before = settings.DATABASES["default"]["NAME"]
    name = f"datlanh_fresh_{os.getpid()}_{os.urandom(3).hex()}"
    _clone(template, name)
    with django_db_blocker.unblock():
        _point_at(name)
        try:
            yield name
        finally:
            _point_at(before)
            with contextlib.suppress(psycopg.Error):
                _drop(name)


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    """Every test that needs people makes ten of them; a slow hash would be most of the suite."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_second_step(settings) -> None:
    """Tests that are not about it sign in with a password; tests/http/test_second_step.py is."""
    settings.SECOND_STEP_REQUIRED = False


@pytest.fixture(autouse=True)
def _own_files(tmp_path, settings) -> None:
    """Attachments and keys never touch the real `var/`."""
    settings.FILES_ROOT = tmp_path / "files"
    settings.EXPORTS_ROOT = tmp_path / "exports"


@pytest.fixture(autouse=True)
def _nothing_made_before() -> Iterator[None]:
    """Tiles of one test are not another's: databases here share name and decision numbers."""
    yield
    caches["maps"].clear()


@pytest.fixture(autouse=True)
def _plain_static(tmp_path, settings) -> None:
    """Pages render without a collected manifest."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
