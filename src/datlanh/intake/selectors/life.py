"""A record's life: which report changed what, since when it was true and since when known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from datlanh.intake.selectors.differences import AREA
from datlanh.intake.selectors.forms import mapping_of
from datlanh.intake.selectors.saying import Names, said_value
from datlanh.intake.selectors.standing import BoundReport
from datlanh.intake.selectors.values import metres, questions_of, value_told
from datlanh.kernel.fold import LIST
from datlanh.kernel.mapping import FormMapping
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.register.models import Claim, Record, Version
from datlanh.register.selectors import rows_known

ROWS = Text("{count} dòng", "{count} rows")
PIECES = Text("{count} quả", "{count} items")
SIGNATURES = "verification"  # the section of names and dates under a form
FIRST = ("status", "outline", "areas", "priority", f"{LIST}ordnance_items", "land_use", "place")
TOLD = ("reported_status", "area_reported_m2", "cleared_area_m2")  # of a report that is gone


@dataclass(frozen=True)
class Change:
    """One value that changed; `before` is None where nothing stood, `after` where emptied."""

    label: Text
    before: Text | None
    after: Text | None


@dataclass(frozen=True)
class LifeLine:
    """What one report did to the record on one date."""

    true_since: dt.date
    source: BoundReport
    changes: tuple[Change, ...]
    confirmed: int  # values it said again without changing them
    is_first: bool = False  # of the report that made the record

    @property
    def is_gone(self) -> bool:
        """Kept to be seen, but it does not count any more."""
        return not self.source.counts


def record_life(
    record: Record,
    versions: Sequence[Version],
    bound: Mapping[int, BoundReport],
    names: Names,
    known: int,
) -> list[LifeLine]:
    """The lines of `versions` (in order of their dates), newest first, with the reports that went.

    Superseded, withdrawn and re-assigned reports stand where their own date puts them.
    """
    counts = _row_counts(versions, known)
    lines: list[LifeLine] = []
    before: Version | None = None
    for version in versions:
        for report_id, atoms in _set_here(version).items():
            source = bound.get(report_id)
            if source is not None:
                line = _line(version, before, source, atoms, names=names, counts=counts)
                is_first = source.approval.seq == record.created_seq
                lines.append(replace(line, is_first=is_first))
        before = version
    lines += _gone(bound, names)
    lines.sort(key=lambda x: (x.true_since, x.source.approval.seq), reverse=True)
    return lines


def _set_here(version: Version) -> dict[int, list[str]]:
    """Atoms whose winning claim speaks of the very day the version begins, by report."""
    found: dict[int, list[str]] = {}
    for atom, (report_id, on) in sorted(version.sources.items()):
        if on == version.true_from.isoformat():
            found.setdefault(report_id, []).append(atom)
    return found


def _line(
    version: Version,
    before: Version | None,
    source: BoundReport,
    atoms: list[str],
    *,
    names: Names,
    counts: Mapping[tuple[int, str], int],
) -> LifeLine:
    changes: list[Change] = []
    confirmed = 0
    mapping = source.form
    for atom in sorted(atoms, key=_order(mapping)):
        told = (
            [_list_change(mapping, atom.removeprefix(LIST), version, before, counts)]
            if atom.startswith(LIST)
            else _changes(mapping, atom, version, before, names)
        )
        for change in told:
            if change is None:
                continue
            if change.before == change.after:
                confirmed += 1
            else:
                changes.append(change)
    return LifeLine(version.true_from, source, tuple(changes), confirmed)


def _order(mapping: FormMapping) -> Callable[[str], tuple[int, int]]:
    """What a reader looks for first, then the order of the form, its lists last."""
    place = {q.group or q.attribute: i for i, q in reversed(list(enumerate(mapping.questions)))}

    def key(atom: str) -> tuple[int, int]:
        first = FIRST.index(atom) if atom in FIRST else len(FIRST)
        return first, place.get(atom, len(place) * 2)

    return key


def _changes(
    mapping: FormMapping, atom: str, version: Version, before: Version | None, names: Names
) -> list[Change | None]:
    found: list[Change | None] = []
    for question in questions_of(mapping, atom):
        if question.is_sealed or question.section == SIGNATURES:
            continue  # who signs is no news about the ground
        new = value_told(question, version, names)
        old = value_told(question, before, names) if before is not None else None
        if question.attribute == "outline":
            new, old = (
                metres(v.area_m2) if v is not None and v.area_m2 is not None else None
                for v in (version, before)
            )
        label = AREA if question.attribute == "outline" else question.label
        found.append(Change(label, old, new) if new or old else None)
    return found


def _list_change(
    mapping: FormMapping,
    name: str,
    version: Version,
    before: Version | None,
    counts: Mapping[tuple[int, str], int],
) -> Change | None:
    repeat = next((r for r in mapping.repeats if r.list == name), None)
    if repeat is None:
        return None
    said = PIECES if name == "ordnance_items" else ROWS

    def told(one: Version | None) -> Text | None:
        reports = one.lists.get(name) if one is not None else None
        if not reports:
            return None
        count = sum(counts.get((r, name), 0) for r in reports)
        return Text(*(said.say(v, count=count) for v in LANGUAGES))

    new, old = told(version), told(before)
    return Change(repeat.label, old, new) if new or old else None


def _row_counts(versions: Sequence[Version], known: int) -> dict[tuple[int, str], int]:
    """Rows of each list by report; of ordnance, how many pieces."""
    reports = {r for v in versions for found in v.lists.values() for r in found}
    counts: dict[tuple[int, str], int] = {}
    rows = (
        rows_known(known).filter(report_id__in=reports).values_list("report_id", "list", "values")
    )
    for report_id, name, values in rows:
        pieces = int(values.get("quantity") or 1) if name == "ordnance_items" else 1
        counts[report_id, name] = counts.get((report_id, name), 0) + pieces
    return counts


def _gone(bound: Mapping[int, BoundReport], names: Names) -> list[LifeLine]:
    """Reports that do not count, with what they said about state and size."""
    gone = {pk: b for pk, b in bound.items() if not b.counts}
    said: dict[int, dict[str, object]] = {}
    dates: dict[int, dt.date] = {}
    for claim in Claim.objects.filter(report_id__in=gone).order_by("report_id", "on"):
        for answer in claim.values.values():
            said.setdefault(claim.report_id, {}).update(answer or {})
        dates[claim.report_id] = claim.on
    lines = []
    for pk, source in gone.items():
        mapping = mapping_of(source.report.form_version_id or 0)  # as claims are read now
        told = [
            Change(q.label, None, said_value(q, said[pk][q.attribute], names))
            for q in mapping.questions
            if q.attribute in TOLD and said.get(pk, {}).get(q.attribute) is not None
        ]
        on = source.report.date_of_information or dates.get(pk) or dt.date.min
        lines.append(LifeLine(on, source, tuple(told), 0))
    return lines
