"""The filters of lists and map as words, chips and the choices of their sheet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from datlanh.accounts.models import User
from datlanh.accounts.scope import scope_for
from datlanh.delivery.words import AREA_STATES
from datlanh.hazards.selectors import (
    NONE,
    AreaFilter,
    RecordFilter,
    ReleaseFilter,
    Turn,
    month_word,
)
from datlanh.hazards.selectors.lists import SORTS
from datlanh.intake.selectors.labels import choice_labels, mapping_now
from datlanh.kernel import clock
from datlanh.kernel.mapping import FormMapping, Question
from datlanh.kernel.text import LANGUAGES, Text
from datlanh.organisations.models import Organisation
from datlanh.places import selectors as places
from datlanh.register.listing import FURTHER, ListFilter

NOT_SAID = Text("Không rõ", "Not said")
WRITTEN = ("text", "id", "integer", "decimal", "date", "choice", "choices", "organisation", "team")
# What lists of areas and releases show anyhow, by the form that asks it.
SHOWN = {
    "cha": frozenset(
        {
            "area_reported_m2",
            "area_type",
            "assessment_score",
            "clearance_priority",
            "commune_code",
            "identification_date",
            "internal_id",
            "reported_status",
            "shape_id",
            "village_name",
        }
    ),
    "land_release": frozenset(
        {
            "area_reported_m2",
            "cleared_area_m2",
            "clearance_depth_class",
            "clearance_depth_cm",
            "commune_code",
            "end_date",
            "internal_id",
            "method",
            "reported_status",
            "shape_id",
            "village_name",
        }
    ),
}
PRIORITIES = {
    "high": Text("Cao", "High"),
    "medium": Text("Trung bình", "Medium"),
    "low": Text("Thấp", "Low"),
}
RELEASE_STATES = {
    "completed": Text("Hoàn thành", "Completed"),
    "suspended": Text("Đình chỉ", "Suspended"),
}


@dataclass(frozen=True)
class Chip:
    """One filter in force; `href` is the address without it."""

    word: str | Text
    value: str | Text
    href: str


@dataclass(frozen=True)
class Choice:
    """One choice of the sheet."""

    key: str
    label: str | Text
    is_chosen: bool = False


@dataclass(frozen=True)
class Words:
    """What keys in filters and rows are called; each table is read when first asked for."""

    who: User
    permission: str
    kept: dict[str, Mapping[str, Text]] = field(default_factory=dict)

    def table(self, name: str) -> Mapping[str, Text]:
        """Key → label: status, priority, state, organisations, communes, methods …"""
        if name not in self.kept:
            self.kept[name] = _TABLES[name](self)
        return self.kept[name]

    def further(self, filter: RecordFilter) -> dict[str, Question]:
        """What the form in force asks beyond the columns of the filter's list."""
        form = form_of(filter)
        return asked_beyond(mapping_now(form), SHOWN[form])

    def say(self, name: str, key: str) -> Text:
        """One label; the key itself where nothing is known."""
        if key == NONE:
            return NOT_SAID
        if name == "month":
            return Text(month_word(key), month_word(key))
        if name == "methods":
            known = [self.table(name).get(k) or Text(k, k) for k in key.split("+")]
            return joined(known)
        if name == "text":
            return Text(key, key)
        return self.table(name).get(key) or Text(key, key)


def form_of(filter: RecordFilter) -> str:
    """The form whose records a filter is about."""
    return "land_release" if isinstance(filter, ReleaseFilter) else "cha"


def asked_beyond(form: FormMapping | None, shown: Collection[str]) -> dict[str, Question]:
    """Questions of a form that can stand as columns, by attribute; personal ones apart."""
    return {
        str(q.attribute): q
        for q in (form.questions if form else ())
        if q.attribute
        and q.attribute not in shown
        and q.kind in WRITTEN
        and not getattr(q, "person", None)
    }


def joined(parts: Iterable[Text], between: str = ", ") -> Text:
    """Several labels as one."""
    found = list(parts)
    return Text(*(between.join(t.say(v) for t in found) for v in LANGUAGES))


def _organisations(words: Words) -> Mapping[str, Text]:
    seen = Organisation.objects.filter(scope_for(words.who, words.permission).q("pk"))
    return {o.key: Text(o.short_name, o.short_name) for o in seen}


def _communes(words: Words) -> Mapping[str, Text]:
    found = places.communes(clock.today())
    return {u.code: Text(u.full_name, u.full_name_en) for u in found}


def _categories(words: Words) -> Mapping[str, Text]:
    return choice_labels("land_release", "category") or choice_labels("cha", "category")


_TABLES: dict[str, Any] = {
    "status": lambda words: AREA_STATES,
    "priority": lambda words: PRIORITIES,
    "state": lambda words: RELEASE_STATES,
    "organisations": _organisations,
    "communes": _communes,
    "category": _categories,
    "methods": lambda words: choice_labels("land_release", "method"),
    "depths": lambda words: choice_labels("land_release", "clearance_depth_class"),
    "release_type": lambda words: choice_labels("land_release", "release_type"),
}


def titles() -> dict[str, str]:
    """What each filter is called on a chip."""
    return {
        "status": _("Status"),
        "priority": _("Priority"),
        "state": _("Status"),
        "organisations": _("Organisation"),
        "communes": _("Commune"),
        "month": _("Month"),
        "category": _("Ordnance"),
        "methods": _("Method"),
        "depths": _("Depth"),
        "text": _("Text"),
    }


def chips_of(filter: RecordFilter, words: Words, **kept: str) -> list[Chip]:
    """The filters in force, the two times apart; `kept` stays in the addresses (sort, by)."""
    names = titles()
    tail = "".join(f"&{name}={value}" for name, value in kept.items() if value)
    questions = words.further(filter) if filter.further else {}
    found = []
    for name, value in filter.spoken():
        word: str | Text = names.get(name, name)
        if name.startswith(FURTHER):
            question = questions.get(name.removeprefix(FURTHER))
            word, said = (question.label if question else word), label_in(question, value)
        else:
            said = words.say(name, value)
        found.append(Chip(word, said, f"?{filter.without(name, value)}{tail}"))
    return found


def label_in(question: Question | None, key: str) -> Text:
    """What a key of a question is called; the key itself where no form asks it."""
    if key == NONE:
        return NOT_SAID
    choices = question.choices if question else ()
    return next((c.label for c in choices if c.key == key), Text(key, key))


def choices_of(filter: RecordFilter, words: Words) -> dict[str, list[Choice]]:
    """What the sheet offers; organisations only where several are seen."""
    wanted = ["organisations", "communes"]
    if isinstance(filter, AreaFilter):
        wanted += ["status", "priority"]
    if isinstance(filter, ReleaseFilter):
        wanted += ["state"]
    found = {
        name: [
            Choice(k, label, k in getattr(filter, name)) for k, label in words.table(name).items()
        ]
        for name in wanted
    }
    if len(found["organisations"]) < 2:
        found["organisations"] = []
    return found


def turn_of(request: HttpRequest) -> Turn:
    """Where the address opens the list."""
    get = request.GET.get
    sort = get("sort", "")
    return Turn(
        sort=sort if sort in SORTS else "-date",
        after=get("after", "")[:120],
        before=get("before", "")[:120],
    )


def times_of(filter: RecordFilter | ListFilter) -> str:
    """`?on=…&known=…` for links that stay in the same past; "" for now."""
    times = {"on": filter.as_of, "known": filter.known}
    said = {k: str(v) for k, v in times.items() if v is not None}
    return f"?{urlencode(said)}" if said else ""
