"""What is built before serving: compiled translations and the browser's scripts and styles."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from datlanh.config.environment import ROOT
from datlanh.config.steps import StepError, run_logged, say

PACKAGE = ROOT / "src" / "datlanh"
FRONTEND = ROOT / "frontend"
# The form engine has packages of its own: its Vue and Vite are no business of the pages.
PARTS = (FRONTEND, FRONTEND / "formengine")
BUILT = PACKAGE / "delivery" / "static" / "datlanh" / "build"
NODE_LEAST = 20
_NOT_SOURCES = {"node_modules", "dist", ".vite", "coverage"}


def digest(paths: Iterable[Path], *more: str) -> str:
    """One number for the names and contents of files, and for further words."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    total.update("\0".join(more).encode())
    return total.hexdigest()


def compile_translations() -> int:
    """Compile every .po that is newer than its .mo; return how many.

    The .mo is renamed into place, so that a cut-off start leaves no half of one.
    """
    compiled = 0
    for source in sorted(PACKAGE.glob("*/locale/*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as words:
            catalog = read_po(words, locale=source.parents[1].name)
        half = target.with_suffix(f".{os.getpid()}")
        with half.open("wb") as output:
            write_mo(output, catalog)
        half.replace(target)
        compiled += 1
    return compiled


def frontend_sources() -> list[Path]:
    """Every file the build reads."""
    found: list[Path] = []
    for folder, names, files in os.walk(FRONTEND):
        names[:] = sorted(set(names) - _NOT_SOURCES)
        found += [Path(folder) / name for name in files]
    return found


def frontend_is_built() -> bool:
    """Whether the built files stem from the sources as they are now (or there are none)."""
    if not (FRONTEND / "package.json").exists():
        return True
    stamp = BUILT / ".sources"
    return stamp.exists() and stamp.read_text() == digest(frontend_sources())


def build_frontend(var: Path) -> None:
    """Install the locked npm packages when the lock changed, then build.

    Raises:
        StepError: no network for the first build, or the sources do not compile.
    """
    environment = with_node(var)
    (BUILT / ".sources").unlink(missing_ok=True)
    sources = digest(frontend_sources())
    for part in PARTS:
        install_npm_packages(var, environment, part)
        command = ["npm", "run", "--silent", "build"]
        run_logged(command, log=var / f"build-{part.name}.log", cwd=part, env=environment)
    BUILT.mkdir(parents=True, exist_ok=True)
    (BUILT / ".sources").write_text(sources)


def install_npm_packages(var: Path, environment: dict[str, str], part: Path = FRONTEND) -> None:
    """`npm ci` in `part`, unless the packages of this very lock are there."""
    stamp = part / "node_modules" / ".locked"
    wanted = digest([part / "package-lock.json"])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("· installing the locked npm packages …")
    command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    run_logged(command, log=var / f"npm-{part.name}.log", cwd=part, env=environment)
    stamp.write_text(wanted)


def with_node(var: Path) -> dict[str, str]:
    """An environment whose PATH has Node: the system's, or the one that PyPI carries."""
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    beside = str(Path(sys.prefix) / "bin")
    if _node_major("node") >= NODE_LEAST and shutil.which("npm"):
        return environment
    if _node_major(f"{beside}/node") < NODE_LEAST:
        say("· installing Node (the system has none, or an old one) …")
        requirements = ROOT / "requirements-node.txt"
        uv = [f"{beside}/uv", "pip", "install", "-q", "--python", sys.executable]
        pip = [sys.executable, "-m", "pip", "install", "-q"]
        tool = uv if Path(uv[0]).exists() else pip
        command = [*tool, "--require-hashes", "-r", str(requirements)]
        run_logged(command, log=var / "node.log", cwd=ROOT)
    return {**environment, "PATH": f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"}


def _node_major(program: str) -> int:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.match(r"v(\d+)", said.stdout)
    if found is None:
        raise StepError(f"{program} does not tell its version.")
    return int(found[1])
