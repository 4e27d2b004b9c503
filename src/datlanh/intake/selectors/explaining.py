"""Where each value of a record comes from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from datlanh.intake.models import Report
from datlanh.kernel import clock
from datlanh.register.models import Decision, Record, Version


@dataclass(frozen=True)
class Line:
    """One value of a record and its source. `value` is None where a report cleared it."""

    atom: str
    attribute: str
    value: Any
    report_id: int
    receipt: str
    organisation_id: int
    true_since: dt.date
    known_seq: int
    known_on: dt.date


def version_at(record: Record, *, on: dt.date, known: int | None = None) -> Version | None:
    """What was true of a record on a day, as known after decision `known` (None: now)."""
    found = Version.objects.filter(record=record, true_from__lte=on).exclude(true_to__lte=on)
    if known is None:
        found = found.filter(known_to=None)
    else:
        found = found.filter(known_from__lte=known).exclude(known_to__lte=known)
    return found.first()


def seq_at(moment: dt.datetime) -> int:
    """The newest decision at an instant; 0 before the first."""
    newest = Decision.objects.filter(at__lte=moment).order_by("-seq").first()
    return newest.seq if newest else 0


def record_explain(record: Record, version: Version | None = None) -> list[Line]:
    """Each attribute of a version (default: the newest): value, report, when true, when known.

    Known is the approval of the report that says it.
    """
    version = version or Version.objects.filter(record=record, known_to=None, true_to=None).first()
    if version is None:
        return []
    ids = {source[0] for source in version.sources.values()}
    reports = Report.objects.in_bulk(ids)
    approvals = {
        d.report_id: d
        for d in Decision.objects.filter(report_id__in=ids, kind="approved").order_by("seq")
    }
    said = version.values
    lines = []
    for atom, (report_id, on) in sorted(version.sources.items()):
        report, decision = reports[report_id], approvals[report_id]
        for attribute in _attributes(record, atom, report_id):
            lines.append(
                Line(
                    atom=atom,
                    attribute=attribute,
                    value=said.get(attribute, _shape(version, attribute)),
                    report_id=report_id,
                    receipt=report.receipt,
                    organisation_id=report.organisation_id,
                    true_since=dt.date.fromisoformat(on),
                    known_seq=decision.seq,
                    known_on=clock.local_date(decision.at),
                )
            )
    return lines


def _attributes(record: Record, atom: str, report_id: int) -> list[str]:
    claim = record.claims.filter(report_id=report_id, atoms__has_key=atom).first()
    if claim is None or claim.values.get(atom) is None:
        return [atom]
    return sorted(k for k in claim.values[atom] if k != "rows") or [atom]


def _shape(version: Version, attribute: str) -> Any:
    if attribute == "outline" and version.outline is not None:
        return f"{version.outline.num_points} points"
    if attribute == "position" and version.position is not None:
        return f"{version.position.y:.5f} {version.position.x:.5f}"
    return None
