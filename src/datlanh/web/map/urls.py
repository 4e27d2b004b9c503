"""The addresses of the map."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.map import views

urlpatterns: list[URLPattern] = [
    path("map/", views.register_map, name="map"),
    path("map/card/<kind>/<id>", views.card, name="map_card"),
]
