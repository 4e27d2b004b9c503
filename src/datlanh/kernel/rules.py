"""Check rules as objects. A rule asks a `Facts` port, so one rule serves server and file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from shapely.geometry import Point, Polygon

from datlanh.kernel.boxes import BoxProblem
from datlanh.kernel.text import Text


class Severity(StrEnum):
    """`block` stops approval, `warn` asks for attention, `info` tells."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


OFF = "off"  # a rule that is not asked


@dataclass(frozen=True)
class CommuneRef:
    """A commune-level unit as a rule sees it."""

    code: str
    name: str
    province: str
    approximate: bool  # its outline is a cell around the centroid, not an official boundary


@dataclass(frozen=True)
class OperatorRef:
    """An organisation with its running-number range (both ends included)."""

    key: str
    name: str
    range_first: int | None
    range_last: int | None


@dataclass(frozen=True)
class KnownReport:
    """Another report about the same record, as a rule sees it."""

    receipt: str
    date_of_information: dt.date | None
    status: str


@dataclass(frozen=True)
class KnownRecord:
    """A record as the register has it now: its newest version, attribute → value."""

    local_id: str
    kind: str
    true_from: dt.date
    values: Mapping[str, Any]


@dataclass(frozen=True)
class KnownState:
    """Where an area stands on a day; `leads` are the states that steps lead to from there."""

    local_id: str
    state: str
    word: Text
    leads: frozenset[str] = frozenset()
    by_steps: bool = True  # False: nobody took a step until then, its reports say so


@dataclass(frozen=True)
class LikeReport:
    """Another report of the same form, organisation, day and commune."""

    receipt: str
    record_id: str
    team: str
    village: str
    at: Point | None


class Facts(Protocol):
    """What the checks may ask about the world beyond the report itself."""

    def today(self) -> dt.date: ...
    def province_code(self) -> str:
        """The IMSMA code in ids: "409" for Quảng Trị."""

    def operator(self, key: str) -> OperatorRef | None: ...
    def commune(self, code: str, on: dt.date | None) -> CommuneRef | None:
        """The commune of that code on a day (codes are reused: the day matters)."""

    def commune_at(self, point: Point, on: dt.date | None) -> CommuneRef | None: ...
    def in_province(self, point: Point) -> bool: ...
    def record_exists(self, local_id: str) -> bool: ...
    def approved_reports(self, local_id: str) -> list[KnownReport]: ...
    def same_instance_elsewhere(self, report_id: str) -> list[KnownReport]:
        """Other live reports of the same form id that are not yet decided."""

    def record_of(self, local_id: str) -> KnownRecord | None: ...
    def children_of(self, local_id: str) -> list[KnownRecord]:
        """The victims of an accident, the assistances of a victim."""

    def progress_of(self, clearance: str) -> list[KnownRecord]:
        """The progress reported for a clearance, by its id (HR-CLC-…)."""

    def releases_of(self, area: str) -> list[KnownRecord]:
        """The land releases that name a hazardous area."""

    def area_state(self, local_id: str, on: dt.date) -> KnownState | None:
        """Where a hazardous area stands on a day; None where it is not known by then."""

    def cleared_under(self, view: ReportView) -> list[tuple[str, float]]:
        """Older releases under the report's own outline: id and m² in common."""

    def areas_under(self, view: ReportView) -> list[tuple[str, Any]]:
        """Other areas that the report's own outline lies on: id and the common ground."""

    def reports_like(self, view: ReportView) -> list[LikeReport]:
        """Reports about other records, of the same form, organisation, day and commune."""

    def years_to(self, sealed: Any, on: dt.date) -> int | None:
        """Whole years from a sealed date to a day; None where it may not be opened."""

    def ordnance_known(self, key: str) -> bool: ...
    def exception_granted(self, report_id: str, rule: str) -> bool: ...
    def setting(self, name: str) -> float:
        """A configured threshold, by name (see `DEFAULT_SETTINGS`)."""

    def severity(self, rule: str, form: str) -> str | None:
        """The severity the centre gave a rule on a form ("off" included); None: its own."""


