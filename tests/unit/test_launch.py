"""A start that meets a used port, another start, a note of a crash, or a changed source."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from datlanh.config import assets, cli, cluster, freshness, launch, suite
from datlanh.config.environment import ROOT
from datlanh.config.stamps import Stamps
from datlanh.config.steps import StepError, run_logged


def test_a_free_port_is_taken_as_named() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert launch.free_port("127.0.0.1", port) == port


def test_a_used_port_is_passed_over() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        used = other.getsockname()[1]
        assert launch.free_port("127.0.0.1", used) > used


def test_no_free_port_is_said_with_the_option_that_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "_is_free", lambda _host, _port: False)
    with pytest.raises(StepError, match="--port"):
        launch.free_port("127.0.0.1", 8000)


def test_a_second_start_learns_where_the_first_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATLANH_VAR", str(tmp_path))
    with launch.only_one(tmp_path) as note:
        assert note is not None
        assert launch.main([]) == 1  # the first is still setting up
        launch.write_note(note, address="http://127.0.0.1:8001/")
        assert launch.main([]) == 0
    assert "http://127.0.0.1:8001/" in capsys.readouterr().out


def test_the_note_of_a_start_that_crashed_locks_nobody_out(tmp_path: Path) -> None:
    note = {"process": 1, "address": "http://127.0.0.1:8000/"}
    (tmp_path / "run.lock").write_text(json.dumps(note))
    with launch.only_one(tmp_path) as taken:
        assert taken is not None


def test_stopping_ends_the_children_of_a_child_that_does_not_listen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launch, "STOP_WITHIN_S", 0.3)
    deaf = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    with launch.child([sys.executable, "-c", deaf]) as process:
        time.sleep(0.5)
    assert process.returncode in {-signal.SIGKILL, -signal.SIGTERM}


def test_the_port_of_a_start_that_was_killed_is_waited_for() -> None:
    """Behind a proxy the next start must come up where the last one was."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        threading.Timer(0.3, server.close).start()
        launch.wait_for_port("127.0.0.1", port)
        assert launch.free_port("127.0.0.1", port) == port


def test_what_a_killed_child_leaves_behind_is_ended_too(tmp_path: Path) -> None:
    """A web server that is killed would leave its workers on the port."""
    note = tmp_path / "left"
    script = (
        "import subprocess, sys, time; left = subprocess.Popen([sys.executable, '-c',"
        f" 'import time; time.sleep(60)']); open({str(note)!r}, 'w').write(str(left.pid));"
        " time.sleep(60)"
    )
    with launch.child([sys.executable, "-c", script]) as process:
        for _ in range(200):
            if note.exists() and note.read_text():
                break
            time.sleep(0.05)
        left = int(note.read_text())
        process.kill()
        process.wait()
    for _ in range(100):
        if not Path(f"/proc/{left}").exists() or _is_zombie(left):
            return
        time.sleep(0.05)
    raise AssertionError("the one left behind still runs")


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_a_job_worker_that_ends_is_started_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(launch, "FIRST_WAIT_S", 0.2)
    kept = launch.Kept([sys.executable, "-c", "pass"])
    with kept:
        until, times = time.monotonic() + 10, 0
        while times < 2 and time.monotonic() < until:
            times += kept.look()
            time.sleep(0.05)
    assert times == 2


def test_a_child_ends_with_its_launcher_however_that_one_ends(tmp_path: Path) -> None:
    note = tmp_path / "child"
    script = f"""
import sys, time
from datlanh.config import launch
with launch.child([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
    open({str(note)!r}, "w").write(str(process.pid))
    time.sleep(60)
"""
    launcher = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT / "src")
    for _ in range(200):
        if note.exists() and note.read_text():
            break
        time.sleep(0.05)
    launcher.kill()
    launcher.wait()
    child = int(note.read_text())
    for _ in range(100):
        if _gone(child):
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the child outlived its launcher")


