"""The addresses of survey boxes."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.surveys import entering, proposals

urlpatterns: list[URLPattern] = [
    path("surveys/<local_id>/areas", proposals.propose, name="survey_areas"),
    path("surveys/<local_id>/areas/ask", proposals.ask, name="survey_areas_ask"),
    path("surveys/<local_id>/boxes", entering.enter, name="survey_boxes"),
]
