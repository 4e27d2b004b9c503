"""One refold: planned before the decision is numbered, written after it.

Planning reads and computes; writing is a handful of statements. So the one queue in which
decisions are numbered is held as briefly as can be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.db import models, transaction
from shapely import from_wkb

from datlanh.kernel import geometry
from datlanh.kernel.fold import LIST, Difference, Folded, Segment, Span, difference, fold
from datlanh.kernel.fold import Claim as FoldClaim
from datlanh.register.models import Claim, Record, Row, Version
from datlanh.register.projection import Current, ListRow, Projector
from datlanh.register.services.decisions import choices_of

Said = Mapping[tuple[int, str], Any]  # (report, atom) → what it said


@dataclass
class Plan:
    """How one record will change; everything but the decision's number is settled."""

    record: Record
    projector: Projector
    folded: Folded
    change: Difference
    opening: list[Version]
    typed: dict[str, Any] | None  # None: no report counts, the typed row goes
    children: dict[type[models.Model], list[dict[str, Any]]] = field(default_factory=dict)


def refold_plan(*, record: Record, counting: frozenset[int], projector: Projector) -> Plan:
    """What versions and rows of a locked record must become for what counts now.

    The record's own row need not exist yet, its claims and list rows must.
    """
    folded = _folded(record.pk, counting)
    stored = Version.objects.filter(record_id=record.pk, known_to=None)
    spans = [Span(*v) for v in stored.values_list("true_from", "true_to", "fingerprint")]
    change = difference(spans, folded.segments)
    opening = _opening(record, change)
    newest = _newest(record, folded, opening)
    plan = Plan(record, projector, folded, change, opening, typed=None)
    if newest is not None:
        current = _current(newest, record, len(counting))
        plan.typed = typed_row(current, projector)
        plan.children = projector.children(current)
    return plan


@transaction.atomic
def refold_apply(plan: Plan, *, seq: int) -> None:
    """Write a plan as known from decision `seq`."""
    record, projector = plan.record, plan.projector
    if plan.change.close:
        starts = [s.start for s in plan.change.close]
        Version.objects.filter(record=record, known_to=None, true_from__in=starts).update(
            known_to=seq
        )
    for version in plan.opening:
        version.known_from = seq
    Version.objects.bulk_create(plan.opening)
    is_live = plan.typed is not None
    if record.is_live != is_live:
        record.is_live = is_live
        record.save(update_fields=["is_live"])
    if plan.typed is None:
        for model in (*projector.child_models, projector.row_model):
            model._default_manager.filter(record_id=record.pk).delete()
        return
    row = plan.typed
    if any(v.true_to is None for v in plan.opening):
        row["known_seq"] = seq
    projector.row_model._default_manager.bulk_create(
        [projector.row_model(record_id=record.pk, **row)],
        update_conflicts=True,
        unique_fields=["record"],
        update_fields=[k for k in row if k != "record_id"],
    )
    for child, wanted in plan.children.items():
        _children_write(record, child, wanted)


def _folded(record_id: UUID, counting: frozenset[int]) -> Folded:
    """The record's fold over the reports that count; compares digests, loads no values."""
    claims = Claim.objects.filter(record_id=record_id, report_id__in=counting)
    return fold(
        (
            FoldClaim(report, on, atoms, tuple(lists))
            for report, on, atoms, lists in claims.values_list("report_id", "on", "atoms", "lists")
        ),
        choices_of(record_id),
    )


def _opening(record: Record, change: Difference) -> list[Version]:
    closing = [s.start for s in change.close]
    old = (
        {
            v.fingerprint: v
            for v in Version.objects.filter(
                record_id=record.pk, known_to=None, true_from__in=closing
            )
        }
        if change.copied
        else {}
    )
    said = _said(record.pk, [s for s in change.open if s.fingerprint not in old])
    return [
        Version(known_from=0, **version_columns(record, s, _columns(old.get(s.fingerprint)), said))
        for s in change.open
    ]


def _columns(version: Version | None) -> Mapping[str, Any] | None:
    return None if version is None else vars(version)


def _said(record_id: UUID, segments: Sequence[Segment]) -> Said:
    """Values by (report, atom), of the claims that win somewhere in `segments`."""
    reports = {s.report for segment in segments for s in segment.sources.values()}
    if not reports:
        return {}
    claims = Claim.objects.filter(record_id=record_id, report_id__in=reports)
    return {
        (report, atom): value
        for report, values in claims.values_list("report_id", "values")
        for atom, value in values.items()
    }


def values_of(segment: Segment, said: Said) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """A segment's attributes and lists, from what its winning claims said."""
    values: dict[str, Any] = {}
    lists = {name: list(reports) for name, reports in segment.lists.items()}
    for atom, source in sorted(segment.sources.items()):
        answer = said[source.report, atom]
        if atom.startswith(LIST):
            lists[atom.removeprefix(LIST)] = [source.report] if answer is not None else []
        elif answer is not None:
            values |= answer
    return values, lists


def shapes_made(values: dict[str, Any]) -> tuple[MultiPolygon | None, Point | None, float | None]:
    """Take the geometry out of `values` (hex WKB): outline, position, and the outline's m²."""
    outline, area = _outline(values.pop("outline", None))
    return outline, _position(values.pop("position", None)), area


