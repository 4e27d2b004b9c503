"""Workbooks on their way in and out."""

from __future__ import annotations

from django import forms as dj
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookForm(dj.Form):
    """An XLSForm workbook."""

    workbook = dj.FileField(
        label=gettext_lazy("XLSForm workbook (.xlsx)"),
        widget=dj.ClearableFileInput(attrs={"accept": ".xlsx", "class": "form-control"}),
    )


def sent(content: bytes, name: str) -> HttpResponse:
    """A workbook as a download."""
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )
