"""Writes: accounts, grants, phones; every one asks whether `by` may, and leaves an event."""

from __future__ import annotations

import secrets
from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation

from datlanh.accounts.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, DEMO_TEAMS
from datlanh.accounts.models import Device, Grant, Role, Session, User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.roles import ROLES
from datlanh.accounts.scope import forget, require
from datlanh.accounts.selectors import secret_digest, user_by_username
from datlanh.audit.services import record
from datlanh.kernel import clock
from datlanh.kernel.actor import SYSTEM, Actor
from datlanh.kernel.errors import ConflictError, DomainError
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation, Team
from datlanh.organisations.services import organisations_seed, team_add

NAME_TAKEN = Text("Tên đăng nhập «{username}» đã có.", "The user name “{username}” is taken.")
NAME_MISSING = Text("Hãy ghi tên đăng nhập và họ tên.", "Give a user name and a full name.")
NOT_ONESELF = Text(
    "Không thể khoá tài khoản của chính mình.", "You cannot deactivate your own account."
)
NOT_ONESELF_ROLE = Text("Không ai tự giao vai trò cho mình.", "Nobody gives a role to himself.")
NOT_ONESELF_STEP = Text(
    "Không thể tự xoá đăng nhập hai bước của mình ở đây.",
    "You cannot reset your own second step here.",
)
REASON_MISSING = Text("Hãy ghi lý do.", "Give the reason.")
NOT_ACTIVE = Text("Tài khoản {name} đã khoá.", "The account of {name} is not active.")
WEAK_PASSWORD = Text("Mật khẩu chưa đủ mạnh: {why}", "The password is too weak: {why}")

SECRET_BYTES = 24
SEEN_EVERY = timedelta(minutes=1)
SESSION_SEEN_EVERY = timedelta(minutes=5)


@transaction.atomic
def user_add(
    *,
    username: str,
    full_name: str,
    organisation: Organisation,
    by: Actor,
    language: str = "vi",
    password: str | None = None,
) -> User:
    """Make an account at its home organisation. Without a password it cannot sign in yet.

    Raises:
        NotAllowedError: `by` does not administer that organisation's accounts.
        DomainError: a name is missing, or the password is weak.
        ConflictError: the user name is taken.
    """
    require(by, Permission.USER_MANAGE, organisation.pk)
    username, full_name = username.strip().lower(), full_name.strip()
    if not username or not full_name:
        raise DomainError(NAME_MISSING)
    if user_by_username(username):
        raise ConflictError(NAME_TAKEN, username=username)
    if password is not None:
        _check_password(password)
    user = User.objects.create_user(
        username, password, organisation=organisation, full_name=full_name, language=language
    )
    after = {"username": username, "organisation": organisation.key, "language": language}
    record("user.add", user, by=by, after=after)
    return user


@transaction.atomic
def user_deactivate(*, user: User, by: Actor, note: str = "") -> User:
    """Close an account: sessions end, phones are revoked, grants end. The person's deeds stay.

    The password is thrown away, so no old session revives if the account is opened again.

    Raises:
        NotAllowedError: `by` does not administer it. DomainError: it is `by`'s own.
    """
    require(by, Permission.USER_MANAGE, user.organisation_id)
    if by.id == user.pk:
        raise DomainError(NOT_ONESELF)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        return user
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    now = clock.now()
    sessions = Session.objects.filter(account=user).delete()[0]
    grants = Grant.objects.filter(user=user, ended_at__isnull=True).update(ended_at=now)
    phones = Device.objects.filter(user=user, revoked_at__isnull=True)
    devices = sorted(phones.values_list("pk", flat=True))
    phones.update(revoked_at=now, revoked_by=by.id)
    forget(user)
    record(
        "user.deactivate",
        user,
        by=by,
        before={"is_active": True},
        after={
            "is_active": False,
            "sessions_ended": sessions,
            "grants_ended": grants,
            "devices_revoked": devices,
        },
        note=note,
    )
    return user


@transaction.atomic
def user_password_set(*, user: User, password: str, by: Actor) -> User:
    """Give an account a new password; its sessions end.

    Raises NotAllowedError, or DomainError when the password is weak.
    """
    if by.id != user.pk:
        require(by, Permission.USER_MANAGE, user.organisation_id)
    _check_password(password)
    user.set_password(password)
    user.save(update_fields=["password"])
    record("user.set_password", user, by=by)
    return user