# Most versions of a record share one outline and one position.
@lru_cache(maxsize=64)
def _outline(wkb: str | None) -> tuple[MultiPolygon | None, float | None]:
    if not wkb:
        return None, None
    found: Any = GEOSGeometry(wkb, srid=4326)
    outline = MultiPolygon(found, srid=4326) if isinstance(found, Polygon) else found
    return outline, geometry.area_m2(from_wkb(wkb))


@lru_cache(maxsize=64)
def _position(wkb: str | None) -> Point | None:
    return GEOSGeometry(wkb, srid=4326) if wkb else None  # type: ignore[return-value]  # a point


def shapes_wkb(values: dict[str, Any]) -> tuple[bytes | None, bytes | None, float | None]:
    """`shapes_made` as WKB, for rows that are copied and never looked into."""
    outline, area = _outline_wkb(values.pop("outline", None))
    position = values.pop("position", None)
    return outline, bytes.fromhex(position) if position else None, area


@lru_cache(maxsize=64)
def _outline_wkb(text: str | None) -> tuple[bytes | None, float | None]:
    if not text:
        return None, None
    wkb = bytes.fromhex(text)
    area = geometry.area_m2(from_wkb(wkb))
    return (MULTIPOLYGON_OF_ONE + wkb if wkb[1] == POLYGON else wkb), area


POLYGON = 3
MULTIPOLYGON_OF_ONE = b"\x01\x06\x00\x00\x00\x01\x00\x00\x00"


Shapes = Callable[[dict[str, Any]], tuple[Any, Any, float | None]]


def version_columns(
    record: Record,
    segment: Segment,
    same: Mapping[str, Any] | None,
    said: Said,
    shapes: Shapes = shapes_made,
) -> dict[str, Any]:
    """A segment as the row that keeps it, but for what is known when.

    `same` is a former version of equal content; `shapes` takes the geometry out of the values.
    """
    dated: dict[int, list[Any]] = {}  # one entry for each claim: most atoms share theirs
    sources = {
        atom: dated.get(id(s)) or dated.setdefault(id(s), [s.report, s.on.isoformat()])
        for atom, s in segment.sources.items()
    }
    columns: dict[str, Any] = {
        "record_id": record.pk,
        "kind": record.kind,
        "organisation_id": record.organisation_id,
        "true_from": segment.start,
        "true_to": segment.end,
        "fingerprint": segment.fingerprint,
        "sources": sources,
    }
    if same is not None:
        return columns | {name: same[name] for name in _CONTENT}
    values, lists = values_of(segment, said)
    outline, position, area = shapes(values)
    content = (values, lists, outline, position, area)
    return columns | dict(zip(_CONTENT, content, strict=True))


_CONTENT = ("values", "lists", "outline", "position", "area_m2")


def _newest(record: Record, folded: Folded, opening: Sequence[Version]) -> Version | None:
    """The version that holds until told otherwise: among the opening ones, or stored."""
    if folded.now is None:
        return None
    for version in opening:
        if version.true_to is None:
            return version
    return Version.objects.get(record_id=record.pk, known_to=None, true_to=None)


def _current(version: Version, record: Record, reports: int) -> Current:
    """What the typed row of `record` is made of."""
    lists: dict[str, list[ListRow]] = {name: [] for name in version.lists}
    wanted = {i for ids in version.lists.values() for i in ids}
    if wanted:
        rows = Row.objects.filter(record_id=record.pk, report_id__in=wanted)
        for row in rows.order_by("report_id", "number"):
            if row.report_id in version.lists.get(row.list, ()):
                lists[row.list].append(ListRow(row.report_id, row.number, row.values, row.shape))
    return Current(
        record_id=record.pk,
        local_id=record.local_id,
        organisation_id=record.organisation_id,
        true_from=version.true_from,
        seq=version.known_from,
        values=version.values,
        reports=reports,
        outline=version.outline,
        position=version.position,
        area_m2=version.area_m2,
        lists=lists,
    )


def typed_row(current: Current, projector: Projector) -> dict[str, Any]:
    """All columns of the typed row but its key: common, the domain's own, and derived."""
    values = current.values
    return {
        "local_id": current.local_id,
        "organisation_id": current.organisation_id,
        "internal_id": values.get("internal_id") or "",
        "reporting_team": values.get("reporting_team") or "",
        "commune_code": values.get("commune_code") or "",
        "village_name": values.get("village_name") or "",
        "shape_id": values.get("shape_id") or "",
        "area_reported_m2": values.get("area_reported_m2"),
        "outline": current.outline,
        "position": current.position,
        "area_m2": current.area_m2,
        "true_from": current.true_from,
        "known_seq": current.seq,
        "reports": current.reports,
        **projector.row(current),
        **projector.derived(current),
    }


def _children_write(record: Record, model: Any, wanted: list[dict[str, Any]]) -> None:
    """Rows are immutable within their report, so only whole rows come and go."""
    have = {
        (report, number): pk
        for report, number, pk in model._default_manager.filter(record_id=record.pk).values_list(
            "report_id", "number", "pk"
        )
    }
    keys = {(w["report_id"], w["number"]) for w in wanted}
    if gone := [pk for key, pk in have.items() if key not in keys]:
        model._default_manager.filter(pk__in=gone).delete()
    model._default_manager.bulk_create(
        model(record_id=record.pk, organisation_id=record.organisation_id, **w)
        for w in wanted
        if (w["report_id"], w["number"]) not in have
    )
