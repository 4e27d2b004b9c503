"""Who calls: a phone by the secret in its address, or an account by basic sign-in."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.backends import ModelBackend
from django.http import Http404, HttpRequest
from django.urls import reverse

from datlanh.accounts.models import Device, User
from datlanh.accounts.phonebudget import Try
from datlanh.accounts.selectors import device_known
from datlanh.accounts.services import device_seen
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation

REVOKED = Text(
    "Điện thoại này đã bị thu hồi quyền gửi báo cáo. "
    "Báo cáo vẫn còn trên máy; hãy liên hệ cán bộ thông tin của tổ chức.",
    "This phone may no longer send reports. They are still on the phone: "
    "ask your organisation's information officer.",
)
SIGN_IN = Text("Hãy đăng nhập bằng tên và mật khẩu.", "Sign in with user name and password.")
MFA_HERE = Text(
    "Tài khoản này dùng xác thực hai bước; hãy cài điện thoại bằng mã QR.",
    "This account uses two-step sign-in: set the phone up with its QR code.",
)


class RevokedError(DomainError):
    """The phone's secret was valid once."""

    code = "device_revoked"


class SignInError(DomainError):
    """No user name and password, or wrong ones."""

    code = "sign_in"


@dataclass(frozen=True)
class Caller:
    """An account, for which organisation it reports, and by what phone."""

    user: User
    organisation: Organisation
    device: Device | None = None
    secret: str | None = None
    is_shut_out: bool = False  # what it sends is held back

    @property
    def origin(self) -> str:
        """Where from, for the audit trail."""
        return f"device {self.device.pk}" if self.device else "basic"

    def path(self, page: str, /, **values: str) -> str:
        """The caller's own address of an OpenRosa page."""
        keyed = {"secret": self.secret} if self.secret else {}
        return reverse(f"api:{page}", kwargs=keyed | values)


def caller_of(request: HttpRequest, secret: str | None, *, also_shut_out: bool = False) -> Caller:
    """Who calls; `also_shut_out`: a phone that may no longer send is told apart, not refused.

    Raises:
        Http404: nobody has that secret; told like any address that is not there.
        RevokedError: the phone is shut out.
        SignInError: basic sign-in is missing or wrong.
        TooManyTriesError: so many were wrong that nobody looks at this one.
    """
    if secret is None:
        return _by_password(request)
    device = device_known(secret)
    if device is None:
        raise Http404
    if device.revoked_at is not None or not device.user.is_active:
        if also_shut_out:
            return Caller(device.user, device.organisation, device, secret, is_shut_out=True)
        raise RevokedError(REVOKED)
    device_seen(device=device)
    return Caller(device.user, device.organisation, device, secret)


def _by_password(request: HttpRequest) -> Caller:
    username, password = _credentials(request.headers.get("Authorization", ""))
    budget = Try(request, username)
    # The backend derives a password for unknown names too, so the time taken tells nothing.
    user = ModelBackend().authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise SignInError(SIGN_IN)
    budget.was_right()
    if is_mfa_enabled(user):
        raise DomainError(MFA_HERE, code="mfa")
    return Caller(user, user.organisation)


def _credentials(header: str) -> tuple[str, str]:
    """Name and password of RFC 7617, in UTF-8."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise SignInError(SIGN_IN)
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise SignInError(SIGN_IN) from error
    username, colon, password = text.partition(":")
    if not colon or "\0" in text:
        raise SignInError(SIGN_IN)
    return username.strip().lower(), password
