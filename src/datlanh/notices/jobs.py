"""Notices are made and sent every minute, the daily e-mail in the morning."""

from __future__ import annotations

from procrastinate.contrib.django import app

from datlanh.notices.kinds import DIGEST
from datlanh.notices.outbox import mails_send, notices_clear
from datlanh.notices.services import mails_compose, notices_make

__all__ = ["clear_notices", "compose_digests", "make_notices", "send_mails"]


@app.periodic(cron="* * * * *")
@app.task(name="notices.make", queue="notices", lock="notices.make")
def make_notices(timestamp: int) -> None:
    """Tell of what was sealed since. Twice is once."""
    notices_make()


@app.periodic(cron="* * * * *")
@app.task(name="notices.send", queue="notices", lock="notices.send")
def send_mails(timestamp: int) -> None:
    """Send the outbox."""
    mails_send()


# 00:00 UTC is seven in the morning in the province.
@app.periodic(cron="0 0 * * *")
@app.task(name="notices.digest", queue="notices", lock="notices.digest")
def compose_digests(timestamp: int) -> None:
    """One e-mail of the day before for each person who wants it so."""
    mails_compose(DIGEST)


@app.periodic(cron="40 18 * * *")
@app.task(name="notices.clear", queue="notices", lock="notices.clear")
def clear_notices(timestamp: int) -> None:
    """Forget what is old."""
    notices_clear()
