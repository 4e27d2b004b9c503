"""Verified reports that wait for approval, through the front door but for the phone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

from bench.filling import TEMPLATES, local_id, templates
from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.intake.instance import instance_of
from datlanh.intake.models import FormVersion, Report
from datlanh.intake.services.receiving import report_receive
from datlanh.intake.services.verifying import report_verify
from datlanh.kernel import clock
from datlanh.kernel.mapping import Answers
from datlanh.register.models import Record

FIRST_NEW = 690_000  # running numbers that the filling never reaches


def verified_new(count: int) -> list[tuple[int, UUID | None]]:
    """Reports of areas the register does not know yet."""
    first = FIRST_NEW + _sent()
    found: list[tuple[int, UUID | None]] = []
    for number in range(count):
        template = templates()[number % TEMPLATES]
        values = template.values | {
            "cha_id": f"HAZ-409-{first + number:06d}",
            "information_manager_date": clock.today().isoformat(),
        }
        found.append((_verified(replace(template, values=values)), None))
    return found


def verified_updates(count: int, record: int | None = None) -> list[tuple[int, UUID | None]]:
    """Updates of areas that stand: each of another one, or all of one on days of their own."""
    sent = _sent()
    found: list[tuple[int, UUID | None]] = []
    for number in range(count):
        mine = 1 + sent + number if record is None else record
        kept = Record.objects.get(local_id=local_id(mine))
        template = templates()[mine % TEMPLATES]
        before = (
            0 if record is None else Report.objects.filter(record_local_id=kept.local_id).count()
        )
        on = clock.today() - dt.timedelta(days=max(700 - before, 0))
        values = {k: template.values[k] for k in ("organisation", "commune", "village")}
        values |= {
            "cha_id": kept.local_id,
            "status": ("worked_on", "suspended", "open")[number % 3],
            "information_manager_date": (on if record is not None else clock.today()).isoformat(),
        }
        found.append((_verified(Answers(values=values)), kept.pk))
    return found


def _sent() -> int:
    """How many came through the front door here before."""
    return Report.objects.exclude(receipt__startswith="BC-0000-").count()


def _verified(answers: Answers) -> int:
    sender = User.objects.get(username="renew.hientruong")
    officer = User.objects.get(username="renew")
    form = FormVersion.objects.get(form="cha", retired_at=None)
    xml = instance_of(form, answers, f"uuid:{uuid4()}")
    with acting(sender, via="openrosa"):
        report = report_receive(
            xml=xml, by=sender, organisation=sender.organisation, channel="openrosa"
        ).report
    with acting(officer, via="web"):
        report_verify(id=report.pk, by=officer)
    return report.pk
