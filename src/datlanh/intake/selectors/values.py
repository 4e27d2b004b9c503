"""A record as its reader may see it: each value with its report, true since, known since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet
from shapely import from_wkb

from datlanh.accounts.models import User
from datlanh.intake.selectors.consent import persons_reach_record
from datlanh.intake.selectors.differences import AREA
from datlanh.intake.selectors.saying import Names, degrees, said_value
from datlanh.intake.selectors.standing import BoundReport
from datlanh.kernel.fold import LIST
from datlanh.kernel.mapping import FormMapping, Question
from datlanh.kernel.sealed import is_reference
from datlanh.kernel.text import LANGUAGES, NBSP, Text, number
from datlanh.organisations.models import Organisation
from datlanh.places import selectors as places
from datlanh.register.models import Record, Version
from datlanh.register.persons import persons_read

POINTS = Text("{count} điểm góc", "{count} corners")


@dataclass(frozen=True)
class Fact:
    """One value and where it comes from. `value` is None where a report emptied it."""

    attribute: str
    label: Text
    value: Text | None
    source: BoundReport
    true_since: dt.date


@dataclass(frozen=True)
class FactSection:
    """The facts of one section of the form."""

    key: str
    label: Text
    facts: list[Fact] = field(default_factory=list)


def version_of(record: Record, on: dt.date, known: int) -> Version | None:
    """What was true of a record on a day, as known after a decision."""
    return versions_of(record, known).filter(true_from__lte=on).exclude(true_to__lte=on).first()


def versions_of(record: Record, known: int) -> QuerySet[Version]:
    """The whole life of a record as known after a decision, first date to last."""
    found = Version.objects.filter(record=record, known_from__lte=known)
    return found.exclude(known_to__lte=known).order_by("true_from")


def names_of(
    record: Record,
    versions: Iterable[Version],
    who: User,
    *,
    persons: bool = False,
    more: Iterable[str] = (),
) -> Names:
    """What codes in values stand for. Persons only where asked for and allowed; that is audited.

    `more` names persons of earlier reports that are shown beside the versions.

    A commune is named as on the date its report speaks of.
    """
    communes: dict[str, Text] = {}
    refs: set[str] = set()
    for version in versions:
        code = version.values.get("commune_code")
        on = dt.date.fromisoformat(version.sources.get("place", [0, str(version.true_from)])[1])
        if code and code not in communes and (unit := places.unit_by_code(code, on)):
            communes[code] = Text(unit.full_name, unit.full_name_en)
        refs |= {v["person"] for v in version.values.values() if is_reference(v)}
    refs |= set(more)
    may = persons and persons_reach_record(who, record)
    read = persons_read(refs, by=who, why=record.local_id) if may and refs else {}
    return Names(
        communes=communes,
        organisations=dict(Organisation.objects.values_list("key", "short_name")),
        persons=read,
        may_see_persons=may,
    )


def record_facts(
    version: Version, bound: Mapping[int, BoundReport], names: Names
) -> list[FactSection]:
    """Every value of a version in the order of the form, lists apart."""
    sections: dict[str, FactSection] = {}
    order: dict[str, int] = {}
    found: list[tuple[int, str, Fact]] = []
    for atom, (report_id, on) in version.sources.items():
        source = bound.get(report_id)
        mapping = _mapping(source)
        if source is None or mapping is None or atom.startswith(LIST):
            continue
        for section in mapping.sections:
            sections.setdefault(section.key, FactSection(section.key, section.label))
        for i, question in enumerate(mapping.questions):
            order.setdefault(question.key, i)
        for question in questions_of(mapping, atom):
            if question.person is not None:
                continue  # stands in the section of its person
            for fact in _facts(question, version, source, dt.date.fromisoformat(on), names):
                found.append((order[question.key], question.section, fact))
    for _, key, fact in sorted(found, key=lambda f: f[0]):
        sections[key].facts.append(fact)
    return [s for s in sections.values() if s.facts]


def _mapping(source: BoundReport | None) -> FormMapping | None:
    return source.mapping if source is not None else None


def questions_of(mapping: FormMapping, atom: str) -> list[Question]:
    """The questions whose answers fold together as `atom`."""
    return [q for q in mapping.questions if q.attribute and (q.group or q.attribute) == atom]


def _facts(
    question: Question, version: Version, source: BoundReport, on: dt.date, names: Names
) -> list[Fact]:
    attribute = question.attribute or ""
    value = value_told(question, version, names)
    is_whole_atom = question.group is None
    if value is None and not is_whole_atom:
        return []  # one answer of a group that the report left out
    facts = [Fact(attribute, question.label, value, source, on)]
    if attribute == "outline" and version.area_m2 is not None:
        facts.append(Fact("area_m2", AREA, metres(version.area_m2), source, on))
    return facts


def value_told(question: Question, version: Version, names: Names) -> Text | None:
    """The value of a question's attribute in a version, in words; None where it is empty."""
    attribute = question.attribute or ""
    if attribute == "outline":
        shape = version.outline
        if shape is None:
            return None
        return Text(*(POINTS.say(v, count=shape.num_points - shape.num_geom) for v in LANGUAGES))
    if attribute == "position":
        at = version.position
        return Text(*([degrees([at.x, at.y])] * 2)) if at else None
    value = version.values.get(attribute)
    if question.kind == "point" and isinstance(value, str):
        west, south, _, _ = from_wkb(bytes.fromhex(value)).bounds
        return Text(*([degrees([west, south])] * 2))
    return None if value in (None, "", [], {}) else said_value(question, value, names)


def metres(area_m2: float) -> Text:
    """`482.500 m²` in both languages."""
    return Text(*(f"{number(round(area_m2), v)}{NBSP}m²" for v in LANGUAGES))
