"""Rebuild and verify: the live register against the one that reports and decisions imply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from datlanh.audit.services import record as audit_record
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.replay import Expected, expected, lives
from datlanh.kernel.actor import Actor
from datlanh.places.selectors.lineage import one_edition
from datlanh.register import canonical
from datlanh.register import services as register
from datlanh.register.bulk import rows_copy
from datlanh.register.models import Claim, Record, Row, Version
from datlanh.register.projection import Current, ListRow

LOCK = register.DECISION_LOCK

Columns = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One place where the live register is not what it must be."""

    local_id: str
    table: str
    live: Any
    expected: Any


@dataclass
class Verdict:
    """What a verification looked at, and what it found. `derived` differences are apart."""

    records: int = 0
    versions: int = 0
    differences: list[Difference] = field(default_factory=list)
    derived: list[Difference] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether the live register is the fold of its inputs."""
        return not self.differences


def register_verify() -> Verdict:
    """Compare every record, claim, list row, version and typed row with the replay.

    Reads only. Run it while no decision is being made, or in one snapshot.
    """
    verdict = Verdict()
    every = lives()
    with one_edition():
        for batch in _batches(expected(every.values())):
            _compare_batch(batch, verdict)
    for stray in Record.objects.exclude(pk__in=every.keys()):
        verdict.differences.append(
            Difference(stray.local_id, "record", canonical.of_record(stray), None)
        )
    return verdict


@transaction.atomic
def register_rebuild(*, by: Actor) -> int:
    """Throw away everything derived and fold it anew. Returns the number of records.

    No decision can be made meanwhile: the decision lock is held.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    _clear()
    count = 0
    with one_edition():
        for batch in _batches(expected(lives().values())):
            _write_batch(batch)
            count += len(batch)
    audit_record("register.rebuild", "register:all", by=by, after={"records": count})
    return count


def _batches(source: Iterable[Expected], size: int = 400) -> Iterator[list[Expected]]:
    batch: list[Expected] = []
    for one in source:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _clear() -> None:
    for projector in PROJECTORS.values():
        for model in (*projector.child_models, projector.row_model):
            model._default_manager.all().delete()
    for table in (Version, Claim, Row, Record):
        table.objects.all()._raw_delete("default")


def versions_of(one: Expected) -> list[Columns]:
    """The versions a record must have, as the columns of their rows."""
    said = {
        (report, atom): value
        for report, claims in one.claims.items()
        for claim in claims
        for atom, value in claim.values.items()
    }
    made: dict[str, Columns] = {}
    found = []
    for known in one.versions:
        same = made.get(known.segment.fingerprint)
        version = register.version_columns(one.record, known.segment, known.known_from, same, said)
        version["known_to"] = known.known_to
        made.setdefault(known.segment.fingerprint, version)
        found.append(version)
    return found


def _newest(versions: Sequence[Columns]) -> Columns | None:
    return next((v for v in versions if v["known_to"] is None and v["true_to"] is None), None)


def _typed(one: Expected, newest: Columns) -> tuple[dict[str, Any], dict[Any, list[Any]]]:
    projector = PROJECTORS[one.record.kind]
    lists = {
        name: [
            ListRow(pk, r.number, r.values, r.shape)
            for pk in sorted(reports)
            for r in one.rows.get(pk, [])
            if r.list == name
        ]
        for name, reports in newest["lists"].items()
    }
    current = Current(
        record_id=one.record.pk,
        local_id=one.record.local_id,
        organisation_id=one.record.organisation_id,
        true_from=newest["true_from"],
        seq=newest["known_from"],
        values=newest["values"],
        reports=len(one.counting),
        outline=newest["outline"],
        position=newest["position"],
        area_m2=newest["area_m2"],
        lists=lists,
    )
    return register.typed_row(current, projector), projector.children(current)


def _typed_rows(one: Expected, newest: Columns | None) -> dict[type[models.Model], list[Columns]]:
    """The typed row and its children, as columns by name; none when no report counts."""
    if newest is None:
        return {}
    record = one.record
    row, children = _typed(one, newest)
    common = {"record_id": record.pk, "organisation_id": record.organisation_id}
    found: dict[type[models.Model], list[Columns]] = {
        child: [common | values for values in wanted] for child, wanted in children.items()
    }
    return found | {PROJECTORS[record.kind].row_model: [{"record_id": record.pk} | row]}


