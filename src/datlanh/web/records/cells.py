"""The cells of a list, each in words: what a column holds, and what it links to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from datlanh.accounts.permissions import Permission
from datlanh.accounts.scope import scope_for
from datlanh.intake.selectors.saying import Names, said_value
from datlanh.kernel.mapping import Question
from datlanh.kernel.text import LANGUAGES, Text, number, written
from datlanh.organisations.models import Organisation
from datlanh.register.listing import ListedRow, Listing
from datlanh.register.models import Record
from datlanh.web.records.kinds import BY_KIND, Head
from datlanh.web.records.words import KindWords

NOTHING = Text("–", "–")
MOST_COLUMNS = 8  # of further questions at once
GLYPHS = {"open": "open", "closed": "closed"}


@dataclass(frozen=True)
class Cell:
    """One cell: its words, whether it is a figure, the state whose glyph it has, its address."""

    head: str | Text
    text: Text
    is_figure: bool = False
    state: str = ""
    href: str = ""


def address_of(kind: str, local_id: str) -> str:
    """The page of a record."""
    if kind == "hazardous_area":
        return reverse("web:area", args=(local_id,))
    if kind == "land_release":
        return reverse("web:release", args=(local_id,))
    return reverse("web:record", args=(BY_KIND[kind].slug, local_id))


def links_of(rows: Iterable[ListedRow], words: KindWords) -> Mapping[str, str]:
    """Addresses of the records that rows name, where they stand and may be read."""
    named = [h.name for h in words.kind.heads if h.how == "record"]
    ids = {row.values[name] for row in rows for name in named if row.values[name]}
    if not ids:
        return {}
    visible = scope_for(words.who, Permission.RECORD_READ).q("organisation_id")
    found = Record.objects.filter(visible, local_id__in=ids).values_list("local_id", "kind")
    return {local_id: address_of(kind, local_id) for local_id, kind in found}


def is_figure_of(listing: Listing, head: Head) -> bool:
    """Whether a column holds numbers, those of rows that say nothing too."""
    column = listing.column(head.name)
    return column.kind in {"count", "number"} if column else head.how == "plain"


def cell_of(head: Head, row: ListedRow, words: KindWords, links: Mapping[str, str]) -> Cell:
    """What a row says in one of its own columns."""
    value = row.values[head.name]
    is_figure = is_figure_of(words.kind.listing, head)
    if value in (None, "", []):
        return Cell(head.word, NOTHING, is_figure)
    if head.how == "record":
        return Cell(head.word, Text(value, value), href=links.get(value, ""), state="id")
    text = _told(head.name, value, words)
    state = GLYPHS.get(str(value), "") if head.how == "state" else ""
    return Cell(head.word, text, is_figure, state)


def _told(name: str, value: Any, words: KindWords) -> Text:
    if isinstance(value, list):
        labels = [words.say(name, key) for key in value]
        return Text(*(", ".join(label.say(v) for label in labels) for v in LANGUAGES))
    if isinstance(value, dt.date):
        return Text(*(written(value, v) for v in LANGUAGES))
    if isinstance(value, int | float):
        return figure(value)
    return words.say(name, value)


def figure(value: float) -> Text:
    """A number; square metres and hours are whole in lists."""
    return Text(*(number(round(value), v) for v in LANGUAGES))


def further_cell(question: Question, values: Mapping[str, Any], names: Names) -> Cell:
    """What a record says to a question that no column was made for."""
    value = values.get(question.attribute or "")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return Cell(question.label, NOTHING)
    is_figure = question.kind in {"integer", "decimal"}
    return Cell(question.label, said_value(question, value, names), is_figure)


def columns_asked(request: HttpRequest, further: Mapping[str, Question]) -> list[str]:
    """The further questions that shall stand as columns: `?columns=a,b`."""
    said = [name for text in request.GET.getlist("columns") for name in text.split(",")]
    return [n for n in dict.fromkeys(said) if n in further][:MOST_COLUMNS]


def names_asked(questions: Iterable[Question]) -> Names:
    """What answers to some questions need to be said: the operators, if one asks for them."""
    operators: Mapping[str, str] = {}
    if any(q.kind == "organisation" for q in questions):
        operators = dict(Organisation.objects.values_list("key", "short_name"))
    return Names(organisations=operators)