def _gone(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def test_a_server_that_ends_at_once_is_not_waited_for() -> None:
    with launch.child([sys.executable, "-c", ""]) as process:
        process.wait()
        with pytest.raises(StepError, match="ended at once"):
            launch.wait_for_answer(process, "127.0.0.1", 1)


def test_a_failed_command_shows_its_last_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StepError, match="log"):
        run_logged(["sh", "-c", "echo the reason; exit 3"], log=tmp_path / "log", cwd=tmp_path)
    assert "the reason" in capsys.readouterr().err


def test_a_command_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="no-such-program is not installed"):
        run_logged(["no-such-program"], log=tmp_path / "log", cwd=tmp_path)


def test_a_stamp_holds_only_for_the_inputs_it_was_made_for(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "stamps")
    assert not stamps.holds("seeds", "a")
    stamps.put("seeds", "a")
    assert stamps.holds("seeds", "a")
    assert not stamps.holds("seeds", "b")
    stamps.drop("seeds")
    assert not stamps.holds("seeds", "a")


def test_a_changed_source_asks_for_a_new_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshness, "ROOT", tmp_path)
    source = tmp_path / "src" / "datlanh" / "module.py"
    source.parent.mkdir(parents=True)
    source.write_text("a = 1\n")
    before = freshness.sources()
    (source.parent / "__pycache__").mkdir()
    (source.parent / "__pycache__" / "module.pyc").write_bytes(b"")
    assert freshness.sources() == before
    source.write_text("a = 10\n")
    assert freshness.sources() != before


def test_a_first_start_is_never_taken_for_a_second(tmp_path: Path) -> None:
    assert not freshness.is_fresh(tmp_path, demo=False)


def test_the_last_holder_stops_the_cluster_and_only_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(cluster, "tool", lambda verb, _var: said.append(verb) or "")
    with cluster.awake(tmp_path):
        with cluster.awake(tmp_path):
            pass
        assert said == ["start", "start"]
    assert said == ["start", "start", "stop"]


def test_a_cluster_started_by_hand_is_left_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(cluster, "tool", lambda verb, _var: said.append(verb) or "")
    (tmp_path / "cluster.keep").touch()
    with cluster.awake(tmp_path):
        pass
    assert said == ["start"]


def test_help_wakes_no_database() -> None:
    assert not cli._needs_database(["datlanh"])
    assert not cli._needs_database(["datlanh", "help", "backup"])
    assert not cli._needs_database(["datlanh", "--version"])
    assert cli._needs_database(["datlanh", "backup"])


def test_translations_are_compiled_once_and_again_when_they_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "PACKAGE", tmp_path)
    source = tmp_path / "web" / "locale" / "vi" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr ""\n\nmsgid "Map"\nmsgstr "Bản đồ"\n', encoding="utf-8")
    assert assets.compile_translations() == 1
    assert "Bản đồ".encode() in source.with_suffix(".mo").read_bytes()
    assert assets.compile_translations() == 0
    later = source.with_suffix(".mo").stat().st_mtime + 5
    os.utime(source, (later, later))
    assert assets.compile_translations() == 1


def test_a_suite_with_one_failed_lane_fails_and_names_every_skip(
    capsys: pytest.CaptureFixture[str],
) -> None:
    results = [suite.Result("lint", 0, 0.1), suite.Result("types", 1, 2.0)]
    assert suite.sum_up(results, Counter({"no browser": 3})) == 1
    said = capsys.readouterr().out
    assert "✗ types" in said
    assert "skipped 3×: no browser" in said
    assert suite.sum_up(results[:1], Counter()) == 0


def test_skips_are_read_from_the_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    case = '<testcase name="{}"><skipped message="no chromium"/></testcase>'
    report.write_text(f"<testsuites><testsuite>{case}{case}</testsuite></testsuites>")
    assert suite.skips(report) == Counter({"no chromium": 2})


@pytest.mark.parametrize("name", ["run", "check", "datlanh", ".ci/run", "tools/cluster"])
def test_every_script_is_executable_and_reads_as_bash(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    assert subprocess.run(["bash", "-n", str(ROOT / name)], check=False).returncode == 0


def test_no_lock_file_names_a_registry() -> None:
    for path in ROOT.glob("requirements*.txt"):
        assert "://" not in path.read_text(), path.name
