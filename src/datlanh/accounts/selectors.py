"""Reads: accounts, grants, phones; and the demonstration's accounts for its sign-in page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from datlanh.accounts.demo import DEMO_ACCOUNTS
from datlanh.accounts.models import Device, Grant, Role, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.kernel.actor import Actor
from datlanh.kernel.text import Text

SECRET_MAX_CHARS = 200


@dataclass(frozen=True)
class DemoAccount:
    """One line of the demonstration's sign-in page."""

    username: str
    role: Text
    organisation: str
    full_name: str


def user_by_username(username: str) -> User | None:
    """The account of that name, whatever its case; also when it is not active."""
    return User.objects.filter(username=username.strip().lower()).first()


def users_of(who: Actor) -> QuerySet[User]:
    """The accounts `who` administers, with home organisation and live grants (`live_grants`)."""
    return (
        User.objects.filter(scope_for(who, Permission.USER_MANAGE).q())
        .select_related("organisation")
        .prefetch_related(Prefetch("grants", queryset=_live(), to_attr="live_grants"))
    )


def grants_of(user: User) -> QuerySet[Grant]:
    """The grants of one person that hold now."""
    return _live().filter(user=user)


def roles() -> QuerySet[Role]:
    """All roles."""
    return Role.objects.all()


def users_with(permission: str, organisation_id: int | None = None) -> QuerySet[User]:
    """Active persons who have `permission` for that organisation (None: for all of them)."""
    where = Q(organisation__isnull=True)
    if organisation_id is not None:
        where |= Q(organisation=organisation_id)
    holding = Grant.objects.filter(
        where, ended_at__isnull=True, role__permissions__contains=[str(permission)]
    )
    return User.objects.filter(is_active=True, pk__in=holding.values("user"))


def devices_of(who: Actor) -> QuerySet[Device]:
    """The phones `who` administers, newest first."""
    return Device.objects.filter(scope_for(who, Permission.DEVICE_MANAGE).q()).select_related(
        "organisation", "user"
    )


def device_by_secret(secret: str) -> Device | None:
    """The live phone of that secret, None when unknown, revoked or its user is not active."""
    device = device_known(secret)
    if device is None or device.revoked_at is not None or not device.user.is_active:
        return None
    return device


def device_known(secret: str) -> Device | None:
    """The phone of that secret, revoked ones too; None when there never was one.

    Looked up by hash, so the time taken tells nothing about the secret.
    """
    if not secret or len(secret) > SECRET_MAX_CHARS:
        return None
    return (
        Device.objects.filter(secret_sha256=secret_digest(secret))
        .select_related("user", "organisation", "user__organisation")
        .first()
    )


def secret_digest(secret: str) -> str:
    """SHA-256, hex: enough for a random secret of 192 bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def demo_accounts() -> list[DemoAccount]:
    """The demonstration's accounts that are there, in the order they are shown."""
    names = [d.username for d in DEMO_ACCOUNTS]
    there = {
        u.username: u
        for u in User.objects.filter(username__in=names, is_active=True)
        .select_related("organisation")
        .prefetch_related(Prefetch("grants", queryset=_live(), to_attr="live_grants"))
    }
    return [
        DemoAccount(
            username=name,
            role=_first_role(there[name]),
            organisation=there[name].organisation.short_name,
            full_name=there[name].full_name,
        )
        for name in names
        if name in there
    ]


def _live() -> QuerySet[Grant]:
    return Grant.objects.filter(ended_at__isnull=True).select_related("role", "organisation")


def _first_role(user: User) -> Text:
    grants: list[Grant] = getattr(user, "live_grants", [])
    return grants[0].role.text if grants else Text("—", "—")
