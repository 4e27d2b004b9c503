"""What accounts do in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from datlanh.accounts.services import sessions_clear

__all__ = ["clear_sessions"]


@app.periodic(cron="15 18 * * *")  # a quarter past one at night in the province
@app.task(name="accounts.clear_sessions", queue="checks")
def clear_sessions(timestamp: int) -> None:
    """Forget the browsers whose time is over. Twice is once."""
    sessions_clear()
