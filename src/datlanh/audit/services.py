"""Writing the audit trail: inside the transaction of the write it tells about."""

from __future__ import annotations

import getpass
from contextvars import ContextVar
from functools import cache
from typing import Any, Protocol

from datlanh.audit.models import Event
from datlanh.audit.rows import row_insert
from datlanh.kernel import clock


class Who(Protocol):
    """The part of an actor that the trail keeps."""

    @property
    def id(self) -> int | None: ...
    @property
    def full_name(self) -> str: ...


# The door the present write came through, and from where; set by `accounts.acting`.
via: ContextVar[str] = ContextVar("datlanh_via", default="")
origin: ContextVar[str] = ContextVar("datlanh_origin", default="")


def record(
    action: str,
    subject: object,
    *,
    by: Who | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> Event:
    """Keep one event about `subject` (a model instance, or text "type:id").

    Call it in the same transaction as the write, before the service returns.
    """
    if isinstance(subject, str):
        kind, _, key = subject.partition(":")
    else:
        kind, key = type(subject).__name__.lower(), str(getattr(subject, "pk", ""))
    event = Event(
        at=clock.now(),
        actor_id=by.id if by else None,
        actor_name=by.full_name if by else "",
        action=action,
        subject_type=kind,
        subject_id=key[:64],
        before=before,
        after=after,
        note=note,
        via=via.get(),
        origin=(origin.get() or (_login() if via.get() == "command" else ""))[:64],
    )
    row_insert(event)
    return event


@cache
def _login() -> str:
    """Who sits at the command line, as the machine knows them."""
    try:
        return f"login {getpass.getuser()}"
    except (OSError, KeyError):  # a login without a name
        return ""
