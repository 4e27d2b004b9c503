"""The addresses of the tools, and of overlaps."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.tools import coordinates, overlaps

urlpatterns: list[URLPattern] = [
    path("tools/coordinates/", coordinates.converter, name="coordinates"),
    path("tools/overlaps/", overlaps.overlapping, name="overlaps"),
]
