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
from datlanh.accounts.selectors import kept_key, session_by_key
from datlanh.kernel import clock

_asking: ContextVar[SessionBase | None] = ContextVar("asking_session", default=None)


class SessionStore(DatabaseStore):
    """The rows of `accounts.Session`. `account` is whose it is, once it was read."""

    account: User | None = None
    row: Session | None = None  # as it was read
    visitor: tuple[str, str | None] = ("", None)  # what browser, from where; set by the middleware

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """What the rows are."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        session = session_by_key(self.session_key) if self.session_key else None
        if session is None:
            self._session_key = None  # as the parent does
            return None
        self.account, self.row = session.account, session
        return session

    def exists(self, session_key: str) -> bool:
        """Whether that key is taken."""
        return super().exists(kept_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        """End this session, or the one of that key."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(kept_key(key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """A row of what is kept, and whose it is; the key only as a digest."""
        session = cast(Session, super().create_model_instance(data))
        session.session_key = kept_key(session.session_key)
        session.account_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        known, now = self.row, clock.now()
        is_known = known is not None and known.session_key == session.session_key
        session.created_at = known.created_at if known and is_known else now
        session.last_seen_at = known.last_seen_at if known and is_known else now
        browser, address = self.visitor
        session.browser = browser or (known.browser if known else "")
        session.address = address or (known.address if known else None)
        return session


# Told by what browsers say of themselves; the first that fits. Order matters: Edge says Chrome too.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_named(agent: str) -> str:
    """A short name of a browser, "Firefox, Linux"; versions and models are not kept."""
    found = (next((name for sign, name in of if sign in agent), "") for of in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)


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
