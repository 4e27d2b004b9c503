"""A report beside the record as it stands: what it would change, line by line."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import from_wkb

from datlanh.intake.models import Report
from datlanh.intake.selectors.saying import Names, degrees, said_value
from datlanh.kernel import geometry
from datlanh.kernel.fold import LIST, Conflict
from datlanh.kernel.mapping import FormMapping, Question, Repeat
from datlanh.kernel.text import LANGUAGES, NBSP, Text, number
from datlanh.ordnance.models import Ordnance
from datlanh.register.models import Claim, Record, Version
from datlanh.register.selectors import rows_known
from datlanh.register.services import NewClaim, NewRow

AREA = Text("Diện tích đo trên hình", "Area measured on the drawing")
POINTS = Text("{count} điểm", "{count} points")
ROWS = Text("{count} dòng", "{count} rows")
PIECES = Text("{count} quả", "{count}")
CLEARED = Text("(xoá trắng)", "(cleared)")
SHAPES = ("outline", "position")


@dataclass(frozen=True)
class Change:
    """One line of the comparison. `delta` is a figure's difference; `newer_on` says that the
    register already knows something later, so that this answer would not show."""

    key: str
    label: Text
    before: Text | None
    after: Text | None
    delta: float | None = None
    newer_on: dt.date | None = None

    @property
    def is_change(self) -> bool:
        """Whether approval would change what the register shows."""
        return self.before != self.after and self.newer_on is None


@dataclass(frozen=True)
class Comparison:
    """The record's newest version beside the report. `since` is None for a new record."""

    lines: tuple[Change, ...]
    since: dt.date | None
    on: dt.date | None

    @property
    def changes(self) -> int:
        """How many lines change."""
        return sum(line.is_change for line in self.lines)

    @property
    def newer(self) -> int:
        """How many answers the register already knows something newer about."""
        return sum(line.newer_on is not None for line in self.lines)


@dataclass(frozen=True)
class Said:
    """What one report says where two of the same date differ."""

    report_id: int
    receipt: str
    text: Text


@dataclass(frozen=True)
class Dispute:
    """One atom two reports of one date differ about; a person chooses."""

    atom: str
    label: Text
    on: dt.date
    values: tuple[Said, ...]

    @property
    def is_alike(self) -> bool:
        """Whether a reader sees no difference: the same name behind two references."""
        return len({v.text for v in self.values}) == 1


def version_now(record_id: Any) -> Version | None:
    """The record's newest version as known now."""
    return Version.objects.filter(record=record_id, known_to=None, true_to=None).first()


def compared(
    mapping: FormMapping,
    claims: Sequence[NewClaim],
    rows: Sequence[NewRow],
    version: Version | None,
    names: Names,
) -> Comparison:
    """What `claims` and `rows` would change in `version` (None: nothing stands yet)."""
    lines: list[Change] = []
    had = _had(version)
    for atom, claim in _by_atom(claims).items():
        if atom.startswith(LIST):
            lines.append(_list_line(mapping, atom.removeprefix(LIST), rows, version))
            continue
        for question in _questions(mapping, atom):
            line = _line(question, claim.values[atom], had, names)
            if line is not None:
                lines.append(_dated(line, atom, claim.on, version))
    for name in dict.fromkeys(n for c in claims for n in c.lists):
        lines.append(_list_line(mapping, name, rows, version))
    order = {q.key: i for i, q in enumerate(mapping.questions)}
    lines.sort(key=lambda c: order.get(c.key, len(order)))
    return Comparison(
        lines=tuple(lines),
        since=version.true_from if version else None,
        on=max((c.on for c in claims), default=None),
    )


def claims_in(conflicts: Iterable[Conflict], report: Report) -> list[Claim]:
    """What other reports say where they differ from `report` on one date."""
    ids = {i for c in conflicts for i in c.reports} - {report.pk}
    return list(Claim.objects.filter(report_id__in=ids)) if ids else []


def disputes_of(
    conflicts: Iterable[Conflict],
    *,
    mapping: FormMapping,
    report: Report,
    claims: Sequence[NewClaim],
    others: Sequence[Claim],
    names: Names,
) -> list[Dispute]:
    """Conflicts of one date, with what each report says; `others` from `claims_in`."""
    ids = {c.report_id for c in others}
    receipts = dict(Report.objects.filter(pk__in=ids).values_list("pk", "receipt"))
    receipts[report.pk] = report.receipt
    found = []
    for conflict in conflicts:
        said = [(c.report_id, c.values) for c in others if c.on == conflict.on]
        said += [(report.pk, c.values) for c in claims if c.on == conflict.on]
        values = [
            Said(number_, receipts.get(number_, "?"), _told(mapping, conflict.atom, v, names))
            for number_, values_ in said
            if number_ in conflict.reports
            for v in ([values_[conflict.atom]] if conflict.atom in values_ else [])
        ]
        label = _label_of(mapping, conflict.atom)
        found.append(Dispute(conflict.atom, label, conflict.on, tuple(values)))
    return found


def _by_atom(claims: Sequence[NewClaim]) -> dict[str, NewClaim]:
    return {atom: claim for claim in claims for atom in claim.values}


def _questions(mapping: FormMapping, atom: str) -> list[Question]:
    return [q for q in mapping.questions if q.attribute and (q.group or q.attribute) == atom]


def _label_of(mapping: FormMapping, atom: str) -> Text:
    if atom.startswith(LIST):
        return _repeat(mapping, atom.removeprefix(LIST)).label
    asked = _questions(mapping, atom)
    return Text(*(", ".join(q.label.say(v) for q in asked) for v in LANGUAGES))


