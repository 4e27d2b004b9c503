"""What stands between an empty database and a page: migrations, seeds, forms, static files.

`python -m datlanh.config.setup [--demo]` does all of it and says each step. Every step may be
cut off and started again; a step whose inputs have not changed is skipped.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import signal
import sys
from pathlib import Path

from datlanh.config import assets, freshness
from datlanh.config.environment import ROOT
from datlanh.config.stamps import Stamps
from datlanh.config.steps import StepError, say, step

# In this order: what a later one needs comes from an earlier one.
SEEDS = (
    ("places", "seed"),
    ("organisations", "seed"),
    ("accounts", "seed"),
    ("ordnance", "seed"),
)


def run_setup(*, demo: bool = False) -> None:
    """Bring translations, assets, tables, seeds, forms and static files up to date.

    Args:
        demo: also fill the sample province.

    Raises:
        StepError: a step could not be done.
    """
    # Long statements are fine here; the limit is for requests.
    os.environ.setdefault("DATLANH_STATEMENT_TIMEOUT_MS", "0")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datlanh.config.settings")
    sources = freshness.sources()
    build()
    import django

    django.setup()
    from django.conf import settings

    stamps = Stamps(Path(settings.VAR) / "stamps")
    stamps.drop(freshness.STAMP)
    collect_static(stamps)
    migrate()
    identity = freshness.database_identity()
    seed(stamps, identity)
    if demo:
        fill_demo(stamps, identity)
    elif not stamps.holds("demo", identity):
        stamps.drop("demo")
    freshness.note(stamps, sources)


def build() -> None:
    """Translations and assets: needs no database."""
    var = Path(os.environ.get("DATLANH_VAR", ROOT / "var")).resolve()
    if count := assets.compile_translations():
        say(f"✓ translations compiled ({count} files)")
    if not assets.frontend_is_built():
        with step("scripts and styles built"):
            assets.build_frontend(var)


def migrate() -> None:
    """Apply what is missing, as the owner of the tables."""
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    targets = executor.loader.graph.leaf_nodes()
    waiting = len(executor.migration_plan(targets))
    if waiting:
        with step(f"database brought up to date, {waiting} migrations"):
            call_command("migrate", database="owner", interactive=False, verbosity=0)
        call_command("register", "ledger", stdout=io.StringIO())
    connections["owner"].close()


def seed(stamps: Stamps, identity: str) -> None:
    """Reference data and forms; skipped while the code and the forms are as they were."""
    from django.conf import settings
    from django.core.management import call_command, get_commands

    there = get_commands()
    value = f"{identity} {freshness.sources()}"
    if stamps.holds("seeds", value):
        return
    for name, verb in SEEDS:
        if name in there:
            with step(f"{name} {verb}ed"):
                call_command(name, verb, verbosity=0, stdout=io.StringIO())
    if publish_forms(Path(settings.FORMS_ROOT)):
        stamps.put("seeds", value)


def publish_forms(folder: Path) -> bool:
    """Publish the workbooks of a folder; a refused one is told and the published ones stand."""
    from django.core.management import CommandError, call_command

    try:
        with step("forms published"):
            call_command("forms", "publish", str(folder), verbosity=0, stdout=io.StringIO())
    except CommandError as refusal:
        say(f"✗ a form was not published, those published before go on: {refusal}")
        return False
    return True


def fill_demo(stamps: Stamps, identity: str) -> None:
    """The sample province, through the front door as operators and the centre would fill it."""
    from django.core.management import call_command, get_commands

    if stamps.holds("demo", identity):
        return
    if "demo" not in get_commands():
        raise StepError("This version has no sample province.")
    say("· filling the sample province, one to four minutes …")
    with step("sample province filled"):
        if sys.stdout.isatty():
            call_command("demo")  # tells how far it is, in one line
        else:
            call_command("demo", verbosity=0, stdout=io.StringIO())
    stamps.put("demo", identity)


def collect_static(stamps: Stamps) -> None:
    """Gather and compress static files when one of them, or a package, changed."""
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    total = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            state = path.stat()
            total.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    value = total.hexdigest()
    if stamps.holds("static", value):
        return
    stamps.drop("static")
    with step("static files gathered"):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamps.put("static", value)


def main() -> int:
    """The command line of a start, run by `./run` in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m datlanh.config.setup")
    parser.add_argument("--demo", action="store_true")
    arguments = parser.parse_args()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management.base import CommandError
    from django.db.utils import OperationalError

    # Stopped from outside, end like on Ctrl-C: the step's own process goes too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run_setup(demo=arguments.demo)
    except OperationalError as refusal:
        say(f"✗ The database cannot be used: {str(refusal).strip()}")
        return 1
    except (StepError, CommandError, ImproperlyConfigured) as refusal:
        say(f"✗ {refusal}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
