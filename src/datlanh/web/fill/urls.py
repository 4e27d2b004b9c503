"""The addresses of the app that fills forms in."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from datlanh.web.fill import app, views


class Language:
    """`vi` or `en`, as a part of an address: a page in the cache has one language."""

    regex = "vi|en"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(Language, "language")

urlpatterns: list[URLPattern] = [
    path("fill/", app.entrance, name="fill"),
    path("fill/worker.js", app.worker, name="fill_worker"),
    path("fill/me", views.me, name="fill_me"),
    path("fill/device", views.enrol, name="fill_device"),
    path("fill/prefilled", views.prefilled, name="fill_prefilled"),
    path("fill/<language:language>/", app.choose, name="fill_app"),
    path("fill/<language:language>/form", app.form, name="fill_form"),
    path("fill/<language:language>/manifest.webmanifest", app.manifest, name="fill_manifest"),
]
