"""Which record a report may be about: the new one it names, or one that stands already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Polygon as GeosPolygon
from django.db import models
from django.db.models import Q, QuerySet
from shapely import from_wkb
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.claims import answer_value, shape_of
from datlanh.intake.models import Report
from datlanh.intake.projectors import PROJECTORS
from datlanh.kernel import geometry
from datlanh.kernel.ids import spellings
from datlanh.kernel.mapping import Answers, FormMapping
from datlanh.kernel.text import LANGUAGES, NBSP, Text, number
from datlanh.register.models import Record

NEAR_M = 200.0
_NEAR_DEGREES = 0.0022  # some 240 m: the coarse box, measured afterwards
MOST = 8
SHARED = 0.001  # of the smaller one's ground; less is the noise of drawing

SAME_ID = Text("cùng mã hồ sơ", "same id")
SAME_SHAPE = Text("cùng mã vùng {shape}", "same shape id {shape}")
SAME_INTERNAL = Text("cùng mã nội bộ {own}", "same internal id {own}")
CORRECTED = Text("hồ sơ của báo cáo được đính chính", "record of the report it corrects")
OVERLAPS = Text("trùng {share}{gap}% diện tích", "{share}{gap}% of the ground is shared")
NEAR = Text("cách {metres}{gap}m", "{metres}{gap}m away")
NEW_ID = Text("mã chưa có trong sổ đăng ký", "the id is not in the register yet")
TAKEN = Text("mã đã có trong sổ đăng ký", "the id stands in the register already")


@dataclass(frozen=True)
class Candidate:
    """A record a report may be bound to, and why. `share` of ground is 0…1, None unmeasured."""

    record_id: UUID
    local_id: str
    reasons: tuple[Text, ...]
    share: float | None = None
    distance_m: float | None = None
    area_m2: float | None = None
    status: str = ""
    is_live: bool = True
    shape: BaseGeometry | None = None
    is_named: bool = False  # by an id the report gives, not by its place alone

    @property
    def may_be_it(self) -> bool:
        """Whether a person must look: it is named, or ground is shared; a neighbour is neither."""
        return self.is_named or (self.share or 0.0) >= SHARED

    @property
    def is_close(self) -> bool:
        """Whether it lies on or beside the report's ground."""
        return bool(self.share) or (self.distance_m is not None and self.distance_m <= NEAR_M)


@dataclass(frozen=True)
class Binding:
    """What a reviewer chooses from. `proposed` None means a new record of the report's id."""

    candidates: tuple[Candidate, ...]
    may_be_new: bool
    proposed: UUID | None
    new_reason: Text = NEW_ID

    def candidate(self, record_id: UUID | None) -> Candidate | None:
        """The candidate of that record."""
        return next((c for c in self.candidates if c.record_id == record_id), None)


def binding_of(
    report: Report,
    mapping: FormMapping,
    answers: Answers,
    who: User,
    *,
    without: UUID | None = None,
) -> Binding:
    """Candidates for a report within what `who` may read, the likeliest first.

    `without` leaves a record out: the one an approved report is bound to already.
    """
    found: dict[UUID, Candidate] = {}
    for record_id, reason in _named(report, mapping, answers):
        if known := found.get(record_id):
            found[record_id] = replace(known, reasons=(*known.reasons, reason))
        else:
            found[record_id] = Candidate(record_id, "", (reason,), is_named=True)
    shape = outline_of(mapping, answers)
    for record_id in _around(mapping, shape):
        found.setdefault(record_id, Candidate(record_id, "", ()))
    found.pop(without, None)  # type: ignore[arg-type]  # None is no key
    measured = _measured(found, mapping, shape, who)
    ordered = sorted(measured, key=lambda c: (not c.reasons, -(c.share or 0), c.distance_m or 0))
    kept = [_explained(c) for c in ordered if c.reasons or c.is_close][:MOST]
    taken = Record.objects.filter(local_id__in=spellings(report.record_local_id)).exists()
    return Binding(
        candidates=tuple(kept),
        may_be_new=bool(report.record_local_id) and not taken,
        proposed=_proposed(report, kept),
        new_reason=TAKEN if taken else NEW_ID,
    )


def _rows_of(mapping: FormMapping) -> models.Manager[Any] | None:
    """The typed rows of the kind of record a form is about; None where none is held yet."""
    projector = PROJECTORS.get(mapping.record_kind)
    return projector.row_model._default_manager if projector else None


def outline_of(mapping: FormMapping, answers: Answers) -> BaseGeometry | None:
    """The outline a report draws, None where it draws none that is usable."""
    return shape_of(answers.polygons.get(_outline_question(mapping), []))


