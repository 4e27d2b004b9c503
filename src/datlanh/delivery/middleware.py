"""Per request: who is acting, and calm answers when something is refused."""

from __future__ import annotations

from collections.abc import Callable

from allauth.core.internal.httpkit import get_client_ip
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from datlanh.accounts.acting import acting
from datlanh.accounts.models import User
from datlanh.accounts.scope import NotAllowedError
from datlanh.accounts.secondstep import owed_since
from datlanh.accounts.services import session_seen
from datlanh.accounts.sessions import SessionStore, at_hand, browser_named
from datlanh.delivery.errors import CalmErrors, refusal
from datlanh.kernel import clock
from datlanh.kernel.text import Text

__all__ = ["ActingUser", "CalmErrors", "SecondStep", "SignedIn"]

Handler = Callable[[HttpRequest], HttpResponse]

SET_UP_FIRST = Text(
    "Hãy bật đăng nhập hai bước trước: vai trò của bạn yêu cầu.",
    "Set up your two-step sign-in first: your role asks for it.",
)


def address_of(request: HttpRequest) -> str | None:
    """Where a request comes from, behind the proxies of ours that are trusted."""
    found = get_client_ip(request)
    return str(found) if found else None


class SignedIn(AuthenticationMiddleware):
    """Django's own, but the account comes with its session instead of by queries of its own."""

    def process_request(self, request: HttpRequest) -> None:
        """Who is signed in, asked for when first needed."""
        super().process_request(request)
        if isinstance(request.session, SessionStore):
            agent = request.headers.get("User-Agent", "")
            request.session.visitor = (browser_named(agent), address_of(request))
        request.user = SimpleLazyObject(lambda: _account(request))  # type: ignore[assignment]


def _account(request: HttpRequest) -> User | AnonymousUser:
    with at_hand(request.session):
        return get_user(request)


# What somebody who owes a second step can still do.
OPEN_TO_ALL = frozenset({"account_logout", "account_reauthenticate", "set_language"})


class SecondStep:
    """Whoever approves or administers sets up a second step before anything else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """A redirect to the page where it is set up, once the days of grace are over."""
        user, match = request.user, request.resolver_match
        if not user.is_authenticated or match is None:
            return None
        name = match.url_name or ""
        if name.startswith("mfa_") or name in OPEN_TO_ALL:
            return None
        # A phone's address carries a secret of its own; a session means nothing there.
        if match.route.startswith(("key/", "openrosa/")):
            return None
        since = owed_since(user) if isinstance(user, User) else None
        if since is None or since > clock.now():
            return None
        if request.method == "GET" and request.accepts("text/html"):
            return HttpResponseRedirect(reverse("mfa_index"))
        return refusal(request, NotAllowedError(SET_UP_FIRST))


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
        with acting(user, via="web", origin=address_of(request) or ""):
            session_seen(session=getattr(request.session, "row", None))
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
