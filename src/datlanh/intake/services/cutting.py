"""An area cut along a drawn line: each piece becomes an ordinary CHA report, sent and reviewed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from shapely import from_wkb
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.accounts.models import User
from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.hazards.selectors.sources import AREA
from datlanh.intake.instance import instance_of
from datlanh.intake.models import FormVersion, Report
from datlanh.intake.selectors.division_plan import first_part
from datlanh.intake.selectors.offered import form_version_get
from datlanh.intake.services.receiving import report_receive
from datlanh.kernel import clock
from datlanh.kernel.errors import DomainError
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.mapping import Answers, FormMapping, Repeat
from datlanh.kernel.text import Text
from datlanh.organisations.models import Organisation
from datlanh.places import selectors as places
from datlanh.register.models import Record, Row, Version
from datlanh.register.selectors import rows_known

NO_IDS = Text(
    "Hãy ghi mã (HAZ-409-######) và mã nội bộ cho từng phần.",
    "Give an id (HAZ-409-######) and an internal id for each part.",
)
ALIKE = Text("Hai phần có cùng một mã.", "Two parts have the same id.")
HOLES = Text(
    "Phần này bao quanh một khoảng trống nên không vẽ được bằng một đường. Hãy cắt theo đường "
    "khác.",
    "This part encloses a gap and cannot be drawn as one line. Cut along another line.",
)
# What a part says anew: never taken over from the old area.
OWN = frozenset({"cha_id", "internal_id", "shape_id", "area_size", "correction_of"})
LISTS = {"evidence_points": "evidence_points", "ordnance_items": "found_items"}
DATED = "information_manager_date"


@dataclass(frozen=True)
class Piece:
    """One part as it was cut (lon/lat), with the ids an officer gave it."""

    ground: BaseGeometry
    cha_id: str
    internal_id: str


class _Blank:
    """A published form as `instance_of` takes it."""

    def __init__(self, mapping: FormMapping, xform: bytes) -> None:
        self.mapping, self.xform = mapping, xform


@transaction.atomic
def pieces_compose(
    *, area: Record, version: Version, pieces: Sequence[Piece], by: User
) -> list[Report]:
    """Send a CHA report (form 5) for each piece of an area, as `by` would type it.

    Each says of its ground what the old area said, with the items and evidence points that lie on
    it; signatures are given anew. They are received like any other; nothing is divided by this.

    Raises:
        Record.DoesNotExist: the area is outside what `by` may report.
        DomainError: an id is missing or stands twice, a piece has holes, or `by` may not send.
    """
    visible = scope_for(by, Permission.REPORT_CREATE).q("organisation_id")
    area = Record.objects.filter(visible).get(pk=area.pk, kind=AREA)
    if not all(p.cha_id.strip() and p.internal_id.strip() for p in pieces):
        raise DomainError(NO_IDS, code="no_ids")
    if len({p.cha_id.strip() for p in pieces}) != len(pieces):
        raise DomainError(ALIKE, code="ids_alike")
    form = FormVersion.objects.get(pk=form_version_get("cha").pk)
    mapping, blank = form.mapping, _Blank(form.mapping, bytes(form.xform))
    organisation = Organisation.objects.get(pk=area.organisation_id)
    said = _taken_over(mapping, version)
    rows = _rows(mapping, version, [p.ground for p in pieces])
    sent = []
    for number, piece in enumerate(pieces):
        answers = _answers(mapping, piece, said, rows[number])
        xml = instance_of(blank, answers, f"uuid:{uuid.uuid4()}")
        receipt = report_receive(xml=xml, by=by, organisation=organisation, channel="web")
        sent.append(receipt.report)
    return sent


def _taken_over(mapping: FormMapping, version: Version) -> dict[str, Any]:
    """The old area's values by question; neither persons nor their signatures."""
    signed = {q.group for q in mapping.questions if q.kind == "person" and q.group}
    return {
        q.key: version.values[q.attribute]
        for q in mapping.questions
        if q.attribute
        and q.key not in OWN
        and not (q.is_sealed or (q.group in signed and q.kind != "team"))
        and q.kind not in ("point", "polygon", "file")
        and version.values.get(q.attribute) not in (None, "", [])
    }


def _answers(
    mapping: FormMapping, piece: Piece, said: Mapping[str, Any], rows: dict[str, Any]
) -> Answers:
    outline = _ring(piece.ground)
    inside = outline.representative_point()
    commune = places.commune_at(Point(inside.x, inside.y), clock.today())
    internal = piece.internal_id.strip()
    values = {
        **said,
        "cha_id": piece.cha_id.strip(),
        "internal_id": internal,
        "shape_id": "".join(internal.split()),
        "area_size": round(area_m2(outline)),
        DATED: clock.today().isoformat(),
        **({"commune": commune.code} if commune else {}),
    }
    asked = {q.key for q in mapping.questions}
    return Answers(
        values={k: v for k, v in values.items() if k in asked},
        points={"coordinates": _pair(outline.exterior.coords[0])},
        polygons={"polygon_points": [[_pair(p) for p in outline.exterior.coords]]},
        rows=rows,
    )


def _ring(ground: BaseGeometry) -> Polygon:
    parts = list(ground.geoms) if isinstance(ground, MultiPolygon) else [ground]
    if len(parts) != 1 or not isinstance(parts[0], Polygon) or parts[0].interiors:
        raise DomainError(HOLES, code="holes")
    return parts[0]


def _rows(
    mapping: FormMapping, version: Version, grounds: Sequence[BaseGeometry]
) -> list[dict[str, Any]]:
    """The old area's evidence points and items, each with the part it lies on."""
    found: list[dict[str, Any]] = [{} for _ in grounds]
    for name, key in LISTS.items():
        repeat = mapping.repeat(key)
        reports = version.lists.get(name) or ()
        if repeat is None or not reports:
            continue
        known = rows_known(version.known_from)
        kept = known.filter(report_id__in=reports, list=name, record_id=version.record_id)
        for row in kept.order_by("report_id", "number"):
            at = None if row.shape is None else from_wkb(bytes(row.shape.wkb))
            if isinstance(at, Point):
                part = first_part(at, grounds)
                found[part].setdefault(key, []).append(_row(repeat, row, at))
    return found


def _row(repeat: Repeat, row: Row, at: Point) -> dict[str, Any]:
    asked = {q.attribute: q.key for q in repeat.questions if q.attribute}
    place = next((q.key for q in repeat.questions if q.kind == "point"), "position")
    values = {asked[k]: v for k, v in row.values.items() if k in asked}
    return {"values": values, "points": {place: _pair(at.coords[0])}, "polygons": {}}


def _pair(point: Sequence[float]) -> list[float]:
    """Nine digits: a corner on an edge stays on it, and the parts are the whole."""
    return [round(float(point[0]), 9), round(float(point[1]), 9)]
