"""The `datlanh` command: Django's commands under the house's name."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command: `datlanh places import FILE`, `datlanh register verify` …"""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "datlanh.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
