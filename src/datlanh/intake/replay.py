"""The register computed from nothing but reports and decisions: what `verify` compares with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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

DECIDING = ("approved", "withdrawn", "revoked", "reassigned", "chosen")
BATCH = 400  # records whose payloads are in memory at once


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


@dataclass(frozen=True)
class Expected:
    """A record as it must be: its own row, claims, list rows and versions."""

    record: Record
    bound: frozenset[int]  # the reports bound to it now; their claims stand in the register
    claims: dict[int, list[NewClaim]]  # of every report that was ever bound to it
    rows: dict[int, list[NewRow]]
    versions: Sequence[Known]
    counting: frozenset[int]
    state: str  # by its steps; "" while none was taken


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
            pk: _About(chain, supersedes)
            for pk, chain, supersedes in told.values_list("pk", "chain_id", "supersedes_id")
        }
        self.chains: dict[int, set[int]] = defaultdict(set)
        for pk, one in self.about.items():
            self.chains[one.chain].add(pk)
        self.standing: dict[int, Standing] = {}
        self.home: dict[int, UUID] = {}
        self.found: dict[UUID, Life] = {}

    def take(self, decision: Decision) -> None:
        """Apply one decision and note what then counted, for every record it touches."""
        for record_id in self._touched(decision):
            self._step(self.found[record_id], decision.seq)

    def _touched(self, decision: Decision) -> set[UUID]:
        report, record = decision.report_id, decision.record_id
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

    def _step(self, life: Life, seq: int) -> None:
        family = {r for member in life.bound for r in self.chains[self.about[member].chain]}
        standings = (
            self.standing.get(r) or Standing(r, supersedes=self.about[r].supersedes) for r in family
        )
        counting = effective(standings) & life.bound
        choices = tuple(life.choices)
        last = life.steps[-1] if life.steps else None
        if last is None or (last.counting, last.choices) != (counting, choices):
            life.steps.append(Step(seq, counting, choices))


def expected(wanted: Iterable[Life]) -> Iterator[list[Expected]]:
    """What each record must be, some records at a time."""
    waiting = iter(wanted)
    states = states_newest()
    while batch := list(islice(waiting, BATCH)):
        yield _batch(batch, states)


def _batch(batch: list[Life], states: Mapping[UUID, str]) -> list[Expected]:
    ids = {r for life in batch for r in life.members}
    # Rows of values, not models: making those took as long as reading.
    reports = {
        found[0]: _Sent(*found)
        for found in Report.objects.filter(pk__in=ids).values_list(
            "pk", "form_version_id", "record_local_id", "organisation_id"
        )
    }
    counted = Payload.objects.filter(report_id__in=ids, revision=F("report__revision"))
    digests = digests_kept(list(ids))
    said = {
        pk: claims_of(
            mapping_of(reports[pk].form_version_id),
            Answers.from_json(answers),
            attached_rows(digests.get(pk, "")),
        )
        for pk, answers in counted.values_list("report_id", "answers")
    }
    return [_one(life, reports, said, states.get(life.id, "")) for life in batch]


def _one(
    life: Life,
    reports: dict[int, _Sent],
    said: dict[int, tuple[list[NewClaim], list[NewRow]]],
    state: str,
) -> Expected:
    creator = reports[life.report]
    mapping = mapping_of(creator.form_version_id)
    folded = [
        FoldClaim(pk, c.on, c.atoms, tuple(c.lists)) for pk in life.members for c in said[pk][0]
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
        claims={pk: said[pk][0] for pk in life.members},
        rows={pk: said[pk][1] for pk in life.members},
        versions=replay(life.steps, folded),
        counting=counting,
        state=state,
    )
