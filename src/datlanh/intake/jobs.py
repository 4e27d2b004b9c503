"""What intake does after a report is received, in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from datlanh.intake.services.checking import report_recheck

__all__ = ["check_report"]


@app.task(name="intake.check_report", queue="checks", retry=3)
def check_report(report_id: int) -> None:
    """Run the rules over one report."""
    report_recheck(report_id=report_id)
