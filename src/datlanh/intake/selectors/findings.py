"""What the checks found, as sentences a reporter and a reviewer can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from datlanh.intake.models import Finding, Report
from datlanh.intake.selectors.forms import mapping_of_report
from datlanh.intake.selectors.reports import findings_of
from datlanh.kernel import rules
from datlanh.kernel.checks import RULES
from datlanh.kernel.checks.parts import label
from datlanh.kernel.checks.stored import from_json
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import LANGUAGES, Text

EXCEPTABLE = frozenset({"polygon_single"})  # the rules that ask `exception_granted`


@dataclass(frozen=True)
class Told:
    """One finding. `at` is "lon,lat"; `anchor` the question it speaks of."""

    rule: str
    severity: str
    title: Text
    what: Text
    how: Text
    where: Text | None
    anchor: str
    at: str
    source: str
    is_exceptable: bool


def findings_told(found: Iterable[Finding], mapping: FormMapping | None) -> list[Told]:
    """Stored findings as sentences."""
    return [
        _told(
            rule=f.rule,
            severity=f.severity,
            values=from_json(f.values),
            place=(f.question, f.row),
            at=(f.at.x, f.at.y) if f.at else None,
            mapping=mapping,
        )
        for f in found
    ]


def findings_of_now(report: Report) -> list[Told]:
    """What the last check of a report found, worst first."""
    return findings_told(findings_of(report), mapping_of_report(report))


def findings_tried(
    found: Iterable[rules.Finding], mapping: FormMapping
) -> tuple[list[Told], dict[str, int]]:
    """Findings of a trial check, kept nowhere, as sentences; and how many by severity."""
    found = list(found)
    told = [
        _told(
            rule=f.rule,
            severity=f.severity.value,
            values=dict(f.hit.values),
            place=(f.hit.question or "", f.hit.row),
            at=(f.hit.at.x, f.hit.at.y) if f.hit.at is not None else None,
            mapping=mapping,
        )
        for f in found
    ]
    return told, {s.value: sum(f.severity == s for f in found) for s in rules.Severity}


def _told(
    *,
    rule: str,
    severity: str,
    values: dict[str, Any],
    place: tuple[str, int | None],
    at: tuple[float, float] | None,
    mapping: FormMapping | None,
) -> Told:
    try:
        known = RULES[rule]
    except KeyError:  # the rule was dropped after this report was checked
        gone = Text(rule, rule)
        return Told(rule, severity, gone, gone, Text("", ""), None, "", "", "", False)
    return Told(
        rule=rule,
        severity=severity,
        title=known.title,
        what=_filled(known.message, values),
        how=_filled(known.advice, values),
        where=_where(mapping, *place) if place[0] else None,
        anchor=place[0].partition(".")[0],
        at=f"{at[0]:.6f},{at[1]:.6f}" if at else "",
        source=known.source,
        is_exceptable=rule in EXCEPTABLE and severity == "block",
    )


def _filled(text: Text, values: dict[str, Any]) -> Text:
    try:
        return Text(*(text.say(language, **values) for language in LANGUAGES))
    except (KeyError, IndexError):  # kept before the sentence asked for another value
        return text


def _where(mapping: FormMapping | None, question: str, row: int | None) -> Text:
    """`3.9 Vật nổ tìm thấy, dòng 2`: as printed on the form."""
    outer = question.partition(".")[0]
    named = label(question)
    number = ""
    if mapping is not None:
        asked = mapping.question(outer) or mapping.repeat(outer)
        if asked is not None:
            number = asked.number
            named = asked.label
    if row is not None:
        named = Text(f"{named.vi}, dòng {row + 1}", f"{named.en}, row {row + 1}")
    return Text(f"{number} {named.vi}".strip(), f"{number} {named.en}".strip())
