"""The addresses of forms. The word "proposals" is no name of a form."""

from __future__ import annotations

from django.urls import URLPattern, path

from datlanh.web.forms import proposals, views

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
    path("forms/<form>/", views.form_versions_of, name="form_versions"),
    path("forms/<form>/compare", views.form_compare, name="form_compare"),
    path("forms/<form>/<version>.xlsx", views.form_workbook, name="form_workbook"),
]
