"""The addresses of the figures."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.figures import records, views

urlpatterns: list[URLPattern] = [
    path("figures/", views.figures, name="statistics"),
    path("figures/work/", records.work, name="figures_work"),
    path("figures/education/", records.education, name="figures_education"),
    path("figures/people/", records.people, name="figures_people"),
]