@transaction.atomic
def user_language_set(*, user: User, language: str, by: Actor) -> User:
    """Keep the language a person reads in."""
    if by.id != user.pk:
        require(by, Permission.USER_MANAGE, user.organisation_id)
    before = {"language": user.language}
    user.language = "en" if language == "en" else "vi"
    user.save(update_fields=["language"])
    record("user.set_language", user, by=by, before=before, after={"language": user.language})
    return user


@transaction.atomic
def grant_give(
    *, user: User, role: Role | str, by: Actor, organisation: Organisation | None = None
) -> Grant:
    """Give a role within one organisation, or (None) in the whole province.

    The same grant again returns the one that holds.

    Raises:
        NotAllowedError: `by` administers no accounts there.
        DomainError: the account is not active, or is one's own: nobody widens his own reach.
    """
    where = organisation.pk if organisation else None
    if by.id == user.pk:
        raise DomainError(NOT_ONESELF_ROLE)
    require(by, Permission.USER_MANAGE, where)
    # The lock keeps two equal grants apart.
    user_row = User.objects.select_for_update().get(pk=user.pk)
    if not user_row.is_active:
        raise DomainError(NOT_ACTIVE, name=user_row.full_name)
    given = role if isinstance(role, Role) else Role.objects.get(key=role)
    holding = Grant.objects.filter(
        user=user, role=given, organisation=organisation, ended_at__isnull=True
    ).first()
    if holding:
        return holding
    grant = Grant.objects.create(
        user=user,
        role=given,
        organisation=organisation,
        granted_by_id=by.id,
        granted_at=clock.now(),
    )
    forget(user)
    after = {
        "user": user.pk,
        "role": given.key,
        "organisation": organisation.key if organisation else None,
    }
    record("grant.give", grant, by=by, after=after)
    return grant


@transaction.atomic
def grant_end(*, grant: Grant, by: Actor) -> Grant:
    """End a grant; it stays in the history. Raises NotAllowedError."""
    require(by, Permission.USER_MANAGE, grant.organisation_id)
    grant = Grant.objects.select_for_update(of=("self",)).select_related("role").get(pk=grant.pk)
    if grant.ended_at is None:
        grant.ended_at = clock.now()
        grant.save(update_fields=["ended_at"])
        record("grant.end", grant, by=by, before={"user": grant.user_id, "role": grant.role.key})
    return grant


@transaction.atomic
def device_add(*, user: User, name: str, by: Actor) -> tuple[Device, str]:
    """Take up a phone for `user`. The secret is returned once; only its SHA-256 is kept.

    Raises:
        NotAllowedError: `by` administers no phones of the user's organisation.
        DomainError: the account is not active.
    """
    require(by, Permission.DEVICE_MANAGE, user.organisation_id)
    if not user.is_active:
        raise DomainError(NOT_ACTIVE, name=user.full_name)
    return _device_made(user, name, by)


@transaction.atomic
def browser_enrol(*, by: User, name: str, known: int | None = None) -> tuple[Device, str]:
    """Take up the browser in which `by` fills forms in, with a new secret.

    `known` is the number this browser had: it stays that device, and shut out where it was.
    Who may send by password may send by this; nobody's reach is widened.

    Raises NotAllowedError: `by` sends no reports for the home organisation.
    """
    require(by, Permission.REPORT_CREATE, by.organisation_id)
    own = Device.objects.select_for_update().filter(user=by, is_browser=True)
    device = own.filter(pk=known).first() if known else None
    if device is None:
        return _device_made(by, name, by, is_browser=True)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    device.secret_sha256 = secret_digest(secret)
    device.save(update_fields=["secret_sha256"])
    record("device.renew", device, by=by)
    return device, secret


def _device_made(user: User, name: str, by: Actor, **more: bool) -> tuple[Device, str]:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    device = Device.objects.create(
        organisation_id=user.organisation_id,
        user=user,
        name=name.strip() or user.full_name,
        secret_sha256=secret_digest(secret),
        created_at=clock.now(),
        created_by_id=by.id,
        **more,
    )
    after = {"user": user.pk, "name": device.name, "organisation": user.organisation_id}
    record("device.add", device, by=by, after=after | more)
    return device, secret


@transaction.atomic
def device_revoke(*, device: Device, by: Actor, note: str = "") -> Device:
    """Shut a phone out, at once and for good. Raises NotAllowedError."""
    require(by, Permission.DEVICE_MANAGE, device.organisation_id)
    device = Device.objects.select_for_update().get(pk=device.pk)
    if device.revoked_at is None:
        device.revoked_at, device.revoked_by_id = clock.now(), by.id
        device.save(update_fields=["revoked_at", "revoked_by"])
        before, after = {"revoked": False}, {"revoked": True}
        record("device.revoke", device, by=by, before=before, after=after, note=note)
    return device


