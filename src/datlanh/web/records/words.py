"""What keys of records are called, and the filters of their lists as chips and choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from datlanh.accounts.models import User
from datlanh.intake.selectors.labels import labels_in, mapping_now
from datlanh.kernel.mapping import FormMapping, Question
from datlanh.kernel.text import Text
from datlanh.register.listing import FURTHER, NONE, ListFilter, month_word
from datlanh.web.areas.filters import Chip, Choice, Words, asked_beyond
from datlanh.web.records.kinds import NOT_SAID, Kind

FEW = 6  # choices that stand open in the sheet; more become a menu


@dataclass(frozen=True)
class KindWords:
    """The words of one kind of record; each table is read when first asked for."""

    kind: Kind
    who: User
    permission: str
    kept: dict[str, Mapping[str, Text]] = field(default_factory=dict)

    @cached_property
    def shared(self) -> Words:
        """The words that all kinds share."""
        return Words(self.who, self.permission)

    @cached_property
    def form(self) -> FormMapping | None:
        """The kind's form in force."""
        return mapping_now(self.kind.form)

    def table(self, name: str) -> Mapping[str, Text]:
        """Key → label of a column, of organisations or communes."""
        if name not in self.kept:
            own = self.kind.words.get(name)
            if own is None and name in {"organisations", "communes"}:
                own = self.shared.table(name)
            if own is None and self.form is not None:
                own = labels_in(self.form, name.removeprefix(FURTHER))
            self.kept[name] = own or {}
        return self.kept[name]

    def say(self, name: str, key: str) -> Text:
        """One label; the key itself where nothing is known."""
        if key == NONE:
            return NOT_SAID
        if name == "month":
            return Text(month_word(key), month_word(key))
        if name == "text":
            return Text(key, key)
        return self.table(name).get(key) or Text(key, key)

    @cached_property
    def further(self) -> dict[str, Question]:
        """What the form in force asks beyond the list's columns, personal answers apart."""
        return asked_beyond(self.form, {head.name for head in self.kind.heads})

    def title(self, name: str) -> str | Text:
        """What a filter is called on a chip."""
        named = {
            "organisations": _("Organisation"),
            "communes": _("Commune"),
            "text": _("Text"),
            "category": _("Ordnance"),
            "month": _("Month"),
        }
        if name in named:
            return named[name]
        if name.startswith(FURTHER):
            question = self.further.get(name.removeprefix(FURTHER))
            return question.label if question else name.removeprefix(FURTHER)
        return self.kind.choices.get(name, Text(name, name))


def chips_of(filter: ListFilter, words: KindWords, tail: str) -> list[Chip]:
    """The filters in force, the two times apart; `tail` stays in every address."""
    return [
        Chip(words.title(name), words.say(name, value), f"?{filter.without(name, value)}{tail}")
        for name, value in filter.spoken()
    ]


@dataclass(frozen=True)
class Offer:
    """One filter of the sheet: what it is called in addresses and in words, and its choices."""

    name: str
    word: str | Text
    choices: list[Choice]

    @property
    def is_open(self) -> bool:
        """Whether all choices stand side by side."""
        return len(self.choices) <= FEW

    @property
    def chosen(self) -> list[Choice]:
        """What is in force."""
        return [c for c in self.choices if c.is_chosen]


def offers_of(filter: ListFilter, words: KindWords) -> dict[str, list[Offer]]:
    """What the sheet offers: the kind's own choices, and those of further questions."""
    own = [
        _offer(name, word, words, filter.chosen.get(name, ()))
        for name, word in words.kind.choices.items()
    ]
    further = [
        _offer(FURTHER + name, question.label, words, filter.further.get(name, ()))
        for name, question in words.further.items()
        if question.kind in {"choice", "choices"} and name not in words.kind.choices
    ]
    if filter.listing.found:
        chosen = (filter.category,) if filter.category else ()
        offer = _offer("category", words.title("category"), words, chosen)
        own.append(replace(offer, choices=[c for c in offer.choices if c.key != NONE]))
    return {"own": own, "further": further}


def offers_beyond(further: Mapping[str, Question], asked: Mapping[str, Any]) -> list[Offer]:
    """The choices of questions that have no column; `asked` are the keys in force."""
    found = []
    for name, question in further.items():
        if question.kind not in {"choice", "choices"}:
            continue
        chosen = asked.get(name, ())
        choices = [Choice(c.key, c.label, c.key in chosen) for c in question.choices]
        if "unknown" not in {c.key for c in choices}:
            choices.append(Choice(NONE, NOT_SAID, NONE in chosen))
        found.append(Offer(FURTHER + name, question.label, choices))
    return found


def _offer(name: str, word: str | Text, words: KindWords, chosen: tuple[str, ...]) -> Offer:
    choices = [Choice(k, label, k in chosen) for k, label in words.table(name).items()]
    known = {c.key for c in choices}
    if "unknown" not in known:
        choices.append(Choice(NONE, NOT_SAID, NONE in chosen))
    return Offer(name, word, choices)
