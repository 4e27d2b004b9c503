"""Reads of issued papers: within a scope for staff, and what anybody may be told of a code."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from datlanh.accounts.scope import Scope
from datlanh.hazards.ledger.versions import records_met, versions_of
from datlanh.register.models import Record
from datlanh.reporting.documents.figures import changed_since
from datlanh.reporting.documents.models import IssuedDocument
from datlanh.reporting.documents.services import ALPHABET, CODE_LENGTH


@dataclass(frozen=True)
class Confirmed:
    """All that an anonymous person is told of a paper."""

    kind: str
    area_id: str
    issued_on: dt.date
    released_m2: float
    stands: bool  # no later decision changed the area


def documents_of(record: Record) -> list[tuple[IssuedDocument, bool]]:
    """The papers of an area, newest first, and whether each still stands."""
    found = IssuedDocument.objects.filter(record=record).select_related("by")
    return [(d, not changed_since(record, d.known)) for d in found]


def documents_near(release: Record, scope: Scope) -> list[tuple[IssuedDocument, bool]]:
    """The papers of the areas a release touches, as far as `scope` reaches."""
    shapes = [s.shape for s in versions_of({release.pk}) if s.shape is not None]
    met = records_met(shapes) - {release.pk}
    found = IssuedDocument.objects.filter(scope.q("organisation_id"), record_id__in=met)
    return [(d, not changed_since(d.record, d.known)) for d in found.select_related("by", "record")]


def document_get(scope: Scope, id: int) -> IssuedDocument:
    """A paper within a scope. Raises DoesNotExist."""
    seen = IssuedDocument.objects.select_related("record").filter(scope.q("organisation_id"))
    return seen.get(pk=id)


def code_read(text: str) -> str:
    """A code as somebody typed it: dashes, spaces and small letters do not matter; "" for none."""
    tidy = re.sub(r"[\s\-–]", "", text).upper()
    return tidy if len(tidy) == CODE_LENGTH and set(tidy) <= set(ALPHABET) else ""


def document_confirm(text: str) -> Confirmed | None:
    """What may be told about a code; None where no paper bears it."""
    code = code_read(text)
    found = IssuedDocument.objects.select_related("record").filter(code=code).first()
    if not code or found is None:
        return None
    return Confirmed(
        found.kind,
        found.record.local_id,
        found.issued_on,
        found.released_m2,
        stands=not changed_since(found.record, found.known),
    )
