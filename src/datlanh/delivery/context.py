"""What every page is given: its language, its navigation and what stands in the masthead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from datlanh.accounts.demo import DEMO_PASSWORD
from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.accounts.secondstep import owed_since
from datlanh.accounts.selectors import DemoAccount, demo_accounts, grants_of
from datlanh.intake.selectors.queue import queue_waiting
from datlanh.kernel import clock
from datlanh.notices.selectors import notices_unread

THEMES = ("light", "dark")
REVIEW = "web:review"


@dataclass(frozen=True)
class Entry:
    """One place in the navigation: the name of its address, its word, icon and key."""

    url: str
    word: str | Promise
    icon: str
    key: str
    permissions: frozenset[Permission] = frozenset()  # any of them; none: everybody
    also: tuple[str, ...] = ()  # where else one is in the same place


# The first four stand in the phone's bottom bar.
NAVIGATION = (
    Entry("web:home", _("Home"), "home", "g h"),
    Entry(
        REVIEW,
        _("Review"),
        "clipboard-check",
        "g d",
        frozenset({Permission.REPORT_APPROVE, Permission.REPORT_VERIFY}),
    ),
    Entry("web:fill", _("Fill in"), "pencil", "g n", frozenset({Permission.REPORT_CREATE})),
    Entry("web:map", _("Map"), "map-2", "g b", frozenset({Permission.MAP_READ})),
    Entry(
        "web:areas",
        _("Records"),
        "stack-2",
        "g k",
        frozenset({Permission.RECORD_READ}),
        also=("/releases/", "/records/"),
    ),
    Entry("web:reports", _("Reports"), "file-text", "g r", frozenset({Permission.REPORT_READ})),
    Entry(
        "web:statistics", _("Statistics"), "chart-bar", "g s", frozenset({Permission.FIGURE_READ})
    ),
    Entry(
        "web:quality",
        _("Quality"),
        "square-check",
        "g q",
        frozenset({Permission.RECORD_READ}),
    ),
    Entry(
        "web:organisations",
        _("Organisations"),
        "building-community",
        "g t",
        frozenset({Permission.RECORD_READ}),
    ),
    Entry("web:coordinates", _("Tools"), "ruler", "g c", also=("/tools/",)),
    Entry("web:forms", _("Forms"), "forms", "g f", frozenset({Permission.FORM_READ})),
    Entry(
        "web:devices", _("Devices"), "device-mobile", "g v", frozenset({Permission.DEVICE_MANAGE})
    ),
    Entry("web:accounts", _("Accounts"), "users", "g u", frozenset({Permission.USER_MANAGE})),
    Entry("web:history", _("History"), "history", "g l", frozenset({Permission.AUDIT_READ})),
)


@dataclass(frozen=True)
class Place:
    """An entry as this page shows it."""

    entry: Entry
    href: str
    is_current: bool
    count: Callable[[], int] | None = None  # asked by the template, not before


@dataclass(frozen=True)
class Shell:
    """The frame of a page; lazy, because many answers are fragments without one."""

    request: HttpRequest

    @property
    def language(self) -> str:
        """ "vi" or "en"."""
        return get_language() or "vi"

    @property
    def theme(self) -> str:
        """ "light", "dark", or "" for the system's choice."""
        theme = self.request.COOKIES.get("theme", "")
        return theme if theme in THEMES else ""

    @property
    def is_demo(self) -> bool:
        """Whether the figures are invented."""
        return bool(settings.DEMO)

    @cached_property
    def navigation(self) -> list[Place]:
        """Where this person may go, in order; empty before signing in."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return []
        return [
            Place(
                entry,
                href,
                self._is_current(href, *entry.also),
                self._waiting if entry.url == REVIEW else None,
            )
            for entry in NAVIGATION
            if (not entry.permissions or any(has(user, p) for p in entry.permissions))
            and (href := address(entry.url))
        ]

    def _waiting(self) -> int:
        return self._queue_waiting

    @cached_property
    def _queue_waiting(self) -> int:
        user = self.request.user
        return queue_waiting(user) if isinstance(user, User) else 0

    def _is_current(self, href: str, *also: str) -> bool:
        path = self.request.path
        return path == href if href == "/" else path.startswith((href, *also))

    @cached_property
    def demo_accounts(self) -> list[DemoAccount]:
        """The demonstration's accounts, for its sign-in page only."""
        return demo_accounts() if self.is_demo else []

    @property
    def demo_password(self) -> str:
        """The password they share; empty outside the demonstration."""
        return DEMO_PASSWORD if self.is_demo else ""

    @cached_property
    def role(self) -> str:
        """The roles of the person signed in, as words."""
        user = self.request.user
        if not isinstance(user, User):
            return ""
        return ", ".join(sorted({g.role.label(self.language) for g in grants_of(user)}))

    @property
    def search(self) -> str:
        """The address of the search, or "" where there is none."""
        return address("web:search")

    @property
    def set_language(self) -> str:
        """The address that changes the language."""
        return address("set_language")

    @property
    def sign_out(self) -> str:
        """The address that signs out."""
        return address("account_logout")

    @property
    def exports(self) -> str:
        """The address of this person's files, or "" for who reads no records."""
        return address("web:exports") if has(self.request.user, Permission.RECORD_READ) else ""

    @property
    def notices(self) -> str:
        """The address of one's notices."""
        return address("web:notices")

    @cached_property
    def unread(self) -> int:
        """How many notices are unread; more than 99 are 100."""
        user = self.request.user
        return notices_unread(user) if isinstance(user, User) else 0

    @property
    def security(self) -> str:
        """The address of the two-step sign-in."""
        return address("mfa_index")

    @property
    def sessions(self) -> str:
        """The address of one's own sessions."""
        return address("web:sessions")


def address(name: str) -> str:
    """The address of that name, or "" when this server does not serve it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def page(request: HttpRequest) -> dict[str, Any]:
    """`shell` (see `Shell`) and `language` for every template; what is owed, where it is paid."""
    shell = Shell(request)
    told: dict[str, Any] = {"shell": shell, "language": shell.language}
    match = request.resolver_match
    if match is not None and match.url_name == "mfa_index" and isinstance(request.user, User):
        since = owed_since(request.user)
        told |= {
            "second_step_owed": since,
            "second_step_owed_now": since is not None and since <= clock.now(),
        }
    return told
