"""The addresses of the figures."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.figures import views

urlpatterns: list[URLPattern] = [
    path("figures/", views.figures, name="statistics"),
]
