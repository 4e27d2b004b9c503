"""What is doubtful about a new version of a form. Pure.

*block* would lose or corrupt data: the register could no longer be right. *warn* may be meant,
and then somebody says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml.etree import XPath, XPathSyntaxError

from datlanh.intake import form_lint_texts as say
from datlanh.intake.form_changes import Changes
from datlanh.intake.form_faces import Face
from datlanh.intake.form_needs import Columns
from datlanh.intake.form_words import contradiction, plain
from datlanh.intake.minimum_data import Topic, lost
from datlanh.kernel.mapping import FormMapping, Question
from datlanh.kernel.text import Text

BLOCK, WARN = "block", "warn"

# Kinds whose values are alike in store; what folds into one column must stay within one.
STORED = {
    **dict.fromkeys(("text", "id", "choice", "organisation", "team", "commune", "village"), "text"),
    "integer": "number",
    "decimal": "number",
    "date": "date",
    "choices": "choices",
    "person": "person",
    "point": "point",
    "polygon": "polygon",
}
EXPRESSIONS = ("relevant", "constraint", "calculation", "choice_filter", "required")
REFERENCE = re.compile(r"\$\{[^}]*\}")
AMOUNTS = ("area", "depth", "length", "width", "distance", "weight", "dien tich", "do sau")
AMOUNT_WORDS = ("diện tích", "độ sâu", "chiều dài", "chiều rộng", "khoảng cách", "khối lượng")
PERSONAL_NAMES = frozenset({"phone", "telephone", "mobile", "surname", "patronymic"})
PERSONAL_WORDS = ("họ và tên", "họ tên", "số điện thoại", "full name", "telephone", "phone number")
SUFFIXES = {"_m2": "m2", "_cm": "cm", "_pct": "%", "_m": "m", "_kg": "kg", "_ha": "ha"}


@dataclass(frozen=True)
class Doubt:
    """One finding about a version. `code` and `key` together name it."""

    code: str
    severity: str
    key: str
    what: Text

    @property
    def id(self) -> str:
        """Its name among the findings, as a form sends it back."""
        return f"{self.code}:{self.key}"


@dataclass(frozen=True)
class Touched:
    """Reports whose answers a change is about."""

    waiting: int = 0
    approved: int = 0

    @property
    def any(self) -> int:
        """Both together."""
        return self.waiting + self.approved


@dataclass(frozen=True)
class Subject:
    """A proposed version and what it is held against. Touched reports by item or choice."""

    face: Face
    mapping: FormMapping
    current: FormMapping | None = None
    earlier: Sequence[FormMapping] = ()
    elsewhere: Sequence[FormMapping] = ()  # current versions of other forms
    changes: Changes | None = None
    touched: Mapping[str, Touched] = field(default_factory=dict)
    has_reports: bool = False  # whether a report on an earlier version counts or may yet
    rules: frozenset[str] = frozenset()
    columns: Columns = field(default_factory=Columns)
    kinds: frozenset[str] = frozenset()  # of records the house knows
    minimum: Sequence[Topic] = ()  # data that the forms together must ask for


@dataclass(frozen=True)
class Place:
    """A question of a mapping with its way: "found_items/quantity"."""

    key: str
    list: str | None  # the register's list it is a column of
    question: Question

    @property
    def attribute(self) -> str | None:
        """Its attribute, told from one of the same name in another list."""
        name = self.question.attribute
        return name and (f"{self.list}.{name}" if self.list is not None else name)


def places_of(mapping: FormMapping) -> Iterator[Place]:
    """Every question of a mapping."""
    for question in mapping.questions:
        yield Place(question.key, None, question)
    for repeat in mapping.repeats:
        for question in repeat.questions:
            yield Place(f"{repeat.key}/{question.key}", repeat.list or repeat.key, question)


def lint(subject: Subject) -> list[Doubt]:
    """All doubts, those that block first, each once."""
    found: dict[str, Doubt] = {}
    for check in CHECKS:
        for doubt in check(subject):
            found.setdefault(doubt.id, doubt)
    return sorted(found.values(), key=lambda d: d.severity != BLOCK)


def _doubt(code: str, severity: str, key: str, saying: say.Saying, **values: object) -> Doubt:
    return Doubt(code, severity, key, saying.bind(key=key, **values))


# ── The version by itself ───────────────────────────────────────────────────────────────────


def _version(subject: Subject) -> Iterator[Doubt]:
    now, new = subject.current, subject.mapping
    if now is not None and new.version <= now.version:
        yield _doubt("version", BLOCK, new.version, say.VERSION_LOW, now=now.version)
    if new.record_kind not in subject.kinds:
        yield _doubt("kind_unknown", BLOCK, new.record_kind, say.KIND_UNKNOWN)
    if now is not None and now.record_kind != new.record_kind:
        yield _doubt("kind", BLOCK, new.record_kind, say.KIND_CHANGED, old=now.record_kind)
    if now is not None and now.id_question != new.id_question:
        yield _doubt("id", WARN, new.id_question, say.ID_CHANGED, old=now.id_question)


def _words(subject: Subject) -> Iterator[Doubt]:
    for item in subject.face.items.values():
        if found := contradiction(item.name, item.label):
            yield _doubt(
                "contradicts", WARN, item.key, say.CONTRADICTS, part=found[0], word=found[1]
            )
    for name, choices in subject.face.choices.items():
        for key, label in choices.items():
            if found := contradiction(key, label):
                yield _doubt(
                    "contradicts",
                    WARN,
                    f"{name}:{key}",
                    say.CONTRADICTS,
                    part=found[0],
                    word=found[1],
                )


def _untranslated(subject: Subject) -> Iterator[Doubt]:
    for item in subject.face.items.values():
        label = item.label
        if item.is_question and label.vi == label.en and len(label.vi.split()) > 2:
            yield _doubt("untranslated", WARN, item.key, say.UNTRANSLATED, label=label.vi)


def _alike(subject: Subject) -> Iterator[Doubt]:
    """Two questions that ask the same and go to two attributes."""
    said: dict[tuple[str | None, str], Place] = {}
    for place in places_of(subject.mapping):
        if place.attribute is None:
            continue
        text = plain(place.question.label.vi)
        first = said.setdefault((place.list, text), place)
        if first is not place and first.question.section == place.question.section:
            yield _doubt(
                "alike", WARN, place.key, say.ALIKE, other=first.key, label=place.question.label.vi
            )


def _units(subject: Subject) -> Iterator[Doubt]:
    for place in places_of(subject.mapping):
        q = place.question
        if q.kind not in ("integer", "decimal") or q.attribute is None:
            continue
        wanted = next((u for end, u in SUFFIXES.items() if q.attribute.endswith(end)), None)
        if q.unit and wanted and q.unit != wanted:
            yield _doubt(
                "unit_wrong", BLOCK, place.key, say.UNIT_WRONG, unit=q.unit, attribute=q.attribute
            )
        elif not q.unit and (wanted or _is_amount(q)):
            yield _doubt("unit_missing", WARN, place.key, say.UNIT_MISSING)


def _is_amount(question: Question) -> bool:
    name, label = question.key.split("_"), plain(question.label.vi)
    return bool(set(name) & set(AMOUNTS)) or any(w in label for w in AMOUNT_WORDS)


def _expressions(subject: Subject) -> Iterator[Doubt]:
    """What no phone can read: a form with it does not open, and nothing is reported at all."""
    for item in subject.face.items.values():
        for header in EXPRESSIONS:
            said = item.cell(header)
            if said.casefold() in ("", "yes", "no"):
                continue
            try:
                XPath(REFERENCE.sub("x", said))
            except XPathSyntaxError:
                yield _doubt(
                    "expression", BLOCK, f"{item.key}:{header}", say.EXPRESSION, expression=said
                )


def _personal(subject: Subject) -> Iterator[Doubt]:
    sealed = {i.key for i in subject.face.items.values() if i.cell("register::person")}
    for place in places_of(subject.mapping):
        q = place.question
        if q.kind != "text" or place.key in sealed or q.attribute is None:
            continue
        labels = f" {plain(q.label.vi)} {plain(q.label.en)} "
        if PERSONAL_NAMES & set(q.key.split("_")) or any(w in labels for w in PERSONAL_WORDS):
            yield _doubt("personal", WARN, place.key, say.PERSONAL)


# ── Against earlier versions ────────────────────────────────────────────────────────────────


def _keys(subject: Subject) -> Iterator[Doubt]:
    """A key that meant something else in any earlier version."""
    new = {p.key: p for p in places_of(subject.mapping)}
    for mapping in subject.earlier:
        for old in places_of(mapping):
            place = new.get(old.key)
            if place is None:
                continue
            was, now = old.question, place.question
            if was.kind == "person" and now.kind != "person":
                yield _doubt("opened", BLOCK, old.key, say.OPENED)
            elif was.kind != now.kind:
                yield _doubt("key_kind", WARN, old.key, say.KEY_KIND, old=was.kind, new=now.kind)
            elif _other_list(was, now):
                yield _doubt("key_list", WARN, old.key, say.KEY_LIST)


def _other_list(old: Question, new: Question) -> bool:
    had, has = ({c.key for c in q.choices} for q in (old, new))
    return bool(had and has) and len(had & has) * 2 < min(len(had), len(has))


def _attributes(subject: Subject) -> Iterator[Doubt]:
    """An attribute that would hold two kinds of values, units or groups."""
    new = {p.attribute: p for p in places_of(subject.mapping) if p.attribute}
    for mapping in subject.earlier:
        for old in places_of(mapping):
            place = new.get(old.attribute) if old.attribute else None
            if place is not None:
                yield from _attribute(subject, old, place)


def _attribute(subject: Subject, old: Place, new: Place) -> Iterator[Doubt]:
    was, now, name = old.question, new.question, new.attribute or ""
    if STORED.get(was.kind) != STORED.get(now.kind):
        sure = BLOCK if subject.has_reports or "person" in (was.kind, now.kind) else WARN
        yield _doubt("stored", sure, name, say.STORED, old=was.kind, new=now.kind)
    if was.unit and now.unit and was.unit != now.unit:
        yield _doubt("unit_changed", BLOCK, name, say.UNIT_CHANGED, old=was.unit, new=now.unit)
    if old.list is None and (was.group or name) != (now.group or name):
        # Both atoms would say the attribute, and the newer date would not win any more.
        sure = BLOCK if subject.has_reports else WARN
        old_group, new_group = was.group or name, now.group or name
        yield _doubt("group", sure, name, say.GROUP_CHANGED, old=old_group, new=new_group)


def _rebound(subject: Subject) -> Iterator[Doubt]:
    """Against the version in force: an attribute taken from another question, or date."""
    if subject.current is None:
        return
    old = {p.attribute: p for p in places_of(subject.current) if p.attribute}
    for place in places_of(subject.mapping):
        was = old.get(place.attribute) if place.attribute else None
        if was is None or place.attribute is None:
            continue
        if was.key != place.key:
            yield _doubt("rebound", WARN, place.attribute, say.REBOUND, old=was.key, new=place.key)
        if (was.question.date or subject.current.date) != (
            place.question.date or subject.mapping.date
        ):
            yield _doubt(
                "date",
                WARN,
                place.attribute,
                say.DATE_CHANGED,
                old=was.question.date or subject.current.date,
                new=place.question.date or subject.mapping.date,
            )


def _lists(subject: Subject) -> Iterator[Doubt]:
    modes = {r.list: r.mode for r in subject.mapping.repeats if r.list}
    for mapping in subject.earlier:
        for repeat in mapping.repeats:
            mode = modes.get(repeat.list) if repeat.list else None
            if mode is not None and mode != repeat.mode:
                # An older report that replaces would hide every newer one that adds.
                sure = BLOCK if subject.has_reports else WARN
                yield _doubt(
                    "mode", sure, repeat.list or "", say.MODE_CHANGED, old=repeat.mode, new=mode
                )


def _elsewhere(subject: Subject) -> Iterator[Doubt]:
    """An attribute that another form of the house understands otherwise."""
    new = {p.attribute: p.question for p in places_of(subject.mapping) if p.attribute}
    for mapping in subject.elsewhere:
        for place in places_of(mapping):
            mine = new.get(place.attribute) if place.attribute else None
            if mine is None:
                continue
            theirs = place.question
            kinds = (STORED.get(theirs.kind), STORED.get(mine.kind))
            if kinds[0] != kinds[1] or (theirs.unit and mine.unit and theirs.unit != mine.unit):
                yield _doubt(
                    "elsewhere", WARN, place.attribute or "", say.ELSEWHERE, form=mapping.form
                )


def _gone(subject: Subject) -> Iterator[Doubt]:
    """What a rule or a column of a list reads, and no question says any more."""
    if subject.current is None:
        return
    before, after = list(places_of(subject.current)), list(places_of(subject.mapping))
    keys = {p.question.key for p in after} | {r.key for r in subject.mapping.repeats}
    had = {p.question.key for p in before} | {r.key for r in subject.current.repeats}
    for key in sorted((had - keys) & subject.rules):
        yield _doubt("rule_needs", WARN, key, say.RULE_NEEDS)
    columns = subject.columns
    plain_now, rows_now = _names(after)
    plain_then, rows_then = _names(before)
    for name in sorted((plain_then - plain_now) & columns.attributes):
        yield _doubt("column_needs", WARN, name, say.COLUMN_NEEDS)
    for name in sorted((rows_then - rows_now) & columns.row_attributes):
        yield _doubt("column_needs", WARN, name, say.COLUMN_NEEDS)
    lists = {r.list for r in subject.mapping.repeats if r.list}
    for name in sorted({r.list for r in subject.current.repeats if r.list} - lists):
        if name in columns.lists:
            yield _doubt("column_needs", WARN, name, say.COLUMN_NEEDS)


def _names(places: Iterable[Place]) -> tuple[set[str], set[str]]:
    plain_names: set[str] = set()
    of_rows: set[str] = set()
    for place in places:
        if place.question.attribute:
            (plain_names if place.list is None else of_rows).add(place.question.attribute)
    return plain_names, of_rows


def _choices(subject: Subject) -> Iterator[Doubt]:
    for change in subject.changes.choices if subject.changes else ():
        touched = subject.touched.get(change.id, Touched())
        if change.new is None and touched.any:
            yield _doubt(
                "choice_used",
                WARN,
                change.id,
                say.CHOICE_USED,
                waiting=touched.waiting,
                approved=touched.approved,
            )


def _minimum(subject: Subject) -> Iterator[Doubt]:
    """A required datum that the version in force asks for, and this one does not."""
    for datum, found, gap in lost(subject.minimum, subject.mapping, subject.current):
        key = found.place.question.replace(".", "/")
        yield Doubt("minimum_data", WARN, key, say.minimum(datum.word, key, gap))


CHECKS: tuple[Callable[[Subject], Iterator[Doubt]], ...] = (
    _version,
    _keys,
    _attributes,
    _lists,
    _units,
    _expressions,
    _rebound,
    _words,
    _alike,
    _personal,
    _untranslated,
    _elsewhere,
    _gone,
    _choices,
    _minimum,
)
