"""Addresses of the history."""

from __future__ import annotations

from django.urls import path

from datlanh.web.history import views

urlpatterns = [
    path("history/", views.history, name="history"),
    path("history/head/", views.head, name="history_head"),
]
