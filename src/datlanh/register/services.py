"""Writing the register: one decision, one refold, versions and typed row in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon
from django.db import connection, transaction
from django.db.models import Max
from shapely import from_wkb

from datlanh.kernel import clock, geometry
from datlanh.kernel.actor import Actor
from datlanh.kernel.fold import LIST, Choice, Difference, Folded, Segment, Span, difference, fold
from datlanh.kernel.fold import Claim as FoldClaim
from datlanh.register.models import Claim, Decision, Record, Row, Version
from datlanh.register.projection import Current, ListRow, Projector

DECISION_LOCK = 0x0DA7_1A17  # any fixed number: the one queue in which decisions are numbered


@dataclass(frozen=True)
class NewClaim:
    """One dated part of a report, ready for the register."""

    part: str
    on: dt.date
    values: dict[str, dict[str, Any] | None]  # atom → attributes; None clears
    atoms: dict[str, str]  # atom → digest
    lists: dict[str, str]  # combined lists this part adds to


@dataclass(frozen=True)
class NewRow:
    """One row of a report's list; `shape` as EWKB-free WKB bytes, lon/lat."""

    list: str
    number: int
    values: dict[str, Any]
    shape: bytes | None = None


def decision_add(
    *,
    kind: str,
    by: Actor,
    report_id: int | None = None,
    record_id: UUID | None = None,
    creates: bool = False,
    second: Actor | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
) -> Decision:
    """Number and keep one decision: the last thing before its effects, under one lock.

    The lock is held to the end of the transaction, so numbers follow commits and have no
    gaps, and `at` never runs backwards. With `creates`, the record id derives from the number.
    """
    if by.id is None or by.organisation_id is None:
        raise ValueError("a decision is a person's")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [DECISION_LOCK])
    newest = Decision.objects.order_by("-seq").values_list("seq", "at").first()
    seq, at = (newest[0] + 1, max(newest[1], clock.now())) if newest else (1, clock.now())
    return Decision.objects.create(
        seq=seq,
        at=at,
        kind=kind,
        report_id=report_id,
        record_id=Record.id_from(seq) if creates else record_id,
        by_id=by.id,
        by_name=by.full_name,
        by_organisation_id=by.organisation_id,
        second_id=second.id if second else None,
        second_name=second.full_name if second else "",
        note=note,
        data=data or {},
    )


def records_lock(ids: Iterable[UUID]) -> list[Record]:
    """Lock records, always in id order, so that two refolds cannot wait for each other."""
    return list(Record.objects.select_for_update().filter(pk__in=set(ids)).order_by("pk"))


def claims_put(
    *, report_id: int, record: Record, claims: Sequence[NewClaim], rows: Sequence[NewRow]
) -> None:
    """Keep what an approved report says about `record`; a re-assigned report moves."""
    Claim.objects.filter(report_id=report_id).delete()
    Row.objects.filter(report_id=report_id).delete()
    Claim.objects.bulk_create(claim_row(report_id, record, c) for c in claims)
    Row.objects.bulk_create(list_row(report_id, record, r) for r in rows)


def claim_row(report_id: int, record: Record, claim: NewClaim) -> Claim:
    """A claim as the row that keeps it."""
    return Claim(
        report_id=report_id,
        record=record,
        part=claim.part,
        on=claim.on,
        atoms=claim.atoms,
        values=claim.values,
        lists=claim.lists,
    )


def list_row(report_id: int, record: Record, row: NewRow) -> Row:
    """A list's row as the row that keeps it."""
    return Row(
        report_id=report_id,
        record=record,
        list=row.list,
        number=row.number,
        values=row.values,
        shape=geometry_of(row.shape),
    )


def geometry_of(wkb: bytes | None) -> GEOSGeometry | None:
    """Stored bytes as a geometry in WGS 84."""
    return GEOSGeometry(memoryview(wkb), srid=4326) if wkb else None


def choice_from(data: dict[str, Any]) -> Choice:
    """The choice a decision of kind "chosen" keeps in its data."""
    return Choice(data["atom"], dt.date.fromisoformat(data["on"]), int(data["report"]))


def choices_of(record_id: UUID) -> tuple[Choice, ...]:
    """The choices made between values of one date, in order."""
    made = Decision.objects.filter(record_id=record_id, kind="chosen").order_by("seq")
    return tuple(choice_from(data) for data in made.values_list("data", flat=True))


def folded_of(record_id: UUID, counting: frozenset[int]) -> Folded:
    """The record's fold over the reports that count; compares digests, loads no values."""
    claims = Claim.objects.filter(record_id=record_id, report_id__in=counting)
    return fold(
        (
            FoldClaim(report, on, atoms, tuple(lists))
            for report, on, atoms, lists in claims.values_list("report_id", "on", "atoms", "lists")
        ),
        choices_of(record_id),
    )


@transaction.atomic
def record_refold(
    *, record: Record, counting: frozenset[int], seq: int, projector: Projector
) -> Folded:
    """Bring versions and typed row of a locked record to what now counts, as known from `seq`."""
    folded = folded_of(record.pk, counting)
    stored = Version.objects.filter(record=record, known_to=None)
    spans = [Span(*v) for v in stored.values_list("true_from", "true_to", "fingerprint")]
    change = difference(spans, folded.segments)
    _versions_write(record, change, seq)
    if record.is_live != bool(folded.segments):
        record.is_live = bool(folded.segments)
        record.save(update_fields=["is_live"])
    _typed_write(record, counting, seq, projector)
    return folded


