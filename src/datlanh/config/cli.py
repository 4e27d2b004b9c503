"""The `datlanh` command: Django's commands under the house's name."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from datlanh.config import cluster
from datlanh.config.environment import ROOT, text
from datlanh.config.steps import StepError

# These ask no database, so the private cluster need not be woken for them.
OFFLINE = {"collectstatic", "compilemessages", "findstatic", "help", "makemessages", "version"}


def main() -> None:
    """Run a management command: `datlanh places import FILE`, `datlanh register verify` …"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datlanh.config.settings")
    from django.core.management import execute_from_command_line

    var = Path(text("DATLANH_VAR", str(ROOT / "var"))).resolve()
    with ExitStack() as stack:
        if _needs_database(sys.argv) and (var / "database.env").exists():
            try:
                stack.enter_context(cluster.awake(var))
            except StepError as refusal:
                raise SystemExit(f"✗ {refusal}") from None
        execute_from_command_line(sys.argv)


def _needs_database(words: list[str]) -> bool:
    return len(words) > 1 and not words[1].startswith("-") and words[1] not in OFFLINE


if __name__ == "__main__":
    main()
