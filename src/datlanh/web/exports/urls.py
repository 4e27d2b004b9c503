"""Addresses of exports."""

from __future__ import annotations

from django.urls import path

from datlanh.web.exports import views

urlpatterns = [
    path("exports/", views.exports, name="exports"),
    path("exports/ask", views.ask, name="export_ask"),
    path("exports/<uuid:id>/file", views.file, name="export_file"),
]
