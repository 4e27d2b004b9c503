"""The addresses of areas, releases and the search."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.areas import lists, records, search

urlpatterns: list[URLPattern] = [
    path("areas/", lists.areas, name="areas"),
    path("areas/<local_id>/", records.area, name="area"),
    path("releases/", lists.releases, name="releases"),
    path("releases/<local_id>/", records.release, name="release"),
    path("search", search.search, name="search"),
]
