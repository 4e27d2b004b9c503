"""OpenRosa's answers: its headers on all of them, and refusals as one sentence."""

from __future__ import annotations

import functools
import html
import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import translation
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from datlanh.accounts.phonebudget import WAIT_S, TooManyTriesError
from datlanh.accounts.scope import NotAllowedError
from datlanh.api.openrosa.callers import Caller, RevokedError, SignInError, caller_of
from datlanh.delivery.errors import RETRY_AFTER_S, status_of
from datlanh.intake.files import DISK_FULL, NO_ROOM
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError, TryLaterError, UnreadableError
from datlanh.kernel.text import Text

log = logging.getLogger(__name__)

XML = "text/xml; charset=utf-8"
# What a phone is asked to put into one part; larger ones are taken up to SUBMISSION_MAX_BYTES.
# Each part is safe once it is answered, so small parts suit poor connections.
PART_BYTES = 10 * 1024 * 1024

BROKEN_BODY = Text(
    "Nội dung gửi lên không đọc được; hãy gửi lại.",
    "What was sent could not be read; send it again.",
)
BUSY = Text(
    "Máy chủ đang bận. Báo cáo chưa được nhận; hãy giữ lại trên máy và gửi lại sau.",
    "The server is busy. The report was not taken: keep it and send it again later.",
)
FAILED = Text(
    "Máy chủ gặp lỗi. Báo cáo chưa được nhận; hãy giữ lại trên máy và gửi lại sau.",
    "The server failed. The report was not taken: keep it and send it again later.",
)

View = Callable[..., HttpResponseBase]
Answer = TypeVar("Answer", bound=HttpResponseBase)


class TooLargeError(UnreadableError):
    """The whole request is larger than the house takes."""

    code = "too_large"


def openrosa(*methods: str, also_shut_out: bool = False) -> Callable[[View], View]:
    """Make a view one of OpenRosa's: it gets the caller, and every refusal is a sentence.

    `also_shut_out`: the view serves phones that are shut out too, and looks at it itself.
    """

    def decorated(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def answered(request: HttpRequest, secret: str | None = None, **more: Any) -> Any:
            caller: Caller | None = None
            try:
                caller = caller_of(request, secret, also_shut_out=also_shut_out)
                if request.method not in methods:
                    return _with_headers(HttpResponse(status=405, headers=_allow(methods)), "vi")
                answer = view(request, caller, **more)
            except Exception as error:
                status, refused = _refusal(error)
                if status is None or refused is None:
                    raise
                language = language_of(request, caller)
                return message(status, refused.say(language), language=language)
            return _with_headers(answer, language_of(request, caller))

        return answered

    return decorated


def message(status: int, text: str, *, language: str) -> HttpResponse:
    """An OpenRosaResponse with one message, as phones show it."""
    nature = "submit_success" if status < 300 else "error"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OpenRosaResponse xmlns="http://openrosa.org/http/response">'
        f'<message nature="{nature}">{html.escape(text)}</message></OpenRosaResponse>'
    )
    answer = HttpResponse(body, status=status, content_type=XML)
    if status == 503:
        answer["Retry-After"] = str(RETRY_AFTER_S)
    if status == 429:
        answer["Retry-After"] = str(WAIT_S)
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="Dat Lanh", charset="UTF-8"'
    return _with_headers(answer, language)


def language_of(request: HttpRequest, caller: Caller | None = None) -> str:
    """What the phone asks for, else the language of its user, else Vietnamese."""
    if request.headers.get("Accept-Language"):
        return "en" if translation.get_language_from_request(request) == "en" else "vi"
    return caller.user.language if caller else "vi"


def _with_headers(answer: Answer, language: str) -> Answer:
    answer["X-OpenRosa-Version"] = "1.0"
    answer["X-OpenRosa-Accept-Content-Length"] = str(min(PART_BYTES, settings.SUBMISSION_MAX_BYTES))
    answer["Date"] = http_date(clock.now().timestamp())
    answer["Content-Language"] = language
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _allow(methods: tuple[str, ...]) -> dict[str, str]:
    return {"Allow": ", ".join(methods)}


def _refusal(error: Exception) -> tuple[int | None, DomainError | None]:
    """Status and sentence for what went wrong; (None, None) for what is not ours to answer."""
    refused: DomainError | None = None
    status: int | None = None
    if isinstance(error, DomainError):
        refused, status = error, _status(error)
    elif isinstance(error, UnreadablePostError | MultiPartParserError | SuspiciousOperation):
        refused, status = UnreadableError(BROKEN_BODY), 400
    elif isinstance(error, OSError) and error.errno in NO_ROOM:
        refused, status = TryLaterError(DISK_FULL, code="disk_full"), 503
    elif isinstance(error, OperationalError | InterfaceError):
        log.exception("the database does not answer")
        refused, status = TryLaterError(BUSY), 503
    elif not isinstance(error, Http404):
        # A phone keeps what was answered with 5xx and sends it again.
        log.exception("an OpenRosa request failed")
        refused, status = TryLaterError(FAILED), 500
    return status, refused


def _status(error: DomainError) -> int:
    if isinstance(error, SignInError):
        return 401
    # Not 401: Collect would ask for a password and hide the sentence.
    if isinstance(error, RevokedError | NotAllowedError) or error.code in ("may_not_send", "mfa"):
        return 403
    if isinstance(error, TooManyTriesError):
        return 429
    if error.code == "too_large":
        return 413
    return 409 if error.code == "foreign_instance" else status_of(error)
