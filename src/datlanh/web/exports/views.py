"""Lists as files: ask, watch, fetch. The page can be left; the file waits."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from datlanh.accounts.permissions import Permission
from datlanh.exchange.selectors import export_get, exports_of
from datlanh.exchange.services import KEPT_DAYS, export_ask, export_fetched, export_path
from datlanh.exchange.tables import TABLES
from datlanh.kernel.errors import DomainError
from datlanh.web.guards import StaffRequest, opens

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "application/zip",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}


@never_cache
@require_safe
@opens(Permission.RECORD_READ)
def exports(request: StaffRequest) -> HttpResponse:
    """`/exports/`: what I asked for, how far it is, and the files."""
    found = [(export, TABLES[export.table].title) for export in exports_of(request.user)]
    context = {
        "exports": found,
        "waits": any(export.is_open for export, _title in found),
        "days": KEPT_DAYS,
    }
    is_part = request.headers.get("HX-Target") == "export-rows"
    return render(request, f"web/exports/{'_rows' if is_part else 'list'}.html", context)


@require_POST
@opens(Permission.RECORD_READ)
def ask(request: StaffRequest) -> HttpResponse:
    """`/exports/ask`: table, format, query (the list's address). Leads to the page of files."""
    said = request.POST.get
    try:
        export_ask(
            table=said("table", ""),
            format=said("format", ""),
            query=said("query", "")[:4000],
            by=request.user,
            language=request.LANGUAGE_CODE,
        )
    except DomainError as refusal:
        messages.error(request, refusal.say(request.LANGUAGE_CODE))
    else:
        messages.success(request, _("The file is being made. You can leave this page."))
    return HttpResponseRedirect(reverse("web:exports"))


@never_cache
@require_safe
@opens(Permission.RECORD_READ)
def file(request: StaffRequest, id: UUID) -> HttpResponseBase:
    """`/exports/<id>/file`: the file, for the one who asked for it; fetching is kept."""
    export = export_get(request.user, id)
    try:
        content = export_path(export).open("rb")
    except FileNotFoundError as gone:
        raise type(export).DoesNotExist from gone
    export_fetched(export=export, by=request.user)
    return FileResponse(
        content,
        as_attachment=True,
        filename=export.filename,
        content_type=KINDS[export.format],
    )
