"""A scripted officer clears 100 clean and 20 faulty reports at the review desk, by keyboard alone.

A real Chromium over HTTP, the server as `./run` starts it. Counted: every key that is pressed
from the open desk to the empty queue. The officer does not think: what is measured is the desk.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import place
from bench.measure import clocked, header, percentile

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

if TYPE_CHECKING:
    from playwright.sync_api import Page

OFFICER = "kiemtra2"
PATIENCE_MS = 30_000


def main(argv: list[str]) -> None:
    """Twice: the clean ones together, then every report by itself."""
    parser = argparse.ArgumentParser(prog="python -m bench desk", description=__doc__)
    parser.add_argument("--clean", type=int, default=100)
    parser.add_argument("--faulty", type=int, default=20)
    options = parser.parse_args(argv)
    header(f"The review desk: {options.clean} clean and {options.faulty} faulty reports")
    for together in (True, False):
        _filled(options.clean, options.faulty)
        told = "the clean ones together" if together else "every report by itself"
        _cleared(told, together=together)


def _filled(clean: int, faulty: int) -> None:
    """A fresh register whose queue holds the reports, the faulty ones spread among the others."""
    place.stand_in("desk")
    from support.reports import cha, demo_cast, received, verified

    cast, every = demo_cast(), clean + faulty
    step = max(every // max(faulty, 1), 1)
    wrong = {n for n in range(1, every + 1) if n % step == 0}
    while len(wrong) > faulty:
        wrong.pop()
    for number in range(1, every + 1):
        draft = cha(number)
        if number in wrong:
            draft = draft.but(area_size=10.6)  # hectares where square metres are asked for
        verified(received(draft, by=cast["renew.hientruong"]), by=cast["renew"])


def _cleared(told: str, *, together: bool) -> None:
    from playwright.sync_api import sync_playwright

    from bench.server import serving

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread
    with serving() as port, sync_playwright() as playwright:
        program = os.environ.get("DATLANH_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": 1366, "height": 768},
            base_url=f"http://127.0.0.1:{port}",
            locale="vi-VN",
        )
        page.set_default_timeout(PATIENCE_MS)
        desk = Desk(page)
        desk.sign_in()
        with clocked() as took:
            many = desk.approve_many() if together else 0.0
            desk.clear()
        browser.close()
    _assert_cleared()
    print(f"  {told}")
    print(f"    {'from the open desk to the empty queue':<42} {took[0]:.1f} s")
    print(f"    {'keys pressed':<42} {desk.keys}")
    if many:
        print(f"    {'of these the act for the clean ones':<42} {many:.1f} s, 2 keys")
    print(
        f"    {'from a decision to the next report':<42} median {percentile(desk.waits, 0.5):.0f}, "
        f"p95 {percentile(desk.waits, 0.95):.0f} ms ({len(desk.waits)} decisions)"
    )


@dataclass
class Desk:
    """The officer: looks at what the desk says, presses keys, waits for what comes."""

    page: Page
    keys: int = 0

    def __post_init__(self) -> None:
        self.waits: list[float] = []

    def sign_in(self) -> None:
        """Not counted."""
        from datlanh.accounts.demo import DEMO_PASSWORD

        self.page.goto("/accounts/login/")
        self.page.fill("input[name=login]", OFFICER)
        self.page.fill("input[name=password]", DEMO_PASSWORD)
        self.page.press("input[name=password]", "Enter")
        self.page.wait_for_url("**/")
        self.page.goto("/review/")
        self.page.wait_for_selector("#desk")

    def press(self, *keys: str) -> None:
        """Each counts as one."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def approve_many(self) -> float:
        """`b`, `a`, and back with `u`; the seconds of the act itself."""
        self.press("b")
        self.page.wait_for_selector("#many-form")
        began = time.perf_counter()
        self.press("a")
        self.page.wait_for_url("**/review/many/*", timeout=180_000)
        took = time.perf_counter() - began
        self.press("u")
        self.page.wait_for_selector("#desk, .empty")
        return took

    def clear(self) -> None:
        """Approve what may be approved, return the rest with the reason that is proposed."""
        while (now := self._standing()) is not None:
            receipt, may_approve = now
            began = time.perf_counter()
            if may_approve:
                self.press("a")
            else:
                self.press("r", "Control+Enter")
            self.page.wait_for_function(
                "r => { const d = document.getElementById('desk');"
                " return !d || d.dataset.receipt !== r; }",
                arg=receipt,
            )
            self.waits.append((time.perf_counter() - began) * 1000)

    def _standing(self) -> tuple[str, bool] | None:
        """The report on the desk and whether `a` is offered; None: the queue is empty."""
        self.page.wait_for_load_state("domcontentloaded")
        desk = self.page.query_selector("#desk")
        if desk is None:
            return None
        may = self.page.query_selector("#approve-form button[data-key=a]") is not None
        return desk.get_attribute("data-receipt") or "", may


def _assert_cleared() -> None:
    from django.db import connection

    from datlanh.intake.models import Report

    connection.close()
    states = set(Report.objects.values_list("state", flat=True))
    if states - {"approved", "returned"}:
        raise SystemExit(f"not cleared: {sorted(states)}")
