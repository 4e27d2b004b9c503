"""Every address of the house."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("datlanh.web.urls")),
    path("", include("datlanh.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]

handler400 = "datlanh.delivery.errors.bad_request"
handler403 = "datlanh.delivery.errors.forbidden"
handler404 = "datlanh.delivery.errors.not_found"
handler500 = "datlanh.delivery.errors.broken"
