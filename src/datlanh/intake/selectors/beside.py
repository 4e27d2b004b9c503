"""Two reports about one place, side by side: which may be meant, and where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from datlanh.accounts.models import User
from datlanh.intake.models import Finding, Report
from datlanh.intake.selectors.reports import HEAVY, reports_of
from datlanh.intake.selectors.saying import NOTHING, Said
from datlanh.intake.selectors.sheets import Sheet, Table
from datlanh.kernel.ids import spellings
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.register.models import Record

MOST = 12
_ID = re.compile(r"\b[A-Z]{2,4}(?:-[A-Z0-9]{2,6}){1,3}-\d{4,8}\b")
ROWS = Text("{count} dòng", "{count} rows")


@dataclass(frozen=True)
class Pair:
    """One question as both answer it."""

    label: Text
    a: Said
    b: Said

    @property
    def differs(self) -> bool:
        """Whether a reader sees two different answers."""
        return (self.a.text, self.a.points, self.a.file) != (
            self.b.text,
            self.b.points,
            self.b.file,
        )


def reports_beside(report: Report, who: User, records: Iterable[object] = ()) -> list[Report]:
    """Reports that may be about the same place, within the scope of `who`, newest first.

    Those a finding names, those with the same id, and the newest about `records`.
    """
    named = _named_in_findings(report)
    ids = {s for one in named | {report.record_local_id} if one for s in spellings(one)}
    homes = Record.objects.filter(local_id__in=ids).values_list("pk", flat=True)
    wanted = Q(receipt__in=named) | Q(record_local_id__in=ids)
    wanted |= Q(record_id__in=[*homes, *records])
    found = reports_of(who).filter(wanted).exclude(pk=report.pk).exclude(state="replaced")
    return list(found.defer(*HEAVY).order_by("-pk")[:MOST])


def report_meant(who: User, text: str) -> Report | None:
    """The report of a receipt, or the newest of a record's id; None where there is none to see."""
    told = text.strip().upper()[:40].removeprefix("FR-")
    if not told:
        return None
    found = reports_of(who).filter(Q(receipt=told) | Q(record_local_id__in=spellings(told)))
    return found.defer(*HEAVY).order_by("-pk").first()


def pairs_of(a: Sheet, b: Sheet) -> list[Pair]:
    """Every question either answers, in the order of the first; tables by their rows."""
    left, right = dict(_lines(a)), dict(_lines(b))
    pairs = []
    for key in dict.fromkeys((*left, *right)):
        label, said = left.get(key) or (right[key][0], NOTHING)
        other = right[key][1] if key in right else NOTHING
        if said or other:
            pairs.append(Pair(label, said, other))
    return pairs


def _lines(sheet: Sheet) -> Iterator[tuple[str, tuple[Text, Said]]]:
    for section in sheet.sections:
        for line in section.lines:
            yield line.key, (line.label, line.value)
        for table in section.tables:
            yield table.key, (table.label, _rows_told(table))


def _rows_told(table: Table) -> Said:
    """A table in one cell, a line to a row."""
    rows = [r for r in table.rows if r.change != "gone"]
    if not rows:
        return NOTHING
    said = []
    for language in LANGUAGES:
        lines = [ROWS.say(language, count=len(rows))]
        for row in rows:
            texts = [c.value.text.say(language) for c in row.cells if c.value.text]
            lines.append(" · ".join(texts))
        said.append("\n".join(lines))
    return Said(text=Text(*said))


def _named_in_findings(report: Report) -> set[str]:
    """Ids and receipts that the findings speak of."""
    values = Finding.objects.filter(report=report).values_list("values", flat=True)
    return {one for kept in values for one in _ID.findall(str(kept))}
