"""Papers of an area: a section of its page, issuing one, and its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, require, scope_for
from datlanh.hazards.selectors.sources import AREA
from datlanh.kernel.errors import DomainError
from datlanh.kernel.text import LANGUAGES
from datlanh.register.models import Record
from datlanh.register.selectors import AsOf, asof, day_read, known_read
from datlanh.reporting.documents import words
from datlanh.reporting.documents.models import KINDS, PEOPLE
from datlanh.reporting.documents.selectors import document_get, documents_near, documents_of
from datlanh.reporting.documents.services import document_file, document_issue
from datlanh.web.areas.records import moment_of
from datlanh.web.guards import StaffRequest, opens

LONGEST = 6  # digits of a number of people


@opens(Permission.RECORD_READ)
def area_documents(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/areas/<local_id>/documents/`: the papers of an area. 404 outside the scope."""
    record = _area(request, local_id)
    crumbs = [
        (_("Hazardous areas"), reverse("web:areas")),
        (record.local_id, reverse("web:area", args=(record.local_id,))),
        (_("Documents"), ""),
    ]
    section = documents_section(record, request.user, moment_of(request))
    return render(request, "web/papers/area.html", {"record": record, "crumbs": crumbs, **section})


def documents_section(record: Record, who: User, moment: AsOf) -> dict[str, Any]:
    """The context of `areas/sections/_documents.html`, for an area or a release.

    A release has no papers of its own: it shows those of the areas it lies on.
    """
    if record.kind == AREA:
        found = documents_of(record)
    else:
        found = documents_near(record, scope_for(who, Permission.RECORD_READ))
    may_issue = record.kind == AREA and has(who, Permission.DOCUMENT_ISSUE, record.organisation_id)
    return {
        "papers_of": record,
        "papers": [(d, words.NAMES[d.kind], stands) for d, stands in found],
        "papers_moment": moment,
        "paper_kinds": words.NAMES,
        "paper_people": words.PEOPLE_HEADS,
        "may_issue": may_issue,
    }


@require_POST
@opens(Permission.DOCUMENT_ISSUE)
def issue(request: StaffRequest, local_id: str) -> HttpResponse:
    """`/areas/<local_id>/documents/issue`: kind, on, known, men, women, boys, girls."""
    record = _area(request, local_id)
    require(request.user, Permission.DOCUMENT_ISSUE, record.organisation_id)
    said = request.POST
    try:
        document = document_issue(
            record=record,
            kind=said.get("kind", KINDS[0]),
            moment=asof(day_read(said.get("on")), known_read(said.get("known"))),
            people=_people(request),
            confirm_at=request.build_absolute_uri(reverse("web:confirm")),
            by=request.user,
        )
    except DomainError as refusal:
        messages.error(request, refusal.say(request.LANGUAGE_CODE))
    else:
        messages.success(request, _("Paper %(number)s is issued.") % {"number": document.numbered})
    return HttpResponseRedirect(reverse("web:area_documents", args=(record.local_id,)))


@opens(Permission.RECORD_READ)
def file(request: StaffRequest, number: int, language: str) -> HttpResponse:
    """`/documents/<number>/<vi|en>.pdf`: the file as issued. 404 outside the scope."""
    document = document_get(scope_for(request.user, Permission.RECORD_READ), number)
    if language not in LANGUAGES:
        raise Http404
    answer = HttpResponse(document_file(document, language), content_type="application/pdf")
    name = f"{document.record.local_id}-{document.numbered.replace('/', '-')}-{language}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _area(request: StaffRequest, local_id: str) -> Record:
    scope = scope_for(request.user, Permission.RECORD_READ)
    return Record.objects.filter(scope.q("organisation_id")).get(local_id=local_id, kind=AREA)


def _people(request: HttpRequest) -> dict[str, int]:
    """What was typed; nothing where nobody was counted. -1, which is refused, for no number."""
    typed = {key: request.POST.get(key, "").strip() for key in PEOPLE}
    if not any(typed.values()):
        return {}
    return {k: _count(v) for k, v in typed.items()}


def _count(text: str) -> int:
    if not text:
        return 0
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST
    return int(text) if is_number else -1
