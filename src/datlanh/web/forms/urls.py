"""The addresses of forms. The words "proposals" and "corrections" are no names of a form."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.forms import corrections, proposals, views

urlpatterns: list[URLPattern] = [
    path("forms/", views.forms, name="forms"),
    path("forms/minimum-data", views.minimum_data, name="minimum_data"),
    path("forms/proposals/add", proposals.form_propose, name="form_propose"),
    path("forms/proposals/<int:id>", proposals.form_proposal, name="form_proposal"),
    path(
        "forms/proposals/<int:id>.xlsx",
        proposals.form_proposal_workbook,
        name="form_proposal_workbook",
    ),
    path("forms/proposals/<int:id>/publish", proposals.form_publish, name="form_publish"),
    path("forms/proposals/<int:id>/withdraw", proposals.form_withdraw, name="form_withdraw"),
    path("forms/corrections/<int:id>", corrections.mapping_correction, name="mapping_correction"),
    path("forms/corrections/<int:id>/reason", corrections.mapping_reason, name="mapping_reason"),
    path("forms/corrections/<int:id>/confirm", corrections.mapping_put, name="mapping_put"),
    path("forms/<form>/", views.form_versions_of, name="form_versions"),
    path("forms/<form>/compare", views.form_compare, name="form_compare"),
    path(
        "forms/<form>/revisions/<int:id>.xlsx",
        corrections.form_revision_workbook,
        name="form_revision_workbook",
    ),
    path("forms/<form>/<version>.xlsx", views.form_workbook, name="form_workbook"),
]
