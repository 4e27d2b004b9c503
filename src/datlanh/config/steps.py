"""Saying step by step what a start does: plain lines, one per step, with the time it took."""

from __future__ import annotations

import ctypes
import fcntl
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1


class StepError(Exception):
    """A step that could not be done; the message is for the person at the terminal."""


def say(line: str) -> None:
    """Print at once, also when the output goes into a file or a pipe."""
    print(line, flush=True)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print "✓ name (0.8 s)" when the block is through."""
    began = time.monotonic()
    yield
    say(f"✓ {name} ({time.monotonic() - began:.1f} s)")


def die_with_parent() -> None:
    """For `preexec_fn`: Linux asks this process to end when the one that started it is gone."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run_logged(
    command: Sequence[str | Path], *, log: Path, cwd: Path, env: Mapping[str, str] | None = None
) -> None:
    """Run a command with its output in `log`; of a failure the last lines are shown.

    Raises:
        StepError: the command is missing or ended with an error.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [str(word) for word in command]
    try:
        with log.open("a", encoding="utf-8") as output:
            # The command inherits this lock with its output: one that outlived a killed start is
            # waited for, instead of being met in the same folder.
            fcntl.flock(output, fcntl.LOCK_EX)
            output.truncate(0)
            done = subprocess.run(
                words,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                preexec_fn=die_with_parent,
            )
    except FileNotFoundError:
        raise StepError(f"{words[0]} is not installed.") from None
    if done.returncode:
        tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        print("\n".join(tail), file=sys.stderr)
        raise StepError(f"`{' '.join(words)}` failed; all it said is in {log}.")
