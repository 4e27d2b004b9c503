"""The addresses of what is done with the people of a record."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.people import erasing

urlpatterns: list[URLPattern] = [
    path("people/<local_id>/erase", erasing.persons_erase, name="persons_erase"),
]
