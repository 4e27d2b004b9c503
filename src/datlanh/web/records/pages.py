"""The page of one record of any kind, on the page that areas and releases have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import has, scope_for
from datlanh.intake.selectors.located import record_features
from datlanh.intake.selectors.values import version_of
from datlanh.kernel.text import Text
from datlanh.register.listing import ListFilter
from datlanh.register.listing.pages import list_get
from datlanh.register.models import Record
from datlanh.web.areas.records import moment_of, record_shown
from datlanh.web.guards import StaffRequest, opens
from datlanh.web.records.cells import Cell, cell_of, links_of
from datlanh.web.records.kinds import BY_SLUG, Kind
from datlanh.web.records.lists import kind_of
from datlanh.web.records.named import family_of
from datlanh.web.records.words import KindWords
from datlanh.web.surveys.shown import survey_boxes

VICTIMS_OF = Text("Nạn nhân của tai nạn này", "Victims of this accident")
HELP_FOR = Text("Hỗ trợ cho nạn nhân này", "Assistance to this victim")


@opens(Permission.RECORD_READ)
def record(request: StaffRequest, slug: str, local_id: str) -> HttpResponse:
    """`/records/<kind>/<local_id>/?on=&known=`: one record. 404 outside the scope."""
    kind = kind_of(slug)
    family = family_of(local_id, request.user)
    more: dict[str, Any] = {
        "kind": kind,
        "cells": _cells(request, kind, local_id),
        "related": _related(kind, local_id),
        "family": family,
        "named": family.hrefs,
    }
    template = "web/records/record.html"
    if kind.slug == "surveys":
        template, more = "web/surveys/survey.html", more | _boxes(request, local_id)
    listed = (kind.title, reverse("web:records", args=(slug,)))
    return record_shown(
        request,
        local_id,
        kind.listing.kind,
        listed=listed,
        template=template,
        more=more,
    )


def _cells(request: StaffRequest, kind: Kind, local_id: str) -> list[Cell]:
    """What its list says of it at the two times; nothing where nothing was known."""
    scope = scope_for(request.user, Permission.RECORD_READ)
    moment = moment_of(request)
    wanted = ListFilter(kind.listing)
    if moment.is_past:
        wanted = replace(wanted, as_of=moment.on, known=moment.known)
    found = Record.objects.filter(local_id=local_id, kind=kind.listing.kind).first()
    row = list_get(scope, wanted, found.pk) if found else None
    if row is None:
        return []
    words = KindWords(kind, request.user, Permission.RECORD_READ)
    links = links_of([row], words)
    return [cell_of(head, row, words, links) for head in kind.heads]


def _boxes(request: StaffRequest, local_id: str) -> dict[str, Any]:
    """The boxes of a survey as they stood; nothing for a record out of sight."""
    scope = scope_for(request.user, Permission.RECORD_READ)
    record = Record.objects.filter(scope.q("organisation_id"), local_id=local_id).first()
    moment = moment_of(request)
    version = version_of(record, moment.on, moment.known) if record else None
    features = record_features(version, moment.known, is_area=True) if version else None
    more = survey_boxes(version, features)
    may = version is not None and not moment.is_past
    own = has(request.user, Permission.REPORT_CREATE, request.user.organisation_id)
    return more | {"may_enter": may and own}


def _related(kind: Kind, local_id: str) -> list[tuple[Text, str]]:
    """Lists of records whose ids hold this one's number (SOP 2021, App. 01 §1)."""
    below = {"accidents": ("victims", "VIC", VICTIMS_OF), "victims": ("assistance", "VA", HELP_FOR)}
    if kind.slug not in below:
        return []
    slug, prefix, word = below[kind.slug]
    beginning = f"{prefix}-{local_id.partition('-')[2]}"
    return [(word, f"{reverse('web:records', args=(BY_SLUG[slug].slug,))}?q={beginning}")]
