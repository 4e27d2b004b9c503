"""The fold: what a record is, computed from the claims that count. Pure, and order-free.

An *atom* is what folds as one: a single attribute, a group of answers that belong together,
or a list whose rows are replaced. For each atom the claim with the latest date of information
wins. On one date with different values nobody's clicking order decides: it is a conflict until
a person chooses. What remains undecided falls to the later receipt.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

LIST = "list:"  # prefix of an atom that holds the rows of a list
COMBINE = "combine"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one report says about one record as of one date.

    `atoms` gives a digest of each answer (never the answer), which is all the fold compares.
    `lists` names the combined lists the report adds rows to. `report` numbers follow receipt.
    `revision` is that of the mapping the report was read with.
    """

    report: int
    on: dt.date
    atoms: Mapping[str, str]
    lists: tuple[str, ...] = ()
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """The claim that won an atom: which report, and the date it speaks of."""

    report: int
    on: dt.date


@dataclass(frozen=True, slots=True)
class Segment:
    """What was true from `start` until `end` (exclusive; None: until told otherwise)."""

    start: dt.date
    end: dt.date | None
    sources: Mapping[str, Source]
    lists: Mapping[str, tuple[int, ...]]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Reports of one date that differ about one atom, and no choice was made between them."""

    atom: str
    on: dt.date
    reports: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's choice between reports of one date about one atom."""

    atom: str
    on: dt.date
    report: int


