"""The second step of signing in: who must have one, since when, and its secrets sealed at rest.

A secret of an authenticator app cannot be kept as a hash: the server computes with it. It is
sealed with a key derived from the installation's master key, which is not in the database.
"""

from __future__ import annotations

import base64
import datetime as dt

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from datlanh.accounts.models import User
from datlanh.accounts.permissions import WEIGHTY
from datlanh.accounts.selectors import grants_of
from datlanh.kernel import clock

STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
SEALED = "v1:"  # what stands before a sealed secret; older ones stand as they are


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Seals what allauth would keep as it is."""

    def encrypt(self, text: str) -> str:
        """Seal a secret of an app, or the seed of recovery codes."""
        return SEALED + _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open it; raises InvalidToken when the installation's master key is another one."""
        if not encrypted_text.startswith(SEALED):
            return encrypted_text
        return _box().decrypt(encrypted_text.removeprefix(SEALED).encode()).decode()


def _box() -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"datlanh second step")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.PERSON_MASTER_KEY.encode())))


def has_second_step(user: User) -> bool:
    """Whether an app or a passkey is set up; known already when the session brought it along."""
    if user.known_second_step is None:
        user.known_second_step = Authenticator.objects.filter(user=user, type__in=STEPS).exists()
    return user.known_second_step


def needs_second_step(user: User) -> bool:
    """Whether one of the roles approves or administers."""
    if not settings.SECOND_STEP_REQUIRED:
        return False
    scopes = user.known_scopes
    if scopes is not None:
        return not WEIGHTY.isdisjoint(scopes)
    return any(not WEIGHTY.isdisjoint(g.role.permissions) for g in grants_of(user))


def owed_since(user: User) -> dt.datetime | None:
    """From when this account may do nothing but set up its second step; None: it owes none."""
    if not needs_second_step(user) or has_second_step(user):
        return None
    given = [g.granted_at for g in grants_of(user) if not WEIGHTY.isdisjoint(g.role.permissions)]
    first = min(given, default=clock.now())
    return first + dt.timedelta(days=settings.SECOND_STEP_GRACE_DAYS)
