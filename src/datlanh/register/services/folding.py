"""One refold: planned before the decision is numbered, written after it.

Planning reads and computes; writing is a handful of statements. So the one queue in which
decisions are numbered is held as briefly as can be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models
from shapely import from_wkb

from datlanh.audit.rows import together, write
from datlanh.kernel import geometry
from datlanh.kernel.fold import LIST, Choice, Difference, Folded, Segment, Span, difference, fold
from datlanh.kernel.fold import Claim as FoldClaim
from datlanh.register.bulk import Columns, row_put
from datlanh.register.models import Claim, Record, Version
from datlanh.register.projection import Current, ListRow, Projector
from datlanh.register.selectors import rows_known
from datlanh.register.services.decisions import choice_from

Said = Mapping[tuple[int, str], Any]  # (report, atom) → what it said


@dataclass
class Plan:
    """How one record will change; everything but the decision's number is settled."""

    record: Record
    projector: Projector
    change: Difference
    opening: list[Columns]
    typed: Columns | None = None  # None: no report counts, the typed row goes
    # Child rows by model; empty where they stand already.
    children: dict[type[models.Model], list[Columns]] = field(default_factory=dict)
    is_first: bool = False  # nothing of the record stands yet


@dataclass(frozen=True)
class Told:
    """What a fold asks of one record: which reports count, what they say, what stands."""

    counting: frozenset[int]
    claims: Sequence[FoldClaim]
    choices: Sequence[Choice]
    spans: Sequence[Span]
    state: str  # by its steps


class Tables(Protocol):
    """Where a plan looks up what claims and lists of a record say."""

    def said(self, record_id: UUID, reports: Collection[int]) -> Said:
        """The values of some reports by atom."""

    def rows(self, record_id: UUID, reports: Collection[int]) -> Iterable[tuple[str, ListRow]]:
        """The list rows of some reports, in their order, each with its list."""


class Stored:
    """As the register keeps them."""

    def said(self, record_id: UUID, reports: Collection[int]) -> Said:
        """The values of some reports by atom."""
        claims = Claim.objects.filter(record_id=record_id, report_id__in=reports)
        return {
            (report, atom): value
            for report, values in claims.values_list("report_id", "values")
            for atom, value in values.items()
        }

    def rows(self, record_id: UUID, reports: Collection[int]) -> Iterable[tuple[str, ListRow]]:
        """The list rows of some reports, in their order, each with its list."""
        found = rows_known().filter(record_id=record_id, report_id__in=reports)
        for row in found.order_by("report_id", "number"):
            yield row.list, ListRow(row.report_id, row.number, row.values, row.shape)


def refold_plan(
    *,
    record: Record,
    counting: frozenset[int],
    projector: Projector,
    state: str | None = None,
) -> Plan:
    """What versions and rows of a locked record must become for what counts now.

    The record's own row need not exist yet, its claims and list rows must. `state` is the one it
    is about to be in; None: the one that stands.
    """
    told = _told(record.pk, counting)
    if state is not None:
        told = replace(told, state=state)
    return plan_made(record, told, projector, Stored())


def plan_made(
    record: Record, told: Told, projector: Projector, tables: Tables, *, reread: bool = False
) -> Plan:
    """The plan for what was `told` of a record; `tables` hold what its claims and lists say.

    `reread`: rows of its lists may say something else than before, though their reports are the
    same.
    """
    folded = fold(told.claims, told.choices)
    change = difference(told.spans, folded.segments)
    closing = _closing(record, change)
    opening = _opening(record, change, closing, tables)
    newest = _newest(record, folded, opening)
    plan = Plan(record, projector, change, opening, is_first=not told.spans)
    if newest is not None:
        former = next((v for v in closing.values() if v["true_to"] is None), None)
        stays = former is not None and former["lists"] == newest["lists"] and not reread
        lists = {} if stays else _lists(newest, record, tables)
        current = _current(newest, record, told, lists)
        plan.typed = typed_row(current, projector)
        plan.children = {} if stays else projector.children(current)
    return plan


def refold_apply(plan: Plan, *, seq: int) -> None:
    """Write a plan as known from decision `seq`: one message, and what lists need."""
    record, projector = plan.record, plan.projector
    with together():
        if plan.change.close:
            write(_CLOSE, [seq, record.pk, [s.start for s in plan.change.close]])
        for version in plan.opening:
            row_put(Version, version | {"known_from": seq})
        if record.is_live != (plan.typed is not None):
            record.is_live = plan.typed is not None
            write(_LIVE, [record.is_live, record.pk])
        if plan.typed is not None:
            if any(v["true_to"] is None for v in plan.opening):
                plan.typed["known_seq"] = seq
            row_put(projector.row_model, {"record_id": record.pk} | plan.typed, key="record_id")
    if plan.typed is None:
        for model in (*projector.child_models, projector.row_model):
            model._default_manager.filter(record_id=record.pk).delete()
    for child, wanted in plan.children.items():
        _children_write(record, child, wanted, is_first=plan.is_first)


_CLOSE = """
update register_version set known_to = %s
 where record_id = %s and known_to is null and true_from = any(%s)
"""
_LIVE = "update register_record set is_live = %s where id = %s"


