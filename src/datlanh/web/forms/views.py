"""The published forms: versions, workbooks, and publishing a new one."""

from __future__ import annotations

from django import forms as dj
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has
from datlanh.intake.selectors.forms import form_title, form_version, form_versions
from datlanh.intake.services.forms import form_publish as form_take_up
from datlanh.intake.workbook import MAX_BYTES
from datlanh.kernel.errors import DomainError
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.reports.filters import language

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookForm(dj.Form):
    """An XLSForm workbook."""

    workbook = dj.FileField(
        label=gettext_lazy("XLSForm workbook (.xlsx)"),
        widget=dj.ClearableFileInput(attrs={"accept": ".xlsx", "class": "form-control"}),
    )


@opens(Permission.FORM_READ)
def forms(request: StaffRequest) -> HttpResponse:
    """Every version of every form, the current ones first."""
    return _page(request, WorkbookForm())


@require_POST
@opens(Permission.FORM_PUBLISH)
def form_publish(request: StaffRequest) -> HttpResponse:
    """Publish a workbook as a new version, or say what is wrong with it."""
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            # One byte more than may be read is enough to refuse it.
            content = form.cleaned_data["workbook"].read(MAX_BYTES + 1)
            version, is_new = form_take_up(workbook=content, by=request.user)
        except DomainError as refusal:
            form.add_error("workbook", refusal.say(language()))
        else:
            said = {"form": form_title(version).say(language()), "version": version.version}
            text = (
                _("“%(form)s” %(version)s is published.")
                if is_new
                else _("“%(form)s” %(version)s was published already; nothing has changed.")
            )
            messages.success(request, text % said)
            return HttpResponseRedirect(reverse("web:forms"))
    return _page(request, form, status=422)


@opens(Permission.FORM_READ)
def form_workbook(request: StaffRequest, form: str, version: str) -> HttpResponse:
    """The workbook of a version, as published."""
    found = form_version(form, version)
    return HttpResponse(
        bytes(found.xlsform),
        content_type=XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{found.form}-{found.version}.xlsx"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _page(request: StaffRequest, form: WorkbookForm, status: int = 200) -> HttpResponse:
    versions = list(form_versions(request.user))
    context = {
        "current": [v for v in versions if v.retired_at is None],
        "retired": [v for v in versions if v.retired_at is not None],
        "form": form,
        "may_publish": has(request.user, Permission.FORM_PUBLISH),
    }
    return render(request, "web/forms/list.html", context, status=status)
