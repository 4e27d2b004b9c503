"""The addresses of organisations and their running numbers."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.organisations import views

urlpatterns: list[URLPattern] = [
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/<slug:key>/", views.organisation, name="organisation"),
    path("organisations/<slug:key>/reserve", views.number_reserve, name="number_reserve"),
    path("organisations/<slug:key>/void", views.number_void, name="number_void"),
    path("organisations/<slug:key>/teams/add", views.team_add, name="team_add"),
    path("donors/add", views.donor_add, name="donor_add"),
]
