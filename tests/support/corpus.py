"""Generated reports over all forms: clean ones, and ones with one or two planted faults.

Each goes through the real workbook of its form (answers, mapping, view), so that a fault is found
as it would be found in a report that came in. The same seed gives the same reports.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from shapely.affinity import translate
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from datlanh.intake.xlsform import read_form
from datlanh.kernel.checks import RULES
from datlanh.kernel.checks.expected import FORMS
from datlanh.kernel.geometry import area_m2
from datlanh.kernel.ids import RecordId
from datlanh.kernel.mapping import Answers, FormMapping, view
from datlanh.kernel.rules import KnownRecord, ReportView, Severity
from support.corpus_faults import FAULTS, Fault
from support.facts import FakeFacts
from support.views import ALL_FORMS, FIELD, POCKET

WORKBOOKS = Path(__file__).resolve().parents[2] / "forms"
CLEAN_EACH, FAULTY_EACH = 20, 40
BUILD = {build().form: build for build in ALL_FORMS}
# Answers that follow from others, or that a test plants.
LEFT_ALONE = frozenset(
    {
        "clear_answers",
        "clearance_depth_class",
        "polygon_status",
        "commune",
        "suspension_cancellation_reasons",
    }
)
OPEN_OF_VICTIMS = frozenset(
    {
        "education",
        "area_entry_frequency",
        "saw_ordnance",
        "received_risk_education",
        "aware_area_dangerous",
        "consent_given_by",
        "consent_authorities",
        "economic_state_before",
    }
)
AMOUNTS = {
    "participants_men": (0, 60),
    "participants_women": (1, 80),
    "participants_boys": (13, 90),
    "participants_girls": (10, 90),
    "first_time_participants": (0, 24),
    "age_at_accident": (18, 85),
    "amount": (200_000, 90_000_000),
    "man_hours": (80, 4000),
    "surveyed_area_total": (10_000, 600_000),
}
SENTENCES = (
    "Cách đường liên thôn 300 m, cạnh ruộng lúa",
    "Vật nổ nằm dưới gốc tre, dài khoảng 40 cm, vỏ rỉ",
    "Đội rà lại 12.500 m² trong 8 ngày, từ 07:30 đến 16:00",
    "Số nhà 12, thôn 3; toạ độ 16.70251, 107.20250",
    "Theo biên bản số 105/BB-2026 ngày 05.10.2026",
)
CONTEXT = (
    "received_on",
    "supersedes",
    "form_retired",
    "edit_of_unknown",
    "twins",
    "refused_files",
)


@dataclass(frozen=True)
class Sample:
    """One report with what was planted in it: the rules that must find something."""

    name: str
    form: str
    seen: ReportView
    facts: FakeFacts
    planted: tuple[str, ...] = ()


@dataclass
class Outcome:
    """What the rules made of the corpus."""

    clean: int = 0
    faulty: int = 0
    planted: int = 0
    missed: list[str] = field(default_factory=list)  # "name: rule"
    blocked: list[str] = field(default_factory=list)  # clean reports that would be stopped
    alarms: Counter[str] = field(default_factory=Counter)  # warnings on clean reports, by rule
    rules: set[str] = field(default_factory=set)  # that were planted at least once


@cache
def mapping_of(form: str) -> FormMapping:
    """The workbook's mapping, read once."""
    return read_form(WORKBOOKS / f"{form}.xlsx").mapping


def corpus(seed: int = 3) -> Iterator[Sample]:
    """Clean reports of every form first, then faulty ones."""
    rng = Random(seed)
    for form, build in BUILD.items():
        for number in range(CLEAN_EACH):
            base = varied(moved(build(), rng, number), rng)
            yield _sample(f"{form}-clean-{number}", base, family_of(base), ())
    for form in BUILD:
        own = [f for f in FAULTS if form in f.forms]
        for number in range(FAULTY_EACH):
            # Each fault of a form in turn, every second report with another beside it.
            first = own[number % len(own)]
            others = [f for f in own if not f.touches & first.touches]
            chosen = [first, rng.choice(others)] if number % 2 and others else [first]
            yield _faulty(f"{form}-faulty-{number}", form, rng, 100 + number, chosen)


def _faulty(name: str, form: str, rng: Random, number: int, chosen: list[Fault]) -> Sample:
    seen = varied(moved(BUILD[form](), rng, number), rng)
    facts = family_of(seen)
    for fault in chosen:
        seen, facts = fault.plant(seen, facts)
    return _sample(name, seen, facts, tuple(f.rule for f in chosen))


def _sample(name: str, told: ReportView, facts: FakeFacts, planted: tuple[str, ...]) -> Sample:
    """The report as it looks after its way through the form."""
    context = {key: getattr(told, key) for key in CONTEXT}
    answers = answers_of(told)
    seen = view(mapping_of(told.form), answers, organisation=told.organisation, **context)
    return Sample(name, told.form, seen, facts, planted)


def judge(samples: Iterator[Sample]) -> Outcome:
    """Every rule over every report; misses and false alarms counted."""
    found = Outcome()
    for sample in samples:
        findings = RULES.check(sample.seen, sample.facts)
        rules = {f.rule for f in findings}
        if not sample.planted:
            found.clean += 1
            found.blocked += [
                f"{sample.name}: {f.rule}" for f in findings if f.severity is Severity.BLOCK
            ]
            found.alarms.update(f.rule for f in findings if f.severity is Severity.WARN)
            continue
        found.faulty += 1
        found.planted += len(sample.planted)
        found.rules |= set(sample.planted)
        found.missed += [f"{sample.name}: {r}" for r in sample.planted if r not in rules]
    return found


