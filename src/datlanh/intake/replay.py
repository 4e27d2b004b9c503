"""The register computed from nothing but reports and decisions: what `verify` compares with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from uuid import UUID

from django.db.models import F, Q

from datlanh.intake.attached import attached_rows, digests_kept
from datlanh.intake.claims import claims_of
from datlanh.intake.models import Payload, Report
from datlanh.intake.selectors.forms import mapping_of
from datlanh.kernel.fold import Choice, Known, Standing, Step, effective, replay
from datlanh.kernel.fold import Claim as FoldClaim
from datlanh.kernel.mapping import Answers
from datlanh.register.models import Decision, Record
from datlanh.register.services import NewClaim, NewRow, choice_from, states_newest

REMAPPED = "remapped"
DECIDING = ("approved", "withdrawn", "revoked", "reassigned", "chosen", REMAPPED)
BATCH = 400  # records whose payloads are in memory at once


Read = tuple[int, int]  # a report, and the revision of the mapping it is read with
Readings = list[tuple[int, int]]  # known from, revision; the first as of always


@dataclass
class Life:
    """One record's decisions, boiled down to what counted from when."""

    id: UUID
    created_seq: int
    report: int  # the report that created it
    steps: list[Step] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    members: set[int] = field(default_factory=set)  # every report ever bound to it
    bound: set[int] = field(default_factory=set)  # those bound to it now
    readings: dict[int, Readings] = field(default_factory=dict)  # of its members


@dataclass(frozen=True)
class Expected:
    """A record as it must be: its own row, claims, list rows and versions."""

    record: Record
    bound: frozenset[int]  # the reports bound to it now; their claims stand in the register
    readings: dict[int, Readings]  # of every report that was ever bound to it
    claims: dict[Read, list[NewClaim]]
    rows: dict[Read, list[NewRow]]
    versions: Sequence[Known]
    counting: frozenset[int]
    state: str  # by its steps; "" while none was taken

    def read_at(self, report: int, seq: int) -> Read:
        """How a report was read after a decision."""
        return report, next(r for since, r in reversed(self.readings[report]) if since <= seq)

    def read_now(self, report: int) -> Read:
        """How a report is read now."""
        return report, self.readings[report][-1][1]


@dataclass(frozen=True)
class _Sent:
    """What a replay asks of a report beside its answers."""

    id: int
    form_version_id: int
    record_local_id: str
    organisation_id: int


@dataclass(frozen=True)
class _About:
    chain: int
    supersedes: int | None
    version: int | None


def lives() -> dict[UUID, Life]:
    """Every record's life, in the order of decisions."""
    simulation = _Simulation()
    for decision in Decision.objects.filter(kind__in=DECIDING).order_by("seq").iterator():
        simulation.take(decision)
    return simulation.found