def _versions_write(record: Record, change: Difference, seq: int) -> None:
    closing = [s.start for s in change.close]
    old = {
        v.fingerprint: v
        for v in Version.objects.filter(record=record, known_to=None, true_from__in=closing)
    }
    fresh = [s for s in change.open if s.fingerprint not in old]
    said = _said(record.pk, fresh)
    if closing:
        Version.objects.filter(
            record=record, known_to=None, true_from__in=closing, known_from=seq
        ).delete()  # a version that begins and ends with one decision was never known
        Version.objects.filter(record=record, known_to=None, true_from__in=closing).update(
            known_to=seq
        )
    Version.objects.bulk_create(
        version_made(record, segment, seq, old.get(segment.fingerprint), said)
        for segment in change.open
    )


def _said(record_id: UUID, segments: Sequence[Segment]) -> dict[tuple[int, str], Any]:
    """Values by (report, atom), of the claims that win somewhere in `segments`."""
    reports = {s.report for segment in segments for s in segment.sources.values()}
    claims = Claim.objects.filter(record_id=record_id, report_id__in=reports)
    return {
        (report, atom): value
        for report, values in claims.values_list("report_id", "values")
        for atom, value in values.items()
    }


def values_of(
    segment: Segment, said: dict[tuple[int, str], Any]
) -> tuple[dict[str, Any], dict[str, list[int]]]:
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


def shapes_of(values: dict[str, Any]) -> tuple[MultiPolygon | None, Point | None, float | None]:
    """Take the geometry out of `values` (hex WKB): outline, position, and the outline's m²."""
    outline = position = area = None
    if text := values.pop("outline", None):
        found = GEOSGeometry(text, srid=4326)
        outline = MultiPolygon(found, srid=4326) if isinstance(found, Polygon) else found
        area = geometry.area_m2(from_wkb(text))
    if text := values.pop("position", None):
        position = GEOSGeometry(text, srid=4326)
    return outline, position, area  # type: ignore[return-value]  # GEOS types by content


def version_made(
    record: Record,
    segment: Segment,
    seq: int,
    same: Version | None,
    said: dict[tuple[int, str], Any],
) -> Version:
    """A segment as the row that keeps it; `same` is a former version of equal content."""
    version = Version(
        record=record,
        kind=record.kind,
        organisation_id=record.organisation_id,
        true_from=segment.start,
        true_to=segment.end,
        known_from=seq,
        fingerprint=segment.fingerprint,
        sources={a: [s.report, s.on.isoformat()] for a, s in segment.sources.items()},
    )
    if same is not None:
        version.values, version.lists = same.values, same.lists
        version.outline, version.position = same.outline, same.position
        version.area_m2 = same.area_m2
    else:
        version.values, version.lists = values_of(segment, said)
        version.outline, version.position, version.area_m2 = shapes_of(version.values)
    return version


def current_of(version: Version, record: Record, reports: int) -> Current:
    """What the typed row of `record` is made of."""
    wanted = [(name, ids) for name, ids in version.lists.items() if ids]
    rows: dict[str, list[ListRow]] = {name: [] for name, _ in wanted}
    if wanted:
        ids = {i for _, found in wanted for i in found}
        kept = dict(wanted)
        for row in Row.objects.filter(record=record, report_id__in=ids).order_by(
            "report_id", "number"
        ):
            if row.report_id in kept.get(row.list, ()):
                rows[row.list].append(ListRow(row.report_id, row.number, row.values, row.shape))
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
        lists=rows,
    )


def _typed_write(record: Record, counting: frozenset[int], seq: int, projector: Projector) -> None:
    newest = Version.objects.filter(record=record, known_to=None, true_to=None).first()
    if newest is None:
        for model in projector.child_models:
            model._default_manager.filter(record=record).delete()
        projector.row_model._default_manager.filter(pk=record.pk).delete()
        return
    current = current_of(newest, record, len(counting))
    row = typed_row(current, projector)
    model = projector.row_model
    model._default_manager.bulk_create(
        [model(record_id=record.pk, **row)],
        update_conflicts=True,
        unique_fields=["record"],
        update_fields=[k for k in row if k != "record_id"],
    )
    for child, wanted in projector.children(current).items():
        _children_write(record, child, wanted, current.organisation_id)


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


def _children_write(record: Record, model: Any, wanted: list[dict[str, Any]], org: int) -> None:
    """Rows are immutable within their report, so only whole rows come and go."""
    have = {
        (report, number): pk
        for report, number, pk in model._default_manager.filter(record=record).values_list(
            "report_id", "number", "pk"
        )
    }
    keys = {(w["report_id"], w["number"]) for w in wanted}
    if gone := [pk for key, pk in have.items() if key not in keys]:
        model._default_manager.filter(pk__in=gone).delete()
    model._default_manager.bulk_create(
        model(record=record, organisation_id=org, **w)
        for w in wanted
        if (w["report_id"], w["number"]) not in have
    )


def decision_newest() -> int:
    """The number of the newest decision, 0 before the first."""
    return Decision.objects.aggregate(newest=Max("seq"))["newest"] or 0
