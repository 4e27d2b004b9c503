"""Whose queue of filled-in forms a browser may show: a mark in a cookie that goes with them."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from datlanh.accounts.models import User

COOKIE = "fill_person"
COUNTS = "fill_waiting"  # written by the app: "<mark>.<count>~<mark>.<count>"
Handler = Callable[[HttpRequest], HttpResponse]


def mark_of(user: User) -> str:
    """What stands for a person in a browser: the same for ever, and telling nothing."""
    return salted_hmac("datlanh.fill", str(user.pk), algorithm="sha256").hexdigest()[:20]


def waiting_here(request: HttpRequest) -> int:
    """How many filled-in forms of whoever asks wait in this browser, by its own count."""
    mark = mark_of(request.user) if isinstance(request.user, User) else ""
    for part in request.COOKIES.get(COUNTS, "").split("~"):
        whose, _, count = part.partition(".")
        if whose and whose == mark and count.isdecimal() and len(count) < 5:
            return int(count)
    return 0


class OwnQueue:
    """Middleware: whoever signs out, or in as somebody else, closes the queue of the one before.

    The app reads the mark without asking the server, for it works without a line. Nothing is
    deleted by this: the forms wait until their person signs in here again.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        mark = request.COOKIES.get(COOKIE)
        if mark is not None and COOKIE not in answer.cookies:
            user = request.user
            if not isinstance(user, User) or mark != mark_of(user):
                answer.delete_cookie(COOKIE)
        return answer
