"""The addresses of the ledger."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.ledger import areas, province

urlpatterns: list[URLPattern] = [
    path("figures/ledger/", province.ledger, name="ledger"),
    path("figures/ledger/csv", province.ledger_csv, name="ledger_csv"),
    path("areas/<local_id>/ledger/", areas.area_ledger, name="area_ledger"),
]