class _Simulation:
    """Reports and records as they stood after each decision."""

    def __init__(self) -> None:
        # A correction nobody decided yet still links what it corrects to what corrects it.
        told = Report.objects.filter(Q(approved_once=True) | Q(supersedes__isnull=False))
        self.about = {
            pk: _About(*about)
            for pk, *about in told.values_list("pk", "chain_id", "supersedes_id", "form_version_id")
        }
        self.chains: dict[int, set[int]] = defaultdict(set)
        for pk, one in self.about.items():
            self.chains[one.chain].add(pk)
        self.standing: dict[int, Standing] = {}
        self.home: dict[int, UUID] = {}
        self.found: dict[UUID, Life] = {}
        self.revision: dict[int | None, int] = {}  # in force, of versions that were corrected
        self.readings: dict[int, Readings] = {}
        self.of_version: dict[int | None, set[int]] = defaultdict(set)  # reports with a home

    def take(self, decision: Decision) -> None:
        """Apply one decision and note what then counted, for every record it touches."""
        for record_id in self._touched(decision):
            self._step(self.found[record_id], decision.seq)

    def _touched(self, decision: Decision) -> set[UUID]:
        report, record = decision.report_id, decision.record_id
        if decision.kind == REMAPPED:
            return self._remap(decision.data["form_version"], decision.data["to"], decision.seq)
        if decision.kind == "chosen" and record is not None:
            self.found[record].choices.append(choice_from(decision.data))
            return {record}
        if report is None:
            return set()
        touched = {self.home[report]} if report in self.home else set()
        if decision.kind in {"approved", "reassigned"} and record is not None:
            self._bind(report, record, decision.seq)
            touched.add(record)
        if decision.kind != "reassigned":
            self.standing[report] = Standing(
                report,
                approved=decision.kind == "approved",
                withdrawn=decision.kind == "withdrawn",
                supersedes=self.about[report].supersedes,
            )
        chain = self.chains[self.about[report].chain]
        return touched | {self.home[r] for r in chain if r in self.home}

    def _bind(self, report: int, record: UUID, seq: int) -> None:
        if report in self.home:
            self.found[self.home[report]].bound.discard(report)
        life = self.found.setdefault(record, Life(record, seq, report))
        self.home[report] = record
        life.members.add(report)
        life.bound.add(report)
        version = self.about[report].version
        self.of_version[version].add(report)
        # One history for a report, whatever records it is bound to.
        life.readings[report] = self.readings.setdefault(
            report, [(0, self.revision.get(version, 1))]
        )

    def _remap(self, version: int, to: int, seq: int) -> set[UUID]:
        self.revision[version] = to
        for report in self.of_version[version]:
            self.readings[report].append((seq, to))
        return {self.home[report] for report in self.of_version[version]}

    def _step(self, life: Life, seq: int) -> None:
        family = {r for member in life.bound for r in self.chains[self.about[member].chain]}
        standings = (
            self.standing.get(r) or Standing(r, supersedes=self.about[r].supersedes) for r in family
        )
        counting = effective(standings) & life.bound
        readings = {r: life.readings[r][-1][1] for r in counting}
        step = Step(
            seq, counting, tuple(life.choices), {r: to for r, to in readings.items() if to != 1}
        )
        last = life.steps[-1] if life.steps else None
        if last is None or replace(last, seq=seq) != step:
            life.steps.append(step)


def expected(wanted: Iterable[Life]) -> Iterator[list[Expected]]:
    """What each record must be, some records at a time."""
    waiting = iter(wanted)
    states = states_newest()
    while batch := list(islice(waiting, BATCH)):
        yield _batch(batch, states)


def _batch(batch: list[Life], states: Mapping[UUID, str]) -> list[Expected]:
    ids = {r for life in batch for r in life.members}
    revisions = {
        r: {revision for _, revision in told} for life in batch for r, told in life.readings.items()
    }
    # Rows of values, not models: making those took as long as reading.
    reports = {
        found[0]: _Sent(*found)
        for found in Report.objects.filter(pk__in=ids).values_list(
            "pk", "form_version_id", "record_local_id", "organisation_id"
        )
    }
    counted = Payload.objects.filter(report_id__in=ids, revision=F("report__revision"))
    digests = digests_kept(list(ids))
    read = cache(mapping_of)  # a corrected one is looked up each time
    said = {
        (pk, r): claims_of(
            read(reports[pk].form_version_id, r),
            Answers.from_json(answers),
            attached_rows(digests.get(pk, "")),
        )
        for pk, answers in counted.values_list("report_id", "answers")
        for r in revisions[pk]
    }
    return [_one(life, reports, said, states.get(life.id, "")) for life in batch]


def _one(
    life: Life,
    reports: dict[int, _Sent],
    said: dict[Read, tuple[list[NewClaim], list[NewRow]]],
    state: str,
) -> Expected:
    creator = reports[life.report]
    mapping = mapping_of(creator.form_version_id, 1)  # no revision is of another kind
    reads = {(pk, r) for pk, told in life.readings.items() for _, r in told}
    folded = [
        FoldClaim(pk, c.on, c.atoms, tuple(c.lists), revision)
        for pk, revision in reads
        for c in said[pk, revision][0]
    ]
    counting = life.steps[-1].counting if life.steps else frozenset()
    record = Record(
        id=life.id,
        kind=mapping.record_kind,
        local_id=creator.record_local_id,
        organisation_id=creator.organisation_id,
        created_seq=life.created_seq,
        is_live=bool(counting),
    )
    return Expected(
        record=record,
        bound=frozenset(life.bound),
        readings=life.readings,
        claims={read: said[read][0] for read in reads},
        rows={read: said[read][1] for read in reads},
        versions=replay(life.steps, folded),
        counting=counting,
        state=state,
    )
