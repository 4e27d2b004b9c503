"""The addresses of areas, releases and the search."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.areas import cut, divide, life, lists, records, search, steps

urlpatterns: list[URLPattern] = [
    path("areas/", lists.areas, name="areas"),
    path("areas/steps", steps.steps, name="area_steps"),
    path("areas/steps/take", steps.steps_take, name="area_steps_take"),
    path("areas/<local_id>/", records.area, name="area"),
    path("areas/<local_id>/move", life.move, name="area_move"),
    path("areas/<local_id>/cut", cut.cut_area, name="area_cut"),
    path("areas/<local_id>/divide", divide.divide, name="area_divide"),
    path("areas/<local_id>/divide/propose", divide.propose, name="area_divide_propose"),
    path("areas/<local_id>/divide/answer", divide.answer, name="area_divide_answer"),
    path("releases/", lists.releases, name="releases"),
    path("releases/<local_id>/", records.release, name="release"),
    path("search", search.search, name="search"),
]
