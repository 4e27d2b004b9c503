"""Reads: accounts, grants, phones; and the demonstration's accounts for its sign-in page."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from allauth.mfa.models import Authenticator
from django.db import connection
from django.db.models import Exists, F, Max, Model, OuterRef, Prefetch, Q, QuerySet

from datlanh.accounts.demo import DEMO_ACCOUNTS
from datlanh.accounts.models import Device, Grant, Role, Session, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for, scopes_of
from datlanh.kernel import clock
from datlanh.kernel.actor import Actor
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation

M = TypeVar("M", bound=Model)
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


def accounts_found(who: Actor, text: str = "") -> QuerySet[User]:
    """The accounts `who` administers whose names hold `text`, with `second_step`, `seen_at`."""
    steps = Authenticator.objects.filter(user=OuterRef("pk"), type__in=["totp", "webauthn"])
    found = users_of(who).annotate(second_step=Exists(steps), seen_at=Max("sessions__last_seen_at"))
    for word in text.split():
        found = found.filter(
            Q(full_name__unaccent__icontains=word)
            | Q(username__icontains=word)
            | Q(organisation__short_name__icontains=word)
        )
    return found.order_by("-is_active", "organisation__short_name", "full_name")


def grants_ended_of(user: User) -> QuerySet[Grant]:
    """The grants one person had, the last ended first."""
    ended = Grant.objects.filter(user=user, ended_at__isnull=False)
    return ended.select_related("role", "organisation").order_by("-ended_at")


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
    found = Device.objects.filter(scope_for(who, Permission.DEVICE_MANAGE).q())
    return found.select_related("organisation", "user").order_by("-created_at", "-pk")


def device_by_secret(secret: str) -> Device | None:
    """The live phone of that secret, None when unknown, revoked or its user is not active."""
    device = device_known(secret)
    if device is None or device.revoked_at is not None or not device.user.is_active:
        return None
    return device


def device_known(secret: str) -> Device | None:
    """The phone of that secret, revoked ones too; None when there never was one.

    Its user and organisation come along, and the user's grants (`known_scopes`), in one query:
    each submission asks this. Looked up by hash, so the time taken tells nothing of the secret.
    """
    if not secret or len(secret) > SECRET_MAX_CHARS:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_device_statement(), [secret_digest(secret)])
        found = cursor.fetchone()
    if found is None:
        return None
    device, rest = _taken(Device, found)
    device.user, rest = _taken(User, rest)
    device.organisation, (grants,) = _taken(Organisation, rest)
    device.user.known_scopes = scopes_of(grants) if device.user.is_active else {}
    return device


@lru_cache(maxsize=1)
def _device_statement() -> str:
    columns = _columns((("d", Device), ("u", User), ("o", Organisation)))
    return f"select {columns}, {_GRANTS} {_OF_DEVICE}"


_GRANTS = """
  (select coalesce(json_agg(json_build_array(g.organisation_id, r.permissions)), '[]')
     from accounts_grant g join accounts_role r on r.id = g.role_id
    where g.user_id = u.id and g.ended_at is null)
"""
_OF_DEVICE = """
  from accounts_device d
  join accounts_user u on u.id = d.user_id
  join organisations_organisation o on o.id = d.organisation_id
 where d.secret_sha256 = %s
"""


def kept_key(key: str) -> str:
    """What stands in the table for the key in a browser's cookie: 240 bits of its SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()).decode()[:40]


def sessions_of(user: User) -> QuerySet[Session]:
    """The browsers in which an account is signed in now, the last used first."""
    return Session.objects.filter(account=user, expire_date__gt=clock.now()).order_by(
        F("last_seen_at").desc(nulls_last=True), "session_key"
    )


def session_by_key(key: str) -> Session | None:
    """The session of that key while it holds, with its account and the account's grants.

    One query, since every page asks this. An account that is not active comes with no grants.
    """
    with connection.cursor() as cursor:
        cursor.execute(_session_statement(), [kept_key(key)])
        found = cursor.fetchone()
    if found is None:
        return None
    session, rest = _taken(Session, found)
    if session.account_id is not None:
        session.account, (grants, second_step) = _taken(User, rest)
        session.account.known_second_step = second_step
        session.account.known_scopes = scopes_of(grants) if session.account.is_active else {}
    return session


@lru_cache(maxsize=1)
def _session_statement() -> str:
    columns = _columns((("s", Session), ("u", User)))
    return f"select {columns}, {_GRANTS}, {_SECOND_STEP} {_OF_SESSION}"


_SECOND_STEP = """
  exists (select 1 from mfa_authenticator m
           where m.user_id = u.id and m.type in ('totp', 'webauthn'))
"""
_OF_SESSION = """
  from accounts_session s left join accounts_user u on u.id = s.account_id
 where s.session_key = %s and s.expire_date > statement_timestamp()
"""


def _columns(named: Iterable[tuple[str, type[Model]]]) -> str:
    return ", ".join(
        f"{alias}.{connection.ops.quote_name(str(field.column))}"
        for alias, model in named
        for field in model._meta.concrete_fields
    )


def _taken(model: type[M], row: Sequence[Any]) -> tuple[M, Sequence[Any]]:
    """An object from the front of a row, and what is left of the row."""
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(connection.alias, names, row[: len(names)]), row[len(names) :]


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
