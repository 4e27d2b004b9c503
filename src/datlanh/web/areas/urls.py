"""The addresses of areas, releases and the search."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.areas import life, lists, records, search

urlpatterns: list[URLPattern] = [
    path("areas/", lists.areas, name="areas"),
    path("areas/<local_id>/", records.area, name="area"),
    path("areas/<local_id>/move", life.move, name="area_move"),
    path("releases/", lists.releases, name="releases"),
    path("releases/<local_id>/", records.release, name="release"),
    path("search", search.search, name="search"),
]
