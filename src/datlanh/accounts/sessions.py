"""Sessions of browsers: read together with the account and its grants, in one query.

Each page asks for all three. Django's own parts ask one after the other; here the session brings
the account along, and `AccountBackend` takes it from there instead of asking again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from datlanh.accounts.models import Session, User
from datlanh.accounts.selectors import session_by_key

_asking: ContextVar[SessionBase | None] = ContextVar("asking_session", default=None)


class SessionStore(DatabaseStore):
    """The rows of `accounts.Session`. `account` is whose it is, once it was read."""

    account: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """What the rows are."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        session = session_by_key(self.session_key) if self.session_key else None
        if session is None:
            self._session_key = None  # as the parent does
            return None
        self.account = session.account
        return session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """A row of what is kept, and whose it is."""
        session = cast(Session, super().create_model_instance(data))
        session.account_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return session


@contextmanager
def at_hand(session: SessionBase) -> Iterator[None]:
    """While Django asks who is signed in: the account that came with `session` will do."""
    token = _asking.set(session)
    try:
        yield
    finally:
        _asking.reset(token)


class AccountBackend(ModelBackend):
    """Passwords as Django checks them; accounts from the session at hand."""

    def get_user(self, user_id: int) -> User | None:
        """The active account of that number, None without one."""
        account = getattr(_asking.get(), "account", None)
        if isinstance(account, User) and account.pk == int(user_id):
            return account if self.user_can_authenticate(account) else None
        found = super().get_user(user_id)
        return found if isinstance(found, User) else None
