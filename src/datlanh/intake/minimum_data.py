"""Which minimum data the forms ask for, held against any versions of them. Pure.

What is asked for, and where, stands in `minimum_data_rows`. A place counts when the form in hand
has the question, it offers the options the datum needs, and the answer reaches the register.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from datlanh.kernel.mapping import FormMapping, Question
from datlanh.kernel.text import Text

MET, PARTLY, MISSING = "met", "partly", "missing"
STATES = {
    MET: Text("đủ", "met"),
    PARTLY: Text("một phần", "partly"),
    MISSING: Text("thiếu", "missing"),
}
NO_QUESTION = Text("biểu mẫu không còn câu hỏi này", "the form has this question no more")
NO_OPTION = Text("không còn lựa chọn cần thiết", "options it needs are gone")
NOT_KEPT = Text("câu trả lời không vào sổ đăng ký", "the answer does not reach the register")
NO_FORM = Text("biểu mẫu chưa công bố", "the form is not published")


@dataclass(frozen=True)
class Place:
    """A question that answers a datum: "coordinates", in a repeat "found_items.position"."""

    form: str
    question: str
    options: tuple[str, ...] = ()  # that must be offered


@dataclass(frozen=True)
class Datum:
    """One required datum. With places and a reason it is partly there, with a reason alone not."""

    key: str
    word: Text
    places: tuple[Place, ...] = ()
    reason: Text | None = None


@dataclass(frozen=True)
class Topic:
    """A thing the requirements are about, with its data."""

    key: str
    word: Text
    data: tuple[Datum, ...]


@dataclass(frozen=True)
class Found:
    """A place in the form in hand. `gap`: why it does not count."""

    place: Place
    title: Text
    question: Question | None = None
    gap: Text | None = None

    @property
    def attribute(self) -> str:
        """Where the answer stands in the register, "" for the record's own id and for none."""
        if self.question is None or self.question.attribute is None:
            return ""
        list_, dot, _key = self.place.question.rpartition(".")
        return f"{list_}{dot}{self.question.attribute}"


@dataclass(frozen=True)
class Line:
    """A datum and what the forms in hand do for it."""

    datum: Datum
    found: tuple[Found, ...]

    @property
    def gaps(self) -> tuple[Found, ...]:
        """Places that do not count."""
        return tuple(f for f in self.found if f.gap)

    @property
    def state(self) -> str:
        """Met, partly or missing."""
        if len(self.gaps) == len(self.found):
            return MISSING
        return PARTLY if self.gaps or self.datum.reason else MET


@dataclass(frozen=True)
class Part:
    """One topic's lines."""

    topic: Topic
    lines: tuple[Line, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many data are met, partly there and missing."""
        return counts_of(self.lines)


def counts_of(lines: Sequence[Line]) -> dict[str, int]:
    """How many lines are in each state."""
    return {state: sum(line.state == state for line in lines) for state in STATES}


def held_against(topics: Sequence[Topic], forms: Mapping[str, FormMapping]) -> list[Part]:
    """Every datum against these versions, by form."""
    return [Part(s, tuple(_line(d, forms) for d in s.data)) for s in topics]


def lost(
    topics: Sequence[Topic], new: FormMapping, old: FormMapping | None
) -> Iterator[tuple[Datum, Found, Text]]:
    """Places that count in the old version and not in the new, with why; all without an old."""
    for topic in topics:
        for datum in topic.data:
            for place in datum.places:
                if place.form != new.form:
                    continue
                found = find(place, new)
                if found.gap and (old is None or find(place, old).gap is None):
                    yield datum, found, found.gap


def _line(datum: Datum, forms: Mapping[str, FormMapping]) -> Line:
    return Line(datum, tuple(find(p, forms.get(p.form)) for p in datum.places))


def find(place: Place, form: FormMapping | None) -> Found:
    """A place in one version of its form."""
    if form is None:
        return Found(place, Text(place.form, place.form), gap=NO_FORM)
    question = _question(place.question, form)
    if question is None:
        return Found(place, form.title, gap=NO_QUESTION)
    gap = None
    if set(place.options) - {c.key for c in question.choices}:
        gap = NO_OPTION
    elif question.attribute is None and question.key != form.id_question:
        gap = NOT_KEPT
    repeat = form.repeat(place.question.partition(".")[0]) if "." in place.question else None
    if repeat is not None and repeat.list is None:
        gap = NOT_KEPT
    return Found(place, form.title, question, gap)


def _question(way: str, form: FormMapping) -> Question | None:
    outer, dot, inner = way.partition(".")
    if not dot:
        return form.question(way)
    repeat = form.repeat(outer)
    if repeat is None:
        return None
    return next((q for q in repeat.questions if q.key == inner), None)