@dataclass(frozen=True)
class Folded:
    """The whole life of a record, first date to last, and what still needs a choice."""

    segments: tuple[Segment, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def now(self) -> Segment | None:
        """The segment that holds until told otherwise."""
        return self.segments[-1] if self.segments else None

    def at(self, on: dt.date) -> Segment | None:
        """What was true on a day."""
        found = [s for s in self.segments if s.start <= on and (s.end is None or on < s.end)]
        return found[0] if found else None


@dataclass(frozen=True)
class _Entry:
    on: dt.date
    chosen: bool
    report: int
    value: str = field(compare=False, default="")

    @property
    def rank(self) -> tuple[dt.date, bool, int]:
        return (self.on, self.chosen, self.report)


def fold(claims: Iterable[Claim], choices: Iterable[Choice] = ()) -> Folded:
    """Fold claims into segments of time; the same for every order of `claims`.

    `choices` in the order they were made: a later choice about the same atom and date
    replaces an earlier one; a choice of a report that does not count has no effect.
    """
    ordered = sorted(claims, key=lambda c: (c.on, c.report))
    present = {c.report for c in ordered}
    chosen = {(c.atom, c.on): c.report for c in choices if c.report in present}
    by_date: dict[dt.date, list[Claim]] = {}
    for claim in ordered:
        by_date.setdefault(claim.on, []).append(claim)

    sources: dict[str, Source] = {}
    lists: dict[str, set[int]] = {}
    conflicts: list[Conflict] = []
    starts: list[tuple[dt.date, dict[str, Source], dict[str, tuple[int, ...]], str]] = []
    mark, marks = 0, dict[str, int]()
    for on, same_day in by_date.items():
        told, disputed = _told(on, same_day, chosen)
        conflicts += disputed
        for atom, (source, value) in told.items():
            mark ^= marks.get(atom, 0)
            sources[atom] = source
            marks[atom] = _mark(atom, source, value)
            mark ^= marks[atom]
        for claim in same_day:
            for name in claim.lists:
                if claim.report not in lists.setdefault(name, set()):
                    lists[name].add(claim.report)
                    mark ^= _mark(f"+{name}", Source(claim.report, dt.date.min), "")
        starts.append(
            (on, dict(sources), {k: tuple(sorted(v)) for k, v in lists.items()}, f"{mark:016x}")
        )
    ends: list[dt.date | None] = [s[0] for s in starts[1:]]
    segments = tuple(
        Segment(start, end, src, rows, fingerprint)
        for (start, src, rows, fingerprint), end in zip(starts, [*ends, None], strict=False)
    )
    return Folded(segments, tuple(conflicts))


def _told(
    on: dt.date, claims: Sequence[Claim], chosen: Mapping[tuple[str, dt.date], int]
) -> tuple[dict[str, tuple[Source, str]], list[Conflict]]:
    """What wins each atom among the claims of one date, and what is disputed."""
    if len(claims) == 1:  # nearly always: nothing to weigh
        (claim,) = claims
        source = Source(claim.report, on)
        return {atom: (source, value) for atom, value in claim.atoms.items()}, []
    told: dict[str, tuple[Source, str]] = {}
    disputed: list[Conflict] = []
    for atom, entries in _entries(claims, chosen).items():
        if conflict := _conflict(atom, on, entries):
            disputed.append(conflict)
        winner = max(entries, key=lambda e: e.rank)
        told[atom] = (Source(winner.report, on), winner.value)
    return told, disputed


def _entries(
    claims: Sequence[Claim], chosen: Mapping[tuple[str, dt.date], int]
) -> dict[str, list[_Entry]]:
    found: dict[str, list[_Entry]] = {}
    for claim in claims:
        for atom, value in claim.atoms.items():
            is_chosen = chosen.get((atom, claim.on)) == claim.report
            found.setdefault(atom, []).append(_Entry(claim.on, is_chosen, claim.report, value))
    return found


def _conflict(atom: str, on: dt.date, entries: Sequence[_Entry]) -> Conflict | None:
    if len({e.value for e in entries}) < 2 or any(e.chosen for e in entries):
        return None
    return Conflict(atom, on, tuple(sorted(e.report for e in entries)))


def _mark(atom: str, source: Source, value: str) -> int:
    """64 bits for "this atom has this value from this claim"; marks combine by XOR."""
    text = f"{atom}\0{source.report}\0{source.on.toordinal()}\0{value}".encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


# ── What counts ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a report stands after all decisions about it."""

    report: int
    approved: bool = False
    withdrawn: bool = False
    supersedes: int | None = None


def effective(standings: Iterable[Standing]) -> frozenset[int]:
    """The reports that contribute: approved, not withdrawn, and not restated by one that does.

    A correction is a full restatement: while it counts, everything it restates, directly or
    through other corrections, is hidden. Revoke it, and its predecessor lives again.
    A correction is always received after what it corrects (ValueError otherwise).
    """
    by_report = {s.report: s for s in standings}
    counting: set[int] = set()
    hidden: set[int] = set()
    for s in sorted(by_report.values(), key=lambda s: s.report, reverse=True):
        if s.supersedes is not None and s.supersedes >= s.report:
            raise ValueError(f"report {s.report} supersedes a later one")
        if s.approved and not s.withdrawn and s.report not in hidden:
            counting.add(s.report)
            hidden |= _restated(s, by_report)
    return frozenset(counting)


def _restated(standing: Standing, by_report: Mapping[int, Standing]) -> set[int]:
    found: set[int] = set()
    step: Standing | None = standing
    while step is not None and step.supersedes is not None:
        found.add(step.supersedes)
        step = by_report.get(step.supersedes)
    return found


# ── Two times ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Span:
    """One stored version's bounds: true from/to, and its fingerprint."""

    start: dt.date
    end: dt.date | None
    fingerprint: str


@dataclass(frozen=True)
class Difference:
    """How stored open versions become the newly folded ones at one decision."""

    close: tuple[Span, ...]
    open: tuple[Segment, ...]
    # open segments whose content stands in a version that is closed now: copy, do not compute
    copied: Mapping[dt.date, Span]


def difference(stored: Iterable[Span], folded: Sequence[Segment]) -> Difference:
    """Which open versions end and which begin, so that the open ones equal `folded`."""
    have = {(s.start, s.end, s.fingerprint): s for s in stored}
    want = {(s.start, s.end, s.fingerprint): s for s in folded}
    close = tuple(s for k, s in have.items() if k not in want)
    opened = tuple(s for k, s in want.items() if k not in have)
    by_content = {s.fingerprint: s for s in close}
    copied = {s.start: by_content[s.fingerprint] for s in opened if s.fingerprint in by_content}
    return Difference(close, opened, copied)


@dataclass(frozen=True, slots=True)
class Step:
    """What counted about one record from one decision on.

    `revisions` names the reports that are read with another mapping than the first.
    """

    seq: int
    counting: frozenset[int]
    choices: tuple[Choice, ...] = ()
    revisions: Mapping[int, int] = field(default_factory=dict)

    def takes(self, claim: Claim) -> bool:
        """Whether a claim counts: its report does, and is read so."""
        if claim.report not in self.counting:
            return False
        return claim.revision == self.revisions.get(claim.report, 1)


@dataclass(frozen=True, slots=True)
class Known:
    """A segment with the decisions between which it was what we knew."""

    segment: Segment
    known_from: int
    known_to: int | None


def replay(steps: Iterable[Step], claims: Sequence[Claim]) -> list[Known]:
    """Every version a record ever had, from its decisions in order: the register from zero."""
    open_now: dict[tuple[dt.date, dt.date | None, str], tuple[Segment, int]] = {}
    past: list[Known] = []
    for step in steps:
        folded = fold((c for c in claims if step.takes(c)), step.choices).segments
        want = {(s.start, s.end, s.fingerprint): s for s in folded}
        for key in [k for k in open_now if k not in want]:
            segment, since = open_now.pop(key)
            past.append(Known(segment, since, step.seq))
        for key, segment in want.items():
            open_now.setdefault(key, (segment, step.seq))
    past += [Known(segment, since, None) for segment, since in open_now.values()]
    return sorted(past, key=lambda k: (k.known_from, k.segment.start))
