"""The published forms: versions, workbooks, what changed between two of them."""

from __future__ import annotations

from itertools import pairwise

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.intake.minimum_data import STATES, counts_of
from datlanh.intake.selectors.forms import (
    form_revisions,
    form_title,
    form_version,
    form_versions,
)
from datlanh.intake.selectors.minimum_data import minimum_data_now
from datlanh.intake.selectors.proposed_forms import (
    changes_between,
    form_history,
    form_proposals,
)
from datlanh.web.forms.workbooks import WorkbookForm, sent
from datlanh.web.guards import StaffRequest, opens


@opens(Permission.FORM_READ)
def forms(request: StaffRequest) -> HttpResponse:
    """Every form with its version in force; what is proposed; a place to upload."""
    return forms_page(request, WorkbookForm())


def forms_page(request: StaffRequest, form: WorkbookForm, status: int = 200) -> HttpResponse:
    """The page of all forms, with what was wrong with an upload."""
    versions = list(form_versions(request.user))
    may_publish = has(request.user, Permission.FORM_PUBLISH)
    may_confirm = scope_for(request.user, Permission.REPORT_WITHDRAW).everything
    context = {
        "current": [v for v in versions if v.retired_at is None],
        "retired": [v for v in versions if v.retired_at is not None],
        "form": form,
        "may_publish": may_publish,
        "proposals": list(form_proposals()) if may_publish or may_confirm else [],
    }
    return render(request, "web/forms/list.html", context, status=status)


@opens(Permission.FORM_READ)
def form_workbook(request: StaffRequest, form: str, version: str) -> HttpResponse:
    """The workbook of a version, as published."""
    found = form_version(form, version)
    return sent(bytes(found.xlsform), f"{found.form}-{found.version}.xlsx")


@opens(Permission.FORM_READ)
def form_versions_of(request: StaffRequest, form: str) -> HttpResponse:
    """Every version of one form: who published it when and why."""
    versions = form_history(form)
    context = {
        "form": form,
        "title": form_title(versions[0]),
        "versions": versions,
        "older": {v.pk: before for v, before in pairwise(versions)},
        "revisions": list(form_revisions(form)),
    }
    return render(request, "web/forms/history.html", context)


@opens(Permission.FORM_READ)
def form_compare(request: StaffRequest, form: str) -> HttpResponse:
    """What changed from one version to another, whichever two."""
    older, newer = request.GET.get("from", ""), request.GET.get("to", "")
    versions = form_history(form)
    if not (older and newer):
        return HttpResponseRedirect(reverse("web:form_versions", args=[form]))
    old, new = form_version(form, older), form_version(form, newer)
    context = {
        "form": form,
        "title": form_title(new),
        "versions": versions,
        "old": old,
        "new": new,
        "changes": changes_between(old, new),
    }
    return render(request, "web/forms/compare.html", context)


@opens(Permission.FORM_READ)
def minimum_data(request: StaffRequest) -> HttpResponse:
    """The minimum data an information system must hold, and which question answers each."""
    parts = minimum_data_now()
    context = {
        "parts": parts,
        "states": STATES,
        "total": counts_of([line for part in parts for line in part.lines]),
    }
    return render(request, "web/forms/minimum_data.html", context)
