"""The addresses of links between records."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.links import views

urlpatterns: list[URLPattern] = [
    path("links/", views.links, name="links"),
    path("links/step", views.links_step, name="links_step"),
]
