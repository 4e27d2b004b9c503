"""Every address of the house."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("datlanh.web.urls")),
    path("", include("datlanh.api.urls")),
    # Accounts are opened by the database unit and carry no e-mail address: of allauth's pages
    # only these are served.
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "datlanh.delivery.errors.bad_request"
handler403 = "datlanh.delivery.errors.forbidden"
handler404 = "datlanh.delivery.errors.not_found"
handler429 = "datlanh.delivery.errors.too_many"
handler500 = "datlanh.delivery.errors.broken"
