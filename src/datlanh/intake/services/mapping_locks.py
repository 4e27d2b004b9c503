"""Who reads reports into the register holds their mapping still; who corrects it waits for all.

In the order of locks this stands between reports and records.
"""

from __future__ import annotations

from django.db import connection

from datlanh.intake.models import Report

MAPPING_LOCK = 0x4D41_5052  # any fixed number; the other half of the lock's key is the version


def mapping_hold(report: Report) -> None:
    """The mapping of a report's version stays as it is to the end of the transaction."""
    if report.form_version_id is not None:
        _lock("pg_advisory_xact_lock_shared", report.form_version_id)


def mapping_take(form_version_id: int) -> None:
    """Wait until nobody reads with a version's mapping; whoever wants to, waits from now on."""
    _lock("pg_advisory_xact_lock", form_version_id)


def _lock(function: str, form_version_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s, %s)", [MAPPING_LOCK, form_version_id])