def _outline_question(mapping: FormMapping) -> str:
    found = (q.key for q in mapping.questions if q.kind == "polygon" and q.attribute == "outline")
    return next(found, "")


def _named(report: Report, mapping: FormMapping, answers: Answers) -> list[tuple[UUID, Text]]:
    """Records the report names: by id, as a correction, by shape id or internal id."""
    of_kind = Record.objects.filter(kind=mapping.record_kind)
    same = of_kind.filter(local_id__in=spellings(report.record_local_id))
    named = [(pk, SAME_ID) for pk in same.values_list("pk", flat=True)]
    if report.supersedes and report.supersedes.record_id:
        named.append((report.supersedes.record_id, CORRECTED))
    said = {
        q.attribute: answer_value(q, answers)
        for q in mapping.questions
        if q.attribute in ("shape_id", "internal_id")
    }
    shape, own = (str(said.get(k) or "") for k in ("shape_id", "internal_id"))
    typed = _rows_of(mapping)
    if typed is None:
        return named
    rows = typed.filter(organisation=report.organisation_id)
    wanted = (Q(shape_id=shape) if shape else Q(pk=None)) | (
        Q(internal_id=own) if own else Q(pk=None)
    )
    for pk, its_shape, its_own in rows.filter(wanted).values_list("pk", "shape_id", "internal_id"):
        if shape and its_shape == shape:
            named.append((pk, _bound(SAME_SHAPE, shape=shape)))
        elif own and its_own == own:
            named.append((pk, _bound(SAME_INTERNAL, own=own)))
    return named


def _around(mapping: FormMapping, shape: BaseGeometry | None) -> list[UUID]:
    typed = _rows_of(mapping)
    if typed is None or shape is None or shape.is_empty:
        return []
    west, south, east, north = shape.bounds
    box = GeosPolygon.from_bbox(
        (west - _NEAR_DEGREES, south - _NEAR_DEGREES, east + _NEAR_DEGREES, north + _NEAR_DEGREES)
    )
    box.srid = 4326
    rows = typed.filter(outline__bboverlaps=box)
    return list(rows.order_by("pk").values_list("pk", flat=True)[: MOST * 4])


def _measured(
    found: dict[UUID, Candidate], mapping: FormMapping, shape: BaseGeometry | None, who: User
) -> list[Candidate]:
    """The candidates `who` may read, with distance and shared ground."""
    visible = scope_for(who, Permission.RECORD_READ).q("organisation_id")
    records: QuerySet[Record] = Record.objects.filter(visible, pk__in=list(found))
    typed = _rows_of(mapping)
    rows = typed.in_bulk(list(found)) if typed is not None else {}
    measured = []
    for record in records.filter(kind=mapping.record_kind):
        row: Any = rows.get(record.pk)
        outline = from_wkb(bytes(row.outline.wkb)) if row is not None and row.outline else None
        share = distance = None
        if shape is not None and outline is not None:
            plane = geometry.plane_for(shape, outline)
            shared = geometry.overlap_m2(shape, outline, plane)
            smaller = min(geometry.area_m2(shape, plane), geometry.area_m2(outline, plane))
            share = shared / smaller if smaller else 0.0
            distance = float(
                geometry.to_plane(shape, plane).distance(geometry.to_plane(outline, plane))
            )
        measured.append(
            replace(
                found[record.pk],
                local_id=record.local_id,
                is_live=record.is_live,
                share=share,
                distance_m=distance,
                area_m2=row.area_m2 if row is not None else None,
                status=getattr(row, "public_status", ""),
                shape=outline,
            )
        )
    return measured


def _explained(candidate: Candidate) -> Candidate:
    reasons = list(candidate.reasons)
    if candidate.share and candidate.share >= SHARED:
        told = {v: number(candidate.share * 100, v, 1) for v in LANGUAGES}
        reasons.append(
            Text(
                *(OVERLAPS.say(language, share=told[language], gap=NBSP) for language in LANGUAGES)
            )
        )
    elif candidate.distance_m is not None and candidate.distance_m > 0:
        reasons.append(_bound(NEAR, metres=round(candidate.distance_m), gap=NBSP))
    return replace(candidate, reasons=tuple(reasons))


def _proposed(report: Report, kept: list[Candidate]) -> UUID | None:
    """What is chosen to begin with: the record that has the report's id, or that it corrects."""
    for wanted in (SAME_ID, CORRECTED):
        for candidate in kept:
            if wanted in candidate.reasons:
                return candidate.record_id
    return None


def _bound(text: Text, **values: object) -> Text:
    return Text(*(text.say(language, **values) for language in LANGUAGES))
