"""Budgets of failed basic sign-ins: phones that send name and password with every request.

As in a browser (ADR 37), neither a guesser elsewhere nor one wrong phone in an office closes the
door to others behind the same address: an account that signed in from an address before has a
budget of its own there. Right passwords cost nothing.
"""

from __future__ import annotations

import hashlib
from typing import Any

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text

OF_BOTH = {"phone": "10/5m/key"}  # one account at one address
OF_ACCOUNT = {"phone": "30/5m/key"}  # from addresses where it never signed in
OF_ADDRESS = {"phone": "60/5m/key"}  # of accounts that never signed in there
WAIT_S = 5 * 60
KNOWN_S = 90 * 24 * 3600

TOO_MANY_TRIES = Text(
    "Nhập sai mật khẩu quá nhiều lần; hãy thử lại sau năm phút. Báo cáo vẫn còn trên máy.",
    "Too many wrong passwords: try again in five minutes. Reports are still on the phone.",
)


class TooManyTriesError(DomainError):
    """A budget of wrong passwords is used up."""

    code = "too_many_tries"


class Try:
    """One sign-in: paid for before the password is looked at, given back when it is right.

    Raises TooManyTriesError when made, if there is nothing to pay with.
    """

    def __init__(self, request: HttpRequest, username: str) -> None:
        address = ratelimit.get_ip(request)
        self._both = f"{username}@{address}"
        budgets = [(OF_BOTH, self._both)]
        if not cache.get(self._mark):
            budgets += [(OF_ACCOUNT, f"account {username}"), (OF_ADDRESS, f"address {address}")]
        self._paid: list[Any] = []
        for config, key in budgets:
            paid = ratelimit.consume(
                request, app="datlanh", action="phone", config=config, key=key, limit_get=True
            )
            if not paid:
                self._give_back()
                raise TooManyTriesError(TOO_MANY_TRIES)
            self._paid.append(paid)

    def was_right(self) -> None:
        """Give back what was paid; the account is known at this address from now on."""
        self._give_back()
        cache.set(self._mark, True, KNOWN_S)

    @property
    def _mark(self) -> str:
        return f"phone-known:{hashlib.sha256(self._both.encode()).hexdigest()[:32]}"

    def _give_back(self) -> None:
        for paid in self._paid:
            paid.rollback()
