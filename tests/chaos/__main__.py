"""Reports, verification and review while web, jobs and database are killed with -9 at random.

    cd tests && ../var/venv/bin/python -m chaos --seconds 600

fsync is on. In the end every report that was acknowledged exists exactly once with its photo,
every verified or approved one stands where it was said to stand, the register equals its
reports, the audit trail is sound. A killed process is not a power cut: what the kernel had
taken survives here, and that the disk had it is shown by no such test.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from chaos.house import ROOT, House, kill_held
from chaos.people import Officer, Phone, Promises, Report

sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT)]
if TYPE_CHECKING:
    from support.reports import Draft

PHONES = 4
SETTLES_S = 180


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--every", type=float, default=6, help="seconds between kills, about")
    parser.add_argument("--reports", type=int, default=4000, help="at most so many")
    parser.add_argument("--pause", type=float, default=0.2, help="of a phone between two reports")
    parser.add_argument("--port", type=int, help="default: a free one")
    parser.add_argument("--var", type=Path, help="a folder for the installation; default: its own")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    var = options.var or Path(tempfile.mkdtemp(prefix="datlanh-chaos-"))
    var = var.resolve()
    var.mkdir(parents=True, exist_ok=True)
    print(f"seed {options.seed}, {var}", flush=True)
    prepare(var)
    dice, told = random.Random(options.seed), Promises()
    subprocess.run([str(ROOT / "tools" / "cluster"), "start"], env=_environment(var), check=True)
    os.environ.update(DATLANH_VAR=str(var), DJANGO_SETTINGS_MODULE="datlanh.config.settings")
    import django

    django.setup()
    reports, secrets, sessions = cast(options.reports)
    options.port = options.port or free_port()
    house = House(var, options.port)
    house.open()
    try:
        problems = run(
            house, options, dice=dice, told=told, reports=reports, secrets=secrets,
            sessions=sessions,
        )  # fmt: skip
    finally:
        house.close()
        subprocess.run(
            [str(ROOT / "tools" / "cluster"), "stop"],
            env={**os.environ, "DATLANH_VAR": str(var)}, check=False,
        )  # fmt: skip
    for problem in problems[:50]:
        print(f"✗ {problem}")
    print("✓ nothing was lost, nothing was doubled" if not problems else f"✗ {len(problems)}")
    return 1 if problems else 0


def run(
    house: House, options: argparse.Namespace, *, dice: random.Random, told: Promises,
    reports: list[Report], secrets: list[str], sessions: dict[str, dict[str, str]],
) -> list[str]:  # fmt: skip
    """The storm, the calm after it, and what is wrong then."""
    if not house.answers(120):
        return ["the house does not answer"]
    killed, down = storm(
        house, options, dice=dice, told=told, reports=reports, secrets=secrets, sessions=sessions
    )
    print(f"killed {sum(killed.values())}: {dict(killed)}; {house.starts} starts of ./run")
    print(f"answers: {dict(sorted(told.answers.items()))}")
    print(f"longest without an answer: {down:.1f} s", flush=True)
    return judge(_environment(house.var), told, settle(house))


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(var: Path) -> None:
    """Cluster, tables, reference data, forms: as a first start does it."""
    subprocess.run(
        [sys.executable, "-m", "datlanh.config.launch", "--prepare"],
        cwd=ROOT, env=_environment(var), check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _environment(var: Path) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "DATLANH_FAST"))}
    return {**clean, "DATLANH_VAR": str(var), "PYTHONPATH": str(ROOT / "src")}


def cast(count: int) -> tuple[list[Report], list[str], dict[str, dict[str, str]]]:
    """People, phones with secrets, sessions, and the reports they will send."""
    from django.conf import settings
    from django.test import Client

    from datlanh.accounts.acting import SYSTEM
    from datlanh.accounts.services import device_add
    from datlanh.intake.instance import instance_of
    from support.reports import cha, demo_cast, form_of

    people = demo_cast()
    phones = [
        device_add(user=people["renew.hientruong"], name=f"Máy {n}", by=SYSTEM)[1]
        for n in range(PHONES)
    ]
    form, made, draft = form_of("cha"), [], cha(1)
    for number in range(count):
        report = Report(b"", b"\xff\xd8\xff\xe0" + os.urandom(1500))
        report.xml = instance_of(form, _elsewhere(draft, number).answers, report.instance)
        made.append(report)
    sessions = {}
    for name in ("renew", "kiemtra2"):
        client = Client()
        client.force_login(people[name], "datlanh.accounts.sessions.AccountBackend")
        key = settings.SESSION_COOKIE_NAME
        sessions[name] = {key: client.cookies[key].value}
    return made, phones, sessions


def _elsewhere(draft: Draft, number: int) -> Draft:
    """The same report with an id, ground and finds of its own: small cells that do not touch."""
    from shapely.geometry import Point, box

    from datlanh.kernel.geometry import area_m2
    from support.reports import SOUTH, WEST, commune_of

    row, column = divmod(number, 64)
    west, south = round(WEST + column * 0.0008, 5), round(SOUTH + row * 0.0008, 5)
    cell = box(west, south, round(west + 0.0006, 5), round(south + 0.0006, 5))
    middle = [round(cell.centroid.x, 6), round(cell.centroid.y, 6)]
    rows = {
        key: [{**each, "points": {"position": middle}} for each in draft.answers.rows[key]]
        for key in ("evidence_points", "found_items")
    }
    own = draft.but(
        cha_id=f"HAZ-409-{600001 + number:06d}", internal_id=f"TS-{number:04d}",
        shape_id=f"TS-{number:04d}", area_size=round(area_m2(cell)), commune=commune_of(cell),
        **rows,
    )  # fmt: skip
    # The first corner of the drawing is the area's point.
    return own.at(polygon_points=cell, coordinates=Point(cell.exterior.coords[0]))


def storm(
    house: House, options: argparse.Namespace, *, dice: random.Random, told: Promises,
    reports: list[Report], secrets: list[str], sessions: dict[str, dict[str, str]],
) -> tuple[Counter[str], float]:  # fmt: skip
    """Let them work, and kill; answers what was killed and the longest silence."""
    base = f"http://127.0.0.1:{options.port}"
    todo: queue.Queue[Report] = queue.Queue()
    for report in reports:
        todo.put(report)
    received: queue.Queue[str] = queue.Queue()
    verified: queue.Queue[str] = queue.Queue()
    sending, working = threading.Event(), threading.Event()
    phones = [
        Phone(
            base, secret, todo, told=told, done=received, ended=sending,
            dice=random.Random(dice.random()), pause_s=options.pause,
        )
        for secret in secrets
    ]  # fmt: skip
    officers = [
        Officer(base, sessions["renew"], "verify", coming=received, going=verified,
                kept=told.verified, told=told, ended=working),
        Officer(base, sessions["kiemtra2"], "approve", coming=verified, going=None,
                kept=told.approved, told=told, ended=working),
    ]  # fmt: skip
    for thread in (*phones, *officers):
        thread.start()
    killed, down = kill(house, options, dice, told)
    sending.set()
    for phone in phones:
        phone.join(60)
    # The desk works on for a while in peace: what was sent should be decided.
    until = time.monotonic() + min(60, options.seconds)
    while time.monotonic() < until and (received.qsize() or verified.qsize()):
        time.sleep(0.5)
    working.set()
    for officer in officers:
        officer.join(150)
    return killed, down


def kill(
    house: House, options: argparse.Namespace, dice: random.Random, told: Promises
) -> tuple[Counter[str], float]:
    killed: Counter[str] = Counter()
    until = time.monotonic() + options.seconds
    last, count, down = time.monotonic(), 0, 0.0
    strike = time.monotonic() + options.every
    while time.monotonic() < until:
        time.sleep(0.1)
        now = len(told.receipts) + len(told.verified) + len(told.approved)
        if now != count:
            down, last, count = max(down, time.monotonic() - last), time.monotonic(), now
        if time.monotonic() < strike:
            continue
        strike = time.monotonic() + options.every * dice.uniform(0.3, 1.7)
        found = list(house.targets())
        # By kind first, or sessions, of which there are many, would be all that dies.
        if found:
            kind = dice.choice(sorted({kind for kind, _pid in found}))
            pid = dice.choice([pid for k, pid in found if k == kind])
            killed[kind] += kill_held(house, kind, pid)
    return killed, down


def settle(house: House) -> float:
    """Until the house answers and no check waits; how long that took, -1 for too long."""
    began = time.monotonic()
    while time.monotonic() - began < SETTLES_S:
        if house.answers(5) and not _waiting():
            return time.monotonic() - began
        time.sleep(1)
    return -1


def _rows(query: str, tries: int = 5) -> list[tuple[object, ...]]:
    from django.db import OperationalError, connection, connections

    connections["default"].close()
    try:
        with connection.cursor() as cursor:
            cursor.execute("select set_config('datlanh.scope', 'all', false)")
            cursor.execute(query)
            return list(cursor.fetchall())
    except OperationalError:  # of a database that was killed meanwhile
        if tries == 1:
            raise
        return _rows(query, tries - 1)


def _waiting() -> bool:
    from django.db import DatabaseError

    try:
        ((jobs,),) = _rows(
            "select count(*) from procrastinate_jobs where status in ('todo', 'doing')"
            " and task_name = 'intake.check_report'"
        )
        ((seals,),) = _rows("select count(*) from audit_unsealed")
    except DatabaseError:
        return True
    return bool(jobs or seals)


def judge(environment: dict[str, str], told: Promises, settled: float) -> list[str]:
    """Everything that is not as it was promised."""
    from django.conf import settings

    problems = list(told.broken)
    if settled < 0:
        problems.append("jobs or seals still wait")
    rows = _rows("select instance_id, receipt, state, id from intake_report")
    by_instance: dict[str, list[tuple[object, ...]]] = {}
    for row in rows:
        by_instance.setdefault(str(row[0]), []).append(row)
    states = {str(row[1]): str(row[2]) for row in rows}
    for instance, receipt in told.receipts.items():
        found = by_instance.get(instance, [])
        if [str(row[1]) for row in found] != [receipt]:
            problems.append(f"{instance} was promised {receipt}, and is {found}")
    problems += [f"{r} was verified, and is {states.get(r)}" for r in told.verified
                 if states.get(r) not in {"verified", "approved"}]  # fmt: skip
    problems += [f"{r} was approved, and is {states.get(r)}" for r in told.approved
                 if states.get(r) != "approved"]  # fmt: skip
    doubled = _rows(
        "select report_id, kind, count(*) from register_decision group by 1, 2 having count(*) > 1"
    )
    problems += [f"decided twice: {row}" for row in doubled]
    unchecked = _rows("select receipt from intake_report where checked_at is null")
    problems += [f"{row[0]} was never checked" for row in unchecked]
    problems += _photos(told, Path(settings.FILES_ROOT))
    problems += _commands(environment)
    ((total,),) = _rows("select count(*) from intake_report")
    ((events,),) = _rows("select count(*) from audit_event")
    print(
        f"reports: {len(told.receipts)} acknowledged, {total} kept;"
        f" {len(told.verified)} verified, {len(told.approved)} approved; {events} events;"
        f" settled in {settled:.0f} s",
        flush=True,
    )
    return problems


def _photos(told: Promises, root: Path) -> list[str]:
    import hashlib

    rows = _rows("select r.receipt, a.sha256 from intake_attachment a"
                 " join intake_report r on r.id = a.report_id")  # fmt: skip
    kept = {(str(receipt), str(total)) for receipt, total in rows}
    problems = []
    for receipt, photo in told.photos.items():
        total = hashlib.sha256(photo).hexdigest()
        there = [p for p in root.rglob(f"{total}*") if p.read_bytes() == photo]
        if (receipt, total) not in kept or not there:
            problems.append(f"the photo of {receipt} is missing")
    return problems


def _commands(environment: dict[str, str]) -> list[str]:
    problems = []
    for words in (["register", "verify"], ["audit", "verify"]):
        done = subprocess.run(
            [sys.executable, "-m", "datlanh.config.cli", *words],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        print(f"{' '.join(words)}: {(done.stdout + done.stderr).strip()[-400:]}", flush=True)
        if done.returncode:
            problems.append(f"{' '.join(words)} failed")
    return problems


if __name__ == "__main__":
    raise SystemExit(main())
