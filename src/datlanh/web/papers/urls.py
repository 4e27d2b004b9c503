"""The addresses of papers."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.papers import confirming, documents, printing

urlpatterns: list[URLPattern] = [
    path("areas/<local_id>/documents/", documents.area_documents, name="area_documents"),
    path("areas/<local_id>/documents/issue", documents.issue, name="document_issue"),
    path("documents/<int:number>/<language>.pdf", documents.file, name="document_file"),
    path("map/print", printing.choices, name="map_print"),
    path("map/print.pdf", printing.sheet, name="map_sheet"),
    path("confirm/", confirming.ask, name="confirm"),
    path("confirm/<code>", confirming.answer, name="confirm_code"),
]
