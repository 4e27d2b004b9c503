"""Check rules as objects. A rule asks a `Facts` port, so one rule serves server and file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from shapely.geometry import Point, Polygon

from datlanh.kernel.text import Text


class Severity(StrEnum):
    """`block` stops approval, `warn` asks for attention, `info` tells."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


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

    def ordnance_known(self, key: str) -> bool: ...
    def exception_granted(self, report_id: str, rule: str) -> bool: ...
    def setting(self, name: str) -> float:
        """A configured threshold, by name (see `DEFAULT_SETTINGS`)."""


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
    form_known: bool = True
    form_retired: bool = False
    problems: tuple[str, ...] = ()  # answers that could not be read, as question keys
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
    """One check: key, severity, sentences, source clause and the function that looks."""

    key: str
    severity: Severity
    title: Text
    message: Text  # filled with the hit's values
    advice: Text
    source: str
    forms: frozenset[str]
    look: Callable[[ReportView, Facts], Iterable[Hit]]
    of_unknown: bool = False  # looks at form versions nobody knows, of which nothing is read

    def run(self, view: ReportView, facts: Facts) -> Iterator[Finding]:
        """Every finding of this rule in `view`; none when the form is not its own."""
        if self.of_unknown == view.form_known or (view.form_known and view.form not in self.forms):
            return
        for hit in self.look(view, facts):
            yield Finding(self.key, hit.severity or self.severity, hit)


class RuleBook:
    """Rules by key, in the order they are shown."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = {r.key: r for r in rules}

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __getitem__(self, key: str) -> Rule:
        return self._rules[key]

    def __len__(self) -> int:
        return len(self._rules)

    def check(self, view: ReportView, facts: Facts) -> list[Finding]:
        """All findings, worst first, in the rules' own order within a severity."""
        order = list(Severity)
        found = [f for rule in self for f in rule.run(view, facts)]
        return sorted(found, key=lambda f: order.index(f.severity))
