"""How allauth behaves here: accounts are made by the centre; who guesses is slowed down.

Failed sign-ins are counted per account and per address (ADR 37). A browser in which an account
signed in before carries a mark for that account and has a budget of its own: neither a guesser
elsewhere nor a busy office behind one address closes the door to it.

What allauth does to an account (signing in and out, second steps, passwords) passes through here
and is told to the audit trail.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from datlanh.accounts.acting import SYSTEM, acting
from datlanh.accounts.models import User
from datlanh.accounts.selectors import user_by_username
from datlanh.audit.services import record

KNOWN_BROWSER = {"login_failed": "10/5m/key"}
MARK_DAYS = 180
SALT = "datlanh.known-browser"

# What allauth would send a letter about, as events; nothing else of it is kept.
NOTIFIED = {
    "account/email/password_changed": ("user.set_password", ""),
    "account/email/password_set": ("user.set_password", ""),
    "mfa/email/totp_activated": ("user.add_second_step", "totp"),
    "mfa/email/totp_deactivated": ("user.drop_second_step", "totp"),
    "mfa/email/webauthn_added": ("user.add_second_step", "passkey"),
    "mfa/email/webauthn_removed": ("user.drop_second_step", "passkey"),
    "mfa/email/recovery_codes_generated": ("user.add_second_step", "recovery_codes"),
}


class NoSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Sign-in only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator makes accounts."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Take from a budget before a password is tried; ValidationError when it is used up."""
        username = str(credentials.get("username") or "").strip().lower()
        mark = mark_of(request, username)
        if mark is None:
            super().pre_authenticate(request, **credentials)
            return
        # What allauth gives back after the right password.
        self._login_failed_rl_usage = ratelimit.consume(
            request,
            app="allauth.account",
            action="login_failed",
            config=KNOWN_BROWSER,
            key=f"known {username} {mark}",
        )
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> Any:
        """Mark the browser as one in which this account signed in."""
        answer = super().post_login(request, user, **more)
        with acting(user, via="web", origin=_address(request)):
            record("session.begin", user, by=user)
        mark = mark_of(request, user.username) or secrets.token_urlsafe(12)
        answer.set_cookie(
            cookie_of(user.username),
            signing.dumps([user.username, mark], salt=SALT),
            max_age=MARK_DAYS * 24 * 3600,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
        return answer

    def logout(self, request: HttpRequest) -> None:
        """End the session, and keep that it ended."""
        user = request.user
        if isinstance(user, User):
            record("session.end", user, by=user, after={"sessions": 1})
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep for which account a password was wrong; what was typed otherwise is not kept.

        In place of a name people type passwords now and then.
        """
        user = user_by_username(str(credentials.get("username") or "").strip().lower())
        with acting(SYSTEM, via="web", origin=_address(request)):
            record("session.refuse", f"user:{user.pk if user else ''}", by=None)

    def send_notification_mail(self, template_prefix: str, user: User, *_: Any, **__: Any) -> None:
        """Accounts have no address: what would be a letter is an event."""
        if template_prefix in NOTIFIED:
            action, kind = NOTIFIED[template_prefix]
            record(action, user, by=user, after={"kind": kind} if kind else None)


def _address(request: HttpRequest) -> str:
    return str(get_client_ip(request) or "")


def cookie_of(username: str) -> str:
    """One mark for each account, without its name."""
    return f"known_{hashlib.sha256(username.encode()).hexdigest()[:12]}"


def mark_of(request: HttpRequest, username: str) -> str | None:
    """The mark this browser carries for that account, if it is one of ours."""
    try:
        kept = signing.loads(
            request.COOKIES.get(cookie_of(username), ""),
            salt=SALT,
            max_age=MARK_DAYS * 24 * 3600,
        )
    except signing.BadSignature:
        return None
    return str(kept[1]) if kept[0] == username else None
