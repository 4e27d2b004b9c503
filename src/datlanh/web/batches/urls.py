"""The addresses of batches."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.batches import views

urlpatterns: list[URLPattern] = [
    path("batches/", views.batches, name="batches"),
    path("batches/new", views.batch_new, name="batch_new"),
    path("batches/propose", views.batch_propose, name="batch_propose"),
    path("batches/<int:id>", views.batch, name="batch"),
    path("batches/<int:id>/confirm", views.batch_confirm, name="batch_confirm"),
]
