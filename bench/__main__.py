"""`python -m bench NAME [options]`: one measurement, or `all` of them."""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys

NAMES = (
    "submissions",
    "approvals",
    "rebuild",
    "tiles",
    "lists",
    "exports",
    "overlaps",
    "ledger",
    "papers",
    "desk",
    "delineation",
    "privilege",
    "remaps",
    "withdrawals",
    "trail",
    "recovery",
    "corpus",
)


def main() -> int:
    """Run one by name; `all` gives each a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=[*NAMES, "all"])
    chosen, rest = parser.parse_known_args()
    if chosen.name == "all":
        return max(subprocess.call([sys.executable, "-m", "bench", name, *rest]) for name in NAMES)
    module = importlib.import_module(f"bench.{chosen.name}")
    return int(module.main(rest) or 0)


if __name__ == "__main__":
    raise SystemExit(main())