def _write_batch(batch: list[Expected]) -> None:
    rows_copy(Record, (one.record for one in batch))
    bound = [(one, pk) for one in batch for pk in one.bound]
    rows_copy(
        Claim,
        (register.claim_row(pk, one.record.pk, c) for one, pk in bound for c in one.claims[pk]),
    )
    rows_copy(
        Row, (register.list_row(pk, one.record.pk, r) for one, pk in bound for r in one.rows[pk])
    )
    versions = {one.record.pk: versions_of(one) for one in batch}
    rows_copy(Version, (v for found in versions.values() for v in found))
    typed: dict[type[models.Model], list[Columns]] = defaultdict(list)
    for one in batch:
        for model, rows in _typed_rows(one, _newest(versions[one.record.pk])).items():
            typed[model] += rows
    for model, rows in typed.items():
        rows_copy(model, rows)


def _compare_batch(batch: list[Expected], verdict: Verdict) -> None:
    ids = [one.record.pk for one in batch]
    records = Record.objects.in_bulk(ids)
    live_versions: dict[UUID, list[Version]] = defaultdict(list)
    for v in Version.objects.filter(record_id__in=ids).order_by("known_from", "true_from"):
        live_versions[v.record_id].append(v)
    live_claims: dict[UUID, list[Claim]] = defaultdict(list)
    for c in Claim.objects.filter(record_id__in=ids):
        live_claims[c.record_id].append(c)
    live_rows: dict[UUID, list[Row]] = defaultdict(list)
    for r in Row.objects.filter(record_id__in=ids):
        live_rows[r.record_id].append(r)
    typed = _live_typed(ids)
    for one in batch:
        pk = one.record.pk
        must = versions_of(one)
        verdict.records += 1
        verdict.versions += len(must)
        live = records.get(pk)
        pairs = (
            (
                "record",
                canonical.of_record(live) if live else None,
                canonical.of_record(one.record),
            ),
            (
                "version",
                [canonical.of_version(vars(v)) for v in live_versions[pk]],
                [canonical.of_version(v) for v in must],
            ),
            ("claim", _claims(live_claims[pk]), _claims_expected(one)),
            ("row", _rows(live_rows[pk]), _rows_expected(one)),
        )
        for table, has, wants in pairs:
            if has != wants:
                verdict.differences.append(Difference(one.record.local_id, table, has, wants))
        _compare_typed(one, _newest(must), typed, verdict)


def _claims(claims: list[Claim]) -> list[Any]:
    return sorted(([c.report_id, canonical.of_claim(c)] for c in claims), key=_part)


def _claims_expected(one: Expected) -> list[Any]:
    found = [[pk, canonical.of_claim(c)] for pk in one.bound for c in one.claims[pk]]
    return sorted(found, key=_part)


def _part(found: list[Any]) -> tuple[int, str]:
    return found[0], found[1]["part"]


def _rows(rows: list[Row]) -> list[Any]:
    return sorted(([r.report_id, canonical.of_row(r)] for r in rows), key=_number)


def _rows_expected(one: Expected) -> list[Any]:
    found = [[pk, canonical.of_row(r)] for pk in one.bound for r in one.rows[pk]]
    return sorted(found, key=_number)


def _number(found: list[Any]) -> tuple[int, str, int]:
    return found[0], found[1]["list"], found[1]["number"]


def _live_typed(ids: list[UUID]) -> dict[tuple[type[models.Model], UUID], list[models.Model]]:
    found: dict[tuple[type[models.Model], UUID], list[models.Model]] = defaultdict(list)
    seen: set[type[models.Model]] = set()
    for projector in PROJECTORS.values():
        for model in {projector.row_model, *projector.child_models} - seen:
            seen.add(model)
            for row in model._default_manager.filter(record_id__in=ids):
                found[model, row.record_id].append(row)  # type: ignore[attr-defined]
    return found


def _compare_typed(
    one: Expected,
    newest: Columns | None,
    typed: dict[tuple[type[models.Model], UUID], list[models.Model]],
    verdict: Verdict,
) -> None:
    projector = PROJECTORS[one.record.kind]
    wanted = _typed_rows(one, newest)
    for model in (projector.row_model, *projector.child_models):
        has = _typed_columns(model, map(vars, typed[model, one.record.pk]))
        wants = _typed_columns(model, wanted.get(model, []))
        if has == wants:
            continue
        differs = [_underived(r) for r in has] != [_underived(r) for r in wants]
        into = verdict.differences if differs else verdict.derived
        into.append(Difference(one.record.local_id, model._meta.model_name or "", has, wants))


def _typed_columns(model: type[models.Model], rows: Iterable[Columns]) -> list[Columns]:
    found = [canonical.of_columns(model, row) for row in rows]
    return sorted(found, key=lambda row: (row.get("report_id", 0), row.get("number", 0)))


def _underived(row: Columns) -> Columns:
    return {k: v for k, v in row.items() if k not in canonical.DERIVED}
