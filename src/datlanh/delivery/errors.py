"""Refusals and failures as calm answers: a page, JSON or one sentence, as the asker accepts.

`CalmErrors` turns what a view raises; `bad_request` … `broken` are Django's four handlers.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from datlanh.accounts.scope import NotAllowedError
from datlanh.kernel.errors import (
    ConflictError,
    DomainError,
    TransitionError,
    TryLaterError,
    UnreadableError,
)
from datlanh.kernel.text import Text

log = logging.getLogger(__name__)

RETRY_AFTER_S = 60
STATUSES: tuple[tuple[type[DomainError], int], ...] = (
    (NotAllowedError, 403),
    (TransitionError, 409),
    (ConflictError, 409),
    (UnreadableError, 400),
    (TryLaterError, 503),
)
REFUSED = 422

WORDS = {
    400: Text("Yêu cầu không đọc được.", "The request could not be read."),
    403: Text("Bạn không có quyền xem trang này.", "You may not see this page."),
    404: Text("Không có trang hoặc hồ sơ này.", "There is no such page or record."),
    429: Text(
        "Đã thử quá nhiều lần. Hãy chờ vài phút rồi thử lại.",
        "Too many tries. Wait some minutes and try again.",
    ),
    500: Text(
        "Máy chủ gặp lỗi. Dữ liệu đã lưu vẫn an toàn.", "The server failed. What was saved is safe."
    ),
    503: Text(
        "Hệ thống đang bận, hãy thử lại sau ít phút.",
        "The system is busy. Try again in a few minutes.",
    ),
}


def status_of(error: DomainError) -> int:
    """The HTTP status that says what kind of refusal this is."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), REFUSED)


class CalmErrors:
    """Middleware: answers a `DomainError` or a database that is away; leaves the rest to Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The calm answer, or None when the failure is not one of ours."""
        if isinstance(error, DomainError):
            return refusal(request, error)
        if isinstance(error, OperationalError | InterfaceError) and not settings.DEBUG:
            log.exception("the database does not answer")
            return failure(request, 503)
        return None


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """What the house refuses, in the asker's language, with its code and status."""
    status = status_of(error)
    sentence = error.say(_language())
    if request.headers.get("HX-Request"):
        # 422 is the one refusal that htmx swaps in; the place of messages is on every page.
        answer = render(
            request,
            "components/refusal.html",
            {"refusal": sentence, "code": error.code},
            status=REFUSED,
        )
        answer["HX-Retarget"], answer["HX-Reswap"] = "#messages", "innerHTML"
        return answer
    answer = _spoken(request, status, error.code, sentence) or render(
        request,
        "refusal.html",
        {"refusal": sentence, "code": error.code, "status": status},
        status=status,
    )
    return _retried(answer, status)


def failure(request: HttpRequest, status: int) -> HttpResponse:
    """One of Django's failures. 500 and 503 use no session and no database: these may be gone."""
    answer = _spoken(request, status, f"http_{status}", WORDS[status].say(_language()))
    if answer is None and status in (403, 404, 429):
        answer = render(request, f"{status}.html", status=status)
    if answer is None:
        answer = HttpResponse(
            render_to_string(f"{status}.html", {"language": _language()}), status=status
        )
    return _retried(answer, status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`."""
    return failure(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler403`."""
    return failure(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404`."""
    return failure(request, 404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Asked for too often; allauth's `handler429`."""
    return failure(request, 429)


def broken(request: HttpRequest) -> HttpResponse:
    """`handler500`. What fails before a view is reached, in reading a session, comes here too."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    return failure(request, 503 if away else 500)


def _spoken(request: HttpRequest, status: int, code: str, sentence: str) -> HttpResponse | None:
    """The answer for a program, or None when a person with a browser asks."""
    kind = request.get_preferred_type(["text/html", "application/json", "text/plain"])
    if kind == "text/html":
        return None
    if kind == "application/json":
        return JsonResponse({"code": code, "detail": sentence}, status=status)
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


def _retried(answer: HttpResponse, status: int) -> HttpResponse:
    if status in (429, 503):
        answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _language() -> str:
    return get_language() or "vi"
