"""Rebuild: the register thrown away and folded anew from reports and decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection, models, transaction

from datlanh.audit.services import record as audit_record
from datlanh.hazards.ledger.services import ledgers_clear, ledgers_rebuild, ledgers_stand
from datlanh.hazards.ledger.versions import KINDS as LEDGER_KINDS
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.replay import Expected, expected, lives
from datlanh.kernel.actor import Actor
from datlanh.kernel.collector import collected_seldom
from datlanh.places.selectors.lineage import one_edition
from datlanh.register import services as register
from datlanh.register.bulk import Columns, rows_copy
from datlanh.register.models import Claim, Link, Record, Row, State, Version
from datlanh.register.projection import Current, ListRow
from datlanh.register.services import NewRow

Tables = dict[type[models.Model], list[Columns]]


@collected_seldom()
@transaction.atomic
def register_rebuild(*, by: Actor) -> int:
    """Throw away everything derived and fold it anew. Returns the number of records.

    No decision can be made meanwhile: the decision lock is held.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [register.DECISION_LOCK])
    _clear()
    count = 0
    with one_edition():
        for batch in expected(lives().values()):
            _write(batch)
            count += len(batch)
    register.links_rebuild()
    register.states_rebuild()
    ledgers_rebuild()
    audit_record("register.rebuild", "register:all", by=by, after={"records": count})
    return count


@transaction.atomic
def ledger_complete(*, by: Actor) -> int:
    """Compute the ledger of a register that was kept before there was one. Twice is once."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [register.DECISION_LOCK])
    if ledgers_stand() or not Record.objects.filter(kind__in=LEDGER_KINDS).exists():
        return 0
    rows = ledgers_rebuild()
    audit_record("register.ledger", "register:all", by=by, after={"rows": rows})
    return rows


def _clear() -> None:
    ledgers_clear()
    for projector in PROJECTORS.values():
        for model in (*projector.child_models, projector.row_model):
            model._default_manager.all().delete()
    for table in (State, Link, Version, Claim, Row, Record):
        table.objects.all()._raw_delete("default")


def _write(batch: Sequence[Expected]) -> None:
    tables: Tables = defaultdict(list)
    for one in batch:
        for model, rows in tables_of(one).items():
            tables[model] += rows
    for model, rows in tables.items():
        rows_copy(model, rows)


def tables_of(one: Expected) -> Tables:
    """Every row that must stand for a record, by table, as columns by name."""
    record = one.record
    versions = versions_of(one)
    return {
        Record: [{f.attname: getattr(record, f.attname) for f in Record._meta.concrete_fields}],
        Version: versions,
        Claim: [
            register.claim_row(pk, record.pk, claim)
            for pk in one.bound
            for claim in one.claims[one.read_now(pk)]
        ],
        Row: [row for pk in one.bound for row in _list_rows(one, pk)],
        **_typed_rows(one, _newest(versions)),
    }


def versions_of(one: Expected) -> list[Columns]:
    """The versions a record must have, as the columns of their rows."""
    said = {
        read: {atom: value for claim in claims for atom, value in claim.values.items()}
        for read, claims in one.claims.items()
    }
    made: dict[str, Columns] = {}
    found = []
    for known in one.versions:
        same = made.get(known.segment.fingerprint)
        reports = {s.report for s in known.segment.sources.values()} if same is None else ()
        of_atoms = {
            (report, atom): value
            for report in reports
            for atom, value in said[one.read_at(report, known.known_from)].items()
        }
        version = register.version_columns(one.record, known.segment, same, of_atoms)
        version |= {"known_from": known.known_from, "known_to": known.known_to}
        made.setdefault(known.segment.fingerprint, version)
        found.append(version)
    return found


def _list_rows(one: Expected, report: int) -> list[Columns]:
    """The list rows of a report, each known while its content was read so."""
    found: list[Columns] = []
    open_now: dict[tuple[str, int], tuple[NewRow, Columns]] = {}
    for since, revision in one.readings[report]:
        wanted = {(r.list, r.number): r for r in one.rows[report, revision]}
        for key in [k for k, (row, _) in open_now.items() if wanted.get(k) != row]:
            open_now.pop(key)[1]["known_to"] = since
        for key, row in wanted.items():
            if key not in open_now:
                kept = register.list_row(report, one.record.pk, row)
                kept |= {"known_from": since, "known_to": None}
                open_now[key] = row, kept
                found.append(kept)
    return found


def _newest(versions: Sequence[Columns]) -> Columns | None:
    return next((v for v in versions if v["known_to"] is None and v["true_to"] is None), None)


def _typed_rows(one: Expected, newest: Columns | None) -> Tables:
    """The typed row and its children; none when no report counts."""
    if newest is None:
        return {}
    record, projector = one.record, PROJECTORS[one.record.kind]
    current = _current(one, newest)
    common: dict[str, Any] = {"record_id": record.pk, "organisation_id": record.organisation_id}
    found: Tables = {
        child: [common | values for values in wanted]
        for child, wanted in projector.children(current).items()
    }
    row = {"record_id": record.pk} | register.typed_row(current, projector)
    return found | {projector.row_model: [row]}


def _current(one: Expected, newest: Columns) -> Current:
    lists = {
        name: [
            ListRow(pk, r.number, r.values, r.shape)
            for pk in sorted(reports)
            for r in one.rows.get(one.read_now(pk), [])
            if r.list == name
        ]
        for name, reports in newest["lists"].items()
    }
    return Current(
        record_id=one.record.pk,
        local_id=one.record.local_id,
        organisation_id=one.record.organisation_id,
        true_from=newest["true_from"],
        seq=newest["known_from"],
        values=newest["values"],
        reports=len(one.counting),
        state=one.state,
        outline=newest["outline"],
        position=newest["position"],
        area_m2=newest["area_m2"],
        lists=lists,
    )
