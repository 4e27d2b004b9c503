"""Accounts: who there is, what they may do and where, their phones and sessions."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from datlanh.accounts import services
from datlanh.accounts.models import Grant, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.accounts.secondstep import has_second_step, needs_second_step
from datlanh.accounts.selectors import (
    accounts_found,
    devices_of,
    grants_ended_of,
    roles,
    sessions_of,
    users_of,
)
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.web.accounts.words import WORDS_OF_PERMISSION
from datlanh.web.guards import StaffRequest, opens

SHOWN = 500
NO_ROLE = Text("Hãy chọn vai trò và nơi có hiệu lực.", "Choose a role and where it holds.")
TOO_MUCH = Text(
    "Chỉ người quản trị toàn tỉnh cho được vai trò trong toàn tỉnh.",
    "A role in the whole province is given by who administers the whole province.",
)


@opens(Permission.USER_MANAGE)
def accounts(request: StaffRequest) -> HttpResponse:
    """`/users/`: the accounts I administer, by organisation and name; `q` narrows."""
    return _list(request)


@never_cache
@require_POST
@opens(Permission.USER_MANAGE)
def account_add(request: StaffRequest) -> HttpResponse:
    """Make an account with a password that is shown this once, and its first role."""
    typed = {n: request.POST.get(n, "").strip() for n in ("username", "full_name", "language")}
    password = secrets.token_urlsafe(12)
    try:
        # Both or neither: a refused role leaves no account behind.
        with transaction.atomic():
            user = _add(request, typed, password)
            if request.POST.get("role"):
                _grant(request, user)
    except DomainError as refusal:
        return _list(request, refusal=refusal, typed=typed | {"role": request.POST.get("role", "")})
    return _page(request, user, password=password)


@opens(Permission.USER_MANAGE)
def account(request: StaffRequest, id: int) -> HttpResponse:
    """`/users/<id>/`: one account. 404 outside the scope."""
    return _page(request, _found(request, id))


@never_cache
@require_POST
@opens(Permission.USER_MANAGE)
def account_password(request: StaffRequest, id: int) -> HttpResponse:
    """Give a new password, shown this once; the account's sessions end."""
    user, password = _found(request, id), secrets.token_urlsafe(12)
    services.user_password_set(user=user, password=password, by=request.user)
    if user.pk != request.user.pk:
        services.sessions_end(user=user, by=request.user)
    return _page(request, user, password=password)


@require_POST
@opens(Permission.USER_MANAGE)
def account_grant(request: StaffRequest, id: int) -> HttpResponse:
    """Give a role in one organisation, or in the whole province."""
    user = _found(request, id)
    try:
        grant = _grant(request, user)
    except DomainError as refusal:
        return _page(request, user, refusal=refusal)
    messages.success(request, _("%(name)s now has the role.") % {"name": user.full_name})
    return _back(grant.user_id)


@require_POST
@opens(Permission.USER_MANAGE)
def account_grant_end(request: StaffRequest, id: int) -> HttpResponse:
    """End a grant of this account; it stays in the history."""
    user = _found(request, id)
    given = request.POST.get("grant", "")
    grant = Grant.objects.get(user=user, pk=int(given) if given.isdecimal() else 0)
    try:
        services.grant_end(grant=grant, by=request.user)
    except DomainError as refusal:
        return _page(request, user, refusal=refusal)
    messages.success(request, _("The role has ended."))
    return _back(user.pk)


@require_POST
@opens(Permission.USER_MANAGE)
def account_sessions_end(request: StaffRequest, id: int) -> HttpResponse:
    """Sign the account out of one browser, or of all."""
    user = _found(request, id)
    only = request.POST.get("session", "")[:40]
    ended = services.sessions_end(user=user, by=request.user, only=only)
    messages.success(request, _("%(count)s sessions ended.") % {"count": ended})
    return _back(user.pk)


