"""Files are made in the background, and old ones removed at night."""

from __future__ import annotations

from procrastinate.contrib.django import app

from datlanh.exchange.services import export_make, exports_clear

__all__ = ["clear_exports", "make_export"]


@app.task(name="exchange.make_export", queue="exports")
def make_export(export_id: str) -> None:
    """Write one file."""
    export_make(export_id=export_id)


@app.periodic(cron="45 * * * *")
@app.task(name="exchange.clear_exports", queue="exports", lock="exchange.clear_exports")
def clear_exports(timestamp: int) -> None:
    """Remove old files, give up lost ones. Twice is once."""
    exports_clear()
