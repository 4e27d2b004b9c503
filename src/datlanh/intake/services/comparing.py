"""Verify: the live register against the one that reports and decisions imply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from datlanh.hazards.ledger.services import MODELS as LEDGERS
from datlanh.hazards.ledger.services import ledgers_replayed
from datlanh.intake.projectors import PROJECTORS
from datlanh.intake.replay import Expected, expected, lives
from datlanh.intake.services.rebuilding import tables_of
from datlanh.kernel import geometry
from datlanh.kernel.collector import collected_seldom
from datlanh.places.selectors.lineage import one_edition
from datlanh.register import canonical
from datlanh.register import services as register
from datlanh.register.bulk import Columns, rows_read
from datlanh.register.models import Claim, Link, Record, Row, State, Version


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
    links: int = 0
    ledger_rows: int = 0
    differences: list[Difference] = field(default_factory=list)
    derived: list[Difference] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether the live register is the fold of its inputs."""
        return not self.differences


@collected_seldom()
def register_verify() -> Verdict:
    """Compare every record, claim, list row, version, typed row and link with the replay.

    Reads only. Run it while no decision is being made, or in one snapshot.
    """
    verdict = Verdict()
    every = lives()
    with one_edition():
        for batch in expected(every.values()):
            _compare(batch, verdict)
    for pk, local_id in Record.objects.values_list("pk", "local_id").iterator():
        if pk not in every:
            verdict.differences.append(Difference(local_id, "record", str(pk), None))
    _compare_links(verdict)
    _compare_states(verdict)
    _compare_ledgers(verdict)
    return verdict


def _compare_links(verdict: Verdict) -> None:
    """Links are few columns: all of them at once, as sets."""
    names = ("a_id", "b_id", "relation", "holds", "known_from", "known_to")
    wants = {tuple(register.link_row(s)[n] for n in names) for s in register.links_replayed()}
    has = set(Link.objects.values_list(*names).iterator())
    verdict.links = len(wants)
    for row in sorted(has ^ wants, key=str):
        told = dict(zip(names, map(canonical.plain, row), strict=True))
        live, expected_one = (told, None) if row in has else (None, told)
        verdict.differences.append(Difference(told["a_id"], "link", live, expected_one))


def _compare_ledgers(verdict: Verdict) -> None:
    """The ledger follows from versions, which were compared before it."""
    for batch, rows in ledgers_replayed():
        for model in LEDGERS:
            live = _live(model, batch)
            wants: dict[str, list[Columns]] = defaultdict(list)
            for row in rows.get(model, ()):
                wants[str(row["record_id"])].append(canonical.of_columns(model, row))
            verdict.ledger_rows += sum(map(len, wants.values()))
            for pk in live.keys() | wants.keys():
                has, must = (sorted(some[pk], key=_place) for some in (live, wants))
                if has != must:
                    _differs_measured(pk, model, has, must, verdict)


def _differs_measured(
    pk: str, model: type[models.Model], has: list[Columns], wants: list[Columns], verdict: Verdict
) -> None:
    """Note a difference; apart, when another engine measured the same ground a little otherwise."""
    close = len(has) == len(wants) and all(map(_measured_alike, has, wants))
    into = verdict.derived if close else verdict.differences
    into.append(Difference(pk, model._meta.model_name or "", has, wants))


def _measured_alike(a: Columns, b: Columns) -> bool:
    return all(
        geometry.agrees(a[k], b[k])
        if isinstance(a[k], int | float) and isinstance(b[k], int | float) and k.endswith("_m2")
        else a[k] == b[k] or k == "adjustments"
        for k in a
    )


def _compare_states(verdict: Verdict) -> None:
    """States, like links, are few columns."""
    names = ("record_id", "state", "true_from", "true_to", "known_from", "known_to")
    wants = {tuple(register.state_row(s)[n] for n in names) for s in register.states_replayed()}
    has = set(State.objects.values_list(*names).iterator())
    for row in sorted(has ^ wants, key=str):
        told = dict(zip(names, map(canonical.plain, row), strict=True))
        live, expected_one = (told, None) if row in has else (None, told)
        verdict.differences.append(Difference(told["record_id"], "state", live, expected_one))


def _compare(batch: Sequence[Expected], verdict: Verdict) -> None:
    ids = [one.record.pk for one in batch]
    kinds = {one.record.kind for one in batch}
    live = {model: _live(model, ids) for model in _models(kinds)}
    for one in batch:
        must = tables_of(one)
        verdict.records += 1
        verdict.versions += len(must[Version])
        for model in _models({one.record.kind}):
            has = sorted(live[model][str(one.record.pk)], key=_place)
            wants = sorted(
                (canonical.of_columns(model, r) for r in must.get(model, ())), key=_place
            )
            if has != wants:
                _differs(one.record.local_id, model, has, wants, verdict)


def _models(kinds: Iterable[str]) -> list[type[models.Model]]:
    found: dict[type[models.Model], None] = dict.fromkeys((Record, Version, Claim, Row))
    for kind in kinds:
        found |= dict.fromkeys((PROJECTORS[kind].row_model, *PROJECTORS[kind].child_models))
    return list(found)


def _live(model: type[models.Model], ids: Sequence[Any]) -> dict[str, list[Columns]]:
    """The rows that stand for some records, in canonical form, by the record's id."""
    key = "id" if model is Record else "record_id"
    found: dict[str, list[Columns]] = defaultdict(list)
    for row in rows_read(model, key, ids):
        found[row[key]].append(row)
    return found


def _place(row: Columns) -> tuple[Any, ...]:
    """What tells a row from the others of its record and table."""
    known, report = row.get("known_from") or 0, row.get("report_id") or 0
    names = (row.get("true_from") or "", row.get("part") or "", row.get("list") or "")
    return (known, report, *names, row.get("number") or 0)


def _differs(
    local_id: str,
    model: type[models.Model],
    has: list[Columns],
    wants: list[Columns],
    verdict: Verdict,
) -> None:
    """Note a difference; apart, when it lies in what an engine derived only."""
    folded = [_underived(r) for r in has] != [_underived(r) for r in wants]
    into = verdict.differences if folded else verdict.derived
    into.append(Difference(local_id, model._meta.model_name or "", has, wants))


def _underived(row: Columns) -> Columns:
    return {k: v for k, v in row.items() if k not in canonical.DERIVED}
