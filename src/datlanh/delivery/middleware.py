"""Per request: who is acting, and calm answers when something is refused."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.accounts.sessions import at_hand
from datlanh.delivery.errors import CalmErrors

__all__ = ["ActingUser", "CalmErrors", "SignedIn"]

Handler = Callable[[HttpRequest], HttpResponse]


class SignedIn(AuthenticationMiddleware):
    """Django's own, but the account comes with its session instead of by queries of its own."""

    def process_request(self, request: HttpRequest) -> None:
        """Who is signed in, asked for when first needed."""
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _account(request))  # type: ignore[assignment]


def _account(request: HttpRequest) -> User | AnonymousUser:
    with at_hand(request.session):
        return get_user(request)


class ActingUser:
    """One transaction per signed-in request, with the acting user set inside it.

    Row-level security reads that setting: a view that forgets its filter sees nothing it
    should not. Anonymous requests carry no actor and see empty tables. A view that decides
    on many things, each in a transaction of its own, says so (`acts_itself`).
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
        if request.method == "POST" and _acts_itself(request.path_info):
            return self.get_response(request)
        with acting(user, via="web", origin=request.META.get("REMOTE_ADDR", "")):
            response = self.get_response(request)
            if response.status_code >= 500:
                # Django has turned the error into a page by now; what it wrote must not stay.
                transaction.set_rollback(True)
            return response


def _acts_itself(path: str) -> bool:
    """Whether the view at that address opens its own transactions, with `acting` in each."""
    try:
        return bool(getattr(resolve(path).func, "acts_itself", False))
    except Resolver404:
        return False