def _repeat(mapping: FormMapping, name: str) -> Repeat:
    return next(r for r in mapping.repeats if r.list == name)


def _had(version: Version | None) -> dict[str, Any]:
    if version is None:
        return {}
    shapes = {"outline": version.outline, "position": version.position}
    drawn = {name: bytes(shape.wkb).hex() for name, shape in shapes.items() if shape}
    return {**version.values, **drawn}


def _line(
    question: Question, answered: dict[str, Any] | None, had: Mapping[str, Any], names: Names
) -> Change | None:
    attribute = question.attribute or ""
    before = had.get(attribute)
    after = None if answered is None else answered.get(attribute)
    if before is None and after is None:
        return None
    cleared = CLEARED if answered is None else None
    if question.kind in ("point", "polygon") and not question.is_sealed:
        return _shape_line(question, before, after)
    return Change(
        key=question.key,
        label=question.label,
        before=said_value(question, before, names) if before is not None else None,
        after=said_value(question, after, names) if after is not None else cleared,
        delta=_delta(before, after),
    )


def _shape_line(question: Question, before: str | None, after: str | None) -> Change:
    is_area = question.kind == "polygon"
    told = [_shape_told(text, is_area) for text in (before, after)]
    delta = None
    if is_area and before and after:
        delta = round(geometry.area_m2(from_wkb(after)) - geometry.area_m2(from_wkb(before)), 1)
        if not delta and not from_wkb(before).equals(from_wkb(after)):
            told[1] = Text("hình khác, cùng diện tích", "another drawing of the same area")
    label = AREA if is_area else question.label
    return Change(question.key, label, told[0], told[1], delta or None)


def _shape_told(text: str | None, is_area: bool) -> Text | None:
    if not text:
        return None
    shape = from_wkb(text)
    if not is_area:
        place = degrees([shape.centroid.x, shape.centroid.y])
        return Text(place, place)
    area = round(geometry.area_m2(shape))
    return Text(*(f"{number(area, v)}{NBSP}m²" for v in LANGUAGES))


def _delta(before: Any, after: Any) -> float | None:
    figures = (before, after)
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in figures):
        return (after - before) or None
    return None


def _dated(line: Change, atom: str, on: dt.date, version: Version | None) -> Change:
    source = version.sources.get(atom) if version else None
    if source is None or dt.date.fromisoformat(source[1]) <= on:
        return line
    newer = dt.date.fromisoformat(source[1])
    return Change(line.key, line.label, line.before, line.after, line.delta, newer)


def _list_line(
    mapping: FormMapping, name: str, rows: Sequence[NewRow], version: Version | None
) -> Change:
    repeat = _repeat(mapping, name)
    mine = [r.values for r in rows if r.list == name]
    stood: list[dict[str, Any]] = []
    if version is not None and version.lists.get(name):
        kept = rows_known().filter(
            record=version.record_id, report_id__in=version.lists[name], list=name
        )
        stood = list(kept.order_by("report_id", "number").values_list("values", flat=True))
    before, after = (_list_told(repeat, found) for found in (stood, mine))
    delta = float(_pieces(mine) - _pieces(stood)) if stood and mine else None
    return Change(repeat.key, repeat.label, before, after, delta or None)


def _pieces(rows: Sequence[Mapping[str, Any]]) -> int:
    if any("quantity" in r for r in rows):
        return sum(int(r.get("quantity") or 1) for r in rows)
    return len(rows)


def _list_told(repeat: Repeat, rows: Sequence[Mapping[str, Any]]) -> Text | None:
    """Rows in one sentence: ordnance by model, anything else by number."""
    if not rows:
        return None
    if not any("quantity" in row for row in rows):
        return Text(*(ROWS.say(v, count=len(rows)) for v in LANGUAGES))
    count: Counter[str] = Counter()
    for row in rows:
        count[str(row.get("model") or row.get("category") or "?")] += int(row.get("quantity") or 1)
    known = Ordnance.objects.filter(key__in=count).values_list("key", "name_vi", "name_en")
    names = {key: Text(vi, en) for key, vi, en in known}
    labels = {k: _option(repeat, k) or names.get(k) or Text(k, k) for k in count}
    return Text(
        *(
            ", ".join(
                f"{labels[k].say(v)}: {PIECES.say(v, count=n)}" for k, n in count.most_common(6)
            )
            for v in LANGUAGES
        )
    )


def _option(repeat: Repeat, key: str) -> Text | None:
    options = (c for q in repeat.questions for c in q.choices)
    return next((c.label for c in options if c.key == key), None)


def _told(mapping: FormMapping, atom: str, value: Any, names: Names) -> Text:
    if value is None:
        return CLEARED
    if atom.startswith(LIST):
        return Text("các dòng của báo cáo này", "the rows of this report")
    parts = []
    for question in _questions(mapping, atom):
        answer = value.get(question.attribute)
        if answer is None:
            continue
        if question.kind in ("point", "polygon") and not question.is_sealed:
            told = _shape_told(answer, question.kind == "polygon")
        else:
            told = said_value(question, answer, names)
        if told is not None:
            parts.append(told)
    return Text(*("; ".join(t.say(v) for t in parts) for v in LANGUAGES))


def record_of(record_id: Any) -> Record | None:
    """The record of that id."""
    return Record.objects.filter(pk=record_id).first()
