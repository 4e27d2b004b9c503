"""Two sendings of one report at the same moment."""

from __future__ import annotations

import threading

from django.db import connections

from datlanh.intake.models import Report
from support.phones import JPEG, phone_of, receipt_of
from support.reports import release, sent


def test_the_same_instance_at_the_same_moment_is_one_report(fresh_db):
    xml = sent(release(1))
    phones = [phone_of() for _ in range(6)]
    gate = threading.Barrier(len(phones))
    answers: list[tuple[int, str]] = []

    def send(place: int) -> None:
        gate.wait(timeout=20)
        answer = phones[place].send(xml, {f"{place}.jpg": JPEG + bytes([place])})
        answers.append((answer.status_code, receipt_of(answer)))
        connections["default"].close()

    threads = [threading.Thread(target=send, args=(i,)) for i in range(len(phones))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(status for status, _ in answers) == [201] + [202] * 5
    assert len({receipt for _, receipt in answers}) == 1
    report = Report.objects.get()
    assert report.attachments.count() == 6