@dataclass(frozen=True)
class BoxesSeen:
    """The boxes of a survey report, from its form and its file together."""

    count: int
    problems: tuple[BoxProblem, ...] = ()


@dataclass(frozen=True)
class ReportView:
    """A report as the rules see it: parsed answers, not text.

    `answers` maps question key → value: str, int, float, date, list of keys for a
    select_multiple, None or absent when empty. `polygons` maps a geoshape question to its
    rings in lon/lat WGS 84; `points` a geopoint question; `rows` a repeat to its rows, each
    a mapping like `answers` in which a geopoint is a shapely Point and a geoshape a list of
    Polygon.
    """

    form: str  # "cha" or "land_release"
    report_id: str  # FR-…
    record_id: str  # HAZ-409-…
    organisation: str
    answers: Mapping[str, Any]
    points: Mapping[str, Point] = field(default_factory=dict)
    polygons: Mapping[str, list[Polygon]] = field(default_factory=dict)
    rows: Mapping[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    date_of_information: dt.date | None = None
    received_on: dt.date | None = None
    supersedes: bool = False  # a correction that restates an earlier report
    edit_of_unknown: bool = False  # edited on the phone from what never came in
    twins: tuple[str, ...] = ()  # receipts of other content under the same instance id
    form_known: bool = True
    form_retired: bool = False
    problems: tuple[str, ...] = ()  # answers that could not be read, as question keys
    unlisted: tuple[tuple[str, int | None, str], ...] = ()  # question, row, choice no form has
    boxes: BoxesSeen | None = None  # of a survey; None: no list of boxes came with it
    refused_files: tuple[str, ...] = ()  # names of files that came along and were not kept


@dataclass(frozen=True)
class Hit:
    """What one rule found: where, and the values of its sentence."""

    question: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    row: int | None = None
    at: Point | None = None  # where on the map
    severity: Severity | None = None  # when the rule grades its hits itself


@dataclass(frozen=True)
class Finding:
    """A hit with its rule, ready to be kept and shown."""

    rule: str
    severity: Severity
    hit: Hit


@dataclass(frozen=True)
class Rule:
    """One check: key, severity, sentences, source clause and the function that looks.

    The centre may give a rule another severity, or switch it off, on each form; not so a
    `fixed` one, without which a report cannot be read or bound at all. Findings that a rule
    grades itself never become worse than the severity it was given.
    """

    key: str
    severity: Severity
    title: Text
    message: Text  # filled with the hit's values
    advice: Text
    source: str
    forms: frozenset[str]
    look: Callable[[ReportView, Facts], Iterable[Hit]]
    of_unknown: bool = False  # looks at form versions nobody knows, of which nothing is read
    fixed: bool = False
    settings: tuple[str, ...] = ()  # the thresholds it asks for

    def run(self, view: ReportView, facts: Facts) -> Iterator[Finding]:
        """Every finding of this rule in `view`; none when the form is not its own."""
        if self.of_unknown == view.form_known or (view.form_known and view.form not in self.forms):
            return
        given = None if self.fixed else facts.severity(self.key, view.form)
        if given == OFF:
            return
        for hit in self.look(view, facts):
            graded = hit.severity or self.severity
            if given is not None:
                graded = _milder(hit.severity, Severity(given))
            yield Finding(self.key, graded, hit)


def _milder(graded: Severity | None, given: Severity) -> Severity:
    order = list(Severity)
    return given if graded is None else max(graded, given, key=order.index)


class RuleBook:
    """Rules by key, in the order they are shown."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {r.key: r for r in rules}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __getitem__(self, key: str) -> Rule:
        return self._rules[key]

    def __contains__(self, key: object) -> bool:
        return key in self._rules

    def __len__(self) -> int:
        return len(self._rules)

    def check(self, view: ReportView, facts: Facts) -> list[Finding]:
        """All findings, worst first, in the rules' own order within a severity."""
        order = list(Severity)
        found = [f for rule in self for f in rule.run(view, facts)]
        return sorted(found, key=lambda f: order.index(f.severity))
