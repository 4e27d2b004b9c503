"""One report as a sheet: its answers by section, tables of rows, and what was corrected."""

from __future__ import annotations

from dataclasses import dataclass

from datlanh.accounts.models import User
from datlanh.intake.models import Attachment, Payload, Report
from datlanh.intake.selectors.forms import mapping_of_report
from datlanh.intake.selectors.saying import NOTHING, Names, Said, names_for, row_answers, said
from datlanh.kernel.mapping import Answers, FormMapping, Question, Repeat
from datlanh.kernel.text import Text


@dataclass(frozen=True)
class Line:
    """One question with its answer; `original` is what was received, where it was corrected."""

    key: str
    number: str
    label: Text
    value: Said
    original: Said | None = None
    file: Attachment | None = None


@dataclass(frozen=True)
class TableRow:
    """One row of a repeat. `change` is "", "changed", "added" or "gone"."""

    number: int
    cells: tuple[Line, ...]
    change: str = ""


@dataclass(frozen=True)
class Table:
    """A repeat with the columns that any row answers."""

    key: str
    number: str
    label: Text
    columns: tuple[Text, ...]
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class Section:
    """A titled part of the form."""

    key: str
    number: str
    label: Text
    lines: tuple[Line, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Revision:
    """One state of the answers: 0 as received, later ones as the officer put them."""

    payload: Payload
    is_current: bool


@dataclass(frozen=True)
class Sheet:
    """A report's answers as its reader may see them."""

    sections: tuple[Section, ...]
    answers: Answers
    original: Answers
    revisions: tuple[Revision, ...]
    names: Names
    changes: int  # lines and rows that differ from what was received


EMPTY = Sheet((), Answers(), Answers(), (), Names(), 0)


def revisions_of(report: Report) -> list[Payload]:
    """Every state of a report's answers, oldest first."""
    return list(
        Payload.objects.filter(report=report).select_related("made_by").order_by("revision")
    )


def answers_of_report(report: Report) -> Answers:
    """The answers that count. Payload.DoesNotExist when the reader may not see payloads."""
    payload = Payload.objects.get(report=report, revision=report.revision)
    return Answers.from_json(payload.answers)


def report_sheet(report: Report, who: User, files: list[Attachment] | None = None) -> Sheet:
    """The whole sheet; reading the names of persons is audited. EMPTY for an unknown form."""
    payloads = revisions_of(report)
    mapping = mapping_of_report(report)
    if mapping is None or not payloads:
        return EMPTY
    original, answers = (Answers.from_json(payloads[i].answers) for i in (0, -1))
    names = names_for(who, report, mapping, (original, answers))
    maker = _Maker(mapping, original, answers, names, {f.name: f for f in files or ()})
    sections = maker.sections()
    return Sheet(
        sections=sections,
        answers=answers,
        original=original,
        revisions=tuple(Revision(p, p.revision == report.revision) for p in payloads),
        names=names,
        changes=sum(_changes(s) for s in sections),
    )


def _changes(section: Section) -> int:
    rows = [row for table in section.tables for row in table.rows if row.change]
    return len(rows) + sum(line.original is not None for line in section.lines)


@dataclass(frozen=True)
class _Maker:
    mapping: FormMapping
    original: Answers
    answers: Answers
    names: Names
    files: dict[str, Attachment]

    def sections(self) -> tuple[Section, ...]:
        made = []
        for part in self.mapping.sections:
            lines = tuple(self._lines(q for q in self.mapping.questions if q.section == part.key))
            repeats = (r for r in self.mapping.repeats if r.section == part.key)
            tables = tuple(t for r in repeats if (t := self._table(r)).rows)
            if lines or tables:
                made.append(Section(part.key, part.number, part.label, lines, tables))
        return tuple(made)

    def _lines(self, questions: object) -> list[Line]:
        lines = []
        for question in questions:  # type: ignore[attr-defined]  # a generator of questions
            if question.kind == "note":
                continue
            now = said(question, self.answers, self.names)
            before = said(question, self.original, self.names)
            if now or before:
                lines.append(self._line(question, now, before))
        return lines

    def _line(self, question: Question, now: Said, before: Said) -> Line:
        return Line(
            key=question.key,
            number=question.number,
            label=question.label,
            value=now,
            original=None if now == before else before,
            file=self.files.get(now.file) if now.file else None,
        )

    def _table(self, repeat: Repeat) -> Table:
        rows = self.answers.rows.get(repeat.key) or []
        olds = self.original.rows.get(repeat.key) or []
        asked = [
            q
            for q in repeat.questions
            if any(_answered(q, row) for row in (*rows, *olds)) or self._has_problem(repeat, q)
        ]
        made = []
        for index in range(max(len(rows), len(olds))):
            now = self._cells(repeat, asked, rows, index, self.answers)
            before = self._cells(repeat, asked, olds, index, self.original)
            if index >= len(rows):
                made.append(TableRow(index, tuple(_paired(asked, before, before)), "gone"))
                continue
            change = "added" if index >= len(olds) else "changed" if now != before else ""
            cells = _paired(asked, now, before if change == "changed" else now, self.files)
            made.append(TableRow(index, tuple(cells), change))
        return Table(
            repeat.key, repeat.number, repeat.label, tuple(q.label for q in asked), tuple(made)
        )

    def _has_problem(self, repeat: Repeat, question: Question) -> bool:
        return any(
            k.startswith(f"{repeat.key}/") and k.endswith(f"/{question.key}")
            for k in self.answers.problems
        )

    def _cells(
        self,
        repeat: Repeat,
        asked: list[Question],
        rows: list[dict[str, object]],
        index: int,
        answers: Answers,
    ) -> list[Said]:
        if index >= len(rows):
            return [NOTHING] * len(asked)
        own = row_answers(rows[index], answers.problems)
        return [said(q, own, self.names, f"{repeat.key}/{index + 1}/{q.key}") for q in asked]


def _answered(question: Question, row: dict[str, object]) -> bool:
    return bool(said(question, row_answers(row), Names()))


def _paired(
    asked: list[Question],
    now: list[Said],
    before: list[Said],
    files: dict[str, Attachment] | None = None,
) -> list[Line]:
    return [
        Line(
            key=question.key,
            number=question.number,
            label=question.label,
            value=value,
            original=None if value == old else old,
            file=(files or {}).get(value.file) if value.file else None,
        )
        for question, value, old in zip(asked, now, before, strict=True)
    ]
