"""What intake does after a report is received, in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.intake.services.batch_runs import batch_work
from datlanh.intake.services.checking import report_recheck
from datlanh.intake.services.clocks import clocks_remind
from datlanh.intake.services.following import mapping_follow
from datlanh.intake.services.mapping_runs import mapping_work
from datlanh.intake.services.nightly import register_check
from datlanh.intake.services.sole import WHILE_BUSY

__all__ = [
    "check_register",
    "check_report",
    "correct_mapping",
    "follow_mapping",
    "remind_clocks",
    "withdraw_batch",
]


@app.task(name="intake.check_report", queue="checks", retry=3)
def check_report(report_id: int) -> None:
    """Run the rules over one report."""
    report_recheck(report_id=report_id)


@app.task(name="intake.follow_mapping", queue="checks", retry=3)
def follow_mapping(form_version_id: int) -> None:
    """Bring what lists show of a version's reports in line with its corrected mapping."""
    mapping_follow(form_version_id=form_version_id)


@app.task(name="intake.correct_mapping", queue="checks", retry=WHILE_BUSY)
def correct_mapping(run_id: int) -> None:
    """Read the reports of a version anew with its corrected mapping. Twice is once."""
    mapping_work(run_id=run_id)


@app.task(name="intake.withdraw_batch", queue="checks", retry=WHILE_BUSY)
def withdraw_batch(run_id: int) -> None:
    """Withdraw the reports of a confirmed batch. Twice is once."""
    batch_work(run_id=run_id)


# 18:00 UTC is one o'clock at night in the province. One run at a time: a long one is not overtaken.
@app.periodic(cron="0 18 * * *")
@app.task(name="intake.check_register", queue="checks", lock="intake.check_register")
def check_register(timestamp: int) -> None:
    """Run the nightly rules over the whole register."""
    with acting(SYSTEM, via="job"):
        register_check(by=SYSTEM)


# 00:30 and 06:30 in the province: a morning on which the machine was off is made up for.
@app.periodic(cron="30 17,23 * * *")
@app.task(name="clocks.remind", queue="checks", lock="clocks.remind")
def remind_clocks(timestamp: int) -> None:
    """Remind information officers of what is due. Twice is once."""
    with acting(SYSTEM, via="job"):
        clocks_remind(by=SYSTEM)