# One round trip for all that a fold asks: the claims that count, the choices, what stands.
_ASKED = """
select (select coalesce(json_agg(json_build_array(report_id, "on", atoms, lists)), '[]')
          from register_claim where record_id = %(record)s and report_id = any(%(counting)s)),
       (select coalesce(json_agg(data order by seq), '[]')
          from register_decision where record_id = %(record)s and kind = 'chosen'),
       (select coalesce(json_agg(json_build_array(true_from, true_to, fingerprint)), '[]')
          from register_version where record_id = %(record)s and known_to is null),
       (select state from register_state
         where record_id = %(record)s and known_to is null and true_to is null)
"""


def _told(record_id: UUID, counting: frozenset[int]) -> Told:
    """What is told of a record now. Compares digests, loads no values."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, {"record": record_id, "counting": list(counting)})
        claims, choices, spans, state = cursor.fetchone()
    return Told(
        counting,
        [FoldClaim(pk, _day(on), atoms, tuple(lists)) for pk, on, atoms, lists in claims],
        [choice_from(data) for data in choices],
        [Span(_day(a), _day(b) if b else None, mark) for a, b, mark in spans],
        state or "",
    )


_day = dt.date.fromisoformat


def _closing(record: Record, change: Difference) -> dict[str, Columns]:
    """The versions that end now, by their content; read only where something stays of them."""
    if not change.copied:
        return {}
    starts = [s.start for s in change.close]
    ending = Version.objects.filter(record_id=record.pk, known_to=None, true_from__in=starts)
    return {v.fingerprint: vars(v) for v in ending}


def _opening(
    record: Record, change: Difference, closing: Mapping[str, Columns], tables: Tables
) -> list[Columns]:
    begun = [s for s in change.open if s.fingerprint not in closing]
    # Of the claims that win somewhere in what begins.
    reports = {s.report for segment in begun for s in segment.sources.values()}
    said = tables.said(record.pk, reports) if reports else {}
    return [
        version_columns(record, s, closing.get(s.fingerprint), said) | {"known_to": None}
        for s in change.open
    ]


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


def shapes_of(values: Columns) -> tuple[bytes | None, bytes | None, float | None]:
    """Take the geometry out of `values`: outline and position as WKB, and the outline's m²."""
    outline, area = _outline(values.pop("outline", None))
    position = values.pop("position", None)
    return outline, bytes.fromhex(position) if position else None, area


# Most versions of a record share one outline.
@lru_cache(maxsize=64)
def _outline(text: str | None) -> tuple[bytes | None, float | None]:
    if not text:
        return None, None
    wkb = bytes.fromhex(text)
    area = geometry.area_m2(from_wkb(wkb))
    return (MULTIPOLYGON_OF_ONE + wkb if wkb[1] == POLYGON else wkb), area


POLYGON = 3
MULTIPOLYGON_OF_ONE = b"\x01\x06\x00\x00\x00\x01\x00\x00\x00"


def version_columns(
    record: Record, segment: Segment, same: Mapping[str, Any] | None, said: Said
) -> Columns:
    """A segment as the row that keeps it, but for what is known when.

    `same` is a former version of equal content.
    """
    dated: dict[int, list[Any]] = {}  # one entry for each claim: most atoms share theirs
    sources = {
        atom: dated.get(id(s)) or dated.setdefault(id(s), [s.report, s.on.isoformat()])
        for atom, s in segment.sources.items()
    }
    columns: Columns = {
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
    outline, position, area = shapes_of(values)
    content = (values, lists, outline, position, area)
    return columns | dict(zip(_CONTENT, content, strict=True))


_CONTENT = ("values", "lists", "outline", "position", "area_m2")


def _newest(record: Record, folded: Folded, opening: Sequence[Columns]) -> Columns | None:
    """The version that holds until told otherwise: among the opening ones, or stored."""
    if folded.now is None:
        return None
    for version in opening:
        if version["true_to"] is None:
            return version
    return vars(Version.objects.get(record_id=record.pk, known_to=None, true_to=None))


def _current(
    version: Columns, record: Record, told: Told, lists: Mapping[str, Sequence[ListRow]]
) -> Current:
    """What the typed row of `record` is made of."""
    return Current(
        record_id=record.pk,
        local_id=record.local_id,
        organisation_id=record.organisation_id,
        true_from=version["true_from"],
        seq=version.get("known_from", 0),
        values=version["values"],
        reports=len(told.counting),
        state=told.state,
        outline=version["outline"],
        position=version["position"],
        area_m2=version["area_m2"],
        lists=lists,
    )


def _lists(version: Columns, record: Record, tables: Tables) -> dict[str, list[ListRow]]:
    lists: dict[str, list[ListRow]] = {name: [] for name in version["lists"]}
    wanted = {i for ids in version["lists"].values() for i in ids}
    for name, row in tables.rows(record.pk, wanted) if wanted else ():
        if row.report_id in version["lists"].get(name, ()):
            lists[name].append(row)
    return lists


def typed_row(current: Current, projector: Projector) -> Columns:
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


def _children_write(record: Record, model: Any, wanted: list[Columns], *, is_first: bool) -> None:
    """Rows are immutable within their report, so only whole rows come and go."""
    rows = model._default_manager.filter(record_id=record.pk)
    have: dict[tuple[int, int], int] = {}
    if not is_first:
        have = {(r, n): pk for r, n, pk in rows.values_list("report_id", "number", "pk")}
    keys = {(w["report_id"], w["number"]) for w in wanted}
    if gone := [pk for key, pk in have.items() if key not in keys]:
        rows.filter(pk__in=gone).delete()
    common = {"record_id": record.pk, "organisation_id": record.organisation_id}
    with together():
        for columns in wanted:
            if (columns["report_id"], columns["number"]) not in have:
                row_put(model, common | columns)
