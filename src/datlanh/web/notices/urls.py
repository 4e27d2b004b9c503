"""Addresses of notices."""

from __future__ import annotations

from django.urls import path

from datlanh.web.notices import views

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read", views.read, name="notices_read"),
    path("notices/settings", views.wishes, name="notices_settings"),
    path("notices/address", views.address, name="notices_address"),
    path("notices/address/confirm", views.confirm, name="notices_confirm"),
    path("notices/<int:id>", views.notice, name="notice"),
]