@require_POST
@opens(Permission.USER_MANAGE)
def account_second_step(request: StaffRequest, id: int) -> HttpResponse:
    """Forget a lost second step, with the reason; the person sets up a new one."""
    user = _found(request, id)
    try:
        services.second_step_reset(user=user, by=request.user, note=request.POST.get("note", ""))
    except DomainError as refusal:
        return _page(request, user, refusal=refusal)
    messages.success(request, _("The second step is reset; all sessions have ended."))
    return _back(user.pk)


@require_POST
@opens(Permission.USER_MANAGE)
def account_deactivate(request: StaffRequest, id: int) -> HttpResponse:
    """Close an account: sessions, roles and phones end at once."""
    user = _found(request, id)
    try:
        services.user_deactivate(user=user, by=request.user, note=request.POST.get("note", ""))
    except DomainError as refusal:
        return _page(request, user, refusal=refusal)
    messages.success(request, _("The account of %(name)s is closed.") % {"name": user.full_name})
    return _back(user.pk)


def _add(request: StaffRequest, typed: dict[str, str], password: str) -> User:
    home = _organisation(request, request.POST.get("organisation", ""))
    if home is None:
        raise DomainError(NO_ROLE)
    return services.user_add(
        username=typed["username"][:64],
        full_name=typed["full_name"][:160],
        organisation=home,
        language=typed["language"],
        password=password,
        by=request.user,
    )


def _found(request: StaffRequest, id: int) -> User:
    return users_of(request.user).get(pk=id)


def _back(id: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("web:account", args=[id]))


def _administered(request: StaffRequest) -> list[Organisation]:
    within = scope_for(request.user, Permission.USER_MANAGE).q("pk")
    return list(Organisation.objects.filter(within, is_active=True))


def _organisation(request: StaffRequest, key: str) -> Organisation | None:
    return next((o for o in _administered(request) if o.key == key), None)


def _grant(request: StaffRequest, user: User) -> Grant:
    """The grant asked for. DomainError when role or place is missing or out of reach."""
    role = roles().filter(key=request.POST.get("role", "")).first()
    within = request.POST.get("within", "")
    if within == "home":
        within = user.organisation.key
    organisation = _organisation(request, within)
    if role is None or (organisation is None and within != "province"):
        raise DomainError(NO_ROLE)
    everywhere = scope_for(request.user, Permission.USER_MANAGE).everything
    if organisation is None and not everywhere:
        raise DomainError(TOO_MUCH)
    return services.grant_give(user=user, role=role, organisation=organisation, by=request.user)


def _choices(request: StaffRequest) -> dict[str, Any]:
    return {
        "roles": list(roles()),
        "organisations": _administered(request),
        "everywhere": scope_for(request.user, Permission.USER_MANAGE).everything,
    }


def _list(
    request: StaffRequest,
    refusal: DomainError | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    q = request.GET.get("q", "").strip()[:80]
    found = list(accounts_found(request.user, q)[: SHOWN + 1])
    context = _choices(request) | {
        "accounts": found[:SHOWN],
        "more": len(found) > SHOWN,
        "q": q,
        "typed": typed or {},
        "refusal": refusal,
    }
    return render(request, "web/accounts/list.html", context, status=422 if refusal else 200)


def _page(
    request: StaffRequest, user: User, *, refusal: DomainError | None = None, password: str = ""
) -> HttpResponse:
    user = _found(request, user.pk)
    grants: list[Grant] = user.live_grants  # type: ignore[attr-defined]  # prefetched
    may = sorted({p for g in grants for p in g.role.permissions if p in WORDS_OF_PERMISSION})
    context = _choices(request) | {
        "account": user,
        "grants": grants,
        "ended": list(grants_ended_of(user)),
        "may": [WORDS_OF_PERMISSION[p] for p in may],
        "sessions": list(sessions_of(user)),
        "devices": list(devices_of(request.user).filter(user=user)),
        "has_second_step": has_second_step(user),
        "needs_second_step": needs_second_step(user),
        "is_oneself": user.pk == request.user.pk,
        "crumbs": [(_("Accounts"), reverse("web:accounts")), (user.full_name, "")],
        "password": password,
        "refusal": refusal,
    }
    return render(request, "web/accounts/account.html", context, status=422 if refusal else 200)
