"""Phones that send until they have a receipt, an operator who verifies, a centre that approves.

Each remembers what it was promised: an answer that says *received*, *verified*, *approved*.
"""

from __future__ import annotations

import queue
import random
import re
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

import requests

RECEIPT = re.compile(r"BC-\d{4}-\d{6}")
TRY_AGAIN_S = 0.3
TIMEOUT = (3, 20)
CSRF = "c" * 32  # the browser's half of the token, which is all that a form's has to equal


@dataclass
class Promises:
    """What was acknowledged, by instance: the receipt, and how far the report was told to be."""

    receipts: dict[str, str] = field(default_factory=dict)
    photos: dict[str, bytes] = field(default_factory=dict)
    verified: set[str] = field(default_factory=set)
    approved: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)  # contradictions seen on the way
    answers: Counter[str] = field(default_factory=Counter)


class Report:
    """One report that a phone has in hand."""

    def __init__(self, xml: bytes, photo: bytes) -> None:
        self.instance = f"uuid:{uuid.uuid4()}"
        self.xml, self.photo = xml, photo


class Phone(threading.Thread):
    """Sends one report after another; each until it is acknowledged, some of them twice."""

    def __init__(
        self, base: str, secret: str, todo: queue.Queue[Report], *, told: Promises,
        done: queue.Queue[str], ended: threading.Event, dice: random.Random, pause_s: float,
    ) -> None:  # fmt: skip
        super().__init__(daemon=True)
        self.address = f"{base}/key/{secret}/submission"
        self.todo, self.told, self.done, self.ended = todo, told, done, ended
        self.dice, self.pause_s = dice, pause_s

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                report = self.todo.get(timeout=0.5)
            except queue.Empty:
                return
            receipt = self._until_taken(report)
            if receipt is None:
                return
            self.told.receipts[report.instance] = receipt
            self.told.photos[receipt] = report.photo
            self.done.put(receipt)
            again = self._until_taken(report) if self.dice.random() < 0.2 else None
            if again not in (None, receipt):
                self.told.broken.append(f"{report.instance}: {receipt} and then {again}")
            self.ended.wait(self.pause_s)

    def _until_taken(self, report: Report) -> str | None:
        while not self.ended.is_set():
            receipt = self._send(report)
            if receipt:
                return receipt
            self.ended.wait(TRY_AGAIN_S)
        return None

    def _send(self, report: Report) -> str | None:
        files = {
            "xml_submission_file": ("report.xml", report.xml, "text/xml"),
            "anh.jpg": ("anh.jpg", report.photo, "image/jpeg"),
        }
        headers = {"X-OpenRosa-Version": "1.0"}
        try:
            answer = requests.post(self.address, files=files, headers=headers, timeout=TIMEOUT)
        except requests.RequestException:
            self.told.answers["sent: cut off"] += 1
            return None
        self.told.answers[f"sent: {answer.status_code}"] += 1
        found = RECEIPT.search(answer.text)
        return found[0] if answer.status_code in (201, 202) and found else None


class Officer(threading.Thread):
    """Signed in; takes each report one step on (verify, approve) until the page says so."""

    def __init__(
        self, base: str, session: dict[str, str], step: str, *, coming: queue.Queue[str],
        going: queue.Queue[str] | None, kept: set[str], told: Promises, ended: threading.Event,
    ) -> None:  # fmt: skip
        super().__init__(daemon=True)
        self.base, self.session, self.step = base, session, step
        self.coming, self.going, self.kept = coming, going, kept
        self.told, self.ended = told, ended

    def run(self) -> None:
        while not self.ended.is_set():
            try:
                receipt = self.coming.get(timeout=0.5)
            except queue.Empty:
                continue
            if self._until_done(receipt):
                self.kept.add(receipt)
                if self.going is not None:
                    self.going.put(receipt)

    def _until_done(self, receipt: str) -> bool:
        """An answer that was cut off may have been a yes: then the next one is a refusal, and
        the report is as far as it was to be. Whether it is, is judged in the end."""
        until = time.monotonic() + 120
        was_cut_off = False
        while not self.ended.is_set() and time.monotonic() < until:
            status = self._post(receipt)
            if status == 302 or (status in (409, 422) and was_cut_off):
                return True
            if status in (409, 422):
                return False
            was_cut_off = was_cut_off or status in (0, 500, 503)
            self.ended.wait(TRY_AGAIN_S)
        return False

    def _post(self, receipt: str) -> int:
        path = f"/reports/{receipt}/verify"
        if self.step == "approve":
            path = f"/review/{receipt}/approve"
        try:
            answer = requests.post(
                self.base + path,
                data={"csrfmiddlewaretoken": CSRF, "record": "new"},
                cookies={**self.session, "csrftoken": CSRF},
                headers={"Referer": self.base},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            self.told.answers[f"{self.step}: cut off"] += 1
            return 0
        status = answer.status_code
        if "/accounts/login/" in answer.headers.get("Location", ""):
            status = 401
        self.told.answers[f"{self.step}: {status}"] += 1
        return status
