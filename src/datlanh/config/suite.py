"""`./check`: every test and every tool that keeps the house, on a cluster of its own."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree  # our own report, not input from outside

from datlanh.config import assets, cluster, setup
from datlanh.config.databases import urls
from datlanh.config.environment import ROOT
from datlanh.config.steps import StepError, die_with_parent, run_logged, say

BIN = Path(sys.prefix) / "bin"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Lane:
    """One tool of the suite; `work` answers its exit code."""

    name: str
    work: Callable[[], int]


@dataclass(frozen=True)
class Result:
    """How a lane ended."""

    name: str
    code: int
    seconds: float


def main(argv: list[str] | None = None) -> int:
    """Run all lanes, also after a failure; sum up; answer 0 only if all passed."""
    parser = argparse.ArgumentParser(
        prog="./check", description="Runs the whole test suite and the tools that keep the house."
    )
    parser.add_argument("--fast", action="store_true", help="leave out the tests in the browser")
    parser.add_argument("tests", nargs="*", help="files or options for pytest; default: all tests")
    options, more = parser.parse_known_args(argv)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.default_int_handler)
    var = Path(os.environ.get("DATLANH_VAR", ROOT / "var" / "check")).resolve()
    var.mkdir(parents=True, exist_ok=True)
    # The suite never touches a server that somebody works with.
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"):
        os.environ.pop(name, None)
    try:
        with (var / "check.lock").open("a") as turn:
            _wait_for_turn(turn.fileno())
            with cluster.awake(var):
                return _run(options.fast, [*options.tests, *more], var)
    except StepError as refusal:
        say(f"✗ {refusal}")
        return 1
    except KeyboardInterrupt:
        say("\n✗ stopped · đã dừng")
        return 130


def _wait_for_turn(file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("· another ./check runs here; waiting for it …")
        fcntl.flock(file, fcntl.LOCK_EX)


def _run(fast: bool, words: list[str], var: Path) -> int:
    os.environ.update(urls(var))
    os.environ["DJANGO_SETTINGS_MODULE"] = "datlanh.config.settings"
    setup.build()
    browser, reason = (None, "--fast") if fast else find_chromium(var)
    # The tests that need it say why they are skipped.
    os.environ["DATLANH_NO_PGBACKREST"] = install_package(var, "pgbackrest")
    report = var / "report.xml"
    report.unlink(missing_ok=True)
    lanes = lanes_of(words, browser=browser, report=report)
    results = [_timed(lane) for lane in lanes]
    skipped = skips(report) if report.exists() else Counter()
    if browser is None:
        skipped[f"all tests in the browser: {reason}"] += 1
    return sum_up(results, skipped)


def lanes_of(words: list[str], *, browser: str | None, report: Path) -> list[Lane]:
    """The tools in the order of their speed; with `words` only pytest, given these words."""
    pytest: list[str | Path] = [BIN / "pytest", "-n", "2", "-rs", f"--junitxml={report}", *words]
    if browser is None:
        pytest += ["-m", "not browser"]
    else:
        os.environ["DATLANH_CHROMIUM"] = browser
    tests = Lane("tests", lambda: _tool(*pytest))
    if words:
        return [tests]
    return [
        Lane("format", lambda: _tool(BIN / "ruff", "format", "--check", "-q", ".")),
        Lane("lint", lambda: _tool(BIN / "ruff", "check", "-q", ".")),
        Lane("ladder of packages", lambda: _tool(BIN / "lint-imports", "--no-cache")),
        Lane("Django's checks", lambda: _manage("check", "--fail-level", "WARNING")),
        Lane("migrations complete", lambda: _manage("makemigrations", "--check", "--dry-run")),
        Lane("types", lambda: _tool(BIN / "mypy")),
        Lane("types in the browser", _frontend_types),
        tests,
    ]


def _tool(*command: str | Path) -> int:
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=ROOT, check=False, preexec_fn=die_with_parent).returncode


def _manage(*words: str) -> int:
    return _tool(sys.executable, "-W", "error", "-m", "datlanh.config.cli", *words)


def _frontend_types() -> int:
    if not (assets.FRONTEND / "tsconfig.json").exists():
        return 0
    environment = assets.with_node(ROOT / "var")
    assets.install_npm_packages(ROOT / "var", environment)
    command = ["npm", "run", "--silent", "--if-present", "check"]
    return subprocess.run(command, cwd=assets.FRONTEND, env=environment, check=False).returncode


def _timed(lane: Lane) -> Result:
    say(f"\n— {lane.name}")
    began = time.monotonic()
    return Result(lane.name, lane.work(), time.monotonic() - began)


def find_chromium(var: Path) -> tuple[str | None, str]:
    """The browser for the tests that drive one, or why there is none.

    A missing one is installed when root; otherwise the line to paste is the reason.
    """
    named = os.environ.get("DATLANH_CHROMIUM")
    found = named or next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found:
        return found, ""
    refusal = install_package(var, "chromium")
    return (None, refusal) if refusal else (shutil.which("chromium"), "")


def install_package(var: Path, name: str) -> str:
    """Install a package of the system whose program bears its name; why not, or ""."""
    if shutil.which(name):
        return ""
    line = f"sudo apt-get update && sudo apt-get install -y {name}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say(f"· {name} is missing; to run the tests that need it paste:  {line}")
        return f"{name} is missing ({line})"
    say(f"· installing {name} from the system's packages …")
    try:
        run_logged(["apt-get", "-qq", "update"], log=var / "apt.log", cwd=ROOT)
        install = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "-qq"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run_logged(
            [*install, "--no-install-recommends", name],
            log=var / "apt.log", cwd=ROOT, env=environment,
        )  # fmt: skip
    except StepError as refusal:
        return str(refusal)
    return "" if shutil.which(name) else f"the package {name} brought no /usr/bin/{name}"


def skips(report: Path) -> Counter[str]:
    """How often each reason for a skip stands in pytest's report."""
    root = ElementTree.parse(report).getroot()  # noqa: S314 (written by pytest just now)
    return Counter(skip.get("message", "no reason given") for skip in root.iter("skipped"))


def sum_up(results: list[Result], skipped: Counter[str]) -> int:
    """Print one line a lane and one a reason; answer the exit code of the whole."""
    say("\n═ summary")
    for result in results:
        say(f"{'✗' if result.code else '✓'} {result.name} ({result.seconds:.1f} s)")
    for reason, times in sorted(skipped.items()):
        say(f"· skipped {times}×: {reason}")
    if not skipped:
        say("· nothing was skipped")
    return 1 if any(result.code for result in results) else 0


if __name__ == "__main__":
    raise SystemExit(main())
