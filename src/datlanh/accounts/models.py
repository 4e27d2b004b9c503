"""Accounts of persons, roles as data, grants that tie both to an organisation, and phones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from datlanh.kernel import clock
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

    from datlanh.accounts.scope import Scope


class UserManager(BaseUserManager["User"]):
    """Makes accounts; names are kept in lower case."""

    def create_user(
        self, username: str, password: str | None = None, *, organisation: Organisation, **more: Any
    ) -> User:
        """An account whose home is `organisation`; without a password it cannot sign in."""
        user = self.model(
            username=username.strip().lower(),
            organisation=organisation,
            created_at=clock.now(),
            **more,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One person. `organisation` is the home service: a seconded officer keeps his own."""

    id: int
    username = models.CharField(max_length=64, unique=True)
    full_name = models.CharField(max_length=160)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="users")
    organisation_id: int
    language = models.CharField(max_length=2, choices=[("vi", "vi"), ("en", "en")], default="vi")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    # Filled by `accounts.scope` with one query: permission → where it holds.
    known_scopes: Mapping[str, Scope] | None = None
    # Filled by the session, or by `accounts.secondstep` when asked.
    known_second_step: bool | None = None

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name", "organisation"]

    class Meta:
        ordering = ["full_name"]
        constraints = [
            models.CheckConstraint(
                name="user_name_lower_case", condition=Q(username=Lower(F("username")))
            ),
            models.CheckConstraint(
                name="user_language_known", condition=Q(language__in=["vi", "en"])
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_system(self) -> bool:
        """A person is not the system."""
        return False

    @property
    def is_staff(self) -> bool:
        """Django's own administration pages are nobody's."""
        return False

    @property
    def is_superuser(self) -> bool:
        """Nobody stands above the grants."""
        return False

    def get_full_name(self) -> str:
        """The name as it is shown."""
        return self.full_name


class Role(models.Model):
    """A named set of permissions; seeded from `accounts.roles`."""

    id: int
    key = models.SlugField(max_length=48, unique=True)
    label_vi = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    permissions = ArrayField(models.CharField(max_length=64), default=list)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    @property
    def text(self) -> Text:
        """The label in both languages."""
        return Text(self.label_vi, self.label_en)

    def label(self, language: str) -> str:
        """The label in `language`."""
        return self.text.say(language)


class Grant(models.Model):
    """One role of one person, within one organisation or (None) in the whole province."""

    id: int
    user = models.ForeignKey(User, models.PROTECT, related_name="grants")
    user_id: int
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants")
    role_id: int
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="grants")
    organisation_id: int | None
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["granted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organisation"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="grant_once_at_a_time",
            ),
            models.CheckConstraint(
                name="grant_ends_after_it_begins",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("granted_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role_id} {self.organisation_id or 'province'}"


class Session(AbstractBaseSession):
    """A browser that is signed in, or was given something to remember before.

    Kept with whose it is: the account comes along when the session is read, and all sessions of
    an account can be found. `session_key` is a digest of what the browser holds (`kept_key`), so
    the table opens nothing. `browser` is a short name, never the whole line a browser sends;
    it and the address go with the row.
    """

    account = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    account_id: int | None
    created_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)  # to some minutes
    browser = models.CharField(max_length=60, blank=True)  # "Firefox, Linux"
    address = models.GenericIPAddressField(null=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The store that reads and writes these rows."""
        from datlanh.accounts.sessions import SessionStore  # it imports this module

        return SessionStore


class Device(models.Model):
    """A phone or browser that sends forms under a secret of its own, kept as SHA-256 only."""

    id: int
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="devices")
    organisation_id: int
    user = models.ForeignKey(User, models.PROTECT, related_name="devices")
    user_id: int
    name = models.CharField(max_length=120)
    is_browser = models.BooleanField(default=False, db_default=False)  # enrolled by its user
    secret_sha256 = models.CharField(max_length=64, unique=True)  # hex
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    last_seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            # `revoked_by` may stay empty when the system itself revokes.
            models.CheckConstraint(
                name="device_revoker_needs_a_time",
                condition=Q(revoked_by__isnull=True) | Q(revoked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