def device_seen(*, device: Device) -> None:
    """Note that the phone called; at most once a minute, and not worth an event."""
    now = clock.now()
    if device.last_seen_at is None or now - device.last_seen_at >= SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
        device.last_seen_at = now


def session_seen(*, session: Session | None) -> None:
    """Note that the browser called; at most once in five minutes, and not worth an event."""
    now = clock.now()
    if session is None or session.account_id is None:
        return
    if session.last_seen_at is None or now - session.last_seen_at >= SESSION_SEEN_EVERY:
        Session.objects.filter(pk=session.pk).update(last_seen_at=now)
        session.last_seen_at = now


@transaction.atomic
def sessions_end(*, user: User, by: Actor, only: str = "", but: str = "") -> int:
    """Sign an account out of its browsers: all, `only` one, or all `but` one; how many ended.

    Raises NotAllowedError unless it is one's own account or one that `by` administers.
    """
    if by.id != user.pk:
        require(by, Permission.USER_MANAGE, user.organisation_id)
    ending = Session.objects.filter(account=user).exclude(pk=but)
    if only:
        ending = ending.filter(pk=only)
    ended = ending.delete()[0]
    if ended:
        record("session.end", user, by=by, after={"sessions": ended})
    return ended


@transaction.atomic
def second_step_reset(*, user: User, by: Actor, note: str) -> None:
    """Forget the app, passkeys and recovery codes of somebody who lost them; sessions end.

    Raises:
        NotAllowedError: `by` does not administer the account.
        DomainError: it is one's own, or no reason is given.
    """
    require(by, Permission.USER_MANAGE, user.organisation_id)
    if by.id == user.pk:
        raise DomainError(NOT_ONESELF_STEP)
    if not note.strip():
        raise DomainError(REASON_MISSING)
    gone = Authenticator.objects.filter(user=user).delete()[0]
    Session.objects.filter(account=user).delete()
    record("user.reset_second_step", user, by=by, after={"authenticators": gone}, note=note.strip())


def sessions_clear() -> None:
    """Forget the browsers whose time is over."""
    Session.objects.filter(expire_date__lte=clock.now()).delete()


@transaction.atomic
def accounts_seed(*, by: Actor | None = None) -> dict[str, Role]:
    """Write the table of roles to the database, by key; runs again without harm."""
    actor = by or SYSTEM
    there = {r.key: r for r in Role.objects.select_for_update()}
    for spec in ROLES:
        values = {
            "label_vi": spec.label.vi,
            "label_en": spec.label.en,
            "permissions": sorted(p.value for p in spec.permissions),
        }
        role = there.get(spec.key) or Role(key=spec.key)
        before = {name: getattr(role, name) for name in values} if role.pk else None
        if before == values:
            continue
        for name, value in values.items():
            setattr(role, name, value)
        role.save()
        there[spec.key] = role
        record("role.seed", role, by=actor, before=before, after=values)
    return there


@transaction.atomic
def demo_accounts_seed(*, by: Actor | None = None) -> list[User]:
    """Organisations, roles, teams and the demonstration's accounts, all with one password."""
    actor = by or SYSTEM
    organisations = organisations_seed(by=actor)
    roles = accounts_seed(by=actor)
    for key, team, name, kind in DEMO_TEAMS:
        if not Team.objects.filter(organisation=organisations[key], key=team).exists():
            team_add(organisation=organisations[key], key=team, name=name, kind=kind, by=actor)
    encoded = make_password(DEMO_PASSWORD)  # slow on purpose, so once for all of them
    found = []
    for spec in DEMO_ACCOUNTS:
        user = user_by_username(spec.username)
        if user is None:
            user = user_add(
                username=spec.username,
                full_name=spec.full_name,
                organisation=organisations[spec.home],
                by=actor,
            )
            user.password = encoded
            user.save(update_fields=["password"])
        if user.is_active:
            within = organisations[spec.within] if spec.within else None
            grant_give(user=user, role=roles[spec.role], organisation=within, by=actor)
        found.append(user)
    return found


def _check_password(password: str) -> None:
    """Raise DomainError with the reasons in both languages."""
    try:
        validate_password(password)
    except ValidationError as error:
        why = {}
        for language in ("vi", "en"):
            with translation.override(language):
                why[language] = " ".join(error.messages)
        raise DomainError(WEAK_PASSWORD, why=Text(why["vi"], why["en"])) from None
