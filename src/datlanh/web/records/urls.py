"""The addresses of records of every kind but areas and releases."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.records import lists, pages

urlpatterns: list[URLPattern] = [
    path("records/<slug:slug>/", lists.records, name="records"),
    path("records/<slug:slug>/<local_id>/", pages.record, name="record"),
]
