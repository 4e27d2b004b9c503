"""The people of a record: what each visit said about them, in order, for those who may know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.saying import Names, said_value
from datlanh.intake.selectors.standing import BoundReport
from datlanh.kernel.mapping import FormMapping, Question
from datlanh.kernel.sealed import is_reference, reference
from datlanh.kernel.text import Text
from datlanh.register.models import Claim

# Bundles as the province's forms name them; another form's bundle is shown by its own name.
BUNDLES = {
    "contact": Text("Người liên hệ", "Contact"),
    "informant": Text("Người cung cấp thông tin", "Informant"),
    "payload": Text("Báo cáo gốc", "The report as received"),
    "surveyor": Text("Người khảo sát", "Surveyor"),
    "verifier": Text("Người ký báo cáo", "Who signed the report"),
    "victim": Text("Nạn nhân", "Victim"),
}


@dataclass
class Visit:
    """What one report said about one person on its date. `answers`: question → reference."""

    purpose: str
    on: dt.date
    source: BoundReport
    answers: dict[str, Any] = field(default_factory=dict)

    @property
    def mapping(self) -> FormMapping:
        """The form it was said on."""
        return mapping_of(self.source.report.form_version_id or 0)


@dataclass(frozen=True)
class PersonLine:
    """One answer with its label."""

    label: Text
    value: Text


@dataclass(frozen=True)
class PersonVisit:
    """One visit, ready to be shown."""

    on: dt.date
    source: BoundReport
    lines: tuple[PersonLine, ...]


@dataclass(frozen=True)
class PersonCard:
    """One bundle of a record with its visits, earliest first."""

    purpose: str
    label: Text
    visits: tuple[PersonVisit, ...]


def bundle_label(purpose: str) -> Text:
    """The bundle in words."""
    return BUNDLES.get(purpose) or Text(purpose, purpose)


def visits_of(bound: Mapping[int, BoundReport], on: dt.date) -> list[Visit]:
    """What the reports that count said about people until a day, in the order of their dates."""
    counting = [pk for pk, report in bound.items() if report.counts]
    claims = Claim.objects.filter(report_id__in=counting, on__lte=on).order_by("on", "report_id")
    found: dict[tuple[str, int], Visit] = {}
    for claim in claims:
        source = bound[claim.report_id]
        for question, value in _personal(source, claim.values):
            purpose = question.person or ""
            visit = found.setdefault((purpose, claim.report_id), Visit(purpose, claim.on, source))
            visit.answers[question.key] = value
    return list(found.values())


def _personal(
    source: BoundReport, values: Mapping[str, Mapping[str, Any] | None]
) -> Iterable[tuple[Question, Any]]:
    said = {name: v for told in values.values() for name, v in (told or {}).items()}
    if not any(is_reference(v) for v in said.values()):
        return
    for question in mapping_of(source.report.form_version_id or 0).questions:
        value = said.get(question.attribute or "")
        if question.person is not None and is_reference(value):
            yield question, value


def references_of(visits: Sequence[Visit]) -> set[str]:
    """The persons those visits lead to."""
    return {str(v["person"]) for visit in visits for v in visit.answers.values()}


def person_cards(visits: Sequence[Visit], names: Names) -> list[PersonCard]:
    """The visits by bundle, each answer opened where `names` holds it."""
    cards: dict[str, list[PersonVisit]] = {}
    for visit in visits:
        shown = PersonVisit(visit.on, visit.source, tuple(_lines(visit, names)))
        cards.setdefault(visit.purpose, []).append(shown)
    return [
        PersonCard(purpose, bundle_label(purpose), tuple(told)) for purpose, told in cards.items()
    ]


def _lines(visit: Visit, names: Names) -> Iterable[PersonLine]:
    """The answers in the order of the form, and those of the bundle that have no attribute."""
    refs = {str(v["person"]) for v in visit.answers.values()}
    for question in visit.mapping.questions:
        if question.person != visit.purpose:
            continue
        value = visit.answers.get(question.key) or _unnamed(question, refs, names)
        if value is not None:
            yield PersonLine(question.label, said_value(question, value, names))


def _unnamed(question: Question, refs: Iterable[str], names: Names) -> Any:
    for ref in refs:
        content = names.persons.get(ref)
        if isinstance(content, dict) and question.key in content:
            return reference(ref, question.key, None)
    return None