def answers_of(told: ReportView) -> Answers:
    """The answers as a payload holds them."""
    rows = {name: [_row(r) for r in found] for name, found in told.rows.items()}
    return Answers(
        values={k: _plain(v) for k, v in told.answers.items() if v is not None},
        points={k: [p.x, p.y] for k, p in told.points.items()},
        polygons={k: [_ring(p) for p in found] for k, found in told.polygons.items()},
        rows=rows,
        problems=dict.fromkeys(told.problems, "?"),
    )


def _row(row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"values": {}, "points": {}, "polygons": {}}
    for key, value in row.items():
        if isinstance(value, Point):
            found["points"][key] = [value.x, value.y]
        elif isinstance(value, list) and value and isinstance(value[0], Polygon):
            found["polygons"][key] = [_ring(p) for p in value]
        elif value is not None:
            found["values"][key] = _plain(value)
    return found


def _ring(polygon: Polygon) -> list[list[float]]:
    return [[x, y] for x, y in polygon.exterior.coords]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def moved(base: ReportView, rng: Random, number: int) -> ReportView:
    """The report with its own id, some days earlier, elsewhere in the province."""
    # A month's progress stays within its month.
    days = dt.timedelta(0 if base.form == "clearance_progress" else rng.randrange(0, 20))
    by = (rng.randrange(-150, 600) / 1000, rng.randrange(-500, 1000) / 1000)
    before, after = base.record_id, _renumbered(base.record_id, number)
    answers = {k: _moved(v, days, before, after) for k, v in base.answers.items()}

    def row(said: Mapping[str, Any]) -> dict[str, Any]:
        return {k: _shifted(_moved(v, days, before, after), by) for k, v in said.items()}

    rows = {name: [row(r) for r in found] for name, found in base.rows.items()}
    polygons = {k: [translate(p, *by) for p in found] for k, found in base.polygons.items()}
    on = base.date_of_information
    told = replace(
        base,
        record_id=after,
        report_id=f"FR-{after}",
        answers=answers,
        points={k: _shifted(p, by) for k, p in base.points.items()},
        polygons=polygons,
        rows=rows,
        date_of_information=on - days if on else None,
        received_on=base.received_on - days if base.received_on else None,
    )
    return _measured(told, by)


def varied(told: ReportView, rng: Random) -> ReportView:
    """The report with some more answers, and other amounts, as people give them."""
    answers = dict(told.answers)
    for question in mapping_of(told.form).questions:
        key = question.key
        if key in answers or key in LEFT_ALONE or question.kind == "person":
            continue
        if told.form == "victim" and key not in OPEN_OF_VICTIMS:
            continue  # sealed: a payload never holds it
        offered = [c.key for c in question.choices if c.key != "other"]
        if question.kind == "choice" and offered and rng.random() < 0.6:
            answers[key] = rng.choice(offered)
        elif question.kind == "choices" and offered and rng.random() < 0.6:
            answers[key] = rng.sample(offered, min(2, len(offered)))
        elif question.kind == "text" and key.endswith(("comment", "information", "description")):
            answers[key] = rng.choice(SENTENCES)
    for key, (low, high) in AMOUNTS.items():
        if key in answers:
            answers[key] = rng.randint(low, high)
    return replace(told, answers=answers)


def _measured(told: ReportView, by: tuple[float, float]) -> ReportView:
    """Areas as the moved shapes measure; a degree of longitude is not as long everywhere."""
    answers, field_, pocket = dict(told.answers), translate(FIELD, *by), translate(POCKET, *by)
    if told.form == "cha":
        answers["area_size"] = round(area_m2(field_))
    if told.form == "land_release":
        answers["cleared_area"] = round(area_m2(field_) - area_m2(pocket))
        answers["uncleared_area"] = round(area_m2(pocket))
    return replace(told, answers=answers)


def _renumbered(record_id: str, number: int) -> str:
    """Another running number of the operator's range, the rest of the id as it is."""
    return str(replace(RecordId.parse(record_id), number=610_000 + number))


def _moved(value: Any, days: dt.timedelta, before: str, after: str) -> Any:
    if isinstance(value, dt.date):
        return value - days
    if isinstance(value, str) and _number(before) in value:
        # The id itself, its file, and the victims of an accident.
        return value.replace(_number(before), _number(after))
    return value


def _number(record_id: str) -> str:
    """Province and running number, which a family shares: `409-600003`."""
    found = RecordId.parse(record_id)
    return f"{found.province}-{found.number:06d}"


def _shifted(value: Any, by: tuple[float, float]) -> Any:
    if isinstance(value, BaseGeometry):
        return translate(value, *by)
    if isinstance(value, list) and value and isinstance(value[0], BaseGeometry):
        return [translate(v, *by) for v in value]
    return value


def family_of(told: ReportView) -> FakeFacts:
    """A register that has what the report belongs with, and nothing that contradicts it."""
    on = told.date_of_information or dt.date(2026, 10, 1)
    known = [KnownRecord("HAZ-409-600001", "hazardous_area", on, {"reported_status": "open"})]
    parent = RecordId.parse(told.record_id).parent()
    while parent is not None:
        values: dict[str, Any] = {}
        if parent.prefix == "INC":
            day = (on - dt.timedelta(2)).isoformat()
            values = {"accident_date": day, "persons_involved": 2}
        known.append(KnownRecord(str(parent), "accident", on, values))
        parent = parent.parent()
    return FakeFacts(known=tuple(known))


assert set(BUILD) == set(FORMS)
