"""Per request: who is acting, and calm answers when something is refused."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from datlanh.accounts.acting import acting
from datlanh.delivery.errors import CalmErrors

__all__ = ["ActingUser", "CalmErrors"]

Handler = Callable[[HttpRequest], HttpResponse]


class ActingUser:
    """One transaction per signed-in request, with the acting user set inside it.

    Row-level security reads that setting: a view that forgets its filter sees nothing it
    should not. Anonymous requests carry no actor and see empty tables.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if "django_language" not in request.COOKIES:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        with acting(user, via="web", origin=request.META.get("REMOTE_ADDR", "")):
            response = self.get_response(request)
            if response.status_code >= 500:
                # Django has turned the error into a page by now; what it wrote must not stay.
                transaction.set_rollback(True)
            return response
